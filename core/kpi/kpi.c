/* kpi/kpi.c - the cells of one month.
 *
 * Every ticket is judged once and gives one record; each split sorts the records by its key and
 * adds them up. The hard thing is the twelve-month figures beside a month with too few tickets: the
 * records of the eleven months before are made in the same way, but only the sums that those
 * figures need are kept, and remembered until the month is marked: each month is looked back at
 * eleven times. */
#include "core/kpi/private.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(VG_KPI_COUNT <= 32, "a record keeps one bit per KPI");

const struct vg_kpi_info vg_kpi_info[VG_KPI_COUNT] = {
#define X(constant, name, unit, rule, label) {name, rule, label, VG_UNIT_##unit},
	VG_KPIS(X)
#undef X
};

const unsigned vg_kpi_stored_splits[5] = {
	VG_BY_MUNICIPALITY | VG_BY_SERVICE | VG_BY_PRIORITY | VG_BY_LINE,
	VG_BY_MUNICIPALITY | VG_BY_PRIORITY,
	VG_BY_MUNICIPALITY,
	VG_BY_PRIORITY,
	0,
};

const char *
vg_kpi_verdict_name(enum vg_kpi_verdict verdict)
{
	static const char *const names[] = {"no_target", "met", "missed", "too_few",
					    "not_applicable"};

	VG_ASSERT((size_t)verdict < sizeof(names) / sizeof(names[0]));
	return names[verdict];
}

struct past {
	struct vg_kpi_past sum;
	struct vg_kpi_key sorted; /* projected to the split that is being made */
};

struct run {
	const struct vg_core *core;
	const struct vg_kpi_key *filter;
	struct vg_kpi_span span;
	struct vg_kpi_record *record; /* of this month */
	size_t n, size;
	struct past *before; /* of the eleven months before it */
	size_t before_n, before_size;
	int64_t *value; /* room for one number per record */
	vg_kpi_cell_cb *on_cell;
	vg_kpi_evidence_cb *on_evidence;
	void *arg;
};

/* Collecting. */

static bool
passes(const struct vg_kpi_key *filter, const struct vg_kpi_key *key)
{
	if (filter == NULL)
		return true;
	return (filter->municipality == NULL ||
		strcmp(filter->municipality, key->municipality) == 0) &&
	       (filter->service == NULL || strcmp(filter->service, key->service) == 0) &&
	       (filter->priority == NULL || strcmp(filter->priority, key->priority) == 0) &&
	       (filter->line == 0 || filter->line == key->line);
}

static int
add_record(struct run *run, const struct vg_kpi_record *record)
{
	if (vg_core_reserve((void **)&run->record, &run->size, run->n + 1, sizeof(*record)) != 0)
		return VG_CORE_ENOMEM;
	run->record[run->n++] = *record;
	return 0;
}

static int
add_past(struct run *run, const struct vg_kpi_past *past)
{
	if (vg_core_reserve((void **)&run->before, &run->before_size, run->before_n + 1,
			    sizeof(*run->before)) != 0)
		return VG_CORE_ENOMEM;
	run->before[run->before_n++].sum = *past;
	return 0;
}

static int
collect(struct run *run)
{
	const struct vg_core *core = run->core;
	int month = run->span.month, rc = 0;

	for (size_t i = vg_core_ticket_near(core, 0, month); i < core->tickets && rc == 0;
	     i = vg_core_ticket_near(core, i + 1, month)) {
		const struct vg_ticket *ticket = core->ticket[i];
		struct vg_kpi_record record;

		if (vg_kpi_touches(ticket, &run->span) &&
		    vg_kpi_record_make(core, ticket, &run->span, &record) &&
		    passes(run->filter, &record.key))
			rc = add_record(run, &record);
	}
	return rc;
}

/* A month that no ticket ever touched was never marked. One that is not over as of the evaluation
 * is not remembered: it changes with the clock. */
static int
collect_past(struct run *run, const struct vg_kpi_span *span)
{
	struct vg_month *month = span->month >= VG_MONTH_FIRST && span->month < VG_MONTH_END
					 ? run->core->month[span->month - VG_MONTH_FIRST]
					 : NULL;
	bool over = span->instant_ms == span->end_ms;
	int rc = 0;

	if (month == NULL)
		return 0;
	if (!over)
		vg_core_month_forget(month);
	if (!month->remembers)
		rc = vg_kpi_remember(run->core, span, month);
	for (size_t i = 0; i < month->pasts && rc == 0; i++) {
		if (passes(run->filter, &month->past[i].key))
			rc = add_past(run, &month->past[i]);
	}
	if (!over || rc != 0)
		vg_core_month_forget(month);
	return rc;
}

static int
collect_all(struct run *run)
{
	int rc = collect(run);

	for (int back = 1; back < VG_ROLLING_MONTHS && rc == 0; back++) {
		struct vg_kpi_span span;

		if (vg_kpi_span_find(run->core, run->span.month - back, run->span.instant_ms,
				     &span) == 0)
			rc = collect_past(run, &span);
	}
	if (rc == 0 && run->n > 0) {
		run->value = calloc(run->n, sizeof(*run->value));
		rc = run->value == NULL ? VG_CORE_ENOMEM : 0;
	}
	return rc;
}

static void
tell_evidence(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		const struct vg_kpi_record *record = &run->record[i];

		for (int kpi = 0; kpi < VG_KPI_COUNT; kpi++) {
			struct vg_kpi_evidence evidence = {
				(enum vg_kpi)kpi, record->ticket,
				vg_kpi_record_number(record, (enum vg_kpi)kpi), 1};

			if ((record->counts & VG_KPI_BIT(kpi)) != 0)
				run->on_evidence(&evidence, run->arg);
		}
	}
}

/* Splitting. */

static int
compare_records(const void *a, const void *b)
{
	const struct vg_kpi_record *x = a, *y = b;
	int order = vg_kpi_compare_keys(&x->sorted, &y->sorted);

	return order != 0 ? order : (x->ticket > y->ticket) - (x->ticket < y->ticket);
}

/* What is not split shows what the filter holds it to, if anything. */
static void
project(const struct vg_kpi_key *key, unsigned split, const struct vg_kpi_key *filter,
	struct vg_kpi_key *out)
{
	static const struct vg_kpi_key all = {NULL, NULL, NULL, 0};
	const struct vg_kpi_key *rest = filter != NULL ? filter : &all;

	out->municipality =
		(split & VG_BY_MUNICIPALITY) != 0 ? key->municipality : rest->municipality;
	out->service = (split & VG_BY_SERVICE) != 0 ? key->service : rest->service;
	out->priority = (split & VG_BY_PRIORITY) != 0 ? key->priority : rest->priority;
	out->line = (split & VG_BY_LINE) != 0 ? key->line : rest->line;
}

static int
compare_pasts(const void *a, const void *b)
{
	const struct past *x = a, *y = b;

	return vg_kpi_compare_keys(&x->sorted, &y->sorted);
}

static void
sort_all(struct run *run, unsigned split)
{
	for (size_t i = 0; i < run->n; i++)
		project(&run->record[i].key, split, run->filter, &run->record[i].sorted);
	for (size_t i = 0; i < run->before_n; i++)
		project(&run->before[i].sum.key, split, run->filter, &run->before[i].sorted);
	if (run->n > 1)
		qsort(run->record, run->n, sizeof(run->record[0]), compare_records);
	if (run->before_n > 1)
		qsort(run->before, run->before_n, sizeof(run->before[0]), compare_pasts);
}

/* Adding up. */

struct group {
	struct vg_kpi_key key;
	const struct vg_kpi_record *record;
	const struct past *before;
	size_t n, before_n;
	int64_t num[VG_KPI_COUNT], den[VG_KPI_COUNT], left_out[VG_KPI_COUNT];
	int64_t rolling_num[VG_KPI_COUNT], rolling_den[VG_KPI_COUNT];
};

static void
add_up(struct group *group)
{
	bool first_line_known = false;

	for (size_t i = 0; i < group->n; i++) {
		const struct vg_kpi_record *record = &group->record[i];

		first_line_known = first_line_known || record->first_line_known;
		for (int kpi = 0; kpi < VG_KPI_COUNT; kpi++) {
			group->den[kpi] += (record->counts & VG_KPI_BIT(kpi)) != 0;
			group->num[kpi] += vg_kpi_record_number(record, (enum vg_kpi)kpi);
			group->left_out[kpi] += (record->left_out & VG_KPI_BIT(kpi)) != 0;
		}
	}
	for (int kpi = 0; kpi < VG_KPI_COUNT; kpi++) {
		group->rolling_num[kpi] = group->num[kpi];
		group->rolling_den[kpi] = group->den[kpi];
	}
	for (size_t i = 0; i < group->before_n; i++) {
		for (int r = 0; r < VG_KPI_ROLLING; r++) {
			group->rolling_num[vg_kpi_rolling[r]] += group->before[i].sum.num[r];
			group->rolling_den[vg_kpi_rolling[r]] += group->before[i].sum.den[r];
		}
	}
	if (first_line_known)
		return;
	/* Without first-line data the shares of lines would be 0 or 100 % by construction. */
	group->left_out[VG_KPI_ESCALATION_SHARE] += group->den[VG_KPI_ESCALATION_SHARE];
	group->left_out[VG_KPI_FIRST_LINE_SHARE] += group->den[VG_KPI_FIRST_LINE_SHARE];
	group->num[VG_KPI_ESCALATION_SHARE] = group->den[VG_KPI_ESCALATION_SHARE] = 0;
	group->num[VG_KPI_FIRST_LINE_SHARE] = group->den[VG_KPI_FIRST_LINE_SHARE] = 0;
}

static int
compare_values(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank: value number ceil(percent * n / 100). */
static void
set_percentile(const struct run *run, struct group *group, enum vg_kpi kpi, int percent)
{
	size_t n = 0;

	for (size_t i = 0; i < group->n; i++) {
		if ((group->record[i].counts & VG_KPI_BIT(kpi)) != 0)
			run->value[n++] = vg_kpi_record_number(&group->record[i], kpi);
	}
	group->num[kpi] = 0;
	if (n == 0)
		return;
	qsort(run->value, n, sizeof(run->value[0]), compare_values);
	group->num[kpi] = run->value[((size_t)percent * n + 99) / 100 - 1];
}

/* Users of the cell's municipality, or of all that have a reading, on the first of a month. */
static int64_t
users_in(const struct run *run, const char *municipality, int month)
{
	const struct vg_agreement *rules = run->span.rules;
	const struct vg_users_reading *reading;
	struct vg_kpi_span span;
	int64_t day, users = 0;

	if (vg_kpi_span_find(run->core, month, run->span.instant_ms, &span) != 0 ||
	    (day = vg_agreement_day_of(span.rules, span.start_ms)) == INT64_MIN)
		return 0;
	if (municipality != NULL) {
		reading = vg_core_users_at(run->core, municipality, day);
		return reading != NULL ? reading->users : 0;
	}
	for (size_t i = 0; i < rules->municipalities; i++) {
		reading = vg_core_users_at(run->core, rules->municipality[i].code, day);
		users += reading != NULL ? reading->users : 0;
	}
	return users;
}

static int
days_of_month(int month)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = month / 12;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return lengths[month % 12] + (leap && month % 12 == 1);
}

/* Month annualised: n * (days in year / days in month) / users. Twelve months: n / mean of the
 * readings there are. */
static void
set_per_user(const struct run *run, struct group *group)
{
	int month = run->span.month;
	int64_t year_days = days_of_month(month / 12 * 12 + 1) == 29 ? 366 : 365;
	int64_t users = users_in(run, group->key.municipality, month);
	int64_t sum = 0, readings = 0;

	group->num[VG_KPI_PER_USER_YEAR] = group->num[VG_KPI_SECOND_LINE] * year_days;
	group->den[VG_KPI_PER_USER_YEAR] = days_of_month(month) * users;
	for (int back = 0; back < VG_ROLLING_MONTHS; back++) {
		users = users_in(run, group->key.municipality, month - back);
		sum += users;
		readings += users > 0;
	}
	group->num[VG_KPI_PER_USER_T12] = group->rolling_num[VG_KPI_SECOND_LINE] * readings;
	group->den[VG_KPI_PER_USER_T12] = sum;
}

/* The target share when all tickets that count have the same; -1 otherwise. */
static int64_t
target_of(const struct group *group, enum vg_kpi kpi)
{
	int64_t target_ppm = -1;

	if (kpi != VG_KPI_RESOLUTION_MET && kpi != VG_KPI_RESPONSE_MET)
		return -1;
	for (size_t i = 0; i < group->n; i++) {
		if ((group->record[i].counts & VG_KPI_BIT(kpi)) == 0)
			continue;
		if (target_ppm != -1 && group->record[i].share_ppm != target_ppm)
			return -1;
		target_ppm = group->record[i].share_ppm;
	}
	return target_ppm;
}

static enum vg_kpi_verdict
verdict_of(const struct vg_kpi_cell *cell, int64_t min_n)
{
	if (cell->den == 0)
		return VG_KPI_NOT_APPLICABLE;
	if (cell->target_ppm < 0)
		return VG_KPI_NO_TARGET;
	if (cell->den < min_n)
		return VG_KPI_TOO_FEW;
	return cell->num * 1000000 >= cell->target_ppm * cell->den ? VG_KPI_MET : VG_KPI_MISSED;
}

static void
tell_cells(const struct run *run, struct group *group)
{
	add_up(group);
	set_percentile(run, group, VG_KPI_BACKLOG_AGE_P50, 50);
	set_percentile(run, group, VG_KPI_BACKLOG_AGE_P90, 90);
	set_percentile(run, group, VG_KPI_RESOLUTION_P50, 50);
	set_percentile(run, group, VG_KPI_RESOLUTION_P90, 90);
	set_per_user(run, group);
	for (int i = 0; i < VG_KPI_COUNT; i++) {
		enum vg_kpi kpi = (enum vg_kpi)i;
		struct vg_kpi_cell cell = {.key = group->key,
					   .kpi = kpi,
					   .num = group->num[i],
					   .den = group->den[i],
					   .left_out = group->left_out[i],
					   .target_ppm = target_of(group, kpi)};

		if (vg_kpi_info[i].unit == VG_UNIT_COUNT)
			cell.den = 1;
		cell.verdict = verdict_of(&cell, run->span.rules->min_n);
		if (cell.verdict == VG_KPI_TOO_FEW) {
			cell.rolling_num = group->rolling_num[i];
			cell.rolling_den = group->rolling_den[i];
		}
		run->on_cell(&cell, run->arg);
	}
}

/* Both lists are sorted by the same key, so the months before are followed alongside. */
static void
make_split(struct run *run, unsigned split)
{
	static const struct vg_kpi_key all = {NULL, NULL, NULL, 0};
	size_t i = 0, before = 0;

	sort_all(run, split);
	do {
		struct group group = {.n = 0};

		if (run->n > 0) {
			group.record = &run->record[i];
			group.key = group.record->sorted;
		} else if (split == 0) {
			project(&all, 0, run->filter, &group.key);
		} else {
			return;
		}
		for (; i < run->n && vg_kpi_compare_keys(&run->record[i].sorted, &group.key) == 0;
		     i++)
			group.n++;
		while (before < run->before_n &&
		       vg_kpi_compare_keys(&run->before[before].sorted, &group.key) < 0)
			before++;
		if (before < run->before_n)
			group.before = &run->before[before];
		for (; before < run->before_n &&
		       vg_kpi_compare_keys(&run->before[before].sorted, &group.key) == 0;
		     before++)
			group.before_n++;
		tell_cells(run, &group);
	} while (i < run->n);
}

int
vg_kpi_month(const struct vg_core *core, int month, int64_t eval_ms,
	     const struct vg_kpi_key *filter, const unsigned *splits, size_t split_count,
	     vg_kpi_cell_cb *on_cell, vg_kpi_evidence_cb *on_evidence, void *arg)
{
	struct run run = {.core = core,
			  .filter = filter,
			  .on_cell = on_cell,
			  .on_evidence = on_evidence,
			  .arg = arg};
	int rc = vg_kpi_span_find(core, month, eval_ms, &run.span);

	if (rc != 0)
		return rc;
	rc = collect_all(&run);
	if (rc == 0 && on_evidence != NULL)
		tell_evidence(&run);
	for (size_t i = 0; i < split_count && rc == 0 && on_cell != NULL; i++)
		make_split(&run, splits[i]);
	free(run.record);
	free(run.before);
	free(run.value);
	return rc;
}
