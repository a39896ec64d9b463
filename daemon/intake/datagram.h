/* Datagram sockets that are read in bulk, for SNMP and syslog.
 *
 * A turn of the loop takes at most VG_DATAGRAMS_BATCH datagrams of a socket with one system call,
 * so a storm on one does not keep the others waiting. What the kernel dropped because nobody read
 * in time is counted exactly and told every second. Loop thread only. */
#ifndef VG_DATAGRAM_H
#define VG_DATAGRAM_H

#include "lib/base/err.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct event_base;

#define VG_DATAGRAMS_SOCKETS_MAX 8
#define VG_DATAGRAMS_BATCH	 64
#define VG_DATAGRAMS_BUFFER	 (4 << 20) /* bytes that the kernel is asked to hold for a socket */

union vg_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Between whom a datagram went: all that an answer needs, for as long as one likes. Plain data. */
struct vg_datagram_path {
	size_t socket;
	union vg_address peer;
	struct in6_addr local; /* the address of ours that was asked; IPv4 ones mapped */
	int interface;	       /* that it came by; 0 = unknown */
};

struct vg_datagram {
	const uint8_t *bytes;
	size_t length;
	bool cut; /* it was longer than bytes_max */
	struct vg_datagram_path path;
};

struct vg_datagrams_options {
	struct event_base *base;
	size_t bytes_max; /* of one datagram; what is longer is cut */
	/* What has come. The bytes are lent for the call, which may pause and send, but not free.
	 */
	void (*on_batch)(const struct vg_datagram *datagram, size_t count, void *arg);
	/* `count` > 0 that the kernel dropped on `address` since it was last told; NULL = nobody
	 * asks. */
	void (*on_drops)(const char *address, uint32_t count, void *arg);
	void *arg;
};

struct vg_datagrams;
VG_MUST_CHECK int vg_datagrams_new(struct vg_datagrams **out,
				   const struct vg_datagrams_options *options, struct vg_err *err);
void vg_datagrams_free(struct vg_datagrams *datagrams);

/* Reads from one more address: "127.0.0.1:8162", "[::1]:8162" (IPv6 alone), or "systemd:NAME" for
 * what systemd passed. Tells in the log when the kernel holds less than VG_DATAGRAMS_BUFFER. */
VG_MUST_CHECK int vg_datagrams_listen(struct vg_datagrams *datagrams, const char *address,
				      struct vg_err *err);

/* Sends from the address that was asked, as its peer expects. A datagram that the kernel does not
 * take at once is lost, as on any network. */
VG_MUST_CHECK int vg_datagrams_send(struct vg_datagrams *datagrams,
				    const struct vg_datagram_path *path, const void *bytes,
				    size_t length, struct vg_err *err);

/* While paused nothing is read; the kernel holds its buffer and then drops. */
void vg_datagrams_pause(struct vg_datagrams *datagrams);
void vg_datagrams_resume(struct vg_datagrams *datagrams);

/* Numeric address without port; an IPv4 address that came mapped in IPv6 is written as IPv4. */
char *vg_address_text(const union vg_address *address, char out[INET6_ADDRSTRLEN]);

#endif
