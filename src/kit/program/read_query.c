static long missing(int fd)	/* the pages that are not found */
{
	struct {
		uint64_t size, flags, addr, answer[6];
		uint32_t more[4];
		uint64_t name, build_id;
	} query = { .size = sizeof(query) };
	long pages = 0, i;

	for (i = 0; i < PAGES; i++) {
		query.addr = (uint64_t)(site + i * page);
		if (!(ALWAYS >> i & 1) ||
		    !ioctl(fd, PROCMAP_QUERY, &query))
			continue;
		if (errno != ENOENT)
			err(125, "PROCMAP_QUERY");
		pages |= 1L << i;
	}
	return pages;
}
