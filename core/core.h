/* The core: a pure function of a prefix of the ledger.
 *
 * Events go in by sequence, state comes out. No I/O, no clock, no locale, no floating point.
 * Objects carry the sequence that last changed them, and stand in a list ordered by it: a sink that
 * knows its own position asks for what is past it, so nothing is ever queued for a sink. */
#ifndef VG_CORE_CORE_H
#define VG_CORE_CORE_H

#include "core/event.h"
#include "core/ticket.h"

/* Bounds. At a maximum the event stays in the ledger, the verdict says VG_VERDICT_OVERLOAD, and no
 * figure changes. */
#define VG_CORE_TICKETS_MAX    8000000
#define VG_CORE_QUARANTINE_MAX 100000
#define VG_CORE_NOTIFICATIONS_MAX                                                                  \
	1000000 /* for twenty years; past it a hand-over is taken and nobody called: FLAGGED */
#define VG_CORE_IMPORTS_MAX  100000
#define VG_CORE_REGISTER_MAX 1000000

enum vg_verdict_code {
	VG_VERDICT_TAKEN,    /* changed state, or is recorded */
	VG_VERDICT_FLAGGED,  /* taken, with data faults */
	VG_VERDICT_REFUSED,  /* a command that the state does not allow; answered 409 */
	VG_VERDICT_OVERLOAD, /* a stated maximum of the core was reached */
};

struct vg_verdict {
	enum vg_verdict_code code;
	int64_t ticket; /* id, 0 = none */
	uint32_t faults;
	char text[200]; /* reason, English, for REFUSED, FLAGGED, OVERLOAD */
};

struct vg_core *vg_core_new(void); /* NULL = out of memory */
void vg_core_free(struct vg_core *core);

/* Applies one ledger event; fires deadlines at or before its received_ms first. Sequences must
 * ascend. Returns 0, or VG_ENOMEM (-1010), after which the core must not be used again. */
VG_MUST_CHECK int vg_core_step(struct vg_core *core, const struct vg_event *event,
			       struct vg_verdict *out);
/* The next instant at which state moves by itself (overdue, repeat of a notification); INT64_MAX =
 * none. */
int64_t vg_core_next_deadline_ms(const struct vg_core *core);

int64_t vg_core_seq(const struct vg_core *core);	 /* last applied; 0 = none */
int64_t vg_core_received_ms(const struct vg_core *core); /* of the last applied */

/* Agreement version that judges a fact at an instant: among those valid then, the one applied last.
 * NULL = none. latest: the one applied last of all. */
const struct vg_agreement *vg_core_agreement_at(const struct vg_core *core, int64_t at_ms);
const struct vg_agreement *vg_core_agreement_latest(const struct vg_core *core);
size_t vg_core_agreement_count(const struct vg_core *core);
const struct vg_agreement *vg_core_agreement(const struct vg_core *core,
					     size_t index); /* in order of application */

/* Tickets. find_text takes "V-123" or, with source, that source's reference. NULL = none. */
size_t vg_core_ticket_count(const struct vg_core *core);
const struct vg_ticket *vg_core_ticket(const struct vg_core *core, int64_t id);
const struct vg_ticket *vg_core_ticket_by_ref(const struct vg_core *core, const char *source,
					      const char *ref);
const struct vg_ticket *vg_core_ticket_find_text(const struct vg_core *core, const char *source,
						 const char *text);
/* In order of id: pass NULL for the first; NULL after the last. Tickets whose every fact was
 * revoked are left out. */
const struct vg_ticket *vg_core_ticket_next(const struct vg_core *core,
					    const struct vg_ticket *after);

/* Objects other than tickets. */
struct vg_import {
	int64_t seq, changed_seq;
	const char *id, *source, *file, *file_sha256, *mapping_sha256, *actor;
	int64_t rows, taken, quarantined, malformed; /* as finished; -1 while running */
	bool finished, revoked;
};
struct vg_quarantined {
	int64_t seq, changed_seq, occurred_ms;
	const char *source, *mapping, *reason, *field, *value, *payload, *event_id, *import;
	bool retaken;
};
enum vg_delivery {
	VG_DELIVERY_PENDING,
	VG_DELIVERY_DELIVERED,
	VG_DELIVERY_FAILED,
	VG_DELIVERY_ACKNOWLEDGED
};
struct vg_notification {
	int64_t id, changed_seq, ticket, made_ms;
	const char *duty, *channel, *address;
	enum vg_delivery state;
	int attempts, repeats; /* failed attempts in a row; times said again */
	int64_t next_ms;       /* when the outbox is to try (again); INT64_MAX = never */
	int64_t delivered_ms;  /* -1 = not yet */
	int64_t repeat_ms;
	int64_t repeats_max;
	const char *error; /* of the last failure, "" = none */
};
struct vg_users_reading {
	int64_t seq, changed_seq, day, users, private_users;
	const char *municipality, *rule;
};
struct vg_register_row {
	int64_t seq, changed_seq, valid_from_ms, valid_to_ms;
	const char *name, *key, *municipality, *value;
};
struct vg_report_made {
	int64_t seq, changed_seq, as_of_seq;
	int month;
	const char *head, *model_sha256, *actor;
};

/* One visitor for every kind of object: those with changed_seq > after_seq, ascending, until
 * `visit` returns false. This is what sinks use, and rebuild, and checkpoints' comparison. */
enum vg_object_type {
	VG_OBJECT_TICKET,
	VG_OBJECT_IMPORT,
	VG_OBJECT_QUARANTINED,
	VG_OBJECT_NOTIFICATION,
	VG_OBJECT_USERS,
	VG_OBJECT_REGISTER,
	VG_OBJECT_REPORT,
	VG_OBJECT_AGREEMENT,
	VG_OBJECT_MONTH
};
struct vg_object {
	enum vg_object_type type;
	int64_t changed_seq;
	union {
		const struct vg_ticket *ticket;
		const struct vg_import *import_;
		const struct vg_quarantined *quarantined;
		const struct vg_notification *notification;
		const struct vg_users_reading *users;
		const struct vg_register_row *reg;
		const struct vg_report_made *report;
		const struct vg_agreement *agreement;
		int month; /* KPI cells of this month may have changed: compute them (core/kpi.h) */
	} of;
};
typedef bool vg_object_cb(const struct vg_object *object, void *arg);
void vg_core_changed_since(const struct vg_core *core, int64_t after_seq, vg_object_cb *visit,
			   void *arg);

const struct vg_import *vg_core_import(const struct vg_core *core, const char *id);
const struct vg_notification *vg_core_notification(const struct vg_core *core, int64_t id);
/* The notification that is to be delivered first: pending, by (next_ms, id). NULL = none. */
const struct vg_notification *vg_core_notification_next(const struct vg_core *core);
/* The reading in force for a municipality on a local day: the latest at or before it. NULL = none.
 */
const struct vg_users_reading *vg_core_users_at(const struct vg_core *core,
						const char *municipality, int64_t day);

/* Memory held, in bytes, and per open ticket: for metrics and bench/. */
size_t vg_core_memory_bytes(const struct vg_core *core);

/* Checkpoint: the state as bytes, the same bytes for the same ledger prefix. `write` gets pieces in
 * order and returns 0 or a negative code that ends the writing. Format tag first: another format is
 * refused (replay instead). */
typedef int vg_write_cb(const void *bytes, size_t length, void *arg);
VG_MUST_CHECK int vg_core_save(const struct vg_core *core, vg_write_cb *write, void *arg);
/* NULL when the bytes are of another format, cut short or damaged (the last 8 bytes are a
 * checksum), or memory is out. */
struct vg_core *vg_core_load(const void *bytes, size_t length);

#endif
