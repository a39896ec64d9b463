/* crypto.c - OpenSSL behind a few functions that cannot be called wrongly.
 *
 * The hard thing is what may fail: with the default provider hashing in memory does not, so a hash
 * that fails is a broken installation and ends the process rather than becoming a wrong digest. */
#include "lib/crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>

struct vg_sha256_state {
	EVP_MD_CTX *context;
};

void
vg_sha256(const void *data, size_t length, uint8_t out[VG_SHA256_LEN])
{
	VG_ASSERT(SHA256(data, length, out) != NULL);
}

struct vg_sha256_state *
vg_sha256_begin(void)
{
	struct vg_sha256_state *state = malloc(sizeof(*state));

	if (state == NULL)
		return NULL;
	state->context = EVP_MD_CTX_new();
	if (state->context == NULL || EVP_DigestInit_ex(state->context, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(state->context);
		free(state);
		return NULL;
	}
	return state;
}

void
vg_sha256_add(struct vg_sha256_state *state, const void *data, size_t length)
{
	VG_ASSERT(EVP_DigestUpdate(state->context, data, length) == 1);
}

void
vg_sha256_end(struct vg_sha256_state *state, uint8_t out[VG_SHA256_LEN])
{
	if (state == NULL)
		return;
	if (out != NULL)
		VG_ASSERT(EVP_DigestFinal_ex(state->context, out, NULL) == 1);
	EVP_MD_CTX_free(state->context);
	free(state);
}

void
vg_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
	       uint8_t out[VG_SHA256_LEN])
{
	unsigned int written = 0;

	VG_ASSERT(HMAC(EVP_sha256(), key, (int)key_length, data, length, out, &written) != NULL);
	VG_ASSERT(written == VG_SHA256_LEN);
}

static void
put_be64(uint8_t *out, int64_t value)
{
	uint64_t bits = (uint64_t)value;

	for (int i = 7; i >= 0; i--) {
		out[i] = (uint8_t)(bits & 0xff);
		bits >>= 8;
	}
}

void
vg_ledger_digest(int64_t seq, int64_t received_ms, const void *bytes, size_t length,
		 uint8_t d[VG_SHA256_LEN])
{
	uint8_t head[16];
	struct vg_sha256_state *state;

	put_be64(head, seq);
	put_be64(head + 8, received_ms);
	state = vg_sha256_begin();
	VG_ASSERT(state != NULL);
	vg_sha256_add(state, head, sizeof(head));
	vg_sha256_add(state, bytes, length);
	vg_sha256_end(state, d);
}

void
vg_ledger_chain(const uint8_t h_prev[VG_SHA256_LEN], const uint8_t d[VG_SHA256_LEN],
		uint8_t h[VG_SHA256_LEN])
{
	uint8_t both[2 * VG_SHA256_LEN];

	for (int i = 0; i < VG_SHA256_LEN; i++) {
		both[i] = h_prev[i];
		both[VG_SHA256_LEN + i] = d[i];
	}
	vg_sha256(both, sizeof(both), h);
}

void
vg_random(void *out, size_t length)
{
	VG_ASSERT(RAND_bytes(out, (int)length) == 1);
}

char *
vg_hex(const uint8_t *data, size_t length, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * length] = '\0';
	return out;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
vg_unhex(const char *text, uint8_t *out, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int high = nibble(text[2 * i]);
		int low = high < 0 ? -1 : nibble(text[2 * i + 1]);

		if (low < 0)
			return VG_EINVALID;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * length] == '\0' ? 0 : VG_EINVALID;
}

int
vg_equal_secret(const void *a, const void *b, size_t length)
{
	return CRYPTO_memcmp(a, b, length) == 0;
}
