/* What sign.c and enter.c share: the state of sign-in. */
#ifndef VG_ENTER_H
#define VG_ENTER_H

#include "daemon/sign/audit.h"
#include "daemon/sign/guard.h"
#include "daemon/sign/sign.h"

struct vg_sign {
	struct vg_sign_options options;
	struct vg_people *people;
	struct vg_sessions *sessions;
	struct vg_guard *guard;
	struct vg_refusals *refusals; /* gathered for the ledger */
	struct vg_proxy *proxy;
	uint8_t csrf_key[VG_SHA256_LEN]; /* of this run */
	char once_path[4096];
	size_t waiting; /* sign-ins on the worker */
	uint64_t signed_in, refused;
	uint64_t foreign; /* headers of proxies that were before this one */
};

#endif
