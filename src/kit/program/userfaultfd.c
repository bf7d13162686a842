static int uffd_call(unsigned long request, char *start, size_t bytes)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		{ (long)start, bytes }, UFFDIO_REGISTER_MODE_WP
	};
	static int fd;

	if (!fd) {
		MUST(fd = syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
		MUST(ioctl(fd, UFFDIO_API, &api));
	}
	return ioctl(fd, request, &range);
}
#define uffd_register(...) uffd_call(UFFDIO_REGISTER, __VA_ARGS__)
#define uffd_unregister(...) uffd_call(UFFDIO_UNREGISTER, __VA_ARGS__)
