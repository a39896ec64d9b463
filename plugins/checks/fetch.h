/* One page as a browser gets it: redirects followed, cookies kept, phases and the certificate
 * looked at (libcurl). It has no time limit of its own: the plugin's ends the process. */
#ifndef VG_FETCH_H
#define VG_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#define VG_FETCH_BODY_MAX      (1u << 20) /* bytes of a page that are kept; the rest is read over */
#define VG_FETCH_REDIRECTS_MAX 20

struct vg_fetch_options {
	const char *address; /* connect there instead of looking the host up; NULL = look up */
	const char *ca_file; /* trusted certificates; NULL = the system's */
	int redirects_max;   /* 0 = a redirect is an answer as any other */
	int tls_minor;	     /* lowest TLS version that may be used: 1.<tls_minor>, 0 to 3 */
	bool https_only;     /* redirects to plain HTTP fail too */
};

struct vg_page {
	const char *error; /* NULL = there is an answer; else what went wrong, in words */
	long status, redirects;
	const char *url;  /* where it ended */
	const char *body; /* NUL-terminated, at most VG_FETCH_BODY_MAX bytes */
	size_t length;
	/* from a hop's start to the end of each phase, summed over the hops; 0 = no such phase */
	double dns_s, connect_s, tls_s, first_byte_s, total_s;
	bool has_certificate;  /* false: plain HTTP, or a connection that was kept from before */
	long certificate_days; /* whole days left of the last hop's; below 0 = expired */
};

struct vg_fetch;
/* Copies no texts: the options live as long as it does. NULL = out of memory. */
struct vg_fetch *vg_fetch_new(const struct vg_fetch_options *options);
void vg_fetch_free(struct vg_fetch *fetch);
/* One page, with the cookies and connections of those before. What `out` points to lives until the
 * next call. `url` may be relative to the page before. */
void vg_fetch_page(struct vg_fetch *fetch, const char *url, struct vg_page *out);

#endif
