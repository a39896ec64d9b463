/* closed.c - see closed.h.
 *
 * The hard thing is when: a statement is made at the very row that closed it, before any other row
 * is known, and judged when the row with its published hash comes by. */
#include "lib/pack/closed.h"

#include "lib/report/report.h"
#include "lib/report/statement.h"

#include <stdlib.h>
#include <string.h>

struct vg_closed {
	char *municipality; /* "" = all */
	int month;	    /* -1 = all */
	vg_closed_cb *on_made;
	void *arg;
	struct vg_closed_statement *statement;
	size_t count, size;
	const struct vg_statement **changed; /* by the event at hand */
	size_t changes, changes_size;
	int64_t seq;
	bool failed;
};

const char *
vg_closed_state_name(enum vg_closed_state state)
{
	static const char *const names[] = {"same", "unpublished", "differs", "unchained",
					    "unmade"};

	_Static_assert(sizeof(names) / sizeof(names[0]) == VG_CLOSED_STATE_COUNT, "one name each");
	return names[state];
}

enum vg_closed_state
vg_closed_state(const struct vg_closed_statement *statement)
{
	if (statement->made_sha256[0] == '\0')
		return VG_CLOSED_UNMADE;
	if (statement->unchained)
		return VG_CLOSED_UNCHAINED;
	if (statement->published_sha256[0] == '\0')
		return VG_CLOSED_UNPUBLISHED;
	return strcmp(statement->made_sha256, statement->published_sha256) == 0 ? VG_CLOSED_SAME
										: VG_CLOSED_DIFFERS;
}

struct vg_closed *
vg_closed_new(const char *municipality, int month, vg_closed_cb *on_made, void *arg)
{
	struct vg_closed *closed = calloc(1, sizeof(*closed));

	if (closed == NULL || (closed->municipality = strdup(municipality)) == NULL) {
		free(closed);
		return NULL;
	}
	closed->month = month;
	closed->on_made = on_made;
	closed->arg = arg;
	return closed;
}

void
vg_closed_free(struct vg_closed *closed)
{
	if (closed == NULL)
		return;
	for (size_t i = 0; i < closed->count; i++)
		free(closed->statement[i].municipality);
	free(closed->statement);
	free(closed->changed);
	free(closed->municipality);
	free(closed);
}

/* Room for one more; the core's own maximum bounds both lists. */
static bool
reserve(void **list, size_t *size, size_t count, size_t width)
{
	size_t wider = *size == 0 ? 64 : *size * 2;
	void *grown;

	if (count < *size)
		return true;
	grown = reallocarray(*list, wider, width);
	if (grown == NULL)
		return false;
	*list = grown;
	*size = wider;
	return true;
}

static bool
note_change(const struct vg_object *object, void *arg)
{
	struct vg_closed *closed = arg;

	if (object->type != VG_OBJECT_STATEMENT ||
	    (closed->municipality[0] != '\0' &&
	     strcmp(object->of.statement->municipality, closed->municipality) != 0))
		return true;
	if (!reserve((void **)&closed->changed, &closed->changes_size, closed->changes,
		     sizeof(struct vg_statement *))) {
		closed->failed = true;
		return false;
	}
	closed->changed[closed->changes++] = object->of.statement;
	return true;
}

/* The newest of a municipality's month, or, with month -1, of all its months; NULL = none. */
static struct vg_closed_statement *
find(const struct vg_closed *closed, const char *municipality, int month)
{
	for (size_t i = closed->count; i > 0; i--) {
		struct vg_closed_statement *statement = &closed->statement[i - 1];

		if ((month < 0 || statement->month == month) &&
		    strcmp(statement->municipality, municipality) == 0)
			return statement;
	}
	return NULL;
}

/* Whether the hash that a model gives of the statement before it is that one's. */
static bool
follows(const json_t *model, const struct vg_closed_statement *before)
{
	const char *sha =
		json_string_value(json_object_get(json_object_get(model, "previous"), "sha256"));

	return sha == NULL || (before != NULL && strcmp(sha, before->published_sha256) == 0);
}

/* Makes the model of a statement that has been noted. */
static int
make(struct vg_closed *closed, const struct vg_core *core, struct vg_closed_statement *statement,
     const struct vg_closed_statement *before, struct vg_err *err)
{
	json_t *model = vg_statement_model(core, statement->municipality, statement->month,
					   statement->head, err);
	int rc;

	if (model == NULL)
		return err->code == VG_ENOMEM ? VG_ENOMEM : 0;
	statement->unchained = !follows(model, before);
	rc = vg_report_sha256(model, statement->made_sha256);
	if (rc == 0 && closed->on_made != NULL)
		rc = closed->on_made(statement, core, model, closed->arg);
	json_decref(model);
	return rc;
}

static int
note_closed(struct vg_closed *closed, const struct vg_core *core,
	    const struct vg_statement *statement, const char *head, struct vg_err *err)
{
	const struct vg_closed_statement *before;
	struct vg_closed_statement *out;

	if (closed->count == VG_CORE_STATEMENTS_MAX)
		return vg_err_set(err, VG_ELIMIT, "more than %d statements",
				  VG_CORE_STATEMENTS_MAX);
	if (!reserve((void **)&closed->statement, &closed->size, closed->count,
		     sizeof(*closed->statement)))
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	before = find(closed, statement->municipality, -1);
	out = &closed->statement[closed->count];
	*out = (struct vg_closed_statement){.municipality = strdup(statement->municipality),
					    .month = statement->month,
					    .trial = statement->trial,
					    .as_of_seq = statement->as_of_seq};
	if (out->municipality == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	closed->count++;
	(void)snprintf(out->head, sizeof(out->head), "%s", head);
	return closed->month < 0 || closed->month == out->month
		       ? make(closed, core, out, before, err)
		       : 0;
}

static void
note_published(struct vg_closed *closed, const struct vg_statement *statement)
{
	struct vg_closed_statement *out = find(closed, statement->municipality, statement->month);

	if (out == NULL || out->published_seq != 0 || statement->published_ms < 0)
		return;
	out->published_seq = closed->seq;
	(void)snprintf(out->published_sha256, sizeof(out->published_sha256), "%s",
		       statement->model_sha256);
}

int
vg_closed_step(struct vg_closed *closed, const struct vg_core *core, const struct vg_event *event,
	       const char *head, struct vg_err *err)
{
	struct vg_err own = {0};
	int rc = 0;

	if (event->kind != VG_KIND_ACT_APPROVED && event->kind != VG_KIND_STATEMENT_PUBLISHED)
		return 0;
	closed->seq = event->seq;
	closed->changes = 0;
	vg_core_changed_since(core, event->seq - 1, note_change, closed);
	if (closed->failed)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	for (size_t i = 0; i < closed->changes && rc == 0; i++) {
		const struct vg_statement *statement = closed->changed[i];

		if (statement->state != VG_STATEMENT_CLOSED)
			continue;
		if (statement->as_of_seq == event->seq)
			rc = note_closed(closed, core, statement, head, &own);
		else
			note_published(closed, statement);
	}
	return rc == 0 ? 0 : vg_err_set(err, rc, "%s", vg_err_text(&own, rc));
}

const struct vg_closed_statement *
vg_closed_get(const struct vg_closed *closed, size_t index)
{
	return index < closed->count ? &closed->statement[index] : NULL;
}

static json_t *
listed(const struct vg_closed_statement *statement)
{
	char month[32];
	json_t *row;

	(void)snprintf(month, sizeof(month), "%04d-%02d", statement->month / 12,
		       statement->month % 12 + 1);
	row = json_pack("{sI ss ss ss}", "as_of_seq", (json_int_t)statement->as_of_seq, "head",
			statement->head, "month", month, "municipality", statement->municipality);

	if (row != NULL && statement->published_sha256[0] != '\0' &&
	    json_object_set_new(row, "sha256", json_string(statement->published_sha256)) != 0) {
		json_decref(row);
		return NULL;
	}
	return row;
}

json_t *
vg_closed_list(const struct vg_closed *closed)
{
	json_t *list = json_array();

	for (size_t i = 0; i < closed->count; i++)
		if (json_array_append_new(list, listed(&closed->statement[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}
