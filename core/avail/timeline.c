/* avail/timeline.c - the state of a service in a municipality, at every instant, with its
 * explanation.
 *
 * What was measured, then the components that the service needs, then what people decided, and last
 * all channels together (semantics.md 3.1, 6 to 8). Each step walks lists of pieces side by side.
 * The hard thing is the record that only states a cause and is open: it follows the outage that
 * runs where it begins, so that outage must be seen whole. */
#include "core/timeline.h"

#include <stdlib.h>
#include <string.h>

#define REACH_MS (INT64_C(24) * 3600 * 1000)

const char *
vg_avail_state_name(enum vg_avail_state state)
{
	static const char *const names[VG_AVAIL_STATE_COUNT] = {
		[VG_AVAIL_UP] = "up",
		[VG_AVAIL_NO_DATA] = "no_data",
		[VG_AVAIL_DEGRADED] = "degraded",
		[VG_AVAIL_DOWN] = "down",
	};

	VG_ASSERT(state < VG_AVAIL_STATE_COUNT);
	return names[state];
}

static bool
same_piece(const struct vg_avail_piece *a, const struct vg_avail_piece *b)
{
	return a->state == b->state && a->cause == b->cause && a->record == b->record &&
	       strcmp(a->root, b->root) == 0 && a->rewritten == b->rewritten &&
	       a->flapping == b->flapping && a->provisional == b->provisional &&
	       a->pending == b->pending;
}

int
vg_pieces_add(struct vg_pieces *list, const struct vg_avail_piece *piece)
{
	struct vg_avail_piece *last = list->n > 0 ? &list->piece[list->n - 1] : NULL;

	if (last != NULL && same_piece(last, piece)) {
		last->to_ms = piece->to_ms;
		return 0;
	}
	if (vg_core_reserve((void **)&list->piece, &list->size, list->n + 1, sizeof(*piece)) != 0)
		return VG_CORE_ENOMEM;
	list->piece[list->n++] = *piece;
	return 0;
}

void
vg_timelines_fini(struct vg_timelines *timelines)
{
	for (size_t i = 0; i < timelines->components; i++)
		free(timelines->component[i].pieces.piece);
	free(timelines->component);
	timelines->component = NULL;
	timelines->components = timelines->components_size = 0;
}

/* Lists that cover the same span, walked side by side. */

struct walk {
	const struct vg_pieces *const *list;
	size_t lists;
	size_t at[VG_AGREEMENT_EDGES_MAX + 1];
};

static const struct vg_avail_piece *
piece_of(const struct walk *walk, size_t i)
{
	return &walk->list[i]->piece[walk->at[i]];
}

static int64_t
walk_end(const struct walk *walk)
{
	int64_t end_ms = INT64_MAX;

	for (size_t i = 0; i < walk->lists; i++) {
		if (piece_of(walk, i)->to_ms < end_ms)
			end_ms = piece_of(walk, i)->to_ms;
	}
	return end_ms;
}

static void
walk_on(struct walk *walk, int64_t at_ms)
{
	for (size_t i = 0; i < walk->lists; i++) {
		if (piece_of(walk, i)->to_ms == at_ms)
			walk->at[i]++;
	}
}

/* Dependencies. */

static int make_scope(struct vg_timelines *timelines, const struct vg_scope *scope,
		      struct vg_pieces *out);

/* What a component that is down makes of the service above it. */
static void
suffer(const struct vg_avail_piece *needed, const char *component, bool hard,
       struct vg_avail_piece *piece)
{
	enum vg_avail_state state = hard ? VG_AVAIL_DOWN : VG_AVAIL_DEGRADED;

	if (needed->state != VG_AVAIL_DOWN || piece->state > state || piece->root[0] != '\0')
		return;
	piece->rewritten = piece->rewritten && piece->state == state;
	piece->pending = needed->pending && (piece->state < state || piece->pending);
	piece->flapping = piece->flapping || needed->flapping;
	piece->state = state;
	piece->cause = needed->cause;
	piece->record = needed->record;
	piece->provisional = needed->provisional;
	piece->root = needed->root[0] != '\0' ? needed->root : component;
}

static int
find_component(struct vg_timelines *timelines, const char *service, size_t *out)
{
	struct vg_scope scope = {service, NULL, timelines->municipality};
	struct vg_component component = {.service = service};
	int rc;

	for (*out = 0; *out < timelines->components; (*out)++) {
		if (strcmp(timelines->component[*out].service, service) == 0)
			return 0;
	}
	rc = make_scope(timelines, &scope, &component.pieces);
	if (rc == 0)
		rc = vg_core_reserve((void **)&timelines->component, &timelines->components_size,
				     timelines->components + 1, sizeof(component));
	if (rc != 0) {
		free(component.pieces.piece);
		return rc;
	}
	*out = timelines->components;
	timelines->component[timelines->components++] = component;
	return 0;
}

/* Lays the components over `own`: hard ones first, each kind in the order of the edges. */
static int
lay_edges(const struct vg_timelines *timelines, const struct vg_agreement *rules,
	  const struct vg_service *service, const struct vg_pieces *own, const size_t *place,
	  struct vg_pieces *out)
{
	const struct vg_pieces *list[VG_AGREEMENT_EDGES_MAX + 1] = {own};
	struct walk walk = {.list = list, .lists = 1 + service->edges};
	int64_t end_ms = own->piece[own->n - 1].to_ms;
	int64_t at_ms = own->piece[0].from_ms;
	int rc = 0;

	for (size_t i = 0; i < service->edges; i++)
		list[i + 1] = &timelines->component[place[i]].pieces;
	while (at_ms < end_ms && rc == 0) {
		struct vg_avail_piece piece = *piece_of(&walk, 0);

		piece.from_ms = at_ms;
		at_ms = piece.to_ms = walk_end(&walk);
		for (int hard = 1; hard >= 0; hard--) {
			for (size_t i = 0; i < service->edges; i++) {
				const struct vg_edge *edge = &service->edge[i];

				if (edge->hard == (hard == 1))
					suffer(piece_of(&walk, i + 1),
					       rules->service[edge->service].id, edge->hard,
					       &piece);
			}
		}
		rc = vg_pieces_add(out, &piece);
		walk_on(&walk, at_ms);
	}
	return rc;
}

static int
lay_components(struct vg_timelines *timelines, const struct vg_scope *scope,
	       struct vg_pieces *pieces)
{
	const struct vg_agreement *rules =
		vg_core_agreement_at(timelines->core, timelines->from_ms);
	const struct vg_service *service =
		rules != NULL ? vg_agreement_service(rules, scope->service) : NULL;
	size_t place[VG_AGREEMENT_EDGES_MAX];
	struct vg_pieces out = {NULL, 0, 0};
	int rc = 0;

	if (service == NULL || service->edges == 0)
		return 0;
	VG_ASSERT(service->edges <= VG_AGREEMENT_EDGES_MAX);
	for (size_t i = 0; i < service->edges && rc == 0; i++)
		rc = find_component(timelines, rules->service[service->edge[i].service].id,
				    &place[i]);
	if (rc == 0)
		rc = lay_edges(timelines, rules, service, pieces, place, &out);
	free(pieces->piece);
	*pieces = out;
	return rc;
}

/* Records of persons. */

struct judgement {
	const struct vg_outage_record *record;
	int64_t from_ms, to_ms;
};

struct judgements {
	struct judgement *at;
	size_t n, size;
};

static bool
is_open_cause(const struct vg_outage_record *record)
{
	return record->effect == VG_EFFECT_CAUSE && record->to_ms == INT64_MAX;
}

/* Where the measured outage ends that runs at at_ms; at_ms when none does. Gaps below
 * gap_ms do not end it. */
static int64_t
outage_end_ms(const struct vg_pieces *pieces, int64_t gap_ms, int64_t at_ms)
{
	int64_t end_ms = at_ms;
	size_t i = 0;

	while (i < pieces->n && pieces->piece[i].to_ms <= at_ms)
		i++;
	if (i == pieces->n || pieces->piece[i].from_ms > at_ms ||
	    pieces->piece[i].state != VG_AVAIL_DOWN)
		return at_ms;
	for (; i < pieces->n; i++) {
		const struct vg_avail_piece *piece = &pieces->piece[i];

		if (piece->state == VG_AVAIL_DOWN)
			end_ms = piece->to_ms;
		else if (piece->to_ms - end_ms >= gap_ms)
			break;
	}
	return end_ms;
}

static int
find_judgements(const struct vg_core *core, const struct vg_scope *scope,
		const struct vg_pieces *pieces, struct judgements *out)
{
	const struct vg_items *items = &core->items[VG_OBJECT_OUTAGE];
	int64_t from_ms = pieces->piece[0].from_ms, to_ms = pieces->piece[pieces->n - 1].to_ms;

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_outage_record *record = &items->item[i]->of.outage;
		struct judgement *x;

		if (record->effect == VG_EFFECT_REFUTE || record->from_ms >= to_ms ||
		    record->to_ms <= from_ms || !vg_record_holds(record, scope))
			continue;
		if (vg_core_reserve((void **)&out->at, &out->size, out->n + 1, sizeof(*x)) != 0)
			return VG_CORE_ENOMEM;
		x = &out->at[out->n++];
		x->record = record;
		x->from_ms = vg_floor_to_second_ms(record->from_ms);
		x->to_ms = record->to_ms < INT64_MAX ? vg_floor_to_second_ms(record->to_ms)
						     : INT64_MAX;
		if (is_open_cause(record))
			x->to_ms = outage_end_ms(pieces, vg_join_gap_ms(core, scope, x->from_ms),
						 x->from_ms);
	}
	return 0;
}

/* The state where records hold: down by anyone, then degraded by a person. */
static enum vg_avail_state
judged_state(const struct judgements *all, int64_t at_ms, enum vg_avail_state measured)
{
	bool down = measured == VG_AVAIL_DOWN, degraded = false;

	for (size_t i = 0; i < all->n; i++) {
		const struct judgement *x = &all->at[i];

		if (at_ms < x->from_ms || at_ms >= x->to_ms)
			continue;
		down = down || x->record->effect == VG_EFFECT_DOWN;
		degraded = degraded || x->record->effect == VG_EFFECT_DEGRADED;
	}
	if (down)
		return VG_AVAIL_DOWN;
	return degraded ? VG_AVAIL_DEGRADED : measured;
}

/* Whether a record explains the state: it set it, or states the cause of what was measured. */
static bool
explains(const struct vg_outage_record *record, enum vg_avail_state measured,
	 enum vg_avail_state state)
{
	switch ((enum vg_outage_effect)record->effect) {
	case VG_EFFECT_DOWN:
		return state == VG_AVAIL_DOWN;
	case VG_EFFECT_DEGRADED:
		return state == VG_AVAIL_DEGRADED;
	case VG_EFFECT_CAUSE:
		return measured == VG_AVAIL_DOWN || measured == VG_AVAIL_DEGRADED;
	case VG_EFFECT_REFUTE:
	case VG_EFFECT_COUNT:
		break;
	}
	return false;
}

static void
judge(const struct judgements *all, struct vg_avail_piece *piece)
{
	enum vg_avail_state measured = piece->state;
	bool sets_state = false;

	piece->state = judged_state(all, piece->from_ms, measured);
	for (size_t i = 0; i < all->n; i++) {
		const struct vg_outage_record *record = all->at[i].record;
		bool cause = record->effect == VG_EFFECT_CAUSE;

		if (piece->from_ms < all->at[i].from_ms || piece->from_ms >= all->at[i].to_ms ||
		    !explains(record, measured, piece->state))
			continue;
		if (cause || record->cause != VG_PARTY_UNKNOWN)
			piece->cause = (enum vg_party)record->cause;
		if (!cause || !sets_state)
			piece->record = record->id;
		sets_state = sets_state || !cause;
		piece->provisional = piece->provisional || record->approved_by[0] == '\0';
	}
	if (piece->state != measured) {
		piece->root = "";
		piece->rewritten = false;
	}
	if (sets_state)
		piece->pending = false;
}

static int64_t
judged_until(const struct judgements *all, int64_t at_ms, int64_t end_ms)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].from_ms > at_ms && all->at[i].from_ms < end_ms)
			end_ms = all->at[i].from_ms;
		if (all->at[i].to_ms > at_ms && all->at[i].to_ms < end_ms)
			end_ms = all->at[i].to_ms;
	}
	return end_ms;
}

static int
lay_records(const struct judgements *all, const struct vg_pieces *measured, int64_t from_ms,
	    struct vg_pieces *out)
{
	int rc = 0;

	for (size_t i = 0; i < measured->n && rc == 0; i++) {
		struct vg_avail_piece piece = measured->piece[i];
		int64_t end_ms = piece.to_ms;

		if (piece.from_ms < from_ms)
			piece.from_ms = from_ms;
		while (piece.from_ms < end_ms && rc == 0) {
			struct vg_avail_piece part = piece;

			part.to_ms = judged_until(all, part.from_ms, end_ms);
			judge(all, &part);
			rc = vg_pieces_add(out, &part);
			piece.from_ms = part.to_ms;
		}
	}
	return rc;
}

/* Whether the outage that an open cause follows may begin before the pieces do. */
static bool
follows_from_before(const struct vg_core *core, const struct vg_scope *scope,
		    const struct vg_pieces *pieces)
{
	const struct vg_items *items = &core->items[VG_OBJECT_OUTAGE];
	int64_t from_ms = pieces->piece[0].from_ms;
	int64_t gap_ms = vg_join_gap_ms(core, scope, from_ms);
	size_t i = 0;

	while (i < pieces->n && pieces->piece[i].state != VG_AVAIL_DOWN)
		i++;
	if (i == pieces->n || pieces->piece[i].from_ms - from_ms >= (gap_ms > 0 ? gap_ms : 1))
		return false;
	for (i = 0; i < items->n; i++) {
		const struct vg_outage_record *record = &items->item[i]->of.outage;

		if (is_open_cause(record) && record->from_ms < from_ms &&
		    vg_record_holds(record, scope))
			return true;
	}
	return false;
}

/* Channels. */

/* Sets the span to what one version judges of [from_ms, to_ms), and forgets the components of the
 * span before. Returns its end. */
static int64_t
next_span(struct vg_timelines *timelines, const char *municipality, int64_t from_ms, int64_t to_ms)
{
	int64_t end_ms = vg_version_end_ms(timelines->core, from_ms);

	if (end_ms < to_ms) /* a version's first second is the one that it begins in */
		to_ms = vg_floor_to_second_ms(end_ms - 1) + 1000;
	if (timelines->municipality == NULL || strcmp(timelines->municipality, municipality) != 0 ||
	    timelines->from_ms != from_ms || timelines->to_ms != to_ms)
		vg_timelines_fini(timelines);
	timelines->municipality = municipality;
	timelines->from_ms = from_ms;
	timelines->to_ms = to_ms;
	return to_ms;
}

/* What is measured of one channel, or of the one of a service without; components included. */
static int
make_measured(struct vg_timelines *timelines, const struct vg_scope *scope, struct vg_pieces *out)
{
	int rc = vg_confirmed(timelines->core, scope, timelines->from_ms, timelines->to_ms,
			      timelines->known_ms, out);

	return rc != 0 ? rc : lay_components(timelines, scope, out);
}

/* The same over a span that several versions may judge. */
static int
make_measured_over(const struct vg_timelines *timelines, const struct vg_scope *scope,
		   int64_t from_ms, struct vg_pieces *out)
{
	struct vg_timelines wider = {.core = timelines->core, .known_ms = timelines->known_ms};
	int rc = 0;

	out->n = 0;
	while (from_ms < timelines->to_ms && rc == 0) {
		struct vg_pieces part = {NULL, 0, 0};

		from_ms = next_span(&wider, scope->municipality, from_ms, timelines->to_ms);
		rc = make_measured(&wider, scope, &part);
		for (size_t i = 0; i < part.n && rc == 0; i++)
			rc = vg_pieces_add(out, &part.piece[i]);
		free(part.piece);
	}
	vg_timelines_fini(&wider);
	return rc;
}

static int
make_channel(struct vg_timelines *timelines, const struct vg_scope *scope, struct vg_pieces *out)
{
	struct vg_pieces measured = {NULL, 0, 0};
	struct judgements all = {NULL, 0, 0};
	int64_t reach_ms = REACH_MS;
	int rc = make_measured(timelines, scope, &measured);

	while (rc == 0 && follows_from_before(timelines->core, scope, &measured)) {
		rc = make_measured_over(timelines, scope, timelines->from_ms - reach_ms, &measured);
		reach_ms *= 2;
	}
	if (rc == 0)
		rc = find_judgements(timelines->core, scope, &measured, &all);
	if (rc == 0)
		rc = lay_records(&all, &measured, timelines->from_ms, out);
	free(all.at);
	free(measured.piece);
	return rc;
}

bool
vg_avail_counts(const struct vg_avail_piece *piece)
{
	return piece->cause == VG_PARTY_UNKNOWN || piece->cause == VG_PARTY_VGR ||
	       piece->cause == VG_PARTY_SUPPLIER;
}

/* What a channel's state makes of all of them. */
static enum vg_avail_state
state_for_all(const struct vg_avail_piece *piece, bool all_down)
{
	return piece->state == VG_AVAIL_DOWN && !all_down ? VG_AVAIL_DEGRADED : piece->state;
}

/* Whether a channel explains what all of them are rather than another: the worst, and among equals
 * one that counts against the provider. */
static bool
explains_rather(const struct vg_avail_piece *piece, const struct vg_avail_piece *other,
		bool all_down)
{
	enum vg_avail_state state = state_for_all(piece, all_down);

	if (state != state_for_all(other, all_down))
		return state > state_for_all(other, all_down);
	if (vg_avail_counts(piece) != vg_avail_counts(other))
		return vg_avail_counts(piece);
	return piece->state > other->state;
}

/* All channels together (3.1.7). */
static void
join_channels(const struct walk *walk, struct vg_avail_piece *out)
{
	const struct vg_avail_piece *worst = piece_of(walk, 0);
	bool all_down = true, provisional = false, rewritten = false, flapping = false;
	bool pending = false;

	for (size_t i = 0; i < walk->lists; i++)
		all_down = all_down && piece_of(walk, i)->state == VG_AVAIL_DOWN;
	for (size_t i = 0; i < walk->lists; i++) {
		const struct vg_avail_piece *piece = piece_of(walk, i);

		if (explains_rather(piece, worst, all_down))
			worst = piece;
		rewritten = rewritten || piece->rewritten;
		flapping = flapping || piece->flapping;
		provisional = provisional || piece->provisional;
		pending = pending || piece->pending;
	}
	*out = *worst;
	out->state = state_for_all(worst, all_down);
	out->rewritten = rewritten;
	out->flapping = flapping;
	out->provisional = provisional;
	out->pending = pending;
}

static int
make_joined(struct vg_timelines *timelines, const struct vg_scope *scope,
	    const struct vg_agreement *rules, uint32_t channels, struct vg_pieces *out)
{
	struct vg_pieces pieces[VG_AGREEMENT_CHANNELS_MAX] = {{NULL, 0, 0}};
	const struct vg_pieces *list[VG_AGREEMENT_CHANNELS_MAX];
	struct walk walk = {.list = list};
	int64_t at_ms = timelines->from_ms;
	int rc = 0;

	for (size_t i = 0; i < rules->channels && rc == 0; i++) {
		struct vg_scope one = {scope->service, rules->channel[i].id, scope->municipality};

		if ((channels >> i & 1) == 0)
			continue;
		list[walk.lists] = &pieces[walk.lists];
		rc = make_channel(timelines, &one, &pieces[walk.lists++]);
	}
	while (at_ms < timelines->to_ms && rc == 0) {
		struct vg_avail_piece piece;

		join_channels(&walk, &piece);
		piece.from_ms = at_ms;
		at_ms = piece.to_ms = walk_end(&walk);
		rc = vg_pieces_add(out, &piece);
		walk_on(&walk, at_ms);
	}
	for (size_t i = 0; i < VG_AGREEMENT_CHANNELS_MAX; i++)
		free(pieces[i].piece);
	return rc;
}

/* The span's pieces, appended. */
static int
make_scope(struct vg_timelines *timelines, const struct vg_scope *scope, struct vg_pieces *out)
{
	const struct vg_agreement *rules =
		vg_core_agreement_at(timelines->core, timelines->from_ms);
	const struct vg_service *service =
		rules != NULL ? vg_agreement_service(rules, scope->service) : NULL;
	struct vg_scope one = *scope;

	if (scope->channel == NULL && service != NULL && service->channels != 0)
		return make_joined(timelines, scope, rules, service->channels, out);
	if (scope->channel == NULL)
		one.channel = "";
	return make_channel(timelines, &one, out);
}

int
vg_timeline_make(struct vg_timelines *timelines, const struct vg_scope *scope, int64_t from_ms,
		 int64_t to_ms, struct vg_pieces *out)
{
	int rc = 0;

	out->n = 0;
	while (from_ms < to_ms && rc == 0) {
		from_ms = next_span(timelines, scope->municipality, from_ms, to_ms);
		rc = make_scope(timelines, scope, out);
	}
	return rc;
}
