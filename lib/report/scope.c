/* scope.c - a report of a part of the region: a federation, a municipality, an administration.
 *
 * The region's model is made first, and what the part has not is taken out of it: so a figure of a
 * part can never differ from the same figure of the whole. Sums over a federation or an
 * administration are added up again from rows; a quantile is no sum, and is left out. */
#include "lib/report/parts.h"

#include "lib/report/grid.h"
#include "lib/report/report.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[VG_REPORT_KIND_COUNT] = {"region", "federation", "municipality",
							"administration"};

bool
vg_report_wish_read(const char *text, struct vg_report_wish *wish)
{
	size_t length = strcspn(text, ":");

	wish->kind = VG_REPORT_REGION;
	wish->code = "";
	if (*text == '\0' || strcmp(text, kinds[VG_REPORT_REGION]) == 0)
		return true;
	for (int kind = VG_REPORT_REGION + 1; kind < VG_REPORT_KIND_COUNT; kind++) {
		if (strlen(kinds[kind]) != length || strncmp(kinds[kind], text, length) != 0)
			continue;
		wish->kind = (enum vg_report_kind)kind;
		wish->code = text[length] == ':' ? text + length + 1 : "";
	}
	return *wish->code != '\0';
}

struct scope {
	const struct vg_report_wish *wish;
	const struct vg_agreement *agreement;
	struct maker maker;
};

static bool
has_municipality(const struct scope *scope, const char *code)
{
	const struct vg_municipality *municipality =
		vg_agreement_municipality(scope->agreement, code);

	if (scope->wish->kind == VG_REPORT_FEDERATION)
		return municipality != NULL &&
		       strcmp(municipality->federation, scope->wish->code) == 0;
	if (scope->wish->kind == VG_REPORT_MUNICIPALITY)
		return strcmp(code, scope->wish->code) == 0;
	return true;
}

/* Whether a row stays. One that names no municipality is the region's. */
typedef bool keep_cb(const struct scope *scope, const json_t *row);

static bool
keep_own(const struct scope *scope, const json_t *row)
{
	const char *code = json_string_value(json_object_get(row, "municipality"));

	return code != NULL && has_municipality(scope, code);
}

static bool
keep_code(const struct scope *scope, const json_t *row)
{
	return has_municipality(scope, vg_grid_text(row, "code"));
}

static bool
keep_ticket(const struct scope *scope, const json_t *ticket)
{
	const json_t *stated = json_object_get(ticket, "stated");

	if (scope->wish->kind == VG_REPORT_ADMINISTRATION)
		return strcmp(vg_grid_text(stated, "administration"), scope->wish->code) == 0;
	return has_municipality(scope, vg_grid_text(stated, "municipality"));
}

/* Records and windows: for all, or for a list. */
static bool
keep_any(const struct scope *scope, const json_t *row)
{
	const json_t *list = json_object_get(row, "municipalities"), *code;
	size_t i;

	if (json_array_size(list) == 0)
		return true;
	json_array_foreach(list, i, code)
	{
		if (has_municipality(scope, json_string_value(code)))
			return true;
	}
	return false;
}

static void
filter(struct scope *scope, json_t *object, const char *member, keep_cb *keep)
{
	json_t *rows = json_object_get(object, member), *kept, *row;
	size_t i;

	if (rows == NULL)
		return;
	kept = json_array();
	json_array_foreach(rows, i, row)
	{
		if (keep(scope, row))
			append(&scope->maker, kept, json_incref(row));
	}
	put(&scope->maker, object, member, kept);
}

/* --- the whole again --- */

/* Quantiles do not add up, nor does a mean of readings over months that differ. */
static bool
adds_up(enum vg_kpi kpi)
{
	return kpi != VG_KPI_COUNT && vg_kpi_info[kpi].unit != VG_UNIT_MS &&
	       kpi != VG_KPI_PER_USER_T12;
}

static const char *const summed[] = {"num", "den", "left_out", "rolling_num", "rolling_den"};
#define SUMMED (sizeof(summed) / sizeof(summed[0]))

/* The sum in `sums` of that municipality (NULL = all) with the KPI and priority of `like`; made
 * from it when it is not there. */
static json_t *
sum_of(struct scope *scope, json_t *sums, const json_t *like, const char *municipality)
{
	char key[VG_STATEMENT_NUMBER_MAX * 2];
	json_t *sum;

	(void)snprintf(
		key, sizeof(key), "%.300s/%.200s/%s", municipality != NULL ? municipality : "*",
		json_object_get(like, "priority") != NULL ? vg_grid_text(like, "priority") : "*",
		vg_grid_text(like, "kpi"));
	sum = json_object_get(sums, key);
	if (sum != NULL)
		return sum;
	sum = json_copy((json_t *)like);
	for (size_t i = 0; i < SUMMED && sum != NULL; i++)
		(void)json_object_del(sum, summed[i]);
	if (municipality != NULL && sum != NULL)
		put(&scope->maker, sum, "municipality", json_string(municipality));
	else
		(void)json_object_del(sum, "municipality");
	put(&scope->maker, sums, key, sum);
	return json_object_get(sums, key);
}

static void
add(struct scope *scope, json_t *sum, const char *member, int64_t value)
{
	if (sum != NULL)
		put_int(&scope->maker, sum, member, vg_grid_int(sum, member) + value);
}

/* The verdict of a sum, as core/kpi/kpi.c gives it to a cell; a count is of one. */
static void
judge(struct scope *scope, json_t *sum)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(sum, "kpi"));
	const json_t *target = json_object_get(sum, "target_ppm");
	__extension__ __int128 num = vg_grid_int(sum, "num"), den = vg_grid_int(sum, "den");
	enum vg_kpi_verdict verdict = VG_KPI_NO_TARGET;

	if (vg_kpi_info[kpi].unit == VG_UNIT_COUNT)
		put_int(&scope->maker, sum, "den", (int64_t)(den = 1));
	if (den == 0)
		verdict = VG_KPI_NOT_APPLICABLE;
	else if (target != NULL && den < scope->agreement->min_n)
		verdict = VG_KPI_TOO_FEW;
	else if (target != NULL)
		verdict = num * 1000000 >= json_integer_value(target) * den ? VG_KPI_MET
									    : VG_KPI_MISSED;
	put(&scope->maker, sum, "verdict", json_string(vg_kpi_verdict_name(verdict)));
	if (verdict != VG_KPI_TOO_FEW) {
		(void)json_object_del(sum, "rolling_num");
		(void)json_object_del(sum, "rolling_den");
	}
}

/* Judges the sums, and puts them after the cells that are there. */
static void
put_sums(struct scope *scope, json_t *cells, json_t *sums)
{
	const char *key;
	json_t *sum;

	json_object_foreach(sums, key, sum)
	{
		judge(scope, sum);
		append(&scope->maker, cells, json_incref(sum));
	}
	json_decref(sums);
}

static bool
is_split(const json_t *cell)
{
	return json_object_get(cell, "service") != NULL || json_object_get(cell, "line") != NULL;
}

/* Of one municipality its own cells stand for the whole, quantiles too. */
static void
put_whole_of_one(struct scope *scope, json_t *cells)
{
	size_t count = json_array_size(cells);

	for (size_t i = 0; i < count; i++) {
		json_t *whole;

		if (is_split(json_array_get(cells, i)))
			continue;
		whole = json_copy(json_array_get(cells, i));
		(void)json_object_del(whole, "municipality");
		append(&scope->maker, cells, whole);
	}
}

static void
put_whole_of_many(struct scope *scope, json_t *cells)
{
	json_t *sums = json_object(), *sum;
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		if (is_split(cell) || !adds_up(vg_grid_kpi(vg_grid_text(cell, "kpi"))))
			continue;
		sum = sum_of(scope, sums, cell, NULL);
		for (size_t m = 0; m < SUMMED; m++)
			add(scope, sum, summed[m], vg_grid_int(cell, summed[m]));
	}
	put_sums(scope, cells, sums);
}

/* The whole region's cell of each KPI that has data: its parts have its target and its rule. */
static void
find_whole(const json_t *cells, const json_t *whole[VG_KPI_COUNT])
{
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(cell, "kpi"));

		if (adds_up(kpi) && !is_split(cell) && vg_grid_int(cell, "den") > 0 &&
		    json_object_get(cell, "municipality") == NULL &&
		    json_object_get(cell, "priority") == NULL)
			whole[kpi] = cell;
	}
}

static void
add_ticket(struct scope *scope, json_t *sums, const json_t *ticket,
	   const json_t *whole[VG_KPI_COUNT])
{
	const json_t *evidence = json_object_get(ticket, "evidence");
	const char *code = vg_grid_text(json_object_get(ticket, "stated"), "municipality");

	for (int kpi = 0; kpi < VG_KPI_COUNT; kpi++) {
		const json_t *pair = json_object_get(evidence, vg_kpi_info[kpi].name);

		for (int all = 0; all < 2 && pair != NULL && whole[kpi] != NULL; all++) {
			json_t *sum = sum_of(scope, sums, whole[kpi], all ? NULL : code);

			add(scope, sum, "num", json_integer_value(json_array_get(pair, 0)));
			add(scope, sum, "den", json_integer_value(json_array_get(pair, 1)));
			add(scope, sum, "left_out", 0);
		}
	}
}

/* An administration's cells are what its tickets put into the region's. */
static void
put_cells_of_tickets(struct scope *scope, json_t *model)
{
	const json_t *whole[VG_KPI_COUNT] = {NULL}, *ticket;
	json_t *sums = json_object(), *cells = json_array();
	size_t i;

	find_whole(json_object_get(model, "cells"), whole);
	json_array_foreach(json_object_get(model, "tickets"), i, ticket)
		add_ticket(scope, sums, ticket, whole);
	put_sums(scope, cells, sums);
	put(&scope->maker, model, "cells", cells);
}

/* --- the parts of a model --- */

/* The total of the municipalities that are left; a year's cost is the region's alone. */
static void
narrow_fee(struct scope *scope, json_t *fee)
{
	json_t *total = json_object();
	const json_t *row;
	size_t i;

	if (scope->wish->kind == VG_REPORT_MUNICIPALITY)
		vg_report_put_peers(&scope->maker, fee, scope->agreement, scope->wish->code);
	filter(scope, fee, "municipalities", keep_code);
	json_array_foreach(json_object_get(fee, "municipalities"), i, row)
	{
		if (strcmp(vg_grid_text(row, "state"), "trial") != 0)
			vg_statement_add(&scope->maker, total, json_object_get(row, "sums"));
	}
	put(&scope->maker, fee, "total", total);
	(void)json_object_del(fee, "year");
	(void)json_object_del(fee, "unattributed");
}

static void
narrow_to_tickets(struct scope *scope, json_t *model)
{
	static const char *const others[] = {"availability", "outages",	 "outage_records",
					     "windows",	     "comments", "corrections",
					     "fee"};

	put_cells_of_tickets(scope, model);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		(void)json_object_del(model, others[i]);
}

static void
narrow_to_places(struct scope *scope, json_t *model)
{
	static const struct {
		const char *member;
		keep_cb *keep;
	} parts[] = {{"cells", keep_own},	{"availability", keep_own},
		     {"outages", keep_own},	{"outage_records", keep_any},
		     {"windows", keep_any},	{"comments", keep_own},
		     {"corrections", keep_own}, {"municipalities", keep_code}};
	json_t *fee = json_object_get(model, "fee");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		filter(scope, model, parts[i].member, parts[i].keep);
	if (scope->wish->kind == VG_REPORT_MUNICIPALITY)
		put_whole_of_one(scope, json_object_get(model, "cells"));
	else
		put_whole_of_many(scope, json_object_get(model, "cells"));
	if (fee != NULL)
		narrow_fee(scope, fee);
}

/* The name that people know it by; NULL = the agreement has no such thing. */
static const char *
name_of(const struct scope *scope)
{
	const struct vg_municipality *municipality;

	if (scope->wish->kind == VG_REPORT_ADMINISTRATION)
		return scope->wish->code;
	if (scope->wish->kind == VG_REPORT_MUNICIPALITY) {
		municipality = vg_agreement_municipality(scope->agreement, scope->wish->code);
		return municipality != NULL ? municipality->name : NULL;
	}
	for (size_t i = 0; i < scope->agreement->municipalities; i++)
		if (strcmp(scope->agreement->municipality[i].federation, scope->wish->code) == 0)
			return scope->wish->code;
	return NULL;
}

bool
vg_report_narrow(json_t *model, const struct vg_core *core, int month,
		 const struct vg_report_wish *wish, struct vg_err *err)
{
	struct scope scope = {.wish = wish,
			      .agreement = vg_report_agreement_at(
				      core, vg_report_instant_ms(core, month, INT64_MAX) - 1)};
	const char *name;

	if (wish->kind == VG_REPORT_REGION)
		return true;
	name = scope.agreement != NULL ? name_of(&scope) : NULL;
	if (name == NULL) {
		(void)vg_err_set(err, VG_ENOTFOUND, "the agreement has no %s %s", kinds[wish->kind],
				 wish->code);
		return false;
	}
	put(&scope.maker, model, "scope",
	    json_pack("{ss ss ss}", "kind", kinds[wish->kind], "code", wish->code, "name", name));
	filter(&scope, model, "tickets", keep_ticket);
	if (wish->kind == VG_REPORT_ADMINISTRATION)
		narrow_to_tickets(&scope, model);
	else
		narrow_to_places(&scope, model);
	return !scope.maker.failed || vg_err_set(err, VG_ENOMEM, "out of memory") == 0;
}

/* --- administrations --- */

static void
add_evidence(struct maker *maker, json_t *row, const json_t *ticket)
{
	static const enum vg_kpi counts[] = {VG_KPI_INFLOW, VG_KPI_OUTFLOW, VG_KPI_BACKLOG};
	static const enum vg_kpi shares[] = {VG_KPI_RESOLUTION_MET, VG_KPI_RESPONSE_MET};
	const json_t *evidence = json_object_get(ticket, "evidence");

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const char *kpi = vg_kpi_info[counts[i]].name;

		put_int(maker, row, kpi,
			vg_grid_int(row, kpi) + json_integer_value(json_array_get(
							json_object_get(evidence, kpi), 0)));
	}
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		const char *kpi = vg_kpi_info[shares[i]].name;
		const json_t *had = json_object_get(row, kpi),
			     *more = json_object_get(evidence, kpi);

		put(maker, row, kpi,
		    json_pack("[I,I]",
			      json_integer_value(json_array_get(had, 0)) +
				      json_integer_value(json_array_get(more, 0)),
			      json_integer_value(json_array_get(had, 1)) +
				      json_integer_value(json_array_get(more, 1))));
	}
}

static int
by_key(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

/* The rows by municipality and administration. */
static json_t *
sorted_rows(struct maker *maker, json_t *rows)
{
	const char **key = calloc(json_object_size(rows) + 1, sizeof(*key)), *name;
	json_t *array = json_array(), *row;
	size_t count = 0;

	if (key == NULL)
		maker->failed = true;
	json_object_foreach(rows, name, row)
	{
		if (key != NULL)
			key[count++] = name;
	}
	if (count > 0)
		qsort(key, count, sizeof(*key), by_key);
	for (size_t i = 0; i < count; i++)
		append(maker, array, json_incref(json_object_get(rows, key[i])));
	free(key);
	return array;
}

bool
vg_report_put_administrations(json_t *model, struct vg_err *err)
{
	struct maker maker = {false};
	json_t *rows = json_object();
	const json_t *ticket;
	size_t i;

	json_array_foreach(json_object_get(model, "tickets"), i, ticket)
	{
		const json_t *stated = json_object_get(ticket, "stated");
		const char *name = vg_grid_text(stated, "administration"),
			   *code = vg_grid_text(stated, "municipality");
		char key[VG_STATEMENT_NUMBER_MAX * 2];

		if (*name == '\0')
			continue;
		(void)snprintf(key, sizeof(key), "%.300s/%.300s", code, name);
		if (json_object_get(rows, key) == NULL)
			put(&maker, rows, key,
			    json_pack("{ss ss}", "municipality", code, "administration", name));
		add_evidence(&maker, json_object_get(rows, key), ticket);
	}
	put(&maker, model, "administrations", sorted_rows(&maker, rows));
	json_decref(rows);
	return !maker.failed || vg_err_set(err, VG_ENOMEM, "out of memory") == 0;
}
