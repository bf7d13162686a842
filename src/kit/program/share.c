		one_cpu = !one_cpu || !CPU_COUNT(on);
		pthread_setaffinity_np(writer, sizeof(*on), on + one_cpu);
