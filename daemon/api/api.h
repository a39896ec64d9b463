/* The HTTP API: one table of routes, one way to answer, and what the handlers share.
 *
 * A handler gets a call (request, principal, path parameters) and answers it once, at once or when
 * the journal has answered. Errors are always application/problem+json. JSON is read and written
 * with jansson in this folder only. */
#ifndef VG_API_H
#define VG_API_H

#include "daemon/api/alarm_ticket.h"
#include "daemon/api/auth.h"
#include "daemon/live/live.h"
#include "daemon/sign/sign.h"

#include <jansson.h>

struct vg_sink;
struct vg_hooks;
struct vg_notices;
struct vg_alarm_feed;
struct vg_feed;
struct vg_snmp_intake;
struct vg_public;
struct vg_syslog_listener;
struct vg_web;
struct vg_redis;
struct vg_work;
struct vg_picture;
struct vg_queue;
struct vg_titles;

struct vg_api {
	struct vg_live *live;
	struct vg_server *server;
	const struct vg_auth *auth;
	struct vg_sign *sign;	/* people */
	struct vg_sink *sink;	/* NULL = no database */
	struct vg_hooks *hooks; /* NULL = none */
	struct vg_notices *notices;
	struct vg_alarm_feed *feed;	   /* who waits for changes of alarms */
	struct vg_feed *events;		   /* who reads the live stream */
	struct vg_snmp_intake *snmp;	   /* NULL = none */
	struct vg_syslog_listener *syslog; /* NULL = none */
	struct vg_redis *redis;		   /* NULL = none */
	struct vg_public *pages;	   /* the public pages */
	struct vg_work *work;		   /* for what would hold the loop */
	struct vg_web *web;		   /* NULL = none */
	struct vg_picture *picture;	   /* how everything stands */
	struct vg_queue *queue;		   /* the open tickets */
	struct vg_titles *titles;	   /* theirs */
	struct vg_alarm_tickets alarm_tickets;
	const char *reports; /* directory of published files; "" = none */
	const char *purpose; /* "production" takes no demonstration data */
	int64_t started_ms;
	int64_t loop_lag_ms; /* worst of the last minute */
};

#define VG_PARAMS_MAX	     2
#define VG_RESOURCES_CSV_MAX (4 * 1024 * 1024) /* bytes of a register of resources */

struct vg_call {
	struct vg_api *api;
	struct vg_request *request;
	const struct vg_principal *who;	  /* NULL on public routes, and on open ones
					     without credentials */
	enum vg_by by;			  /* how `who` is known */
	uint64_t session;		  /* 0 = none; a stream ends with it */
	const char *param[VG_PARAMS_MAX]; /* what stands in the path at {…} */
};
typedef void vg_handler(struct vg_call *call);

struct vg_route {
	enum vg_method method;
	const char *path; /* "/api/v1/tickets/{id}" */
	unsigned right;
	vg_handler *handler;
	size_t body_max; /* 0 = VG_BODY_BYTES_MAX */
};
extern const struct vg_route vg_routes[];
extern const size_t vg_route_count;

/* For struct vg_server_options; arg is the struct vg_api. */
size_t vg_api_body_max(const struct vg_request *request, void *arg);
void vg_api_on_request(struct vg_request *request, void *arg);
/* "POST /api/v1/events ingest" and so on, one line each, to stdout. */
void vg_api_print_routes(void);

/* Answers. `object` is stolen; NULL = out of memory, answered 503. GET with 200 has an ETag of all
 * but `asof`, and is answered 304 when the asker knows it. */
void vg_reply_json(struct vg_request *request, int status, json_t *object);
/* application/problem+json; when the text begins with "member: " that member is named apart too. */
void vg_reply_problem(struct vg_request *request, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The HTTP status of an error code. */
int vg_status_of(int code, const char *text);

/* The body as a JSON object, new reference; NULL when it is none: then the call is answered. */
json_t *vg_call_object(struct vg_call *call);
/* Whether Content-Type is one of the NULL-ended list; else answers 415. */
bool vg_call_type_is(struct vg_call *call, const char *const *types);
const char *vg_call_query(const struct vg_call *call, const char *name); /* NULL = absent */
/* A whole number in a query; false when it is malformed: then the call is answered. */
bool vg_call_number(struct vg_call *call, const char *name, int64_t min, int64_t max,
		    int64_t *value);
/* "2016-04" as year * 12 + month - 1; -1 when it is none. */
int vg_month_parse(const char *text);

/* A ticket that the principal may see, by the path's first parameter; NULL: then the call is
 * answered. */
const struct vg_ticket *vg_call_ticket(struct vg_call *call, struct vg_ticket_view *view);
bool vg_may_see(const struct vg_principal *who, const char *municipality);

/* Into the ledger (take.c). `body` is stolen: the event's body with the members of the envelope
 * (event_id, occurred_ms, municipality) among it. Answers the call when the row is durable. */
void vg_take_command(struct vg_call *call, enum vg_kind kind, json_t *body);
/* The same, and the answer names what the event made: {"outage": "O-<seq>"}. */
void vg_take_named(struct vg_call *call, enum vg_kind kind, json_t *body, const char *member,
		   const char *prefix);
/* The same for an event that the daemon made of foreign input, its source set and its event_id a
 * digest of that input or random: so the same id with other bytes is a repeat. */
struct vg_take {
	const char *title; /* NULL = none */
	int status;	   /* answered instead of 201; 0 = 201 */
	json_t *extra;	   /* stolen; put into the answer; NULL = none */
	json_t *(*render)(struct vg_call *call, int64_t ticket); /* the whole answer; NULL = ours */
};
void vg_take_event(struct vg_call *call, const struct vg_event *event, const struct vg_take *how);

const char *vg_verdict_word(enum vg_verdict_code code); /* taken, flagged, refused, overload */

/* Tickets as JSON (view.c). */
json_t *vg_json_ticket_summary(const struct vg_core *core, const struct vg_ticket *ticket,
			       const struct vg_ticket_view *view);
/* The same with title, assigned, paused_since and escalation: a row of GET /tickets. */
json_t *vg_json_ticket_row(const struct vg_api *api, const struct vg_ticket *ticket,
			   const struct vg_ticket_view *view);
json_t *vg_json_ticket(const struct vg_api *api, const struct vg_ticket *ticket,
		       const struct vg_ticket_view *view);
json_t *vg_json_refs(const struct vg_ticket *ticket); /* [{source, ref}] */
json_t *vg_json_time(int64_t at_ms); /* "2016-04-01T08:00:00Z"; null when -1 or without end */
json_t *vg_json_faults(uint32_t faults);
json_t *vg_json_notification(const struct vg_notification *notification);
bool vg_parse_time(const char *text, int64_t *at_ms, struct vg_err *err); /* ISO with offset */

/* Handlers, by file. */
vg_handler vg_post_events, vg_post_ticket, vg_post_escalate, vg_post_acknowledge, vg_post_correct,
	vg_post_import, vg_post_import_events, vg_post_import_finish, vg_post_import_revoke,
	vg_post_quarantine, vg_post_retaken, vg_post_agreement, vg_post_users, vg_post_contacts,
	vg_post_aliases, vg_post_report;		  /* take.c, command.c */
vg_handler vg_get_tickets, vg_get_ticket, vg_get_explain; /* view.c */
vg_handler vg_get_tickets_left;				  /* tickets_left.c */
vg_handler vg_get_directory;				  /* directory.c */
vg_handler vg_get_overview;				  /* overview.c */
vg_handler vg_get_matrix;				  /* matrix.c */
vg_handler vg_get_municipality;				  /* municipality.c */
vg_handler vg_get_outage;				  /* outage_detail.c */
vg_handler vg_get_sources;				  /* sources.c */
vg_handler vg_get_window_effect;			  /* window_effect.c */
vg_handler vg_get_report_files, vg_get_report_file;	  /* report_files.c */
vg_handler vg_get_kpi, vg_get_evidence;			  /* kpi.c */
vg_handler vg_get_imports, vg_get_quarantine, vg_get_agreements, vg_get_agreement_current,
	vg_get_notifications, vg_get_register, vg_get_reports;	     /* lists.c */
vg_handler vg_get_status, vg_get_live, vg_get_ready, vg_get_metrics; /* status.c */
vg_handler vg_get_me, vg_post_session, vg_post_session_end;	     /* session.c */
vg_handler vg_get_audit;					     /* audit.c */
vg_handler vg_get_agents, vg_get_agent_self;			     /* agents.c */
vg_handler vg_get_state;					     /* state.c */
vg_handler vg_get_availability, vg_get_timeline;		     /* availability.c */
vg_handler vg_get_outages, vg_post_outage, vg_post_outage_correct, vg_post_outage_approve,
	vg_post_outage_withdraw; /* outages.c */
vg_handler vg_get_windows, vg_get_windows_ics, vg_post_window, vg_post_window_approve,
	vg_post_window_start, vg_post_window_end, vg_post_window_withdraw; /* windows.c */
vg_handler vg_get_alarms, vg_get_alarm, vg_get_alarm_sources, vg_get_alarm_effect,
	vg_post_alarm_acknowledge, vg_post_alarm_shelve, vg_post_alarm_unshelve,
	vg_post_alarm_close;					 /* alarms.c */
vg_handler vg_get_alarm_changes;				 /* alarm_feed.c */
vg_handler vg_get_resources, vg_get_unmapped, vg_post_resources; /* resources.c */
vg_handler vg_get_proposals, vg_get_proposal, vg_post_proposal_accept,
	vg_post_proposal_refuse; /* proposals.c */
vg_handler vg_get_acts, vg_get_act, vg_post_rate, vg_post_cost, vg_post_override, vg_post_opening,
	vg_post_closing, vg_post_act_approve, vg_post_act_reject; /* acts.c */
vg_handler vg_get_objections, vg_get_objection, vg_post_objection,
	vg_post_objection_decide; /* objections.c */
vg_handler vg_get_statements, vg_get_statement, vg_post_published,
	vg_post_invoice;		     /* statements.c */
vg_handler vg_get_comments, vg_post_comment; /* comments.c */
vg_handler vg_get_disturbances, vg_get_disturbance, vg_post_disturbance, vg_post_disturbance_draft,
	vg_post_disturbance_publish, vg_post_disturbance_close;		      /* disturbances.c */
vg_handler vg_get_feedback, vg_post_feedback_answer;			      /* feedback.c */
vg_handler vg_post_batch, vg_post_samples;				      /* samples.c */
vg_handler vg_get_event_stream;						      /* events_stream.c */
vg_handler vg_post_hook;						      /* hooks.c */
vg_handler vg_tmf_post, vg_tmf_patch, vg_tmf_get, vg_tmf_list, vg_tmf_retake; /* tmf.c */

#endif
