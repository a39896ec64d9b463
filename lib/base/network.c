/* network.c - ranges of network addresses.
 *
 * One comparison serves both families: an IPv4 address is looked at as mapped in IPv6, which is
 * also how it comes in by a socket that takes both. */
#include "lib/base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static void
map(const void *v4, uint8_t out[16])
{
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	memcpy(out + 12, v4, 4);
}

bool
vg_network_parse(const char *text, struct vg_network *out)
{
	struct vg_network network = {.bits = 128};
	const char *slash = strchr(text, '/');
	size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
	char address[INET6_ADDRSTRLEN] = "", *end;
	unsigned long bits, most = 128;
	struct in_addr v4;

	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	if (inet_pton(AF_INET, address, &v4) == 1) {
		map(&v4, network.address);
		most = 32;
	} else if (inet_pton(AF_INET6, address, network.address) != 1) {
		return false;
	}
	if (slash != NULL) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > most)
			return false;
		network.bits = (unsigned)(128 - most + bits);
	}
	*out = network;
	return true;
}

bool
vg_network_has(const struct vg_network *network, const struct sockaddr *from)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;
	uint8_t address[16];

	if (from->sa_family == AF_INET)
		map(&((const struct sockaddr_in *)(const void *)from)->sin_addr, address);
	else if (from->sa_family == AF_INET6)
		memcpy(address, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr,
		       sizeof(address));
	else
		return false;
	return memcmp(network->address, address, whole) == 0 &&
	       (rest == 0 || ((network->address[whole] ^ address[whole]) >> (8 - rest)) == 0);
}
