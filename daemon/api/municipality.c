/* municipality.c - one municipality's page: can its users work now, how has it been, whom to call.
 *
 * A day of the strip is told by the service that stood worst that day, so that each of its numbers
 * is one cell of /availability and none is a sum of unlike things. */
#include "daemon/api/told.h"

#include "daemon/api/judge.h"
#include "daemon/api/queue.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS	     30
#define WINDOWS_MAX  3
#define CONTACTS_MAX 50

struct page {
	const struct vg_core *core;
	const struct vg_picture *picture;
	const struct vg_agreement *agreement;
	const struct vg_municipality *municipality;
	int64_t now_ms;
};

/* Services. */

static json_t *
channels_json(const struct page *page, const struct vg_service *service)
{
	json_t *list = json_array();

	for (size_t i = 0; i < page->agreement->channels; i++) {
		const struct vg_access_channel *channel = &page->agreement->channel[i];
		const struct vg_scope scope = {service->id, channel->id, page->municipality->code};
		struct vg_avail_now now;

		if ((service->channels >> i & 1) != 0 &&
		    vg_avail_at(page->core, &scope, page->now_ms, &now) == 0)
			json_array_append_new(list,
					      json_pack("{s:s, s:s, s:s}", "id", channel->id,
							"name", channel->name, "state",
							vg_display_name(vg_display_state(&now))));
	}
	return list;
}

static json_t *
share_json(const struct page *page, const char *service)
{
	const struct vg_avail_cell *cell =
		vg_picture_share(page->picture, service, page->municipality->code);

	return cell == NULL ? json_null() : vg_json_share(page->core, page->picture, cell);
}

/* The promised ones, in the agreement's order; the worst of their states. */
static json_t *
services_json(const struct page *page, enum vg_display *worst)
{
	json_t *list = json_array();

	*worst = VG_DISPLAY_OK;
	for (size_t i = 0; i < page->picture->cells; i++) {
		const struct vg_cell *cell = &page->picture->cell[i];
		const struct vg_service *service =
			vg_agreement_service(page->agreement, cell->service);

		if (service == NULL || service->component ||
		    strcmp(cell->municipality, page->municipality->code) != 0)
			continue;
		if (cell->state > *worst)
			*worst = cell->state;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id",
						      service->id, "name", service->name, "state",
						      vg_display_name(cell->state), "since",
						      vg_json_time(cell->since_ms), "channels",
						      channels_json(page, service), "month",
						      share_json(page, service->id)));
	}
	return list;
}

/* Days. */

struct day {
	bool any;
	struct vg_avail_cell cell;
};

static bool
is_worse(const struct vg_avail_cell *a, const struct vg_avail_cell *b)
{
	if (a->down_s != b->down_s)
		return a->down_s > b->down_s;
	if (a->degraded_s != b->degraded_s)
		return a->degraded_s > b->degraded_s;
	return a->unknown_s > b->unknown_s;
}

static void
on_day(const struct vg_avail_cell *cell, void *arg)
{
	struct day *day = arg;

	if (cell->scope.channel != NULL || cell->scope.municipality == NULL ||
	    (day->any && !is_worse(cell, &day->cell)))
		return;
	day->any = true;
	day->cell = *cell;
}

static json_t *
day_json(int64_t number, const struct vg_avail_cell *cell)
{
	int year, month, day;

	vg_civil_from_days(number, &year, &month, &day);
	return json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:I}", "day",
			 json_sprintf("%04d-%02d-%02d", year, month, day), "service",
			 cell->scope.service, "down_s", (json_int_t)cell->down_s, "degraded_s",
			 (json_int_t)cell->degraded_s, "unknown_s", (json_int_t)cell->unknown_s,
			 "maint_s", (json_int_t)cell->excluded_s, "agreed_s",
			 (json_int_t)(cell->base_s + cell->excluded_s));
}

/* The last thirty local days, today last; those without a promised service are left out. */
static json_t *
days_json(const struct page *page)
{
	const struct vg_scope filter = {.municipality = page->municipality->code};
	const int64_t today = vg_agreement_day_of(page->agreement, page->now_ms);
	json_t *list = json_array();

	for (int64_t number = today - DAYS + 1; today != INT64_MIN && number <= today; number++) {
		struct day day = {.any = false};
		int year, month, of_month;

		vg_civil_from_days(number, &year, &month, &of_month);
		if (vg_avail_month(page->core, year * 12 + month - 1, of_month - 1, page->now_ms,
				   &filter, on_day, &day) == 0 &&
		    day.any)
			json_array_append_new(list, day_json(number, &day.cell));
	}
	return list;
}

/* Windows and contacts. */

static int
compare_windows(const void *left, const void *right)
{
	const struct vg_window *a = *(const struct vg_window *const *)left;
	const struct vg_window *b = *(const struct vg_window *const *)right;

	return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

/* Approved ones that have not ended, the next first. */
static json_t *
windows_json(const struct page *page)
{
	const struct vg_window *next[WINDOWS_MAX + 1], *window;
	json_t *list = json_array();
	size_t count = 0;

	for (size_t i = 0; (window = vg_core_item(page->core, VG_OBJECT_WINDOW, i)) != NULL; i++) {
		if (window->to_ms <= page->now_ms || window->withdrawn ||
		    *window->approved_by == '\0' ||
		    !vg_judge_has_id(window->municipalities, page->municipality->code))
			continue;
		next[count++] = window;
		qsort(next, count, sizeof(next[0]), compare_windows);
		if (count > WINDOWS_MAX)
			count = WINDOWS_MAX;
	}
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, vg_json_window_brief(next[i]));
	return list;
}

/* "2" in a table is the number 2. */
static json_t *
level_json(const json_t *level)
{
	const char *text = json_string_value(level);
	char *end;
	long number;

	if (text == NULL || *text == '\0')
		return json_is_integer(level) ? json_integer(json_integer_value(level))
					      : json_null();
	number = strtol(text, &end, 10);
	return *end == '\0' ? json_integer(number) : json_null();
}

static void
put_contact(json_t *list, const struct vg_register_row *row)
{
	static const char *const members[] = {"name", "role", "phone", "mail", "hours"};
	json_t *said = json_loads(row->value, 0, NULL);
	json_t *object = json_pack("{s:s, s:o}", "key", row->key, "level",
				   level_json(json_object_get(said, "level")));

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *text = json_string_value(json_object_get(said, members[i]));

		json_object_set_new(object, members[i],
				    text == NULL ? json_null() : json_string(text));
	}
	json_decref(said);
	json_array_append_new(list, object);
}

/* Its own, and those that are everybody's, as the register of contacts has them now. */
static json_t *
contacts_json(const struct page *page)
{
	const struct vg_register_row *row;
	json_t *list = json_array();

	for (size_t i = 0; json_array_size(list) < CONTACTS_MAX &&
			   (row = vg_core_item(page->core, VG_OBJECT_REGISTER, i)) != NULL;
	     i++)
		if (strcmp(row->name, "contacts") == 0 && row->valid_from_ms <= page->now_ms &&
		    page->now_ms < row->valid_to_ms &&
		    (*row->municipality == '\0' ||
		     strcmp(row->municipality, page->municipality->code) == 0))
			put_contact(list, row);
	return list;
}

/* The answer. */

static json_t *
users_json(const struct page *page)
{
	const int64_t today = vg_agreement_day_of(page->agreement, page->now_ms);
	const struct vg_users_reading *reading =
		today == INT64_MIN ? NULL
				   : vg_core_users_at(page->core, page->municipality->code, today);

	return reading == NULL ? json_null() : json_integer(reading->users);
}

static json_t *
page_json(const struct page *page, const struct vg_queue *queue)
{
	const char *code = page->municipality->code;
	enum vg_display worst;
	json_t *services = services_json(page, &worst);
	json_t *object = json_pack(
		"{s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "code", code, "name",
		page->municipality->name, "live_from", vg_json_time(page->municipality->go_live_ms),
		"state",
		vg_display_name(json_array_size(services) == 0 ? VG_DISPLAY_UNKNOWN : worst),
		"services", services, "month", share_json(page, NULL), "days", days_json(page));

	json_object_update_new(
		object, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "disturbances",
				  vg_json_told(page->core, code, page->now_ms), "windows",
				  windows_json(page), "contacts", contacts_json(page), "tickets",
				  vg_json_queue_counts(queue, code, page->now_ms), "users",
				  users_json(page), "seq", (json_int_t)page->picture->seq, "asof",
				  vg_json_time(page->picture->at_ms)));
	return object;
}

void
vg_get_municipality(struct vg_call *call)
{
	struct page page = {
		.core = vg_live_core(call->api->live),
		.now_ms = vg_live_now_ms(call->api->live),
	};

	page.agreement = vg_core_agreement_at(page.core, page.now_ms);
	if (page.agreement != NULL)
		page.municipality = vg_agreement_municipality(page.agreement, call->param[0]);
	if (!vg_may_see(call->who, call->param[0]))
		vg_reply_problem(call->request, 403, "municipality: %s may see %s only",
				 call->who->name, call->who->municipality);
	else if (page.municipality == NULL)
		vg_reply_problem(call->request, 404,
				 "no municipality %.40s in the agreement in force", call->param[0]);
	else if ((page.picture = vg_picture_month(call->api)) == NULL)
		vg_reply_json(call->request, 503, NULL);
	else
		vg_reply_json(call->request, 200, page_json(&page, vg_call_queue(call)));
}
