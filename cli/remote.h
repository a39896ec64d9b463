/* Calls to the daemon, and replies as tables or JSON. */
#ifndef VG_REMOTE_H
#define VG_REMOTE_H

#include "cli/cli.h"
#include "cli/table.h"

/* One request with a JSON body (borrowed; NULL = none). On 2xx 0 and *reply, which the caller
 * frees; else the exit code that fits, after the daemon's own words have been printed. */
VG_MUST_CHECK int vg_remote_call(struct vg_cli *cli, const char *method, const char *path,
				 const json_t *body, json_t **reply);
/* The same with bytes of any type. */
VG_MUST_CHECK int vg_remote_send(struct vg_cli *cli, const char *method, const char *path,
				 const char *type, const void *bytes, size_t length,
				 json_t **reply);

/* The same, but a problem that has this member is not told: it is *problem, which the caller frees,
 * beside the exit code that fits. */
VG_MUST_CHECK int vg_remote_try(struct vg_cli *cli, const char *method, const char *path,
				const char *type, const void *bytes, size_t length,
				const char *member, json_t **reply, json_t **problem);

/* GET by who goes on when the daemon is away, as while it is restarted: when nobody answers, or the
 * answer is that it cannot now (5xx), VG_EXIT_UNREACHABLE with the reason in *away and nothing
 * printed. Else as vg_remote_call, and away->text is "". */
VG_MUST_CHECK int vg_remote_poll(struct vg_cli *cli, const char *path, json_t **reply,
				 struct vg_err *away);

/* GET of a text that is no JSON; *text is malloc'ed. */
VG_MUST_CHECK int vg_remote_fetch(struct vg_cli *cli, const char *path, char **text,
				  size_t *length);

/* Waits, half an hour at most, until PostgreSQL holds all that is durable. An exit code. */
int vg_remote_settle(struct vg_cli *cli);

/* "/api/v1/tickets" and more: a path that grows by escaped parts. Ends the program's work with
 * false when memory is out or the path is too long. */
struct vg_path {
	char text[4096];
	bool query; /* a question mark stands already */
};
bool vg_path_start(struct vg_path *path, const char *text);
bool vg_path_part(struct vg_path *path, const char *part); /* "/" and the part, escaped */
bool vg_path_query(struct vg_path *path, const char *name,
		   const char *value); /* value NULL = nothing is added */

/* Canonical JSON and a line feed. */
int vg_print_json(const struct vg_cli *cli, const json_t *json);
/* Gives each row of what persons judge (records, windows) a member "judged", from withdrawn and
 * waits. */
void vg_put_judged(json_t *rows);
/* The array in a reply: the reply itself, or its first member that is an array. NULL = none. */
const json_t *vg_reply_rows(const json_t *reply);
/* GET and print: the reply as it is with --json, else as a table. */
int vg_remote_list(struct vg_cli *cli, const char *path, const struct vg_column *columns);

#endif
