/* eval.c - the core over a file of events, without daemon or database (docs/eval.md).
 *
 * Acceptance vectors come in this way, so input and output are stable. The hard thing is to do here
 * what the daemon does at the door and nothing else: number, hold back repeats, refuse a second
 * event under one identity. */
#include "cli/commands.h"
#include "cli/replay.h"
#include "core/kpi.h"
#include "core/ut.h"
#include "lib/json/event_json.h"
#include "lib/report/avail.h"
#include "lib/report/decision.h"
#include "lib/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (VG_AGREEMENT_BYTES_MAX + 2)
#define SEEN_MAX       10000000 /* identities kept */

struct seen {
	UT_hash_handle hh;
	uint8_t digest[32];
	char key[]; /* source, NUL, event id */
};

struct eval {
	const struct vg_cli *cli;
	struct vg_core *core;
	struct vg_as_of as_of;
	int64_t first_seq; /* of the file's line 1 */
	int64_t received_ms;
	bool ended, malformed;
	struct seen *seen;
	json_t *refused;
};

static int
no_memory(const struct eval *eval)
{
	return vg_cli_fail(eval->cli, VG_EXIT_DIFFERS, "out of memory");
}

static int
refuse(struct eval *eval, int64_t line, const char *code, const char *kind, const char *reason)
{
	json_t *row = json_pack("{sI ss ss* ss}", "line", (json_int_t)line, "code", code, "kind",
				kind, "reason", reason);

	if (strcmp(code, "malformed") == 0)
		eval->malformed = true;
	return json_array_append_new(eval->refused, row) == 0 ? 0 : no_memory(eval);
}

/* First of its identity: 0. A repeat: 1. The same identity with other content: 2. Negative: out of
 * memory or too many. */
static int
identity(struct eval *eval, const struct vg_event *event)
{
	size_t source = strlen(event->source) + 1, length = source + strlen(event->event_id);
	struct seen *seen, *known = NULL;

	if (*event->event_id == '\0')
		return 0;
	seen = calloc(1, sizeof(*seen) + length + 1);
	if (seen == NULL)
		return VG_ENOMEM;
	memcpy(seen->key, event->source, source);
	memcpy(seen->key + source, event->event_id, length - source + 1);
	if (vg_event_repeat_digest(event, seen->digest) != 0) {
		free(seen);
		return VG_ENOMEM;
	}
	HASH_FIND(hh, eval->seen, seen->key, (unsigned)length, known);
	if (known != NULL) {
		int same = memcmp(known->digest, seen->digest, sizeof(seen->digest)) == 0;

		free(seen);
		return same ? 1 : 2;
	}
	if (HASH_COUNT(eval->seen) >= SEEN_MAX) {
		free(seen);
		return VG_ELIMIT;
	}
	HASH_ADD_KEYPTR(hh, eval->seen, seen->key, (unsigned)length, seen);
	return 0;
}

/* A line may say when it was received; the envelope itself has no such member, so it is taken out
 * before the strict parser sees the line. Returns the line without it, malloc'ed, or NULL when
 * there is none. */
static char *
take_received(const char *line, size_t length, int64_t *received_ms)
{
	json_t *object = NULL, *received;
	char *text = NULL;

	if (strstr(line, "\"received_ms\"") == NULL)
		return NULL;
	object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	received = json_object_get(object, "received_ms");
	if (json_is_integer(received)) {
		*received_ms = json_integer_value(received);
		(void)json_object_del(object, "received_ms");
		text = json_dumps(object, JSON_COMPACT);
	}
	json_decref(object);
	return text;
}

static int
step(struct eval *eval, int64_t line, struct vg_parsed_event *parsed, int64_t received_ms)
{
	struct vg_event *event = &parsed->event;
	const char *kind = vg_kind_name(event->kind);
	struct vg_verdict verdict;
	int repeat;

	event->received_ms = received_ms >= 0 ? received_ms : event->occurred_ms;
	if (event->received_ms < eval->received_ms)
		event->received_ms = eval->received_ms;
	event->seq = eval->first_seq + line - 1;
	if (event->received_ms >= eval->as_of.before_ms || event->seq > eval->as_of.seq) {
		eval->ended = true;
		return 0;
	}
	if (*event->source == '\0')
		event->source = "eval";
	repeat = identity(eval, event);
	if (repeat < 0)
		return no_memory(eval);
	if (repeat == 2)
		return refuse(eval, line, "conflict", kind,
			      "the same source and event_id came before with other content");
	if (repeat == 1)
		return 0;
	if (event->kind == VG_KIND_AGREEMENT_APPLIED)
		event->body.agreement->seq = event->seq;
	if (vg_core_step(eval->core, event, &verdict) != 0)
		return no_memory(eval);
	eval->received_ms = event->received_ms;
	if (verdict.code == VG_VERDICT_REFUSED)
		return refuse(eval, line, "refused", kind, verdict.text);
	if (verdict.code == VG_VERDICT_OVERLOAD)
		return refuse(eval, line, "overload", kind, verdict.text);
	return 0;
}

static int
one_line(struct eval *eval, int64_t line, const char *text, size_t length)
{
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int64_t received_ms = -1;
	char *rest = take_received(text, length, &received_ms);
	int rc;

	rc = vg_event_parse(rest != NULL ? rest : text, rest != NULL ? strlen(rest) : length,
			    &parsed, &err);
	if (rc == 0) {
		rc = step(eval, line, &parsed, received_ms);
		vg_parsed_event_free(&parsed);
	} else {
		fprintf(stderr, "vinga eval: line %lld: %s\n", (long long)line, err.text);
		rc = refuse(eval, line, "malformed", NULL, err.text);
	}
	free(rest);
	return rc;
}

static int
read_events(struct eval *eval, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *text = malloc(LINE_MAX_BYTES);
	int64_t line = 0;
	int rc = 0;

	if (file == NULL || text == NULL) {
		rc = vg_cli_fail(eval->cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
		goto out;
	}
	while (rc == 0 && !eval->ended && fgets(text, LINE_MAX_BYTES, file) != NULL) {
		size_t length = strlen(text);

		line++;
		if (length == LINE_MAX_BYTES - 1 && text[length - 1] != '\n')
			rc = vg_cli_fail(eval->cli, VG_EXIT_MALFORMED,
					 "%s:%lld: longer than %d bytes", path, (long long)line,
					 VG_AGREEMENT_BYTES_MAX);
		else if (text[strspn(text, " \t\r\n")] != '\0')
			rc = one_line(eval, line, text, length);
	}
	if (rc == 0 && ferror(file))
		rc = vg_cli_fail(eval->cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
out:
	free(text);
	if (file != NULL && file != stdin)
		(void)fclose(file);
	return rc;
}

/* Every --agreement, in order: sequences 1, 2, ... */
static int
apply_agreements(struct eval *eval)
{
	for (int i = 0; i < eval->cli->givens; i++) {
		struct vg_agreement *agreement;
		int rc;

		if (strcmp(eval->cli->given[i].name, "agreement") != 0)
			continue;
		agreement = vg_replay_agreement(eval->cli, eval->cli->given[i].value);
		if (agreement == NULL)
			return VG_EXIT_MALFORMED;
		rc = vg_replay_apply(eval->core, agreement, eval->first_seq++, 0);
		vg_agreement_unref(agreement);
		if (rc != 0)
			return no_memory(eval);
	}
	return 0;
}

/* The parts that may fail, made one after the other; false with *err. */
static bool
put_parts(const struct eval *eval, json_t *out, int month, int64_t eval_ms, struct vg_err *err)
{
	const struct vg_core *core = eval->core;
	int64_t from_ms = vg_report_start_ms(core, month),
		instant_ms = vg_report_instant_ms(core, month, eval_ms);
	json_t *part;
	bool whole;

#define PUT(member, value) ((part = (value)) != NULL && json_object_set_new(out, member, part) == 0)
	whole = PUT("cells", vg_report_cells(core, month, eval_ms, NULL, NULL, 0, err)) &&
		PUT("tickets",
		    vg_report_tickets(core, month, eval_ms, NULL, VG_REPORT_TICKETS_ALL, err)) &&
		PUT("availability", vg_avail_cells(core, month, -1, eval_ms, NULL, err)) &&
		PUT("outages", vg_avail_outages(core, from_ms, instant_ms, NULL, err)) &&
		PUT("decisions", vg_report_decisions(core, err)) &&
		(!vg_cli_flag(eval->cli, "pieces") ||
		 PUT("timelines",
		     vg_avail_timelines(core, json_object_get(out, "availability"), err)));
#undef PUT
	return whole;
}

/* Drafts of the month, for every member; an agreement without a fee has none. There is no ledger
 * here, and so no chain head. */
static bool
put_statements(const struct eval *eval, json_t *out, int month, struct vg_err *err)
{
	json_t *models = vg_statement_models(eval->core, month, "", "", err);

	if (models == NULL && err->code == VG_ENOTFOUND)
		models = json_pack("{s[] s{}}", "municipalities", "total");
	return models != NULL && json_object_set_new(out, "statements", models) == 0;
}

/* What is printed; NULL with *err. */
static json_t *
make_output(const struct eval *eval, int month, int64_t eval_ms, struct vg_err *err)
{
	int64_t instant_ms = vg_report_instant_ms(eval->core, month, eval_ms);
	json_t *out = json_pack("{ss sI sI so sO}", "month", vg_cli_value(eval->cli, "month", ""),
				"rule_rev", (json_int_t)VG_RULE_REV, "evaluated_ms",
				(json_int_t)instant_ms, "agreement",
				vg_report_agreements(eval->core, month), "refused", eval->refused);

	if (put_parts(eval, out, month, eval_ms, err) && put_statements(eval, out, month, err))
		return out;
	json_decref(out);
	return NULL;
}

static int
print(struct eval *eval, int month)
{
	int64_t eval_ms = eval->as_of.seq != INT64_MAX ? eval->received_ms : eval->as_of.before_ms;
	struct vg_err err = {0};
	json_t *out = make_output(eval, month, eval_ms, &err);
	size_t length;
	char *text;
	int rc;

	if (out == NULL && err.code != 0)
		return vg_cli_fail(eval->cli, vg_cli_exit_of(err.code), "%s", err.text);
	text = out != NULL ? vg_report_canonical(out, &length) : NULL;
	rc = text != NULL && puts(text) >= 0 ? VG_EXIT_OK : no_memory(eval);
	free(text);
	json_decref(out);
	return rc;
}

static void
forget(struct eval *eval)
{
	struct seen *seen, *next;

	HASH_ITER(hh, eval->seen, seen, next)
	{
		HASH_DEL(eval->seen, seen);
		free(seen);
	}
	json_decref(eval->refused);
	vg_core_free(eval->core);
}

int
vg_run_eval(struct vg_cli *cli)
{
	struct eval eval = {
		.cli = cli, .first_seq = 1, .core = vg_core_new(), .refused = json_array()};
	const char *path = vg_cli_value(cli, "events", NULL),
		   *month_text = vg_cli_value(cli, "month", NULL);
	int month = 0, rc;

	if (eval.core == NULL || eval.refused == NULL)
		rc = no_memory(&eval);
	else if (path == NULL || month_text == NULL || !vg_cli_flag(cli, "agreement"))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "expected --agreement DIR, --events FILE and --month YYYY-MM");
	else
		rc = vg_cli_month(cli, month_text, &month);
	if (rc == 0)
		rc = apply_agreements(&eval);
	if (rc == 0)
		rc = vg_cli_as_of(cli, &eval.as_of);
	if (rc == 0)
		rc = read_events(&eval, path);
	if (rc == 0)
		rc = print(&eval, month);
	if (rc == 0 && eval.malformed)
		rc = VG_EXIT_MALFORMED;
	forget(&eval);
	return rc;
}
