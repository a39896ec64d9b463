/* passed.c - sockets from systemd.
 *
 * The protocol is three environment variables; reading them here keeps libsystemd out of everything
 * but main.c. The hard thing is that several sockets may have one name: a unit that listens on IPv4
 * and IPv6 passes two. */
#include "daemon/intake/passed.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD 3
#define FDS_MAX	 64 /* looked at */

/* A number from the environment; 0 = none. */
static long
number_of(const char *variable)
{
	const char *text = getenv(variable);

	return text != NULL ? strtol(text, NULL, 10) : 0;
}

/* Whether the first name of a list with colons is `name`; *names is moved behind it. */
static bool
next_is(const char **names, const char *name)
{
	size_t length = strcspn(*names, ":");
	bool is = strlen(name) == length && memcmp(*names, name, length) == 0;

	*names += length;
	if (**names == ':')
		(*names)++;
	return is;
}

static bool
is_socket(int fd, int type)
{
	int is = 0;
	socklen_t length = sizeof(is);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &is, &length) == 0 && is == type;
}

int
vg_passed_sockets(const char *name, int type, int fds[VG_PASSED_MAX], struct vg_err *err)
{
	const char *names = getenv("LISTEN_FDNAMES");
	long passed = number_of("LISTEN_FDS");
	int found = 0;

	if (names == NULL || number_of("LISTEN_PID") != (long)getpid())
		passed = 0;
	for (int i = 0; i < passed && i < FDS_MAX && found < VG_PASSED_MAX; i++) {
		int fd = FIRST_FD + i;

		if (!next_is(&names, name))
			continue;
		if (!is_socket(fd, type))
			return vg_err_set(err, VG_EINVALID, "systemd:%s: socket %d is no %s socket",
					  name, fd, type == SOCK_DGRAM ? "datagram" : "stream");
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		fds[found++] = fd;
	}
	if (found == 0)
		return vg_err_set(err, VG_ENOTFOUND,
				  "systemd:%s: systemd passed no socket of that name "
				  "(FileDescriptorName= of the socket unit)",
				  name);
	return found;
}
