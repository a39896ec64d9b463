/* alarm_tail.c - alarms as they change, until interrupted.
 *
 * The daemon answers as soon as something has changed, with each alarm once. The hard thing is a
 * storm, in which no reader follows: of each type the worst is always printed and a few more, the
 * rest is one line with exact counts; and no more than five answers a second are asked for. A
 * daemon that is restarted is waited for, and followed from where it was. */
#include "cli/alarm_view.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATH	  "/api/v1/alarms/changes"
#define KIND_MAX  10 /* alarms of one type that are printed of one answer */
#define REST_MS	  200
#define AWAY_MS	  1000
#define ROOM_MIN  20   /* letters of the alarm on the narrowest terminal */
#define ROW_MAX	  4096 /* names of 200 bytes each, and a text */
#define LINES_MAX 1000000000

struct tail {
	struct vg_cli *cli;
	json_int_t seq; /* -1 = from now on */
	long left;	/* alarms that are still to be printed */
	bool json;
	bool answered; /* the daemon has, once: from then on its restarts are waited for */
	bool away;     /* it has been said that it does not */
};

/* The daemon is away: said once, then asked each second until it answers again. */
static void
await(struct tail *tail, const struct vg_err *away)
{
	const struct timespec pause = {AWAY_MS / 1000, 0};

	if (!tail->away)
		fprintf(stderr, "vingad svarar inte (%s); försöker tills den gör det.\n",
			away->text);
	tail->away = true;
	(void)nanosleep(&pause, NULL);
}

/* Whose ledger ends before what was seen is another one, and is followed from now. */
static void
greet(struct tail *tail, json_int_t seq)
{
	if (tail->away && seq < tail->seq)
		fprintf(stderr,
			"vingad svarar igen, men liggaren slutar vid rad "
			"%" JSON_INTEGER_FORMAT "; visar vad som ändras från nu.\n",
			seq);
	else if (tail->away)
		fprintf(stderr,
			"vingad svarar igen; fortsätter efter rad %" JSON_INTEGER_FORMAT ".\n",
			tail->seq);
	tail->away = false;
	tail->answered = true;
	tail->seq = seq;
}

static int
ask(struct tail *tail, json_t **reply)
{
	static const char *const names[] = {"severity", "service", "municipality", "resource",
					    "type",	"source",  "category"};
	struct vg_err away = {0};
	struct vg_path path;
	char number[32];
	bool fits = vg_path_start(&path, PATH);
	int rc;

	for (size_t i = 0; fits && i < sizeof(names) / sizeof(names[0]); i++)
		fits = vg_path_query(&path, names[i], vg_cli_value(tail->cli, names[i], NULL));
	(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, tail->seq);
	if (!fits || (tail->seq >= 0 && !vg_path_query(&path, "after", number)))
		return vg_cli_fail(tail->cli, VG_EXIT_USAGE, "the options are too long");
	if (!tail->answered)
		rc = vg_remote_call(tail->cli, "GET", path.text, NULL, reply);
	else
		while ((rc = vg_remote_poll(tail->cli, path.text, reply, &away)) != 0 &&
		       away.text[0] != '\0')
			await(tail, &away);
	if (rc == 0)
		greet(tail, json_integer_value(json_object_get(*reply, "seq")));
	return rc;
}

/* What has become of it, in a word. */
static const char *
word_of(const json_t *alarm)
{
	const char *operator_ = vg_alarm_text(alarm, "operator");

	if (!json_is_true(json_object_get(alarm, "active")))
		return "upphört";
	if (json_is_true(json_object_get(alarm, "raised_now")))
		return "nytt";
	if (strcmp(operator_, "none") != 0)
		return vg_words_value("operator", operator_);
	return "ändrat";
}

/* The text stands last: on a narrow terminal it is what is cut. */
static void
print_line(json_t *alarm)
{
	const char *hidden = vg_alarm_text(alarm, "hidden");
	const char *qualifier = vg_alarm_text(alarm, "qualifier");
	const bool shown = strcmp(hidden, "shown") == 0;
	char at[VG_WORDS_MAX], row[ROW_MAX];
	int room;

	printf("%s  ", vg_words_local(vg_alarm_text(alarm, "last"), at));
	vg_put_padded(vg_words_value("severity", vg_alarm_text(alarm, "severity")), 10, false);
	putchar(' ');
	vg_put_padded(word_of(alarm), 11, false);
	room = vg_terminal_width() - ((int)strlen(at) + 2 + 10 + 1 + 11 + 1);
	(void)snprintf(row, sizeof(row), "%s  %s  %s%s%s  (%" JSON_INTEGER_FORMAT ")%s%s  %s",
		       vg_alarm_text(alarm, "id"), vg_alarm_text(alarm, "resource"),
		       vg_alarm_text(alarm, "type"), *qualifier != '\0' ? " " : "", qualifier,
		       json_integer_value(json_object_get(alarm, "count")),
		       shown ? "" : "  dolt: ", shown ? "" : vg_words_value("hidden", hidden),
		       vg_alarm_text(alarm, "text"));
	putchar(' ');
	vg_put_cut(row, room > ROOM_MIN ? room : ROOM_MIN);
	putchar('\n');
}

/* Alarms of a type that an answer has printed so far, counted in `printed` by their type. */
static json_int_t
count_of(json_t *printed, const char *type)
{
	const json_int_t count = json_integer_value(json_object_get(printed, type)) + 1;

	(void)json_object_set_new(printed, type, json_integer(count));
	return count;
}

/* A line for each type of which not all alarms were printed. */
static void
print_rest(const json_t *reply, const json_t *printed)
{
	const json_t *kind;
	size_t i;

	json_array_foreach(json_object_get(reply, "kinds"), i, kind)
	{
		const char *type = vg_alarm_text(kind, "type");
		const json_int_t changed = json_integer_value(json_object_get(kind, "changed"));
		json_int_t shown = json_integer_value(json_object_get(printed, type));

		if (shown > KIND_MAX)
			shown = KIND_MAX;
		if (changed > shown)
			printf("  … och %" JSON_INTEGER_FORMAT " larm till av slaget %s (av alla "
			       "%" JSON_INTEGER_FORMAT ": %" JSON_INTEGER_FORMAT
			       " nya, %" JSON_INTEGER_FORMAT " upphörda)\n",
			       changed - shown, type, changed,
			       json_integer_value(json_object_get(kind, "raised")),
			       json_integer_value(json_object_get(kind, "ended")));
	}
}

static void
print_people(struct tail *tail, const json_t *reply)
{
	json_t *printed = json_object(), *alarm;
	size_t i;

	json_array_foreach(json_object_get(reply, "alarms"), i, alarm)
	{
		if (tail->left > 0 && count_of(printed, vg_alarm_text(alarm, "type")) <= KIND_MAX) {
			print_line(alarm);
			tail->left--;
		}
	}
	if (tail->left > 0)
		print_rest(reply, printed);
	json_decref(printed);
}

/* A line for each alarm; what had no room is told in a line with `left_out` and `kinds`. */
static int
print_programs(struct tail *tail, json_t *reply)
{
	json_t *alarm;
	size_t i;
	int rc = 0;

	json_array_foreach(json_object_get(reply, "alarms"), i, alarm)
	{
		if (rc == 0 && tail->left > 0) {
			rc = vg_print_json(tail->cli, alarm);
			tail->left--;
		}
	}
	if (rc == 0 && tail->left > 0 &&
	    json_integer_value(json_object_get(reply, "left_out")) > 0) {
		(void)json_object_del(reply, "alarms");
		rc = vg_print_json(tail->cli, reply);
	}
	return rc;
}

/* So that a storm scrolls by at a pace, and costs the daemon little. */
static void
rest(void)
{
	const struct timespec pause = {0, REST_MS * 1000000L};

	(void)nanosleep(&pause, NULL);
}

static int
follow(struct tail *tail)
{
	while (tail->left > 0) {
		json_t *reply;
		int rc = ask(tail, &reply);

		if (rc != 0)
			return rc;
		if (tail->json)
			rc = print_programs(tail, reply);
		else
			print_people(tail, reply);
		if (rc == 0 && fflush(stdout) != 0)
			rc = vg_cli_fail(tail->cli, VG_EXIT_DIFFERS,
					 "standard output: write failed");
		if (json_array_size(json_object_get(reply, "alarms")) > 0 && tail->left > 0)
			rest();
		json_decref(reply);
		if (rc != 0)
			return rc;
	}
	return VG_EXIT_OK;
}

static int
read_number(const struct vg_cli *cli, const char *option, long long fallback, long long max,
	    long long *number)
{
	const char *text = vg_cli_value(cli, option, NULL);
	char *end;

	*number = fallback;
	if (text == NULL)
		return 0;
	*number = strtoll(text, &end, 10);
	if (*text != '\0' && *end == '\0' && strlen(text) <= 18 && *number >= 0 && *number <= max)
		return 0;
	return vg_cli_fail(cli, VG_EXIT_USAGE, "--%s %s: expected a number from 0 to %lld", option,
			   text, max);
}

int
vg_run_alarm_tail(struct vg_cli *cli)
{
	struct tail tail = {.cli = cli, .json = vg_cli_flag(cli, "json")};
	long long left, after;
	int rc = read_number(cli, "max", LINES_MAX, LINES_MAX, &left);

	if (rc == 0)
		rc = read_number(cli, "after", -1, INT64_MAX, &after);
	if (rc != 0)
		return rc;
	tail.left = (long)left;
	tail.seq = after;
	if (!tail.json)
		fprintf(stderr, "Larm visas när de ändras; Ctrl-C avslutar.\n");
	return follow(&tail);
}
