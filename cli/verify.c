/* verify.c - whether what was made from the ledger still comes out of it.
 *
 * Every row is checked on the way into a core. Closed statements are made again at the row that
 * closed them, in that same pass; a month's reports, which may have been made at any row, in passes
 * of their own. The hard thing is that neither may be compared with what this version would print,
 * but with what was printed: hashes that stand in the ledger. */
#include "cli/commands.h"
#include "cli/evidence.h"
#include "cli/replay.h"
#include "cli/table_diff.h"
#include "lib/pack/closed.h"
#include "lib/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- reports --- */

struct made_list {
	int month;
	size_t count;
	bool failed;
	const struct vg_report_made **row; /* borrowed from the core */
};

static bool
collect_made(const struct vg_object *object, void *arg)
{
	struct made_list *list = arg;
	const struct vg_report_made **row;

	if (object->type != VG_OBJECT_REPORT || object->of.report->month != list->month)
		return true;
	row = reallocarray(list->row, list->count + 1, sizeof(*row));
	if (row == NULL) {
		list->failed = true;
		return false;
	}
	list->row = row;
	row[list->count++] = object->of.report;
	return true;
}

static int
by_as_of(const void *left, const void *right)
{
	const struct vg_report_made *const *a = left, *const *b = right;

	if ((*a)->as_of_seq != (*b)->as_of_seq)
		return (*a)->as_of_seq < (*b)->as_of_seq ? -1 : 1;
	return (*a)->seq < (*b)->seq ? -1 : (*a)->seq > (*b)->seq;
}

/* Takes the model back, format by format, until it hashes to `sha`; false when none does. */
static bool
matches(json_t *model, const char *sha)
{
	char own[65];

	do {
		if (vg_report_sha256(model, own) != 0)
			return false;
		if (strcmp(own, sha) == 0)
			return true;
	} while (vg_report_earlier(model));
	return false;
}

/* The ledger where a report was made from, and what its corrections are told from. */
struct prefixes {
	struct vg_replayed then, before;
};

static json_t *
remake(const struct vg_report_made *made, const struct prefixes *at)
{
	struct vg_report_wish wish = {.before = made->before_seq > 0 ? at->before.core : NULL};

	if (!vg_report_wish_read(made->scope, &wish))
		return NULL;
	return vg_report_model_of(at->then.core, made->month, at->then.received_ms, at->then.head,
				  &wish, NULL);
}

/* One recorded report against the same month made again from its prefixes. The record does not say
 * its format: an earlier version printed less, from the same figures. */
static void
verify_report(const struct vg_report_made *made, const struct prefixes *at, int64_t *differences)
{
	json_t *model = remake(made, at);
	char sha[65] = "nothing";
	const char *format, *scope = *made->scope != '\0' ? made->scope : "region";
	bool whole = model != NULL && vg_report_sha256(model, sha) == 0;

	if (whole && matches(model, made->model_sha256)) {
		format = json_string_value(json_object_get(model, "format"));
		printf("report of ledger row %" PRId64 " (%s): the same bytes again from row "
		       "%" PRId64 " (%.16s...)",
		       made->seq, scope, made->as_of_seq, made->model_sha256);
		if (strcmp(format, VG_REPORT_FORMAT) != 0)
			printf(", in format %s of an earlier version; this one prints %s", format,
			       VG_REPORT_FORMAT);
		putchar('\n');
	} else {
		printf("report of ledger row %" PRId64
		       " (%s): recorded is the model %s, from row %" PRId64
		       " comes %s in format %s, and no earlier format gives the recorded one: the "
		       "report was made by a later version, or its figures are others\n",
		       made->seq, scope, made->model_sha256, made->as_of_seq, sha,
		       VG_REPORT_FORMAT);
		(*differences)++;
	}
	json_decref(model);
}

/* Every report that was made of the month, in one more pass over the ledger, and one over what
 * their corrections are told from. */
static int
verify_reports(struct vg_cli *cli, struct vg_pg *pg, int month, const struct vg_core *core,
	       int64_t *differences)
{
	struct made_list list = {.month = month};
	struct prefixes at = {0};
	int rc = 0;

	vg_core_changed_since(core, 0, collect_made, &list);
	if (list.count > 0)
		qsort(list.row, list.count, sizeof(*list.row), by_as_of);
	for (size_t i = 0; i < list.count && rc == 0; i++) {
		rc = vg_replay_row(cli, pg, list.row[i]->as_of_seq, &at.then);
		if (rc == 0 && list.row[i]->before_seq > 0)
			rc = vg_replay_row(cli, pg, list.row[i]->before_seq, &at.before);
		if (rc == 0)
			verify_report(list.row[i], &at, differences);
	}
	vg_replay_fini(&at.then);
	vg_replay_fini(&at.before);
	free(list.row);
	return list.failed ? vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory") : rc;
}

/* --- closed statements --- */

static int
follow(const struct vg_replayed *at, const struct vg_event *event, const struct vg_verdict *verdict,
       void *arg, struct vg_err *err)
{
	(void)verdict;
	return vg_closed_step(arg, at->core, event, at->head, err);
}

static bool
holds(const struct vg_closed_statement *statement)
{
	enum vg_closed_state state = vg_closed_state(statement);

	return state == VG_CLOSED_SAME || state == VG_CLOSED_UNPUBLISHED;
}

static const char *
said_of(enum vg_closed_state state)
{
	static const char *const words[VG_CLOSED_STATE_COUNT] = {
		[VG_CLOSED_SAME] = "the same bytes again",
		[VG_CLOSED_UNPUBLISHED] = "can be made; nothing has been published",
		[VG_CLOSED_DIFFERS] = "other bytes than were published",
		[VG_CLOSED_UNCHAINED] = "follows another statement than was published before it",
		[VG_CLOSED_UNMADE] = "cannot be made",
	};

	return words[state];
}

static void
print_closed(const struct vg_closed_statement *statement)
{
	printf("statement %04d-%02d/%s, closed by ledger row %" PRId64 ": %s",
	       statement->month / 12, statement->month % 12 + 1, statement->municipality,
	       statement->as_of_seq, said_of(vg_closed_state(statement)));
	if (vg_closed_state(statement) == VG_CLOSED_DIFFERS)
		printf(": published %s, made %s", statement->published_sha256,
		       statement->made_sha256);
	putchar('\n');
}

/* Those of a month, or, with month -1, of all. One line for all that hold, one for each other. */
static void
print_statements(const struct vg_closed *closed, int month, int64_t *differences)
{
	const struct vg_closed_statement *statement;
	int64_t same = 0, unpublished = 0;

	for (size_t i = 0; (statement = vg_closed_get(closed, i)) != NULL; i++) {
		if (month >= 0 && statement->month != month)
			continue;
		same += vg_closed_state(statement) == VG_CLOSED_SAME;
		unpublished += vg_closed_state(statement) == VG_CLOSED_UNPUBLISHED;
		if (!holds(statement)) {
			print_closed(statement);
			(*differences)++;
		}
	}
	if (same + unpublished > 0)
		printf("closed statements: %" PRId64 " the same bytes again, %" PRId64
		       " not published yet\n",
		       same, unpublished);
}

/* --- the ledger --- */

/* How deep the samples were checked. */
static void
print_raw(const struct vg_replay_raw *raw)
{
	if (raw->rows + raw->missing == 0)
		return;
	printf("samples: checked down to raw bytes: %" PRId64 " rows, %" PRId64
	       " sealed days; from sealed runs: %" PRId64 " days",
	       raw->rows, raw->days, raw->sealed_days);
	if (raw->missing > 0)
		printf(" (%" PRId64 " raw rows dropped by their age)", raw->missing);
	putchar('\n');
}

static int
read_ledger(struct vg_cli *cli, struct vg_pg *pg, struct vg_replayed *replayed)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	int rc = vg_replay_ledger(cli, pg, &all, replayed);

	if (rc != 0)
		return rc;
	if (replayed->broken > 0) {
		printf("%s: does not hold, %" PRId64 " findings in the ledger\n",
		       cli->operands > 0 ? cli->operand[0] : "closed months", replayed->broken);
		return VG_EXIT_DIFFERS;
	}
	printf("ledger: %" PRId64 " rows hold, chain head %s\n",
	       replayed->seq - replayed->raw.missing, replayed->head);
	print_raw(&replayed->raw);
	return 0;
}

/* month -1: all closed months, and nothing else. */
static int
verify(struct vg_cli *cli, struct vg_pg *pg, int month)
{
	const char *name = month >= 0 ? cli->operand[0] : "closed months";
	struct vg_closed *closed = vg_closed_new("", month, NULL, NULL);
	struct vg_replayed replayed = {.on_step = follow, .arg = closed};
	int64_t differences = 0;
	int rc = closed != NULL ? read_ledger(cli, pg, &replayed)
				: vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");

	if (rc == 0 && month >= 0)
		rc = vg_table_diff_month(cli, pg, &replayed, month, &differences);
	if (rc == 0 && month >= 0)
		rc = verify_reports(cli, pg, month, replayed.core, &differences);
	if (rc == 0)
		print_statements(closed, month, &differences);
	if (rc == 0 && differences > 0) {
		printf("%s: does not hold, %" PRId64 " differences\n", name, differences);
		rc = VG_EXIT_DIFFERS;
	} else if (rc == 0) {
		printf("%s: holds\n", name);
	}
	vg_replay_fini(&replayed);
	vg_closed_free(closed);
	return rc;
}

static int
verify_month(struct vg_cli *cli, const char *text)
{
	struct vg_pg *pg = NULL;
	int month = -1, rc = 0;

	if (text != NULL)
		rc = vg_cli_month(cli, text, &month);
	if (rc == 0)
		rc = vg_replay_open(cli, &pg);
	if (rc == 0 && text != NULL)
		rc = vg_replay_settle(cli, pg);
	if (rc == 0)
		rc = verify(cli, pg, month);
	vg_pg_close(pg);
	return rc;
}

int
vg_run_verify(struct vg_cli *cli)
{
	const char *municipality = vg_cli_value(cli, "municipality", NULL),
		   *path = vg_cli_value(cli, "export", NULL);
	bool closed = vg_cli_flag(cli, "closed"), pack = municipality != NULL || path != NULL;

	if ((cli->operands > 0) + closed + pack != 1)
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "expected one of MONTH, --closed, or --municipality CODE "
				   "with --export FILE");
	if (!pack)
		return verify_month(cli, closed ? NULL : cli->operand[0]);
	if (municipality == NULL || path == NULL)
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "--municipality CODE and --export FILE go together");
	return vg_evidence_export(cli, municipality, path);
}
