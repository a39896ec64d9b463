/* Who may send: a list of network addresses, for protocols that know no other credential. */
#ifndef VG_SENDERS_H
#define VG_SENDERS_H

#include "daemon/intake/datagram.h"
#include "lib/base/network.h"

#define VG_SENDERS_MAX 256

struct vg_senders {
	size_t count;
	struct vg_network network[VG_SENDERS_MAX];
};

/* "127.0.0.0/8 ::1 192.0.2.7", parted by spaces; "" = nobody. VG_EINVALID names the wrong one. */
VG_MUST_CHECK int vg_senders_parse(struct vg_senders *out, const char *list, struct vg_err *err);
bool vg_senders_allow(const struct vg_senders *senders, const union vg_address *address);

#endif
