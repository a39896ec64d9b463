/* alarm_groups.c - alarms that belong together as one line: those of one host, one service or one
 * municipality, with the worst, how many, the first and the newest.
 *
 * Every alarm in the list is in some group and counted in it exactly, however many they are. */
#include "daemon/api/alarms.h"

#include "core/ut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX    5000 /* further alarms are counted as left out */
#define MINUTES_MAX   1440
#define LOOKED_AT_MAX 200000 /* how alarms stand now; further ones are counted as left out */

struct group {
	char *key;
	int64_t alarms, notices, last_ms;
	int64_t severities[VG_SEVERITY_COUNT];
	const struct vg_alarm *first, *newest; /* by their raising */
	UT_hash_handle hh;
};

enum by { BY_RESOURCE, BY_SERVICE, BY_MUNICIPALITY };
static const char *const by_words[] = {"resource", "service", "municipality", NULL};

struct grouping {
	const struct vg_alarm_filter *filter;
	enum by by;
	int64_t since_ms; /* last heard of from here on; INT64_MIN = whenever */
	int64_t looked_at, left_out;
	bool failed; /* out of memory */
	struct group *groups;
};

static struct group *
group_of(struct grouping *g, const char *key, size_t length)
{
	struct group *group;

	HASH_FIND(hh, g->groups, key, length, group);
	if (group != NULL || HASH_COUNT(g->groups) == GROUPS_MAX)
		return group;
	group = calloc(1, sizeof(*group));
	if (group != NULL && (group->key = strndup(key, length)) == NULL) {
		free(group);
		group = NULL;
	}
	if (group != NULL)
		HASH_ADD_KEYPTR(hh, g->groups, group->key, length, group);
	if (group != NULL && group->hh.tbl == NULL) { /* uthash is out of memory */
		free(group->key);
		free(group);
		group = NULL;
	}
	g->failed = group == NULL;
	return group;
}

static void
put_into(struct grouping *g, const char *key, size_t length, const struct vg_alarm *alarm)
{
	struct group *group = group_of(g, key, length);

	if (group == NULL) {
		g->left_out++;
		return;
	}
	group->alarms++;
	group->notices += alarm->count;
	group->severities[alarm->severity]++;
	if (alarm->last_ms > group->last_ms)
		group->last_ms = alarm->last_ms;
	if (group->first == NULL || alarm->id < group->first->id)
		group->first = alarm;
	if (group->newest == NULL || alarm->id > group->newest->id)
		group->newest = alarm;
}

/* An alarm of several municipalities stands in the group of each. */
static void
put_by_municipality(struct grouping *g, const struct vg_alarm *alarm)
{
	const char *codes = alarm->municipalities;
	const char *own = g->filter->municipality;

	if (*own != '\0' || *codes == '\0') {
		put_into(g, own, strlen(own), alarm);
		return;
	}
	while (*codes != '\0') {
		const size_t length = strcspn(codes, " ");

		put_into(g, codes, length, alarm);
		codes += length;
		codes += *codes == ' ';
	}
}

static bool
on_alarm(const struct vg_alarm *alarm, void *arg)
{
	struct grouping *g = arg;
	struct vg_alarm_now now;

	if (alarm->last_ms < g->since_ms || !vg_alarm_filter_fits(g->filter, alarm))
		return true;
	if (g->looked_at == LOOKED_AT_MAX) {
		g->left_out++;
		return true;
	}
	g->looked_at++;
	vg_alarm_at(g->filter->core, alarm, g->filter->now_ms, &now);
	if (!vg_alarm_filter_stands(g->filter, &now))
		return true;
	if (g->by == BY_RESOURCE)
		put_into(g, alarm->resource, strcspn(alarm->resource, "/"), alarm);
	else if (g->by == BY_SERVICE)
		put_into(g, alarm->service, strlen(alarm->service), alarm);
	else
		put_by_municipality(g, alarm);
	return !g->failed;
}

static int
worst_of(const struct group *group)
{
	int severity = VG_SEVERITY_COUNT - 1;

	while (severity > 0 && group->severities[severity] == 0)
		severity--;
	return severity;
}

/* The worst first, then the largest, then by name. */
static int
by_weight(struct group *a, struct group *b)
{
	const int difference = worst_of(b) - worst_of(a);

	if (difference != 0)
		return difference;
	if (a->alarms != b->alarms)
		return a->alarms < b->alarms ? 1 : -1;
	return strcmp(a->key, b->key);
}

static json_t *
member_json(const struct vg_alarm *alarm)
{
	return json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:o}", "id", vg_json_alarm_name(alarm->id),
			 "resource", alarm->resource, "type", alarm->type, "qualifier",
			 alarm->qualifier, "severity", vg_severity_words[alarm->severity], "text",
			 alarm->text, "raised", vg_json_time(alarm->raised_ms));
}

static json_t *
group_json(const struct group *group)
{
	json_t *severities = json_object();

	for (int i = VG_SEVERITY_COUNT - 1; i > VG_SEVERITY_CLEARED; i--)
		json_object_set_new(severities, vg_severity_words[i],
				    json_integer(group->severities[i]));
	return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "group", group->key, "worst",
			 vg_severity_words[worst_of(group)], "alarms", (json_int_t)group->alarms,
			 "notices", (json_int_t)group->notices, "last",
			 vg_json_time(group->last_ms), "severities", severities, "first",
			 member_json(group->first), "newest", member_json(group->newest));
}

static void
free_groups(struct grouping *g)
{
	struct group *group, *next;

	HASH_ITER(hh, g->groups, group, next)
	{
		HASH_DEL(g->groups, group);
		free(group->key);
		free(group);
	}
}

static bool
read_by(struct vg_call *call, const char *text, enum by *by)
{
	for (int i = 0; by_words[i] != NULL; i++)
		if (strcmp(by_words[i], text) == 0) {
			*by = (enum by)i;
			return true;
		}
	vg_reply_problem(call->request, 400,
			 "group: \"%.40s\": expected resource, service or municipality", text);
	return false;
}

void
vg_reply_alarm_groups(struct vg_call *call, const struct vg_alarm_filter *filter, const char *text)
{
	struct grouping g = {.filter = filter, .since_ms = INT64_MIN};
	struct group *group, *next;
	int64_t minutes = 0;
	json_t *rows;

	if (!read_by(call, text, &g.by) ||
	    !vg_call_number(call, "minutes", 1, MINUTES_MAX, &minutes))
		return;
	if (filter->stage != VG_ALARMS_ACTIVE) {
		vg_reply_problem(call->request, 400, "state: groups are of active alarms alone");
		return;
	}
	if (minutes > 0)
		g.since_ms = filter->now_ms - minutes * 60000;
	vg_core_alarms_open(filter->core, on_alarm, &g);
	HASH_SRT(hh, g.groups, by_weight);
	rows = json_array();
	HASH_ITER(hh, g.groups, group, next)
	json_array_append_new(rows, group_json(group));
	free_groups(&g);
	if (g.failed) {
		json_decref(rows);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:s, s:o, s:I, s:I, s:o}", "by", by_words[g.by], "groups", rows,
				"left_out", (json_int_t)g.left_out, "seq",
				(json_int_t)vg_core_seq(filter->core), "asof",
				vg_json_time(filter->now_ms)));
}
