/* senders.c - who may send.
 *
 * One comparison serves both families: an IPv4 address is looked at as mapped in IPv6, which is
 * also how it comes in by a socket that takes both. */
#include "daemon/intake/senders.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX (INET6_ADDRSTRLEN + 4)

static void
map(const struct in_addr *v4, struct in6_addr *out)
{
	*out = (struct in6_addr){0};
	out->s6_addr[10] = out->s6_addr[11] = 0xFF;
	memcpy(&out->s6_addr[12], v4, sizeof(*v4));
}

/* Reads "192.0.2.0/24"; false = it is none. */
static bool
read_range(struct vg_senders *out, char *word)
{
	struct in6_addr *network = &out->range[out->count].network;
	char *slash = strchr(word, '/'), *end = NULL;
	struct in_addr v4;
	long most = 128, bits;

	if (slash != NULL)
		*slash++ = '\0';
	if (inet_pton(AF_INET, word, &v4) == 1) {
		map(&v4, network);
		most = 32;
	} else if (inet_pton(AF_INET6, word, network) != 1) {
		return false;
	}
	bits = slash != NULL ? strtol(slash, &end, 10) : most;
	if (slash != NULL && (*slash < '0' || *slash > '9' || *end != '\0'))
		return false;
	if (bits < 0 || bits > most)
		return false;
	out->range[out->count++].bits = (int)(128 - most + bits);
	return true;
}

int
vg_senders_parse(struct vg_senders *out, const char *list, struct vg_err *err)
{
	out->count = 0;
	for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
		size_t length = strcspn(list, " ");
		char word[WORD_MAX + 1] = "";

		if (out->count == VG_SENDERS_MAX)
			return vg_err_set(err, VG_EINVALID, "expected at most %d networks",
					  VG_SENDERS_MAX);
		if (length <= WORD_MAX)
			memcpy(word, list, length);
		if (!read_range(out, word))
			return vg_err_set(err, VG_EINVALID,
					  "\"%.*s\": expected a network such as 10.0.0.0/8, or a "
					  "numeric address",
					  (int)length, list);
		list += length;
	}
	return 0;
}

static bool
begins_alike(const struct in6_addr *a, const struct in6_addr *b, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, (size_t)whole) == 0 &&
	       (rest == 0 || ((a->s6_addr[whole] ^ b->s6_addr[whole]) >> (8 - rest)) == 0);
}

bool
vg_senders_allow(const struct vg_senders *senders, const union vg_address *address)
{
	struct in6_addr from = {0};

	if (address->any.sa_family == AF_INET)
		map(&address->v4.sin_addr, &from);
	else if (address->any.sa_family == AF_INET6)
		from = address->v6.sin6_addr;
	else
		return false;
	for (size_t i = 0; i < senders->count; i++)
		if (begins_alike(&senders->range[i].network, &from, senders->range[i].bits))
			return true;
	return false;
}
