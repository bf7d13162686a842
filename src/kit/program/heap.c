static int heap(char *start, size_t bytes)	/* where brk() works then */
{
	struct prctl_mm_map map = { .exe_fd = -1 };
	FILE *stat = fopen("/proc/self/stat", "r");
	char word[64], *end = start + bytes;
	__u64 field[52] = { 0 };

	free(malloc(1));	/* the old heap is all there will be */
	for (int i = 1; i < 52 && fscanf(stat, "%63s", word) == 1; i++)
		field[i] = strtoull(word, NULL, 10);
	fclose(stat);
	map.start_code = field[26];
	map.end_code = field[27];
	map.start_stack = field[28];
	map.start_data = field[45];
	map.end_data = field[46];
	map.arg_start = field[48];
	map.arg_end = field[49];
	map.env_start = field[50];
	map.env_end = field[51];
	map.start_brk = map.brk = (long)start;
	MUST(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0));
	MUST(munmap(start, bytes));
	return syscall(SYS_brk, end) == (long)end ? 0 : -1;
}
#define brk(end) (syscall(SYS_brk, end) == (long)(end) ? 0 : -1)
