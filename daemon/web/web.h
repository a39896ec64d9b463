/* The web application's built files (dashboards/web), to anybody: they hold no figure. Pages are
 * addresses of one index.html; assets are named by their hash, and browsers keep them for ever.
 *
 * All is read once, at start, so that a request never waits for a disk. */
#ifndef VG_WEB_H
#define VG_WEB_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct vg_request;
struct vg_web;

#define VG_WEB_FILES_MAX 256
#define VG_WEB_BYTES_MAX (16 * 1024 * 1024) /* of all files together */

/* Reads root/index.html, root/theme.css when it is there (an installation's own colours), and
 * root/assets; beside each file its .gz, when there is one. Anything more than the maxima, or no
 * index.html, is an error. */
VG_MUST_CHECK int vg_web_load(struct vg_web **out, const char *root, struct vg_err *err);
void vg_web_free(struct vg_web *web); /* NULL is allowed */

/* Answers a GET or HEAD of a file or a page; false: it is neither, and was not answered. `web`
 * NULL: false. */
bool vg_web_answer(const struct vg_web *web, struct vg_request *request);

#endif
