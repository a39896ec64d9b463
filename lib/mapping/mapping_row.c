/* mapping_row.c - one row or document to an event: a ticket's, or a probe's sample.
 *
 * The hard thing is that an event's id must be the same when an export is made again with rows
 * added: so rows are numbered within their ticket, and a row that is malformed or quarantined keeps
 * its number. */
#include "lib/mapping/mapping_private.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKETS_MAX 4000000
#define PAYLOAD_MAX (48 * 1024) /* the rest of the event's 64 KiB is for its envelope */
#define OWN_MAX	    2		/* members of a payload that are no columns */

struct vg_mapping_run *
vg_mapping_run_new(const struct vg_mapping *mapping, const struct vg_agreement *agreement)
{
	struct vg_mapping_run *run = calloc(1, sizeof(*run));

	VG_ASSERT(mapping != NULL);
	if (run == NULL)
		return NULL;
	run->mapping = mapping;
	run->agreement = agreement;
	return run;
}

static void
forget_row(struct vg_mapping_run *run)
{
	while (run->kept != NULL) {
		struct kept *next = run->kept->next;

		free(run->kept);
		run->kept = next;
	}
	vg_document_free(run->document);
	run->document = NULL;
}

static void
free_met(struct met **table)
{
	struct met *met, *next;

	HASH_ITER(hh, *table, met, next)
	{
		HASH_DEL(*table, met);
		free(met);
	}
}

void
vg_mapping_run_free(struct vg_mapping_run *run)
{
	if (run == NULL)
		return;
	forget_row(run);
	free_met(&run->tickets);
	free_met(&run->keys);
	free(run);
}

/* NULL = out of memory. */
char *
vg_row_keep(struct vg_mapping_run *run, const char *bytes, size_t length)
{
	struct kept *kept = malloc(sizeof(*kept) + length + 1);

	if (kept == NULL)
		return NULL;
	memcpy(kept->bytes, bytes, length);
	kept->bytes[length] = '\0';
	kept->next = run->kept;
	run->kept = kept;
	return kept->bytes;
}

/* --- outcomes --- */

/* At most `max` bytes of text, not ending inside a character. */
size_t
vg_row_cut(const char *text, size_t max)
{
	size_t length = strnlen(text, max + 1);

	if (length <= max)
		return length;
	for (length = max; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
		length--;
	return length;
}

static void
set_fault(struct vg_mapping_run *run, enum vg_mapped outcome, const char *field, const char *value,
	  const char *reason, va_list args)
{
	size_t length = value == NULL ? 0 : vg_row_cut(value, VG_NAME_MAX);

	for (size_t i = 0; i < length; i++)
		run->value[i] = (unsigned char)value[i] < 0x20 || value[i] == 0x7F ? ' ' : value[i];
	run->value[length] = '\0';
	(void)vsnprintf(run->reason, sizeof(run->reason), reason, args);
	run->out->outcome = outcome;
	run->out->field = field;
	run->out->value = run->value;
	run->out->reason = run->reason;
}

/* Always false, so that a step can end with it. */
bool __attribute__((format(printf, 4, 5)))
vg_row_malformed(struct vg_mapping_run *run, const char *field, const char *value,
		 const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	set_fault(run, VG_MAPPED_MALFORMED, field, value, reason, args);
	va_end(args);
	return false;
}

/* The first thing that cannot be mapped is told; the row is read on, since it may be malformed too.
 * A sample does not wait in quarantine: a trace is imported again when its mapping is mended. */
void __attribute__((format(printf, 4, 5)))
vg_row_unmapped(struct vg_mapping_run *run, const char *field, const char *value,
		const char *reason, ...)
{
	va_list args;

	if (run->out->outcome != VG_MAPPED_EVENT)
		return;
	va_start(args, reason);
	set_fault(run,
		  run->mapping->target == TARGET_SAMPLES ? VG_MAPPED_MALFORMED
							 : VG_MAPPED_QUARANTINE,
		  field, value, reason, args);
	va_end(args);
}

const char *
vg_row_column(const struct vg_mapping_run *run, const struct from *from)
{
	return from->count == 0 ? "" : run->mapping->column[from->column[0]]->text;
}

/* --- numbering --- */

/* 1 at the first meeting; 0 = out of memory or past the maximum. */
static int64_t
count_meeting(struct met **table, const char *key)
{
	size_t length = strlen(key);
	struct met *met = NULL;

	HASH_FIND(hh, *table, key, length, met);
	if (met == NULL) {
		if (HASH_COUNT(*table) >= TICKETS_MAX ||
		    (met = malloc(sizeof(*met) + length + 1)) == NULL)
			return 0;
		met->count = 0;
		memcpy(met->key, key, length + 1);
		HASH_ADD_KEYPTR(hh, *table, met->key, length, met);
		if (met->hh.tbl == NULL) {
			free(met);
			return 0;
		}
	}
	return ++met->count;
}

static bool
needs_row(const struct vg_mapping *m)
{
	bool first = false;

	for (size_t i = 0; i < m->rules; i++)
		first = first || m->rule[i].first_row_only;
	return first || m->key.count == 0 || (m->order.count == 0 && m->format != FORMAT_JSON);
}

static bool
number_row(struct vg_mapping_run *run, const struct raw_row *raw, const char *ref)
{
	run->row = raw->row;
	if (raw->row == 0 && needs_row(run->mapping) &&
	    (run->row = count_meeting(&run->tickets, ref)) == 0)
		return vg_row_malformed(
			run, vg_row_column(run, &run->mapping->ref), NULL,
			"more than 4,000,000 tickets in one run; divide the export");
	return true;
}

/* ref/number, or ref/key with ~2, ~3 for repeats when they are told apart. */
static bool
make_event_id(struct vg_mapping_run *run, const struct raw_row *raw, const char *ref)
{
	const struct vg_mapping *m = run->mapping;
	size_t size = sizeof(run->event_id);
	const char *key;
	int length;

	if (m->key.count == 0) {
		length = snprintf(run->event_id, size, "%s/%" PRId64, ref, run->row);
		return (size_t)length < size ? true
					     : vg_row_malformed(run, vg_row_column(run, &m->ref),
								ref, "too long for an event id");
	}
	key = vg_row_value(run, &m->key, false);
	if (key == NULL || vg_mapping_listed(m->not_stated, key))
		return vg_row_malformed(run, vg_row_column(run, &m->key), key,
					"is empty; expected a part of the event's id");
	length = snprintf(run->event_id, size, "%s/%s", ref, key);
	if ((size_t)length + sizeof("~4000000") > size)
		return vg_row_malformed(run, vg_row_column(run, &m->key), key,
					"too long for an event id of at most 200 bytes");
	if (!m->repeats_numbered)
		return true;
	run->repeat = raw->repeat;
	if (run->repeat == 0 && (run->repeat = count_meeting(&run->keys, run->event_id)) == 0)
		return vg_row_malformed(
			run, vg_row_column(run, &m->key), key,
			"more than 4,000,000 event ids in one run; divide the export");
	if (run->repeat > 1)
		(void)snprintf(run->event_id + length, size - (size_t)length, "~%" PRId64,
			       run->repeat);
	return true;
}

static bool
make_order(struct vg_mapping_run *run)
{
	const struct from *from = &run->mapping->order;
	const char *text = from->count > 0 ? vg_row_value(run, from, false) : NULL;
	char *end;

	run->out->event.source_order = run->row;
	if (text == NULL || vg_mapping_listed(run->mapping->not_stated, text))
		return true;
	run->out->event.source_order = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || strlen(text) > 18)
		return vg_row_malformed(run, vg_row_column(run, from), text,
					"expected a whole number, the source's own order");
	return true;
}

/* --- the row --- */

bool
vg_row_fits(const struct vg_mapping_run *run, const struct condition *condition, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = run->cell[condition[i].column].text;
		const struct vg_yaml_node *patterns = condition[i].patterns;

		for (size_t k = 0; text != NULL && k < patterns->count; k++)
			if (fnmatch(patterns->item[k]->text, text, FNM_EXTMATCH) == 0)
				return true;
	}
	return false;
}

static bool
read_ref(struct vg_mapping_run *run, const char **out)
{
	const struct vg_mapping *m = run->mapping;
	const char *text = vg_row_value(run, &m->ref, false), *name = vg_row_column(run, &m->ref);

	if (text == NULL || text[0] == '\0' || vg_mapping_listed(m->not_stated, text))
		return vg_row_malformed(run, name, text, "is empty; expected the %s",
					m->target == TARGET_SAMPLES ? "probe's name"
								    : "ticket's reference");
	if (!vg_row_id(run, &m->ref, text, out))
		return false;
	return strlen(*out) <= VG_NAME_MAX
		       ? true
		       : vg_row_malformed(run, name, *out, "longer than 200 bytes");
}

static bool
read_occurred(struct vg_mapping_run *run)
{
	const struct vg_mapping *m = run->mapping;
	const char *text = vg_row_value(run, &m->time, false);

	if (text == NULL || vg_mapping_listed(m->not_stated, text))
		return vg_row_malformed(run, vg_row_column(run, &m->time), text,
					"is empty; expected the time of the event");
	return vg_row_time(run, &m->time, &m->when, text, &run->out->event.occurred_ms);
}

static bool
read_also(struct vg_mapping_run *run)
{
	struct vg_ticket_body *body = &run->out->event.body.ticket;

	for (size_t i = 0; i < run->mapping->also_count; i++) {
		const struct also *also = &run->mapping->also[i];
		const char *text = vg_row_value(run, &also->from, false), *ref;

		if (text == NULL || text[0] == '\0' ||
		    vg_mapping_listed(run->mapping->not_stated, text))
			continue;
		if (!vg_row_id(run, &also->from, text, &ref))
			return false;
		if (strlen(ref) > VG_NAME_MAX)
			return vg_row_malformed(run, vg_row_column(run, &also->from), ref,
						"longer than 200 bytes");
		body->also[body->also_count++] =
			(struct vg_ref){.source = also->source, .ref = ref};
	}
	return true;
}

/* The title on one line, at most 2000 bytes. */
static bool
read_title(struct vg_mapping_run *run)
{
	const char *text = run->mapping->title.count > 0
				   ? vg_row_value(run, &run->mapping->title, false)
				   : NULL;
	char *title;

	if (text == NULL || text[0] == '\0' || vg_mapping_listed(run->mapping->not_stated, text))
		return true;
	if ((title = vg_row_keep(run, text, vg_row_cut(text, VG_TEXT_MAX))) == NULL)
		return vg_row_malformed(run, vg_row_column(run, &run->mapping->title), NULL,
					"out of memory");
	for (char *p = title; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = ' ';
	run->out->title = title;
	return true;
}

/* What a payload keeps of a column: of one that only tells whether there is a person, no more than
 * that. */
static const char *
payload_value(const struct vg_mapping_run *run, size_t column, const char *value)
{
	const struct vg_mapping *m = run->mapping;
	const struct rule *last = NULL;
	unsigned uses = 0;

	for (size_t i = 0; i < m->rules; i++) {
		if (m->rule[i].present && m->rule[i].from.count == 1 &&
		    m->rule[i].from.column[0] == column) {
			last = &m->rule[i];
			uses++;
		}
	}
	if (value == NULL || last == NULL || uses < m->uses[column] ||
	    vg_mapping_listed(last->not_stated, value))
		return value;
	return "somebody";
}

bool
vg_row_payload(struct vg_mapping_run *run, const struct vg_document_member *own, size_t owns,
	       const char *ref)
{
	struct vg_document_member member[COLUMNS_MAX + OWN_MAX];
	const struct vg_mapping *m = run->mapping;
	size_t count = owns;
	char *text;

	memcpy(member, own, owns * sizeof(*own));
	for (size_t i = 0; i < m->columns; i++) {
		const char *value = payload_value(run, i, run->cell[i].text);

		if (m->ref.count == 1 && m->ref.column[0] == i)
			value = ref;
		if (value != NULL && m->target == TARGET_ALARMS) /* free texts among them */
			value = vg_row_keep(run, value,
					    vg_row_cut(value, PAYLOAD_MAX / 2 / m->columns));
		if (value != NULL)
			member[count++] = (struct vg_document_member){.key = m->column[i]->text,
								      .text = value};
	}
	text = vg_document_write(member, count);
	run->out->payload = text == NULL ? NULL : vg_row_keep(run, text, strlen(text));
	free(text);
	if (run->out->payload == NULL)
		return vg_row_malformed(run, "", NULL, "out of memory");
	if (strlen(run->out->payload) > PAYLOAD_MAX)
		return vg_row_malformed(
			run, "", NULL,
			"the named fields are more than 48 KiB; expected less to keep in "
			"quarantine");
	return true;
}

/* With the row's number. */
static bool
write_payload(struct vg_mapping_run *run, const char *ref)
{
	const struct vg_document_member own[] = {{.key = "@row", .number = run->row},
						 {.key = "@repeat", .number = run->repeat}};

	return vg_row_payload(run, own, 2, ref);
}

/* --- samples --- */

void
vg_row_sample_field(struct vg_mapping_run *run, enum vg_ticket_field field,
		    const struct stated *stated)
{
	if (field == FIELD_STATE) {
		run->sample.state = (enum vg_sample_state)stated->number;
		run->has_state = true;
	} else if (field == FIELD_LATENCY) {
		run->sample.latency_ms = stated->number;
	} else {
		run->sample.text = stated->text;
	}
}

static bool
map_sample(struct vg_mapping_run *run)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	struct vg_event *event = &run->out->event;
	const struct vg_mapping *m = run->mapping;
	const char *probe;

	run->sample = (struct vg_sample){.latency_ms = -1, .text = ""};
	run->has_state = false;
	if (!read_ref(run, &probe) || !read_occurred(run))
		return false;
	if (probe[strspn(probe, allowed)] != '\0')
		return vg_row_malformed(
			run, vg_row_column(run, &m->ref), probe,
			"expected a probe's name: letters a-z, digits and . _ - only");
	for (size_t i = 0; i < m->rules; i++)
		if (!vg_row_rule(run, &m->rule[i]))
			return false;
	if (run->out->outcome == VG_MAPPED_EVENT && !run->has_state)
		return vg_row_malformed(run, "state", NULL,
					"is not stated; expected a value that says it");
	run->sample.probe = probe;
	run->sample.at_ms = event->occurred_ms;
	event->body.samples = (struct vg_samples_body){
		.boot_id = "", .sent_ms = event->occurred_ms, .count = 1, .sample = &run->sample};
	return true;
}

/* --- tickets --- */

/* What waits is somebody's only when that is certain. */
static void
forget_unknown_owner(struct vg_mapping_run *run)
{
	struct vg_event *event = &run->out->event;

	if (run->agreement != NULL &&
	    vg_agreement_municipality(run->agreement, event->municipality) != NULL)
		return;
	event->has_municipality = false;
	event->municipality = "";
}

static bool
map_ticket(struct vg_mapping_run *run, const struct raw_row *raw)
{
	struct vg_ticket_body *body = &run->out->event.body.ticket;

	if (!read_ref(run, &body->ref) || !number_row(run, raw, body->ref) ||
	    !make_event_id(run, raw, body->ref) || !make_order(run) || !read_occurred(run) ||
	    !read_also(run) || !read_title(run))
		return false;
	for (size_t i = 0; i < run->mapping->rules; i++)
		if (!vg_row_rule(run, &run->mapping->rule[i]))
			return false;
	if (run->out->outcome == VG_MAPPED_EVENT)
		return true;
	forget_unknown_owner(run);
	return write_payload(run, body->ref);
}

static bool
map_row(struct vg_mapping_run *run, const struct raw_row *raw)
{
	if (!vg_row_cells(run, raw)) {
		const char *ref = vg_row_value(run, &run->mapping->ref, true);

		if (ref != NULL && run->mapping->target == TARGET_TICKETS)
			(void)number_row(run, raw, ref);
		return false;
	}
	if (vg_row_fits(run, run->mapping->ignore, run->mapping->ignores)) {
		run->out->outcome = VG_MAPPED_IGNORED;
		return true;
	}
	return run->mapping->target == TARGET_SAMPLES ? map_sample(run) : map_ticket(run, raw);
}

void
vg_row_next(struct vg_mapping_run *run, int64_t line, struct vg_mapped_row *out)
{
	run->out = out;
	run->row = run->repeat = 0;
	run->event_id[0] = '\0';
	memset(out, 0, sizeof(*out));
	out->outcome = VG_MAPPED_EVENT;
	out->line = line;
	out->field = out->value = out->reason = "";
	out->event.kind = vg_mapping_kind(run->mapping);
	out->event.source = out->event.actor = out->event.import = out->event.municipality = "";
	out->event.event_id = run->event_id;
	out->event.body.ticket.ref = out->event.body.ticket.ticket = "";
	out->event.body.ticket.title_digest = out->event.body.ticket.reason = "";
}

void
vg_mapped_begin(struct vg_mapping_run *run, int64_t line, struct vg_mapped_row *out)
{
	forget_row(run);
	vg_row_next(run, line, out);
}

void
vg_mapping_row(struct vg_mapping_run *run, const struct raw_row *raw, struct vg_mapped_row *out)
{
	vg_mapped_begin(run, raw->line, out);
	if (!map_row(run, raw))
		VG_ASSERT(out->outcome == VG_MAPPED_MALFORMED);
}

void
vg_mapping_malformed(struct vg_mapping_run *run, int64_t line, const char *field, const char *value,
		     const char *reason, struct vg_mapped_row *out)
{
	vg_mapped_begin(run, line, out);
	(void)vg_row_malformed(run, field, value, "%s", reason);
}
