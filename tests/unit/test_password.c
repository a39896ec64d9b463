/* Argon2id in its text form: made, checked, compared. */
#include "lib/password/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SALT_AND_HASH "$c29tZXNhbHRzb21lc2FsdA$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"

static void
the_password_fits_its_own_form_alone(void **state)
{
	char one[VG_PASSWORD_HASH_LEN], two[VG_PASSWORD_HASH_LEN];

	(void)state;
	assert_int_equal(vg_password_hash("hemligt ord", 11, one, NULL), 0);
	assert_int_equal(vg_password_hash("hemligt ord", 11, two, NULL), 0);
	assert_string_not_equal(one, two);
	assert_int_equal(vg_password_check(one, NULL), 0);
	assert_true(vg_password_fits(one, "hemligt ord", 11));
	assert_false(vg_password_fits(one, "hemligt or", 10));
	assert_false(vg_password_fits(one, "", 0));
}

static void
a_password_has_a_length(void **state)
{
	char long_one[VG_PASSWORD_MAX + 1], out[VG_PASSWORD_HASH_LEN];

	(void)state;
	memset(long_one, 'x', sizeof(long_one));
	assert_int_equal(vg_password_hash("", 0, out, NULL), VG_EINVALID);
	assert_int_equal(vg_password_hash(long_one, sizeof(long_one), out, NULL), VG_EINVALID);
	assert_int_equal(vg_password_hash(long_one, VG_PASSWORD_MAX, out, NULL), 0);
	assert_true(vg_password_fits(out, long_one, VG_PASSWORD_MAX));
	assert_false(vg_password_fits(out, long_one, sizeof(long_one)));
}

static void
forms_are_checked_before_they_are_computed(void **state)
{
	static const struct {
		const char *hash;
		int rc;
	} cases[] = {
		{"$argon2id$v=19$m=65536,t=2,p=1" SALT_AND_HASH, 0},
		{"$argon2id$v=19$m=19456,t=1,p=1" SALT_AND_HASH, 0},
		{"$argon2id$v=19$m=262144,t=10,p=1" SALT_AND_HASH, 0},
		{"$argon2id$v=19$m=19455,t=2,p=1" SALT_AND_HASH, VG_EINVALID},
		{"$argon2id$v=19$m=262145,t=2,p=1" SALT_AND_HASH, VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=0,p=1" SALT_AND_HASH, VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=11,p=1" SALT_AND_HASH, VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=2,p=4" SALT_AND_HASH, VG_EINVALID},
		{"$argon2i$v=19$m=65536,t=2,p=1" SALT_AND_HASH, VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=2,p=1" SALT_AND_HASH " ", VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=2,p=1$c29t", VG_EINVALID},
		{"$argon2id$v=19$m=65536,t=2,p=1", VG_EINVALID},
		{"hemligt ord", VG_EINVALID},
		{"", VG_EINVALID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(vg_password_check(cases[i].hash, NULL), cases[i].rc);
}

static void
what_is_forgotten_is_gone(void **state)
{
	char text[] = "hemligt";

	(void)state;
	vg_password_forget(text, sizeof(text));
	for (size_t i = 0; i < sizeof(text); i++)
		assert_int_equal(text[i], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_password_fits_its_own_form_alone),
		cmocka_unit_test(a_password_has_a_length),
		cmocka_unit_test(forms_are_checked_before_they_are_computed),
		cmocka_unit_test(what_is_forgotten_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
