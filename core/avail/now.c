/* avail/now.c - a timeline for whoever asks, and how a scope stands at an instant.
 *
 * A state that is not confirmed yet is shown as measured, with what stands until it is. */
#include "core/avail/private.h"

#include <stdlib.h>
#include <string.h>

static bool
knows(const struct vg_agreement *rules, const struct vg_scope *scope)
{
	const struct vg_service *service;
	int channel;

	if (rules == NULL || vg_agreement_municipality(rules, scope->municipality) == NULL ||
	    (service = vg_agreement_service(rules, scope->service)) == NULL)
		return false;
	if (scope->channel == NULL)
		return true;
	if (scope->channel[0] == '\0')
		return service->channels == 0;
	channel = vg_agreement_channel(rules, scope->channel);
	return channel >= 0 && (service->channels >> channel & 1) != 0;
}

/* A version that begins inside the span knows the scope too. */
static bool
is_known(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms, int64_t to_ms)
{
	for (; from_ms < to_ms; from_ms = vg_version_end_ms(core, from_ms)) {
		if (knows(vg_core_agreement_at(core, from_ms), scope))
			return true;
	}
	return false;
}

static int64_t
known_ms(const struct vg_core *core, int64_t to_ms)
{
	return core->received_ms > to_ms ? core->received_ms : to_ms;
}

int
vg_timeline(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
	    int64_t to_ms, vg_avail_piece_cb *on_piece, void *arg)
{
	struct vg_timelines timelines = {.core = core, .known_ms = known_ms(core, to_ms)};
	struct vg_pieces pieces = {NULL, 0, 0};
	int rc;

	VG_ASSERT(scope->municipality != NULL);
	from_ms = vg_floor_to_second_ms(from_ms);
	to_ms = vg_floor_to_second_ms(to_ms);
	if (!is_known(core, scope, from_ms, to_ms > from_ms ? to_ms : from_ms + 1))
		return VG_CORE_ENOTFOUND;
	rc = vg_timeline_make(&timelines, scope, from_ms, to_ms, &pieces);
	for (size_t i = 0; i < pieces.n && rc == 0; i++)
		on_piece(&pieces.piece[i], arg);
	free(pieces.piece);
	vg_timelines_fini(&timelines);
	return rc;
}

/* Where the state of piece i began; false when that lies before the pieces. */
static bool
find_since(const struct vg_pieces *pieces, size_t i, int64_t *since_ms)
{
	enum vg_avail_state state = pieces->piece[i].state;

	while (i > 0 && pieces->piece[i - 1].state == state)
		i--;
	*since_ms = pieces->piece[i].from_ms;
	return i > 0;
}

static bool
set_now(const struct vg_pieces *pieces, struct vg_avail_now *out)
{
	size_t last = pieces->n - 1;

	out->piece = pieces->piece[last];
	if (out->piece.pending && last == 0)
		return false;
	if (out->piece.pending)
		last--;
	out->confirmed = pieces->piece[last].state;
	return find_since(pieces, last, &out->since_ms);
}

/* Since when a service is well, or nobody measures it, is not worth a walk through the years. */
static bool
is_quiet(const struct vg_avail_now *now)
{
	return now->confirmed == VG_AVAIL_UP || now->confirmed == VG_AVAIL_NO_DATA;
}

static int
see(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms, int64_t reach_max_ms,
    struct vg_avail_now *out)
{
	int64_t second_ms = vg_floor_to_second_ms(at_ms), reach_ms = VG_LATELY_MS;
	struct vg_timelines timelines = {.core = core,
					 .known_ms = known_ms(core, second_ms + 1000)};
	struct vg_pieces pieces = {NULL, 0, 0};
	struct vg_base base = {0};
	const struct vg_window *window = vg_base_window_at(core, scope, at_ms);
	bool whole = false;
	int rc = 0;

	*out = (struct vg_avail_now){.confirmed = VG_AVAIL_NO_DATA};
	if (!knows(vg_core_agreement_at(core, at_ms), scope))
		return VG_CORE_ENOTFOUND;
	while (rc == 0 && !whole) {
		rc = vg_timeline_make(&timelines, scope, second_ms - reach_ms, second_ms + 1000,
				      &pieces);
		if (rc == 0)
			whole = set_now(&pieces, out) || reach_ms >= reach_max_ms ||
				second_ms - reach_ms < vg_core_first_known_ms(core);
		if (rc == 0 && !whole && is_quiet(out)) {
			out->since_ms = -1;
			whole = true;
		}
		reach_ms *= 2;
	}
	if (rc == 0)
		rc = vg_base_make(core, scope, second_ms, second_ms + 1000, &base);
	if (rc == 0)
		out->agreed_time = base.part[0].agreed;
	out->window = window != NULL ? window->series : 0;
	out->window_n = window != NULL ? (int32_t)window->n : 0;
	free(base.part);
	free(pieces.piece);
	vg_timelines_fini(&timelines);
	return rc;
}

int
vg_avail_at(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms,
	    struct vg_avail_now *out)
{
	int64_t looked_ms = vg_floor_to_second_ms(at_ms) - VG_LATELY_MS;
	int rc = see(core, scope, at_ms, INT64_MAX, out);

	/* the look's own start is no change of state */
	if (rc == 0 && is_quiet(out) && out->since_ms <= looked_ms)
		out->since_ms = -1;
	return rc;
}

int
vg_avail_lately(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms,
		struct vg_avail_now *out)
{
	return see(core, scope, at_ms, VG_LATELY_MS, out);
}
