/* agreement.c - agreement versions: read, tried against the ledger, applied.
 *
 * What a plan would do to figures is found by replaying the ledger, computing the open months,
 * letting the core take the new version as its next event, and computing them again. Nothing is
 * written. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "lib/civil/civil.h"
#include "lib/json/agreement_json.h"
#include "lib/report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONTHS_MAX 600

static void
print_instant(const char *label, int64_t at_ms)
{
	char iso[32];

	if (at_ms == INT64_MAX)
		printf("%s: no end\n", label);
	else
		printf("%s: %s\n", label, vg_civil_iso(at_ms, iso, sizeof(iso)));
}

int
vg_run_agreement_check(struct vg_cli *cli)
{
	struct vg_agreement *agreement = vg_replay_agreement(cli, cli->operand[0]);
	json_t *json;
	int rc = VG_EXIT_OK;

	if (agreement == NULL)
		return VG_EXIT_MALFORMED;
	if (vg_cli_flag(cli, "json")) {
		json = vg_agreement_to_json(agreement);
		rc = json != NULL ? vg_print_json(cli, json)
				  : vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
		json_decref(json);
	} else {
		printf("%s, version %s: in order\n", agreement->name, agreement->version);
		print_instant("valid from", agreement->valid_from_ms);
		print_instant("valid to", agreement->valid_to_ms);
		printf("%zu municipalities, %zu services, %zu probes, %zu targets, %zu calendars, "
		       "%zu on duty\n",
		       agreement->municipalities, agreement->services, agreement->probes,
		       agreement->targets, agreement->cals, agreement->duties);
	}
	vg_agreement_unref(agreement);
	return rc;
}

int
vg_run_agreement_apply(struct vg_cli *cli)
{
	struct vg_agreement *agreement = vg_replay_agreement(cli, cli->operand[0]);
	const char *reason = vg_cli_value(cli, "reason", NULL);
	json_t *body, *reply = NULL;
	int rc;

	if (agreement == NULL)
		return VG_EXIT_MALFORMED;
	if (reason == NULL) {
		vg_agreement_unref(agreement);
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--reason: an applied version must say why");
	}
	body = json_pack("{so ss}", "agreement", vg_agreement_to_json(agreement), "reason", reason);
	rc = body != NULL ? vg_remote_call(cli, "POST", "/api/v1/agreements", body, &reply)
			  : vg_cli_fail(cli, VG_EXIT_MALFORMED, "--reason: expected text in UTF-8");
	if (rc == 0 && vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else if (rc == 0)
		printf("%s, version %s: %s (ledger row %" JSON_INTEGER_FORMAT ")\n",
		       agreement->name, agreement->version,
		       json_string_value(json_object_get(reply, "verdict")),
		       json_integer_value(json_object_get(reply, "seq")));
	json_decref(body);
	json_decref(reply);
	vg_agreement_unref(agreement);
	return rc;
}

int
vg_run_agreement_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"seq", "row"},
						   {"name", "name"},
						   {"version", "version"},
						   {"valid_from", "valid_from"},
						   {"valid_to", "valid_to"},
						   {"zone", "zone"},
						   {"municipalities", "municipalities"},
						   {"services", "services"},
						   {NULL, NULL}};

	return vg_remote_list(cli, "/api/v1/agreements", columns);
}

/* Plan. */

static void
print_change(const char *path, const json_t *was, const json_t *is)
{
	char *a = was != NULL ? json_dumps(was, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	char *b = is != NULL ? json_dumps(is, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	printf("  %s: %.80s -> %.80s\n", path, a != NULL ? a : "nothing",
	       b != NULL ? b : "nothing");
	free(a);
	free(b);
}

/* By what the items of a list are told apart. */
static const struct {
	const char *list, *member, *second;
} list_keys[] = {
	{"calendars", "name", NULL},	  {"calloffs", "service", "municipality"},
	{"channels", "id", NULL},	  {"depends", "service", NULL},
	{"duty", "name", NULL},		  {"exceptions", "service", "municipality"},
	{"municipalities", "code", NULL}, {"probes", "agent", "name"},
	{"services", "id", NULL},	  {"targets", "name", NULL},
};

/* The list at a path as an object, its items by their keys; NULL when they have none, or two have
 * the same. The caller drops it. */
static json_t *
keyed(const char *path, const json_t *list)
{
	const char *name = strrchr(path, '.') != NULL ? strrchr(path, '.') + 1 : path;
	const size_t count = sizeof(list_keys) / sizeof(list_keys[0]);
	json_t *object, *item;
	size_t i, k = 0;

	while (k < count && strcmp(list_keys[k].list, name) != 0)
		k++;
	if (k == count || (object = json_object()) == NULL)
		return NULL;
	json_array_foreach(list, i, item)
	{
		const char *first = json_string_value(json_object_get(item, list_keys[k].member));
		const char *second =
			list_keys[k].second == NULL
				? NULL
				: json_string_value(json_object_get(item, list_keys[k].second));
		char key[VG_AGREEMENT_TEXT_MAX * 2 + 2];

		(void)snprintf(key, sizeof(key), "%s%s%s", first != NULL ? first : "",
			       second != NULL ? "/" : "", second != NULL ? second : "");
		(void)json_object_set(object, key, item);
	}
	if (json_object_size(object) == json_array_size(list))
		return object;
	json_decref(object);
	return NULL;
}

static int print_changes(const char *path, const json_t *was, const json_t *is);

static int
print_object_changes(const char *path, const json_t *was, const json_t *is)
{
	const char *name, *dot = *path != '\0' ? "." : "";
	json_t *value;
	char below[512];
	int changes = 0;

	json_object_foreach((json_t *)(uintptr_t)was, name, value)
	{
		(void)snprintf(below, sizeof(below), "%s%s%s", path, dot, name);
		changes += print_changes(below, value, json_object_get(is, name));
	}
	json_object_foreach((json_t *)(uintptr_t)is, name, value)
	{
		(void)snprintf(below, sizeof(below), "%s%s%s", path, dot, name);
		if (json_object_get(was, name) == NULL)
			changes += print_changes(below, NULL, value);
	}
	return changes;
}

/* Members of two JSON values that differ, as "targets.P1.resolution_ms: 14400000 -> 28800000". */
static int
print_changes(const char *path, const json_t *was, const json_t *is)
{
	json_t *before, *after;
	int changes = 1;

	if (was != NULL && is != NULL && json_equal(was, is))
		return 0;
	if (json_is_object(was) && json_is_object(is))
		return print_object_changes(path, was, is);
	if (strchr(path, '.') == NULL && (json_is_object(was) || json_is_object(is)))
		return print_object_changes(path, was, is); /* a section that comes or goes */
	before = json_is_array(was) ? keyed(path, was) : NULL;
	after = json_is_array(is) ? keyed(path, is) : NULL;
	if (before != NULL && after != NULL)
		changes = print_object_changes(path, before, after);
	else
		print_change(path, was, is);
	json_decref(before);
	json_decref(after);
	return changes;
}

struct month_list {
	int month[MONTHS_MAX];
	size_t count;
};

static bool
collect_month(const struct vg_object *object, void *arg)
{
	struct month_list *list = arg;

	if (object->type == VG_OBJECT_MONTH && list->count < MONTHS_MAX)
		list->month[list->count++] = object->of.month;
	return true;
}

static int
by_number(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

static void
print_cell_change(int month, const json_t *was, const json_t *is)
{
	const json_t *any = is != NULL ? is : was;
	const char *municipality = json_string_value(json_object_get(any, "municipality"));
	const char *priority = json_string_value(json_object_get(any, "priority"));
	const char *const member[] = {"num", "den", "verdict"};

	printf("  %04d-%02d %s%s%s%s%s:", month / 12, month % 12 + 1,
	       json_string_value(json_object_get(any, "kpi")),
	       municipality != NULL ? " kommun " : "", municipality != NULL ? municipality : "",
	       priority != NULL ? " " : "", priority != NULL ? priority : "");
	for (size_t i = 0; i < 2; i++)
		printf(" %s %" JSON_INTEGER_FORMAT " -> %" JSON_INTEGER_FORMAT, member[i],
		       json_integer_value(json_object_get(was, member[i])),
		       json_integer_value(json_object_get(is, member[i])));
	if (was == NULL || is == NULL ||
	    !json_equal(json_object_get(was, "verdict"), json_object_get(is, "verdict")))
		printf(" verdict %s -> %s",
		       was != NULL ? json_string_value(json_object_get(was, "verdict")) : "none",
		       is != NULL ? json_string_value(json_object_get(is, "verdict")) : "none");
	putchar('\n');
}

/* What names a cell, as one text. */
static char *
cell_name(const json_t *cell)
{
	static const char *const members[] = {"kpi", "line", "municipality", "priority", "service"};
	json_t *key = json_object();
	char *text;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *value = json_object_get(cell, members[i]);

		if (value != NULL)
			(void)json_object_set(key, members[i], value);
	}
	text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(key);
	return text;
}

static json_t *
cells_by_name(const struct vg_core *core, int month, int64_t eval_ms)
{
	json_t *cells = vg_report_cells(core, month, eval_ms, NULL, NULL, 0, NULL),
	       *named = json_object(), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		char *name = cell_name(cell);

		if (name != NULL)
			(void)json_object_set(named, name, cell);
		free(name);
	}
	json_decref(cells);
	return named;
}

struct changes {
	int cells, verdicts;
};

static void
count_change(struct changes *changes, const json_t *was, const json_t *is)
{
	const json_t *verdict = json_object_get(is, "verdict");

	changes->cells++;
	if (verdict != json_object_get(was, "verdict") &&
	    !json_equal(verdict, json_object_get(was, "verdict")))
		changes->verdicts++;
}

/* Prints the cells that differ; leaf cells (service, line) count but are not listed. */
static void
compare_month(int month, const json_t *was, const json_t *is, struct changes *changes)
{
	const char *name;
	json_t *cell;

	json_object_foreach((json_t *)(uintptr_t)is, name, cell)
	{
		const json_t *before = json_object_get(was, name);

		if (before != NULL && json_equal(before, cell))
			continue;
		count_change(changes, before, cell);
		if (json_object_get(cell, "service") == NULL &&
		    json_object_get(cell, "line") == NULL)
			print_cell_change(month, before, cell);
	}
	json_object_foreach((json_t *)(uintptr_t)was, name, cell)
	{
		if (json_object_get(is, name) != NULL)
			continue;
		count_change(changes, cell, NULL);
		print_cell_change(month, cell, NULL);
	}
}

static int
what_if(const struct vg_cli *cli, struct vg_replayed *replayed, struct vg_agreement *agreement)
{
	struct month_list list = {.count = 0};
	struct changes changes = {0, 0};
	json_t **was;
	int rc;

	vg_core_changed_since(replayed->core, 0, collect_month, &list);
	qsort(list.month, list.count, sizeof(list.month[0]), by_number);
	was = calloc(list.count + 1, sizeof(json_t *));
	if (was == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	for (size_t i = 0; i < list.count; i++)
		was[i] = cells_by_name(replayed->core, list.month[i], replayed->received_ms);
	rc = vg_replay_apply(replayed->core, agreement, replayed->seq + 1, replayed->received_ms);
	for (size_t i = 0; i < list.count && rc == 0; i++) {
		json_t *is = cells_by_name(replayed->core, list.month[i], replayed->received_ms);

		compare_month(list.month[i], was[i], is, &changes);
		json_decref(is);
	}
	for (size_t i = 0; i < list.count; i++)
		json_decref(was[i]);
	free(was);
	if (rc != 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	printf("%d cells of %zu open months would change, and %d verdicts turn\n", changes.cells,
	       list.count, changes.verdicts);
	return VG_EXIT_OK;
}

static int
plan(struct vg_cli *cli, struct vg_pg *pg, struct vg_agreement *agreement)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	struct vg_replayed replayed = {0};
	const struct vg_agreement *latest;
	json_t *was, *is;
	int rc = vg_replay_ledger(cli, pg, &all, &replayed);

	if (rc == 0 && replayed.broken > 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "the ledger does not hold together");
	if (rc == 0) {
		latest = vg_core_agreement_latest(replayed.core);
		was = latest != NULL ? vg_agreement_to_json(latest) : json_object();
		is = vg_agreement_to_json(agreement);
		printf("against %s, version %s:\n", latest != NULL ? latest->name : "nothing",
		       latest != NULL ? latest->version : "-");
		if (print_changes("", was, is) == 0)
			puts("  no difference");
		json_decref(was);
		json_decref(is);
		puts("what it would do to figures:");
		rc = what_if(cli, &replayed, agreement);
	}
	vg_replay_fini(&replayed);
	return rc;
}

int
vg_run_agreement_plan(struct vg_cli *cli)
{
	struct vg_agreement *agreement = vg_replay_agreement(cli, cli->operand[0]);
	struct vg_pg *pg = NULL;
	int rc;

	if (agreement == NULL)
		return VG_EXIT_MALFORMED;
	rc = vg_replay_open(cli, &pg);
	if (rc == 0)
		rc = plan(cli, pg, agreement);
	vg_pg_close(pg);
	vg_agreement_unref(agreement);
	return rc;
}
