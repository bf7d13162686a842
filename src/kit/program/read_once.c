static char *missing(int fd)	/* the first that a read() passes over */
{
	char *at = FIRST, *from, *to;
	long got;

	/* READ bytes: what the lines up to the site's end have. */
	MUST(got = pread(fd, text, READ, 0));
	text[got] = 0;
	for (char *line = text; line; line = strchr(line + 1, '\n')) {
		from = (char *)strtoul(line, &to, 16);
		to = (char *)strtoul(to + 1, NULL, 16);
		if (at < end && from > at)
			return at;
		at = to > at ? to : at;
	}
	return NULL;
}
