/* The agent's trusted certificates: one copy for a file, which follows the file. */
#include "agents/checks/trust.h"

#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
	char path[40];
	EVP_PKEY *key;
	SSL_CTX *context;
	struct vg_trust *trust;
};

static int
set_up(void **state)
{
	static struct rig rig;
	int fd;

	rig = (struct rig){.path = "/tmp/vinga-trust-XXXXXX"};
	assert_true((fd = mkstemp(rig.path)) >= 0);
	(void)close(fd);
	assert_non_null(rig.key = EVP_EC_gen("P-256"));
	assert_non_null(rig.context = SSL_CTX_new(TLS_client_method()));
	assert_non_null(rig.trust = vg_trust_get(rig.path));
	*state = &rig;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	vg_trust_put(rig->trust);
	SSL_CTX_free(rig->context);
	EVP_PKEY_free(rig->key);
	return unlink(rig->path) != 0 && access(rig->path, F_OK) == 0;
}

/* Writes a file of so many certificates, each of another authority. */
static void
write_certificates(struct rig *rig, int count)
{
	FILE *file = fopen(rig->path, "w");
	char name[24];

	assert_non_null(file);
	for (int i = 0; i < count; i++) {
		X509 *certificate = X509_new();

		assert_non_null(certificate);
		(void)snprintf(name, sizeof(name), "Authority %d", i);
		assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
							    "CN", MBSTRING_ASC,
							    (unsigned char *)name, -1, -1, 0),
				 1);
		assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
		assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 86400));
		assert_int_equal(X509_set_pubkey(certificate, rig->key), 1);
		assert_true(X509_sign(certificate, rig->key, EVP_sha256()) > 0);
		assert_int_equal(PEM_write_X509(file, certificate), 1);
		X509_free(certificate);
	}
	assert_int_equal(fclose(file), 0);
}

static void
write_text(struct rig *rig, const char *text)
{
	FILE *file = fopen(rig->path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* How many certificates a connection would go by. */
static int
trusted(struct rig *rig)
{
	X509_STORE *store = NULL;

	assert_true(vg_trust_apply(rig->trust, rig->context));
	assert_int_equal(SSL_CTX_get0_verify_cert_store(rig->context, &store), 1);
	return sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
}

static void
a_file_is_shared_by_all_that_name_it(void **state)
{
	struct rig *rig = *state;
	struct vg_trust *second = vg_trust_get(rig->path), *other = vg_trust_get("/nonexistent");

	assert_ptr_equal(second, rig->trust);
	assert_ptr_not_equal(other, rig->trust);
	vg_trust_put(other);
	vg_trust_put(second);
	write_certificates(rig, 1);
	assert_true(vg_trust_load(rig->trust));
	assert_int_equal(trusted(rig), 1);
}

static void
what_is_no_certificate_says_so(void **state)
{
	struct rig *rig = *state;

	write_text(rig, "hello\n");
	assert_false(vg_trust_load(rig->trust));
	assert_non_null(strstr(vg_trust_why(rig->trust), "holds no certificate that can be read"));
	assert_false(vg_trust_load(rig->trust)); /* as long as it stays so */
	assert_int_equal(unlink(rig->path), 0);
	assert_false(vg_trust_load(rig->trust));
	assert_non_null(strstr(vg_trust_why(rig->trust), "No such file"));
}

static void
a_file_that_changes_is_read_again(void **state)
{
	struct rig *rig = *state;

	write_certificates(rig, 1);
	assert_true(vg_trust_load(rig->trust));
	write_certificates(rig, 3);
	assert_int_equal(trusted(rig), 1);
	assert_true(vg_trust_load(rig->trust));
	assert_int_equal(trusted(rig), 3);
}

static void
a_file_that_breaks_leaves_what_there_was(void **state)
{
	struct rig *rig = *state;

	write_certificates(rig, 2);
	assert_true(vg_trust_load(rig->trust));
	write_text(rig, "-----BEGIN CERTIFICATE-----\n");
	assert_true(vg_trust_load(rig->trust));
	assert_int_equal(trusted(rig), 2);
	assert_int_equal(unlink(rig->path), 0);
	assert_true(vg_trust_load(rig->trust));
	assert_int_equal(trusted(rig), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_shared_by_all_that_name_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_certificate_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_changes_is_read_again, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_breaks_leaves_what_there_was, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
