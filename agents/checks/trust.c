/* trust.c - certificates of authorities, parsed once.
 *
 * libcurl would parse a probe's ca_file at each of its runs; here OpenSSL's store is made once and
 * lent to each connection, which counts its own reference. The hard thing is a file that changes
 * under a running agent: it is known by its time, size and number, which is one stat a run. */
#include "agents/checks/trust.h"

#include "agents/check.h"
#include "core/ut.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct vg_trust {
	struct vg_trust *prev, *next;
	size_t users;
	char *path;
	struct stat seen;  /* the file when it was last read; zeroed = never */
	X509_STORE *store; /* NULL = it has not been read yet */
	char why[VG_CHECK_TEXT_MAX + 1];
};

static struct vg_trust *trusts; /* of the process */

struct vg_trust *
vg_trust_get(const char *path)
{
	struct vg_trust *trust;

	DL_FOREACH(trusts, trust)
	{
		if (strcmp(trust->path, path) != 0)
			continue;
		trust->users++;
		return trust;
	}
	trust = calloc(1, sizeof(*trust));
	if (trust == NULL || (trust->path = strdup(path)) == NULL) {
		free(trust);
		return NULL;
	}
	trust->users = 1;
	DL_APPEND(trusts, trust);
	return trust;
}

void
vg_trust_put(struct vg_trust *trust)
{
	if (trust == NULL || --trust->users > 0)
		return;
	DL_DELETE(trusts, trust);
	X509_STORE_free(trust->store);
	free(trust->path);
	free(trust);
}

static bool
is_as_seen(const struct vg_trust *trust, const struct stat *file)
{
	return trust->seen.st_ino == file->st_ino && trust->seen.st_size == file->st_size &&
	       trust->seen.st_mtim.tv_sec == file->st_mtim.tv_sec &&
	       trust->seen.st_mtim.tv_nsec == file->st_mtim.tv_nsec;
}

/* As libcurl has it: an intermediate authority may be trusted without its root. */
static X509_STORE *
parse(const char *path)
{
	X509_STORE *store = X509_STORE_new();

	if (store != NULL &&
	    X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) ==
		    1 &&
	    X509_STORE_load_file(store, path) == 1)
		return store;
	X509_STORE_free(store);
	ERR_clear_error();
	return NULL;
}

bool
vg_trust_load(struct vg_trust *trust)
{
	X509_STORE *store;
	struct stat file;

	if (stat(trust->path, &file) != 0) {
		(void)snprintf(trust->why, sizeof(trust->why), "%s cannot be read: %s", trust->path,
			       strerror(errno));
		return trust->store != NULL;
	}
	if (is_as_seen(trust, &file))
		return trust->store != NULL;
	trust->seen = file;
	store = file.st_size <= VG_TRUST_BYTES_MAX ? parse(trust->path) : NULL;
	if (store == NULL) {
		(void)snprintf(trust->why, sizeof(trust->why),
			       "%s holds no certificate that can be read; expected PEM of at most "
			       "%d bytes",
			       trust->path, VG_TRUST_BYTES_MAX);
		return trust->store != NULL;
	}
	X509_STORE_free(trust->store);
	trust->store = store;
	return true;
}

const char *
vg_trust_why(const struct vg_trust *trust)
{
	return trust->why;
}

bool
vg_trust_apply(const struct vg_trust *trust, void *ssl_ctx)
{
	return SSL_CTX_set1_verify_cert_store((SSL_CTX *)ssl_ctx, trust->store) == 1;
}
