/* avail.c - availability as JSON of integers. What is not there (a channel, a region's
 * municipality, a target) is left out, never null, so that the same state gives the same bytes. */
#include "lib/report/avail.h"

#include "lib/civil/civil.h"
#include "lib/report/maker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	struct maker maker;
	json_t *array;
	bool whole_month; /* of cells */
};

/* The array, or NULL with the reason for which the core gave none. */
static json_t *
listed(struct list *list, int rc, struct vg_err *err)
{
	if (rc == 0)
		return made(&list->maker, list->array, err);
	json_decref(list->array);
	(void)vg_err_set(err, rc, "%s",
			 rc == VG_ENOTFOUND
				 ? "the agreement has no such month, service, channel or "
				   "municipality"
				 : "out of memory");
	return NULL;
}

static void
put_scope(struct maker *maker, json_t *object, const struct vg_scope *scope)
{
	put(maker, object, "service", json_string(scope->service));
	if (scope->channel != NULL)
		put(maker, object, "channel", json_string(scope->channel));
	if (scope->municipality != NULL)
		put(maker, object, "municipality", json_string(scope->municipality));
}

static void
put_flag(struct maker *maker, json_t *object, const char *member, bool value)
{
	if (value)
		put(maker, object, member, json_true());
}

/* Cells. */

static void
put_seconds(struct maker *maker, json_t *row, const struct vg_avail_cell *cell)
{
	put_int(maker, row, "period_s", cell->period_s);
	put_int(maker, row, "outside_s", cell->outside_s);
	put_int(maker, row, "excluded_s", cell->excluded_s);
	put_int(maker, row, "base_s", cell->base_s);
	put_int(maker, row, "up_s", cell->up_s);
	put_int(maker, row, "external_s", cell->external_s);
	put_int(maker, row, "degraded_s", cell->degraded_s);
	put_int(maker, row, "down_s", cell->down_s);
	put_int(maker, row, "unknown_s", cell->unknown_s);
	put_int(maker, row, "rewritten_s", cell->rewritten_s);
	put_int(maker, row, "flapping_s", cell->flapping_s);
	put_int(maker, row, "provisional_s", cell->provisional_s);
	put_int(maker, row, "emergency_s", cell->emergency_s);
}

static int64_t
mean(int64_t sum, int64_t count)
{
	return count > 0 ? sum / count : -1;
}

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

struct vg_outage_means
vg_avail_means(const json_t *cell)
{
	int64_t base_s = int_of(cell, "base_s"), outages = int_of(cell, "outages");
	bool measured = base_s > int_of(cell, "unknown_s");

	return (struct vg_outage_means){
		.mtrs_s = mean(int_of(cell, "restore_s"), int_of(cell, "ended")),
		.mtbf_s = mean(base_s - int_of(cell, "down_s"), outages),
		.mtbsi_s = mean(base_s, outages),
		.over_s = outages == 0 && measured ? base_s : -1,
	};
}

static void
put_outage_figures(struct maker *maker, json_t *row, const struct vg_avail_cell *cell)
{
	struct vg_outage_means mean;

	put_int(maker, row, "outages", cell->outages);
	put_int(maker, row, "ended", cell->ended);
	put_int(maker, row, "restore_s", cell->restore_s);
	put_int(maker, row, "longest_s", cell->longest_s);
	mean = vg_avail_means(row);
	put_known(maker, row, "mtrs_s", mean.mtrs_s);
	put_known(maker, row, "mtbf_s", mean.mtbf_s);
	put_known(maker, row, "mtbsi_s", mean.mtbsi_s);
	put_flag(maker, row, "running", cell->running);
	put_known(maker, row, "users", cell->users);
	put_known(maker, row, "user_seconds", cell->user_seconds);
}

static void
put_twins(struct maker *maker, json_t *row, const struct vg_avail_cell *cell)
{
	json_t *twins = json_object();

	for (int i = 0; i < VG_TWIN_COUNT; i++)
		put(maker, twins, vg_twin_names[i],
		    json_pack("[I,I]", (json_int_t)cell->twin_num[i],
			      (json_int_t)cell->twin_den[i]));
	put(maker, row, "compare", twins);
}

static void
add_cell(const struct vg_avail_cell *cell, void *arg)
{
	struct list *list = arg;
	struct maker *maker = &list->maker;
	json_t *row = json_object();

	put_scope(maker, row, &cell->scope);
	put_int(maker, row, "from_ms", cell->from_ms);
	put_int(maker, row, "to_ms", cell->to_ms);
	put_seconds(maker, row, cell);
	put_int(maker, row, "num", cell->num);
	put_int(maker, row, "den", cell->den);
	put_int(maker, row, "low_num", cell->low_num);
	put_int(maker, row, "low_den", cell->low_den);
	put_known(maker, row, "target_ppm", cell->target_ppm);
	put(maker, row, "verdict", json_string(vg_avail_verdict_name(cell->verdict)));
	put_outage_figures(maker, row, cell);
	if (cell->target_ppm >= 0 && cell->scope.municipality != NULL) {
		if (list->whole_month)
			put_int(maker, row, "budget_month_s", cell->budget_month_s);
		put_int(maker, row, "budget_earned_s", cell->budget_earned_s);
	}
	put_twins(maker, row, cell);
	if (cell->scope.municipality == NULL) {
		put_int(maker, row, "unweighted_num", cell->unweighted_num);
		put_int(maker, row, "unweighted_den", cell->unweighted_den);
	}
	append(maker, list->array, row);
}

json_t *
vg_avail_cells(const struct vg_core *core, int month, int day, int64_t eval_ms,
	       const struct vg_scope *filter, struct vg_err *err)
{
	struct list list = {.array = json_array(), .whole_month = day < 0};

	return listed(&list, vg_avail_month(core, month, day, eval_ms, filter, add_cell, &list),
		      err);
}

/* Pieces. */

static void
add_piece(const struct vg_avail_piece *piece, void *arg)
{
	struct list *list = arg;
	struct maker *maker = &list->maker;
	json_t *row = json_object();

	put_int(maker, row, "from_ms", piece->from_ms);
	put_int(maker, row, "to_ms", piece->to_ms);
	put(maker, row, "state", json_string(vg_avail_state_name(piece->state)));
	if (piece->state == VG_AVAIL_DOWN || piece->state == VG_AVAIL_DEGRADED)
		put(maker, row, "cause", json_string(vg_party_words[piece->cause]));
	if (piece->record != 0)
		put(maker, row, "record", json_sprintf("O-%" PRId64, piece->record));
	put_text(maker, row, "root", piece->root);
	put_flag(maker, row, "rewritten", piece->rewritten);
	put_flag(maker, row, "flapping", piece->flapping);
	put_flag(maker, row, "provisional", piece->provisional);
	put_flag(maker, row, "pending", piece->pending);
	append(maker, list->array, row);
}

json_t *
vg_avail_pieces(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
		int64_t to_ms, struct vg_err *err)
{
	struct list list = {.array = json_array()};

	return listed(&list, vg_timeline(core, scope, from_ms, to_ms, add_piece, &list), err);
}

json_t *
vg_avail_timelines(const struct vg_core *core, const json_t *cells, struct vg_err *err)
{
	struct maker maker = {false};
	json_t *array = json_array();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const struct vg_scope scope = {
			json_string_value(json_object_get(cell, "service")),
			json_string_value(json_object_get(cell, "channel")),
			json_string_value(json_object_get(cell, "municipality"))};
		json_t *row, *pieces;

		if (scope.municipality == NULL)
			continue;
		pieces = vg_avail_pieces(core, &scope,
					 json_integer_value(json_object_get(cell, "from_ms")),
					 json_integer_value(json_object_get(cell, "to_ms")), err);
		if (pieces == NULL) {
			json_decref(array);
			return NULL;
		}
		row = json_object();
		put_scope(&maker, row, &scope);
		put(&maker, row, "pieces", pieces);
		append(&maker, array, row);
	}
	return made(&maker, array, err);
}

/* Outages. */

static void
add_outage(const struct vg_outage_seen *outage, void *arg)
{
	struct list *list = arg;
	struct maker *maker = &list->maker;
	char key[VG_OUTAGE_KEY_MAX];
	json_t *row = json_object();

	put(maker, row, "key", json_string(vg_outage_key(&outage->scope, outage->from_ms, key)));
	put_scope(maker, row, &outage->scope);
	put_int(maker, row, "from_ms", outage->from_ms);
	put_int(maker, row, "to_ms", outage->to_ms);
	put_int(maker, row, "counted_s", outage->counted_s);
	put_flag(maker, row, "running", outage->running);
	put_flag(maker, row, "provisional", outage->provisional);
	put(maker, row, "cause", json_string(vg_party_words[outage->cause]));
	if (outage->record != 0)
		put(maker, row, "record", json_sprintf("O-%" PRId64, outage->record));
	put_text(maker, row, "root", outage->root);
	append(maker, list->array, row);
}

json_t *
vg_avail_outages(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
		 const struct vg_scope *filter, struct vg_err *err)
{
	struct list list = {.array = json_array()};

	return listed(&list, vg_outages_seen(core, from_ms, to_ms, filter, add_outage, &list), err);
}

/* "1480 1489" as an array. */
static json_t *
ids_json(struct maker *maker, const char *ids)
{
	json_t *array = json_array();

	while (*ids != '\0') {
		size_t length = strcspn(ids, " ");

		append(maker, array, json_stringn(ids, length));
		ids += length + (ids[length] == ' ');
	}
	return array;
}

static void
put_ids(struct maker *maker, json_t *row, const char *member, const char *ids)
{
	if (*ids != '\0')
		put(maker, row, member, ids_json(maker, ids));
}

static json_t *
record_json(struct maker *maker, const struct vg_outage_record *record)
{
	json_t *row = json_object();

	put(maker, row, "id", json_sprintf("O-%" PRId64, record->id));
	put(maker, row, "effect", json_string(vg_effect_words[record->effect]));
	put(maker, row, "service", json_string(record->service));
	put_text(maker, row, "channel", record->channel);
	put_ids(maker, row, "municipalities", record->municipalities);
	put_int(maker, row, "from_ms", record->from_ms);
	if (record->to_ms != INT64_MAX)
		put_int(maker, row, "to_ms", record->to_ms);
	put(maker, row, "cause", json_string(vg_party_words[record->cause]));
	put_text(maker, row, "author", record->author);
	put_text(maker, row, "approved_by", record->approved_by);
	put_flag(maker, row, "waiting", *record->approved_by == '\0' && !record->withdrawn);
	put_flag(maker, row, "withdrawn", record->withdrawn);
	return row;
}

json_t *
vg_avail_records(const struct vg_core *core, int64_t from_ms, int64_t to_ms, struct vg_err *err)
{
	struct list list = {.array = json_array()};
	const struct vg_outage_record *record;

	for (size_t i = 0; (record = vg_core_item(core, VG_OBJECT_OUTAGE, i)) != NULL; i++)
		if (record->from_ms < to_ms && record->to_ms > from_ms)
			append(&list.maker, list.array, record_json(&list.maker, record));
	return listed(&list, 0, err);
}

/* Windows. */

static json_t *
window_json(struct maker *maker, const struct vg_window *window)
{
	json_t *row = json_object();

	put(maker, row, "id", json_sprintf("W-%" PRId64 ".%" PRId64, window->series, window->n));
	put(maker, row, "name", json_string(window->name));
	put_ids(maker, row, "services", window->services);
	put_ids(maker, row, "channels", window->channels);
	put_ids(maker, row, "municipalities", window->municipalities);
	put_int(maker, row, "from_ms", window->from_ms);
	put_int(maker, row, "to_ms", window->to_ms);
	put(maker, row, "category", json_string(vg_category_words[window->category]));
	put_int(maker, row, "announced_ms", window->announced_ms);
	put_text(maker, row, "agreed_by", window->agreed_by);
	put_known(maker, row, "started_ms", window->started_ms);
	put_known(maker, row, "ended_ms", window->ended_ms);
	put_flag(maker, row, "retroactive", window->planned_ms > window->from_ms);
	put_text(maker, row, "author", window->author);
	put_text(maker, row, "approved_by", window->approved_by);
	put_flag(maker, row, "waiting", *window->approved_by == '\0' && !window->withdrawn);
	put_flag(maker, row, "withdrawn", window->withdrawn);
	put_text(maker, row, "withdrawn_by", window->withdrawn_by);
	return row;
}

json_t *
vg_avail_windows(const struct vg_core *core, int64_t from_ms, int64_t to_ms, struct vg_err *err)
{
	struct list list = {.array = json_array()};
	const struct vg_window *window;

	for (size_t i = 0; (window = vg_core_item(core, VG_OBJECT_WINDOW, i)) != NULL; i++)
		if (window->from_ms < to_ms && window->to_ms > from_ms)
			append(&list.maker, list.array, window_json(&list.maker, window));
	return listed(&list, 0, err);
}

/* Keys. */

char *
vg_outage_key(const struct vg_scope *scope, int64_t from_ms, char out[VG_OUTAGE_KEY_MAX])
{
	const char *channel =
		scope->channel != NULL && *scope->channel != '\0' ? scope->channel : "-";
	int64_t seconds = from_ms / 1000, days = seconds / 86400;
	int year, month, day;

	vg_civil_from_days(days, &year, &month, &day);
	(void)snprintf(out, VG_OUTAGE_KEY_MAX, "%s/%s/%s/%04d%02d%02dT%02d%02d%02dZ",
		       scope->service, channel, scope->municipality, year, month, day,
		       (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return out;
}

bool
vg_outage_key_read(char *text, struct vg_scope *scope, int64_t *from_ms)
{
	char *part[4], *at = text;

	for (int i = 0; i < 4; i++) {
		part[i] = at;
		at += strcspn(at, "/");
		if ((*at == '/') != (i < 3) || at == part[i])
			return false;
		*at++ = '\0';
	}
	scope->service = part[0];
	scope->channel = strcmp(part[1], "-") != 0 ? part[1] : NULL;
	scope->municipality = part[2];
	return vg_civil_parse(part[3], "%Y%m%dT%H%M%S%z", from_ms, NULL) == 0;
}
