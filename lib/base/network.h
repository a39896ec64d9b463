/* Ranges of network addresses: who may send, by protocols that know no better credential. */
#ifndef VG_BASE_NETWORK_H
#define VG_BASE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct vg_network {
	uint8_t address[16]; /* an IPv4 one mapped in IPv6 */
	unsigned bits;	     /* of 128 */
};

/* "10.0.0.0/8", "2001:db8::/32", or one address; false = it is none, and *out is as before. */
bool vg_network_parse(const char *text, struct vg_network *out);

/* Whether an address lies in it; one that is neither IPv4 nor IPv6 lies in none. */
bool vg_network_has(const struct vg_network *network, const struct sockaddr *from);

#endif
