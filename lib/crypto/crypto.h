/* Hashes, keyed digests and random bytes (OpenSSL). */
#ifndef VG_CRYPTO_H
#define VG_CRYPTO_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define VG_SHA256_LEN	  32
#define VG_HEX_LEN(bytes) (2 * (bytes) + 1)

void vg_sha256(const void *data, size_t length, uint8_t out[VG_SHA256_LEN]);

/* Incremental form, for files and streams. Freed by end; abort with vg_sha256_end(state, NULL). */
struct vg_sha256_state;
struct vg_sha256_state *vg_sha256_begin(void); /* NULL = out of memory */
void vg_sha256_add(struct vg_sha256_state *state, const void *data, size_t length);
void vg_sha256_end(struct vg_sha256_state *state, uint8_t out[VG_SHA256_LEN]);

void vg_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
		    uint8_t out[VG_SHA256_LEN]);

/* The ledger's two digests (architecture 3): d = SHA-256(be64 seq | be64 received_ms | bytes),
 * h = SHA-256(h_prev | d). h may be h_prev. */
void vg_ledger_digest(int64_t seq, int64_t received_ms, const void *bytes, size_t length,
		      uint8_t d[VG_SHA256_LEN]);
void vg_ledger_chain(const uint8_t h_prev[VG_SHA256_LEN], const uint8_t d[VG_SHA256_LEN],
		     uint8_t h[VG_SHA256_LEN]);

/* Cryptographic random bytes; panics when the system has none. */
void vg_random(void *out, size_t length);

/* Lower-case hex with a final NUL; out has VG_HEX_LEN(length) bytes. Returns out. */
char *vg_hex(const uint8_t *data, size_t length, char *out);
/* Exactly 2 * length hex digits; VG_EINVALID otherwise. */
VG_MUST_CHECK int vg_unhex(const char *text, uint8_t *out, size_t length);

/* Equal in constant time. */
int vg_equal_secret(const void *a, const void *b, size_t length);

#endif
