/* profile.c - counts and durations of a set of tickets.
 *
 * What a ticket adds is worked out once and put into each of its groups. The hard thing is rounding
 * without floating point: a quantile between two values is a fraction, and is rounded once, at the
 * end. */
#include "core/profile.h"

#include "core/core_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const vg_profile_count_name[VG_PROFILE_COUNT_COUNT] = {
#define X(constant, name) name,
	VG_PROFILE_COUNTS(X)
#undef X
};

/* What one ticket adds to its groups. */
struct share {
	int64_t count[VG_PROFILE_COUNT_COUNT];
	int64_t gross_s[VG_PROFILE_CALS_MAX], net_s[VG_PROFILE_CALS_MAX],
		said_s[VG_PROFILE_CALS_MAX]; /* -1 = none */
};

/* Groups. */

static int
add_duration(struct vg_durations *durations, int64_t second)
{
	if (second < 0)
		return 0;
	if (vg_core_reserve((void **)&durations->second, &durations->size, durations->n + 1,
			    sizeof(*durations->second)) != 0)
		return VG_CORE_ENOMEM;
	durations->second[durations->n++] = second;
	return 0;
}

static int
add_share(struct vg_profile_group *group, const struct share *share, size_t cals)
{
	for (int i = 0; i < VG_PROFILE_COUNT_COUNT; i++)
		group->count[i] += share->count[i];
	for (size_t i = 0; i < cals; i++) {
		if (add_duration(&group->gross[i], share->gross_s[i]) != 0 ||
		    add_duration(&group->net[i], share->net_s[i]) != 0 ||
		    add_duration(&group->said[i], share->said_s[i]) != 0)
			return VG_CORE_ENOMEM;
	}
	return 0;
}

/* Place of the group with this name, or where it would stand. */
static size_t
group_place(const struct vg_profile_groups *groups, const char *name)
{
	size_t low = 0, high = groups->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(groups->group[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
add_to_group(struct vg_profile_groups *groups, const char *name, const struct share *share,
	     size_t cals)
{
	size_t i = group_place(groups, name);
	char *copy;

	if (i == groups->n || strcmp(groups->group[i].name, name) != 0) {
		if (groups->n >= VG_PROFILE_GROUPS_MAX)
			return 0;
		if (vg_core_reserve((void **)&groups->group, &groups->size, groups->n + 1,
				    sizeof(*groups->group)) != 0 ||
		    (copy = strdup(name)) == NULL)
			return VG_CORE_ENOMEM;
		memmove(&groups->group[i + 1], &groups->group[i],
			(groups->n - i) * sizeof(*groups->group));
		groups->group[i] = (struct vg_profile_group){.name = copy};
		groups->n++;
	}
	return add_share(&groups->group[i], share, cals);
}

static int
count_word(struct vg_profile_words *words, const char *word)
{
	size_t i = 0;
	char *copy;

	while (i < words->n && strcmp(words->word[i].word, word) < 0)
		i++;
	if (i == words->n || strcmp(words->word[i].word, word) != 0) {
		if (words->n >= VG_PROFILE_GROUPS_MAX)
			return 0;
		if (vg_core_reserve((void **)&words->word, &words->size, words->n + 1,
				    sizeof(*words->word)) != 0 ||
		    (copy = strdup(word)) == NULL)
			return VG_CORE_ENOMEM;
		memmove(&words->word[i + 1], &words->word[i],
			(words->n - i) * sizeof(*words->word));
		words->word[i] = (struct vg_profile_word){copy, 0};
		words->n++;
	}
	words->word[i].count++;
	return 0;
}

/* One ticket. */

static int64_t
number_or(const struct vg_ticket_view *view, enum vg_ticket_field field, int64_t otherwise)
{
	return (view->set & VG_TF_BIT(field)) != 0 ? view->current[field] : otherwise;
}

static void
count_ticket(const struct vg_ticket_view *view, int64_t *count)
{
	enum vg_sla sla = view->resolution.sla;

	count[VG_PROFILE_CASES] = 1;
	count[VG_PROFILE_RESOLVED] = view->resolved;
	count[VG_PROFILE_FIRST_LINE] = view->first_line_only;
	count[VG_PROFILE_ESCALATED] = view->escalations > 0;
	count[VG_PROFILE_DEESCALATED] = view->deescalations > 0;
	count[VG_PROFILE_PINGPONG] = view->escalations > 0 && view->deescalations > 0;
	count[VG_PROFILE_HANDED_OVER] = view->handovers > 0;
	count[VG_PROFILE_HANDOVERS] = view->handovers;
	count[VG_PROFILE_REOPENED] = view->reopens > 0;
	count[VG_PROFILE_REOPENINGS] = view->reopens;
	count[VG_PROFILE_SECOND_LINE] = view->highest_line >= 2;
	count[VG_PROFILE_SOURCE_SLA_MET] = number_or(view, VG_TF_SAYS_SLA_MET, 0) != 0;
	count[VG_PROFILE_SOURCE_REASSIGNED] = number_or(view, VG_TF_SAYS_REASSIGNED, 0) > 0;
	count[VG_PROFILE_SOURCE_REOPENED] = number_or(view, VG_TF_SAYS_REOPENED, 0) > 0;
	count[VG_PROFILE_SOURCE_RESOLVED] = number_or(view, VG_TF_SAYS_RESOLVED, -1) >= 0;
	count[VG_PROFILE_TARGET_JUDGED] = sla == VG_SLA_MET || sla == VG_SLA_MISSED;
	count[VG_PROFILE_TARGET_MET] = sla == VG_SLA_MET;
}

static int64_t
whole_seconds(int64_t ms)
{
	return ms < 0 ? -1 : ms / 1000;
}

static void
measure_ticket(const struct vg_core *core, const struct vg_profile *profile,
	       const struct vg_ticket *ticket, const struct vg_ticket_view *view,
	       struct share *share)
{
	int64_t said_ms = number_or(view, VG_TF_SAYS_RESOLVED, -1);

	for (size_t i = 0; i < profile->cals; i++) {
		const struct vg_cal *cal = profile->cal[i];

		share->gross_s[i] = whole_seconds(vg_ticket_elapsed_ms(core, ticket, cal, false));
		share->net_s[i] = whole_seconds(vg_ticket_elapsed_ms(core, ticket, cal, true));
		share->said_s[i] =
			said_ms < 0
				? -1
				: whole_seconds(vg_cal_between_ms(cal, view->created_ms, said_ms));
	}
}

static int
known_line(int64_t line)
{
	return line >= 1 && line < VG_PROFILE_LINES ? (int)line : 0;
}

static int
count_facts(const struct vg_core *core, struct vg_profile *profile, const struct vg_ticket *ticket,
	    int64_t *events)
{
	for (uint32_t i = 0; i < ticket->facts; i++) {
		const struct vg_fact *fact = ticket->fact[i];
		int64_t line = 0;

		if (!vg_core_fact_counts(core, fact))
			continue;
		(*events)++;
		if ((fact->set & VG_TF_BIT(VG_TF_LINE)) != 0)
			line = vg_fact_number(fact, VG_TF_LINE);
		profile->events_by_line[known_line(line)]++;
		if (profile->first_ms == -1 || fact->at_ms < profile->first_ms)
			profile->first_ms = fact->at_ms;
		if (fact->at_ms > profile->last_ms)
			profile->last_ms = fact->at_ms;
		if ((fact->set & VG_TF_BIT(VG_TF_SOURCE_STATUS)) != 0 &&
		    count_word(&profile->statuses,
			       vg_pool_get(core->pool, (uint32_t)vg_fact_number(
							       fact, VG_TF_SOURCE_STATUS))) != 0)
			return VG_CORE_ENOMEM;
	}
	return 0;
}

static void
count_lines(struct vg_profile *profile, const struct vg_ticket_view *view)
{
	profile->first_line[known_line(view->first_line)]++;
	profile->highest_line[known_line(view->highest_line)]++;
	if (view->resolved)
		profile->resolving_line[known_line(view->resolving_line)]++;
}

static int
add_to_groups(const struct vg_core *core, struct vg_profile *profile,
	      const struct vg_ticket_view *view, const struct share *share)
{
	const char *said = view->text[VG_TF_SOURCE_PRIORITY];
	const char *municipality = view->text[VG_TF_MUNICIPALITY];
	int month = vg_core_month_of(core, view->created_ms);
	char name[24] = "";
	int rc;

	if (month != VG_MONTH_NONE)
		snprintf(name, sizeof(name), "%04d-%02d", month / 12, month % 12 + 1);
	if ((rc = add_share(&profile->whole, share, profile->cals)) != 0 ||
	    (rc = add_to_group(&profile->by[VG_PROFILE_BY_PRIORITY],
			       said != NULL && said[0] != '\0' ? said : view->priority, share,
			       profile->cals)) != 0 ||
	    (rc = add_to_group(&profile->by[VG_PROFILE_BY_MUNICIPALITY],
			       municipality != NULL ? municipality : "", share, profile->cals)) !=
		    0)
		return rc;
	return add_to_group(&profile->by[VG_PROFILE_BY_MONTH], name, share, profile->cals);
}

static int
add_ticket(const struct vg_core *core, struct vg_profile *profile, const struct vg_ticket *ticket)
{
	struct share share = {.count = {0}};
	struct vg_ticket_view view;

	vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
	count_ticket(&view, share.count);
	measure_ticket(core, profile, ticket, &view, &share);
	count_lines(profile, &view);
	if (count_facts(core, profile, ticket, &share.count[VG_PROFILE_EVENTS]) != 0)
		return VG_CORE_ENOMEM;
	return add_to_groups(core, profile, &view, &share);
}

/* The whole. */

static int
compare_seconds(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
sort_group(struct vg_profile_group *group, size_t cals)
{
	for (size_t i = 0; i < cals; i++) {
		struct vg_durations *kinds[] = {&group->gross[i], &group->net[i], &group->said[i]};

		for (size_t k = 0; k < 3; k++) {
			if (kinds[k]->n > 1)
				qsort(kinds[k]->second, kinds[k]->n, sizeof(int64_t),
				      compare_seconds);
		}
	}
}

static int
find_cals(const struct vg_core *core, const char *const *cals, size_t cal_count,
	  struct vg_profile *out)
{
	const struct vg_agreement *latest = vg_core_agreement_latest(core);

	if (cal_count > VG_PROFILE_CALS_MAX)
		return VG_CORE_ELIMIT;
	for (size_t i = 0; i < cal_count; i++) {
		out->cal[i] = latest != NULL ? vg_agreement_cal(latest, cals[i]) : NULL;
		if (out->cal[i] == NULL)
			return VG_CORE_ENOTFOUND;
	}
	out->cals = cal_count;
	return 0;
}

int
vg_profile_make(const struct vg_core *core, const char *const *cals, size_t cal_count,
		struct vg_profile *out)
{
	int rc;

	*out = (struct vg_profile){.first_ms = -1, .last_ms = -1};
	if ((rc = find_cals(core, cals, cal_count, out)) != 0)
		return rc;
	out->whole.name = strdup("");
	rc = out->whole.name == NULL ? VG_CORE_ENOMEM : 0;
	for (size_t i = 0; i < core->tickets && rc == 0; i++) {
		if (!core->ticket[i]->vanished)
			rc = add_ticket(core, out, core->ticket[i]);
	}
	if (rc != 0) {
		vg_profile_fini(out);
		return rc;
	}
	sort_group(&out->whole, out->cals);
	for (int by = 0; by < VG_PROFILE_BY_COUNT; by++) {
		for (size_t i = 0; i < out->by[by].n; i++)
			sort_group(&out->by[by].group[i], out->cals);
	}
	return 0;
}

static void
fini_group(struct vg_profile_group *group)
{
	free(group->name);
	for (size_t i = 0; i < VG_PROFILE_CALS_MAX; i++) {
		free(group->gross[i].second);
		free(group->net[i].second);
		free(group->said[i].second);
	}
}

void
vg_profile_fini(struct vg_profile *profile)
{
	fini_group(&profile->whole);
	for (int by = 0; by < VG_PROFILE_BY_COUNT; by++) {
		for (size_t i = 0; i < profile->by[by].n; i++)
			fini_group(&profile->by[by].group[i]);
		free(profile->by[by].group);
	}
	for (size_t i = 0; i < profile->statuses.n; i++)
		free(profile->statuses.word[i].word);
	free(profile->statuses.word);
	*profile = (struct vg_profile){.cals = 0};
}

/* Figures. */

/* num/den for num >= 0 and den > 0, to the nearest whole, half to even. */
static int64_t
divide_rounded(int64_t num, int64_t den)
{
	int64_t whole = num / den, twice = num % den * 2;

	return whole + (twice > den || (twice == den && whole % 2 == 1));
}

/* An hour has 3 600 s, so a ten-thousandth of it is 9/25 s. */
int64_t
vg_hours_e4(int64_t seconds)
{
	return divide_rounded(seconds * 25, 9);
}

int64_t
vg_durations_mean(const struct vg_durations *durations)
{
	int64_t sum = 0;

	if (durations->n == 0)
		return -1;
	for (size_t i = 0; i < durations->n; i++)
		sum += durations->second[i];
	return divide_rounded(sum * 25, 9 * (int64_t)durations->n);
}

int64_t
vg_durations_nearest_rank(const struct vg_durations *durations, int percent)
{
	if (durations->n == 0)
		return -1;
	return vg_hours_e4(durations->second[(durations->n * (size_t)percent + 99) / 100 - 1]);
}

int64_t
vg_share_ppm(int64_t num, int64_t den)
{
	return den == 0 ? 0 : divide_rounded(num * 1000000, den);
}
