/* core_month.c - which months' cells may have changed, those of KPIs and those of availability.
 *
 * A month is an object like others: it is marked when something in it may have changed, and its
 * cells are computed by whoever needs them. The hard thing is reach: a ticket counts in every month
 * from its creation to its resolution, and twelve-month figures carry it eleven months further; an
 * outage is counted in the month of its start and restored in that of its end. */
#include "core/core_private.h"

#include <stdlib.h>

/* What changes may settle a short run before it, or join an outage before it to itself. */
#define REACH_MS (INT64_C(24) * 3600 * 1000)

/* An instant before or after all that was expanded counts with the first or last month of the
 * newest version. */
int
vg_core_month_of(const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	int month;

	for (size_t i = core->versions; i-- > 0;) {
		month = vg_agreement_month_of(core->version[i]->agreement, at_ms);
		if (month >= VG_MONTH_FIRST && month < VG_MONTH_END)
			return month;
	}
	if (latest == NULL || latest->months == 0)
		return VG_MONTH_NONE;
	month = latest->first_month;
	if (at_ms >= latest->month_start_ms[0])
		month += (int)latest->months - 1;
	return month >= VG_MONTH_FIRST && month < VG_MONTH_END ? month : VG_MONTH_NONE;
}

static int
put(struct vg_month **slot, enum vg_object_type type, int month, struct vg_month **out)
{
	if (*slot == NULL) {
		*slot = calloc(1, sizeof(**slot));
		if (*slot == NULL)
			return VG_CORE_ENOMEM;
		(*slot)->link.type = type;
		(*slot)->month = month;
	}
	*out = *slot;
	return 0;
}

int
vg_core_month_put(struct vg_core *core, int month, struct vg_month **out)
{
	return put(&core->month[month - VG_MONTH_FIRST], VG_OBJECT_MONTH, month, out);
}

int
vg_core_availability_put(struct vg_core *core, int month, struct vg_month **out)
{
	return put(&core->availability[month - VG_MONTH_FIRST], VG_OBJECT_AVAILABILITY, month, out);
}

void
vg_core_month_forget(struct vg_month *month)
{
	free(month->past);
	month->past = NULL;
	month->pasts = month->pasts_size = 0;
	month->remembers = false;
}

int
vg_core_mark_months(struct vg_core *core, int from, int to)
{
	int last = to + VG_ROLLING_MONTHS - 1;

	if (from == VG_MONTH_NONE || to == VG_MONTH_NONE)
		return 0;
	if (last > core->current_month)
		last = core->current_month > to ? core->current_month : to;
	for (int month = from; month <= last; month++) {
		struct vg_month *object;
		int rc = vg_core_month_put(core, month, &object);

		if (rc != 0)
			return rc;
		vg_core_mark(core, &object->link, &object->changed_seq);
		if (object->remembers)
			vg_core_month_forget(object);
	}
	return 0;
}

static int
mark_availability_months(struct vg_core *core, int from, int to)
{
	for (int month = from; month <= to; month++) {
		struct vg_month *object;
		int rc = vg_core_availability_put(core, month, &object);

		if (rc != 0)
			return rc;
		vg_core_mark(core, &object->link, &object->changed_seq);
	}
	return 0;
}

/* The month that ends is computed once more, to its last second, although nothing came to it. */
int
vg_core_turn_month(struct vg_core *core)
{
	int month = vg_core_month_of(core, core->received_ms);
	int before = core->current_month;
	int rc;

	if (month == before)
		return 0;
	core->current_month = month;
	if (before == VG_MONTH_NONE)
		return 0;
	rc = vg_core_mark_months(core, before, month);
	if (rc != 0 || core->availability[before - VG_MONTH_FIRST] == NULL)
		return rc;
	return mark_availability_months(core, before, month);
}

int
vg_core_mark_availability(struct vg_core *core, int64_t from_ms)
{
	int from = vg_core_month_of(core, from_ms - REACH_MS);

	if (from == VG_MONTH_NONE || core->current_month == VG_MONTH_NONE)
		return 0;
	return mark_availability_months(core, from, core->current_month);
}
