static struct { volatile long rounds, one_cpu; } *shared;
static long page;
static char *site, *source, *behind, text[1 << 20];

static void rest(void)	/* after each call, for a varying time */
{
	struct timespec nap = { 0, 20000 + rand() % 100000 };

	if (shared->one_cpu)
		nanosleep(&nap, NULL);
	else
		for (volatile int i = rand() % 1000; i > 0; i--)
			;
}

static void *touch(void *unused)	/* dies if one is not mapped */
{
	for (;; shared->rounds++, usleep(200))
		for (int i = 0; i < PAGES; i++)
			if (ALWAYS >> i & 1)
				(void)*(volatile char *)(site + i * page);
	return unused;
}
