/* How the daemon is spoken to: address, TLS and token, as the settings say. */
#ifndef VG_AGENT_DAEMON_H
#define VG_AGENT_DAEMON_H

#include "agents/config.h"

#include <curl/curl.h>

#define VG_TOKEN_MAX 4096
#define VG_DAEMON_REPLY_MAX                                                                        \
	65536 /* bytes of an answer that are taken; a longer one is an error                       \
	       */

struct vg_daemon_reply {
	long status; /* HTTP */
	char *text;  /* NUL-terminated, NULL = nothing was received; freed by the owner */
	size_t length;
	bool has_clock;
	int64_t clock_offset_ms; /* ours minus the daemon's, by its Date header: to the second */
	char error[CURL_ERROR_SIZE]; /* libcurl's words, when there was no answer */
};

/* A handle for requests to one path; NULL = out of memory, or TLS files that cannot be read. */
CURL *vg_daemon_handle(const struct vg_agent_config *config, const char *path,
		       struct vg_daemon_reply *reply);
/* Reads the token anew, so that it can be changed under a running agent, and sets what every
 * request carries. *headers is the handle's until the next call; freed by the owner. */
VG_MUST_CHECK int vg_daemon_authorize(CURL *easy, const char *token_file,
				      struct curl_slist **headers, struct vg_err *err);
/* After a request: its status and clock, or why it has none. */
void vg_daemon_finish(CURL *easy, CURLcode code, struct vg_daemon_reply *reply, int64_t now_ms);

int64_t vg_wall_ms(void); /* UTC */

#endif
