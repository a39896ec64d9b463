/* rules.c - the rules by which facts are judged, with the product's defaults.
 *
 * A rule that an author does not state has the default of semantics.md, and a value that is wrong
 * keeps it too, so that one mistake is told once. */
#include "lib/agreement/load.h"

#include "core/event.h"

#include <string.h>

#define PAUSE_DAYS_MAX	  250
#define REOPEN_DAYS_MAX	  366
#define NOTICE_DAYS_MAX	  366
#define MIN_N_MAX	  1000000
#define CONFIRM_SLOTS_MAX 60
#define FLAP_CHANGES_MAX  1000

/* "10 working days" with the unit in singular or plural; false when the text is something else. */
static bool
parse_count(const char *text, const char *unit, int64_t max, int64_t *out)
{
	int64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && value <= max; at++)
		value = value * 10 + (*at - '0');
	if (at == text || value > max || *at++ != ' ' || strncmp(at, unit, strlen(unit)) != 0)
		return false;
	at += strlen(unit);
	if (*at == 's')
		at++;
	*out = value;
	return *at == '\0';
}

static int64_t
read_max_pause(struct vg_load *load, const struct vg_yaml_node *rules, int64_t fallback)
{
	const char *text = vg_yaml_get_text(rules, "max_pause", false, NULL, load->errors);
	int64_t days;

	if (text == NULL)
		return fallback;
	if (strcmp(text, "none") == 0)
		return -1;
	if (parse_count(text, "working day", PAUSE_DAYS_MAX, &days) && days > 0)
		return days;
	vg_yaml_error(load->errors, vg_yaml_find(rules, "max_pause"),
		      "max_pause: expected \"none\" or 1 to %d working days such as \"10 working "
		      "days\", found \"%.60s\"",
		      PAUSE_DAYS_MAX, text);
	return fallback;
}

int64_t
vg_load_days(struct vg_load *load, const struct vg_yaml_node *map, const char *key, int64_t max,
	     int64_t fallback)
{
	const char *text = vg_yaml_get_text(map, key, false, NULL, load->errors);
	int64_t days;

	if (text == NULL)
		return fallback;
	if (parse_count(text, "day", max, &days))
		return days;
	vg_yaml_error(load->errors, vg_yaml_find(map, key),
		      "%s: expected 0 to %d days such as \"%d days\", found \"%.60s\"", key,
		      (int)max, (int)fallback, text);
	return fallback;
}

static uint32_t
read_pause_reasons(struct vg_load *load, const struct vg_yaml_node *rules, uint32_t fallback)
{
	static const char *const reasons[] = {
#define X(constant, word) [VG_REASON_##constant] = word,
		VG_REASONS(X)
#undef X
			[VG_REASON_COUNT] = NULL,
	};
	const char *const *stopping = reasons + 1; /* a pause without reason is no pause */
	const struct vg_yaml_node *list =
		vg_load_member(load, rules, "pause_reasons", VG_YAML_LIST, false);
	struct vg_load_item item;
	uint32_t bits = 0;

	if (list == NULL)
		return fallback;
	for (size_t i = 0; i < list->count; i++) {
		int word = vg_yaml_get_word(vg_load_item(&item, "pause_reasons", list->item[i]),
					    "pause_reasons", stopping, -1, load->errors);

		if (word >= 0)
			bits |= UINT32_C(1) << (word + 1);
	}
	return bits;
}

int64_t
vg_load_seconds_ms(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		   int64_t min_s, int64_t max_s, int64_t fallback_ms)
{
	int64_t ms = vg_yaml_get_duration_ms(map, key, false, fallback_ms, load->errors);

	if (ms % 1000 == 0 && ms >= min_s * 1000 && ms <= max_s * 1000)
		return ms;
	vg_yaml_error(load->errors, vg_load_place(map, key),
		      "%s: expected whole seconds from %ds to %ds", key, (int)min_s, (int)max_s);
	return fallback_ms;
}

int64_t
vg_load_availability(struct vg_load *load, const struct vg_yaml_node *map, int64_t fallback)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, "availability");

	if (node != NULL && node->type == VG_YAML_SCALAR && strcmp(node->text, "none") == 0)
		return -1;
	return vg_yaml_get_ppm(map, "availability", false, fallback, load->errors);
}

/* Rules of semantics.md 3.1 to 3.3; the defaults are there already. A timeline knows no time finer
 * than seconds. */
static void
read_availability(struct vg_load *load, const struct vg_yaml_node *rules)
{
	static const char *const unknowns[] = {
		[VG_UNKNOWN_EXCLUDE] = "exclude", [VG_UNKNOWN_AS_UP] = "as_up", NULL};
	static const char *const externals[] = {
		[VG_EXTERNAL_AS_UP] = "as_up", [VG_EXTERNAL_EXCLUDE] = "exclude", NULL};
	struct vg_agreement *a = load->agreement;

	a->slot_ms = vg_load_seconds_ms(load, rules, "slot", 1, 3600, a->slot_ms);
	a->confirm_slots = vg_yaml_get_int(rules, "confirm_slots", false, 1, CONFIRM_SLOTS_MAX,
					   a->confirm_slots, load->errors);
	a->join_gap_s =
		vg_load_seconds_ms(load, rules, "join_gap", 0, 86400, a->join_gap_s * 1000) / 1000;
	a->flap_changes = vg_yaml_get_int(rules, "flap_changes", false, 2, FLAP_CHANGES_MAX,
					  a->flap_changes, load->errors);
	a->flap_window_ms =
		vg_load_seconds_ms(load, rules, "flap_window", 1, 86400, a->flap_window_ms);
	a->degraded_ppm =
		vg_yaml_get_ppm(rules, "degraded_weight", false, a->degraded_ppm, load->errors);
	a->coverage_ppm = vg_yaml_get_ppm(rules, "coverage", false, a->coverage_ppm, load->errors);
	a->window_notice_days =
		vg_load_days(load, rules, "window_notice", NOTICE_DAYS_MAX, a->window_notice_days);
	a->unknown_policy = (enum vg_unknown_policy)vg_yaml_get_word(
		rules, "unknown", unknowns, (int)a->unknown_policy, load->errors);
	a->external_policy = (enum vg_external_policy)vg_yaml_get_word(
		rules, "external_cause", externals, (int)a->external_policy, load->errors);
	load->target_ppm = vg_load_availability(load, rules, load->target_ppm);
}

void
vg_load_rules(struct vg_load *load)
{
	static const char *const known[] = {"retarget",
					    "resolution_clock",
					    "pause_reasons",
					    "max_pause",
					    "min_n",
					    "count_open_overdue",
					    "reopen_window",
					    "slot",
					    "confirm_slots",
					    "join_gap",
					    "flap_changes",
					    "flap_window",
					    "degraded_weight",
					    "unknown",
					    "external_cause",
					    "coverage",
					    "window_notice",
					    "availability",
					    NULL};
	static const char *const retargets[] = {[VG_RETARGET_KEEP_BREACH] = "keep_breach",
						[VG_RETARGET_LAST_PRIORITY] = "last_priority",
						NULL};
	static const char *const clocks[] = {[VG_RESOLUTION_END_TO_END] = "end_to_end",
					     [VG_RESOLUTION_SECOND_LINE] = "second_line",
					     NULL};
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *rules =
		vg_load_member(load, load->root, "rules", VG_YAML_MAP, false);

	/* Defaults of semantics.md 3.4 and 3.5. */
	agreement->pause_reasons = UINT32_C(1) << VG_REASON_REQUESTER |
				   UINT32_C(1) << VG_REASON_MUNICIPALITY |
				   UINT32_C(1) << VG_REASON_SCHEDULED;
	agreement->max_pause_days = 10;
	agreement->min_n = 10;
	agreement->reopen_window_days = 14;
	vg_agreement_set_defaults(agreement);
	load->target_ppm = VG_AVAILABILITY_TARGET_PPM;
	if (rules == NULL)
		return;
	(void)vg_yaml_only(rules, load->errors, known);
	agreement->retarget = (enum vg_retarget)vg_yaml_get_word(
		rules, "retarget", retargets, VG_RETARGET_KEEP_BREACH, load->errors);
	agreement->resolution_clock = (enum vg_resolution_clock)vg_yaml_get_word(
		rules, "resolution_clock", clocks, VG_RESOLUTION_END_TO_END, load->errors);
	agreement->pause_reasons = read_pause_reasons(load, rules, agreement->pause_reasons);
	agreement->max_pause_days = read_max_pause(load, rules, agreement->max_pause_days);
	agreement->min_n = vg_yaml_get_int(rules, "min_n", false, 1, MIN_N_MAX, agreement->min_n,
					   load->errors);
	agreement->count_open_overdue =
		vg_yaml_get_bool(rules, "count_open_overdue", false, load->errors);
	agreement->reopen_window_days = vg_load_days(load, rules, "reopen_window", REOPEN_DAYS_MAX,
						     agreement->reopen_window_days);
	read_availability(load, rules);
}
