/* replace.c - a file that is replaced whole.
 *
 * The hard thing is what lasts: the bytes must be on disk before the name leads to them, and the
 * name is only when its directory is. */
#include "lib/base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
write_all(int fd, const struct iovec *part)
{
	const char *bytes = part->iov_base;
	size_t length = part->iov_len;

	while (length > 0) {
		ssize_t done = write(fd, bytes, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		length -= (size_t)done;
	}
	return 0;
}

static int
write_beside(const char *path, const struct iovec *part, size_t parts)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rc = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < parts && rc == 0; i++)
		rc = write_all(fd, &part[i]);
	if (rc == 0 && fsync(fd) != 0)
		rc = -errno;
	(void)close(fd);
	return rc;
}

/* Of the directory that `path` lies in; it is cut off there. */
static int
sync_directory(char *path)
{
	char *slash = strrchr(path, '/');
	int fd, rc;

	if (slash != NULL)
		slash[slash == path ? 1 : 0] = '\0';
	fd = open(slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = fsync(fd) == 0 ? 0 : -errno;
	(void)close(fd);
	return rc;
}

int
vg_replace_file(const char *path, const struct iovec *part, size_t parts)
{
	char beside[PATH_MAX];
	int rc;

	if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
		return -ENAMETOOLONG;
	rc = write_beside(beside, part, parts);
	if (rc != 0)
		return rc;
	if (rename(beside, path) != 0)
		return -errno;
	return sync_directory(beside);
}
