/* password.c - Argon2id behind four functions.
 *
 * The hard thing is cost: it is the defence, and it stands in the text that somebody else has
 * written. So a form is read and bounded before it is ever computed. */
#include "lib/password/password.h"

#include <sodium.h>

#include <stdio.h>
#include <string.h>

#define PREFIX	       "$argon2id$v=19$"
#define MEMORY_KIB_MIN 19456
#define MEMORY_KIB_MAX (256 * 1024)
#define PASSES_MAX     10

_Static_assert(VG_PASSWORD_HASH_LEN == crypto_pwhash_STRBYTES, "libsodium's text form");

int
vg_password_hash(const char *password, size_t length, char out[VG_PASSWORD_HASH_LEN],
		 struct vg_err *err)
{
	if (length == 0 || length > VG_PASSWORD_MAX)
		return vg_err_set(err, VG_EINVALID, "password: expected 1 to %d bytes",
				  VG_PASSWORD_MAX);
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(out, password, length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return vg_err_set(err, VG_ENOMEM, "password: out of memory");
	return 0;
}

/* "salt$hash" in base64 without padding, nothing behind it. */
static bool
is_salt_and_hash(const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t salt = strspn(text, digits);
	const size_t hash = text[salt] == '$' ? strspn(text + salt + 1, digits) : 0;

	return salt > 0 && hash > 0 && text[salt + 1 + hash] == '\0';
}

int
vg_password_check(const char *hash, struct vg_err *err)
{
	unsigned memory_kib = 0, passes = 0, lanes = 0;
	int used = 0;

	if (strlen(hash) >= VG_PASSWORD_HASH_LEN || strncmp(hash, PREFIX, strlen(PREFIX)) != 0 ||
	    sscanf(hash + strlen(PREFIX), "m=%7u,t=%3u,p=%3u$%n", &memory_kib, &passes, &lanes,
		   &used) != 3 ||
	    used == 0 || !is_salt_and_hash(hash + strlen(PREFIX) + used))
		return vg_err_set(
			err, VG_EINVALID,
			"expected $argon2id$v=19$m=...,t=...,p=1$SALT$HASH; vinga account "
			"makes one");
	if (memory_kib < MEMORY_KIB_MIN || memory_kib > MEMORY_KIB_MAX || passes < 1 ||
	    passes > PASSES_MAX || lanes != 1)
		return vg_err_set(err, VG_EINVALID, "expected m=%d to %d, t=1 to %d, p=1",
				  MEMORY_KIB_MIN, MEMORY_KIB_MAX, PASSES_MAX);
	return 0;
}

bool
vg_password_fits(const char *hash, const char *password, size_t length)
{
	return sodium_init() >= 0 && length <= VG_PASSWORD_MAX &&
	       crypto_pwhash_str_verify(hash, password, length) == 0;
}

void
vg_password_forget(void *data, size_t length)
{
	sodium_memzero(data, length);
}
