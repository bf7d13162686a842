static char *missing(int fd)	/* the first that a scan passes over */
{
	char *line = text, *at = FIRST, *from, *to, *lf;
	long got, n = 0;

	do {
		MUST(got = pread(fd, text + n, READ, n));
		text[n += got] = 0;
		for (; (lf = strchr(line, '\n')); line = lf + 1) {
			from = (char *)strtoul(line, &to, 16);
			to = (char *)strtoul(to + 1, NULL, 16);
			if (from > at)
				return at;
			seen = line;
			if (to > at)
				at = to;
			if (at >= end)
				return NULL;
		}
	} while (got);
	return at;
}
