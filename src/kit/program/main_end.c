	MUST(-pthread_create(&writer, NULL, operate, site));
	MUST(-pthread_create(&toucher, NULL, touch, FIRST));
	sched_getaffinity(0, sizeof(*on), on);
	CPU_CLR(cpu, on);
	CPU_SET(cpu, on + 1);
	sched_setaffinity(0, sizeof(*on), on + 1);
	for (time_t stop = time(NULL) + 10; !lost && time(NULL) < stop;) {
SHARE		for (int i = 0; !lost && i < 10000; i++)
			lost = missing(fd);
	}
	for (long before = touched; touched < before + 2;)
		usleep(200);
