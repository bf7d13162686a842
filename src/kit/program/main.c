static void share(pid_t writer, int one_cpu)
{
	struct sched_param priority = { .sched_priority = one_cpu };
	static cpu_set_t all, here, others;

	if (!CPU_COUNT(&all))
		sched_getaffinity(0, sizeof(all), &all);
	sched_setaffinity(0, sizeof(all), &all);
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	CPU_XOR(&others, &all, &here);
	/* With SCHED_FIFO, where that is allowed, it must always sleep. */
	shared->one_cpu |= one_cpu;
	sched_setscheduler(writer, one_cpu ? SCHED_FIFO : SCHED_OTHER,
			   &priority);
	sched_setaffinity(writer, sizeof(all), one_cpu ? &here : &others);
	sched_setaffinity(0, sizeof(all), &here);
	shared->one_cpu = one_cpu;
}

int main(void)
{
	long scans = 0, lost = 0, rounds, one_cpu = -1;
	char path[64];
	pid_t writer;
	time_t end;
	int fd;

	page = sysconf(_SC_PAGESIZE);
	site = SITE;
	source = SOURCE;
	behind = site + PAGES * page;
	MUST(shared = mmap(NULL, page, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	MUST(writer = fork());
	if (!writer)
		operate();
	while (!shared->rounds && !waitpid(writer, NULL, WNOHANG))
		usleep(1000);
	snprintf(path, sizeof(path), "/proc/%d/FILE", writer);
	MUST(fd = open(path, O_RDONLY));
	end = time(NULL) + 10;
	for (; !lost && time(NULL) < end; scans++) {
		if (one_cpu != TURN)
			share(writer, one_cpu = TURN);
		lost = missing(fd);
	}
	/* They are mapped: the thread that reads them goes on. */
	rounds = shared->rounds + 2;
	for (; shared->rounds < rounds; usleep(200))
		if (waitpid(writer, NULL, WNOHANG))
			errx(125, "the writer died, or its page is gone");
	if (lost)
		fputs(text, stdout);
	for (int i = 0; i < PAGES; i++)
		if (lost >> i & 1)
			printf("page %d (%lx) missing; read %ld times\n",
			       i, (long)site + i * page, rounds);
	printf("%ld scans\n", scans);
	return !!lost;
}
