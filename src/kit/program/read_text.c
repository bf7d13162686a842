static long missing(int fd)	/* the pages that a scan does not show */
{
	char *line = text, *from = NULL, *to, *end;
	long got, n = 0, seen = 0;

	do {
		MUST(got = pread(fd, text + n, READ, n));
		text[n += got] = 0;
		while (from < behind && (end = strchr(line, '\n'))) {
			from = (char *)strtoul(line, &to, 16);
			if (*to == '-')
				to = (char *)strtoul(to + 1, NULL, 16);
			else	/* of smaps, and no range */
				to = from = NULL;
			for (int i = 0; i < PAGES; i++)
				if (from <= site + i * page &&
				    to > site + i * page)
					seen |= 1L << i;
			line = end + 1;
		}
	} while (got && from < behind);
	*line = 0;
	return ALWAYS & ~seen;
}
