/* The core's own state, for core_*.c, checkpoint*.c and kpi*.c only. */
#ifndef VG_CORE_PRIVATE_H
#define VG_CORE_PRIVATE_H

#include "core/alarm.h"
#include "core/deadline.h"
#include "core/disturbance.h"
#include "core/fee.h"
#include "core/index.h"
#include "core/kpi.h"
#include "core/probe.h"
#include "core/state.h"

/* The values of VG_ENOMEM, VG_ELIMIT and VG_ENOTFOUND in lib/base/err.h, which the core may not
 * include. */
enum { VG_CORE_ENOMEM = -1010, VG_CORE_ELIMIT = -1002, VG_CORE_ENOTFOUND = -1004 };

#define VG_CORE_VERSIONS_MAX 1000    /* agreement versions: a hundred years of monthly changes */
#define VG_CORE_USERS_MAX    1000000 /* user readings: 290 municipalities daily for nine years */
#define VG_CORE_REPORTS_MAX  100000
#define VG_MONTH_FIRST	     (1970 * 12) /* months that have cells, [first, end) */
#define VG_MONTH_END	     (2200 * 12)
#define VG_MONTH_NONE	     (-1)
#define VG_MONTH_OPEN                                                                              \
	VG_MONTH_END /* month_to of an open ticket: it touches every month from its first */
#define VG_AHEAD_MAX_MS	  (INT64_C(10) * 60 * 1000) /* clocks differ; past it it is the future */
#define VG_ROLLING_MONTHS 12			    /* twelve-month figures reach this far */

/* An alarm, and what its module knows of it beyond what everybody sees. */
struct vg_alarm_kept {
	struct vg_alarm alarm; /* first: every vg_alarm of the core is the beginning of one */
	int64_t change_ms;     /* of the newest change of fault, by its source's clock */
	int change_source;     /* who said so: pool id */
	bool newest;	       /* of its key */
	bool held;	       /* flaps: one instance whatever comes, until it has been quiet */
	bool own_service, own_municipality; /* stated by a notice, not by the register */
	bool ran_out; /* cleared_ms is no clearing but the end of a transient one, which a late
			 notice still moves */
	/* The rest follows from the alarms and their history. */
	int64_t change; /* the newest that is listed; 0 = none */
	int listed;
	bool open;		/* as the list of open ones has it */
	bool going;		/* gives way to a new one */
	struct vg_downs *downs; /* those for which what is behind its host is not shown; NULL =
				   it is none of them */
};

/* Every object but tickets, months and versions: one list per type, sorted by its key. */
struct vg_item {
	struct vg_link link;
	uint32_t heap_slot; /* pending notifications */
	union {
		struct vg_import import_;
		struct vg_quarantined quarantined;
		struct vg_notification notification;
		struct vg_users_reading users;
		struct vg_register_row reg;
		struct vg_report_made report;
		struct vg_outage_record outage;
		struct vg_window window;
		struct vg_agent agent;
		struct vg_signal signal;
		struct vg_alarm alarm;
		struct vg_alarm_kept kept;
		struct vg_alarm_change alarm_change;
		struct vg_alarm_source alarm_source;
		struct vg_resource resource;
		struct vg_proposal proposal;
		struct vg_act act;
		struct vg_opening_ticket opening_ticket;
		struct vg_objection objection;
		struct vg_comment comment;
		struct vg_statement statement;
		struct vg_fee_line fee_line;
		struct vg_fee_year fee_year;
		struct vg_disturbance disturbance;
		struct vg_disturbance_message disturbance_message;
		struct vg_feedback feedback;
		struct vg_access access;
	} of; /* allocated as large as its type; its strings are owned */
};

/* How one type of item is laid out: freed, copied and written after this table. */
struct vg_member {
	size_t offset; /* in the public struct */
	enum {
		VG_MEMBER_TEXT,
		VG_MEMBER_INT64,
		VG_MEMBER_INT,	   /* from 0 */
		VG_MEMBER_INT_ANY, /* from -1 = none */
		VG_MEMBER_BOOL
	} form;
};
struct vg_item_shape {
	size_t size;	    /* of the public struct */
	size_t whole;	    /* with what its module keeps behind it: zeros at first */
	size_t changed_seq; /* offset */
	size_t max;
	const struct vg_member *member;
	size_t members;
	int (*compare)(const struct vg_item *a, const struct vg_item *b);
};
/* core_shape.c */
extern const struct vg_item_shape
	vg_item_shapes[VG_OBJECT_LAST_ITEM + 1]; /* by enum vg_object_type */

struct vg_items {
	struct vg_item **item;
	size_t n, size;
};

/* What a month's tickets of one key give to the twelve-month figures of later months, see
 * kpi_past.c. */
#define VG_KPI_ROLLING 3
struct vg_kpi_past {
	struct vg_kpi_key key;
	uint32_t num[VG_KPI_ROLLING], den[VG_KPI_ROLLING];
};

struct vg_month {
	struct vg_link link;
	int64_t changed_seq;
	int month;
	/* Remembered from one computation of cells to the next, forgotten whenever the month is
	 * marked; no part of the state. */
	bool remembers;
	struct vg_kpi_past *past; /* by key */
	size_t pasts, pasts_size;
};

struct vg_version {
	struct vg_link link;
	struct vg_agreement *agreement;
};

/* (source, reference) to ticket: open addressing, because one per ticket counts. */
struct vg_ref_slot {
	struct vg_ticket_ref_id id;
	struct vg_ticket *ticket; /* NULL = free */
};

/* One thing to look at again, see signal_watch.c. Its key is (kind, service, subject). */
enum vg_watch_kind {
	VG_WATCH_PLACE,	 /* service in municipality `subject` */
	VG_WATCH_RECORD, /* "O-.." */
	VG_WATCH_WINDOW, /* "W-..", one occurrence */
	VG_WATCH_AGENT,	 /* source: whether it is silent */
	VG_WATCH_LINE,	 /* source: whether its reference targets fail */
	VG_WATCH_ALARMS, /* service, "" = none: what its alarms say together */
	VG_WATCH_SOURCE	 /* source of alarms: whether it is silent */
};
struct vg_watch {
	enum vg_watch_kind kind;
	char *service, *subject;
	int64_t at_ms;	 /* when; INT64_MAX = only when something changes */
	int64_t order;	 /* of making: settles ties */
	int64_t down_ms; /* PLACE: confirmed down since; -1 = it is not. ALARMS: not looked at
			    again before */
	bool covered;	 /* PLACE: a window runs. ALARMS: some are reached through another
			    resource */
	uint32_t heap_slot;
	/* ALARMS: those that may count, by id, some twice or no longer so; follows from the alarms
	 * themselves. */
	int64_t *alarm;
	size_t alarms, alarms_size;
};
struct vg_watches {
	struct vg_watch **watch; /* by key; no more than there are promises, agents, open records
				    and windows to come */
	size_t n, size;
	struct vg_heap due;
	int64_t made;
};

/* What leads to alarms; all of it follows from the items. */
struct vg_alarms {
	size_t most, changes_most; /* VG_CORE_ALARMS_MAX, VG_CORE_CHANGES_MAX */
	struct vg_index keys;	   /* the newest instance of each key */
	struct vg_index hosts;	   /* the alarms of each host for which others hide */
	struct vg_index names;	   /* the register's rows */
	struct vg_item **open;	   /* by id, some of them over */
	size_t opens, open_size, over;
	struct vg_alarm_window *window; /* by from_ms */
	size_t windows, window_size;
	int own_made, changes_made; /* in this step */
	bool gave_way;		    /* in this step: old ones to new ones */
};

/* Tickets by what their decisions follow from besides their own facts, see fee/link.c; it follows
 * from the facts. */
struct vg_fee_links {
	struct vg_index index;
	size_t bytes;
};

/* Where so many tickets, one after the other, may count: in no other months, and after `to` only
 * those that are open. Tickets come in order of time, so who looks at a month finds it in few
 * places, however many years lie before. */
#define VG_REACH_TICKETS 64
struct vg_reach {
	int from, to; /* these only widen */
	int open;
};

struct vg_core {
	int64_t seq, received_ms;
	struct vg_pool *pool;
	struct vg_link changed; /* sentinel of the circular list; newest last */

	struct vg_version **version; /* in order of application */
	size_t versions, versions_size;

	struct vg_ticket **ticket; /* by id */
	size_t tickets, tickets_size;
	struct vg_reach *reach; /* by VG_REACH_TICKETS of them */
	size_t reaches_size;
	size_t vanished;
	size_t fact_bytes; /* of facts and their arrays */
	struct vg_ref_slot *ref;
	size_t refs, refs_size; /* size is a power of two */

	struct vg_items items[VG_OBJECT_LAST_ITEM + 1];
	size_t item_bytes;
	uint32_t *revoked; /* pool ids of revoked imports, ascending */
	size_t revokeds, revokeds_size;
	struct vg_heap deadlines; /* tickets */
	struct vg_heap outbox;	  /* pending notifications */

	struct vg_probes probes;

	struct vg_month *month[VG_MONTH_END - VG_MONTH_FIRST];
	struct vg_month *availability[VG_MONTH_END - VG_MONTH_FIRST]; /* they remember nothing */
	int current_month; /* of received_ms; VG_MONTH_NONE = none yet */

	struct vg_alarms alarms;
	struct vg_watches watches;
	struct vg_item **raised; /* signals that stand, by id */
	size_t raiseds, raised_size;
	int signals_made, called; /* in this step: signals and notifications */
	int proposals_made;	  /* in this step */
	bool reach_changed; /* in this step: an alarm that may hide others began, changed or ended
			     */

	struct vg_fee_book *fee_book; /* fee/private.h */
	struct vg_fee_links fee_links;
};

/* core.c */

/* Grows *array to hold `want` elements, by half at a time. */
VG_MUST_CHECK int vg_core_reserve(void **array, size_t *size, size_t want, size_t element);
/* Puts an object last in the list and stamps it with the core's sequence. */
void vg_core_mark(struct vg_core *core, struct vg_link *link, int64_t *changed_seq);
void vg_core_link_last(struct vg_core *core, struct vg_link *link);
void vg_core_unlink(struct vg_link *link);
int vg_verdict_set(struct vg_verdict *out, enum vg_verdict_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* core_month.c: which months' cells may have changed. */

/* Month of an instant by the newest version that covers it; VG_MONTH_NONE when there is no version.
 */
int vg_core_month_of(const struct vg_core *core, int64_t at_ms);
/* Marks [from, to] and the months whose rolling figures reach back into them. */
VG_MUST_CHECK int vg_core_mark_months(struct vg_core *core, int from, int to);
/* Marks the months that time has turned to since the last call. */
VG_MUST_CHECK int vg_core_turn_month(struct vg_core *core);
void vg_core_month_forget(struct vg_month *month);
VG_MUST_CHECK int vg_core_month_put(struct vg_core *core, int month, struct vg_month **out);

/* Marks the months, up to the current one, whose availability may change by what changed at from_ms
 * or later: an outage that goes on is told by its start in every month that it touches. */
VG_MUST_CHECK int vg_core_mark_availability(struct vg_core *core, int64_t from_ms);
VG_MUST_CHECK int vg_core_availability_put(struct vg_core *core, int month, struct vg_month **out);

/* avail/probe.c */
void vg_core_probes_init(struct vg_probes *probes);
void vg_core_probes_free(struct vg_core *core);
size_t vg_core_probes_bytes(const struct vg_core *core);
/* samples.reported and raw.sealed. */
VG_MUST_CHECK int vg_core_samples_step(struct vg_core *core, const struct vg_event *event,
				       struct vg_verdict *out);
/* Before this instant nothing was measured and no outage recorded; INT64_MAX = never. */
int64_t vg_core_first_known_ms(const struct vg_core *core);
/* A version was applied, or an import revoked: what the figures of probes owe to it. */
VG_MUST_CHECK int vg_core_probes_rejudge(struct vg_core *core,
					 const struct vg_agreement *agreement);
VG_MUST_CHECK int vg_core_probes_revoked(struct vg_core *core, uint32_t import);
VG_MUST_CHECK int vg_probe_put(struct vg_core *core, const char *source, const char *name,
			       struct vg_probe **out);
VG_MUST_CHECK int vg_strand_put(struct vg_core *core, struct vg_probe *probe, const char *import,
				struct vg_strand **out);
VG_MUST_CHECK int vg_day_put(struct vg_core *core, struct vg_strand *strand, int64_t number,
			     struct vg_strand_day **out);
/* Whether the day stands in the list of those that wait for a seal. */
void vg_day_set_open(struct vg_core *core, struct vg_strand_day *day, bool open);
struct vg_probe_day vg_day_object(const struct vg_strand_day *day);

/* avail/probe_run.c */

/* Twice the shortest interval that a version names for the probe on that day. */
int64_t vg_day_gap_ms(const struct vg_core *core, const struct vg_strand_day *day);
/* Adds samples of one instant after all others. */
VG_MUST_CHECK int vg_day_extend(struct vg_strand_day *day, int64_t at_ms,
				enum vg_sample_state state, int64_t count);
/* Makes the runs of a day with raw samples anew. */
VG_MUST_CHECK int vg_day_derive(struct vg_strand_day *day);

/* avail/probe_seal.c */
VG_MUST_CHECK int vg_core_seal_step(struct vg_core *core, const struct vg_event *event,
				    struct vg_verdict *out);

/* core_find.c. Vanished tickets are found too; NULL = none. */

/* The ticket that this reference leads to, merged ones followed. */
struct vg_ticket *vg_core_ref_find(const struct vg_core *core, struct vg_ticket_ref_id id);
struct vg_ticket *vg_core_ref_find_text(const struct vg_core *core, const char *source,
					const char *ref);
/* Lets a reference lead to the ticket, unless it leads somewhere already. */
VG_MUST_CHECK int vg_core_ref_index(struct vg_core *core, struct vg_ticket_ref_id id,
				    struct vg_ticket *ticket);
/* The ticket with this very id, merged ones not followed. */
struct vg_ticket *vg_core_ticket_exact(const struct vg_core *core, int64_t id);

/* core_report.c */
VG_MUST_CHECK int vg_core_ticket_step(struct vg_core *core, const struct vg_event *event,
				      struct vg_verdict *out);

/* core_ticket.c */

/* Whether this pool id is that of a revoked import. */
bool vg_core_is_revoked(const struct vg_core *core, uint32_t import);
VG_MUST_CHECK int vg_core_fire_deadlines(struct vg_core *core);
/* Recomputes what follows from a ticket's facts; what happened before from_ms is as it was. `view`
 * may be NULL. */
VG_MUST_CHECK int vg_core_ticket_settle(struct vg_core *core, struct vg_ticket *ticket,
					int64_t from_ms, struct vg_ticket_view *view);
/* The same for a ticket whose facts are judged as before: only its months are found again. */
VG_MUST_CHECK int vg_core_ticket_remonth(struct vg_core *core, struct vg_ticket *ticket);
VG_MUST_CHECK int vg_core_ticket_add(struct vg_core *core, int64_t id, struct vg_ticket **out);
/* The ticket's months are known, or others; was_to: its month_to before. */
void vg_core_ticket_reaches(struct vg_core *core, const struct vg_ticket *ticket, int was_to);
/* For walking from place 0 over the tickets that may count in a month, and some that do not: the
 * first such place from `i` on, where i is 0 or a place that was returned and 1; or all tickets'
 * number. */
size_t vg_core_ticket_near(const struct vg_core *core, size_t i, int month);
/* Takes over `fact` (also on failure). Past VG_TICKET_FACTS_MAX it is dropped and the ticket
 * flagged. */
VG_MUST_CHECK int vg_core_ticket_insert(struct vg_core *core, struct vg_ticket *ticket,
					struct vg_fact *fact);
/* Moves the younger ticket's facts into the older one; its references lead there from now on. The
 * older one is still to be settled. */
VG_MUST_CHECK int vg_core_ticket_merge(struct vg_core *core, struct vg_ticket *older,
				       struct vg_ticket *younger);
/* "Now" for a ticket: the core's time, or its own last fact when a source's clock goes before ours.
 */
int64_t vg_core_ticket_now_ms(const struct vg_core *core, const struct vg_ticket *ticket);
/* Notes whether any fact of the ticket counts. */
void vg_core_ticket_set_vanished(struct vg_core *core, struct vg_ticket *ticket);
void vg_core_ticket_free(struct vg_ticket *ticket);

/* core_item.c */
VG_MUST_CHECK int vg_core_item_step(struct vg_core *core, const struct vg_event *event,
				    struct vg_verdict *out);
void *vg_item_member(struct vg_item *item, size_t offset);
void vg_item_free(enum vg_object_type type, struct vg_item *item);
size_t vg_item_bytes(enum vg_object_type type, const struct vg_item *item);
/* The item with the key that `key` holds. NULL = none. */
struct vg_item *vg_item_find(const struct vg_core *core, enum vg_object_type type,
			     const struct vg_item *key);
/* Place of the first item that is not before `key`. */
size_t vg_items_place(const struct vg_core *core, enum vg_object_type type,
		      const struct vg_item *key);
/* Whether the type has reached its maximum; says so in the verdict. */
bool vg_items_full(const struct vg_core *core, enum vg_object_type type, struct vg_verdict *out,
		   const char *what);
/* Takes over `item` on success. */
VG_MUST_CHECK int vg_items_insert(struct vg_core *core, enum vg_object_type type,
				  struct vg_item *item);
/* Copies `source`, a public struct of the type, inserts it and marks it. *out (may be NULL) is
 * borrowed. */
VG_MUST_CHECK int vg_item_add(struct vg_core *core, enum vg_object_type type, const void *source,
			      struct vg_item **out);
/* Puts a new statement, a public struct of the type, in the place of an old one under the same key.
 */
VG_MUST_CHECK int vg_item_replace(struct vg_core *core, struct vg_item *old, const void *source);
void vg_item_mark(struct vg_core *core, struct vg_item *item);
VG_MUST_CHECK int vg_item_set_text(struct vg_core *core, const char **member, const char *text);
/* An item's own copy of a text, and its end: empty ones cost nothing. NULL = out of memory. */
char *vg_item_text_new(const char *text);
void vg_item_text_free(const char *text);
/* Takes out and frees every item for which `goes` says so, in one walk over the type. */
typedef bool vg_item_goes_cb(struct vg_core *core, struct vg_item *item, void *arg);
void vg_items_drop(struct vg_core *core, enum vg_object_type type, vg_item_goes_cb *goes,
		   void *arg);

/* core_scope.c: names in statements about availability. */

/* Whether a list (see struct vg_outage_body) names the id; "" names all. */
bool vg_list_holds(const char *list, const char *id);
/* Takes the id that *at begins with out of a list; false at its end. An id longer than any agreed
 * one is cut, and so is known to nobody. */
#define VG_LIST_ID_SIZE (VG_AGREEMENT_TEXT_MAX + 2)
bool vg_list_next(const char **at, char id[VG_LIST_ID_SIZE]);
/* Puts an id into a list, at its place; one that is there, or finds no room in VG_SCOPE_TEXT_MAX
 * bytes, is left out. */
void vg_list_add(char list[VG_SCOPE_TEXT_MAX + 1], const char *id);
/* Puts every id of a list that is not "" into another. */
void vg_list_join(char list[VG_SCOPE_TEXT_MAX + 1], const char *more);
/* Reads "O-17" (letter 'O') or "W-17.2"; *n = -1 when no occurrence is named. */
bool vg_own_id(const char *text, char letter, int64_t *id, int64_t *n);
struct vg_scope_lists {
	const char *services, *channels, *municipalities;
};
/* The version that judges this instant, or else the newest, when it knows every id; otherwise NULL,
 * and the verdict says which it does not. */
const struct vg_agreement *vg_scope_agreement(const struct vg_core *core, int64_t at_ms,
					      const struct vg_scope_lists *scope,
					      struct vg_verdict *out);

/* avail/outage.c */
VG_MUST_CHECK int vg_core_outage_step(struct vg_core *core, const struct vg_event *event,
				      struct vg_verdict *out);
/* Makes the record that `body` states, by the event's actor: "O-<sequence of the event>". */
VG_MUST_CHECK int vg_core_outage_record(struct vg_core *core, const struct vg_event *event,
					const struct vg_outage_body *body, struct vg_verdict *out);
/* The record "O-<id>"; NULL = none. */
const struct vg_outage_record *vg_core_outage_named(const struct vg_core *core, const char *name);

/* avail/window.c */
VG_MUST_CHECK int vg_core_window_step(struct vg_core *core, const struct vg_event *event,
				      struct vg_verdict *out);
/* The occurrence "W-<series>.<n>"; NULL = none. */
const struct vg_window *vg_core_window_named(const struct vg_core *core, const char *name);
/* Whether a window that was made known at announced_ms keeps the notice for a beginning at from_ms:
 * window_notice_days local days before it, at the same time since midnight. Outside the version's
 * years nothing does. */
bool vg_window_notice_kept(const struct vg_agreement *agreement, int64_t announced_ms,
			   int64_t from_ms);

/* core_agent.c */

/* Notes a batch of samples with its sender: how many of it count, how many of these came over 24
 * hours late, and how many were not used because they lie ahead. *out is borrowed; NULL = an
 * imported batch, or VG_CORE_AGENTS_MAX is reached: nothing was noted. */
VG_MUST_CHECK int vg_core_agent_note(struct vg_core *core, const struct vg_event *event,
				     int64_t taken, int64_t late, int64_t ahead,
				     const struct vg_agent **out);

/* signal/watch.c */
int vg_watch_compare(const struct vg_watch *a, const struct vg_watch *b);
/* Place of the first watch that is not before the key. */
size_t vg_watch_place(const struct vg_core *core, enum vg_watch_kind kind, const char *service,
		      const char *subject);
/* Takes over `watch` on success. */
VG_MUST_CHECK int vg_watch_insert(struct vg_core *core, size_t place, struct vg_watch *watch);
/* Looks at something at an instant; a later look that was asked for before is made earlier, and the
 * other way round. */
VG_MUST_CHECK int vg_watch_put(struct vg_core *core, enum vg_watch_kind kind, const char *service,
			       const char *subject, int64_t at_ms);
VG_MUST_CHECK int vg_watch_set(struct vg_core *core, struct vg_watch *watch, int64_t at_ms);
void vg_watch_drop(struct vg_core *core, struct vg_watch *watch);
void vg_watch_free(struct vg_watch *watch);
void vg_core_watches_free(struct vg_core *core);
size_t vg_core_watches_bytes(const struct vg_core *core);

/* signal/look.c */

/* Whether a service, and no component, is promised to a municipality at an instant. */
bool vg_is_promised(const struct vg_agreement *agreement, const char *service,
		    const char *municipality, int64_t at_ms);
/* Looks at one thing; it is due no longer. */
VG_MUST_CHECK int vg_core_look(struct vg_core *core, struct vg_watch *watch);
/* Sets the next look, or drops the watch when there is none (INT64_MAX). `rc` is what raising
 * returned: where it found no room, it is tried again in the next event. */
VG_MUST_CHECK int vg_look_next(struct vg_core *core, struct vg_watch *watch, int rc, int64_t at_ms);
/* When to look again at what has not been well since then. */
int64_t vg_look_again_ms(const struct vg_core *core, int64_t since_ms);
/* The sum, or INT64_MAX past it. */
int64_t vg_after_ms(int64_t at_ms, int64_t delay_ms);

/* signal/look_probe.c */
VG_MUST_CHECK int vg_look_at_record(struct vg_core *core, struct vg_watch *watch);
VG_MUST_CHECK int vg_look_at_agent(struct vg_core *core, struct vg_watch *watch);
VG_MUST_CHECK int vg_look_at_line(struct vg_core *core, struct vg_watch *watch);
/* How long an agent may say nothing: three of its longest intervals, at least three minutes.
 * INT64_MAX = no agreement expects anything of it. */
int64_t vg_agent_silence_ms(const struct vg_core *core, const char *agent);

/* avail/now.c: vg_avail_at for whoever looks often. It looks back a day and no further: a since_ms
 * at the beginning of that day says "since then or before". */
#define VG_LATELY_MS (INT64_C(24) * 60 * 60 * 1000)
VG_MUST_CHECK int vg_avail_lately(const struct vg_core *core, const struct vg_scope *scope,
				  int64_t at_ms, struct vg_avail_now *out);

/* signal/stir.c: asks for looks, made at the end of this step. */

/* The newest sample of a probe says another thing than the one before, or its past was changed. */
VG_MUST_CHECK int vg_core_probe_changed(struct vg_core *core, const char *source,
					const char *probe);
/* A record was stated or changed; `municipalities` are those of before or after. */
VG_MUST_CHECK int vg_core_outage_changed(struct vg_core *core,
					 const struct vg_outage_record *record,
					 const char *municipalities);
VG_MUST_CHECK int vg_core_window_changed(struct vg_core *core, const struct vg_window *window);
VG_MUST_CHECK int vg_core_agent_heard(struct vg_core *core, const struct vg_agent *agent);
/* A version was applied: everything may stand otherwise. */
VG_MUST_CHECK int vg_core_rules_changed(struct vg_core *core);

/* alarm/keep.c: the alarms that there are, and what leads to them. */

/* The key of an alarm, as the registers call the resource. */
struct vg_alarm_key {
	const char *resource, *type, *qualifier;
};
void vg_alarms_init(struct vg_alarms *alarms);
void vg_alarms_fini(struct vg_alarms *alarms);
size_t vg_alarms_bytes(const struct vg_alarms *alarms);
struct vg_item *vg_alarm_item(const struct vg_core *core, int64_t id);
/* The newest instance of a key; NULL = none. */
struct vg_item *vg_alarm_newest(const struct vg_core *core, const struct vg_alarm_key *key);
/* The oldest alarm for which everything behind this host is not shown; NULL = none. */
const struct vg_alarm *vg_alarm_down_at(const struct vg_core *core, const char *host,
					size_t length);
/* Makes `alarm` the newest instance of its key. *out is borrowed. */
VG_MUST_CHECK int vg_alarm_add(struct vg_core *core, const struct vg_alarm *alarm,
			       struct vg_item **out);
/* To be called after every change of severity, cleared_ms, category or transient. */
VG_MUST_CHECK int vg_alarm_place(struct vg_core *core, struct vg_item *item);
/* Gives an open alarm another resource; it becomes the newest instance of that key. */
VG_MUST_CHECK int vg_alarm_move(struct vg_core *core, struct vg_item *item, const char *resource);
/* Where there is no room for one more, the oldest ended ones go, with their history. False = every
 * one is active. */
bool vg_alarms_make_room(struct vg_core *core);
/* Writes one line of an alarm's history, unless it or the event has too many; before it, if there
 * is none, that of the raising, so the change itself is still to be made. id, alarm, received_ms
 * and previous are set here. */
VG_MUST_CHECK int vg_alarm_log(struct vg_core *core, struct vg_item *item,
			       const struct vg_alarm_change *line);
/* What follows from a loaded alarm, or a line of its history, or must hold for it. */
VG_MUST_CHECK int vg_alarm_derive(struct vg_core *core, struct vg_item *item);
VG_MUST_CHECK int vg_alarm_change_derive(struct vg_core *core, struct vg_item *item);

/* alarm/notice.c */
VG_MUST_CHECK int vg_core_notices_step(struct vg_core *core, const struct vg_event *event,
				       struct vg_verdict *out);
/* Raises or clears an alarm of the core's own. Returns 0, VG_SIGNAL_LATER or VG_CORE_ENOMEM. */
VG_MUST_CHECK int vg_alarm_own(struct vg_core *core, const struct vg_notice *notice);
VG_MUST_CHECK int vg_alarm_set_service(struct vg_core *core, struct vg_item *item,
				       const char *service);
/* The end of every change: the alarm is where it belongs, and those who follow it know. */
VG_MUST_CHECK int vg_alarm_settle(struct vg_core *core, struct vg_item *item);
/* Clears an alarm because another one took its place. */
VG_MUST_CHECK int vg_alarm_merge(struct vg_core *core, struct vg_item *from, struct vg_item *into);

/* alarm/act.c */
VG_MUST_CHECK int vg_core_alarm_step(struct vg_core *core, const struct vg_event *event,
				     struct vg_verdict *out);

/* alarm/source.c */

/* Notes an event with who sent it. */
VG_MUST_CHECK int vg_alarm_source_heard(struct vg_core *core, const struct vg_event *event);
/* Whether hearing of the source now would change more than counts. */
bool vg_alarm_source_is_news(const struct vg_core *core, const char *source, int64_t now_ms);
/* A version was applied: whom it expects to hear from. */
VG_MUST_CHECK int vg_alarm_sources_expect(struct vg_core *core,
					  const struct vg_agreement *agreement);
VG_MUST_CHECK int vg_look_at_source(struct vg_core *core, struct vg_watch *watch);

/* alarm/now.c */

/* The rules for alarms in force at an instant; those of whom states nothing (D) when no version is.
 */
struct vg_alarm_rules {
	int64_t flap_changes, flap_window_ms; /* 0 = nothing flaps */
	int64_t transient_ms;
};
struct vg_alarm_rules vg_alarm_rules_at(const struct vg_core *core, int64_t at_ms);
/* Whether it is held together as one instance at this instant. */
bool vg_alarm_is_held(const struct vg_alarm_rules *rules, const struct vg_alarm_kept *kept,
		      int64_t at_ms);
/* When it ended, seen from an instant; -1 = it is active then. */
int64_t vg_alarm_ended_ms(const struct vg_alarm_rules *rules, const struct vg_alarm *alarm,
			  int64_t at_ms);
/* An approved window, for the look-up by time. */
struct vg_alarm_window {
	const struct vg_window *window;
	int64_t from_ms, to_ms;
	int64_t latest_ms; /* end of it or of one before it, the latest */
};
/* Windows were planned or changed. */
VG_MUST_CHECK int vg_alarm_windows_sort(struct vg_core *core);

/* alarm/transient.c: the end of alarms that nothing clears. */

/* Whether an alarm ended before what a notice of that instant says. */
bool vg_alarm_has_ended(const struct vg_alarm_rules *rules, const struct vg_alarm_kept *kept,
			int64_t at_ms);
/* A notice is of this very alarm: if it ran out, it goes on. Returns whether it had; then it is
 * still to be settled. */
bool vg_alarm_carry_on(struct vg_alarm_kept *kept);
/* Gives a transient alarm that has run out its end, for good. */
VG_MUST_CHECK int vg_alarm_settle_run_out(struct vg_core *core, struct vg_item *item,
					  int64_t at_ms);
/* Those that were swept have ended for good. */
void vg_alarms_settle_swept(struct vg_core *core);
/* Time went on from before_ms to the core's. In each new hour, transient alarms that have run out
 * are given their end. */
VG_MUST_CHECK int vg_alarms_sweep(struct vg_core *core, int64_t before_ms);

/* alarm/resource.c */
VG_MUST_CHECK int vg_core_resources_step(struct vg_core *core, const struct vg_event *event,
					 struct vg_verdict *out);
/* What the register says of an alarm's resource: of the name that its source used, else of the name
 * that it has here; "" = nothing. */
const char *vg_resource_service(const struct vg_core *core, const struct vg_alarm *alarm);
const char *vg_resource_municipalities(const struct vg_core *core, const struct vg_alarm *alarm);
const char *vg_resource_parent(const struct vg_core *core, const char *stated,
			       const char *resource);
/* Bytes of a resource's host part. */
size_t vg_resource_host(const char *resource);
VG_MUST_CHECK int vg_resource_derive(struct vg_core *core, struct vg_item *item);

/* signal/look_alarm.c */

/* An alarm was raised, cleared, changed or given another service, or a person did something with
 * it: what the alarms of its service say together is looked at at the end of this step. */
VG_MUST_CHECK int vg_core_alarm_changed(struct vg_core *core, struct vg_item *alarm);
/* Looks at the alarms of a service again, if it has any that count; of a list of services, "" =
 * all; of those of which some are reached through another resource. */
VG_MUST_CHECK int vg_core_alarms_stir(struct vg_core *core, const char *service);
VG_MUST_CHECK int vg_core_alarms_stir_list(struct vg_core *core, const char *services);
VG_MUST_CHECK int vg_core_alarms_stir_reached(struct vg_core *core);
VG_MUST_CHECK int vg_look_at_alarms(struct vg_core *core, struct vg_watch *watch);
/* Finds anew, for a core from its checkpoint, which alarms each watch stands for. */
VG_MUST_CHECK int vg_core_alarms_gather(struct vg_core *core);

/* fee/money.c */

/* As vg_money_index, for one of per_ppm / 10^6 parts: still rounded once. */
int64_t vg_money_index_per(int64_t base_ore, const int64_t *rate_ppb, size_t rates,
			   int64_t unit_ore, int64_t per_ppm);

/* fee/price.c */

/* The version whose fee rules hold for a municipality's month: that valid at the month's start, or
 * else the newest that covers a part of it; one that names the municipality before others. NULL =
 * none has a fee. */
const struct vg_agreement *vg_fee_agreement(const struct vg_core *core, const char *municipality,
					    int month);
/* To where a municipality is billed. */
int64_t vg_fee_end_ms(const struct vg_fee_rules *fee, const struct vg_municipality *party);

/* fee/rule.c */

/* The row of an opening that knows the ticket by any of its references; NULL = none. */
const struct vg_opening_ticket *vg_fee_opened(const struct vg_core *core,
					      const struct vg_ticket *ticket);

/* fee/link.c */

/* A ticket was computed again; stated: all fields that its facts state. Those whose decisions
 * follow from it are marked. */
VG_MUST_CHECK int vg_fee_ticket_settled(struct vg_core *core, struct vg_ticket *ticket,
					uint64_t stated);
/* The same for an outage record ('O'), the windows of a series ('W') or an alarm ('A'). */
void vg_fee_cause_changed(struct vg_core *core, char kind, int64_t id);
/* Finds the links of a loaded core. */
VG_MUST_CHECK int vg_fee_links_derive(struct vg_core *core);
size_t vg_fee_links_bytes(const struct vg_fee_links *links);
void vg_fee_links_fini(struct vg_fee_links *links);

/* fee/step.c: acts, objections, statements, comments. */
VG_MUST_CHECK int vg_fee_step(struct vg_core *core, const struct vg_event *event,
			      struct vg_verdict *out);

/* alarm/proposal.c */

/* An alarm that is active, and why it is not shown. */
struct vg_voice {
	const struct vg_alarm *alarm;
	enum vg_alarm_hidden hidden;
};
/* Makes, widens and lapses the proposals of a service by what its alarms of at least major, by id,
 * say now. Returns 0, VG_SIGNAL_LATER or VG_CORE_ENOMEM. */
VG_MUST_CHECK int vg_core_proposals_settle(struct vg_core *core, const char *service,
					   const struct vg_voice *voice, size_t voices);
VG_MUST_CHECK int vg_core_proposal_step(struct vg_core *core, const struct vg_event *event,
					struct vg_verdict *out);

/* signal/signal.c */
#define VG_SIGNAL_LATER 1 /* this event has no room for it: look again in the next */
/* The signal that stands; NULL = none. */
struct vg_item *vg_signal_find(const struct vg_core *core, enum vg_signal_kind kind,
			       const char *service, const char *subject);
/* Raises a signal, or widens the one that stands to more municipalities; id and to_ms are given
 * here. Past VG_CORE_SIGNALS_MAX nothing is raised. Returns 0, VG_SIGNAL_LATER or VG_CORE_ENOMEM.
 */
VG_MUST_CHECK int vg_signal_raise(struct vg_core *core, const struct vg_signal *what);
void vg_signal_clear(struct vg_core *core, enum vg_signal_kind kind, const char *service,
		     const char *subject, int64_t at_ms);
/* Takes a signal for one that stands. */
VG_MUST_CHECK int vg_signal_keep(struct vg_core *core, struct vg_item *item);
/* Looks at all that is due. */
VG_MUST_CHECK int vg_core_settle_signals(struct vg_core *core);

/* core_import.c */
VG_MUST_CHECK int vg_core_import_step(struct vg_core *core, const struct vg_event *event,
				      struct vg_verdict *out);
/* Facts of the import with this pool id count no longer. */
VG_MUST_CHECK int vg_core_revoke_id(struct vg_core *core, uint32_t import);

/* core_notify.c */

/* Calls the duties of the agreement for a ticket of this municipality. */
VG_MUST_CHECK int vg_core_notify(struct vg_core *core, const struct vg_event *event,
				 struct vg_ticket *ticket, const char *municipality,
				 struct vg_verdict *out);
/* Calls the duties that an occasion (VG_OCCASION_*) and the municipalities, a list of those hit
 * now, concern; `first`: also those for all municipalities. vg_core_can_call: whether this event
 * has room for them. */
bool vg_core_can_call(const struct vg_core *core, unsigned occasion, const char *municipalities,
		      bool first);
VG_MUST_CHECK int vg_core_call(struct vg_core *core, const struct vg_signal *signal,
			       unsigned occasion, const char *municipalities, bool first);
/* Ends what still would be said about a signal. */
void vg_core_notifications_end_signal(struct vg_core *core, int64_t signal);
VG_MUST_CHECK int vg_core_notification_step(struct vg_core *core, const struct vg_event *event,
					    struct vg_verdict *out);
/* Ends every notification of the ticket that waits for an acknowledgement. */
void vg_core_notifications_end(struct vg_core *core, struct vg_ticket *ticket);
void vg_core_notifications_move(struct vg_core *core, struct vg_ticket *from, struct vg_ticket *to);

#endif
