int main(void)
{
	int fd = open("/proc/self/FILE", O_RDONLY), cpu = sched_getcpu();
	static cpu_set_t on[2];	/* the other CPUs, and this one */
	pthread_t writer, toucher;
	char *lost = NULL;

	page = sysconf(_SC_PAGESIZE);
