/* rows_ticket.c - a ticket in the read model: itself, its references, facts, clocks and fee.
 *
 * A ticket that was merged or whose import was revoked gives its key and no rows, so its old rows
 * go. Fields of a fact are a JSON object; their texts were bounded and masked at the door, here
 * they are only escaped. */
#include "lib/rows/rows_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A bounded text; what does not fit would be a limit of the intake broken, so it fails the batch.
 */
struct text {
	char *bytes;
	size_t length, size;
};

static void
append_bytes(struct text *text, const char *bytes, size_t length)
{
	if (length >= text->size - text->length)
		length = text->size - text->length - 1;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

static void
append(struct text *text, const char *bytes)
{
	append_bytes(text, bytes, strlen(bytes));
}

static void
append_json_text(struct text *text, const char *value)
{
	append(text, "\"");
	for (const char *from = value; *from != '\0';) {
		const char *to = from;
		char escape[8];

		while ((unsigned char)*to >= 0x20 && *to != '"' && *to != '\\')
			to++;
		append_bytes(text, from, (size_t)(to - from));
		if (*to == '\0')
			break;
		if ((unsigned char)*to < 0x20)
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)*to);
		else
			snprintf(escape, sizeof(escape), "\\%c", *to);
		append(text, escape);
		from = to + 1;
	}
	append(text, "\"");
}

static void
append_field(struct text *text, const struct vg_ticket_fields *fields, enum vg_ticket_field field)
{
	const struct vg_field_info *info = &vg_ticket_field_info[field];
	int64_t number = fields->number[field];
	char digits[24];

	append_json_text(text, info->name);
	append(text, ":");
	if (info->form == VG_FORM_STR) {
		append_json_text(text, fields->text[field]);
	} else if (info->form == VG_FORM_WORD) {
		append_json_text(text, vg_word(field, number));
	} else if (info->form == VG_FORM_FLAG) {
		append(text, number != 0 ? "true" : "false");
	} else {
		snprintf(digits, sizeof(digits), "%" PRId64, number);
		append(text, digits);
	}
}

static void
write_fields(struct vg_rows_writer *writer, const struct vg_ticket_fields *fields,
	     struct text *text)
{
	const char *comma = "";

	text->length = 0;
	append(text, "{");
	for (int field = 0; field < VG_TF_COUNT; field++) {
		if ((fields->set & VG_TF_BIT(field)) == 0)
			continue;
		append(text, comma);
		append_field(text, fields, (enum vg_ticket_field)field);
		comma = ",";
	}
	append(text, "}");
	if (text->length + 1 >= text->size && writer->rc == 0)
		writer->rc = VG_ELIMIT;
	vg_row_text(writer, text->bytes);
}

static void
write_facts(struct vg_rows_writer *writer, const struct vg_ticket *ticket, const char *municipality)
{
	struct text text = {writer->scratch, 0, VG_ROWS_SCRATCH};

	for (size_t i = 0; i < vg_ticket_fact_count(ticket); i++) {
		struct vg_fact_view fact;

		vg_ticket_fact(writer->core, ticket, i, &fact);
		vg_row_begin(writer, VG_TABLE_TRANSITION);
		vg_row_number(writer, vg_ticket_id(ticket));
		vg_row_name(writer, municipality);
		vg_row_number(writer, fact.seq);
		vg_row_number(writer, (int64_t)i);
		vg_row_instant(writer, fact.at_ms);
		vg_row_text(writer, fact.source);
		vg_row_number(writer, fact.source_order);
		vg_row_text(writer, fact.event_id);
		vg_row_text(writer, fact.actor);
		vg_row_name(writer, fact.import);
		vg_row_flag(writer, fact.voided);
		write_fields(writer, &fact.fields, &text);
		vg_row_end(writer);
	}
}

static void
write_refs(struct vg_rows_writer *writer, const struct vg_ticket *ticket, const char *municipality)
{
	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++) {
		struct vg_ref ref = vg_ticket_ref(ticket, i);

		vg_row_begin(writer, VG_TABLE_TICKET_REF);
		vg_row_number(writer, vg_ticket_id(ticket));
		vg_row_name(writer, municipality);
		vg_row_text(writer, ref.source);
		vg_row_text(writer, ref.ref);
		vg_row_end(writer);
	}
}

static void
write_clocks(struct vg_rows_writer *writer, const struct vg_ticket_view *view,
	     const char *municipality)
{
	for (int i = 0; i < VG_CLOCK_COUNT; i++) {
		const struct vg_clock_state *clock = &view->clock[i];

		if (clock->start_ms < 0)
			continue;
		vg_row_begin(writer, VG_TABLE_CLOCK);
		vg_row_number(writer, view->id);
		vg_row_name(writer, municipality);
		vg_row_text(writer, vg_clock_name((enum vg_clock)i));
		vg_row_text(writer, vg_sla_name(clock->sla));
		vg_row_moment(writer, clock->start_ms);
		vg_row_moment(writer, clock->end_ms);
		vg_row_number(writer, clock->elapsed_ms);
		vg_row_natural(writer, clock->target_ms);
		vg_row_moment(writer, clock->due_ms);
		if (clock->target_ms < 0)
			vg_row_null(writer);
		else
			vg_row_number(writer, clock->remaining_ms);
		vg_row_text(writer, clock->breached_as);
		vg_row_end(writer);
	}
}

static bool
stated(const struct vg_ticket_view *view, enum vg_ticket_field field)
{
	return (view->set & VG_TF_BIT(field)) != 0;
}

static void
write_word(struct vg_rows_writer *writer, const struct vg_ticket_view *view,
	   enum vg_ticket_field field)
{
	if (stated(view, field))
		vg_row_text(writer, vg_word(field, view->current[field]));
	else
		vg_row_null(writer);
}

static void
write_flag(struct vg_rows_writer *writer, const struct vg_ticket_view *view,
	   enum vg_ticket_field field)
{
	if (stated(view, field))
		vg_row_flag(writer, view->current[field] != 0);
	else
		vg_row_null(writer);
}

static void
write_texts(struct vg_rows_writer *writer, const struct vg_ticket_view *view,
	    const enum vg_ticket_field *field, size_t count)
{
	for (size_t i = 0; i < count; i++)
		vg_row_name(writer, view->text[field[i]]);
}

static void
write_line(struct vg_rows_writer *writer, int line)
{
	vg_row_natural(writer, line == 0 ? -1 : line);
}

static void
write_times(struct vg_rows_writer *writer, const struct vg_ticket_view *view)
{
	vg_row_moment(writer, view->created_ms);
	vg_row_moment(writer, view->received_at_ms);
	vg_row_moment(writer, view->second_line_ms);
	vg_row_moment(writer, view->acknowledged_ms);
	vg_row_moment(writer, view->first_resolved_ms);
	vg_row_moment(writer, view->resolved_ms);
	vg_row_moment(writer, view->last_ms);
}

static void
write_lines(struct vg_rows_writer *writer, const struct vg_ticket_view *view)
{
	write_line(writer, view->line);
	write_line(writer, view->first_line);
	write_line(writer, view->highest_line);
	write_line(writer, view->resolving_line);
	vg_row_flag(writer, view->first_line_only);
	vg_row_number(writer, view->escalations);
	vg_row_number(writer, view->deescalations);
	vg_row_number(writer, view->handovers);
	vg_row_number(writer, view->reopens);
}

static void
write_sla(struct vg_rows_writer *writer, const struct vg_ticket_view *view)
{
	const struct vg_clock_state *clock = &view->resolution;

	vg_row_text(writer, vg_sla_name(clock->sla));
	vg_row_number(writer, clock->elapsed_ms);
	vg_row_natural(writer, clock->target_ms);
	vg_row_moment(writer, clock->due_ms);
	if (clock->target_ms < 0)
		vg_row_null(writer);
	else
		vg_row_number(writer, clock->remaining_ms);
	vg_row_text(writer, clock->breached_as);
	for (int side = 0; side < VG_SIDE_COUNT; side++)
		vg_row_number(writer, view->side_ms[side]);
}

static void
write_faults(struct vg_rows_writer *writer, uint32_t faults)
{
	char bytes[512];
	struct text text = {bytes, 0, sizeof(bytes)};
	const char *comma = "";

	append(&text, "{");
	for (int fault = 0; fault < VG_FAULT_COUNT; fault++) {
		if ((faults & UINT32_C(1) << fault) == 0)
			continue;
		append(&text, comma);
		append(&text, vg_fault_name((enum vg_fault)fault));
		comma = ",";
	}
	append(&text, "}");
	vg_row_text(writer, bytes);
}

static void
write_agreement(struct vg_rows_writer *writer, const struct vg_agreement *agreement)
{
	vg_row_text(writer, agreement != NULL ? agreement->name : NULL);
	vg_row_text(writer, agreement != NULL ? agreement->version : NULL);
	vg_row_natural(writer, agreement != NULL ? agreement->seq : -1);
}

/* In the order of the table's columns. */
static void
write_ticket(struct vg_rows_writer *writer, const struct vg_ticket *ticket,
	     const struct vg_ticket_view *view)
{
	static const enum vg_ticket_field where[] = {
		VG_TF_SERVICE, VG_TF_ACCESS, VG_TF_ADMINISTRATION, VG_TF_PROVIDER, VG_TF_GROUP};
	static const enum vg_ticket_field links[] = {
		VG_TF_RESOLUTION,     VG_TF_PARENT, VG_TF_DUPLICATE_OF, VG_TF_SPLIT_FROM,
		VG_TF_REOPEN_OF,      VG_TF_OUTAGE, VG_TF_WINDOW,	VG_TF_ALARM,
		VG_TF_MAJOR_INCIDENT, VG_TF_PROBLEM};

	vg_row_begin(writer, VG_TABLE_TICKET);
	vg_row_number(writer, view->id);
	vg_row_number(writer, vg_ticket_changed_seq(ticket));
	vg_row_name(writer, view->text[VG_TF_MUNICIPALITY]);
	vg_row_name(writer, view->text[VG_TF_OWN_REF]);
	vg_row_text(writer, vg_word(VG_TF_STATUS, view->status));
	vg_row_text(writer, vg_word(VG_TF_REASON, view->reason));
	vg_row_flag(writer, view->open);
	vg_row_flag(writer, view->resolved);
	write_times(writer, view);
	write_word(writer, view, VG_TF_TYPE);
	write_word(writer, view, VG_TF_CHANNEL);
	write_word(writer, view, VG_TF_REQUESTER);
	write_texts(writer, view, where, sizeof(where) / sizeof(where[0]));
	vg_row_name(writer, view->priority);
	vg_row_name(writer, view->sla_class);
	write_lines(writer, view);
	write_sla(writer, view);
	write_faults(writer, view->faults);
	write_agreement(writer, view->agreement);
	write_word(writer, view, VG_TF_CAUSE);
	write_texts(writer, view, links, sizeof(links) / sizeof(links[0]));
	write_flag(writer, view, VG_TF_TEST);
	write_flag(writer, view, VG_TF_PATIENT_SAFETY);
	write_flag(writer, view, VG_TF_SECURITY_BREACH);
	write_flag(writer, view, VG_TF_ON_BEHALF);
	vg_row_name(writer, view->text[VG_TF_SOURCE_STATUS]);
	vg_row_name(writer, view->text[VG_TF_SOURCE_PRIORITY]);
	write_flag(writer, view, VG_TF_SAYS_SLA_MET);
	vg_row_name(writer, vg_ticket_title_digest(ticket));
	vg_row_end(writer);
}

void
vg_rows_ticket(struct vg_rows_writer *writer, const struct vg_ticket *ticket)
{
	static const enum vg_table tables[] = {VG_TABLE_TICKET, VG_TABLE_TICKET_REF,
					       VG_TABLE_TRANSITION, VG_TABLE_CLOCK,
					       VG_TABLE_FEE_DECISION};
	int64_t id = vg_ticket_id(ticket);
	struct vg_ticket_view view;
	const char *municipality;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		vg_row_key(writer, tables[i], id);
	if (vg_core_ticket(writer->core, id) != ticket)
		return;
	vg_ticket_view(writer->core, ticket, writer->eval_ms, &view, NULL, NULL);
	municipality = view.text[VG_TF_MUNICIPALITY];
	write_ticket(writer, ticket, &view);
	write_refs(writer, ticket, municipality);
	write_facts(writer, ticket, municipality);
	write_clocks(writer, &view, municipality);
	vg_rows_decision(writer, ticket);
}
