static void *touch(void *first)		/* or die of SIGSEGV */
{
	for (;; touched++, usleep(200))
		for (char *at = first; at < end; at += page)
			(void)*(volatile char *)at;
	return first;
}

static void rest(void)			/* for a varying time */
{
	if (one_cpu)
		usleep(1 + rand() % 50);
	else
		for (volatile int i = rand() % 1000; i > 0; i--)
			;
}

