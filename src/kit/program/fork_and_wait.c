static int fork_and_wait(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child < 0 || waitpid(child, NULL, 0) < 0 ? -1 : 0;
}
