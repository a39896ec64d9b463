/* overview.c - what the wall shows: one sentence, a tile for each municipality, what goes on now.
 *
 * The hard thing is to say much in few lines: cells that went wrong together are told together, so
 * a fault of one service in 49 municipalities is one line, and so is one window of three services.
 */
#include "daemon/api/told.h"

#include "core/disturbance.h"
#include "daemon/api/judge.h"
#include "daemon/api/queue.h"
#include "daemon/api/waiting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONGOING_MAX 50
#define STALE_MS    (INT64_C(5) * 60 * 1000) /* without a sample: measuring stands still */
/* A ticket about the service that is older than what goes on is about something else. */
#define BEFORE_MS (INT64_C(60) * 60 * 1000)

/* What an answer is made of. */
struct overview {
	struct vg_call *call;
	const struct vg_core *core;
	const struct vg_agreement *agreement; /* in force; NULL = none */
	const struct vg_picture *picture;
	const struct vg_queue *queue;
	const char *municipality;    /* NULL = all */
	const struct vg_cell **cell; /* of promised services in the municipality; sorted */
	size_t cells;
};

/* Which cells. */

static bool
is_promised(const struct overview *o, const char *id)
{
	const struct vg_service *service =
		o->agreement == NULL ? NULL : vg_agreement_service(o->agreement, id);

	return service != NULL && !service->component;
}

static bool
is_wanted(const struct overview *o, const struct vg_cell *cell)
{
	return (o->municipality == NULL || strcmp(o->municipality, cell->municipality) == 0) &&
	       is_promised(o, cell->service);
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Whether two cells went wrong together; 0 = yes. The worst first. */
static int
compare_cause(const struct vg_cell *a, const struct vg_cell *b)
{
	int order = compare_numbers(b->state, a->state);

	if (order == 0)
		order = compare_numbers(a->since_ms, b->since_ms);
	if (order == 0)
		order = compare_numbers(a->record, b->record);
	if (order == 0)
		order = compare_numbers(a->window, b->window);
	return order != 0 ? order : compare_numbers(a->window_n, b->window_n);
}

static int
compare_cells(const void *left, const void *right)
{
	const struct vg_cell *a = *(const struct vg_cell *const *)left;
	const struct vg_cell *b = *(const struct vg_cell *const *)right;
	int order = compare_cause(a, b);

	if (order == 0)
		order = strcmp(a->service, b->service);
	return order != 0 ? order : strcmp(a->municipality, b->municipality);
}

/* False = out of memory. */
static bool
choose_cells(struct overview *o)
{
	o->cell = calloc(o->picture->cells + 1, sizeof(o->cell[0]));
	for (size_t i = 0; o->cell != NULL && i < o->picture->cells; i++)
		if (is_wanted(o, &o->picture->cell[i]))
			o->cell[o->cells++] = &o->picture->cell[i];
	if (o->cell != NULL && o->cells > 0)
		qsort(o->cell, o->cells, sizeof(o->cell[0]), compare_cells);
	return o->cell != NULL;
}

/* Who handles it. */

/* `record`: the name of the cell's outage record, "" = none. */
static bool
is_about(const struct vg_queued *row, const struct vg_cell *cell, const char *record)
{
	if (*record != '\0' && row->outage != NULL && strcmp(row->outage, record) == 0)
		return true;
	return row->created_ms >= cell->since_ms - BEFORE_MS && row->service != NULL &&
	       row->municipality != NULL && strcmp(row->municipality, cell->municipality) == 0 &&
	       strcmp(row->service, cell->service) == 0;
}

/* The oldest open ticket about what went wrong, that the principal may see; 0 = none. */
static int64_t
handled_by(const struct overview *o, const struct vg_cell *cell)
{
	int64_t oldest = 0;
	char record[32] = "";

	if (cell->state != VG_DISPLAY_DOWN && cell->state != VG_DISPLAY_DEGRADED)
		return 0;
	if (cell->record > 0)
		(void)snprintf(record, sizeof(record), "O-%" PRId64, cell->record);
	for (const struct vg_queued *row = NULL; (row = vg_queue_next(o->queue, row)) != NULL;)
		if (row->open && (oldest == 0 || row->id < oldest) && is_about(row, cell, record) &&
		    vg_may_see(o->call->who, row->municipality))
			oldest = row->id;
	return oldest;
}

static json_t *
named(char letter, int64_t id)
{
	return id == 0 ? json_null() : json_sprintf("%c-%" PRId64, letter, id);
}

/* Municipalities. */

struct tile {
	const char *code;
	const struct vg_cell *worst;
	int64_t count[VG_DISPLAY_COUNT]; /* services */
};

static int
compare_tiles(const void *left, const void *right)
{
	const struct tile *a = left, *b = right;

	return strcmp(a->code, b->code);
}

/* One for each municipality that something is promised to, by code. NULL = out of memory. */
static struct tile *
make_tiles(const struct overview *o, size_t *tiles)
{
	const size_t most = o->agreement == NULL ? 0 : o->agreement->municipalities;
	struct tile *tile = calloc(most + 1, sizeof(*tile)), *found;

	*tiles = 0;
	for (size_t i = 0; tile != NULL && i < most; i++)
		tile[i].code = o->agreement->municipality[i].code;
	for (size_t i = 0; tile != NULL && i < o->cells; i++) {
		const struct tile key = {.code = o->cell[i]->municipality};

		found = bsearch(&key, tile, most, sizeof(*tile), compare_tiles);
		if (found == NULL)
			continue;
		found->count[o->cell[i]->state]++;
		if (found->worst == NULL) /* cells are sorted, the worst first */
			found->worst = o->cell[i];
	}
	for (size_t i = 0; tile != NULL && i < most; i++)
		if (tile[i].worst != NULL)
			tile[(*tiles)++] = tile[i];
	return tile;
}

static json_t *
tile_json(const struct overview *o, const struct tile *tile)
{
	json_t *object = vg_json_display_counts(tile->count);

	json_object_update_new(object,
			       json_pack("{s:s, s:s, s:o, s:o}", "code", tile->code, "state",
					 vg_display_name(tile->worst->state), "since",
					 vg_json_time(tile->worst->since_ms), "handled",
					 named('V', handled_by(o, tile->worst))));
	return object;
}

static void
put_municipalities(const struct overview *o, json_t *object)
{
	int64_t count[VG_DISPLAY_COUNT] = {0};
	json_t *list = json_array();
	size_t tiles = 0;
	struct tile *tile = make_tiles(o, &tiles);

	for (size_t i = 0; i < tiles; i++) {
		count[tile[i].worst->state]++;
		json_array_append_new(list, tile_json(o, &tile[i]));
	}
	free(tile);
	json_object_set_new(object, "counts", vg_json_display_counts(count));
	json_object_set_new(object, "municipalities", list);
}

/* What goes on. */

static void
add_text(json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return;
	json_array_append_new(list, json_string(text));
}

/* When a window ends that runs now. */
static json_t *
until_json(const struct overview *o, const struct vg_cell *cell)
{
	const struct vg_window *window =
		cell->window == 0 ? NULL : vg_core_window(o->core, cell->window, cell->window_n);

	return vg_json_time(window == NULL ? -1 : window->to_ms);
}

static json_t *
line_json(const struct overview *o, const struct vg_cell *cell)
{
	const struct vg_disturbance *told = vg_told_of(o->core, cell);

	return json_pack("{s:s, s:[], s:[], s:o, s:o, s:o, s:o, s:o, s:b}", "state",
			 vg_display_name(cell->state), "services", "municipalities", "since",
			 vg_json_time(cell->since_ms), "until", until_json(o, cell), "outage",
			 named('O', cell->record), "ticket", named('V', handled_by(o, cell)),
			 "disturbance", named('S', told == NULL ? 0 : told->id), "overdue",
			 told != NULL && vg_disturbance_is_overdue(told, o->picture->at_ms));
}

/* Cells from i on that have one service and went wrong together. */
static size_t
run_length(const struct overview *o, size_t i)
{
	size_t n = 1;

	while (i + n < o->cells && compare_cause(o->cell[i], o->cell[i + n]) == 0 &&
	       strcmp(o->cell[i]->service, o->cell[i + n]->service) == 0)
		n++;
	return n;
}

static bool
same_municipalities(const struct overview *o, size_t a, size_t b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(o->cell[a + i]->municipality, o->cell[b + i]->municipality) != 0)
			return false;
	return true;
}

/* From i on, which begins a line, all the runs that join it; returns where the next line begins.
 * `line` may be NULL: then it is only walked past. */
static size_t
take_line(const struct overview *o, size_t i, json_t *line)
{
	const size_t first = i, n = run_length(o, i);

	for (size_t k = 0; line != NULL && k < n; k++)
		add_text(json_object_get(line, "municipalities"), o->cell[i + k]->municipality);
	do {
		if (line != NULL)
			add_text(json_object_get(line, "services"), o->cell[i]->service);
		i += n;
	} while (i < o->cells && compare_cause(o->cell[first], o->cell[i]) == 0 &&
		 run_length(o, i) == n && same_municipalities(o, first, i, n));
	return i;
}

static void
put_ongoing(const struct overview *o, json_t *object)
{
	json_t *list = json_array();
	int64_t left_out = 0;

	for (size_t i = 0; i < o->cells && o->cell[i]->state != VG_DISPLAY_OK;) {
		json_t *line = NULL;

		if (json_array_size(list) < ONGOING_MAX) {
			line = line_json(o, o->cell[i]);
			json_array_append_new(list, line);
		} else {
			left_out++;
		}
		i = take_line(o, i, line);
	}
	json_object_set_new(object, "ongoing", list);
	json_object_set_new(object, "left_out", json_integer(left_out));
}

/* The sentence. */

static int64_t
last_outage_end_ms(const struct overview *o)
{
	int64_t last_ms = -1;

	for (size_t i = 0; i < o->picture->endeds; i++) {
		const struct vg_ended *ended = &o->picture->ended[i];

		if (ended->at_ms > last_ms &&
		    (o->municipality == NULL || strcmp(o->municipality, ended->municipality) == 0))
			last_ms = ended->at_ms;
	}
	return last_ms;
}

static void
put_headline(const struct overview *o, json_t *object)
{
	const enum vg_display state = o->cells == 0 ? VG_DISPLAY_OK : o->cell[0]->state;
	json_t *services = json_array(), *municipalities = json_array();
	int64_t since_ms = -1;

	for (size_t i = 0; i < o->cells && o->cell[i]->state == state; i++) {
		const struct vg_cell *cell = o->cell[i];

		add_text(municipalities, cell->municipality);
		if (state == VG_DISPLAY_OK)
			continue;
		add_text(services, cell->service);
		if (cell->since_ms >= 0 && (since_ms < 0 || cell->since_ms < since_ms))
			since_ms = cell->since_ms;
	}
	json_object_set_new(object, "headline",
			    json_pack("{s:s, s:I, s:o, s:o, s:o}", "state", vg_display_name(state),
				      "municipalities", (json_int_t)json_array_size(municipalities),
				      "services", services, "since", vg_json_time(since_ms),
				      "last_outage_end", vg_json_time(last_outage_end_ms(o))));
	json_decref(municipalities);
}

/* The rest. */

static bool
is_before(const struct vg_window *a, const struct vg_window *b)
{
	return b == NULL || a->from_ms < b->from_ms;
}

/* The approved one that begins next. */
static const struct vg_window *
next_window(const struct overview *o)
{
	const struct vg_window *window, *next = NULL;

	for (size_t i = 0; (window = vg_core_item(o->core, VG_OBJECT_WINDOW, i)) != NULL; i++)
		if (window->from_ms > o->picture->at_ms && !window->withdrawn &&
		    *window->approved_by != '\0' && is_before(window, next) &&
		    (o->municipality == NULL ||
		     vg_judge_has_id(window->municipalities, o->municipality)))
			next = window;
	return next;
}

json_t *
vg_json_window_brief(const struct vg_window *window)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "id",
			 json_sprintf("W-%" PRId64 ".%" PRId64, window->series, window->n), "name",
			 window->name, "services", vg_judge_ids(window->services), "municipalities",
			 vg_judge_ids(window->municipalities), "from",
			 vg_json_time(window->from_ms), "to", vg_json_time(window->to_ms));
}

static json_t *
next_window_json(const struct overview *o)
{
	const struct vg_window *window = next_window(o);

	return window == NULL ? json_null() : vg_json_window_brief(window);
}

static json_t *
measuring_json(const struct overview *o)
{
	const struct vg_agent *agent;
	int64_t last_ms = -1;

	for (size_t i = 0; (agent = vg_core_item(o->core, VG_OBJECT_AGENT, i)) != NULL; i++)
		if (agent->received_ms > last_ms)
			last_ms = agent->received_ms;
	return json_pack("{s:o, s:b}", "last", vg_json_time(last_ms), "stale",
			 o->agreement != NULL && o->agreement->probes > 0 &&
				 o->picture->at_ms - last_ms > STALE_MS);
}

static json_t *
availability_json(const struct overview *o)
{
	const struct vg_avail_cell *worst = vg_picture_share(o->picture, NULL, o->municipality);

	return worst == NULL ? json_null() : vg_json_share(o->core, o->picture, worst);
}

static json_t *
overview_json(const struct overview *o)
{
	json_t *object =
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "disturbances",
			  vg_json_told(o->core, o->municipality, o->picture->at_ms), "tickets",
			  vg_json_queue_counts(o->queue, o->municipality, o->picture->at_ms),
			  "availability", availability_json(o), "next_window", next_window_json(o),
			  "waiting", json_integer(vg_waiting_count(o->core, o->call->who)),
			  "measuring", measuring_json(o), "seq", (json_int_t)o->picture->seq,
			  "asof", vg_json_time(o->picture->at_ms));

	put_headline(o, object);
	put_municipalities(o, object);
	put_ongoing(o, object);
	return object;
}

void
vg_get_overview(struct vg_call *call)
{
	struct overview o = {.call = call, .core = vg_live_core(call->api->live)};
	struct vg_scope filter;

	if (!vg_judge_filter(call, &filter))
		return;
	o.municipality = filter.municipality;
	o.picture = vg_picture_month(call->api);
	o.queue = vg_call_queue(call);
	if (o.picture == NULL ||
	    (o.agreement = vg_core_agreement_at(o.core, o.picture->at_ms), !choose_cells(&o))) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200, overview_json(&o));
	free(o.cell);
}
