/* profile.c - what a set of tickets looks like: the ledger's, or what a mapping makes of a file.
 *
 * The figures are core/profile.h's integers. Hours and shares are printed with a decimal point, and
 * this is the one place of the program where a number is not whole. */
#include "core/profile.h"

#include "cli/commands.h"
#include "cli/dry_run.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/source.h"
#include "cli/trace.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(json_t *object, const char *member, json_t *value)
{
	(void)json_object_set_new(object, member, value);
}

static json_t *
hours(int64_t e4)
{
	return e4 < 0 ? json_null() : json_real((double)e4 / 10000);
}

static json_t *
share(int64_t num, int64_t den)
{
	return json_real((double)vg_share_ppm(num, den) / 1000000);
}

/* Interpolated at (n - 1) q. Ties at the fourth decimal fall as those of the reference figures do,
 * which were made in binary fractions. */
static json_t *
quantile(const struct vg_durations *durations, int percent)
{
	size_t at = (durations->n - 1) * (size_t)percent, low = at / 100;
	double seconds;
	char text[64];

	if (durations->n == 0)
		return json_null();
	seconds = (double)durations->second[low];
	if (at % 100 != 0)
		seconds += (double)(durations->second[low + 1] - durations->second[low]) *
			   (double)(at % 100) / 100;
	(void)snprintf(text, sizeof(text), "%.4f", seconds / 3600);
	return json_real(strtod(text, NULL));
}

static json_t *
durations_json(const struct vg_durations *durations)
{
	static const struct {
		const char *name;
		int percent;
	} quantiles[] = {
		{"p25_h", 25}, {"median_h", 50}, {"p75_h", 75}, {"p90_h", 90}, {"p95_h", 95}};
	json_t *object = json_object();

	put(object, "n", json_integer((json_int_t)durations->n));
	if (durations->n == 0)
		return object;
	put(object, "mean_h", hours(vg_durations_mean(durations)));
	put(object, "min_h", hours(vg_hours_e4(durations->second[0])));
	put(object, "max_h", hours(vg_hours_e4(durations->second[durations->n - 1])));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		put(object, quantiles[i].name, quantile(durations, quantiles[i].percent));
	put(object, "median_nearest_rank_h", hours(vg_durations_nearest_rank(durations, 50)));
	put(object, "p90_nearest_rank_h", hours(vg_durations_nearest_rank(durations, 90)));
	return object;
}

/* "gross_24x7": {...} for each calendar. */
static void
put_durations(json_t *object, const char *prefix, const struct vg_profile *profile,
	      const struct vg_durations *durations)
{
	char name[128];

	for (size_t i = 0; i < profile->cals; i++) {
		(void)snprintf(name, sizeof(name), "%s_%s", prefix, profile->cal[i]->name);
		put(object, name, durations_json(&durations[i]));
	}
}

static json_t *
lines_json(const int64_t *lines)
{
	static const char *const names[VG_PROFILE_LINES] = {"unknown", "L1", "L2", "L3"};
	json_t *object = json_object();

	for (int i = 0; i < VG_PROFILE_LINES; i++)
		if (lines[i] > 0)
			put(object, names[i], json_integer(lines[i]));
	return object;
}

static const char *
name_of(const struct vg_profile_group *group)
{
	return *group->name != '\0' ? group->name : "none";
}

static void
put_counts(json_t *out, const struct vg_profile_group *whole)
{
	const int64_t *count = whole->count;

	for (int i = 0; i < VG_PROFILE_COUNT_COUNT; i++)
		put(out, vg_profile_count_name[i], json_integer(count[i]));
	put(out, "unresolved_at_end",
	    json_integer(count[VG_PROFILE_CASES] - count[VG_PROFILE_RESOLVED]));
	put(out, "first_line_resolution_share",
	    share(count[VG_PROFILE_FIRST_LINE], count[VG_PROFILE_RESOLVED]));
	put(out, "escalation_share", share(count[VG_PROFILE_ESCALATED], count[VG_PROFILE_CASES]));
	put(out, "team_handover_share",
	    share(count[VG_PROFILE_HANDED_OVER], count[VG_PROFILE_CASES]));
	put(out, "reopen_share", share(count[VG_PROFILE_REOPENED], count[VG_PROFILE_CASES]));
	put(out, "made_sla_share",
	    share(count[VG_PROFILE_SOURCE_SLA_MET], count[VG_PROFILE_CASES]));
	put(out, "field_reassigned_share",
	    share(count[VG_PROFILE_SOURCE_REASSIGNED], count[VG_PROFILE_CASES]));
	put(out, "demo_target_met_share",
	    share(count[VG_PROFILE_TARGET_MET], count[VG_PROFILE_TARGET_JUDGED]));
}

static void
put_priorities(json_t *out, const struct vg_profile *profile)
{
	const struct vg_profile_groups *groups = &profile->by[VG_PROFILE_BY_PRIORITY];
	json_t *cases = json_object(), *source = json_object(), *met = json_object(),
	       *resolution = json_object();

	for (size_t i = 0; i < groups->n; i++) {
		const struct vg_profile_group *group = &groups->group[i];
		json_t *durations = json_object();

		put(cases, name_of(group), json_integer(group->count[VG_PROFILE_CASES]));
		put(source, name_of(group),
		    share(group->count[VG_PROFILE_SOURCE_SLA_MET], group->count[VG_PROFILE_CASES]));
		put(met, name_of(group),
		    share(group->count[VG_PROFILE_TARGET_MET],
			  group->count[VG_PROFILE_TARGET_JUDGED]));
		put_durations(durations, "gross", profile, group->gross);
		put_durations(durations, "net", profile, group->net);
		put(resolution, name_of(group), durations);
	}
	put(out, "cases_by_priority", cases);
	put(out, "made_sla_share_by_priority", source);
	put(out, "demo_target_met_share_by_priority", met);
	put(out, "resolution_by_priority", resolution);
}

static json_t *
municipality_json(const struct vg_profile *profile, const struct vg_profile_group *group)
{
	static const struct {
		const char *name;
		enum vg_profile_count count;
	} members[] = {{"cases", VG_PROFILE_CASES},
		       {"resolved", VG_PROFILE_RESOLVED},
		       {"first_line", VG_PROFILE_FIRST_LINE},
		       {"escalated", VG_PROFILE_ESCALATED},
		       {"reopened", VG_PROFILE_REOPENED},
		       {"touched_L2_or_L3", VG_PROFILE_SECOND_LINE},
		       {"made_sla", VG_PROFILE_SOURCE_SLA_MET},
		       {"demo_target_met", VG_PROFILE_TARGET_MET}};
	json_t *object = json_object();
	char name[128];

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put(object, members[i].name, json_integer(group->count[members[i].count]));
	for (size_t i = 0; i < profile->cals; i++) {
		(void)snprintf(name, sizeof(name), "median_gross_%s_h", profile->cal[i]->name);
		put(object, name, quantile(&group->gross[i], 50));
	}
	return object;
}

static void
put_other_groups(json_t *out, const struct vg_profile *profile)
{
	const struct vg_profile_groups *municipalities = &profile->by[VG_PROFILE_BY_MUNICIPALITY];
	const struct vg_profile_groups *months = &profile->by[VG_PROFILE_BY_MONTH];
	json_t *by = json_object(), *opened = json_object(), *states = json_object();

	for (size_t i = 0; i < municipalities->n; i++)
		put(by, name_of(&municipalities->group[i]),
		    municipality_json(profile, &municipalities->group[i]));
	for (size_t i = 0; i < months->n; i++)
		put(opened, name_of(&months->group[i]),
		    json_integer(months->group[i].count[VG_PROFILE_CASES]));
	for (size_t i = 0; i < profile->statuses.n; i++)
		put(states, profile->statuses.word[i].word,
		    json_integer(profile->statuses.word[i].count));
	put(out, "by_municipality", by);
	put(out, "opened_by_month_local", opened);
	put(out, "events_by_state", states);
}

/* "2016-02-29T05:10:00Z" */
static json_t *
instant(int64_t at_ms)
{
	int year, month, day;
	int64_t second = at_ms / 1000 % 86400;

	if (at_ms < 0)
		return json_null();
	vg_civil_from_days(at_ms / 86400000, &year, &month, &day);
	return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
			    (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* The earliest creation: a source may say that a ticket was opened before it says anything else. */
static int64_t
first_ms(const struct vg_core *core, const struct vg_profile *profile)
{
	int64_t first = profile->first_ms;

	for (const struct vg_ticket *ticket = vg_core_ticket_next(core, NULL); ticket != NULL;
	     ticket = vg_core_ticket_next(core, ticket)) {
		struct vg_ticket_view view;

		vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
		if (view.created_ms < first)
			first = view.created_ms;
	}
	return first;
}

static json_t *
profile_json(const struct vg_core *core, const struct vg_profile *profile)
{
	json_t *out = json_object(), *resolution = json_object(), *said = json_object();

	put_counts(out, &profile->whole);
	put(out, "first_instant_utc", instant(first_ms(core, profile)));
	put(out, "last_instant_utc", instant(profile->last_ms));
	put(out, "events_by_line", lines_json(profile->events_by_line));
	put(out, "cases_by_first_line", lines_json(profile->first_line));
	put(out, "cases_by_highest_line", lines_json(profile->highest_line));
	put(out, "resolved_by_line", lines_json(profile->resolving_line));
	put_durations(resolution, "gross", profile, profile->whole.gross);
	put_durations(resolution, "net", profile, profile->whole.net);
	put(out, "resolution", resolution);
	put_durations(said, "gross", profile, profile->whole.said);
	put(out, "field_resolution", said);
	put_priorities(out, profile);
	put_other_groups(out, profile);
	return out;
}

/* The calendars of the newest version, as many as a profile takes. */
static size_t
calendars(const struct vg_core *core, const char *names[VG_PROFILE_CALS_MAX])
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	size_t count = 0;

	while (agreement != NULL && count < agreement->cals && count < VG_PROFILE_CALS_MAX) {
		names[count] = agreement->cal[count]->name;
		count++;
	}
	return count;
}

static int
print_profile(struct vg_cli *cli, const struct vg_core *core)
{
	const char *names[VG_PROFILE_CALS_MAX];
	size_t count = calendars(core, names);
	struct vg_profile profile;
	json_t *json;
	int rc = vg_profile_make(core, names, count, &profile);

	if (rc != 0)
		return vg_cli_fail(cli, vg_cli_exit_of(rc), "%s",
				   rc == VG_ENOMEM ? "out of memory"
						   : "no agreement has been applied");
	json = profile_json(core, &profile);
	vg_profile_fini(&profile);
	if (json_dumpf(json, stdout,
		       JSON_SORT_KEYS | JSON_REAL_PRECISION(12) |
			       (vg_cli_flag(cli, "json") ? JSON_COMPACT : JSON_INDENT(1))) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "standard output: write failed");
	putchar('\n');
	json_decref(json);
	return rc;
}

/* One ticket a line, in whole seconds; what is not known is empty. */

static void
put_known(int64_t value, bool known)
{
	if (known)
		printf(",%" PRId64, value);
	else
		putchar(',');
}

static void
put_quoted(const char *text)
{
	putchar(',');
	if (strpbrk(text, ",\"\r\n") == NULL) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void
print_elapsed(const struct vg_core *core, const struct vg_ticket *ticket, const char *const *names,
	      size_t count, bool net)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);

	for (size_t i = 0; i < count; i++) {
		int64_t ms = vg_ticket_elapsed_ms(core, ticket,
						  vg_agreement_cal(agreement, names[i]), net);

		put_known(ms / 1000, ms >= 0);
	}
}

static void
print_ticket(const struct vg_core *core, const struct vg_ticket *ticket, const char *const *names,
	     size_t count)
{
	const char *municipality, *priority;
	struct vg_ticket_view view;

	vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
	priority = view.text[VG_TF_SOURCE_PRIORITY];
	municipality = view.text[VG_TF_MUNICIPALITY];
	fputs(vg_ticket_ref_count(ticket) > 0 ? vg_ticket_ref(ticket, 0).ref : "", stdout);
	put_known(view.created_ms / 1000, true);
	put_known(view.resolved_ms / 1000, view.resolved);
	put_quoted(priority != NULL ? priority : "");
	put_known(view.first_line, view.first_line != 0);
	put_known(view.highest_line, view.highest_line != 0);
	put_known(view.resolving_line, view.resolved && view.resolving_line != 0);
	put_known(view.first_line_only, view.resolved);
	put_known(view.escalations, true);
	put_known(view.deescalations, true);
	put_known(view.handovers, true);
	put_known(view.reopens, true);
	print_elapsed(core, ticket, names, count, false);
	print_elapsed(core, ticket, names, count, true);
	put_known(view.resolution.sla == VG_SLA_MET,
		  view.resolution.sla == VG_SLA_MET || view.resolution.sla == VG_SLA_MISSED);
	put_known(view.current[VG_TF_SAYS_SLA_MET],
		  (view.set & VG_TF_BIT(VG_TF_SAYS_SLA_MET)) != 0);
	put_quoted(municipality != NULL ? municipality : "");
	putchar('\n');
}

static void
print_tickets(const struct vg_core *core)
{
	const char *names[VG_PROFILE_CALS_MAX];
	size_t count = calendars(core, names);

	printf("case,opened_utc,resolved_utc,priority,first_line,highest_line,resolving_line,first_"
	       "line_only,escalations,"
	       "deescalations,handovers,reopens");
	for (size_t i = 0; i < count; i++)
		printf(",gross_%s_s", names[i]);
	for (size_t i = 0; i < count; i++)
		printf(",net_%s_s", names[i]);
	puts(",demo_target_met,made_sla,municipality");
	for (const struct vg_ticket *ticket = vg_core_ticket_next(core, NULL); ticket != NULL;
	     ticket = vg_core_ticket_next(core, ticket))
		print_ticket(core, ticket, names, count);
}

static int
from_ledger(struct vg_cli *cli, struct vg_replayed *replayed)
{
	struct vg_pg *pg = NULL;
	struct vg_as_of as_of;
	int rc;

	if ((rc = vg_cli_as_of(cli, &as_of)) == 0 && (rc = vg_replay_open(cli, &pg)) == 0)
		rc = vg_replay_ledger(cli, pg, &as_of, replayed);
	vg_pg_close(pg);
	if (rc == 0 && replayed->broken > 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "the ledger does not hold together; no figure is made from it");
	return rc;
}

static int
print(struct vg_cli *cli, const struct vg_core *core)
{
	if (!vg_cli_flag(cli, "tickets"))
		return print_profile(cli, core);
	print_tickets(core);
	return VG_EXIT_OK;
}

/* Tickets or samples, as the mapping says. */
static int
profile_file(struct vg_cli *cli, const char *path)
{
	struct vg_mapping *mapping = vg_source_mapping(cli);
	struct vg_core *core = NULL;
	int rc;

	if (mapping == NULL)
		return VG_EXIT_MALFORMED;
	if (vg_mapping_kind(mapping) == VG_KIND_SAMPLES_REPORTED)
		rc = vg_trace_profile(cli, mapping, path);
	else if ((rc = vg_dry_core(cli, mapping, path, &core)) == 0)
		rc = print(cli, core);
	vg_mapping_free(mapping);
	vg_core_free(core);
	return rc;
}

int
vg_run_profile(struct vg_cli *cli)
{
	struct vg_replayed replayed = {0};
	int rc;

	if (cli->operands > 0)
		return profile_file(cli, cli->operand[0]);
	rc = from_ledger(cli, &replayed);
	if (rc == 0)
		rc = print(cli, replayed.core);
	vg_replay_fini(&replayed);
	return rc;
}
