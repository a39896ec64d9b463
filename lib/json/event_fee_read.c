/* event_fee_read.c - bodies of the fee: what two persons decide, objections, what was made
 * available, comments.
 *
 * The hard thing is that these rows move money years later: whatever has no meaning for its kind is
 * refused here, so that nothing that looks like a condition stands in the ledger without one. */
#include "lib/json/event_reader.h"

#include <stdio.h>
#include <string.h>

#define YEAR_MIN     1970
#define YEAR_MAX     2100
#define RATE_MIN_PPB INT64_C(-999999999) /* a price stays above 0 */
#define RATE_MAX_PPB INT64_C(1000000000) /* and at most doubles in a year */

/* A day from 1970 on. */
static int64_t
read_day(struct vg_reader *reader, const char *member)
{
	int64_t day = vg_reader_day(reader, member);

	if (day < 0)
		vg_reader_fail(reader, member, "a date from 1970-01-01 on");
	return day;
}

static int64_t
read_ore(struct vg_reader *reader, const char *member)
{
	return vg_reader_int(reader, member, true, 0, VG_MONEY_MAX_ORE, 0);
}

/* --- acts --- */

/* What a decision that stands outside Vinga says of a year. */
static void
read_year(struct vg_reader *reader, struct vg_act_body *body)
{
	body->year = (int)vg_reader_int(reader, "year", true, YEAR_MIN, YEAR_MAX, 0);
	body->decided_day = read_day(reader, "decided");
	body->document = vg_reader_name(reader, "document", VG_NAME_MAX);
}

static int
read_opening_row(struct vg_reader *row, struct vg_opening_row *out)
{
	if (!json_is_object(row->object))
		return vg_reader_fail(row, "source",
				      "a row {source, ref, month, price_ore}, an object");
	out->source = vg_reader_name(row, "source", VG_NAME_MAX);
	out->ref = vg_reader_name(row, "ref", VG_NAME_MAX);
	out->month = vg_reader_month(row, "month");
	out->price_ore = read_ore(row, "price_ore");
	return vg_reader_finish(row);
}

static void
read_opening(struct vg_reader *reader, const char *municipality, struct vg_act_body *body)
{
	const json_t *list = vg_reader_list(reader, "tickets", true, VG_OPENING_TICKETS_MAX);
	size_t count = json_array_size(list);
	struct vg_opening_row *row = vg_reader_memory(reader, count, sizeof(*row));
	char path[64];

	body->municipalities = municipality;
	body->month = vg_reader_month(reader, "month");
	body->support_ore = read_ore(reader, "support_ore");
	body->operation_ore = read_ore(reader, "operation_ore");
	for (size_t i = 0; reader->rc == 0 && i < count; i++) {
		struct vg_reader one = {
			.object = json_array_get(list, i), .path = path, .err = reader->err};

		(void)snprintf(path, sizeof(path), "%stickets[%zu].", reader->path, i);
		reader->rc = read_opening_row(&one, &row[i]);
	}
	body->row = row;
	body->count = row != NULL ? count : 0;
}

void
vg_read_act(struct vg_reader *reader, enum vg_kind kind, const char *municipality,
	    struct vg_act_body *body)
{
	*body = (struct vg_act_body){.act = "",
				     .index = "",
				     .document = "",
				     .ticket = "",
				     .municipalities = "",
				     .decided_day = -1};
	if (kind == VG_KIND_ACT_APPROVED) {
		body->act = vg_reader_id(reader, "act", true, VG_NAME_MAX);
		body->automatic = vg_reader_flag(reader, "automatic");
		body->reason = vg_reader_text(reader, "reason", false, VG_TEXT_MAX);
		return;
	}
	body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	if (kind == VG_KIND_ACT_REJECTED) {
		body->act = vg_reader_id(reader, "act", true, VG_NAME_MAX);
	} else if (kind == VG_KIND_RATE_PROPOSED) {
		body->index = vg_reader_id(reader, "index", true, VG_NAME_MAX);
		body->rate_ppb =
			vg_reader_int(reader, "rate_ppb", true, RATE_MIN_PPB, RATE_MAX_PPB, 0);
		read_year(reader, body);
	} else if (kind == VG_KIND_COST_PROPOSED) {
		body->cost_ore = read_ore(reader, "cost_ore");
		read_year(reader, body);
	} else if (kind == VG_KIND_OVERRIDE_PROPOSED) {
		body->ticket = vg_reader_name(reader, "ticket", VG_NAME_MAX);
		body->outcome = (enum vg_override)vg_reader_word(
			reader, "outcome", true, vg_override_words, VG_OVERRIDE_RULES);
	} else if (kind == VG_KIND_OPENING_PROPOSED) {
		read_opening(reader, municipality, body);
	} else {
		body->month = vg_reader_month(reader, "month");
		body->municipalities = vg_reader_ids(reader, "municipalities");
	}
}

/* --- objections --- */

void
vg_read_objection(struct vg_reader *reader, enum vg_kind kind, struct vg_objection_body *body)
{
	*body = (struct vg_objection_body){.objection = "", .ticket = ""};
	body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	if (kind == VG_KIND_OBJECTION_RAISED) {
		body->month = vg_reader_month(reader, "month");
		body->ticket = vg_reader_text(reader, "ticket", false, VG_NAME_MAX);
		return;
	}
	body->objection = vg_reader_id(reader, "objection", true, VG_NAME_MAX);
	if (json_object_get(reader->object, "accepted") == NULL)
		vg_reader_fail(reader, "accepted", "this member, which is missing");
	body->accepted = vg_reader_flag(reader, "accepted");
}

/* --- statements --- */

static int
read_file(struct vg_reader *row, struct vg_published_file *out)
{
	if (!json_is_object(row->object))
		return vg_reader_fail(row, "name", "a file {name, sha256, bytes}, an object");
	out->name = vg_reader_name(row, "name", VG_NAME_MAX);
	out->sha256 = vg_reader_hex(row, "sha256", true, 64);
	out->bytes = vg_reader_int(row, "bytes", true, 0, INT64_MAX, 0);
	return vg_reader_finish(row);
}

static const struct vg_published_file *
read_files(struct vg_reader *reader, bool required, size_t *files)
{
	const json_t *list = vg_reader_list(reader, "files", required, VG_PUBLISHED_FILES_MAX);
	size_t count = json_array_size(list);
	struct vg_published_file *file = vg_reader_memory(reader, count, sizeof(*file));
	char path[64];

	if (list != NULL && count == 0)
		vg_reader_fail(reader, "files", "at least one {name, sha256, bytes}");
	for (size_t i = 0; reader->rc == 0 && i < count; i++) {
		struct vg_reader one = {
			.object = json_array_get(list, i), .path = path, .err = reader->err};

		(void)snprintf(path, sizeof(path), "%sfiles[%zu].", reader->path, i);
		reader->rc = read_file(&one, &file[i]);
	}
	*files = file != NULL ? count : 0;
	return file;
}

void
vg_read_statement(struct vg_reader *reader, enum vg_kind kind, struct vg_statement_body *body)
{
	*body = (struct vg_statement_body){.model_sha256 = "", .invoice = "", .day = -1};
	body->month = vg_reader_month(reader, "month");
	if (kind == VG_KIND_STATEMENT_PUBLISHED) {
		body->model_sha256 = vg_reader_hex(reader, "model_sha256", true, 64);
		body->file = read_files(reader, true, &body->count);
	} else {
		body->invoice = vg_reader_name(reader, "invoice", VG_NAME_MAX);
		body->day = read_day(reader, "day");
	}
}

/* --- comments --- */

/* What a report is of, as `vinga report --scope` has it. */
static const char *
read_scope(struct vg_reader *reader)
{
	static const char *const kinds[] = {"federation:", "municipality:", "administration:"};
	const char *scope = vg_reader_text(reader, "scope", false, VG_NAME_MAX);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(scope, kinds[i], strlen(kinds[i])) == 0 &&
		    scope[strlen(kinds[i])] != '\0')
			return scope;
	if (*scope != '\0')
		vg_reader_fail(reader, "scope",
			       "federation:CODE, municipality:CODE or administration:NAME");
	return "";
}

void
vg_read_report(struct vg_reader *reader, struct vg_report_body *body)
{
	body->month = vg_reader_month(reader, "month");
	body->as_of_seq = vg_reader_int(reader, "as_of_seq", true, 0, INT64_MAX, 0);
	body->head = vg_reader_hex(reader, "head", true, 64);
	body->model_sha256 = vg_reader_hex(reader, "model_sha256", true, 64);
	body->scope = read_scope(reader);
	body->before_seq = vg_reader_int(reader, "before_seq", false, 1, body->as_of_seq, 0);
	body->file = read_files(reader, false, &body->count);
}

void
vg_read_comment(struct vg_reader *reader, struct vg_comment_body *body)
{
	*body = (struct vg_comment_body){.service = "", .due_day = -1};
	body->month = vg_reader_month(reader, "month");
	body->kpi = vg_reader_id(reader, "kpi", true, VG_NAME_MAX);
	body->service = vg_reader_text(reader, "service", false, VG_NAME_MAX);
	if (*body->service != '\0' && !vg_reader_is_id(body->service))
		vg_reader_fail(reader, "service", "letters a-z, digits and . _ - only");
	body->cause = vg_reader_name(reader, "cause", VG_TEXT_MAX);
	body->action = vg_reader_name(reader, "action", VG_TEXT_MAX);
	body->owner = vg_reader_name(reader, "owner", VG_NAME_MAX);
	if (json_object_get(reader->object, "due") != NULL)
		body->due_day = read_day(reader, "due");
}
