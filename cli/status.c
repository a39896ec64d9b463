/* status.c - how the installation is, and what to do when it is not well.
 *
 * `status` asks the daemon alone; `doctor` looks at each part by itself and says the way out. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/words.h"
#include "lib/crypto/crypto.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WAIT_MS	    100
#define WAIT_MAX    18000 /* half an hour */
#define PENDING_MAX 3	  /* municipalities that are named; the rest is counted */

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static bool
settled(const json_t *status)
{
	const json_t *sink = json_object_get(status, "sink");

	return strcmp(text_of(sink, "status"), "connecting") !=
		       0 && /* an empty ledger is level, too */
	       int_of(sink, "ledger_seq") == int_of(status, "seq") &&
	       int_of(sink, "read_seq") == int_of(status, "seq");
}

/* The status; with `wait` when PostgreSQL holds all that is durable. */
static int
get_status(struct vg_cli *cli, bool wait, json_t **status)
{
	const struct timespec pause = {.tv_nsec = WAIT_MS * 1000000};
	int rc;

	for (int tries = 0; tries < WAIT_MAX; tries++) {
		rc = vg_remote_call(cli, "GET", "/api/v1/status", NULL, status);
		if (rc != 0 || !wait || settled(*status))
			return rc;
		json_decref(*status);
		*status = NULL;
		(void)nanosleep(&pause, NULL);
	}
	return vg_cli_fail(
		cli, VG_EXIT_UNREACHABLE,
		"PostgreSQL has not caught up in half an hour; `vinga doctor` looks closer");
}

int
vg_remote_settle(struct vg_cli *cli)
{
	json_t *status = NULL;
	int rc = get_status(cli, true, &status);

	json_decref(status);
	return rc;
}

static void
print_journal(const json_t *journal)
{
	printf("journal     rad %" PRId64 " till %" PRId64 ", %" PRId64 " MiB av %" PRId64
	       " MiB%s%s\n",
	       int_of(journal, "first_seq"), int_of(journal, "last_seq"),
	       int_of(journal, "bytes") >> 20, int_of(journal, "bytes_max") >> 20,
	       json_is_true(json_object_get(journal, "full")) ? ", FULL" : "",
	       json_is_true(json_object_get(journal, "failed")) ? ", UR FUNKTION" : "");
	if (*text_of(journal, "why") != '\0')
		printf("            %s\n", text_of(journal, "why"));
}

/* What needs a look, and what does not though it is active. */
static void
print_alarms(const json_t *alarms)
{
	static const char *const severities[][2] = {{"critical", "kritiska"},
						    {"major", "allvarliga"},
						    {"minor", "mindre"},
						    {"warning", "varningar"},
						    {"indeterminate", "oklara"}};
	const json_t *reason;
	const char *name;
	int64_t hidden = 0;

	if (!json_is_object(alarms) || int_of(alarms, "sources") == 0)
		return;
	printf("larm       ");
	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		printf(" %s %" PRId64 ",", severities[i][1], int_of(alarms, severities[i][0]));
	json_object_foreach(json_object_get(alarms, "hidden"), name, reason) hidden +=
		json_integer_value(reason);
	printf(" dolda %" PRId64 "; kvitterade %" PRId64 ", utan tjänst %" PRId64
	       ", förslag att avgöra %" PRId64 "\n",
	       hidden, int_of(alarms, "acknowledged"), int_of(alarms, "unmapped"),
	       int_of(alarms, "proposals"));
}

/* The state stands in both languages: the manual and --json have the English word. */
static void
print_sink(const json_t *sink)
{
	const char *state = text_of(sink, "status");

	if (json_is_object(sink))
		printf("PostgreSQL  %s (%s); liggaren till rad %" PRId64
		       ", läsmodellen till rad %" PRId64 "\n",
		       vg_words_value("sink", state), state, int_of(sink, "ledger_seq"),
		       int_of(sink, "read_seq"));
	else
		puts("PostgreSQL  inte inställd");
	if (*text_of(sink, "text") != '\0')
		printf("            %s\n", text_of(sink, "text"));
}

static void
print_redis(const json_t *redis)
{
	const char *state = text_of(redis, "status");

	if (!json_is_object(redis))
		return;
	printf("Redis       %s (%s); till rad %" PRId64 "\n", vg_words_value("redis", state), state,
	       int_of(redis, "seq"));
	if (*text_of(redis, "text") != '\0')
		printf("            %s\n", text_of(redis, "text"));
}

static void
print_status(const json_t *status)
{
	char asof[VG_WORDS_MAX], up[VG_WORDS_MAX];

	printf("vingad %s, uppe %s, %s\n", text_of(status, "version"),
	       vg_words_length(int_of(status, "uptime_s"), up),
	       vg_words_local(text_of(status, "asof"), asof));
	printf("liggaren    rad %" PRId64 ", kedjehuvud %.16s...\n", int_of(status, "seq"),
	       text_of(status, "head"));
	print_journal(json_object_get(status, "journal"));
	print_sink(json_object_get(status, "sink"));
	print_redis(json_object_get(status, "redis"));
	printf("ärenden     %" PRId64 "; avtal %" PRId64 "; kontrollpunkt vid rad %" PRId64 "\n",
	       int_of(status, "tickets"), int_of(status, "agreements"),
	       int_of(status, "checkpoint_seq"));
	print_alarms(json_object_get(status, "alarms"));
}

/* Since when a state holds in some municipality at the earliest; "" = in none. */
static const char *
earliest(const json_t *municipalities, const char *state)
{
	const char *since = "";
	const json_t *row;
	size_t i;

	json_array_foreach(municipalities, i, row)
	{
		if (strcmp(text_of(row, "state"), state) == 0 &&
		    (*since == '\0' || strcmp(text_of(row, "since"), since) < 0))
			since = text_of(row, "since");
	}
	return since;
}

/* What is measured as a state but not yet confirmed: where, as long as that can be read. */
static void
print_pending(const json_t *municipalities, const char *state)
{
	const json_t *row;
	int64_t n = 0;
	size_t i;

	json_array_foreach(municipalities, i, row)
	{
		if (!json_is_true(json_object_get(row, "pending")) ||
		    strcmp(text_of(row, "measured"), state) != 0)
			continue;
		if (n++ == 0)
			printf("%37s", "");
		if (n <= PENDING_MAX)
			printf("%s%s", n == 1 ? "kommun " : ", ", text_of(row, "municipality"));
	}
	if (n > PENDING_MAX)
		printf(" och %" PRId64 " till", n - PENDING_MAX);
	if (n > 0)
		printf(" mäts som %s, ännu inte bekräftat\n", vg_avail_state_words(state));
}

/* A service in one line: in how many municipalities it is in each state, the worst first. What is
 * measured but not yet confirmed stands below. */
static void
print_service(const json_t *service)
{
	static const char *const states[] = {"down", "degraded", "up", "no_data"};
	const json_t *municipalities = json_object_get(service, "municipalities");
	const char *between = "";
	char local[VG_WORDS_MAX];
	size_t i;

	vg_put_padded(text_of(service, "service"), 24, false);
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (int_of(service, states[i]) == 0)
			continue;
		printf("%s %s i %" PRId64, between, vg_avail_state_words(states[i]),
		       int_of(service, states[i]));
		if (i < 2)
			printf(" sedan %s",
			       vg_words_local(earliest(municipalities, states[i]), local));
		between = ",";
	}
	puts(json_array_size(municipalities) == 1 ? " kommun" : " kommuner");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		print_pending(municipalities, states[i]);
}

static const char *
signal_words(const char *kind)
{
	static const char *const words[][2] = {
		{"outage", "avbrott"},
		{"window_ending", "fönstret tar snart slut"},
		{"window_overrun", "fönstret har dragit över"},
		{"contradiction", "mäts som uppe trots bedömt avbrott"},
		{"agent_silent", "agenten är tyst"},
		{"network", "agentens eget nät svarar inte"},
		{"alarm", "kritiskt larm"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	return kind;
}

/* How the services are now. A line's label stands at the first of each kind. */
static void
print_state(const json_t *state)
{
	const json_t *row;
	char local[VG_WORDS_MAX];
	size_t i;

	json_array_foreach(json_object_get(state, "services"), i, row)
	{
		vg_put_padded(i == 0 ? "tjänster" : "", 12, false);
		print_service(row);
	}
	json_array_foreach(json_object_get(state, "signals"), i, row)
	{
		vg_put_padded(i == 0 ? "signaler" : "", 12, false);
		printf("%s: %s%s%s, sedan %s\n", signal_words(text_of(row, "kind")),
		       text_of(row, "service"),
		       *text_of(row, "service") != '\0' && *text_of(row, "subject") != '\0' ? ", "
											    : "",
		       text_of(row, "subject"), vg_words_local(text_of(row, "from"), local));
	}
	json_array_foreach(json_object_get(state, "agents"), i, row)
	{
		vg_put_padded(i == 0 ? "agenter" : "", 12, false);
		printf("%s, senast %s%s\n", text_of(row, "source"),
		       vg_words_local(text_of(row, "received"), local),
		       json_is_true(json_object_get(row, "silent")) ? ", TYST" : "");
	}
}

int
vg_run_status(struct vg_cli *cli)
{
	json_t *status = NULL, *state = NULL;
	int rc = get_status(cli, vg_cli_flag(cli, "wait"), &status);

	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, status);
	} else if ((rc = vg_remote_call(cli, "GET", "/api/v1/state", NULL, &state)) == 0) {
		print_status(status);
		print_state(state);
	}
	json_decref(status);
	json_decref(state);
	return rc;
}

/* Doctor. */

struct checkup {
	struct vg_cli *cli;
	int bad;
};

static void
good(const char *part, const char *text)
{
	printf("ok   %-12s %s\n", part, text);
}

static void
bad(struct checkup *checkup, const char *part, const char *text, const char *remedy)
{
	checkup->bad++;
	printf("BAD  %-12s %s\n     %-12s %s\n", part, text, "way out:", remedy);
}

static void
look_at_journal(struct checkup *checkup, const json_t *status)
{
	const json_t *journal = json_object_get(status, "journal");
	int64_t used = int_of(journal, "bytes"), max = int_of(journal, "bytes_max");
	char text[300];

	(void)snprintf(text, sizeof(text), "%" PRId64 " of %" PRId64 " MiB%s%.200s", used >> 20,
		       max >> 20, *text_of(journal, "why") != '\0' ? "; " : "",
		       text_of(journal, "why"));
	if (json_is_true(json_object_get(journal, "failed")))
		bad(checkup, "journal", text,
		    "an I/O error ended writing, nothing is acknowledged: look at the disk "
		    "(dmesg), then restart vingad; it checks "
		    "the journal before it goes on");
	else if (json_is_true(json_object_get(journal, "full")))
		bad(checkup, "journal", text,
		    "make room on the disk or raise journal_mib_max; rows go once PostgreSQL has "
		    "had them for journal_keep_days");
	else if (max > 0 && used > max / 10 * 8)
		bad(checkup, "journal", text,
		    "over 80 %: bring PostgreSQL back, or raise journal_mib_max before it is full");
	else
		good("journal", text);
}

static void
look_at_sink(struct checkup *checkup, const json_t *status)
{
	const json_t *sink = json_object_get(status, "sink");
	const char *state = text_of(sink, "status");
	int64_t behind = int_of(status, "seq") - int_of(sink, "ledger_seq");
	char text[500];

	if (!json_is_object(sink)) {
		bad(checkup, "writer", "no database is set up",
		    "set `database:` in vingad.yaml; intake goes on meanwhile");
		return;
	}
	(void)snprintf(text, sizeof(text), "%s, %" PRId64 " rows behind%s%.300s", state, behind,
		       *text_of(sink, "text") != '\0' ? "; " : "", text_of(sink, "text"));
	if (strcmp(state, "gap") == 0)
		bad(checkup, "writer", text,
		    "PostgreSQL does not join up with the journal: restore the newest dump that "
		    "holds the missing rows, or begin a new "
		    "journal at PostgreSQL's head (docs/journal.md)");
	else if (strcmp(state, "refused") == 0)
		bad(checkup, "writer", text,
		    "PostgreSQL refuses a row, which is never skipped: deploy the schema of this "
		    "version (sqitch deploy), then "
		    "restart vingad");
	else if (strcmp(state, "connecting") == 0)
		bad(checkup, "writer", text,
		    "start PostgreSQL; vingad connects and catches up by itself");
	else
		good("writer", text);
}

static void
look_at_ledger(struct checkup *checkup, struct vg_pg *pg, const json_t *status)
{
	struct vg_pg_position position;
	struct vg_err err = {0};
	char text[300], head[65];
	int rc = vg_pg_position(pg, &position, &err);

	if (rc != 0) {
		bad(checkup, "ledger", vg_err_text(&err, rc),
		    "deploy the schema: sqitch deploy; or give a role that may read");
		return;
	}
	(void)vg_hex(position.head, sizeof(position.head), head);
	(void)snprintf(text, sizeof(text),
		       "PostgreSQL at row %" PRId64 ", read model at row %" PRId64
		       ", head %.16s...",
		       position.seq, position.read_seq, head);
	if (status != NULL && position.seq > int_of(status, "seq"))
		bad(checkup, "ledger", text,
		    "PostgreSQL is ahead of this daemon: it is another installation's, or the "
		    "journal was "
		    "restored from an older copy; do not delete either before `vinga verify` has "
		    "held on PostgreSQL");
	else if (status != NULL && position.seq == int_of(status, "seq") &&
		 strcmp(head, text_of(status, "head")) != 0)
		bad(checkup, "ledger", text,
		    "same row, another chain head: one of them was changed; `vinga verify MONTH` "
		    "names the row");
	else
		good("ledger", text);
}

int
vg_run_doctor(struct vg_cli *cli)
{
	struct checkup checkup = {.cli = cli};
	json_t *status = NULL;
	struct vg_pg *pg = NULL;
	int daemon = vg_remote_call(cli, "GET", "/api/v1/status", NULL, &status), database;

	if (daemon == 0) {
		good("daemon", text_of(status, "asof"));
		look_at_journal(&checkup, status);
		look_at_sink(&checkup, status);
		if (int_of(status, "agreements") == 0)
			bad(&checkup, "agreement", "none has been applied",
			    "`vinga agreement apply DIR --reason ...`: without one no clock can be "
			    "judged");
	} else {
		bad(&checkup, "daemon", "does not answer",
		    "`systemctl status vingad` and its log; VINGA_SOCKET or --url must be where it "
		    "listens");
	}
	database = vg_replay_open(cli, &pg);
	if (database == 0)
		look_at_ledger(&checkup, pg, status);
	else
		bad(&checkup, "database", "does not answer",
		    "start PostgreSQL; VINGA_DATABASE must say where it is");
	vg_pg_close(pg);
	json_decref(status);
	if (daemon != 0 || database != 0)
		return VG_EXIT_UNREACHABLE;
	return checkup.bad > 0 ? VG_EXIT_DIFFERS : VG_EXIT_OK;
}
