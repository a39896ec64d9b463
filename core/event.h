/* The event: the one envelope in which everything that can change a figure enters the core.
 *
 * JSON form (lib/json/event_json.h) and this typed form carry the same: {v, kind, occurred_ms,
 * source, event_id, source_order, actor, municipality, import, body}. Strings are borrowed from
 * whoever parsed the event; the core copies what it keeps. Kinds, ticket fields and their words are
 * tables: codec, fold, checkpoint and docs follow them. */
#ifndef VG_CORE_EVENT_H
#define VG_CORE_EVENT_H

#include "core/agreement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_EVENT_VERSION 1

/* X(constant, name, class). FACT: never refused for its state. COMMAND: answered with a verdict.
 * OWN: made by the daemon itself. */
#define VG_KINDS(X)                                                                                \
	X(TICKET_REPORTED, "ticket.reported", FACT)                                                \
	X(TICKET_ESCALATED, "ticket.escalated", COMMAND)                                           \
	X(TICKET_ACKNOWLEDGED, "ticket.acknowledged", COMMAND)                                     \
	X(TICKET_CORRECTED, "ticket.corrected", COMMAND)                                           \
	X(IMPORT_STARTED, "import.started", COMMAND)                                               \
	X(IMPORT_FINISHED, "import.finished", COMMAND)                                             \
	X(IMPORT_REVOKED, "import.revoked", COMMAND)                                               \
	X(INTAKE_QUARANTINED, "intake.quarantined", FACT)                                          \
	X(INTAKE_RETAKEN, "intake.retaken", COMMAND)                                               \
	X(AGREEMENT_APPLIED, "agreement.applied", COMMAND)                                         \
	X(USERS_READ, "users.read", COMMAND)                                                       \
	X(REGISTER_SET, "register.set", COMMAND)                                                   \
	X(SAMPLES_REPORTED, "samples.reported", FACT)                                              \
	X(OUTAGE_RECORDED, "outage.recorded", COMMAND)                                             \
	X(OUTAGE_CORRECTED, "outage.corrected", COMMAND)                                           \
	X(OUTAGE_APPROVED, "outage.approved", COMMAND)                                             \
	X(OUTAGE_WITHDRAWN, "outage.withdrawn", COMMAND)                                           \
	X(WINDOW_PLANNED, "window.planned", COMMAND)                                               \
	X(WINDOW_APPROVED, "window.approved", COMMAND)                                             \
	X(WINDOW_STARTED, "window.started", COMMAND)                                               \
	X(WINDOW_ENDED, "window.ended", COMMAND)                                                   \
	X(WINDOW_WITHDRAWN, "window.withdrawn", COMMAND)                                           \
	X(ALARMS_REPORTED, "alarms.reported", FACT)                                                \
	X(ALARM_ACKNOWLEDGED, "alarm.acknowledged", COMMAND)                                       \
	X(ALARM_SHELVED, "alarm.shelved", COMMAND)                                                 \
	X(ALARM_UNSHELVED, "alarm.unshelved", COMMAND)                                             \
	X(ALARM_CLOSED, "alarm.closed", COMMAND)                                                   \
	X(RESOURCES_MAPPED, "resources.mapped", COMMAND)                                           \
	X(PROPOSAL_ACCEPTED, "proposal.accepted", COMMAND)                                         \
	X(PROPOSAL_REFUSED, "proposal.refused", COMMAND)                                           \
	X(RATE_PROPOSED, "rate.proposed", COMMAND)                                                 \
	X(COST_PROPOSED, "cost.proposed", COMMAND)                                                 \
	X(OVERRIDE_PROPOSED, "override.proposed", COMMAND)                                         \
	X(OPENING_PROPOSED, "opening.proposed", COMMAND)                                           \
	X(CLOSE_PROPOSED, "close.proposed", COMMAND)                                               \
	X(ACT_APPROVED, "act.approved", COMMAND)                                                   \
	X(ACT_REJECTED, "act.rejected", COMMAND)                                                   \
	X(OBJECTION_RAISED, "objection.raised", COMMAND)                                           \
	X(OBJECTION_DECIDED, "objection.decided", COMMAND)                                         \
	X(STATEMENT_PUBLISHED, "statement.published", COMMAND)                                     \
	X(INVOICE_RECORDED, "invoice.recorded", COMMAND)                                           \
	X(COMMENT_MADE, "comment.made", COMMAND)                                                   \
	X(DISTURBANCE_DRAFTED, "disturbance.drafted", COMMAND)                                     \
	X(DISTURBANCE_PUBLISHED, "disturbance.published", COMMAND)                                 \
	X(DISTURBANCE_CLOSED, "disturbance.closed", COMMAND)                                       \
	X(FEEDBACK_RECEIVED, "feedback.received", OWN)                                             \
	X(FEEDBACK_ANSWERED, "feedback.answered", COMMAND)                                         \
	X(ACCESS_NOTED, "access.noted", OWN)                                                       \
	X(RAW_SEALED, "raw.sealed", OWN)                                                           \
	X(NOTIFICATION_DELIVERED, "notification.delivered", OWN)                                   \
	X(NOTIFICATION_FAILED, "notification.failed", OWN)                                         \
	X(REPORT_MADE, "report.made", COMMAND)                                                     \
	X(JOURNAL_RESTARTED, "journal.restarted", OWN)                                             \
	X(CLOCK_STEPPED, "clock.stepped", OWN)                                                     \
	X(TICK, "tick", OWN)

enum vg_kind {
#define X(constant, name, class) VG_KIND_##constant,
	VG_KINDS(X)
#undef X
		VG_KIND_COUNT
};

enum vg_kind_class { VG_CLASS_FACT, VG_CLASS_COMMAND, VG_CLASS_OWN };

const char *vg_kind_name(enum vg_kind kind);
enum vg_kind_class vg_kind_class(enum vg_kind kind);
/* VG_KIND_COUNT when there is no such kind. */
enum vg_kind vg_kind_find(const char *name);

/* Word lists. Value 0 is the first word. */
#define VG_STATUSES(X)                                                                             \
	X(NEW, "new")                                                                              \
	X(ACKNOWLEDGED, "acknowledged")                                                            \
	X(IN_PROGRESS, "in_progress")                                                              \
	X(PENDING, "pending")                                                                      \
	X(RESOLVED, "resolved")                                                                    \
	X(CLOSED, "closed")                                                                        \
	X(CANCELLED, "cancelled")                                                                  \
	X(REJECTED, "rejected")

/* Why a ticket is pending. Which of them stop the clock is the agreement's rule. */
#define VG_REASONS(X)                                                                              \
	X(NONE, "none")                                                                            \
	X(REQUESTER, "pending_requester")                                                          \
	X(MUNICIPALITY, "pending_municipality")                                                    \
	X(SCHEDULED, "scheduled_by_requester")                                                     \
	X(SUPPLIER, "pending_supplier")                                                            \
	X(CHANGE, "pending_change")                                                                \
	X(VGR, "pending_vgr")

#define VG_TYPES(X)                                                                                \
	X(INCIDENT, "incident")                                                                    \
	X(SERVICE_REQUEST, "service_request")                                                      \
	X(PROBLEM, "problem")                                                                      \
	X(CHANGE, "change")                                                                        \
	X(EVENT, "event")                                                                          \
	X(SECURITY, "security")                                                                    \
	X(PERSONAL_DATA, "personal_data")                                                          \
	X(PATIENT_SAFETY, "patient_safety")                                                        \
	X(COMPLAINT, "complaint")

#define VG_CHANNELS(X)                                                                             \
	X(API, "api")                                                                              \
	X(MAIL, "mail")                                                                            \
	X(PHONE, "phone")                                                                          \
	X(FORM, "form")                                                                            \
	X(IMPORT, "import")

#define VG_REQUESTERS(X)                                                                           \
	X(USER, "user")                                                                            \
	X(MUNICIPALITY, "municipality")                                                            \
	X(VGR, "vgr")                                                                              \
	X(ALARM, "alarm")                                                                          \
	X(PROBE, "probe")

#define VG_PARTIES(X)                                                                              \
	X(UNKNOWN, "unknown")                                                                      \
	X(VGR, "vgr")                                                                              \
	X(SUPPLIER, "supplier")                                                                    \
	X(MUNICIPALITY, "municipality")                                                            \
	X(THIRD_PARTY, "third_party")                                                              \
	X(FORCE_MAJEURE, "force_majeure")

/* What one sample says: the exit codes of monitoring plugins. */
#define VG_SAMPLE_STATES(X)                                                                        \
	X(OK, "ok")                                                                                \
	X(WARNING, "warning")                                                                      \
	X(CRITICAL, "critical")                                                                    \
	X(UNKNOWN, "unknown")

/* What an outage record does to the timeline, see struct vg_outage_body. */
#define VG_OUTAGE_EFFECTS(X)                                                                       \
	X(DOWN, "down")		/* was down, whatever was measured */                              \
	X(DEGRADED, "degraded") /* was at least degraded */                                        \
	X(CAUSE, "cause")	/* as measured: sets the cause alone */                            \
	X(REFUTE, "refute")	/* what was measured is wrong: no data */

#define VG_WINDOW_CATEGORIES(X)                                                                    \
	X(PLANNED, "planned")                                                                      \
	X(EMERGENCY, "emergency")

/* X.733's perceived severities, ascending; cleared ends an alarm. */
#define VG_SEVERITIES(X)                                                                           \
	X(CLEARED, "cleared")                                                                      \
	X(INDETERMINATE, "indeterminate")                                                          \
	X(WARNING, "warning")                                                                      \
	X(MINOR, "minor")                                                                          \
	X(MAJOR, "major")                                                                          \
	X(CRITICAL, "critical")

/* What an alarm is about (semantics.md 1.3). */
#define VG_ALARM_CATEGORIES(X)                                                                     \
	X(OTHER, "other")                                                                          \
	X(AVAILABILITY, "availability")                                                            \
	X(PERFORMANCE, "performance")                                                              \
	X(CAPACITY, "capacity")                                                                    \
	X(SECURITY, "security")                                                                    \
	X(MALWARE, "malware")                                                                      \
	X(VULNERABILITY, "vulnerability")                                                          \
	X(BACKUP, "backup")                                                                        \
	X(CERTIFICATE, "certificate")                                                              \
	X(INTEGRATION, "integration")                                                              \
	X(ENVIRONMENT, "environment")

#define X(constant, word) VG_SEVERITY_##constant,
enum vg_severity { VG_SEVERITIES(X) VG_SEVERITY_COUNT };
#undef X
#define X(constant, word) VG_ALARM_##constant,
enum vg_alarm_category { VG_ALARM_CATEGORIES(X) VG_ALARM_CATEGORY_COUNT };
#undef X
#define X(constant, word) VG_SAMPLE_##constant,
enum vg_sample_state { VG_SAMPLE_STATES(X) VG_SAMPLE_STATE_COUNT };
#undef X
#define X(constant, word) VG_EFFECT_##constant,
enum vg_outage_effect { VG_OUTAGE_EFFECTS(X) VG_EFFECT_COUNT };
#undef X
#define X(constant, word) VG_WINDOW_##constant,
enum vg_window_category { VG_WINDOW_CATEGORIES(X) VG_WINDOW_CATEGORY_COUNT };
#undef X
/* NULL-ended, by value. */
extern const char *const vg_sample_words[],
	*const vg_effect_words[], *const vg_category_words[],
					  *const vg_party_words[],
						  *const vg_severity_words[],
							  *const vg_alarm_category_words[];

#define X(constant, word) VG_STATUS_##constant,
enum vg_status { VG_STATUSES(X) VG_STATUS_COUNT };
#undef X
#define X(constant, word) VG_REASON_##constant,
enum vg_reason { VG_REASONS(X) VG_REASON_COUNT };
#undef X
#define X(constant, word) VG_TYPE_##constant,
enum vg_type { VG_TYPES(X) VG_TYPE_COUNT };
#undef X
#define X(constant, word) VG_CHANNEL_##constant,
enum vg_channel { VG_CHANNELS(X) VG_CHANNEL_COUNT };
#undef X
#define X(constant, word) VG_REQUESTER_##constant,
enum vg_requester { VG_REQUESTERS(X) VG_REQUESTER_COUNT };
#undef X
#define X(constant, word) VG_PARTY_##constant,
enum vg_party { VG_PARTIES(X) VG_PARTY_COUNT };
#undef X

/* The fields of a ticket fact: X(constant, name, form, words). Forms: WORD (index in the word list
 * `words`), INT, FLAG (0 or 1), STR, TIME (UTC ms). A fact states any subset; a later fact's
 * statement replaces an earlier one's. An empty string states "none" (a ticket known to have no
 * municipality), an absent field states nothing. TIME fields stand last: they are stored in 64
 * bits, all others in 32. */
#define VG_TICKET_FIELDS(X)                                                                        \
	X(STATUS, "status", WORD, statuses)                                                        \
	X(REASON, "pending_reason", WORD, reasons)                                                 \
	X(PAUSE_TOLD, "requester_told", FLAG, none) /* the requester was told of the pause */      \
	X(LINE, "support_line", INT, none)	    /* 1 municipality, 2 VGR, 3 supplier */        \
	X(GROUP, "group", STR, none)                                                               \
	X(ASSIGNED, "assigned", FLAG, none) /* a person has it */                                  \
	X(BY_PERSON, "by_person", FLAG,                                                            \
	  none) /* this fact is a person's act, not an automatic receipt */                        \
	X(PRIORITY, "priority", STR, none) /* the agreement's name, "P1" */                        \
	X(IMPACT, "impact", INT, none)	   /* 1..4 */                                              \
	X(URGENCY, "urgency", INT, none)   /* 1..4 */                                              \
	X(TYPE, "type", WORD, types)                                                               \
	X(SERVICE, "service", STR, none)                                                           \
	X(CHANNEL, "channel", WORD, channels)  /* how the matter came in */                        \
	X(ACCESS, "access_channel", STR, none) /* published_app, mobile */                         \
	X(REQUESTER, "requester_class", WORD, requesters)                                          \
	X(CAUSE, "cause_party", WORD, parties)                                                     \
	X(MUNICIPALITY, "municipality", STR, none) /* filled from the envelope */                  \
	X(PROVIDER, "provider", STR, none)                                                         \
	X(ADMINISTRATION, "administration", STR, none)                                             \
	X(RESOLUTION, "resolution_code", STR, none)                                                \
	X(OWN_REF, "municipality_ref", STR, none) /* the municipality's own reference */           \
	X(PARENT, "parent", STR, none)                                                             \
	X(DUPLICATE_OF, "duplicate_of", STR, none) /* merged into */                               \
	X(SPLIT_FROM, "split_from", STR, none)                                                     \
	X(REOPEN_OF, "reopen_of", STR, none)                                                       \
	X(OUTAGE, "outage", STR, none) /* "O-12" */                                                \
	X(WINDOW, "window", STR, none) /* "W-7.1": the service window that it is due to */         \
	X(ALARM, "alarm", STR, none)   /* "A-5": the alarm that it is due to */                    \
	X(MAJOR_INCIDENT, "major_incident", STR, none) /* the ticket of the major incident */      \
	X(PROBLEM, "problem", STR, none)	       /* the ticket of the problem */             \
	X(TEST, "test", FLAG, none)                                                                \
	X(PATIENT_SAFETY, "patient_safety", FLAG, none)                                            \
	X(SECURITY_BREACH, "security_breach", FLAG, none)                                          \
	X(ON_BEHALF, "on_behalf", FLAG, none) /* registered by VGR for the municipality */         \
	X(FIRST_LINE_CALLED, "first_line_called", FLAG, none)                                      \
	X(SOURCE_STATUS, "source_status", STR,                                                     \
	  none) /* the sender's own words, kept beside ours */                                     \
	X(SOURCE_PRIORITY, "source_priority", STR, none)                                           \
	X(SAYS_SLA_MET, "source_sla_met", FLAG, none) /* the source's own verdict and counters */  \
	X(SAYS_REASSIGNED, "source_reassignments", INT, none)                                      \
	X(SAYS_REOPENED, "source_reopenings", INT, none)                                           \
	X(SAYS_RESOLVED, "source_resolved_ms", TIME, none)                                         \
	X(OPENED, "opened_ms", TIME, none)	  /* when the ticket was created */                \
	X(RECEIVED, "received_at_ms", TIME, none) /* when the caller called */

enum vg_ticket_field {
#define X(constant, name, form, words) VG_TF_##constant,
	VG_TICKET_FIELDS(X)
#undef X
		VG_TF_COUNT
};

enum vg_form { VG_FORM_WORD, VG_FORM_INT, VG_FORM_FLAG, VG_FORM_STR, VG_FORM_TIME };

struct vg_field_info {
	const char *name;
	enum vg_form form;
	const char *const *words; /* WORD only */
	int word_count;
};

extern const struct vg_field_info vg_ticket_field_info[VG_TF_COUNT];
/* VG_TF_COUNT when there is no such field. */
enum vg_ticket_field vg_ticket_field_find(const char *name);
/* Index of `word` in a field's list; -1 when it is not there. */
int vg_word_find(enum vg_ticket_field field, const char *word);
const char *vg_word(enum vg_ticket_field field, int64_t value);

#define VG_TF_BIT(field) (UINT64_C(1) << (field))

/* What one fact states. number[] is used for all forms but STR, text[] for STR; unset entries are
 * undefined. */
struct vg_ticket_fields {
	uint64_t set; /* VG_TF_BIT of each stated field */
	int64_t number[VG_TF_COUNT];
	const char *text[VG_TF_COUNT];
};

struct vg_ref {
	const char *source;
	const char *ref;
};

#define VG_EVENT_REFS_MAX 8

/* ticket.reported: {ref, also: [{source, ref}], title_digest?, ...fields}. ticket.escalated,
 * ticket.acknowledged: {ticket, note_digest?, ...fields}. ticket.corrected: {ticket, voids, reason,
 * ...fields}: the fact with sequence `voids` (0 = none) is taken out and the stated fields hold
 * from occurred_ms. `ticket` is "V-<seq>" or the principal's own reference. */
struct vg_ticket_body {
	const char *ref;    /* reported: the source's reference */
	const char *ticket; /* commands */
	size_t also_count;
	struct vg_ref also[VG_EVENT_REFS_MAX];
	const char *title_digest; /* hex HMAC of what lies in the side store; "" = none */
	const char *reason;
	int64_t voids;
	struct vg_ticket_fields fields;
};

struct vg_import_body { /* import.started: all; import.finished: id, counts; import.revoked: id,
			   reason */
	const char *id;
	const char *source; /* the source that the import speaks for */
	const char *file;   /* base name */
	const char *file_sha256, *mapping_sha256;
	const char *reason;
	int64_t rows, taken, quarantined, malformed;
};

struct vg_quarantine_body { /* intake.quarantined; intake.retaken uses seq alone */
	const char *mapping, *reason, *field, *value;
	const char *payload; /* masked, whitelisted fields as canonical JSON */
	int64_t seq;
};

#define VG_USERS_COUNT_MAX 100000000 /* of one reading */
struct vg_users_body {
	int64_t day;	       /* local day of the reading, days since 1970-01-01 */
	int64_t users;	       /* all, those of private providers among them */
	int64_t private_users; /* of these: private providers' */
	const char *rule;      /* licensed, active_account, logged_in_90d */
	const char *approver;  /* a function that stands for the count; "" = not said */
};

struct vg_register_body {
	const char *name; /* contacts, aliases */
	const char *key;
	int64_t valid_from_ms, valid_to_ms;
	const char *value; /* canonical JSON object */
};

struct vg_notification_body {
	int64_t notification; /* its id: the sequence of the event that made it * 16 + index */
	const char *error;    /* failed */
	int64_t at_ms;
};

#define VG_PUBLISHED_FILES_MAX 32 /* of one statement or report */

/* A file that was made available. */
struct vg_published_file {
	const char *name, *sha256;
	int64_t bytes;
};

struct vg_report_body {
	int month; /* year * 12 + month - 1 */
	int64_t as_of_seq;
	const char *head;	  /* hex chain head of lane main at as_of_seq */
	const char *model_sha256; /* hex, of the report's canonical JSON model */
	const char *scope;	  /* "federation:GR", "municipality:1489", "administration:Skola";
				     "" = the whole region */
	int64_t before_seq;	  /* the row that its corrections are told from; 0 = it has none */
	size_t count;		  /* 0: made, and not made available */
	const struct vg_published_file *file;
};

#define VG_SAMPLES_MAX	    1000 /* of one event */
#define VG_WINDOW_TIMES_MAX 366	 /* occurrences of one window */
#define VG_SCOPE_TEXT_MAX   4000 /* bytes of a list of ids */

/* samples.reported: an agent's batch. What a probe measures is the agreement's to say. */
struct vg_sample {
	const char *probe;
	int64_t at_ms;
	enum vg_sample_state state;
	int64_t latency_ms; /* -1 = none */
	const char *text;   /* machine text, masked; "" = none */
};
struct vg_samples_body {
	const char *boot_id; /* names the spool that counts the batches */
	int64_t batch, sent_ms;
	size_t count;
	const struct vg_sample *sample;
	int64_t dropped; /* samples that the spool had no room for, since the batch before */
	int64_t dropped_from_ms, dropped_to_ms;
};

/* raw.sealed: the runs of one UTC day of one source, ascending by (probe, first_ms). Probes of the
 * source that it does not name are not sealed by it. */
struct vg_sealed_run {
	const char *probe;
	int64_t first_ms, last_ms, count;
	enum vg_sample_state state;
};
struct vg_sealed_body {
	const char *lane; /* "probe:<source>" */
	int64_t day;
	int64_t first_seq, last_seq; /* rows of the lane since the seal before; 0 = none: it covers
					what came before the event */
	int64_t rows;
	const char *head; /* hex chain head of the lane at last_seq */
	size_t count;
	const struct vg_sealed_run *run;
};

/* Lists of ids are texts: ascending, each once, one space between them; "" = all.
 *
 * outage.recorded states all; outage.corrected states those in `set`; outage.approved and
 * outage.withdrawn name the record alone, "O-<seq>". */
enum {
	VG_OUTAGE_SET_EFFECT = 1,
	VG_OUTAGE_SET_CHANNEL = 2,
	VG_OUTAGE_SET_MUNICIPALITIES = 4,
	VG_OUTAGE_SET_FROM = 8,
	VG_OUTAGE_SET_TO = 16,
	VG_OUTAGE_SET_CAUSE = 32
};
struct vg_outage_body {
	const char *outage; /* all but recorded */
	unsigned set;	    /* VG_OUTAGE_SET_* */
	enum vg_outage_effect effect;
	const char *service, *channel; /* channel "" = all */
	const char *municipalities;
	int64_t from_ms, to_ms; /* INT64_MAX = still open */
	enum vg_party cause;
	const char *reason;
	const char *source, *probe; /* refute: of this probe alone; "" = of every one */
};

/* window.planned states all but `window` and at_ms. The others name it, "W-<seq>" for all its
 * occurrences or "W-<seq>.<n>" for one. */
struct vg_window_body {
	const char *window;
	const char *name;
	const char *services, *channels, *municipalities;
	enum vg_window_category category;
	int64_t announced_ms;	 /* when it was made known; -1 = when the event was taken in */
	const char *agreed_by;	 /* the municipality's agreement to short notice; "" = none */
	const char *rrule, *uid; /* where the occurrences come from; "" = none */
	const char *reason;
	size_t times;
	const int64_t (*time)[2]; /* [from_ms, to_ms), ascending, not overlapping */
	int64_t at_ms;		  /* started, ended */
};

#define VG_NOTICES_MAX	     1000 /* of one event */
#define VG_RESOURCES_MAX     1000 /* of one event */
#define VG_NOTICE_DETAIL_MAX 4000 /* bytes; what is longer is cut where it was read */

/* alarms.reported: what one source said of its alarms, as a rule or a mapping understood it. A
 * resource is "host" or "host/component", its host part in lower case. Equal notices that were read
 * together are one with a count. */
struct vg_notice {
	int64_t at_ms,
		last_ms;      /* the first and the last of them: as stated, or else when received */
	int64_t count;	      /* >= 1 */
	const char *resource; /* as the source calls it */
	const char *type;     /* what kind of alarm: "link-down" */
	const char *qualifier; /* tells apart what the type does not; "" = none */
	enum vg_severity severity;
	enum vg_alarm_category category;
	bool transient;		  /* nothing will ever clear it: it ends by itself */
	const char *service;	  /* as stated; "" = the resource tells */
	const char *municipality; /* SCB code, as stated; "" = the resource tells */
	const char *text;	  /* one line, masked */
	const char *rule;	  /* "<file>/<rule>" that made it; "" = none fitted */
	const char *peer;	  /* network address that it came from; "" = not said */
	const char *detail; /* the evidence: what was received, lines "NAME = VALUE", masked */
	const char *id;	    /* what a repetition is known by ("<engine>/<request>"); "" = none */
};
struct vg_notices_body {
	bool repeats; /* when it was taken in, nothing in it was news: raw evidence, lane `alarm` */
	size_t count;
	const struct vg_notice *notice;
};

/* alarm.*: what a person does with one instance, "A-<id>". Fault state is not touched. */
struct vg_alarm_body {
	const char *alarm;
	const char *reason;
	int64_t until_ms; /* shelved: to here; INT64_MAX = until unshelved */
	bool false_alarm; /* closed: there was no fault */
};

/* resources.mapped: what names mean. A name is that of a host, or of a whole resource. */
struct vg_resource_row {
	const char *name;	    /* as some source says it, in lower case */
	const char *resource;	    /* what it is called here; "" = as `name` */
	const char *service;	    /* "" = none */
	const char *municipalities; /* list of ids; "" = all that the service is promised to */
	const char *parent;	    /* resource that it is reached through; "" = none */
	bool removed;
};
struct vg_resources_body {
	size_t count;
	const struct vg_resource_row *row;
};

/* proposal.accepted, proposal.refused */
struct vg_proposal_body {
	const char *proposal; /* "F-<id>" */
	const char *reason;
	enum vg_party cause; /* accepted, of an outage */
};

/* What a person decides of a ticket's place in the fee basis. */
#define VG_OVERRIDES(X)                                                                            \
	X(COUNTS, "counts")                                                                        \
	X(NOT, "not_counted")                                                                      \
	X(RULES, "as_rules") /* takes an override back */
#define X(constant, word) VG_OVERRIDE_##constant,
enum vg_override { VG_OVERRIDES(X) VG_OVERRIDE_COUNT };
#undef X
extern const char *const vg_override_words[]; /* NULL-ended, by value */

#define VG_OPENING_TICKETS_MAX 1000 /* of one event; more than one opening adds up */
#define VG_MONEY_MAX_ORE       INT64_C(100000000000000) /* a thousand milliards of kronor */

/* A ticket that was billed before Vinga did so, by any of its references. */
struct vg_opening_row {
	const char *source, *ref;
	int month; /* that it was billed for, year * 12 + month - 1 */
	int64_t price_ore;
};

/* What takes effect when another principal approves it (semantics.md 7.5). rate, cost, override,
 * opening and close .proposed state the members beside their name; act.approved and act.rejected
 * name the act, "P-<seq>", and why. */
struct vg_act_body {
	const char *act;    /* approved, rejected */
	const char *reason; /* all */
	bool automatic;	    /* approved: by the calendar and not by a person */

	const char *index;    /* rate: the series */
	int year;	      /* rate, cost */
	int64_t rate_ppb;     /* rate: 2.5 % = 25 000 000 */
	int64_t cost_ore;     /* cost: of operating and supporting the services, the year */
	int64_t decided_day;  /* rate, cost: local day of the decision on it */
	const char *document; /* rate, cost: reference to that decision */

	const char *ticket;	  /* override */
	enum vg_override outcome; /* override */

	int month;		    /* close; opening: the first month that Vinga bills */
	const char *municipalities; /* close: list of ids; "" = all members. opening: one */
	/* opening: what was billed of that month's fee year before it */
	int64_t support_ore, operation_ore;
	size_t count;
	const struct vg_opening_row *row;
};

/* objection.raised {month, ticket, reason} by a municipality (the envelope's): against a line of a
 * closed statement, or with ticket "" against its users. objection.decided {objection, accepted,
 * reason}: "D-<seq>". */
struct vg_objection_body {
	const char *objection, *ticket, *reason;
	int month;
	bool accepted;
};

/* statement.published: the bytes that were made available, of the envelope's municipality.
 * invoice.recorded: what finance made of it. */
struct vg_statement_body {
	int month;
	const char *model_sha256; /* published */
	size_t count;
	const struct vg_published_file *file;
	const char *invoice; /* recorded: its number */
	int64_t day;	     /* of the invoice */
};

/* comment.made: a person's words on a missed target, printed apart from what is computed. The
 * envelope's municipality, or none = the region. */
struct vg_comment_body {
	int month;
	const char *kpi; /* name of a KPI, or "availability" */
	const char *service;
	const char *cause, *action, *owner; /* owner: a function, not a person */
	int64_t due_day;		    /* when the action is to be done; -1 = not said */
};

/* What a disturbance's information is about. */
#define VG_DISTURBANCE_KINDS(X)                                                                    \
	X(FAULT, "disturbance")                                                                    \
	X(PLANNED, "planned")
#define X(constant, word) VG_DISTURBANCE_##constant,
enum vg_disturbance_kind { VG_DISTURBANCE_KINDS(X) VG_DISTURBANCE_KIND_COUNT };
#undef X
extern const char *const vg_disturbance_words[]; /* NULL-ended, by value */

#define VG_DISTURBANCE_TITLE_MAX 120  /* bytes */
#define VG_DISTURBANCE_TEXT_MAX	 2000 /* bytes of text, and of advice */

/* disturbance.drafted: all but ended_ms; it makes a new one, or says another draft anew.
 * disturbance.published: the same of one that is there, and what the public reads from here on; the
 * first publication and every update. disturbance.closed: disturbance, ended_ms, text, text_en. */
struct vg_disturbance_body {
	const char *disturbance; /* "S-<seq>"; drafted: "" = a new one */
	enum vg_disturbance_kind kind;
	const char *services, *municipalities; /* lists of ids; "" = all */
	const char *title, *text, *advice;
	const char *title_en, *text_en, *advice_en; /* "" = Swedish alone */
	int64_t started_ms;
	int64_t next_update_ms; /* when more will be said; -1 = not said */
	int64_t ended_ms;	/* closed */
	const char *outage;	/* "O-<seq>"; "" = none */
};

/* feedback.received {text_digest, contact}: somebody wrote about the accessibility of our pages.
 * feedback.answered {feedback, answer}: "T-<seq>". */
struct vg_feedback_body {
	const char *text_digest; /* hex HMAC of what lies in the side store */
	bool contact;		 /* with how they can be reached */
	const char *feedback, *answer;
};

/* What is noted of who came in, and who took out what. */
#define VG_ACCESSES(X)                                                                             \
	X(SIGNED_IN, "signed_in")                                                                  \
	X(SIGNED_OUT, "signed_out")                                                                \
	X(REFUSED, "refused")                                                                      \
	X(EXPIRED, "expired")                                                                      \
	X(EXPORTED, "exported")
#define X(constant, word) VG_ACCESS_##constant,
enum vg_access_what { VG_ACCESSES(X) VG_ACCESS_COUNT };
#undef X
extern const char *const vg_access_words[]; /* NULL-ended, by value */

/* access.noted */
struct vg_access_body {
	enum vg_access_what what;
	const char *who;   /* name of a person or principal; "" = none that is known */
	const char *by;	   /* how it is known: session, proxy, token, socket; "" = not */
	const char *about; /* a file, a reason; "" = nothing */
	int64_t count;	   /* of alike ones since the row before: refusals are gathered */
};

struct vg_event {
	enum vg_kind kind;
	int64_t seq;	      /* ledger sequence, > 0 and ascending; the core's only order */
	int64_t received_ms;  /* when it was taken in; never falls with seq */
	int64_t occurred_ms;  /* when it happened, as stated */
	int64_t source_order; /* settles ties at the same occurred_ms; 0 when the source has none */
	const char *source, *event_id, *actor;
	bool has_municipality;	  /* false: nothing stated */
	const char *municipality; /* SCB code; "" = stated to be none (JSON null) */
	const char *import;	  /* import id, "" = not imported */
	union {
		struct vg_ticket_body ticket;
		struct vg_import_body import_;
		struct vg_quarantine_body quarantine;
		struct { /* agreement.applied: the core takes its own reference */
			struct vg_agreement *agreement;
			const char *agreement_reason;
		};
		struct vg_users_body users;
		struct vg_register_body reg;
		struct vg_notification_body notification;
		struct vg_report_body report;
		struct vg_samples_body samples;
		struct vg_sealed_body sealed;
		struct vg_outage_body outage;
		struct vg_window_body window;
		struct vg_notices_body notices;
		struct vg_alarm_body alarm;
		struct vg_resources_body resources;
		struct vg_proposal_body proposal;
		struct vg_act_body act;
		struct vg_objection_body objection;
		struct vg_statement_body statement;
		struct vg_comment_body comment;
		struct vg_disturbance_body disturbance;
		struct vg_feedback_body feedback;
		struct vg_access_body access;
		const char *note; /* own kinds */
	} body;
};

#endif
