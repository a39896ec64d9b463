/* evidence.c - a municipality's evidence pack, written and tried.
 *
 * The ledger is gone through twice in one view: first to learn which rows are its own, then to
 * write. The hard thing is that nobody can say beforehand that those rows are enough: so the pack
 * is read back by what vinga-check runs, and each statement that comes out is compared with the one
 * that the whole ledger gives. */
#include "cli/evidence.h"

#include "cli/replay.h"
#include "lib/pack/check.h"
#include "lib/pack/own.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

struct evidence {
	struct vg_cli *cli;
	struct vg_pack_own *own;
	struct vg_closed *closed;
	json_t *models; /* that the whole ledger gives, by the row that closed each */
	struct vg_pack_writer *writer;
	int64_t differs;
};

/* The key under which a model lies. */
static const char *
key_of(const struct vg_closed_statement *statement, char out[48])
{
	(void)snprintf(out, 48, "%" PRId64 "/%d", statement->as_of_seq, statement->month);
	return out;
}

/* --- the first pass --- */

static int
keep_model(const struct vg_closed_statement *statement, const struct vg_core *core,
	   const json_t *model, void *arg)
{
	struct evidence *evidence = arg;
	char key[48];

	(void)core;
	return json_object_set_new(evidence->models, key_of(statement, key),
				   json_deep_copy(model)) == 0
		       ? 0
		       : VG_ENOMEM;
}

static int
see(const struct vg_replayed *at, const struct vg_event *event, const struct vg_verdict *verdict,
    void *arg, struct vg_err *err)
{
	struct evidence *evidence = arg;
	int rc = vg_pack_own_see(evidence->own, at->core, event, verdict->ticket);

	if (rc != 0)
		return vg_err_set(err, rc, "out of memory");
	return vg_closed_step(evidence->closed, at->core, event, at->head, err);
}

static bool
is_known(const struct vg_core *core, const char *municipality)
{
	for (size_t i = 0; i < vg_core_agreement_count(core); i++)
		if (vg_agreement_municipality(vg_core_agreement(core, i), municipality) != NULL)
			return true;
	return false;
}

static int
learn(struct evidence *evidence, struct vg_pg *pg, const char *municipality)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	struct vg_replayed replayed = {.on_step = see, .arg = evidence};
	int rc = vg_replay_ledger(evidence->cli, pg, &all, &replayed);

	if (rc == 0 && replayed.broken > 0)
		rc = vg_cli_fail(evidence->cli, VG_EXIT_DIFFERS,
				 "the ledger does not hold together; no evidence is made from it");
	if (rc == 0 && !is_known(replayed.core, municipality))
		rc = vg_cli_fail(evidence->cli, VG_EXIT_MALFORMED,
				 "--municipality %s: no agreement has this municipality",
				 municipality);
	if (rc == 0 && vg_pack_own_settle(evidence->own, replayed.core) != 0)
		rc = vg_cli_fail(evidence->cli, VG_EXIT_DIFFERS, "out of memory");
	vg_replay_fini(&replayed);
	return rc;
}

/* --- the second pass --- */

static int
put_row(const struct vg_ledger_row *row, void *arg)
{
	struct evidence *evidence = arg;
	struct vg_pack_row out = {.own = vg_pack_own_has(evidence->own, row->seq),
				  .seq = row->seq,
				  .received_ms = row->received_ms,
				  .bytes = row->bytes,
				  .length = row->length};

	if (strcmp(row->lane, "main") != 0)
		return 0;
	memcpy(out.d, row->d, sizeof(out.d));
	memcpy(out.h, row->h, sizeof(out.h));
	return vg_pack_write(evidence->writer, &out, NULL);
}

static int
write_pack(struct evidence *evidence, struct vg_pg *pg, const char *municipality, FILE *file)
{
	json_t *statements = vg_closed_list(evidence->closed);
	struct vg_err err = {0};
	int rc = statements != NULL
			 ? vg_pack_writer_new(&evidence->writer, file, municipality, &err)
			 : vg_err_set(&err, VG_ENOMEM, "out of memory");

	if (rc == 0)
		rc = vg_pg_ledger(pg, 0, INT64_MAX, put_row, evidence, &err);
	if (rc == 0)
		rc = vg_pack_write_end(evidence->writer, statements, &err);
	vg_pack_writer_free(evidence->writer);
	json_decref(statements);
	return rc == 0 ? 0
		       : vg_cli_fail(evidence->cli, vg_cli_exit_of(rc), "%s",
				     vg_err_text(&err, rc));
}

/* --- the trial --- */

/* Where two models first differ: "fee.lines.3.reason". False = nowhere. */
static bool
find_difference(const json_t *a, const json_t *b, char *path, size_t size)
{
	size_t length = strlen(path);
	const char *member;
	json_t *value;

	if (json_is_array(a) && json_is_array(b)) {
		for (size_t i = 0; i < json_array_size(a) || i < json_array_size(b); i++) {
			(void)snprintf(path + length, size - length, ".%zu", i);
			if (find_difference(json_array_get(a, i), json_array_get(b, i), path, size))
				return true;
		}
	} else if (json_is_object(a) && json_is_object(b)) {
		json_object_foreach((json_t *)a, member, value)
		{
			(void)snprintf(path + length, size - length, "%s%s", length > 0 ? "." : "",
				       member);
			if (find_difference(value, json_object_get(b, member), path, size))
				return true;
		}
		path[length] = '\0';
		return json_object_size(a) != json_object_size(b);
	} else {
		return a == NULL || b == NULL || !json_equal(a, b);
	}
	path[length] = '\0';
	return false;
}

static char *
value_at(const json_t *json, const char *path)
{
	char name[200];

	while (*path != '\0' && json != NULL) {
		size_t length = strcspn(path, ".");

		(void)snprintf(name, sizeof(name), "%.*s", (int)length, path);
		json = json_is_array(json) ? json_array_get(json, strtoul(name, NULL, 10))
					   : json_object_get(json, name);
		path += length + (path[length] == '.');
	}
	return json != NULL ? json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS)
			    : strdup("nothing");
}

static const json_t *
line_of(const json_t *lines, const char *ticket)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (strcmp(json_string_value(json_object_get(line, "ticket")), ticket) == 0)
			return line;
	}
	return NULL;
}

static const char *
reason_of(const json_t *line)
{
	const char *reason = json_string_value(json_object_get(line, "reason"));

	return reason != NULL ? reason : "not listed";
}

static int64_t
amount_of(const json_t *line)
{
	return json_integer_value(json_object_get(line, "amount_ore"));
}

/* Tickets that are judged otherwise say why better than any sum. False = there is none. */
static bool
print_tickets(const json_t *whole, const json_t *pack)
{
	const json_t *lines = json_object_get(json_object_get(whole, "fee"), "lines"),
		     *others = json_object_get(json_object_get(pack, "fee"), "lines"), *line;
	bool found = false;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		const char *ticket = json_string_value(json_object_get(line, "ticket"));
		const json_t *other = line_of(others, ticket);

		if (strcmp(reason_of(line), reason_of(other)) == 0 &&
		    amount_of(line) == amount_of(other))
			continue;
		printf("%s ticket %s is %s, %" PRId64 " öre, by the whole ledger, %s, %" PRId64
		       " öre, by the pack",
		       found ? ";" : "", ticket, reason_of(line), amount_of(line), reason_of(other),
		       amount_of(other));
		found = true;
	}
	return found;
}

static void
print_member(const json_t *whole, const json_t *pack, const char *path)
{
	char *was = value_at(whole, path), *is = value_at(pack, path);

	printf(" %s is %.200s by the whole ledger, %.200s by the pack", path,
	       was != NULL ? was : "?", is != NULL ? is : "?");
	free(was);
	free(is);
}

static int
compare_model(const struct vg_closed_statement *statement, const struct vg_core *core,
	      const json_t *model, void *arg)
{
	struct evidence *evidence = arg;
	char key[48], path[400] = "";
	const json_t *whole = json_object_get(evidence->models, key_of(statement, key));

	(void)core;
	if (whole == NULL || !find_difference(whole, model, path, sizeof(path)))
		return 0;
	printf("statement %04d-%02d does not follow from the pack alone:", statement->month / 12,
	       statement->month % 12 + 1);
	if (!print_tickets(whole, model))
		print_member(whole, model, path);
	putchar('\n');
	evidence->differs++;
	return 0;
}

/* What the trial found besides models that differ. */
static void
print_findings(const struct vg_pack_check *check)
{
	const struct vg_closed_statement *statement;

	if (check->fault != VG_PACK_FAULT_NONE)
		printf("line %" PRId64 " of the pack: %s\n", check->place.line,
		       vg_pack_fault_english(check->fault));
	for (size_t i = 0;
	     check->closed != NULL && (statement = vg_closed_get(check->closed, i)) != NULL; i++) {
		enum vg_closed_state state = vg_closed_state(statement);

		if (state != VG_CLOSED_SAME && state != VG_CLOSED_UNPUBLISHED)
			printf("statement %04d-%02d: %s; published %s, from the pack %s\n",
			       statement->month / 12, statement->month % 12 + 1,
			       vg_closed_state_name(state),
			       statement->published_sha256[0] != '\0' ? statement->published_sha256
								      : "nothing",
			       statement->made_sha256[0] != '\0' ? statement->made_sha256
								 : "nothing");
	}
	if (check->fault == VG_PACK_FAULT_NONE && !check->listed)
		printf("the statements that the pack gives are not those that the ledger gives\n");
}

static int
try_pack(struct evidence *evidence, const char *path)
{
	struct vg_pack_check check = {.on_made = compare_model, .arg = evidence};
	FILE *file = fopen(path, "re");
	bool holds;

	if (file == NULL)
		return vg_cli_fail(evidence->cli, VG_EXIT_MALFORMED, "%s: %s", path,
				   strerror(errno));
	holds = vg_pack_check(&check, file) && evidence->differs == 0;
	(void)fclose(file);
	print_findings(&check);
	printf("%s\n%" PRId64 " rows, %" PRId64 " of them with their bytes; chain head %s\n", path,
	       check.place.rows, check.place.own, check.head);
	vg_pack_check_fini(&check);
	return holds ? VG_EXIT_OK
		     : vg_cli_fail(evidence->cli, VG_EXIT_DIFFERS,
				   "%s: not every statement follows from it; vinga-check will say "
				   "so too",
				   path);
}

/* Written beside and renamed, so that no half pack is taken for a whole one. */
static int
write_file(struct evidence *evidence, struct vg_pg *pg, const char *municipality, const char *path)
{
	char beside[PATH_BYTES + 8];
	FILE *file;
	int rc;

	if (strlen(path) >= PATH_BYTES)
		return vg_cli_fail(evidence->cli, VG_EXIT_USAGE, "--export: the path is too long");
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	file = fopen(beside, "we");
	if (file == NULL)
		return vg_cli_fail(evidence->cli, VG_EXIT_MALFORMED, "%s: %s", beside,
				   strerror(errno));
	rc = write_pack(evidence, pg, municipality, file);
	if (fclose(file) != 0 && rc == 0)
		rc = vg_cli_fail(evidence->cli, VG_EXIT_DIFFERS, "%s: %s", beside, strerror(errno));
	if (rc == 0 && rename(beside, path) != 0)
		rc = vg_cli_fail(evidence->cli, VG_EXIT_DIFFERS, "%s: %s", path, strerror(errno));
	if (rc != 0)
		(void)unlink(beside);
	return rc;
}

int
vg_evidence_export(struct vg_cli *cli, const char *municipality, const char *path)
{
	struct evidence evidence = {.cli = cli};
	struct vg_pg *pg = NULL;
	int rc = vg_replay_open(cli, &pg);

	evidence.own = vg_pack_own_new(municipality);
	evidence.models = json_object();
	evidence.closed = vg_closed_new(municipality, -1, keep_model, &evidence);
	if (rc == 0 && (evidence.own == NULL || evidence.models == NULL || evidence.closed == NULL))
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	if (rc == 0)
		rc = learn(&evidence, pg, municipality);
	if (rc == 0)
		rc = write_file(&evidence, pg, municipality, path);
	vg_pg_close(pg);
	if (rc == 0)
		rc = try_pack(&evidence, path);
	vg_closed_free(evidence.closed);
	vg_pack_own_free(evidence.own);
	json_decref(evidence.models);
	return rc;
}
