/* The report's model: the fee beside the figures, parts of the region that agree with the whole,
 * and what is told of earlier months. */
#include "lib/report/report.h"

#include "lib/civil/civil.h"
#include "tests/unit/statement_support.h"

static json_t *
report_of(const struct world *world, int month, const struct vg_report_wish *wish)
{
	struct vg_err err = {0};
	json_t *model = vg_report_model_of(world->core, month, vg_core_received_ms(world->core),
					   HEAD, wish, &err);

	if (model == NULL)
		fail_msg("%s", err.text);
	return model;
}

static char *
page_of(const json_t *model, enum vg_language language)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(vg_report_html_in(model, language, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static json_t *
region_of(const struct world *world, int month)
{
	static const struct vg_report_wish region = {VG_REPORT_REGION, "", NULL};

	return report_of(world, month, &region);
}

/* The cell without service and line; NULL = there is none. */
static const json_t *
cell_of(const json_t *model, const char *kpi, const char *municipality, const char *priority)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(model, "cells"), i, cell)
	{
		if (strcmp(text_of(cell, "kpi"), kpi) == 0 &&
		    json_object_get(cell, "service") == NULL &&
		    json_object_get(cell, "line") == NULL &&
		    (json_object_get(cell, "municipality") == NULL) == (municipality == NULL) &&
		    (json_object_get(cell, "priority") == NULL) == (priority == NULL) &&
		    (municipality == NULL ||
		     strcmp(text_of(cell, "municipality"), municipality) == 0) &&
		    (priority == NULL || strcmp(text_of(cell, "priority"), priority) == 0))
			return cell;
	}
	return NULL;
}

static void
assert_same_figure(const json_t *left, const json_t *right)
{
	static const char *const members[] = {"num",	 "den",		"target_ppm",
					      "verdict", "rolling_num", "rolling_den"};

	assert_non_null(left);
	assert_non_null(right);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *a = json_object_get(left, members[i]),
			     *b = json_object_get(right, members[i]);

		if (a != b && !json_equal(a, b))
			fail_msg("%s of %s", members[i], text_of(left, "kpi"));
	}
}

static void
the_fee_is_the_sum_of_statements(void **state)
{
	struct world world = february();
	json_t *model = region_of(&world, MONTH(2026, 2)),
	       *all = vg_statement_models(world.core, MONTH(2026, 2), "", HEAD, NULL);
	const json_t *fee = json_object_get(model, "fee"), *year = json_object_get(fee, "year");

	(void)state;
	assert_true(json_equal(json_object_get(fee, "total"), json_object_get(all, "total")));
	assert_int_equal(json_array_size(json_object_get(fee, "municipalities")), 2);
	assert_int_equal(int_of(year, "support_ore"), 75000);
	assert_int_equal(int_of(year, "reference_ore"), INT64_C(3000000000));
	assert_int_equal(json_array_size(json_object_get(model, "comments")), 1);
	assert_null(json_object_get(model, "corrections"));
	json_decref(model);
	json_decref(all);
	vg_core_free(world.core);
}

static void
a_municipality_has_its_own_figures(void **state)
{
	const struct vg_report_wish wish = {VG_REPORT_MUNICIPALITY, "1489", NULL};
	struct world world = february();
	json_t *all = region_of(&world, MONTH(2026, 2)), *own;
	const json_t *fee;

	(void)state;
	fee_ticket(&world, "X1", "1480", "2026-03-02 10:00", "");
	own = report_of(&world, MONTH(2026, 2), &wish);
	assert_string_equal(text_of(json_object_get(own, "scope"), "name"), "Alingsås");
	for (int i = 0; i < VG_KPI_COUNT; i++)
		assert_same_figure(cell_of(own, vg_kpi_info[i].name, NULL, NULL),
				   cell_of(all, vg_kpi_info[i].name, "1489", NULL));
	assert_null(cell_of(own, "inflow", "1480", NULL));
	fee = json_object_get(own, "fee");
	assert_int_equal(json_array_size(json_object_get(fee, "municipalities")), 1);
	assert_int_equal(int_of(json_object_get(fee, "total"), "support_ore"), 25000);
	assert_null(json_object_get(fee, "year"));
	json_decref(all);
	json_decref(own);
	vg_core_free(world.core);
}

/* A federation of all municipalities comes to what the region does, as far as figures add up. */
static void
a_federation_of_all_is_the_region(void **state)
{
	static const char *const sums[] = {"inflow", "resolution_met", "backlog", "resolution_mean",
					   "escalation_share"};
	const struct vg_report_wish wish = {VG_REPORT_FEDERATION, "VF", NULL};
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	json_t *all, *part;

	(void)state;
	for (size_t i = 0; i < agreement->municipalities; i++) {
		free(agreement->municipality[i].federation);
		agreement->municipality[i].federation = support_copy("VF");
	}
	world = fee_world_of(agreement);
	fee_tickets(&world, "A", 12, "1480", "2026-01-12");
	fee_tickets(&world, "B", 5, "1489", "2026-01-13");
	fee_report(&world, "C", "2026-02-02 10:00", "status=new line=1 priority=P3");
	all = region_of(&world, MONTH(2026, 1));
	part = report_of(&world, MONTH(2026, 1), &wish);
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		assert_same_figure(cell_of(part, sums[i], NULL, NULL),
				   cell_of(all, sums[i], NULL, NULL));
		assert_same_figure(cell_of(part, sums[i], NULL, "P3"),
				   cell_of(all, sums[i], NULL, "P3"));
	}
	assert_null(cell_of(part, "resolution_p50", NULL, NULL));
	json_decref(all);
	json_decref(part);
	vg_core_free(world.core);
}

static void
an_administration_is_its_tickets(void **state)
{
	const struct vg_report_wish wish = {VG_REPORT_ADMINISTRATION, "Skola", NULL};
	struct world world = fee_world(2026);
	json_t *model;
	const json_t *row;

	(void)state;
	fee_ticket(&world, "A", "1480", "2026-01-12 10:00", "administration=Skola");
	fee_ticket(&world, "B", "1489", "2026-01-12 10:00", "administration=Skola");
	fee_ticket(&world, "C", "1489", "2026-01-13 10:00", "administration=Vård");
	fee_ticket(&world, "D", "1489", "2026-02-13 10:00", "");
	model = region_of(&world, MONTH(2026, 1));
	assert_int_equal(json_array_size(json_object_get(model, "administrations")), 3);
	row = json_array_get(json_object_get(model, "administrations"), 2);
	assert_string_equal(text_of(row, "administration"), "Vård");
	assert_int_equal(int_of(row, "inflow"), 1);
	json_decref(model);
	model = report_of(&world, MONTH(2026, 1), &wish);
	assert_int_equal(int_of(cell_of(model, "inflow", NULL, NULL), "num"), 2);
	assert_int_equal(int_of(cell_of(model, "inflow", "1489", NULL), "num"), 1);
	assert_int_equal(int_of(cell_of(model, "resolution_met", NULL, NULL), "den"), 2);
	assert_string_equal(text_of(cell_of(model, "resolution_met", NULL, NULL), "verdict"),
			    "too_few");
	assert_null(json_object_get(model, "availability"));
	assert_int_equal(json_array_size(json_object_get(model, "tickets")), 2);
	json_decref(model);
	vg_core_free(world.core);
}

static void
who_is_not_agreed_is_refused(void **state)
{
	static const struct vg_report_wish wishes[] = {{VG_REPORT_FEDERATION, "XX", NULL},
						       {VG_REPORT_MUNICIPALITY, "9999", NULL}};
	struct world world = january();

	(void)state;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct vg_err err = {0};

		assert_null(vg_report_model_of(world.core, MONTH(2026, 1), INT64_MAX, HEAD,
					       &wishes[i], &err));
		assert_int_equal(err.code, VG_ENOTFOUND);
		assert_non_null(strstr(err.text, wishes[i].code));
	}
	vg_core_free(world.core);
}

static void
a_scope_is_read(void **state)
{
	static const struct {
		const char *text, *code;
		enum vg_report_kind kind;
	} scopes[] = {{"", "", VG_REPORT_REGION},
		      {"region", "", VG_REPORT_REGION},
		      {"federation:GR", "GR", VG_REPORT_FEDERATION},
		      {"municipality:1489", "1489", VG_REPORT_MUNICIPALITY},
		      {"administration:Vård: hem", "Vård: hem", VG_REPORT_ADMINISTRATION}};
	static const char *const others[] = {"kommun:1489", "federation", "federation:", "1489"};
	struct vg_report_wish wish;

	(void)state;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		assert_true(vg_report_wish_read(scopes[i].text, &wish));
		assert_int_equal(wish.kind, scopes[i].kind);
		assert_string_equal(wish.code, scopes[i].code);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(vg_report_wish_read(others[i], &wish));
}

/* --- peers --- */

/* The first municipalities of one size, and of one federation. */
static struct world
grouped_world(size_t sized, size_t federated)
{
	struct vg_agreement *agreement = fee_agreement(2026);

	for (size_t i = 0; i < agreement->municipalities; i++) {
		struct vg_municipality *one = &agreement->municipality[i];

		free(one->size);
		free(one->federation);
		one->size = support_copy(i < sized ? "medium" : "small");
		one->federation = support_copy(i < federated ? "VF" : "");
	}
	agreement->fee.peer_group = 2;
	return fee_world_of(agreement);
}

static json_t *
peers_of(struct world *world, json_t **model)
{
	const struct vg_report_wish wish = {VG_REPORT_MUNICIPALITY, "1489", NULL};

	fee_users(world, "1480", "2026-01-01", 300);
	fee_users(world, "1489", "2026-01-01", 100);
	fee_tickets(world, "A", 12, "1480", "2026-01-12");
	fee_tickets(world, "B", 5, "1489", "2026-01-13");
	*model = report_of(world, MONTH(2026, 1), &wish);
	return json_object_get(json_object_get(*model, "fee"), "peers");
}

static void
a_municipality_is_compared_with_its_groups(void **state)
{
	struct world world = grouped_world(2, 0);
	json_t *model, *peers = peers_of(&world, &model);
	const json_t *own = json_array_get(peers, 0), *size = json_array_get(peers, 1);
	char *html;

	(void)state;
	assert_int_equal(json_array_size(peers), 2); /* a federation of none is no group */
	assert_string_equal(text_of(own, "kind"), "own");
	assert_int_equal(json_integer_value(json_array_get(json_object_get(own, "tickets"), 0)), 5);
	assert_string_equal(text_of(size, "name"), "medium");
	assert_int_equal(int_of(size, "users"), 400);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(size, "tickets"), 0)),
			 17);
	html = page_of(model, VG_SWEDISH);
	assert_non_null(strstr(html, "Medelstora kommuner</th><td class=n>2</td>"));
	assert_null(strstr(html, "1480"));
	free(html);
	json_decref(model);
	vg_core_free(world.core);
}

static void
a_group_that_is_too_small_is_not_told(void **state)
{
	struct world world = grouped_world(1, 1);
	json_t *model;

	(void)state;
	assert_null(peers_of(&world, &model));
	json_decref(model);
	vg_core_free(world.core);
}

/* --- corrections --- */

struct bytes {
	char *at;
	size_t length;
};

static int
keep_bytes(const void *bytes, size_t length, void *arg)
{
	struct bytes *kept = arg;

	kept->at = realloc(kept->at, kept->length + length);
	assert_non_null(kept->at);
	memcpy(kept->at + kept->length, bytes, length);
	kept->length += length;
	return 0;
}

static struct vg_core *
copy_of(const struct vg_core *core)
{
	struct bytes kept = {NULL, 0};
	struct vg_core *copy;

	assert_int_equal(vg_core_save(core, keep_bytes, &kept), 0);
	copy = vg_core_load(kept.at, kept.length);
	assert_non_null(copy);
	free(kept.at);
	return copy;
}

/* In January 12 of 12 were resolved in time; then it is heard that three of them took a month. */
static void
what_changed_is_told_as_was_and_is(void **state)
{
	struct vg_report_wish wish = {VG_REPORT_REGION, "", NULL};
	struct world world = fee_world(2026);
	struct vg_core *before;
	const json_t *rows, *row;
	json_t *model;
	char *html;

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_tickets(&world, "A", 12, "1489", "2026-01-20");
	fee_users(&world, "1489", "2026-02-01", 100);
	close_month(&world, MONTH(2026, 1));
	assert_int_equal(vg_report_before_seq(world.core, MONTH(2026, 2)), vg_core_seq(world.core));
	assert_int_equal(vg_report_before_seq(world.core, MONTH(2026, 3)), 0);
	before = copy_of(world.core);
	wish.before = before;
	model = report_of(&world, MONTH(2026, 2), &wish);
	assert_int_equal(json_array_size(json_object_get(model, "corrections")), 0);
	json_decref(model);
	fee_report(&world, "A0", "2026-01-19 08:00", "opened_ms=2026-01-02T08:00");
	fee_report(&world, "A1", "2026-01-19 08:00", "opened_ms=2026-01-02T08:00");
	fee_report(&world, "A2", "2026-01-19 08:00", "opened_ms=2026-01-02T08:00");
	model = report_of(&world, MONTH(2026, 2), &wish);
	rows = json_object_get(model, "corrections");
	assert_int_equal(json_array_size(rows), 2); /* of the municipality and of the region */
	row = json_array_get(rows, 0);
	assert_string_equal(text_of(row, "month"), "2026-01");
	assert_string_equal(text_of(row, "kpi"), "resolution_met");
	assert_string_equal(text_of(row, "municipality"), "1489");
	assert_int_equal(int_of(json_object_get(row, "was"), "num"), 12);
	assert_int_equal(int_of(json_object_get(row, "is"), "num"), 9);
	assert_int_equal(int_of(row, "difference_ppm"), -250000);
	assert_true(json_is_true(json_object_get(row, "turned")));
	assert_null(json_object_get(json_array_get(rows, 1), "municipality"));
	html = page_of(model, VG_SWEDISH);
	assert_non_null(strstr(html, "andra än de var: 2. Av dem har utfallet vänt i 2."));
	free(html);
	html = page_of(model, VG_ENGLISH);
	assert_non_null(strstr(html, "<html lang=en>"));
	assert_non_null(strstr(html, "the verdict has turned in 2."));
	free(html);
	json_decref(model);
	vg_core_free(before);
	vg_core_free(world.core);
}

/* --- out of memory --- */

static long allocations_left;

static void *
failing_malloc(size_t size)
{
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

/* JSON's memory ends at one allocation after another: no model then, but an error. */
static void
memory_may_end_anywhere(void **state)
{
	struct world world = february();
	struct vg_core *before = copy_of(world.core);
	const struct vg_report_wish wishes[] = {{VG_REPORT_MUNICIPALITY, "1489", before},
						{VG_REPORT_ADMINISTRATION, "Skola", NULL}};

	(void)state;
	fee_report(&world, "A2", "2026-01-13 08:00", "opened_ms=2026-01-02T08:00");
	fee_ticket(&world, "S", "1489", "2026-02-20 10:00", "administration=Skola");
	json_set_alloc_funcs(failing_malloc, free);
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		json_t *model = NULL;

		for (long size = 1; model == NULL; size += 1 + size / 40) {
			struct vg_err err = {0};

			allocations_left = size;
			model = vg_report_model_of(world.core, MONTH(2026, 2), INT64_MAX, HEAD,
						   &wishes[i], &err);
			assert_int_equal(err.code, model != NULL ? 0 : VG_ENOMEM);
		}
		json_decref(model);
	}
	json_set_alloc_funcs(malloc, free);
	vg_core_free(before);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fee_is_the_sum_of_statements),
		cmocka_unit_test(a_municipality_has_its_own_figures),
		cmocka_unit_test(a_federation_of_all_is_the_region),
		cmocka_unit_test(an_administration_is_its_tickets),
		cmocka_unit_test(who_is_not_agreed_is_refused),
		cmocka_unit_test(a_scope_is_read),
		cmocka_unit_test(a_municipality_is_compared_with_its_groups),
		cmocka_unit_test(a_group_that_is_too_small_is_not_told),
		cmocka_unit_test(what_changed_is_told_as_was_and_is),
		cmocka_unit_test(memory_may_end_anywhere),
	};
	struct vg_err err = {0};

	if (vg_civil_set_zone("Europe/Stockholm", &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
