/* The authorities that may have signed a server's certificate, as OpenSSL wants them.
 *
 * A file is parsed once for all probes that name it (Debian's has 140 certificates, which takes
 * 20 ms), and again when it has changed. One thread. */
#ifndef VG_TRUST_H
#define VG_TRUST_H

#include <stdbool.h>

#define VG_TRUST_SYSTEM	   "/etc/ssl/certs/ca-certificates.crt" /* of Debian's ca-certificates */
#define VG_TRUST_BYTES_MAX (1 << 20)				/* of a file */

struct vg_trust;

/* The file's, which is not looked at yet; shared. NULL = out of memory. Given back with put. */
struct vg_trust *vg_trust_get(const char *path);
void vg_trust_put(struct vg_trust *trust); /* NULL is allowed */

/* Reads the file when that has not been done since it changed. False: there are no certificates to
 * go by, and vg_trust_why says why not. A file that cannot be read any more leaves what there was.
 */
bool vg_trust_load(struct vg_trust *trust);
const char *vg_trust_why(const struct vg_trust *trust);

/* Has connections of this SSL_CTX verified by what was loaded. */
bool vg_trust_apply(const struct vg_trust *trust, void *ssl_ctx);

#endif
