/* Passwords of people: Argon2id in its usual text form, "$argon2id$v=19$m=65536,t=2,p=1$salt$hash"
 * (libsodium). */
#ifndef VG_PASSWORD_H
#define VG_PASSWORD_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define VG_PASSWORD_MAX	     200 /* bytes of a password */
#define VG_PASSWORD_HASH_LEN 128 /* bytes of the text form, with its NUL */

/* The text form of a password with a new salt, at 64 MiB and two passes: a tenth of a second.
 * VG_EINVALID: empty or too long. VG_ENOMEM. */
VG_MUST_CHECK int vg_password_hash(const char *password, size_t length,
				   char out[VG_PASSWORD_HASH_LEN], struct vg_err *err);

/* Whether a text is such a form, and costs neither so little that it can be guessed nor so much
 * that it holds everybody up: 19 to 256 MiB, 1 to 10 passes, one lane. VG_EINVALID says what is
 * wrong. */
VG_MUST_CHECK int vg_password_check(const char *hash, struct vg_err *err);

/* Whether the password is the one of a form that passed vg_password_check. Takes as long as the
 * form says, whatever the password; any thread. False also when memory is short. */
bool vg_password_fits(const char *hash, const char *password, size_t length);

/* Overwrites what nobody shall find in memory; not optimised away. */
void vg_password_forget(void *data, size_t length);

#endif
