/* Options of the command line as members of a request's body. */
#ifndef VG_BODY_H
#define VG_BODY_H

#include "cli/cli.h"

/* Each puts the value of an option, when it was given, into `body` under `member`. 0, or an exit
 * code after the complaint. */
int vg_body_text(const struct vg_cli *cli, json_t *body, const char *option, const char *member);
/* An instant as 2026-11-20T10:00, with seconds and offset when wanted, to milliseconds; without
 * offset it is local time. */
int vg_body_instant(const struct vg_cli *cli, json_t *body, const char *option, const char *member);
/* Every value of an option that may be given several times, as a list. */
int vg_body_list(const struct vg_cli *cli, json_t *body, const char *option, const char *member);
/* Complains when the option was not given: "--reason: <why>". */
int vg_body_require(const struct vg_cli *cli, const char *option, const char *why);

/* The value of an option as an instant; `fallback_ms` when it was not given. */
int vg_body_read_instant(const struct vg_cli *cli, const char *option, int64_t fallback_ms,
			 int64_t *at_ms);

/* Posts the body (which it takes over), prints the verdict after the number that the daemon gave,
 * or after `name`. */
int vg_body_post(struct vg_cli *cli, const char *path, json_t *body, const char *name);
/* The same for what takes effect when another person has approved it, which is told. */
int vg_body_propose(struct vg_cli *cli, const char *path, json_t *body, const char *name);

#endif
