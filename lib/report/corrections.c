/* corrections.c - what has changed in earlier months since the month before was closed: was, is,
 * difference, and whether a verdict turned (semantics.md 4.2).
 *
 * Earlier reports stay as they were printed; the next one tells what they would say now. Two cores
 * are compared cell by cell: as it stood then, and as it stands. Both give cells in one order, but
 * one may have cells that the other has not, so they are found by their key. */
#include "lib/report/avail.h"
#include "lib/report/parts.h"
#include "lib/report/report.h"

#include <stdlib.h>

#define MONTHS 12

struct corrections {
	struct maker maker;
	json_t *array;
};

/* A cell with a target under the key that it has in both cores. */
static void
put_keyed(struct maker *maker, json_t *keyed, json_t *cell)
{
	json_t *key;
	char *text;

	if (json_object_get(cell, "target_ppm") == NULL)
		return;
	key = json_pack("[O?, O?, O?, O?]", json_object_get(cell, "kpi"),
			json_object_get(cell, "service"), json_object_get(cell, "channel"),
			json_object_get(cell, "municipality"));
	text = json_dumps(key, JSON_COMPACT);
	if (text != NULL)
		put(maker, keyed, text, json_incref(cell));
	else
		maker->failed = true;
	free(text);
	json_decref(key);
}

/* Cells with a target, municipality by municipality and of the region, by their key; NULL with
 * *err. A month that no agreement covers, or that had not begun, has none. */
static json_t *
cells_of(const struct vg_core *core, int month, struct vg_err *err)
{
	static const unsigned splits[] = {VG_BY_MUNICIPALITY, 0};
	int64_t eval_ms = vg_core_received_ms(core), start_ms = vg_report_start_ms(core, month);
	struct maker maker = {false};
	json_t *keyed = json_object(), *figures, *availability, *cell;
	size_t i;

	if (start_ms < 0 || start_ms >= eval_ms)
		return made(&maker, keyed, err);
	figures = vg_report_cells(core, month, eval_ms, NULL, splits, 2, err);
	availability = figures != NULL ? vg_avail_cells(core, month, -1, eval_ms, NULL, err) : NULL;
	if (availability == NULL) {
		json_decref(figures);
		json_decref(keyed);
		return NULL;
	}
	json_array_foreach(figures, i, cell) put_keyed(&maker, keyed, cell);
	json_array_foreach(availability, i, cell) put_keyed(&maker, keyed, cell);
	json_decref(figures);
	json_decref(availability);
	return made(&maker, keyed, err);
}

static json_t *
value_json(struct maker *maker, const json_t *cell)
{
	static const char *const members[] = {"num", "den", "verdict"};
	json_t *value = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put(maker, value, members[i], json_incref(json_object_get(cell, members[i])));
	return value;
}

/* In millionths of the whole, floored; shares are at most 1, so nothing overflows 128 bits. */
static int64_t
ppm_of(const json_t *cell)
{
	__extension__ __int128 num = json_integer_value(json_object_get(cell, "num"));

	return (int64_t)(num * 1000000 / json_integer_value(json_object_get(cell, "den")));
}

static bool
has_share(const json_t *cell)
{
	return json_integer_value(json_object_get(cell, "den")) > 0;
}

static void
put_row(struct corrections *corrections, int month, const json_t *was, const json_t *is)
{
	static const char *const names[] = {"kpi", "service", "channel", "municipality"};
	struct maker *maker = &corrections->maker;
	const json_t *any = is != NULL ? is : was;
	json_t *row;

	if (was != NULL && is != NULL &&
	    json_equal(json_object_get(was, "num"), json_object_get(is, "num")) &&
	    json_equal(json_object_get(was, "den"), json_object_get(is, "den")) &&
	    json_equal(json_object_get(was, "verdict"), json_object_get(is, "verdict")))
		return;
	row = json_object();
	put_month(maker, row, "month", month);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(any, names[i]) != NULL)
			put(maker, row, names[i], json_incref(json_object_get(any, names[i])));
	if (was != NULL)
		put(maker, row, "was", value_json(maker, was));
	if (is != NULL)
		put(maker, row, "is", value_json(maker, is));
	if (was != NULL && is != NULL && has_share(was) && has_share(is))
		put_int(maker, row, "difference_ppm", ppm_of(is) - ppm_of(was));
	put_true(maker, row, "turned",
		 !json_equal(json_object_get(was, "verdict"), json_object_get(is, "verdict")));
	append(maker, corrections->array, row);
}

static bool
compare_month(struct corrections *corrections, const struct vg_core *before,
	      const struct vg_core *now, int month, struct vg_err *err)
{
	json_t *was = cells_of(before, month, err), *is = NULL, *cell;
	const char *key;

	if (was != NULL)
		is = cells_of(now, month, err);
	if (is != NULL) {
		json_object_foreach(is, key, cell)
			put_row(corrections, month, json_object_get(was, key), cell);
		json_object_foreach(was, key, cell)
		{
			if (json_object_get(is, key) == NULL)
				put_row(corrections, month, cell, NULL);
		}
	}
	json_decref(was);
	json_decref(is);
	return is != NULL;
}

json_t *
vg_report_corrections(const struct vg_core *before, const struct vg_core *now, int month,
		      struct vg_err *err)
{
	struct corrections corrections = {.array = json_array()};

	for (int earlier = month - MONTHS; earlier < month; earlier++)
		if (!compare_month(&corrections, before, now, earlier, err)) {
			json_decref(corrections.array);
			return NULL;
		}
	return made(&corrections.maker, corrections.array, err);
}

int64_t
vg_report_before_seq(const struct vg_core *core, int month)
{
	const struct vg_statement *statement;
	int64_t seq = 0;

	for (size_t i = 0; (statement = vg_core_item(core, VG_OBJECT_STATEMENT, i)) != NULL; i++)
		if (statement->month == month - 1 && statement->state == VG_STATEMENT_CLOSED &&
		    statement->as_of_seq > seq)
			seq = statement->as_of_seq;
	return seq;
}
