static int segment(size_t bytes)	/* one of each size */
{
	static int ids[9];
	int *id = &ids[bytes / page];

	if (!*id) {
		MUST(*id = shmget(IPC_PRIVATE, bytes, 0600));
		MUST(shmat(*id, NULL, 0));
		shmctl((*id)++, IPC_RMID, NULL);
	}
	return *id - 1;
}
