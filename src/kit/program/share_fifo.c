		int one = !one_cpu || !CPU_COUNT(on);

		one_cpu |= one;	/* with SCHED_FIFO it must always sleep */
		pthread_setschedparam(writer,
				      one ? SCHED_FIFO : SCHED_OTHER,
				      &(struct sched_param){ one });
		pthread_setaffinity_np(writer, sizeof(*on), on + one);
		one_cpu = one;
