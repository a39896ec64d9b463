/* check.c - see check.h.
 *
 * Nothing but the file is believed: the core gets a row only when the chain has it. */
#include "lib/pack/check.h"

#include <string.h>

struct walk {
	struct vg_pack_check *check;
	struct vg_pack_reader *reader;
	struct vg_core *core;
};

static int
step(struct walk *walk, struct vg_parsed_event *parsed)
{
	struct vg_pack_check *check = walk->check;
	struct vg_verdict verdict;
	char head[65];
	int rc;

	if (parsed->event.kind == VG_KIND_AGREEMENT_APPLIED)
		parsed->event.body.agreement->seq = parsed->event.seq;
	rc = vg_core_step(walk->core, &parsed->event, &verdict);
	vg_pack_head(walk->reader, head);
	return rc != 0 ? rc
		       : vg_closed_step(check->closed, walk->core, &parsed->event, head,
					&check->err);
}

static enum vg_pack_fault
take(struct walk *walk, const struct vg_pack_row *row)
{
	struct vg_parsed_event parsed;
	int rc;

	if (!row->own)
		return VG_PACK_FAULT_NONE;
	rc = vg_event_parse(row->bytes, row->length, &parsed, &walk->check->err);
	if (rc != 0)
		return rc == VG_ENOMEM ? VG_PACK_FAULT_MEMORY : VG_PACK_FAULT_EVENT;
	parsed.event.seq = row->seq;
	parsed.event.received_ms = row->received_ms;
	rc = step(walk, &parsed);
	vg_parsed_event_free(&parsed);
	if (rc == 0)
		return VG_PACK_FAULT_NONE;
	return rc == VG_ENOMEM ? VG_PACK_FAULT_MEMORY : VG_PACK_FAULT_STOPPED;
}

static enum vg_pack_fault
walk_rows(struct walk *walk)
{
	enum vg_pack_fault fault;
	struct vg_pack_row row;
	bool more = true;

	while ((fault = vg_pack_next(walk->reader, &row, &more)) == VG_PACK_FAULT_NONE && more)
		if ((fault = take(walk, &row)) != VG_PACK_FAULT_NONE)
			break;
	return fault;
}

static bool
is_listed(const struct walk *walk)
{
	json_t *list = vg_closed_list(walk->check->closed);
	bool same = list != NULL && json_equal(list, vg_pack_statements(walk->reader));

	json_decref(list);
	return same;
}

static enum vg_pack_fault
walk_pack(struct walk *walk, FILE *file)
{
	struct vg_pack_check *check = walk->check;
	enum vg_pack_fault fault = vg_pack_open(&walk->reader, file);

	if (fault != VG_PACK_FAULT_NONE)
		return fault;
	(void)snprintf(check->municipality, sizeof(check->municipality), "%s",
		       vg_pack_municipality(walk->reader));
	walk->core = vg_core_new();
	check->closed = vg_closed_new(check->municipality, -1, check->on_made, check->arg);
	if (walk->core == NULL || check->closed == NULL)
		return VG_PACK_FAULT_MEMORY;
	fault = walk_rows(walk);
	if (fault == VG_PACK_FAULT_NONE)
		check->listed = is_listed(walk);
	return fault;
}

/* The newest statement of a month is the one that stands. */
static bool
check_anchor(const struct vg_closed *closed, struct vg_pack_anchor *anchor)
{
	const struct vg_closed_statement *statement;

	for (size_t i = 0; (statement = vg_closed_get(closed, i)) != NULL; i++) {
		if (statement->month != anchor->month)
			continue;
		anchor->found = true;
		anchor->holds = strcmp(statement->head, anchor->head) == 0;
	}
	return anchor->holds;
}

static bool
check_figures(struct vg_pack_check *check)
{
	const struct vg_closed_statement *statement;
	bool holds = check->listed;

	for (size_t i = 0; i < check->anchors; i++)
		holds = check_anchor(check->closed, &check->anchor[i]) && holds;
	for (size_t i = 0; (statement = vg_closed_get(check->closed, i)) != NULL; i++) {
		enum vg_closed_state state = vg_closed_state(statement);

		holds = holds && (state == VG_CLOSED_SAME || state == VG_CLOSED_UNPUBLISHED);
	}
	return holds;
}

bool
vg_pack_check(struct vg_pack_check *check, FILE *file)
{
	struct walk walk = {.check = check};

	check->fault = walk_pack(&walk, file);
	if (walk.reader != NULL) {
		check->place = vg_pack_place(walk.reader);
		vg_pack_head(walk.reader, check->head);
	}
	vg_pack_close(walk.reader);
	vg_core_free(walk.core);
	return check->fault == VG_PACK_FAULT_NONE && check_figures(check);
}

void
vg_pack_check_fini(struct vg_pack_check *check)
{
	vg_closed_free(check->closed);
	check->closed = NULL;
}
