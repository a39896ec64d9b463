/* once.c - a file with one line for each used password: the SHA-256 of its text form. */
#include "daemon/sign/once.h"

#include "lib/crypto/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_LEN (2 * VG_SHA256_LEN + 1) /* hex and a line feed */

/* Whether the line is there; a last line that a crash has cut short is none. */
static int
look(int fd, const char *line, const char *path, struct vg_err *err)
{
	char known[LINE_LEN];
	size_t lines = 0;
	ssize_t got;

	while ((got = pread(fd, known, LINE_LEN, (off_t)(lines * LINE_LEN))) == LINE_LEN) {
		if (memcmp(known, line, LINE_LEN) == 0)
			return vg_err_set(err, VG_ECONFLICT, "the password has been used");
		lines++;
	}
	if (got < 0)
		return vg_err_set(err, -errno, "cannot read %s: %s", path, strerror(errno));
	if (lines >= VG_ONCE_MAX)
		return vg_err_set(err, VG_EFULL,
				  "%s holds %d used passwords; take the accounts of one time out "
				  "of the people file, then remove it",
				  path, VG_ONCE_MAX);
	if (ftruncate(fd, (off_t)(lines * LINE_LEN)) != 0 || lseek(fd, 0, SEEK_END) < 0)
		return vg_err_set(err, -errno, "cannot write %s: %s", path, strerror(errno));
	return 0;
}

int
vg_once_use(const char *path, const char *hash, struct vg_err *err)
{
	uint8_t digest[VG_SHA256_LEN];
	char line[LINE_LEN + 1];
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return vg_err_set(err, -errno, "cannot open %s: %s", path, strerror(errno));
	vg_sha256(hash, strlen(hash), digest);
	(void)vg_hex(digest, sizeof(digest), line);
	line[LINE_LEN - 1] = '\n';
	rc = look(fd, line, path, err);
	if (rc == 0 && (write(fd, line, LINE_LEN) != LINE_LEN || fsync(fd) != 0))
		rc = vg_err_set(err, errno != 0 ? -errno : VG_EIO, "cannot write %s: %s", path,
				strerror(errno));
	(void)close(fd);
	return rc;
}
