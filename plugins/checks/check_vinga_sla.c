/* check_vinga_sla.c - the state of a service level, for another monitoring system.
 *
 * Asks a Vinga daemon for a month's availability cells and judges each. The verdict is the daemon's
 * own, reckoned on integers; this program only compares with -w and -c when they are given. The
 * hard thing is silence: too little measured is neither met nor missed, and is unknown here too. */
#include "plugins/checks/plugin.h"

#include "lib/civil/civil.h"
#include "lib/client/client.h"
#include "lib/json/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define URL_DEFAULT "http://127.0.0.1:8620"
#define ZONE	    "Europe/Stockholm" /* whose month it is when --month is not given */
#define TOKEN_MAX   4096
#define SCOPE_MAX   200 /* of a service, channel or municipality */
#define PATH_SIZE   4096
#define WORDS_MAX   300 /* of what is said of a cell */
#define NAMED_MAX   5	/* municipalities in the line; the rest are counted */

enum metric { METRIC_AVAILABILITY, METRIC_BUDGET, METRIC_COVERAGE };

enum { OPTION_SOCKET = 256, OPTION_MONTH, OPTION_REGION };

/* In what order many cells are told. */
enum rank { RANK_CRITICAL, RANK_WARNING, RANK_INSUFFICIENT, RANK_NO_VALUE, RANK_OK, RANKS };

struct check {
	struct vg_client_options client;
	const char *token_file, *month, *service, *channel, *municipality;
	enum metric metric;
	bool region; /* its own cell, instead of the municipalities' */
	char this_month[32], token[TOKEN_MAX];
	size_t cells, of_rank[RANKS]; /* that were asked for */
	enum rank telling;
	size_t named;
};

struct cell {
	char place[SCOPE_MAX + 1];    /* its municipality, or the region */
	char name[2 * SCOPE_MAX + 2]; /* "service place" */
	char verdict[32];
	int64_t base_s, num, den, coverage_ppm, target_ppm, budget_month_s, budget_earned_s;
	bool has_budget; /* not without a target, and not for the region */
};

static const struct vg_plugin_option options[] = {
	{'u', "url", "URL", "the daemon (" URL_DEFAULT ")"},
	{OPTION_SOCKET, "socket", "PATH", "its Unix socket, instead"},
	{'T', "token-file", "FILE", "bearer token in its first line"},
	{'s', "service", "ID", "service of the agreement; must be given"},
	{'C', "channel", "ID", "one channel (all of them together)"},
	{'m', "municipality", "CODE", "one municipality (each of them is judged)"},
	{OPTION_REGION, "region", NULL, "the whole region's figure, weighted by users, instead"},
	{OPTION_MONTH, "month", "YYYY-MM", "(the one that runs)"},
	{'M', "metric", "NAME", "availability (default), budget or coverage"},
	{0},
};

/* --- arguments --- */

static enum metric
metric_of(const struct vg_plugin *plugin, const char *word)
{
	static const char *const words[] = {"availability", "budget", "coverage"};

	for (int i = 0; i < 3; i++)
		if (strcmp(words[i], word) == 0)
			return (enum metric)i;
	vg_plugin_usage(plugin, "--metric %s: expected availability, budget or coverage", word);
}

static void
take(struct vg_plugin *plugin, int code, const char *value)
{
	struct check *check = plugin->arg;

	switch (code) {
	case 'u':
		check->client.url = value;
		break;
	case OPTION_SOCKET:
		check->client.socket = value;
		break;
	case 'T':
		check->token_file = value;
		break;
	case 's':
		check->service = value;
		break;
	case 'C':
		check->channel = value;
		break;
	case 'm':
		check->municipality = value;
		break;
	case OPTION_MONTH:
		check->month = value;
		break;
	case OPTION_REGION:
		check->region = true;
		break;
	default:
		check->metric = metric_of(plugin, value);
		break;
	}
}

static void
read_token(const struct vg_plugin *plugin, struct check *check)
{
	FILE *file = fopen(check->token_file, "r");
	bool ok = file != NULL && fgets(check->token, sizeof(check->token), file) != NULL;

	if (file != NULL)
		(void)fclose(file);
	check->token[strcspn(check->token, "\r\n")] = '\0';
	if (!ok || *check->token == '\0')
		vg_plugin_usage(plugin,
				"--token-file %s: expected a file with a token in its first line",
				check->token_file);
	check->client.token = check->token;
}

static void
set_month(struct vg_plugin *plugin, struct check *check)
{
	struct vg_civil now;
	struct vg_err err = {0};

	if (check->month != NULL)
		return;
	if (vg_civil_set_zone(ZONE, &err) != 0) {
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%s", err.text);
		vg_plugin_end(plugin);
	}
	vg_civil_from_utc_ms((int64_t)time(NULL) * 1000, &now);
	(void)snprintf(check->this_month, sizeof(check->this_month), "%04d-%02d", now.year,
		       now.month);
	check->month = check->this_month;
}

/* --- the daemon --- */

/* Adds "name=value" to a query; false = too long, or out of memory. */
static bool
add_query(char *path, const char *name, const char *value)
{
	size_t used = strlen(path), size = PATH_SIZE - used;
	char *escaped;
	int length;

	if (value == NULL)
		return true;
	escaped = vg_client_escape(value);
	length = snprintf(path + used, size, "%c%s=%s", strchr(path, '?') == NULL ? '?' : '&', name,
			  escaped != NULL ? escaped : "");
	free(escaped);
	return escaped != NULL && length > 0 && (size_t)length < size;
}

static void
say_refused(struct vg_plugin *plugin, const struct vg_reply *reply)
{
	const struct vg_document_node *detail;
	struct vg_document *document = NULL;
	char number[VG_DOCUMENT_NUMBER_MAX];
	const char *text = NULL;

	if (vg_document_parse(&document, reply->body, reply->length, NULL) == 0) {
		detail = vg_document_find(vg_document_root(document), "detail");
		text = detail != NULL ? vg_document_text(detail, number) : NULL;
	}
	vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "Vinga svarar HTTP %ld%s%.300s", reply->status,
		      text != NULL ? ": " : "", text != NULL ? text : "");
	vg_document_free(document);
}

/* The month's cells as JSON; NULL when there is no such answer, which is then said. */
static struct vg_document *
ask(struct vg_plugin *plugin)
{
	const struct check *check = plugin->arg;
	char path[PATH_SIZE] = "/api/v1/availability";
	struct vg_document *document = NULL;
	struct vg_client *client = NULL;
	struct vg_reply reply = {0};
	struct vg_err err = {0};
	int rc;

	if (!add_query(path, "month", check->month) ||
	    !add_query(path, "service", check->service) ||
	    !add_query(path, "channel", check->channel) ||
	    !add_query(path, "municipality", check->municipality))
		vg_plugin_usage(plugin, "the names are longer than %d bytes", PATH_SIZE);
	rc = vg_client_new(&client, &check->client, &err);
	if (rc == 0)
		rc = vg_client_request(client, "GET", path, NULL, NULL, 0, &reply, &err);
	if (rc == 0 && reply.status == 200)
		rc = vg_document_parse(&document, reply.body, reply.length, &err);
	else if (rc == 0)
		say_refused(plugin, &reply);
	if (rc != 0)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%s", vg_err_text(&err, rc));
	vg_reply_free(&reply);
	vg_client_free(client);
	return document;
}

/* --- cells --- */

static const char *
text_of(const struct vg_document_node *cell, const char *member,
	char number[VG_DOCUMENT_NUMBER_MAX])
{
	const struct vg_document_node *node = vg_document_find(cell, member);

	return node != NULL ? vg_document_text(node, number) : NULL;
}

static int64_t
number_of(const struct vg_document_node *cell, const char *member)
{
	char number[VG_DOCUMENT_NUMBER_MAX];
	const char *text = text_of(cell, member, number);

	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

/* False: the cell is of another channel than the one that is asked for, or not of the region when
 * that is asked for. */
static bool
read_cell(const struct check *check, const struct vg_document_node *node, struct cell *out)
{
	char a[VG_DOCUMENT_NUMBER_MAX], b[VG_DOCUMENT_NUMBER_MAX];
	const char *channel = text_of(node, "channel", a), *service, *municipality, *verdict;

	if ((channel == NULL) != (check->channel == NULL) ||
	    (channel != NULL && strcmp(channel, check->channel) != 0))
		return false;
	service = text_of(node, "service", a);
	municipality = text_of(node, "municipality", b);
	if ((municipality == NULL) != check->region)
		return false;
	(void)snprintf(out->place, sizeof(out->place), "%s",
		       municipality != NULL ? municipality : "regionen");
	(void)snprintf(out->name, sizeof(out->name), "%.200s %s", service != NULL ? service : "",
		       out->place);
	verdict = text_of(node, "verdict", a);
	(void)snprintf(out->verdict, sizeof(out->verdict), "%s", verdict != NULL ? verdict : "");
	out->base_s = number_of(node, "base_s");
	out->num = number_of(node, "num");
	out->den = number_of(node, "den");
	out->coverage_ppm = number_of(node, "coverage_ppm");
	out->target_ppm = number_of(node, "target_ppm");
	out->has_budget = out->target_ppm > 0 && text_of(node, "budget_month_s", a) != NULL;
	out->budget_month_s = number_of(node, "budget_month_s");
	out->budget_earned_s = number_of(node, "budget_earned_s");
	return true;
}

static bool
verdict_is(const struct cell *cell, const char *word)
{
	return strcmp(cell->verdict, word) == 0;
}

/* Whole thousandths of a per cent, cut and never rounded up. */
static char *
percent_text(int64_t num, int64_t den, char out[32])
{
	int64_t thousandths = den > 0 ? (int64_t)((__int128)num * 100000 / den) : 0;

	(void)snprintf(out, 32, "%" PRId64 ",%03" PRId64, thousandths / 1000, thousandths % 1000);
	return out;
}

struct judged {
	enum vg_plugin_state state; /* by the daemon's verdict, when there is no -w or -c */
	bool known;		    /* false: there is no value, and the state is unknown */
	double value;
	char words[WORDS_MAX];
	struct vg_perf perf;
};

static void
judge_availability(const struct cell *cell, struct judged *out)
{
	char value[32], target[32];

	out->known = cell->den > 0 && !verdict_is(cell, "insufficient") &&
		     !verdict_is(cell, "not_applicable");
	out->perf = (struct vg_perf){
		.label = "availability", .unit = "%", .decimals = 4, .min = "0", .max = "100"};
	if (cell->den <= 0) {
		(void)snprintf(out->words, sizeof(out->words), "ej tillämpligt");
		return;
	}
	out->value = 100.0 * (double)cell->num / (double)cell->den;
	out->state = verdict_is(cell, "missed") ? VG_PLUGIN_CRITICAL : VG_PLUGIN_OK;
	(void)snprintf(out->words, sizeof(out->words), "%s %%",
		       percent_text(cell->num, cell->den, value));
	if (cell->target_ppm > 0)
		(void)snprintf(out->words, sizeof(out->words), "%s %%, mål %s %%", value,
			       percent_text(cell->target_ppm, 1000000, target));
}

static void
judge_budget(const struct cell *cell, struct judged *out)
{
	out->known = cell->has_budget && !verdict_is(cell, "insufficient") &&
		     !verdict_is(cell, "not_applicable");
	out->perf = (struct vg_perf){.label = "budget_min", .unit = "", .decimals = 1};
	if (!cell->has_budget) {
		(void)snprintf(out->words, sizeof(out->words), "%s",
			       cell->target_ppm > 0 ? "regionen har inget avbrottsutrymme"
						    : "inget mål");
		return;
	}
	out->value = (double)cell->budget_month_s / 60;
	if (cell->budget_month_s < 0)
		out->state = VG_PLUGIN_CRITICAL;
	else if (cell->budget_earned_s < 0)
		out->state = VG_PLUGIN_WARNING;
	(void)snprintf(out->words, sizeof(out->words),
		       "%" PRId64 " min kvar av månadens avbrottsutrymme, %" PRId64
		       " min av det intjänade",
		       cell->budget_month_s / 60, cell->budget_earned_s / 60);
}

static void
judge_coverage(const struct cell *cell, struct judged *out)
{
	char value[32];

	out->known = cell->base_s > 0;
	out->perf = (struct vg_perf){
		.label = "coverage", .unit = "%", .decimals = 4, .min = "0", .max = "100"};
	if (cell->base_s <= 0) {
		(void)snprintf(out->words, sizeof(out->words), "ej tillämpligt");
		return;
	}
	out->value = (double)cell->coverage_ppm / 10000;
	if (cell->coverage_ppm <= 0)
		out->state = VG_PLUGIN_CRITICAL;
	else if (verdict_is(cell, "insufficient"))
		out->state = VG_PLUGIN_WARNING;
	(void)snprintf(out->words, sizeof(out->words), "%s %% mätt",
		       percent_text(cell->coverage_ppm, 1000000, value));
}

static struct judged
judge_cell(const struct vg_plugin *plugin, const struct cell *cell)
{
	static void (*const judges[])(const struct cell *, struct judged *) = {
		[METRIC_AVAILABILITY] = judge_availability,
		[METRIC_BUDGET] = judge_budget,
		[METRIC_COVERAGE] = judge_coverage};
	const struct check *check = plugin->arg;
	struct judged judged = {.state = VG_PLUGIN_OK};

	judges[check->metric](cell, &judged);
	if (!judged.known)
		judged.state = VG_PLUGIN_UNKNOWN;
	else if (plugin->warning.set || plugin->critical.set)
		judged.state = vg_plugin_judge(plugin, judged.value);
	return judged;
}

static enum rank
rank_of(const struct cell *cell, const struct judged *judged)
{
	switch (judged->state) {
	case VG_PLUGIN_CRITICAL:
		return RANK_CRITICAL;
	case VG_PLUGIN_WARNING:
		return RANK_WARNING;
	case VG_PLUGIN_UNKNOWN:
		return verdict_is(cell, "insufficient") ? RANK_INSUFFICIENT : RANK_NO_VALUE;
	case VG_PLUGIN_OK:
	default:
		return RANK_OK;
	}
}

static bool
count_cell(const struct vg_document_node *node, void *arg)
{
	struct vg_plugin *plugin = arg;
	struct check *check = plugin->arg;
	struct judged judged;
	struct cell cell;

	if (!read_cell(check, node, &cell))
		return true;
	judged = judge_cell(plugin, &cell);
	check->cells++;
	check->of_rank[rank_of(&cell, &judged)]++;
	return true;
}

static void
tell_cell(struct vg_plugin *plugin, const struct cell *cell, const struct judged *judged)
{
	struct check *check = plugin->arg;

	vg_plugin_say(plugin, judged->state, "%s: %s%s",
		      check->cells == 1 ? cell->name : cell->place, judged->words,
		      verdict_is(cell, "insufficient") ? ", otillräckligt mätunderlag" : "");
	check->named++;
}

static bool
on_cell(const struct vg_document_node *node, void *arg)
{
	struct vg_plugin *plugin = arg;
	struct check *check = plugin->arg;
	struct judged judged;
	struct cell cell;

	if (!read_cell(check, node, &cell))
		return true;
	judged = judge_cell(plugin, &cell);
	if (rank_of(&cell, &judged) == check->telling && check->named < NAMED_MAX)
		tell_cell(plugin, &cell, &judged);
	return true;
}

static bool
on_figure(const struct vg_document_node *node, void *arg)
{
	struct vg_plugin *plugin = arg;
	const struct check *check = plugin->arg;
	struct judged judged;
	struct cell cell;

	if (!read_cell(check, node, &cell))
		return true;
	judged = judge_cell(plugin, &cell);
	if (!judged.known)
		return true;
	if (check->cells > 1)
		judged.perf.label = cell.name;
	judged.perf.value = judged.value;
	judged.perf.warning = plugin->warning.text;
	judged.perf.critical = plugin->critical.text;
	vg_plugin_perf(plugin, &judged.perf);
	return true;
}

static void
tell_rank(struct vg_plugin *plugin, const struct vg_document_node *cells, enum rank rank)
{
	struct check *check = plugin->arg;

	check->telling = rank;
	(void)vg_document_each(cells, on_cell, plugin);
}

static enum rank
the_only_rank(const struct check *check)
{
	enum rank rank = RANK_CRITICAL;

	while (check->of_rank[rank] == 0)
		rank++;
	return rank;
}

/* The worst first, the first few by name: a line is read on a small screen. */
static void
tell_many(struct vg_plugin *plugin, const struct vg_document_node *cells)
{
	struct check *check = plugin->arg;
	size_t told = 0;

	vg_plugin_say(plugin, VG_PLUGIN_OK, "%s i %zu kommuner", check->service, check->cells);
	for (enum rank rank = RANK_CRITICAL; rank < RANK_NO_VALUE; rank++) {
		tell_rank(plugin, cells, rank);
		told += check->of_rank[rank];
	}
	if (told > check->named)
		vg_plugin_say(plugin, VG_PLUGIN_OK, "och %zu till", told - check->named);
	if (check->of_rank[RANK_NO_VALUE] > 0)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%zu utan tal",
			      check->of_rank[RANK_NO_VALUE]);
}

static void
judge_all(struct vg_plugin *plugin, const struct vg_document *document)
{
	const struct vg_document_node *cells =
		vg_document_find(vg_document_root(document), "cells");
	struct check *check = plugin->arg;

	if (cells == NULL || !vg_document_each(cells, count_cell, plugin)) {
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "svaret är inga tillgänglighetstal");
		return;
	}
	if (check->cells == 0) {
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%s: inga tal för %s", check->service,
			      check->month);
		return;
	}
	vg_plugin_say(plugin, VG_PLUGIN_OK, "%s", check->month);
	if (check->cells > 1)
		tell_many(plugin, cells);
	else
		tell_rank(plugin, cells, the_only_rank(check));
	(void)vg_document_each(cells, on_figure, plugin);
}

int
main(int argc, char **argv)
{
	struct check check = {.client.url = URL_DEFAULT};
	struct vg_plugin plugin = {
		.name = "check_vinga_sla",
		.label = "SLA",
		.summary = "Checks a month's availability in Vinga against thresholds or the "
			   "agreed target.",
		.options = options,
		.thresholds =
			"-w and -c are compared with the metric: availability and coverage in per "
			"cent, the\nmonth's outage budget in minutes left. Without them the "
			"agreement decides: critical when\nthe target is missed or the month's "
			"budget is used up, warning when more is used than\nhas been earned so "
			"far or too little is measured. A token is best kept in a file that\nonly "
			"the monitoring system's user may read.",
		.at_timeout = VG_PLUGIN_UNKNOWN,
		.take = take,
		.arg = &check};
	struct vg_document *document;

	vg_plugin_begin(&plugin, argc, argv);
	if (check.service == NULL)
		vg_plugin_usage(&plugin, "--service: must be given");
	if (check.region && check.municipality != NULL)
		vg_plugin_usage(&plugin, "--region: expected no --municipality beside it");
	if (check.token_file != NULL)
		read_token(&plugin, &check);
	set_month(&plugin, &check);
	document = ask(&plugin);
	if (document != NULL)
		judge_all(&plugin, document);
	vg_document_free(document);
	vg_plugin_end(&plugin);
}
