/* One check: what is asked of a target, and what came back.
 *
 * A check type is a row of a table: how its part of the configuration is read, how one run is
 * started, and how it is given up. Runs never block the loop and never outlive their deadline: the
 * scheduler cancels what is not done by then, and calls that critical (the target did not answer)
 * or unknown (the check itself could not be made), as the type says. */
#ifndef VG_CHECK_H
#define VG_CHECK_H

#include "lib/yaml/yaml.h"

#include <stdint.h>

#define VG_CHECK_TEXT_MAX 200 /* bytes of a result's text; longer ones are cut at a character */

/* The states of the monitoring plugins, in the order of their exit codes. */
enum vg_check_state { VG_CHECK_OK, VG_CHECK_WARNING, VG_CHECK_CRITICAL, VG_CHECK_UNKNOWN };
extern const char *const vg_check_state_words[]; /* ok, warning, critical, unknown, NULL */

/* Milliseconds from the start of a run to the end of each phase; -1 = no such phase. */
struct vg_check_phases {
	int64_t dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms;
};

struct vg_check_result {
	enum vg_check_state state;
	int64_t latency_ms; /* -1 = not measured */
	struct vg_check_phases phases;
	char text[VG_CHECK_TEXT_MAX + 1];     /* one line, UTF-8, without control characters */
	char perfdata[VG_CHECK_TEXT_MAX + 1]; /* as plugins print it, "" = none */
};

struct event_base;
struct vg_engine; /* what runs share: the loop, libcurl, the resolver, the ping sockets */
struct vg_check_run;

/* Called once, never from within start. The result is borrowed. */
typedef void vg_check_done_cb(const struct vg_check_result *result, void *arg);

struct vg_check_type {
	const char *name;	 /* "http": the value of `type` in the configuration */
	const char *const *keys; /* members that belong to it, NULL-ended, beside the common ones */
	/* Reads them; NULL when there was an error (it is in *errors) or memory is out. */
	void *(*configure)(const struct vg_yaml_node *map, struct vg_yaml_errors *errors);
	void (*unconfigure)(void *settings);
	/* Starts a run that must be over timeout_ms from now. NULL: it could not be started, *why
	 * (of VG_CHECK_TEXT_MAX + 1 bytes) says what is missing, and `done` is not called. */
	struct vg_check_run *(*start)(struct vg_engine *engine, const void *settings,
				      int64_t timeout_ms, vg_check_done_cb *done, void *arg,
				      char *why);
	/* Gives a run up; `done` is not called any more. */
	void (*cancel)(struct vg_check_run *run);
};
extern const struct vg_check_type *const vg_check_types[]; /* NULL-ended: check_types.c */

/* NULL and *err on failure. One per process. */
struct vg_engine *vg_engine_new(struct event_base *base, struct vg_err *err);
void vg_engine_free(struct vg_engine *engine);

/* Formats into result->text: cuts, and replaces control characters and bytes that are no UTF-8. */
void vg_check_text(struct vg_check_result *result, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
