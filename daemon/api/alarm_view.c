/* alarm_view.c - an alarm as JSON, and which alarms a question is about. */
#include "daemon/api/alarms.h"

#include "daemon/api/take.h"
#include "lib/yaml/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

char *
vg_alarm_name(int64_t id, char out[VG_ALARM_NAME_MAX])
{
	(void)snprintf(out, VG_ALARM_NAME_MAX, "A-%" PRId64, id);
	return out;
}

json_t *
vg_json_alarm_name(int64_t id)
{
	char name[VG_ALARM_NAME_MAX];

	return id == 0 ? json_null() : json_string(vg_alarm_name(id, name));
}

/* Who may see it. */

static bool
is_promised(const struct vg_core *core, const char *service_id, const char *municipality,
	    int64_t now_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct vg_service *service =
		agreement == NULL ? NULL : vg_agreement_service(agreement, service_id);
	int64_t from_ms, to_ms;

	for (size_t i = 0; service != NULL && vg_agreement_member(agreement, service, municipality,
								  i, &from_ms, &to_ms);
	     i++)
		if (from_ms <= now_ms && now_ms < to_ms)
			return true;
	return false;
}

bool
vg_alarm_concerns(const struct vg_core *core, const struct vg_alarm *alarm,
		  const char *municipality, int64_t now_ms)
{
	if (*municipality == '\0')
		return true;
	if (*alarm->municipalities != '\0')
		return vg_judge_has_id(alarm->municipalities, municipality);
	return *alarm->service != '\0' && is_promised(core, alarm->service, municipality, now_ms);
}

/* What is asked for. */

/* A word of a list in the query; absent leaves *value as it is. False: the call is answered. */
static bool
read_word(struct vg_call *call, const char *name, const char *const *words, int *value)
{
	const char *text = vg_call_query(call, name), *nearest;
	char all[400] = "";
	size_t used = 0;

	if (text == NULL)
		return true;
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*value = i;
			return true;
		}
		if (used < sizeof(all))
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
						 i > 0 ? ", " : "", words[i]);
	}
	nearest = vg_yaml_nearest(text, words);
	vg_reply_problem(call->request, 400, "%s: \"%.40s\": expected %s%s", name, text,
			 nearest != NULL ? "" : "one of ", nearest != NULL ? nearest : all);
	return false;
}

static bool
read_words(struct vg_call *call, struct vg_alarm_filter *out)
{
	static const char *const stages[] = {"active", "ended", "all", NULL};
	const char *hidden[VG_ALARM_HIDDEN_COUNT + 2];
	int stage = VG_ALARMS_ACTIVE, which = -1;

	for (int i = 0; i < VG_ALARM_HIDDEN_COUNT; i++)
		hidden[i] = vg_alarm_hidden_words[i];
	hidden[VG_ALARM_HIDDEN_COUNT] = "all";
	hidden[VG_ALARM_HIDDEN_COUNT + 1] = NULL;
	if (!read_word(call, "severity", vg_severity_words, &out->severity_min) ||
	    !read_word(call, "category", vg_alarm_category_words, &out->category) ||
	    !read_word(call, "state", stages, &stage) || !read_word(call, "hidden", hidden, &which))
		return false;
	out->stage = (enum vg_alarm_stage)stage;
	if (which == -1)
		which = stage == VG_ALARMS_ACTIVE ? VG_ALARM_SHOWN : VG_ALARM_HIDDEN_COUNT;
	out->hidden = which == VG_ALARM_HIDDEN_COUNT ? -1 : which;
	return true;
}

/* A name that the agreement does not have would find nothing, and nothing is good news. */
static bool
is_agreed(struct vg_call *call, const struct vg_scope *scope)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));
	struct vg_err err = {0};
	int rc = 0;

	if (agreement == NULL)
		return true;
	if (scope->service != NULL)
		rc = vg_take_check_service(agreement, "service", scope->service, &err);
	if (rc == 0 && scope->municipality != NULL)
		rc = vg_take_check_municipality(agreement, "municipality", scope->municipality,
						&err);
	if (rc != 0)
		vg_reply_problem(call->request, 400, "%s", vg_err_text(&err, rc));
	return rc == 0;
}

bool
vg_alarm_filter_read(struct vg_call *call, struct vg_alarm_filter *out)
{
	struct vg_scope scope;

	if (!vg_judge_filter(call, &scope) || !is_agreed(call, &scope))
		return false;
	*out = (struct vg_alarm_filter){
		.core = vg_live_core(call->api->live),
		.now_ms = vg_live_now_ms(call->api->live),
		.category = -1,
		.service = scope.service,
		.resource = vg_call_query(call, "resource"),
		.type = vg_call_query(call, "type"),
		.source = vg_call_query(call, "source"),
		.text = vg_call_query(call, "text"),
	};
	(void)snprintf(out->municipality, sizeof(out->municipality), "%s",
		       scope.municipality != NULL ? scope.municipality : "");
	return read_words(call, out);
}

/* A resource itself, or one of its components when it is a host's. */
static bool
is_part_of(const char *resource, const char *asked)
{
	const size_t length = strlen(asked);

	return strncasecmp(resource, asked, length) == 0 &&
	       (resource[length] == '\0' || resource[length] == '/');
}

static bool
is_of_resource(const struct vg_alarm_filter *filter, const struct vg_alarm *alarm)
{
	const struct vg_resource *known = vg_core_resource(filter->core, filter->resource);

	return is_part_of(alarm->resource, filter->resource) ||
	       is_part_of(alarm->stated, filter->resource) ||
	       (known != NULL && is_part_of(alarm->resource, known->resource));
}

static bool
has_text(const struct vg_alarm *alarm, const char *text)
{
	return strcasestr(alarm->resource, text) != NULL || strcasestr(alarm->type, text) != NULL ||
	       strcasestr(alarm->qualifier, text) != NULL || strcasestr(alarm->text, text) != NULL;
}

bool
vg_alarm_filter_fits(const struct vg_alarm_filter *filter, const struct vg_alarm *alarm)
{
	return alarm->severity >= filter->severity_min &&
	       (filter->category < 0 || alarm->category == filter->category) &&
	       (filter->service == NULL || strcmp(alarm->service, filter->service) == 0) &&
	       (filter->type == NULL || strcmp(alarm->type, filter->type) == 0) &&
	       (filter->source == NULL || vg_judge_has_id(alarm->sources, filter->source)) &&
	       vg_alarm_concerns(filter->core, alarm, filter->municipality, filter->now_ms) &&
	       (filter->resource == NULL || is_of_resource(filter, alarm)) &&
	       (filter->text == NULL || has_text(alarm, filter->text));
}

bool
vg_alarm_filter_stands(const struct vg_alarm_filter *filter, const struct vg_alarm_now *now)
{
	if (filter->stage != VG_ALARMS_ALL && now->active != (filter->stage == VG_ALARMS_ACTIVE))
		return false;
	return filter->hidden < 0 || (int)now->hidden == filter->hidden;
}

/* As JSON. */

static json_t *
text_or_null(const char *text)
{
	return *text == '\0' ? json_null() : json_string(text);
}

static void
put_fault(json_t *object, const struct vg_alarm *alarm)
{
	json_object_update_new(
		object,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:s, s:o, s:o}",
			  "resource", alarm->resource, "stated", alarm->stated, "type", alarm->type,
			  "qualifier", alarm->qualifier, "severity",
			  vg_severity_words[alarm->severity], "worst",
			  vg_severity_words[alarm->worst], "category",
			  vg_alarm_category_words[alarm->category], "transient", alarm->transient,
			  "service", text_or_null(alarm->service), "municipalities",
			  vg_judge_ids(alarm->municipalities), "sources",
			  vg_judge_ids(alarm->sources), "text", alarm->text, "rule",
			  text_or_null(alarm->rule), "peer", text_or_null(alarm->peer)));
}

static void
put_times(json_t *object, const struct vg_alarm *alarm)
{
	json_object_update_new(
		object,
		json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:o}", "raised",
			  vg_json_time(alarm->raised_ms), "received",
			  vg_json_time(alarm->received_ms), "last", vg_json_time(alarm->last_ms),
			  "cleared", vg_json_time(alarm->cleared_ms), "count",
			  (json_int_t)alarm->count, "changes", (json_int_t)alarm->changes,
			  "last_seq", (json_int_t)alarm->last_seq, "changed_seq",
			  (json_int_t)alarm->changed_seq, "previous",
			  vg_json_alarm_name(alarm->previous), "merged_into",
			  vg_json_alarm_name(alarm->merged_into)));
}

static void
put_operator(json_t *object, const struct vg_alarm *alarm)
{
	json_object_update_new(
		object,
		json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "operator",
			  vg_operator_words[alarm->operator_], "actor", text_or_null(alarm->actor),
			  "reason", text_or_null(alarm->reason), "operator_at",
			  vg_json_time(alarm->operator_ms), "until",
			  vg_json_time(alarm->operator_ == VG_OPERATOR_SHELVED ? alarm->until_ms
									       : -1),
			  "acknowledged", vg_json_time(alarm->acked_ms), "false_alarm",
			  alarm->false_alarm));
}

/* The window or the alarm behind what hides it. */
static json_t *
hidden_by(const struct vg_alarm_now *now)
{
	if (now->hidden == VG_ALARM_WINDOW)
		return json_sprintf("W-%" PRId64 ".%" PRId64, now->ref, now->ref_n);
	return vg_json_alarm_name(now->hidden == VG_ALARM_PARENT ? now->ref : 0);
}

json_t *
vg_json_alarm(const struct vg_core *core, const struct vg_alarm *alarm,
	      const struct vg_alarm_now *now)
{
	const struct vg_ticket *ticket = vg_core_alarm_ticket(core, alarm);
	json_t *object = json_object();

	json_object_set_new(object, "id", vg_json_alarm_name(alarm->id));
	put_fault(object, alarm);
	put_times(object, alarm);
	put_operator(object, alarm);
	json_object_update_new(
		object,
		json_pack("{s:b, s:o, s:s, s:b, s:o, s:o}", "active", now->active, "ended",
			  vg_json_time(now->ended_ms), "hidden", vg_alarm_hidden_words[now->hidden],
			  "flapping", now->flapping, "hidden_until",
			  vg_json_time(now->hidden == VG_ALARM_SHOWN ? -1 : now->until_ms),
			  "hidden_by", hidden_by(now)));
	json_object_set_new(object, "ticket",
			    ticket == NULL ? json_null()
					   : json_sprintf("V-%" PRId64, vg_ticket_id(ticket)));
	return object;
}

/* Shared by lists. */

size_t
vg_item_count(const struct vg_core *core, enum vg_object_type type)
{
	size_t low = 0, high = 1;

	while (vg_core_item(core, type, high - 1) != NULL) {
		low = high;
		high *= 2;
	}
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (vg_core_item(core, type, middle) != NULL)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

json_t *
vg_json_with_seq(const struct vg_call *call, json_t *object)
{
	const struct vg_core *core = vg_live_core(call->api->live);

	json_object_set_new(object, "seq", json_integer(vg_core_seq(core)));
	json_object_set_new(object, "asof", vg_json_time(vg_live_now_ms(call->api->live)));
	return object;
}
