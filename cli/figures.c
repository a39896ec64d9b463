/* figures.c - what a core says of some months, and what another says otherwise.
 *
 * A window, a cause or a price reaches into availability, into tickets' verdicts and into kronor at
 * once. The hard thing is that a decision dialog must show all of it, so a plan compares everything
 * that a month is reported by, and never guesses what an event can touch. */
#include "cli/figures.h"

#include "cli/words.h"
#include "core/fee.h"
#include "lib/report/avail.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 1024
#define TICKETS_SHOWN  20 /* more are counted */

static const char *const sections[] = {"availability", "kpi", "decisions", "statements"};

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static json_t *
month_json(int month)
{
	return json_sprintf("%04d-%02d", month / 12, month % 12 + 1);
}

/* --- taking --- */

static void
take_availability(json_t *section, const struct vg_core *core, int month, int64_t eval_ms)
{
	json_t *cells = vg_avail_cells(core, month, -1, eval_ms, NULL, NULL), *cell;
	char name[NAME_MAX_BYTES];
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const json_t *channel = json_object_get(cell, "channel");

		(void)snprintf(name, sizeof(name), "%d/%s/%s%s/%s", month, text_of(cell, "service"),
			       channel != NULL ? "" : "*", text_of(cell, "channel"),
			       text_of(cell, "municipality"));
		(void)json_object_set_new(cell, "month", month_json(month));
		(void)json_object_set(section, name, cell);
	}
	json_decref(cells);
}

static void
take_kpi(json_t *section, const struct vg_core *core, int month, int64_t eval_ms)
{
	static const unsigned splits[] = {VG_BY_MUNICIPALITY, 0};
	json_t *cells = vg_report_cells(core, month, eval_ms, NULL, splits, 2, NULL), *cell;
	char name[NAME_MAX_BYTES];
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const json_t *municipality = json_object_get(cell, "municipality");

		(void)snprintf(name, sizeof(name), "%d/%s/%s%s", month, text_of(cell, "kpi"),
			       municipality != NULL ? "" : "*", text_of(cell, "municipality"));
		(void)json_object_set_new(cell, "month", month_json(month));
		(void)json_object_set(section, name, cell);
	}
	json_decref(cells);
}

static void
take_decisions(json_t *section, const struct vg_core *core)
{
	const struct vg_ticket *ticket = NULL;
	struct vg_fee_decision decision;
	char name[32];

	while ((ticket = vg_core_ticket_next(core, ticket)) != NULL) {
		vg_fee_decide(core, ticket, &decision);
		if (!decision.ended)
			continue;
		(void)snprintf(name, sizeof(name), "V-%" PRId64, decision.ticket);
		(void)json_object_set_new(
			section, name,
			json_pack("{ss so sb ss sI}", "municipality", decision.municipality,
				  "month", month_json(decision.month), "counts", decision.counts,
				  "reason", vg_fee_reason_name(decision.reason), "price_ore",
				  (json_int_t)decision.price_ore));
	}
}

static int
take_statement(const struct vg_fee_draft *draft, void *arg)
{
	const struct vg_statement *statement = &draft->statement;
	char name[NAME_MAX_BYTES];

	if ((statement->holds & 1 << VG_HOLD_CLOSED) != 0)
		return 0;
	(void)snprintf(name, sizeof(name), "%d/%s", statement->month, statement->municipality);
	(void)json_object_set_new(arg, name,
				  json_pack("{ss so sI sI sI sI sI sI}", "municipality",
					    statement->municipality, "month",
					    month_json(statement->month), "counted",
					    (json_int_t)statement->counted, "gross_ore",
					    (json_int_t)statement->gross_ore, "adjusted_ore",
					    (json_int_t)statement->adjusted_ore, "support_ore",
					    (json_int_t)statement->support_ore, "operation_ore",
					    (json_int_t)statement->operation_ore, "total_ore",
					    (json_int_t)statement->total_ore));
	return 0;
}

json_t *
vg_figures(const struct vg_core *core, const int *month, size_t months, int64_t now_ms)
{
	json_t *figures = json_object();

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		(void)json_object_set_new(figures, sections[i], json_object());
	for (size_t i = 0; i < months; i++) {
		bool begun = vg_report_start_ms(core, month[i]) < now_ms;
		int64_t eval_ms = begun ? now_ms : INT64_MAX;
		int rc = 0;

		take_availability(json_object_get(figures, "availability"), core, month[i],
				  eval_ms);
		if (!begun)
			continue;
		take_kpi(json_object_get(figures, "kpi"), core, month[i], eval_ms);
		rc = vg_fee_drafts(core, month[i], "", take_statement,
				   json_object_get(figures, "statements"));
		if (rc == VG_ENOMEM) {
			json_decref(figures);
			return NULL;
		}
	}
	take_decisions(json_object_get(figures, "decisions"), core);
	return figures;
}

/* --- comparing --- */

static json_t *
changes_of(const json_t *was, const json_t *is)
{
	json_t *changes = json_array(), *figure;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)is, name, figure)
	{
		json_t *before = json_object_get(was, name);

		if (before == NULL || !json_equal(before, figure))
			(void)json_array_append_new(changes,
						    json_pack("{ss sO* sO}", "name", name, "was",
							      before, "is", figure));
	}
	json_object_foreach((json_t *)(uintptr_t)was, name, figure)
	{
		if (json_object_get(is, name) == NULL)
			(void)json_array_append_new(
				changes, json_pack("{ss sO}", "name", name, "was", figure));
	}
	return changes;
}

json_t *
vg_figures_changes(const json_t *was, const json_t *is)
{
	json_t *changes = json_object();

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		(void)json_object_set_new(changes, sections[i],
					  changes_of(json_object_get(was, sections[i]),
						     json_object_get(is, sections[i])));
	return changes;
}

/* --- printing --- */

static const char *
name_of(const struct vg_agreement *agreement, const char *code)
{
	const struct vg_municipality *known = vg_agreement_municipality(agreement, code);

	return *code == '\0' ? "hela regionen" : known != NULL ? known->name : code;
}

static void
kpi_text(const json_t *cell, char out[VG_NUMBER_MAX])
{
	enum vg_kpi kpi = 0;

	while (kpi < VG_KPI_COUNT && strcmp(vg_kpi_info[kpi].name, text_of(cell, "kpi")) != 0)
		kpi++;
	if (kpi == VG_KPI_COUNT ||
	    *vg_figure_text(kpi, int_of(cell, "num"), int_of(cell, "den"), true, out) == '\0')
		(void)snprintf(out, VG_NUMBER_MAX, "-");
}

/* Only cells with a target: the others follow from the tickets, which are listed. */
static void
print_kpi(const json_t *changes, const struct vg_agreement *agreement)
{
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		const json_t *was = json_object_get(change, "was"),
			     *is = json_object_get(change, "is");
		char before[VG_NUMBER_MAX], after[VG_NUMBER_MAX];

		if (json_object_get(is, "target_ppm") == NULL)
			continue;
		kpi_text(was, before);
		kpi_text(is, after);
		printf("  %s  %s, %s: %s -> %s", text_of(is, "month"), text_of(is, "kpi"),
		       name_of(agreement, text_of(is, "municipality")), before, after);
		if (strcmp(text_of(was, "verdict"), text_of(is, "verdict")) != 0)
			printf(" (%s -> %s)", vg_kpi_verdict_words(text_of(was, "verdict")),
			       vg_kpi_verdict_words(text_of(is, "verdict")));
		putchar('\n');
	}
}

static void
put_decision(const json_t *decision)
{
	char money[VG_NUMBER_MAX];

	if (decision == NULL)
		printf("inget");
	else if (json_is_true(json_object_get(decision, "counts")))
		printf("räknas, %s kr", vg_kronor_text(int_of(decision, "price_ore"), money));
	else
		printf("räknas inte (%s)", vg_words_reason(text_of(decision, "reason")));
}

static void
print_decisions(const json_t *changes)
{
	const json_t *change;
	size_t i;

	if (json_array_size(changes) > 0)
		puts("Ärenden i avgiftsunderlaget:");
	json_array_foreach(changes, i, change)
	{
		const json_t *is = json_object_get(change, "is");

		if (i == TICKETS_SHOWN) {
			printf("  och %zu till (--json visar alla)\n",
			       json_array_size(changes) - i);
			break;
		}
		printf("  %s  %s, %s: ", text_of(change, "name"), text_of(is, "month"),
		       text_of(is, "municipality"));
		put_decision(json_object_get(change, "was"));
		printf(" -> ");
		put_decision(is);
		putchar('\n');
	}
}

static void
print_statements(const json_t *changes, const struct vg_agreement *agreement)
{
	const json_t *change;
	int64_t sum_ore = 0;
	char before[VG_NUMBER_MAX], after[VG_NUMBER_MAX], difference[VG_NUMBER_MAX];
	size_t i;

	if (json_array_size(changes) == 0)
		return;
	puts("Avgiftsunderlag, kronor:");
	json_array_foreach(changes, i, change)
	{
		const json_t *was = json_object_get(change, "was"),
			     *is = json_object_get(change, "is");
		int64_t ore = int_of(is, "total_ore") - int_of(was, "total_ore");

		printf("  %s  %s: %s -> %s (%s)\n", text_of(is != NULL ? is : was, "month"),
		       name_of(agreement, text_of(is != NULL ? is : was, "municipality")),
		       vg_kronor_text(int_of(was, "total_ore"), before),
		       vg_kronor_text(int_of(is, "total_ore"), after),
		       vg_kronor_text(ore, difference));
		sum_ore += ore;
	}
	printf("  sammanlagt: %s kr\n", vg_kronor_text(sum_ore, difference));
}

void
vg_figures_print(const json_t *changes, const struct vg_agreement *agreement)
{
	print_kpi(json_object_get(changes, "kpi"), agreement);
	print_decisions(json_object_get(changes, "decisions"));
	print_statements(json_object_get(changes, "statements"), agreement);
}
