/* avail/whatif.c - what a window would leave out, before anybody has planned it.
 *
 * Nothing is guessed: time is cut once without the window and once with it, by the same code that
 * cuts it for figures, and the difference is its effect. */
#include "core/avail/private.h"

#include <stdlib.h>

static int64_t
excluded_s(const struct vg_base *base)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < base->n; i++)
		if (base->part[i].agreed && base->part[i].window)
			seconds += (base->part[i].to_ms - base->part[i].from_ms) / 1000;
	return seconds;
}

static int64_t
agreed_s(const struct vg_base *base)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < base->n; i++)
		if (base->part[i].agreed)
			seconds += (base->part[i].to_ms - base->part[i].from_ms) / 1000;
	return seconds;
}

int
vg_avail_window_effect(const struct vg_core *core, const struct vg_window *window,
		       const struct vg_scope *scope, struct vg_window_effect *out)
{
	const struct vg_agreement *rules = vg_core_agreement_at(core, window->from_ms);
	const int64_t from_ms = vg_floor_to_second_ms(window->from_ms);
	const int64_t to_ms = vg_floor_to_second_ms(window->to_ms);
	struct vg_base base = {0};
	int64_t before_s;
	int rc = vg_base_make(core, scope, from_ms, to_ms, &base);

	VG_ASSERT(scope->municipality != NULL && window->approved_by[0] != '\0');
	*out = (struct vg_window_effect){.counts = vg_base_window_counts(core, window)};
	out->in_notice = rules != NULL &&
			 vg_window_notice_kept(rules, window->announced_ms, window->from_ms);
	before_s = excluded_s(&base);
	base.planned = window;
	if (rc == 0)
		rc = vg_base_make(core, scope, from_ms, to_ms, &base);
	out->agreed_s = agreed_s(&base);
	out->excluded_s = excluded_s(&base) - before_s;
	free(base.part);
	return rc;
}
