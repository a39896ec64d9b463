/* picture.c - how everything stands, drawn once for all that look.
 *
 * The hard thing is what may be old. Cells are drawn again as soon as the core has taken a row, and
 * each second since time alone changes states; the month's figures, which move slowly and cost
 * most, follow rows every ten seconds. So a page never shows an older state than an event told. */
#include "daemon/api/picture.h"

#include "daemon/api/judge.h"

#include <stdlib.h>
#include <string.h>

#define PPM INT64_C(1000000)

struct vg_picture *
vg_picture_new(void)
{
	struct vg_picture *picture = calloc(1, sizeof(*picture));

	if (picture != NULL)
		picture->seq = picture->month_seq = picture->month = -1;
	return picture;
}

void
vg_picture_free(struct vg_picture *picture)
{
	if (picture == NULL)
		return;
	free(picture->cell);
	free(picture->share);
	free(picture->ended);
	free(picture);
}

/* Room for one element more; NULL = out of memory, and the picture has failed. */
static void *
more(struct vg_picture *picture, void *list, size_t n, size_t *size, size_t bytes)
{
	void *grown;

	if (n < *size)
		return list;
	grown = reallocarray(list, *size == 0 ? 64 : *size * 2, bytes);
	if (grown != NULL)
		*size = *size == 0 ? 64 : *size * 2;
	else
		picture->failed = true;
	return grown;
}

/* Cells. */

static void
on_cell(const struct vg_cell *cell, void *arg)
{
	struct vg_picture *picture = arg;
	struct vg_cell *list =
		more(picture, picture->cell, picture->cells, &picture->cells_size, sizeof(*list));

	if (list == NULL)
		return;
	picture->cell = list;
	list[picture->cells++] = *cell;
}

static bool
is_old(int64_t at_ms, int64_t now_ms, int64_t age_ms)
{
	return now_ms < at_ms || now_ms - at_ms >= age_ms;
}

const struct vg_picture *
vg_picture_now(struct vg_api *api)
{
	const struct vg_core *core = vg_live_core(api->live);
	const int64_t now_ms = vg_live_now_ms(api->live);
	struct vg_picture *picture = api->picture;

	if (picture->seq == vg_core_seq(core) && !is_old(picture->at_ms, now_ms, VG_PICTURE_NOW_MS))
		return picture;
	picture->failed = false;
	picture->cells = 0;
	if (vg_cells_at(core, NULL, now_ms, on_cell, picture) != 0 || picture->failed) {
		picture->seq = -1;
		return NULL;
	}
	picture->seq = vg_core_seq(core);
	picture->at_ms = now_ms;
	return picture;
}

/* The month. */

static void
on_share(const struct vg_avail_cell *cell, void *arg)
{
	struct vg_picture *picture = arg;
	struct vg_avail_cell *list;

	if (cell->scope.channel != NULL)
		return;
	list = more(picture, picture->share, picture->shares, &picture->shares_size, sizeof(*list));
	if (list == NULL)
		return;
	picture->share = list;
	list[picture->shares++] = *cell;
}

struct seen {
	struct vg_picture *picture;
	const struct vg_agreement *agreement;
};

static void
on_outage(const struct vg_outage_seen *outage, void *arg)
{
	const struct seen *seen = arg;
	const struct vg_service *service =
		vg_agreement_service(seen->agreement, outage->scope.service);
	struct vg_picture *picture = seen->picture;
	struct vg_ended *list;

	if (outage->running || outage->scope.channel != NULL || service == NULL ||
	    service->component)
		return;
	for (size_t i = 0; i < picture->endeds; i++)
		if (strcmp(picture->ended[i].municipality, outage->scope.municipality) == 0) {
			if (picture->ended[i].at_ms < outage->to_ms)
				picture->ended[i].at_ms = outage->to_ms;
			return;
		}
	list = more(picture, picture->ended, picture->endeds, &picture->endeds_size, sizeof(*list));
	if (list == NULL)
		return;
	picture->ended = list;
	list[picture->endeds++] = (struct vg_ended){outage->scope.municipality, outage->to_ms};
}

static int
draw_month(struct vg_picture *picture, const struct vg_core *core, int64_t now_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct seen seen = {picture, agreement};
	int rc;

	picture->shares = picture->endeds = 0;
	picture->month = agreement == NULL ? -1 : vg_agreement_month_of(agreement, now_ms);
	if (picture->month < 0)
		return 0;
	rc = vg_avail_month(core, picture->month, -1, now_ms, NULL, on_share, picture);
	if (rc == 0)
		rc = vg_outages_seen(core, now_ms - VG_PICTURE_PAST_MS, now_ms, NULL, on_outage,
				     (void *)&seen);
	return rc == VG_ENOTFOUND ? 0 : rc;
}

const struct vg_picture *
vg_picture_month(struct vg_api *api)
{
	const struct vg_core *core = vg_live_core(api->live);
	const int64_t now_ms = vg_live_now_ms(api->live);
	struct vg_picture *picture = (struct vg_picture *)vg_picture_now(api);

	if (picture == NULL ||
	    (picture->month_seq >= 0 && !is_old(picture->month_at_ms, now_ms, VG_PICTURE_MONTH_MS)))
		return picture;
	if (draw_month(picture, core, now_ms) != 0 || picture->failed) {
		picture->month_seq = -1;
		return NULL;
	}
	picture->month_seq = vg_core_seq(core);
	picture->month_at_ms = now_ms;
	return picture;
}

/* Shares. */

static bool
is_of(const struct vg_avail_cell *cell, const char *service, const char *municipality)
{
	if (service != NULL && strcmp(cell->scope.service, service) != 0)
		return false;
	if (municipality == NULL || cell->scope.municipality == NULL)
		return municipality == NULL && cell->scope.municipality == NULL;
	return strcmp(cell->scope.municipality, municipality) == 0;
}

static int64_t
value_ppm(const struct vg_avail_cell *cell)
{
	return cell->den == 0 ? -1 : (int64_t)((__int128)cell->num * PPM / cell->den);
}

/* What is left down to the target: first of what is judged, then of what is measured too little for
 * a verdict; the greatest number where there is no share or no target. */
static int64_t
margin_ppm(const struct vg_avail_cell *cell)
{
	const bool judged = cell->verdict == VG_AVAIL_MET || cell->verdict == VG_AVAIL_MISSED;

	if (cell->den == 0 || cell->target_ppm < 0)
		return INT64_MAX;
	return value_ppm(cell) - cell->target_ppm + (judged ? 0 : 2 * PPM);
}

const struct vg_avail_cell *
vg_picture_share(const struct vg_picture *picture, const char *service, const char *municipality)
{
	const struct vg_avail_cell *worst = NULL;

	for (size_t i = 0; i < picture->shares; i++) {
		const struct vg_avail_cell *cell = &picture->share[i];

		if (is_of(cell, service, municipality) &&
		    (worst == NULL || margin_ppm(cell) < margin_ppm(worst)))
			worst = cell;
	}
	return worst;
}

/* Of the service in all municipalities the one where least is left. */
static const struct vg_avail_cell *
tightest(const struct vg_picture *picture, const char *service)
{
	const struct vg_avail_cell *found = NULL;

	for (size_t i = 0; i < picture->shares; i++) {
		const struct vg_avail_cell *cell = &picture->share[i];

		if (cell->scope.municipality == NULL || cell->target_ppm < 0 ||
		    strcmp(cell->scope.service, service) != 0)
			continue;
		if (found == NULL || cell->budget_month_s < found->budget_month_s)
			found = cell;
	}
	return found;
}

static void
put_budget(json_t *object, const struct vg_avail_cell *cell)
{
	if (cell == NULL || cell->target_ppm < 0)
		json_object_update_new(object, json_pack("{s:n, s:n, s:n}", "budget_s",
							 "budget_left_s", "budget_municipality"));
	else
		json_object_update_new(object,
				       json_pack("{s:I, s:I, s:s}", "budget_s",
						 (json_int_t)(cell->budget_month_s + cell->down_s),
						 "budget_left_s", (json_int_t)cell->budget_month_s,
						 "budget_municipality", cell->scope.municipality));
}

static json_t *
rule_json(const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);

	return agreement == NULL ? json_null()
				 : json_sprintf("%s/%s/avail", agreement->name, agreement->version);
}

static json_t *
evidence_json(int month, const struct vg_scope *scope)
{
	const char *code = scope->municipality == NULL ? "" : scope->municipality;

	return json_sprintf("/api/v1/availability?month=%04d-%02d&service=%s%s%s", month / 12,
			    month % 12 + 1, scope->service,
			    *code == '\0' ? "" : "&municipality=", code);
}

json_t *
vg_json_share(const struct vg_core *core, const struct vg_picture *picture,
	      const struct vg_avail_cell *cell)
{
	const int64_t known_s = cell->base_s - cell->unknown_s;
	json_t *object = json_pack(
		"{s:s, s:s?, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "service", cell->scope.service,
		"municipality", cell->scope.municipality, "month",
		vg_judge_month_name(picture->month), "to", vg_json_time(cell->to_ms), "value_ppm",
		cell->den == 0 ? json_null() : json_integer(value_ppm(cell)), "target_ppm",
		cell->target_ppm < 0 ? json_null() : json_integer(cell->target_ppm), "verdict",
		vg_avail_verdict_name(cell->verdict), "rule", rule_json(core, picture->month_at_ms),
		"evidence", evidence_json(picture->month, &cell->scope));

	json_object_update_new(
		object, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "num",
				  (json_int_t)cell->num, "den", (json_int_t)cell->den, "base_s",
				  (json_int_t)cell->base_s, "down_s", (json_int_t)cell->down_s,
				  "excluded_s", (json_int_t)cell->excluded_s, "unknown_s",
				  (json_int_t)cell->unknown_s, "coverage_ppm",
				  cell->base_s == 0 ? json_null()
						    : json_integer(known_s * PPM / cell->base_s)));
	put_budget(object, cell->scope.municipality == NULL ? tightest(picture, cell->scope.service)
							    : cell);
	return object;
}
