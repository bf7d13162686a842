static char *missing(int fd)	/* the first that is not found */
{
	struct {
		uint64_t size, flags, addr, answer[6];
		uint32_t more[4];
		uint64_t name, build_id;
	} query = { .size = sizeof(query) };

	for (char *at = FIRST; at < end; at += page) {
		query.addr = (uint64_t)at;
		if (!ioctl(fd, PROCMAP_QUERY, &query))
			continue;
		if (errno != ENOENT)
			err(125, "PROCMAP_QUERY");
		return at;
	}
	return NULL;
}
