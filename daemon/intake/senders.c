/* senders.c - who may send. */
#include "daemon/intake/senders.h"

#include <arpa/inet.h>
#include <string.h>

#define WORD_MAX (INET6_ADDRSTRLEN + 4)

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
		if (!vg_network_parse(word, &out->network[out->count]))
			return vg_err_set(err, VG_EINVALID,
					  "\"%.*s\": expected a network such as 10.0.0.0/8, or a "
					  "numeric address",
					  (int)length, list);
		out->count++;
		list += length;
	}
	return 0;
}

bool
vg_senders_allow(const struct vg_senders *senders, const union vg_address *address)
{
	for (size_t i = 0; i < senders->count; i++)
		if (vg_network_has(&senders->network[i], &address->any))
			return true;
	return false;
}
