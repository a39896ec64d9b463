/* api.c - routing, answers, and what every handler needs.
 *
 * The hard thing is that nothing may be answered before it is known who asks: the router finds the
 * route, then the principal, then the right, and only then is a body looked at. */
#include "daemon/api/api.h"

#include "daemon/status/status.h"
#include "daemon/web/web.h"
#include "lib/civil/civil.h"
#include "lib/crypto/crypto.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define V1  "/api/v1"
#define TMF "/tmf-api/troubleTicket/v4/troubleTicket"

#define ETAG_BYTES  8			 /* of the digest */
#define ETAG_LENGTH (2 * ETAG_BYTES + 2) /* in hex, with its quotes */

const struct vg_route vg_routes[] = {
	{VG_POST, V1 "/events", VG_RIGHT_INGEST, vg_post_events, 0},
	{VG_GET, V1 "/events", VG_RIGHT_READ, vg_get_event_stream, 0},
	{VG_POST, V1 "/tickets", VG_RIGHT_WORK, vg_post_ticket, 0},
	{VG_GET, V1 "/tickets", VG_RIGHT_READ, vg_get_tickets, 0},
	{VG_GET, V1 "/tickets/{id}", VG_RIGHT_READ, vg_get_ticket, 0},
	{VG_GET, V1 "/tickets/{id}/explain", VG_RIGHT_READ, vg_get_explain, 0},
	{VG_POST, V1 "/tickets/{id}/escalate", VG_RIGHT_WORK, vg_post_escalate, 0},
	{VG_POST, V1 "/tickets/{id}/acknowledge", VG_RIGHT_WORK, vg_post_acknowledge, 0},
	{VG_POST, V1 "/tickets/{id}/correct", VG_RIGHT_CORRECT, vg_post_correct, 0},
	{VG_GET, V1 "/kpi", VG_RIGHT_READ, vg_get_kpi, 0},
	{VG_GET, V1 "/kpi/evidence", VG_RIGHT_READ, vg_get_evidence, 0},
	{VG_GET, V1 "/imports", VG_RIGHT_READ, vg_get_imports, 0},
	{VG_POST, V1 "/imports", VG_RIGHT_CORRECT, vg_post_import, 0},
	{VG_POST, V1 "/imports/{id}/events", VG_RIGHT_CORRECT, vg_post_import_events, 0},
	{VG_POST, V1 "/imports/{id}/finish", VG_RIGHT_CORRECT, vg_post_import_finish, 0},
	{VG_POST, V1 "/imports/{id}/revoke", VG_RIGHT_CORRECT, vg_post_import_revoke, 0},
	{VG_GET, V1 "/quarantine", VG_RIGHT_READ, vg_get_quarantine, 0},
	{VG_POST, V1 "/quarantine", VG_RIGHT_INGEST, vg_post_quarantine, 0},
	{VG_POST, V1 "/quarantine/{seq}/retake", VG_RIGHT_CORRECT, vg_tmf_retake, 0},
	{VG_POST, V1 "/quarantine/{seq}/retaken", VG_RIGHT_CORRECT, vg_post_retaken, 0},
	{VG_GET, V1 "/agreements", VG_RIGHT_READ, vg_get_agreements, 0},
	{VG_GET, V1 "/agreements/current", VG_RIGHT_READ, vg_get_agreement_current, 0},
	{VG_POST, V1 "/agreements", VG_RIGHT_AGREEMENT, vg_post_agreement, VG_AGREEMENT_BYTES_MAX},
	{VG_GET, V1 "/registers/{name}", VG_RIGHT_READ, vg_get_register, 0},
	{VG_POST, V1 "/registers/users", VG_RIGHT_CORRECT, vg_post_users, 0},
	{VG_POST, V1 "/registers/contacts", VG_RIGHT_CORRECT, vg_post_contacts, 0},
	{VG_POST, V1 "/registers/aliases", VG_RIGHT_CORRECT, vg_post_aliases, 0},
	{VG_GET, V1 "/notifications", VG_RIGHT_READ, vg_get_notifications, 0},
	{VG_GET, V1 "/reports", VG_RIGHT_READ, vg_get_reports, 0},
	{VG_POST, V1 "/reports", VG_RIGHT_READ, vg_post_report, 0},
	{VG_GET, V1 "/reports/{month}/files", VG_RIGHT_READ, vg_get_report_files, 0},
	{VG_GET, V1 "/reports/{month}/files/{name}", VG_RIGHT_READ, vg_get_report_file, 0},
	{VG_GET, V1 "/status", VG_RIGHT_READ, vg_get_status, 0},
	{VG_GET, V1 "/me", VG_RIGHT_SIGNED, vg_get_me, 0},
	{VG_GET, V1 "/audit", VG_RIGHT_AUDIT, vg_get_audit, 0},
	{VG_POST, V1 "/session", VG_RIGHT_PUBLIC, vg_post_session, 0},
	{VG_POST, V1 "/session/end", VG_RIGHT_SIGNED, vg_post_session_end, 0},
	{VG_POST, V1 "/samples", VG_RIGHT_INGEST, vg_post_samples, 0},
	{VG_POST, V1 "/agents/batches", VG_RIGHT_INGEST, vg_post_batch, VG_SAMPLES_BYTES_MAX},
	{VG_GET, V1 "/agents/self", VG_RIGHT_INGEST, vg_get_agent_self, 0},
	{VG_GET, V1 "/agents", VG_RIGHT_READ, vg_get_agents, 0},
	{VG_GET, V1 "/directory", VG_RIGHT_READ, vg_get_directory, 0},
	{VG_GET, V1 "/overview", VG_RIGHT_READ, vg_get_overview, 0},
	{VG_GET, V1 "/matrix", VG_RIGHT_READ, vg_get_matrix, 0},
	{VG_GET, V1 "/municipalities/{code}", VG_RIGHT_READ, vg_get_municipality, 0},
	{VG_GET, V1 "/sources", VG_RIGHT_READ, vg_get_sources, 0},
	{VG_GET, V1 "/state", VG_RIGHT_READ, vg_get_state, 0},
	{VG_GET, V1 "/availability", VG_RIGHT_READ, vg_get_availability, 0},
	{VG_GET, V1 "/availability/timeline", VG_RIGHT_READ, vg_get_timeline, 0},
	{VG_GET, V1 "/outages", VG_RIGHT_READ, vg_get_outages, 0},
	{VG_POST, V1 "/outages", VG_RIGHT_CORRECT, vg_post_outage, 0},
	{VG_GET, V1 "/outages/{id}", VG_RIGHT_READ, vg_get_outage, 0},
	{VG_POST, V1 "/outages/{id}/correct", VG_RIGHT_CORRECT, vg_post_outage_correct, 0},
	{VG_POST, V1 "/outages/{id}/approve", VG_RIGHT_CORRECT, vg_post_outage_approve, 0},
	{VG_POST, V1 "/outages/{id}/withdraw", VG_RIGHT_CORRECT, vg_post_outage_withdraw, 0},
	{VG_GET, V1 "/windows", VG_RIGHT_READ, vg_get_windows, 0},
	{VG_GET, V1 "/windows/effect", VG_RIGHT_READ, vg_get_window_effect, 0},
	{VG_GET, V1 "/windows.ics", VG_RIGHT_READ, vg_get_windows_ics, 0},
	{VG_POST, V1 "/windows", VG_RIGHT_CORRECT, vg_post_window, 0},
	{VG_POST, V1 "/windows/{id}/approve", VG_RIGHT_CORRECT, vg_post_window_approve, 0},
	{VG_POST, V1 "/windows/{id}/start", VG_RIGHT_CORRECT, vg_post_window_start, 0},
	{VG_POST, V1 "/windows/{id}/end", VG_RIGHT_CORRECT, vg_post_window_end, 0},
	{VG_POST, V1 "/windows/{id}/withdraw", VG_RIGHT_CORRECT, vg_post_window_withdraw, 0},
	{VG_GET, V1 "/alarms", VG_RIGHT_READ, vg_get_alarms, 0},
	{VG_GET, V1 "/alarms/changes", VG_RIGHT_READ, vg_get_alarm_changes, 0},
	{VG_GET, V1 "/alarms/effect", VG_RIGHT_READ, vg_get_alarm_effect, 0},
	{VG_GET, V1 "/alarms/sources", VG_RIGHT_READ, vg_get_alarm_sources, 0},
	{VG_GET, V1 "/alarms/{id}", VG_RIGHT_READ, vg_get_alarm, 0},
	{VG_POST, V1 "/alarms/{id}/acknowledge", VG_RIGHT_WORK, vg_post_alarm_acknowledge, 0},
	{VG_POST, V1 "/alarms/{id}/shelve", VG_RIGHT_WORK, vg_post_alarm_shelve, 0},
	{VG_POST, V1 "/alarms/{id}/unshelve", VG_RIGHT_WORK, vg_post_alarm_unshelve, 0},
	{VG_POST, V1 "/alarms/{id}/close", VG_RIGHT_WORK, vg_post_alarm_close, 0},
	{VG_POST, V1 "/alarms/{id}/ticket", VG_RIGHT_WORK, vg_post_alarm_ticket, 0},
	{VG_GET, V1 "/resources", VG_RIGHT_READ, vg_get_resources, 0},
	{VG_POST, V1 "/resources", VG_RIGHT_CORRECT, vg_post_resources, VG_RESOURCES_CSV_MAX},
	{VG_GET, V1 "/resources/unmapped", VG_RIGHT_READ, vg_get_unmapped, 0},
	{VG_GET, V1 "/proposals", VG_RIGHT_READ, vg_get_proposals, 0},
	{VG_GET, V1 "/proposals/{id}", VG_RIGHT_READ, vg_get_proposal, 0},
	{VG_POST, V1 "/proposals/{id}/accept", VG_RIGHT_CORRECT, vg_post_proposal_accept, 0},
	{VG_POST, V1 "/proposals/{id}/refuse", VG_RIGHT_CORRECT, vg_post_proposal_refuse, 0},
	{VG_POST, V1 "/rates", VG_RIGHT_FINANCE, vg_post_rate, 0},
	{VG_POST, V1 "/costs", VG_RIGHT_FINANCE, vg_post_cost, 0},
	{VG_POST, V1 "/overrides", VG_RIGHT_FINANCE, vg_post_override, 0},
	{VG_POST, V1 "/openings", VG_RIGHT_FINANCE, vg_post_opening, 0},
	{VG_POST, V1 "/closings", VG_RIGHT_FINANCE, vg_post_closing, 0},
	{VG_GET, V1 "/acts", VG_RIGHT_READ, vg_get_acts, 0},
	{VG_GET, V1 "/acts/{id}", VG_RIGHT_READ, vg_get_act, 0},
	{VG_POST, V1 "/acts/{id}/approve", VG_RIGHT_FINANCE, vg_post_act_approve, 0},
	{VG_POST, V1 "/acts/{id}/reject", VG_RIGHT_FINANCE, vg_post_act_reject, 0},
	{VG_GET, V1 "/objections", VG_RIGHT_READ, vg_get_objections, 0},
	{VG_POST, V1 "/objections", VG_RIGHT_OBJECT, vg_post_objection, 0},
	{VG_GET, V1 "/objections/{id}", VG_RIGHT_READ, vg_get_objection, 0},
	{VG_POST, V1 "/objections/{id}/decide", VG_RIGHT_FINANCE, vg_post_objection_decide, 0},
	{VG_GET, V1 "/statements", VG_RIGHT_READ, vg_get_statements, 0},
	{VG_GET, V1 "/statements/{month}/{municipality}", VG_RIGHT_READ, vg_get_statement, 0},
	{VG_POST, V1 "/statements/{month}/{municipality}/published", VG_RIGHT_FINANCE,
	 vg_post_published, 0},
	{VG_POST, V1 "/statements/{month}/{municipality}/invoice", VG_RIGHT_FINANCE,
	 vg_post_invoice, 0},
	{VG_GET, V1 "/comments", VG_RIGHT_READ, vg_get_comments, 0},
	{VG_POST, V1 "/comments", VG_RIGHT_CORRECT, vg_post_comment, 0},
	{VG_GET, V1 "/disturbances", VG_RIGHT_READ, vg_get_disturbances, 0},
	{VG_POST, V1 "/disturbances", VG_RIGHT_CORRECT, vg_post_disturbance, 0},
	{VG_GET, V1 "/disturbances/{id}", VG_RIGHT_READ, vg_get_disturbance, 0},
	{VG_POST, V1 "/disturbances/{id}/draft", VG_RIGHT_CORRECT, vg_post_disturbance_draft, 0},
	{VG_POST, V1 "/disturbances/{id}/publish", VG_RIGHT_CORRECT, vg_post_disturbance_publish,
	 0},
	{VG_POST, V1 "/disturbances/{id}/close", VG_RIGHT_CORRECT, vg_post_disturbance_close, 0},
	{VG_GET, V1 "/feedback", VG_RIGHT_CORRECT, vg_get_feedback, 0},
	{VG_POST, V1 "/feedback/{id}/answer", VG_RIGHT_CORRECT, vg_post_feedback_answer, 0},
	{VG_POST, V1 "/hooks/{source}", VG_RIGHT_INGEST, vg_post_hook, 0},
	{VG_GET, TMF, VG_RIGHT_READ, vg_tmf_list, 0},
	{VG_POST, TMF, VG_RIGHT_INGEST, vg_tmf_post, 0},
	{VG_GET, TMF "/{id}", VG_RIGHT_READ, vg_tmf_get, 0},
	{VG_PATCH, TMF "/{id}", VG_RIGHT_INGEST, vg_tmf_patch, 0},
	{VG_GET, "/status", VG_RIGHT_PUBLIC, vg_get_front, 0},
	{VG_GET, "/en/status", VG_RIGHT_PUBLIC, vg_get_front, 0},
	{VG_GET, "/status/{id}", VG_RIGHT_PUBLIC, vg_get_story, 0},
	{VG_GET, "/en/status/{id}", VG_RIGHT_PUBLIC, vg_get_story, 0},
	{VG_GET, "/status/kommun", VG_RIGHT_PUBLIC, vg_get_places, 0},
	{VG_GET, "/en/status/kommun", VG_RIGHT_PUBLIC, vg_get_places, 0},
	{VG_GET, "/status/kommun/{code}", VG_RIGHT_PUBLIC, vg_get_front, 0},
	{VG_GET, "/en/status/kommun/{code}", VG_RIGHT_PUBLIC, vg_get_front, 0},
	{VG_GET, "/status/feed.atom", VG_RIGHT_PUBLIC, vg_get_front_feed, 0},
	{VG_GET, "/status/kommun/{code}/feed.atom", VG_RIGHT_PUBLIC, vg_get_front_feed, 0},
	{VG_GET, "/status/windows.ics", VG_RIGHT_PUBLIC, vg_get_front_calendar, 0},
	{VG_GET, "/status/kommun/{code}/windows.ics", VG_RIGHT_PUBLIC, vg_get_front_calendar, 0},
	{VG_GET, "/status/style.css", VG_RIGHT_PUBLIC, vg_get_status_style, 0},
	{VG_GET, "/status/icon.svg", VG_RIGHT_PUBLIC, vg_get_status_icon, 0},
	{VG_GET, "/tillganglighet", VG_RIGHT_PUBLIC, vg_get_accessibility, 0},
	{VG_GET, "/en/tillganglighet", VG_RIGHT_PUBLIC, vg_get_accessibility, 0},
	{VG_POST, "/tillganglighet", VG_RIGHT_PUBLIC, vg_post_accessibility, VG_FORM_BYTES_MAX},
	{VG_POST, "/en/tillganglighet", VG_RIGHT_PUBLIC, vg_post_accessibility, VG_FORM_BYTES_MAX},
	{VG_GET, "/health/live", VG_RIGHT_OPEN, vg_get_live, 0},
	{VG_GET, "/health/ready", VG_RIGHT_OPEN, vg_get_ready, 0},
	{VG_GET, "/metrics", VG_RIGHT_OPEN, vg_get_metrics, 0},
};
const size_t vg_route_count = sizeof(vg_routes) / sizeof(vg_routes[0]);

/* Answers. */

/* A digest of the text but for when it was asked: "asof" is looked for as a member's name, with its
 * quotes, which no string holds unescaped. */
static void
make_etag(const char *text, char etag[ETAG_LENGTH + 1])
{
	static const char asof[] = "\"asof\":\"";
	struct vg_sha256_state *state = vg_sha256_begin();
	uint8_t digest[VG_SHA256_LEN];
	char hex[VG_HEX_LEN(ETAG_BYTES)];
	const char *next;

	*etag = '\0';
	if (state == NULL)
		return;
	while ((next = strstr(text, asof)) != NULL) {
		next += sizeof(asof) - 1;
		vg_sha256_add(state, text, (size_t)(next - text));
		text = next + strcspn(next, "\"");
	}
	vg_sha256_add(state, text, strlen(text));
	vg_sha256_end(state, digest);
	(void)snprintf(etag, ETAG_LENGTH + 1, "\"%s\"", vg_hex(digest, ETAG_BYTES, hex));
}

static bool
has_etag(const struct vg_request *request, int status)
{
	const enum vg_method method = vg_request_head(request)->method;

	return status == 200 && (method == VG_GET || method == VG_HEAD);
}

/* With an ETag the asker may keep the answer, and must ask whether it still holds. */
static void
reply_text(struct vg_request *request, int status, const char *text)
{
	const char *type = status >= 400 ? "application/problem+json" : "application/json";
	char extra[200], etag[ETAG_LENGTH + 1] = "";

	if (has_etag(request, status))
		make_etag(text, etag);
	(void)snprintf(extra, sizeof(extra), "%s%s%sCache-Control: %s\r\n%s",
		       *etag != '\0' ? "ETag: " : "", etag, *etag != '\0' ? "\r\n" : "",
		       *etag != '\0' ? "private, no-cache" : "no-store",
		       status == 503   ? "Retry-After: 5\r\n"
		       : status == 401 ? "WWW-Authenticate: Bearer\r\n"
				       : "");
	if (vg_head_knows(vg_request_head(request), etag))
		vg_request_reply(request, 304, type, extra, "", 0);
	else
		vg_request_reply(request, status, type, extra, text, strlen(text));
}

void
vg_reply_json(struct vg_request *request, int status, json_t *object)
{
	char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(object);
	if (text != NULL)
		reply_text(request, status, text);
	else
		reply_text(request, 503, "{\"title\":\"out of memory\",\"status\":503}");
	free(text);
}

static const char *
title_of(int status)
{
	switch (status) {
	case 400:
		return "Malformed request";
	case 401:
		return "Credentials are missing or unknown";
	case 403:
		return "No right to this";
	case 404:
		return "No such thing here";
	case 405:
		return "Not with this method";
	case 409:
		return "In conflict with what is there";
	case 413:
		return "Too large";
	case 415:
		return "Not in this format";
	case 422:
		return "Does not follow the rules";
	case 429:
		return "Too often";
	default:
		return "Try again later";
	}
}

/* "body.priority: expected ..." names its member in front; "line 3, column 7: ..." its place. */
static void
put_place(json_t *object, const char *detail)
{
	size_t name = strspn(detail, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.[]");
	int line, column;

	if (sscanf(detail, "line %d, column %d:", &line, &column) == 2) {
		json_object_set_new(object, "line", json_integer(line));
		json_object_set_new(object, "column", json_integer(column));
	} else if (name > 0 && detail[name] == ':') {
		json_object_set_new(object, "field", json_stringn(detail, name));
	}
}

void
vg_reply_problem(struct vg_request *request, int status, const char *format, ...)
{
	char detail[VG_ERR_TEXT_MAX];
	json_t *object;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	object = json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title", title_of(status),
			   "status", status, "detail", detail);
	if (object == NULL) /* what was echoed is no UTF-8 */
		object = json_pack("{s:s, s:s, s:i}", "type", "about:blank", "title",
				   title_of(status), "status", status);
	put_place(object, detail);
	vg_reply_json(request, status, object);
}

int
vg_status_of(int code, const char *text)
{
	switch (code) {
	case VG_EINVALID:
		return strncmp(text, "line ", 5) == 0 ? 400 : 422;
	case VG_ELIMIT:
		return 413;
	case VG_ECONFLICT:
		return 409;
	case VG_ENOTFOUND:
		return 404;
	case VG_EDENIED:
		return 403;
	default:
		return 503;
	}
}

/* Requests. */

bool
vg_call_type_is(struct vg_call *call, const char *const *types)
{
	const char *type = vg_head_header(vg_request_head(call->request), "Content-Type");
	size_t length = type == NULL ? 0 : strcspn(type, "; ");

	for (size_t i = 0; types[i] != NULL; i++)
		if (length == strlen(types[i]) && strncasecmp(type, types[i], length) == 0)
			return true;
	vg_reply_problem(call->request, 415, "Content-Type: expected %s", types[0]);
	return false;
}

json_t *
vg_call_object(struct vg_call *call)
{
	static const char *const types[] = {"application/json", "application/merge-patch+json",
					    NULL};
	json_error_t why;
	const char *bytes;
	json_t *object;
	size_t length;

	if (!vg_call_type_is(call, types))
		return NULL;
	bytes = vg_request_body(call->request, &length);
	object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(object))
		return object;
	if (object != NULL)
		vg_reply_problem(call->request, 400, "expected one JSON object");
	else
		vg_reply_problem(call->request, 400,
				 "line %d, column %d: %s; expected one JSON object", why.line,
				 why.column, why.text);
	json_decref(object);
	return NULL;
}

const char *
vg_call_query(const struct vg_call *call, const char *name)
{
	return vg_head_query(vg_request_head(call->request), name);
}

bool
vg_call_number(struct vg_call *call, const char *name, int64_t min, int64_t max, int64_t *value)
{
	const char *text = vg_call_query(call, name);
	char *end;
	long long number;

	if (text == NULL)
		return true;
	number = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || strlen(text) > 18 || number < min || number > max) {
		vg_reply_problem(call->request, 400, "%s: expected a number from %lld to %lld",
				 name, (long long)min, (long long)max);
		return false;
	}
	*value = number;
	return true;
}

int
vg_month_parse(const char *text)
{
	int year, month, used = 0;

	if (sscanf(text, "%4d-%2d%n", &year, &month, &used) != 2 || used != 7 || text[7] != '\0' ||
	    year < 1970 || month < 1 || month > 12)
		return -1;
	return year * 12 + month - 1;
}

bool
vg_parse_time(const char *text, int64_t *at_ms, struct vg_err *err)
{
	return vg_civil_parse(text, "iso", at_ms, err) == 0;
}

bool
vg_may_see(const struct vg_principal *who, const char *municipality)
{
	return *who->municipality == '\0' ||
	       (municipality != NULL && strcmp(who->municipality, municipality) == 0);
}

const struct vg_ticket *
vg_call_ticket(struct vg_call *call, struct vg_ticket_view *view)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_ticket *ticket =
		vg_core_ticket_find_text(core, call->who->source, call->param[0]);

	if (ticket != NULL) {
		vg_ticket_view(core, ticket, vg_live_now_ms(call->api->live), view, NULL, NULL);
		if (vg_may_see(call->who, view->text[VG_TF_MUNICIPALITY]))
			return ticket;
	}
	vg_reply_problem(call->request, 404,
			 "no ticket %.100s; expected V-<number> or your own reference",
			 call->param[0]);
	return NULL;
}

/* Routing. */

/* One part of a pattern against one part of the path; {…} takes it as parameter. */
static bool
part_fits(const char *part, size_t length, char *segment, const char **param, size_t *params)
{
	if (*part != '{')
		return strlen(segment) == length && memcmp(part, segment, length) == 0;
	if (*segment == '\0')
		return false;
	VG_ASSERT(*params < VG_PARAMS_MAX);
	param[(*params)++] = segment;
	return true;
}

static bool
path_fits(const struct vg_route *route, const struct vg_head *head, const char **param)
{
	const char *part = route->path;
	size_t params = 0, i = 0;

	for (; *part == '/'; i++) {
		size_t length = strcspn(++part, "/");

		if (i == head->segments ||
		    !part_fits(part, length, head->segment[i], param, &params))
			return false;
		part += length;
	}
	return i == head->segments;
}

/* Fixed paths stand before those with parameters only by method here, so the most fixed one wins: a
 * route without parameters is taken at once. */
static const struct vg_route *
find_route(const struct vg_head *head, const char **param, char allow[64])
{
	enum vg_method method = head->method == VG_HEAD ? VG_GET : head->method;
	const struct vg_route *found = NULL;

	*allow = '\0';
	for (size_t i = 0; i < vg_route_count; i++) {
		const struct vg_route *route = &vg_routes[i];
		const char *taken[VG_PARAMS_MAX] = {NULL, NULL};
		size_t used = strlen(allow);

		if (!path_fits(route, head, taken))
			continue;
		(void)snprintf(allow + used, 64 - used, "%s%s", used > 0 ? ", " : "",
			       vg_method_name(route->method));
		if (route->method == method && (found == NULL || taken[0] == NULL)) {
			found = route;
			memcpy(param, taken, sizeof(taken));
		}
	}
	return found;
}

size_t
vg_api_body_max(const struct vg_request *request, void *arg)
{
	const char *param[VG_PARAMS_MAX];
	char allow[64];
	const struct vg_route *route = find_route(vg_request_head(request), param, allow);

	(void)arg;
	return route == NULL || route->body_max == 0 ? VG_BODY_BYTES_MAX : route->body_max;
}

static void
answer_no_route(struct vg_request *request, const char *allow)
{
	const struct vg_head *head = vg_request_head(request);
	char extra[80];
	json_t *object;
	char *text;

	if (*allow == '\0') {
		vg_reply_problem(request, 404, "no such address: %s", head->path);
		return;
	}
	(void)snprintf(extra, sizeof(extra), "Allow: %s\r\n", allow);
	object = json_pack("{s:s, s:s, s:i, s:s+}", "type", "about:blank", "title", title_of(405),
			   "status", 405, "detail", "expected ", allow);
	text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
	vg_request_reply(request, 405, "application/problem+json", extra,
			 text == NULL ? "{}" : text, text == NULL ? 2 : strlen(text));
	free(text);
	json_decref(object);
}

static bool
has_right(const struct vg_principal *who, const struct vg_route *route)
{
	return route->right == VG_RIGHT_SIGNED || (who->rights & route->right) == route->right;
}

void
vg_api_on_request(struct vg_request *request, void *arg)
{
	struct vg_call call = {.api = arg, .request = request};
	struct vg_caller caller;
	const struct vg_route *route;
	const char *why;
	char allow[64];

	route = find_route(vg_request_head(request), call.param, allow);
	if (route != NULL && route->right == VG_RIGHT_PUBLIC) {
		route->handler(&call);
		return;
	}
	if (route == NULL && vg_web_answer(call.api->web, request))
		return;
	vg_sign_find(call.api->sign, call.api->auth, request, &caller);
	call.who = caller.who;
	call.by = caller.by;
	call.session = caller.session;
	if (route != NULL && route->right == VG_RIGHT_OPEN && vg_request_is_local(request)) {
		route->handler(&call);
		return;
	}
	if (call.who == NULL && *caller.why != '\0')
		vg_reply_problem(request, 403, "%s", caller.why);
	else if (call.who == NULL)
		vg_reply_problem(request, 401,
				 "expected Authorization: Bearer with a known token, or a session");
	else if (route == NULL)
		answer_no_route(request, allow);
	else if (!has_right(call.who, route))
		vg_reply_problem(request, 403, "%s may not do this", call.who->name);
	else if (route->method != VG_GET &&
		 !vg_sign_may_change(call.api->sign, request, &caller, &why))
		vg_reply_problem(request, 403, "%s", why);
	else
		route->handler(&call);
}

static const char *
right_name(unsigned right)
{
	switch (right) {
	case VG_RIGHT_OPEN:
		return "open";
	case VG_RIGHT_INGEST:
		return "ingest";
	case VG_RIGHT_READ:
		return "read";
	case VG_RIGHT_WORK:
		return "work";
	case VG_RIGHT_CORRECT:
		return "correct";
	case VG_RIGHT_FINANCE:
		return "finance";
	case VG_RIGHT_OBJECT:
		return "object";
	case VG_RIGHT_AUDIT:
		return "audit";
	case VG_RIGHT_PUBLIC:
		return "public";
	case VG_RIGHT_SIGNED:
		return "signed";
	default:
		return "agreement";
	}
}

void
vg_api_print_routes(void)
{
	for (size_t i = 0; i < vg_route_count; i++)
		printf("%s %s %s\n", vg_method_name(vg_routes[i].method), vg_routes[i].path,
		       right_name(vg_routes[i].right));
}
