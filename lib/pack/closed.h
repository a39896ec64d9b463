/* Closed statements, made again while their ledger goes by.
 *
 * A statement follows from the rows up to the one that closed it. So whoever replays a ledger makes
 * each at that row, and holds it against the hash that was published of it later, and against what
 * the statement after it says of it: one pass for all months and municipalities. */
#ifndef VG_CLOSED_H
#define VG_CLOSED_H

#include "core/fee.h"
#include "lib/base/err.h"

#include <jansson.h>

struct vg_closed;

enum vg_closed_state {
	VG_CLOSED_SAME,	       /* made again, it has the published bytes */
	VG_CLOSED_UNPUBLISHED, /* made again; nothing has been published to hold it against */
	VG_CLOSED_DIFFERS,     /* made again, it has other bytes */
	VG_CLOSED_UNCHAINED,   /* the hash that it gives of the one before is not that one's */
	VG_CLOSED_UNMADE,      /* it cannot be made */
	VG_CLOSED_STATE_COUNT
};
const char *vg_closed_state_name(enum vg_closed_state state);

/* One statement, as found. Hashes in hex, "" = there is none. */
struct vg_closed_statement {
	char *municipality;
	int month;
	bool trial;
	int64_t as_of_seq;     /* the row that closed it */
	int64_t published_seq; /* 0 = not published */
	char head[65];	       /* of the chain at as_of_seq: it is printed on the statement */
	char made_sha256[65], published_sha256[65];
	bool unchained;
};
enum vg_closed_state vg_closed_state(const struct vg_closed_statement *statement);

/* Called for each statement when it has been made; the model is borrowed. Other than 0 ends. */
typedef int vg_closed_cb(const struct vg_closed_statement *statement, const struct vg_core *core,
			 const json_t *model, void *arg);

/* Of one municipality, or of all with "". Models are made of one month, or of all with -1: others
 * are UNMADE. on_made may be NULL. NULL = out of memory. */
struct vg_closed *vg_closed_new(const char *municipality, int month, vg_closed_cb *on_made,
				void *arg);
void vg_closed_free(struct vg_closed *closed);

/* After each step of the core, with the event and the hex chain head of lane main there. Returns 0,
 * VG_ENOMEM, VG_ELIMIT (more statements than the core may hold), or what on_made returned. */
VG_MUST_CHECK int vg_closed_step(struct vg_closed *closed, const struct vg_core *core,
				 const struct vg_event *event, const char *head,
				 struct vg_err *err);

/* In the order in which they were closed; NULL past the last. */
const struct vg_closed_statement *vg_closed_get(const struct vg_closed *closed, size_t index);

/* What stands in a pack's trailer: [{as_of_seq, head, month, municipality, sha256?}], sha256 as
 * published. A new array; NULL = out of memory. */
json_t *vg_closed_list(const struct vg_closed *closed);

#endif
