/* People whom a reverse proxy has signed in: its headers, believed only from where it stands. */
#ifndef VG_PROXY_H
#define VG_PROXY_H

#include "daemon/sign/people.h"

#define VG_PROXY_PEOPLE_MAX                                                                        \
	10000		      /* kept until the people file is read again; the next is refused */
#define VG_PROXY_NAME_MAX 100 /* bytes */
#define VG_PROXY_WHY_MAX  300

enum vg_proxy_answer {
	VG_PROXY_NOBODY,  /* no such headers, or not to be believed */
	VG_PROXY_KNOWN,	  /* somebody who may something */
	VG_PROXY_REFUSED, /* somebody who may nothing, and why */
};

struct vg_proxied {
	struct vg_principal who;
	int64_t used_ms; /* steady; 0 = never */
};

struct vg_proxy;
/* `people` is borrowed. NULL = out of memory. */
struct vg_proxy *vg_proxy_new(const struct vg_people *people);
void vg_proxy_free(struct vg_proxy *proxy);

/* Whether the request comes from a proxy that is believed: by its address, and its secret when one
 * is set. */
bool vg_proxy_is_trusted(const struct vg_proxy *proxy, const struct vg_request *request);
/* Whether it has a header that only a proxy sets: such a one is nobody on this machine. */
bool vg_proxy_has_passed(const struct vg_proxy *proxy, const struct vg_request *request);
/* KNOWN: *out is borrowed until vg_proxy_free. REFUSED: `why` says what was expected. Headers from
 * elsewhere are counted, and logged once a minute. */
enum vg_proxy_answer vg_proxy_find(struct vg_proxy *proxy, const struct vg_request *request,
				   struct vg_proxied **out, char why[VG_PROXY_WHY_MAX]);
uint64_t vg_proxy_foreign(const struct vg_proxy *proxy); /* requests with headers not believed */

#endif
