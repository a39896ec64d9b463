/* The checks that libcurl does the talking for: http, fhir, tcp, mllp and ldap.
 *
 * A type says what it asks and how it judges the answer; connecting, TLS, deadlines, phases,
 * certificate days, slow answers and the words for failures are the same for all and are here.
 * Every run connects anew, without proxy, session or cache: what is measured is what a user meets
 * who comes first. */
#ifndef VG_TRANSFER_H
#define VG_TRANSFER_H

#include "agents/checks/trust.h"
#include "agents/engine.h"

#include <stdbool.h>
#include <stddef.h>

#define VG_TRANSFER_BODY_MAX	  (64 << 10) /* bytes of an answer that are read for its judgement */
#define VG_TRANSFER_HEADERS_MAX	  16
#define VG_TRANSFER_REDIRECTS_MAX 10

/* The members of the configuration that all of them have. */
#define VG_TRANSFER_KEYS                                                                           \
	"ca_file", "client_certificate", "client_key", "host_address", "certificate_days",         \
		"slow_after"

struct vg_transfer_settings {
	char *url;
	bool tls;
	struct vg_trust *trust; /* ca_file, or the system's */
	char *client_certificate, *client_key;
	struct curl_slist *headers;    /* NULL = none */
	struct curl_slist *connect_to; /* NULL = the address that the name gives */
	int64_t slow_after_ms;	       /* 0 = never */
	int64_t warning_days, critical_days;
};

/* What a type adds. Each may be NULL but judge. */
struct vg_transfer_way {
	size_t body_max;
	/* Options of its own, a conversation's request, run->own. False: *why says what is missing.
	 */
	bool (*prepare)(struct vg_check_run *run, char *why);
	/* NULL = libcurl speaks the protocol. Otherwise only the connection is libcurl's, and this
	 * speaks: it is called when there is a connection, and whenever that can be used again.
	 * CURLE_AGAIN = wait for more, CURLE_OK = to be judged, others = it failed. */
	CURLcode (*talk)(struct vg_check_run *run);
	/* The transfer succeeded: sets state and text. */
	void (*judge)(const struct vg_check_run *run, struct vg_check_result *result);
	/* Frees run->own, while there still is a connection. */
	void (*release)(struct vg_check_run *run);
};

/* A run. Its type's functions use the members down to `own`; the rest is transfer.c's. */
struct vg_check_run {
	const struct vg_transfer_settings *settings; /* the first member of the type's own */
	CURL *easy;
	char *request; /* of a conversation, malloc'ed; NULL = nothing is sent. Freed with the run
			*/
	size_t request_length;
	char *body; /* NUL-terminated; "" = nothing was received */
	size_t body_length;
	bool cut;     /* there was more than body_max */
	bool blocked; /* by talk: more is to be sent when the connection can be written */
	char tag[24]; /* by what the type knows its answer */
	void *own;

	struct vg_engine *engine;
	const struct vg_transfer_way *way;
	struct vg_engine_job job;
	struct event *deadline, *ready;
	int64_t begun_us, timeout_ms;
	size_t body_size, sent;
	int no_socket;		   /* errno: the check had none to connect with */
	int64_t certificate_end_s; /* UTC, of the server that was last connected to; 0 = none */
	vg_check_done_cb *done;
	void *arg;
	char reason[CURL_ERROR_SIZE];
};

/* Reads the common members. `url` is NULL (then map's own `url` is taken and must begin with one of
 * the NULL-ended schemes), or a malloc'ed URL, which is taken. False: it is in *errors, or memory
 * is out; the settings can be freed either way. */
bool vg_transfer_configure(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
			   char *url, const char *const *schemes, struct vg_yaml_errors *errors);
/* Reads `headers`, a map of names and values. */
bool vg_transfer_configure_headers(struct vg_transfer_settings *settings,
				   const struct vg_yaml_node *map, struct vg_yaml_errors *errors);
/* Reads host, port and tls, and the common members, for a connection without URL. */
bool vg_transfer_configure_peer(struct vg_transfer_settings *settings,
				const struct vg_yaml_node *map, struct vg_yaml_errors *errors);
/* The URL of a mere connection, malloc'ed; `host` is a name or an address. NULL = out of memory. */
char *vg_transfer_peer_url(const char *host, int port, bool tls);
/* Frees what is in the settings, not the settings. */
void vg_transfer_unconfigure(struct vg_transfer_settings *settings);

/* start and cancel of a check type. */
struct vg_check_run *vg_transfer_start(struct vg_engine *engine, const struct vg_transfer_way *way,
				       const struct vg_transfer_settings *settings,
				       int64_t timeout_ms, vg_check_done_cb *done, void *arg,
				       char *why);
void vg_transfer_cancel(struct vg_check_run *run);

/* `talk` for request and answer: sends run->request, and receives until `enough` says so, the peer
 * closes, or body_max is there. */
CURLcode vg_transfer_converse(struct vg_check_run *run,
			      bool (*enough)(const struct vg_check_run *run));

/* The file's bytes, malloc'ed and NUL-terminated. NULL: why not is in *why (VG_CHECK_TEXT_MAX + 1
 * bytes). */
char *vg_transfer_read_file(const char *path, size_t max, size_t *length, char *why);

#endif
