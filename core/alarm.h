/* Alarms: what is wrong with a resource, from its raising to its clearing, and what people did
 * about it (semantics.md 3.7 and 8.3, RFC 8632).
 *
 * An alarm's key is (resource, type, qualifier). Raised again after it was cleared it is a new
 * instance, so that they can be counted; while it flaps it stays one. Fault state and what a person
 * says of it are apart, and neither touches a figure of availability. Whether an alarm is shown is
 * computed for an instant (vg_alarm_at), never stored: there is nothing to repair when a window, a
 * parent or a rule changes. */
#ifndef VG_CORE_ALARM_H
#define VG_CORE_ALARM_H

#include "core/core.h"

#define VG_ALARM_FLAP_RING    8	  /* changes remembered; a larger flap_changes is taken for this */
#define VG_ALARM_SOURCES_TEXT 400 /* bytes of an alarm's list of sources; more are not listed */
#define VG_ALARM_CHANGES_MAX  200 /* listed of one alarm; further ones are counted only */
#define VG_ALARM_PARENTS_MAX  8	  /* resources looked at upwards */
#define VG_ALARM_ID_STEP      1024 /* id = sequence * 1024 + index in the event; own ones from 1000 */
#define VG_ALARM_LINE_STEP    (2 * VG_ALARM_ID_STEP) /* the same of lines of a history, in pairs */

enum vg_alarm_operator { /* RFC 8632's operator-state */
			 VG_OPERATOR_NONE,
			 VG_OPERATOR_ACK,
			 VG_OPERATOR_CLOSED,
			 VG_OPERATOR_SHELVED,
			 VG_OPERATOR_UNSHELVED,
			 VG_OPERATOR_COUNT
};
/* none, ack, closed, shelved, un-shelved */
extern const char *const vg_operator_words[];

/* One instance, "A-<id>". */
struct vg_alarm {
	int64_t id, changed_seq;
	const char *resource, *type, *qualifier; /* the key; resource as the registers call it */
	const char *stated;			 /* resource as the first source said it */
	const char *sources;			 /* a list: who said it, ascending */
	const char *service;			 /* "" = nobody knows: unmapped */
	const char *municipalities;	/* a list; "" = all that the service is promised to */
	const char *text, *rule, *peer; /* of the newest notice that changed something */
	int severity, worst;		/* enum vg_severity: newest but cleared; the highest */
	int category;			/* enum vg_alarm_category */
	bool transient;
	int64_t raised_ms;	   /* by its source's clock */
	int64_t received_ms;	   /* of the event that raised it */
	int64_t last_ms, last_seq; /* newest notice; its row */
	int64_t cleared_ms; /* or when a transient one ran out, noticed within the hour; -1 = not:
			       vg_alarm_at says it for an instant */
	int64_t count;	    /* notices, exactly, the first and the clearing ones among them */
	int64_t changes;    /* raisings, severities and clearings, exactly */
	int64_t flap_ms[VG_ALARM_FLAP_RING]; /* newest changes of the key, oldest first; -1 = none
					      */
	int operator_;			     /* enum vg_alarm_operator */
	const char *actor, *reason;	     /* of the operator's newest act */
	int64_t operator_ms;		     /* of it; -1 = none */
	int64_t until_ms;		     /* shelved to here */
	int64_t acked_ms;		     /* first acknowledged; -1 = never */
	bool false_alarm;		     /* closed as such */
	int64_t previous, merged_into; /* instance before it; the one that took its place when two
					  names became one resource; 0 = none */
};

/* History. Key: id, ascending. The raising stands in the alarm alone, and has the id 0, until
 * something else is written of it; then it gets an even id, before that line's odd one. */
struct vg_alarm_change {
	int64_t id, changed_seq, alarm;
	int64_t at_ms, received_ms;
	int severity;		  /* of a change of fault; -1 = an operator's act */
	int operator_;		  /* of an operator's act */
	const char *actor, *text; /* source or person; text or reason */
	int64_t until_ms;
	int64_t previous; /* change of the same alarm before it; 0 = none */
};

/* Who sends alarms. Key: source. */
struct vg_alarm_source {
	int64_t changed_seq;
	const char *source;
	int64_t received_ms; /* newest event; of none yet, from when one is expected */
	int64_t notices, events;
	bool silent; /* for longer than the agreement lets it: alarm "source-silent" on it */
};

/* What a name means; see struct vg_resource_row. Key: name. */
struct vg_resource {
	int64_t changed_seq, seq; /* seq: of the newest statement */
	const char *name, *resource, *service, *municipalities, *parent, *author;
	bool removed;
};

enum vg_proposal_kind { VG_PROPOSAL_OUTAGE, VG_PROPOSAL_MAJOR, VG_PROPOSAL_KIND_COUNT };
enum vg_proposal_state {
	VG_PROPOSAL_OPEN,
	VG_PROPOSAL_ACCEPTED,
	VG_PROPOSAL_REFUSED,
	VG_PROPOSAL_LAPSED, /* what spoke for it ended before anybody decided */
	VG_PROPOSAL_STATE_COUNT
};
extern const char *const vg_proposal_kind_words[];  /* outage, major_incident */
extern const char *const vg_proposal_state_words[]; /* open, accepted, refused, lapsed */
/* What alarms together say of a service, "F-<id>": for a person to accept or refuse. */
struct vg_proposal {
	int64_t id, changed_seq; /* id: sequence * 16 + index */
	int kind;		 /* enum vg_proposal_kind */
	const char *service, *municipalities;
	const char *alarms; /* "A-1 A-2", oldest first, as many as fit in VG_SCOPE_TEXT_MAX */
	int64_t alarm_count;
	int64_t from_ms, to_ms; /* the first of them raised; the last cleared, -1 = still so */
	int state;		/* enum vg_proposal_state */
	const char *actor, *reason;
	int64_t decided_ms; /* -1 = not */
	const char *made;   /* accepted outage: the record, "O-12"; else "" */
};

/* The instance, and the newest one of a key. A resource is called by any of its names. NULL = none.
 * Borrowed until the next step: at VG_CORE_ALARMS_MAX an ended one gives way. */
const struct vg_alarm *vg_core_alarm(const struct vg_core *core, int64_t id);
const struct vg_alarm *vg_core_alarm_named(const struct vg_core *core,
					   const char *name); /* "A-1" */
const struct vg_alarm *vg_core_alarm_of(const struct vg_core *core, const char *resource,
					const char *type, const char *qualifier);

/* Whether taking this notice in now would change more than counts and last_ms. */
bool vg_core_notice_is_news(const struct vg_core *core, const char *source,
			    const struct vg_notice *notice, int64_t now_ms);

enum vg_alarm_hidden {
	VG_ALARM_SHOWN,
	VG_ALARM_SHELVED,  /* by a person */
	VG_ALARM_CLOSED,   /* by a person */
	VG_ALARM_WINDOW,   /* a service window of its service and municipality runs */
	VG_ALARM_FLAPPING, /* changes too often; shown again when it has been quiet */
	VG_ALARM_PARENT,   /* a resource that it is reached through is down */
	VG_ALARM_HIDDEN_COUNT
};
extern const char
	*const vg_alarm_hidden_words[]; /* shown, shelved, closed, window, flapping, parent */
struct vg_alarm_now {
	bool active;		     /* raised, and neither cleared nor, transient, run out */
	int64_t ended_ms;	     /* -1 = active */
	enum vg_alarm_hidden hidden; /* why it is not in the list of what needs a look */
	bool flapping;		     /* also when something else hides it */
	int64_t until_ms;	     /* of what hides it; INT64_MAX = without end, or not known */
	int64_t ref, ref_n;	     /* the window's series and n; the parent's alarm */
};
/* `alarm` is the core's own, no copy of it. */
void vg_alarm_at(const struct vg_core *core, const struct vg_alarm *alarm, int64_t at_ms,
		 struct vg_alarm_now *out);

/* Instances not cleared, ascending by id (transient ones that ran out may be among them for an
 * hour), until `visit` returns false. */
typedef bool vg_alarm_cb(const struct vg_alarm *alarm, void *arg);
void vg_core_alarms_open(const struct vg_core *core, vg_alarm_cb *visit, void *arg);
size_t vg_core_alarms_open_count(const struct vg_core *core);
/* History of one alarm, newest first, to its raising unless that gave way to newer lines. */
typedef bool vg_alarm_change_cb(const struct vg_alarm_change *change, void *arg);
void vg_core_alarm_history(const struct vg_core *core, const struct vg_alarm *alarm,
			   vg_alarm_change_cb *visit, void *arg);
/* Sequence of the event that the line tells of. */
int64_t vg_alarm_change_seq(const struct vg_alarm_change *change);

/* What a name means; its host part decides when the whole is unknown. NULL = unmapped. */
const struct vg_resource *vg_core_resource(const struct vg_core *core, const char *name);
/* What the register calls a resource: `name` itself when it does not know it. */
#define VG_RESOURCE_TEXT_SIZE (2 * VG_AGREEMENT_TEXT_MAX + 2)
void vg_core_resource_name(const struct vg_core *core, const char *name,
			   char out[VG_RESOURCE_TEXT_SIZE]);
/* Hosts that alarms name and no register knows, the commonest first. */
struct vg_unmapped {
	const char *host; /* borrowed during the call */
	int64_t alarms, notices, last_ms;
	const struct vg_alarm *newest;
};
typedef bool vg_unmapped_cb(const struct vg_unmapped *unmapped, void *arg);
VG_MUST_CHECK int vg_core_unmapped(const struct vg_core *core, vg_unmapped_cb *visit, void *arg);

const struct vg_proposal *vg_core_proposal(const struct vg_core *core, int64_t id);

/* The ticket that an alarm became, and its reference there: the alarm's own name under the daemon's
 * own source, so that there can never be a second one. NULL = none. */
#define VG_ALARM_TICKET_SOURCE "vinga"
const struct vg_ticket *vg_core_alarm_ticket(const struct vg_core *core,
					     const struct vg_alarm *alarm);

/* Alarm effect (semantics.md 3.5) of what was raised in [from_ms, to_ms). service or municipality
 * "" = all. Times in ms. */
struct vg_alarm_effect {
	int64_t alarms, by_severity[VG_SEVERITY_COUNT]; /* instances; by their worst */
	int64_t notices;
	int64_t tickets;	      /* of them became one */
	int64_t closed, false_alarms; /* closed by a person; of these as false */
	int64_t acknowledged, ack_sum_ms, ack_median_ms, ack_max_ms; /* from received to first ack;
									-1 = none */
	int64_t outages;	  /* seen in the stretch, of services in scope */
	int64_t outages_ticketed; /* with a user's ticket on service and municipality while they
				     went */
	int64_t detected_first; /* of these: an alarm or the confirmation by probes was before it */
};
VG_MUST_CHECK int vg_core_alarm_effect(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
				       const char *service, const char *municipality,
				       struct vg_alarm_effect *out);

#endif
