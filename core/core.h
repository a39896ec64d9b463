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
#define VG_CORE_OUTAGES_MAX  100000 /* records of persons */
#define VG_CORE_WINDOWS_MAX  100000 /* occurrences */
#define VG_CORE_AGENTS_MAX   500    /* sources of samples: a lane each */
#define VG_CORE_PROBES_MAX   100000
#define VG_CORE_DAYS_MAX     8000000 /* probe-days: 2,000 probes for eleven years */
#define VG_CORE_SIGNALS_MAX  100000  /* past it nothing is raised */
#define VG_CORE_ALARMS_MAX                                                                         \
	1000000			       /* past it ended instances give way, the oldest first; none \
					  left: overload */
#define VG_CORE_CHANGES_MAX    2000000 /* of alarms; past it the oldest give way */
#define VG_CORE_SOURCES_MAX    500     /* of alarms */
#define VG_CORE_RESOURCES_MAX  100000
#define VG_CORE_PROPOSALS_MAX  100000 /* past it nothing is proposed */
#define VG_CORE_ACTS_MAX       200000
#define VG_CORE_OPENING_MAX    1000000 /* tickets billed before */
#define VG_CORE_OBJECTIONS_MAX 200000
#define VG_CORE_COMMENTS_MAX   200000
#define VG_CORE_STATEMENTS_MAX 200000  /* 290 municipalities for 57 years */
#define VG_CORE_FEE_LINES_MAX  8000000 /* past it nothing is closed: overload */
#define VG_CORE_FEE_YEARS_MAX  1000000

#define VG_CORE_DISTURBANCES_MAX 10000 /* five hundred a year for twenty years */
#define VG_CORE_FEEDBACK_MAX	 10000
#define VG_CORE_ACCESS_MAX	 10000 /* past it the oldest give way; the ledger has them */

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
/* The next instant at which state moves by itself (a ticket overdue, an outage confirmed, an agent
 * silent); INT64_MAX = none. */
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
	const char *municipality; /* that it is of, as far as is known; "" = not */
	bool retaken;
};
enum vg_delivery {
	VG_DELIVERY_PENDING,
	VG_DELIVERY_DELIVERED,
	VG_DELIVERY_FAILED,
	VG_DELIVERY_ACKNOWLEDGED
};
struct vg_notification {
	int64_t id, changed_seq, ticket, made_ms; /* ticket 0: it is about a signal */
	int64_t signal;				  /* id; 0 = none */
	const char *duty, *channel, *address;
	enum vg_delivery state;
	int attempts, repeats; /* failed attempts in a row; times said again */
	int64_t next_ms;       /* when the outbox is to try (again); INT64_MAX = never */
	int64_t delivered_ms;  /* -1 = not yet */
	int64_t repeat_ms;
	int64_t repeats_max;
	const char *error; /* of the last failure, "" = none */
};
/* Who came in, and who took out what; see struct vg_access_body. */
struct vg_access {
	int64_t seq, changed_seq, at_ms, count;
	int what; /* enum vg_access_what */
	const char *who, *by, *about;
};
struct vg_users_reading {
	int64_t seq, changed_seq, day, users, private_users;
	const char *municipality, *rule, *approver;
};
struct vg_register_row {
	int64_t seq, changed_seq, valid_from_ms, valid_to_ms;
	const char *name, *key, *municipality, *value;
};
struct vg_report_made {
	int64_t seq, changed_seq, as_of_seq;
	int64_t before_seq; /* 0 = it tells of no corrections */
	int64_t files;	    /* that were made available; 0 = none */
	int month;
	const char *scope; /* "" = the whole region; as in struct vg_report_body */
	const char *head, *model_sha256, *actor;
};

/* A person's judgement of availability, "O-<id>"; see struct vg_outage_body. */
struct vg_outage_record {
	int64_t id, changed_seq;
	int effect; /* enum vg_outage_effect */
	const char *service, *channel, *municipalities;
	int64_t from_ms, to_ms; /* INT64_MAX = still open */
	int cause;		/* enum vg_party */
	const char *reason, *source, *probe;
	const char *author;	 /* who stated or last changed it */
	const char *approved_by; /* another principal; "" = it waits */
	bool withdrawn;
};
/* One occurrence of a service window, "W-<series>.<n>"; see struct vg_window_body. */
struct vg_window {
	int64_t series, n, changed_seq; /* series: sequence of window.planned */
	int64_t from_ms, to_ms;
	const char *name, *services, *channels, *municipalities;
	int category;	    /* enum vg_window_category */
	int64_t planned_ms; /* when it was entered: after from_ms = entered after the fact */
	int64_t announced_ms;
	const char *agreed_by, *rrule, *uid, *reason;
	const char *author, *approved_by; /* "" = not approved, or it waits */
	int64_t started_ms, ended_ms;	  /* actual; -1 = not stated */
	bool withdrawn;
	const char *withdrawn_by, *withdrawn_reason;
	const char *withdrawal_approved_by; /* withdrawn_by itself where no time was left out yet */
};
/* Who sends samples. */
struct vg_agent {
	int64_t changed_seq;
	const char *source, *boot_id;
	int64_t batch, received_ms;	       /* newest batch */
	int64_t samples, late, ahead, dropped; /* sums: taken; over 24 h late; over 10 min in the
						  future (not used); lost by the agent's spool */
	int64_t offset_ms;		       /* sent_ms - received_ms of the newest batch */
};
/* Something raised that people should know of. Its key is (kind, service, subject). */
enum vg_signal_kind {
	VG_SIGNAL_OUTAGE,	  /* a service is confirmed down in some municipality */
	VG_SIGNAL_WINDOW_ENDING,  /* 15 minutes left, and the service is down */
	VG_SIGNAL_WINDOW_OVERRUN, /* the approved end has passed, and it is down or not ended */
	VG_SIGNAL_CONTRADICTION,  /* an outage record is open, and probes say up */
	VG_SIGNAL_AGENT_SILENT,	  /* nothing came from an agent for three of its intervals */
	VG_SIGNAL_NETWORK,	  /* an agent's reference targets fail: its own line */
	VG_SIGNAL_ALARM,	  /* a critical alarm on the service is active, and shown */
	VG_SIGNAL_KIND_COUNT
};
const char *vg_signal_name(enum vg_signal_kind kind); /* outage, window_ending, ... */
struct vg_signal {
	int64_t id, changed_seq;       /* id: sequence * 16 + index, as notifications have */
	int kind;		       /* enum vg_signal_kind */
	const char *service, *subject; /* W-.., O-.., an agent's source; "" = none */
	const char *municipalities;    /* hit at its worst, a list of ids */
	int64_t from_ms, to_ms;	       /* to_ms -1 = still so */
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
	VG_OBJECT_OUTAGE,
	VG_OBJECT_WINDOW,
	VG_OBJECT_AGENT,
	VG_OBJECT_SIGNAL,
	VG_OBJECT_ALARM,
	VG_OBJECT_ALARM_CHANGE,
	VG_OBJECT_ALARM_SOURCE,
	VG_OBJECT_RESOURCE,
	VG_OBJECT_PROPOSAL,
	VG_OBJECT_ACT,
	VG_OBJECT_OPENING_TICKET,
	VG_OBJECT_OBJECTION,
	VG_OBJECT_COMMENT,
	VG_OBJECT_STATEMENT,
	VG_OBJECT_FEE_LINE,
	VG_OBJECT_FEE_YEAR,
	VG_OBJECT_DISTURBANCE,
	VG_OBJECT_DISTURBANCE_MESSAGE,
	VG_OBJECT_FEEDBACK,
	VG_OBJECT_ACCESS, /* = VG_OBJECT_LAST_ITEM */
	VG_OBJECT_AGREEMENT,
	VG_OBJECT_MONTH,
	VG_OBJECT_PROBE_DAY,
	VG_OBJECT_AVAILABILITY
};
#define VG_OBJECT_LAST_ITEM VG_OBJECT_ACCESS

struct vg_alarm; /* core/alarm.h */
struct vg_alarm_change;
struct vg_alarm_source;
struct vg_resource;
struct vg_proposal;
struct vg_act; /* core/fee.h */
struct vg_opening_ticket;
struct vg_objection;
struct vg_comment;
struct vg_statement;
struct vg_fee_line;
struct vg_fee_year;
struct vg_disturbance; /* core/disturbance.h */
struct vg_disturbance_message;
struct vg_feedback;
struct vg_run;
/* The runs of one probe on one UTC day. */
struct vg_probe_day {
	const char *source, *name, *import; /* import "" = none */
	int64_t day;
	bool sealed;
	size_t runs;
	const struct vg_run *run; /* ascending; borrowed until the next step */
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
		const struct vg_outage_record *outage;
		const struct vg_window *window;
		const struct vg_agent *agent;
		const struct vg_signal *signal;
		const struct vg_alarm *alarm;
		const struct vg_alarm_change *alarm_change;
		const struct vg_alarm_source *alarm_source;
		const struct vg_resource *resource;
		const struct vg_proposal *proposal;
		const struct vg_act *act;
		const struct vg_opening_ticket *opening_ticket;
		const struct vg_objection *objection;
		const struct vg_comment *comment;
		const struct vg_statement *statement;
		const struct vg_fee_line *fee_line;
		const struct vg_fee_year *fee_year;
		const struct vg_disturbance *disturbance;
		const struct vg_disturbance_message *disturbance_message;
		const struct vg_feedback *feedback;
		struct vg_probe_day day;
		int month; /* MONTH, AVAILABILITY: the month's cells may have changed: compute them
			      (core/kpi.h, core/avail.h) */
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

const struct vg_outage_record *vg_core_outage(const struct vg_core *core, int64_t id);
/* Occurrence n of a series. */
const struct vg_window *vg_core_window(const struct vg_core *core, int64_t series, int64_t n);
const struct vg_agent *vg_core_agent(const struct vg_core *core, const char *source);
/* Items of one type in order of their key: index 0.. ; NULL past the last. The public struct. */
const void *vg_core_item(const struct vg_core *core, enum vg_object_type type, size_t index);

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
