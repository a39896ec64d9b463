/* avail/timeline_confirm.c - what was measured becomes what counts: slots, the short-interval rule,
 * flapping.
 *
 * The rule is one pass over a timeline without end, but only a stretch of it is ever asked for. So
 * the pass begins so far back, and ends so far on, that nothing outside can change the stretch: the
 * reach is doubled until that is certain. */
#include "core/timeline.h"

#include <stdlib.h>

#define REACH_MS (INT64_C(24) * 3600 * 1000)

static int64_t
slot_of(const struct vg_agreement *rules)
{
	return rules->slot_ms > 0 ? rules->slot_ms : 1;
}

/* Slots whose last instant lies in the piece. */
static int64_t
slots_in(const struct vg_measured *piece)
{
	int64_t slot_ms = slot_of(piece->rules);

	return vg_floor_div(piece->to_ms, slot_ms) - vg_floor_div(piece->from_ms, slot_ms);
}

static bool
is_short(const struct vg_measured *piece)
{
	return !piece->exact && slots_in(piece) < piece->rules->confirm_slots;
}

/* Pieces without a slot's end vanish: their time goes to the piece before. The newest is kept, for
 * it may still grow; the first has none before it and says nothing. */
static void
keep_slots(struct vg_measures *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct vg_measured *piece = &list->at[i];
		struct vg_measured *before = kept > 0 ? &list->at[kept - 1] : NULL;

		if (!piece->exact && i + 1 < list->n && slots_in(piece) == 0) {
			if (before != NULL)
				before->to_ms = piece->to_ms;
		} else if (before != NULL && before->state == piece->state) {
			before->to_ms = piece->to_ms;
		} else {
			list->at[kept++] = *piece;
		}
	}
	list->n = kept;
}

static size_t
measured_before(const struct vg_measures *list, size_t i)
{
	while (i-- > 0) {
		if (list->at[i].state != VG_AVAIL_NO_DATA)
			return i;
	}
	return list->n;
}

static size_t
measured_after(const struct vg_measures *list, size_t i)
{
	for (i++; i < list->n; i++) {
		if (list->at[i].state != VG_AVAIL_NO_DATA)
			return i;
	}
	return list->n;
}

/* Whether a piece begins with a change of what is measured. */
static bool
is_change(const struct vg_measures *list, size_t i)
{
	size_t before = measured_before(list, i);

	return list->at[i].state != VG_AVAIL_NO_DATA && before < list->n &&
	       list->at[before].state != list->at[i].state;
}

/* Marks the pieces whose beginning belongs to flap_changes changes within flap_window. */
static int
mark_flapping(struct vg_measures *list)
{
	size_t *change = NULL, changes = 0, size = 0;
	int rc = 0;

	for (size_t i = 0; i < list->n && rc == 0; i++) {
		const struct vg_agreement *rules = list->at[i].rules;
		size_t count = rules != NULL ? (size_t)rules->flap_changes : 0;

		if (!is_change(list, i))
			continue;
		rc = vg_core_reserve((void **)&change, &size, changes + 1, sizeof(*change));
		if (rc != 0)
			break;
		change[changes++] = i;
		if (count == 0 || changes < count ||
		    list->at[i].from_ms - list->at[change[changes - count]].from_ms >
			    rules->flap_window_ms)
			continue;
		for (size_t k = changes - count; k < changes; k++)
			list->at[change[k]].flapping = true;
	}
	free(change);
	return rc;
}

/* One pass, left to right: a short piece between two of the same state takes that state. */
static void
rewrite(struct vg_measures *list)
{
	size_t before = list->n; /* the measured piece to the left, as it counts */

	for (size_t i = 0; i < list->n; i++) {
		struct vg_measured *piece = &list->at[i];
		size_t after = measured_after(list, i);

		if (piece->state == VG_AVAIL_NO_DATA)
			continue;
		if (is_short(piece) && after == list->n) {
			piece->pending = true;
		} else if (is_short(piece) && !piece->flapping && before < list->n &&
			   list->at[before].state == list->at[after].state &&
			   list->at[before].state != piece->state) {
			piece->state = list->at[before].state;
			piece->rewritten = true;
		}
		before = i;
	}
}

static int64_t
margin_of(const struct vg_measured *piece)
{
	return piece->rules != NULL ? piece->rules->flap_window_ms + 2 * slot_of(piece->rules) : 0;
}

/* Whether everything that bears upon [from_ms, ..) from the left lies in the list: the piece there
 * begins well inside it, and there or before it stands one that no rule could rewrite. */
static bool
reaches_back(const struct vg_measures *list, int64_t from_ms)
{
	size_t i = 0;

	while (i < list->n && list->at[i].to_ms <= from_ms)
		i++;
	if (i == list->n || list->at[i].from_ms < list->at[0].from_ms + margin_of(&list->at[i]))
		return false;
	do {
		if (list->at[i].state != VG_AVAIL_NO_DATA && !is_short(&list->at[i]))
			return true;
	} while (i-- > 0);
	return false;
}

/* The same from the right: of what begins before to_ms, the last measured piece is long, or one
 * follows it for certain. */
static bool
reaches_on(const struct vg_measures *list, int64_t to_ms)
{
	const struct vg_measured *last = &list->at[list->n - 1];
	size_t i = list->n, after;

	if (last->to_ms < to_ms + margin_of(last))
		return false;
	while (i > 0 && list->at[i - 1].from_ms >= to_ms)
		i--;
	i = measured_before(list, i);
	if (i == list->n || !is_short(&list->at[i]))
		return true;
	after = measured_after(list, i);
	return after < list->n && (list->at[after].exact || slots_in(&list->at[after]) > 0);
}

/* The measured pieces of a stretch around [from_ms, to_ms) that is wide enough. */
static int
measure(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms, int64_t to_ms,
	int64_t known_ms, struct vg_measures *list)
{
	int64_t first_ms = core->probes.first_ms, back_ms = REACH_MS, on_ms = REACH_MS;

	for (;;) {
		int64_t low_ms = from_ms - back_ms, high_ms = known_ms;
		bool back, on;
		int rc;

		if (known_ms - to_ms > on_ms)
			high_ms = to_ms + on_ms;
		list->n = 0;
		if ((rc = vg_quorum(core, scope, low_ms, high_ms, list)) != 0)
			return rc;
		keep_slots(list);
		if (list->n == 0)
			return 0;
		back = low_ms <= first_ms || reaches_back(list, from_ms);
		on = high_ms == known_ms || reaches_on(list, to_ms);
		if (back && on)
			return 0;
		back_ms = back ? back_ms : 2 * back_ms;
		on_ms = on ? on_ms : 2 * on_ms;
	}
}

/* Floors and cuts; what becomes empty vanishes. */
static int
put_pieces(const struct vg_measures *list, int64_t from_ms, int64_t to_ms, struct vg_pieces *out)
{
	int64_t at_ms = from_ms;
	int rc = 0;

	for (size_t i = 0; i < list->n && rc == 0; i++) {
		const struct vg_measured *x = &list->at[i];
		int64_t end_ms = vg_floor_to_second_ms(x->to_ms);
		struct vg_avail_piece piece = {.from_ms = at_ms,
					       .to_ms = end_ms < to_ms && i + 1 < list->n ? end_ms
											  : to_ms,
					       .state = x->state,
					       .cause = VG_PARTY_UNKNOWN,
					       .root = "",
					       .rewritten = x->rewritten,
					       .flapping = x->flapping,
					       .pending = x->pending};

		if (piece.to_ms <= at_ms)
			continue;
		rc = vg_pieces_add(out, &piece);
		at_ms = piece.to_ms;
	}
	return rc;
}

int
vg_confirmed(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
	     int64_t to_ms, int64_t known_ms, struct vg_pieces *out)
{
	struct vg_measures list = {NULL, 0, 0};
	int rc = measure(core, scope, from_ms, to_ms, known_ms, &list);

	if (rc == 0)
		rc = mark_flapping(&list);
	if (rc == 0) {
		rewrite(&list);
		rc = put_pieces(&list, from_ms, to_ms, out);
	}
	free(list.at);
	return rc;
}
