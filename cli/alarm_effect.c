/* alarm_effect.c - what alarms did: how many, how false, how fast they were taken, and whether they
 * saw outages before the users did. */
#include "cli/alarm_view.h"
#include "cli/body.h"
#include "cli/commands.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH "/api/v1/alarms/effect"

static json_int_t
number_of(const json_t *effect, const char *member)
{
	return json_integer_value(json_object_get(effect, member));
}

/* "12 av 40 (30,0 %)"; cut to one decimal. */
static void
print_share(const char *heading, json_int_t part, json_int_t whole)
{
	vg_put_padded(heading, 44, false);
	if (whole == 0)
		puts(" ej tillämpligt");
	else
		printf(" %" JSON_INTEGER_FORMAT " av %" JSON_INTEGER_FORMAT
		       " (%" JSON_INTEGER_FORMAT ",%" JSON_INTEGER_FORMAT " %%)\n",
		       part, whole, part * 100 / whole, part * 1000 / whole % 10);
}

static void
print_number(const char *heading, json_int_t number)
{
	vg_put_padded(heading, 44, false);
	printf(" %" JSON_INTEGER_FORMAT "\n", number);
}

static void
print_length(const char *heading, const json_t *seconds)
{
	char text[VG_WORDS_MAX];

	vg_put_padded(heading, 44, false);
	printf(" %s\n", json_is_integer(seconds)
				? vg_words_length(json_integer_value(seconds), text)
				: "ej tillämpligt");
}

static void
print_effect(const json_t *effect)
{
	static const char *const severities[] = {"critical", "major", "minor", "warning",
						 "indeterminate"};
	const json_t *by_severity = json_object_get(effect, "by_severity");
	char from[VG_WORDS_MAX], to[VG_WORDS_MAX];

	printf("Larm från %s till %s\n\n", vg_words_local(vg_alarm_text(effect, "from"), from),
	       vg_words_local(vg_alarm_text(effect, "to"), to));
	print_number("larm", number_of(effect, "alarms"));
	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
		char heading[80];

		(void)snprintf(heading, sizeof(heading), "  som värst %s",
			       vg_words_value("severity", severities[i]));
		print_number(heading, number_of(by_severity, severities[i]));
	}
	print_number("larmmeddelanden", number_of(effect, "notices"));
	print_share("blev ärenden", number_of(effect, "tickets"), number_of(effect, "alarms"));
	print_share("stängda som falska", number_of(effect, "false_alarms"),
		    number_of(effect, "closed"));
	print_share("kvitterade", number_of(effect, "acknowledged"), number_of(effect, "alarms"));
	print_length("  tid till kvittering, median", json_object_get(effect, "ack_median_s"));
	print_length("  tid till kvittering, medel", json_object_get(effect, "ack_mean_s"));
	print_length("  tid till kvittering, längst", json_object_get(effect, "ack_max_s"));
	print_number("avbrott", number_of(effect, "outages"));
	print_share("upptäckta före första användarärendet", number_of(effect, "detected_first"),
		    number_of(effect, "outages_ticketed"));
}

/* --from and --to, as instants with an offset. */
static int
put_ends(const struct vg_cli *cli, struct vg_path *path)
{
	static const char *const ends[] = {"from", "to"};

	for (size_t i = 0; i < 2; i++) {
		char text[64];
		int64_t at_ms;
		int rc = vg_body_read_instant(cli, ends[i], -1, &at_ms);

		if (rc != 0)
			return rc;
		if (at_ms == -1)
			continue;
		if (!vg_path_query(path, ends[i], vg_civil_iso(at_ms, text, sizeof(text))))
			return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	}
	return 0;
}

int
vg_run_alarm_effect(struct vg_cli *cli)
{
	const char *month = cli->operands > 0 ? cli->operand[0] : NULL;
	struct vg_path path;
	json_t *reply;
	int number, rc = 0;

	if (month != NULL)
		rc = vg_cli_month(cli, month, &number);
	if (rc != 0)
		return rc;
	if (!vg_path_start(&path, PATH) || !vg_path_query(&path, "month", month) ||
	    !vg_path_query(&path, "service", vg_cli_value(cli, "service", NULL)) ||
	    !vg_path_query(&path, "municipality", vg_cli_value(cli, "municipality", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = put_ends(cli, &path);
	if (rc == 0)
		rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		print_effect(reply);
	json_decref(reply);
	return rc;
}
