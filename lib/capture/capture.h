/* Captured datagrams: from a file of libpcap (pcap, pcapng) or lines of hex to what a socket would
 * have given. For trying rules on what was recorded. */
#ifndef VG_CAPTURE_H
#define VG_CAPTURE_H

#include "lib/base/err.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define VG_CAPTURE_DATAGRAM_MAX 65535

struct vg_captured {
	const uint8_t *bytes; /* what UDP carried; borrowed during the call */
	size_t length;
	int64_t at_ms; /* when it was captured, UTC ms; 0 = not recorded */
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} from;		  /* [::]:0 = not recorded */
	uint16_t to_port; /* 0 = not recorded */
};

/* Return false to stop. */
typedef bool vg_capture_cb(const struct vg_captured *datagram, void *arg);

/* Every UDP datagram of the file, in its order; fragments and what is not UDP are passed over. A
 * file that is no capture is read as text: a line is a datagram in hex, spaces between digits
 * allowed, "#" begins a comment. Returns how many were given, or VG_ENOTFOUND, VG_EIO, or
 * VG_EINVALID with what is wrong and where. */
VG_MUST_CHECK int64_t vg_capture_read(const char *path, vg_capture_cb *on_datagram, void *arg,
				      struct vg_err *err);

#endif
