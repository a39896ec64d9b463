/* ldap.c - LDAP and LDAPS: bind, search, count.
 *
 * libldap writes and reads the protocol, over a connection (and TLS) that is libcurl's, so it has
 * the phases, deadlines and certificates of the other checks. The hard thing is that libldap is
 * made to block: here it is only ever asked for what has come already, and follows no referral.
 * Only names of entries are asked for (attribute "1.1", RFC 4511 4.5.1.8), and only counted:
 * nothing of a directory is kept. */
#include "agents/checks/transfer.h"

#include <errno.h>
#include <ldap.h>
#include <openldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX  1000 /* that can be asked for; the server is told to stop there */
#define PASSWORD_MAX 1024

struct settings {
	struct vg_transfer_settings common;
	LDAPURLDesc *search;
	char *bind_dn, *password_file;
	int64_t entries_min;
};

struct session {
	LDAP *ld;
	char *password; /* NULL = anonymous, or it has been sent */
	int64_t entries;
	int code; /* LDAP result */
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "url",	    "bind_dn",
				   "password_file",  "entries_min", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	ldap_free_urldesc(settings->search);
	free(settings->bind_dn);
	free(settings->password_file);
	free(settings);
}

/* Reads what is searched for; gives the URL of the connection, NULL when there was an error. */
static char *
read_search(struct settings *settings, const struct vg_yaml_node *map,
	    struct vg_yaml_errors *errors)
{
	const char *url = vg_yaml_get_text(map, "url", true, NULL, errors);
	LDAPURLDesc *search = NULL;
	bool tls;

	if (url == NULL)
		return NULL;
	tls = strncmp(url, "ldaps://", 8) == 0;
	if ((!tls && strncmp(url, "ldap://", 7) != 0) || ldap_url_parse(url, &search) != 0 ||
	    search->lud_host == NULL || *search->lud_host == '\0' || search->lud_attrs != NULL) {
		ldap_free_urldesc(search);
		vg_yaml_error(errors, vg_yaml_find(map, "url"),
			      "\"%s\" is no search without attributes; expected such as "
			      "ldap://host/base??sub?(filter)",
			      url);
		return NULL;
	}
	settings->search = search;
	return vg_transfer_peer_url(search->lud_host,
				    search->lud_port > 0 ? search->lud_port
				    : tls		 ? LDAPS_PORT
							 : LDAP_PORT,
				    tls);
}

static bool
read_bind(struct settings *settings, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *dn = vg_yaml_get_text(map, "bind_dn", false, NULL, errors);
	const char *file = vg_yaml_get_text(map, "password_file", false, NULL, errors);

	if ((dn == NULL) != (file == NULL)) {
		vg_yaml_error(errors, vg_yaml_find(map, dn != NULL ? "bind_dn" : "password_file"),
			      "expected bind_dn and password_file together, or neither");
		return false;
	}
	if (dn == NULL)
		return true;
	settings->bind_dn = strdup(dn);
	settings->password_file = strdup(file);
	return settings->bind_dn != NULL && settings->password_file != NULL;
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const schemes[] = {"http", "https", NULL};
	struct settings *settings = calloc(1, sizeof(*settings));
	size_t before = errors->count;
	char *url = settings != NULL ? read_search(settings, map, errors) : NULL;

	if (url == NULL || !vg_transfer_configure(&settings->common, map, url, schemes, errors) ||
	    !read_bind(settings, map, errors))
		goto fail;
	settings->entries_min =
		vg_yaml_get_int(map, "entries_min", false, 0, ENTRIES_MAX, 1, errors);
	if (errors->count == before)
		return settings;
fail:
	unconfigure(settings);
	return NULL;
}

static void
forget_password(struct session *session)
{
	if (session->password != NULL)
		explicit_bzero(session->password, strlen(session->password));
	free(session->password);
	session->password = NULL;
}

static void
release(struct vg_check_run *run)
{
	struct session *session = run->own;

	if (session->ld != NULL)
		(void)ldap_unbind_ext(session->ld, NULL, NULL);
	forget_password(session);
	free(session);
}

/* The password is read for each run: it can be changed without a reload, and is not kept. */
static bool
prepare(struct vg_check_run *run, char *why)
{
	const struct settings *settings = (const struct settings *)run->settings;
	struct session *session = calloc(1, sizeof(*session));
	size_t length;

	if (session == NULL)
		return false;
	run->own = session;
	if (settings->bind_dn == NULL)
		return true;
	session->password =
		vg_transfer_read_file(settings->password_file, PASSWORD_MAX, &length, why);
	if (session->password == NULL)
		return false;
	session->password[strcspn(session->password, "\r\n")] = '\0';
	return true;
}

/* libldap's bytes go over libcurl's connection. */
static ber_slen_t
on_read(Sockbuf_IO_Desc *io, void *bytes, ber_len_t length)
{
	struct vg_check_run *run = io->sbiod_pvt;
	size_t count = 0;
	CURLcode code = curl_easy_recv(run->easy, bytes, length, &count);

	errno = code == CURLE_AGAIN ? EWOULDBLOCK : ECONNRESET;
	return code == CURLE_OK ? (ber_slen_t)count : -1;
}

static ber_slen_t
on_write(Sockbuf_IO_Desc *io, void *bytes, ber_len_t length)
{
	struct vg_check_run *run = io->sbiod_pvt;
	size_t count = 0;
	CURLcode code = curl_easy_send(run->easy, bytes, length, &count);

	run->blocked = code == CURLE_AGAIN;
	errno = code == CURLE_AGAIN ? EWOULDBLOCK : EPIPE;
	return code == CURLE_OK ? (ber_slen_t)count : -1;
}

static int
on_setup(Sockbuf_IO_Desc *io, void *arg)
{
	io->sbiod_pvt = arg;
	return 0;
}

static int
on_end(Sockbuf_IO_Desc *io)
{
	(void)io;
	return 0;
}

/* TLS may hold bytes that the socket no longer shows: reading is always worth a try. */
static int
on_control(Sockbuf_IO_Desc *io, int option, void *arg)
{
	(void)io;
	(void)arg;
	return option == LBER_SB_OPT_DATA_READY;
}

static int
open_session(struct vg_check_run *run)
{
	static Sockbuf_IO over_curl = {on_setup, on_end, on_control, on_read, on_write, on_end};
	const struct settings *settings = (const struct settings *)run->settings;
	struct session *session = run->own;
	struct berval password = {0, NULL};
	int version = LDAP_VERSION3, code, id;
	curl_socket_t fd = CURL_SOCKET_BAD;
	Sockbuf *below = NULL;

	(void)curl_easy_getinfo(run->easy, CURLINFO_ACTIVESOCKET, &fd);
	code = ldap_init_fd(fd, LDAP_PROTO_EXT, NULL, &session->ld);
	if (code != LDAP_SUCCESS)
		return code;
	(void)ldap_set_option(session->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	(void)ldap_set_option(session->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (ldap_get_option(session->ld, LDAP_OPT_SOCKBUF, &below) != LDAP_OPT_SUCCESS ||
	    ber_sockbuf_add_io(below, &over_curl, LBER_SBIOD_LEVEL_PROVIDER, run) != 0)
		return LDAP_NO_MEMORY;
	if (session->password != NULL)
		password = (struct berval){strlen(session->password), session->password};
	code = ldap_sasl_bind(session->ld, settings->bind_dn, LDAP_SASL_SIMPLE, &password, NULL,
			      NULL, &id);
	forget_password(session);
	return code;
}

static int
search(struct vg_check_run *run)
{
	const struct settings *settings = (const struct settings *)run->settings;
	const LDAPURLDesc *what = settings->search;
	char none[] = LDAP_NO_ATTRS, *attributes[] = {none, NULL};
	int id;

	return ldap_search_ext(((struct session *)run->own)->ld, what->lud_dn,
			       what->lud_scope != LDAP_SCOPE_DEFAULT ? what->lud_scope
								     : LDAP_SCOPE_BASE,
			       what->lud_filter, attributes, 0, NULL, NULL, NULL,
			       settings->entries_min > 0 ? (int)settings->entries_min : 1, &id);
}

/* Takes one message. True: the session is over, and its code is set. */
static bool
take(struct vg_check_run *run, LDAPMessage *message)
{
	struct session *session = run->own;
	int code = LDAP_SUCCESS, type = ldap_msgtype(message);

	if (type == LDAP_RES_SEARCH_ENTRY)
		session->entries++;
	if (type != LDAP_RES_BIND && type != LDAP_RES_SEARCH_RESULT)
		return false;
	session->code = ldap_parse_result(session->ld, message, &code, NULL, NULL, NULL, NULL, 0);
	if (session->code == LDAP_SUCCESS)
		session->code = code;
	if (type == LDAP_RES_BIND && session->code == LDAP_SUCCESS)
		session->code = search(run);
	return type == LDAP_RES_SEARCH_RESULT || session->code != LDAP_SUCCESS;
}

static CURLcode
talk(struct vg_check_run *run)
{
	struct session *session = run->own;
	bool over = false;

	if (session->ld == NULL) {
		session->code = open_session(run);
		over = session->code != LDAP_SUCCESS;
	}
	while (!over) {
		struct timeval none = {0, 0};
		LDAPMessage *message = NULL;
		int rc = ldap_result(session->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &none, &message);

		if (rc == 0)
			return CURLE_AGAIN;
		if (rc < 0) {
			(void)ldap_get_option(session->ld, LDAP_OPT_RESULT_CODE, &session->code);
			break;
		}
		over = take(run, message);
		(void)ldap_msgfree(message);
	}
	return CURLE_OK;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = (const struct settings *)run->settings;
	const struct session *session = run->own;
	int entries = (int)session->entries;

	switch (session->code) {
	case LDAP_SUCCESS:
	case LDAP_SIZELIMIT_EXCEEDED:
		if (entries >= settings->entries_min) {
			vg_check_text(result, "found %s%d entries in %d ms",
				      session->code == LDAP_SUCCESS ? "" : "at least ", entries,
				      (int)result->latency_ms);
			return;
		}
		result->state = VG_CHECK_CRITICAL;
		vg_check_text(result, "found %d entries, expected at least %d", entries,
			      (int)settings->entries_min);
		return;
	case LDAP_SERVER_DOWN:
		result->state = VG_CHECK_CRITICAL;
		vg_check_text(result, "closed the connection without a result");
		return;
	case LDAP_NO_MEMORY:
	case LDAP_FILTER_ERROR:
	case LDAP_PARAM_ERROR:
		result->state = VG_CHECK_UNKNOWN;
		break;
	default:
		result->state = VG_CHECK_CRITICAL;
		break;
	}
	vg_check_text(result, "LDAP: %s (%d)", ldap_err2string(session->code), session->code);
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	static const struct vg_transfer_way way = {
		.prepare = prepare,
		.talk = talk,
		.judge = judge,
		.release = release,
	};

	return vg_transfer_start(engine, &way, settings, timeout_ms, done, arg, why);
}

const struct vg_check_type vg_check_ldap = {
	"ldap", keys, configure, unconfigure, start, vg_transfer_cancel,
};
