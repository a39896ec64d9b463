/* mapping_row.c - one row or document through the rules.
 *
 * Every named column is checked for its encoding and masked before any rule looks at it, so nothing
 * unmasked can reach an event, a quarantined payload or a message. The hard thing is that an
 * event's id must be the same when an export is made again with rows added: so rows are numbered
 * within their ticket, and a row that is malformed or quarantined keeps its number. */
#include "lib/mapping/mapping_private.h"

#include "lib/civil/civil.h"
#include "lib/json/document.h"
#include "lib/redact/redact.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKETS_MAX    4000000
#define PAYLOAD_MAX    (48 * 1024) /* the rest of the event's 64 KiB is for its envelope */
#define INSTANT_MAX_MS INT64_C(4102444800000) /* 2100-01-01 */

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
static char *
keep(struct vg_mapping_run *run, const char *bytes, size_t length)
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

/* --- outcomes
 * -------------------------------------------------------------------------------------------------
 */

/* At most `max` bytes of text, not ending inside a character. */
static size_t
cut_length(const char *text, size_t max)
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
	size_t length = value == NULL ? 0 : cut_length(value, VG_NAME_MAX);

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
static bool __attribute__((format(printf, 4, 5)))
malformed(struct vg_mapping_run *run, const char *field, const char *value, const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	set_fault(run, VG_MAPPED_MALFORMED, field, value, reason, args);
	va_end(args);
	return false;
}

/* The first thing that cannot be mapped is told; the row is read on, since it may be malformed too.
 */
static void __attribute__((format(printf, 4, 5)))
unmapped(struct vg_mapping_run *run, const char *field, const char *value, const char *reason, ...)
{
	va_list args;

	if (run->out->outcome != VG_MAPPED_EVENT)
		return;
	va_start(args, reason);
	set_fault(run, VG_MAPPED_QUARANTINE, field, value, reason, args);
	va_end(args);
}

static const char *
column_name(const struct vg_mapping_run *run, const struct from *from)
{
	return from->count == 0 ? "" : run->mapping->column[from->column[0]]->text;
}

/* --- cells
 * ----------------------------------------------------------------------------------------------------
 */

/* Offset of the first byte that is not UTF-8; length when all is. */
static size_t
utf8_length(const char *text, size_t length)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t i = 0;

	while (i < length) {
		size_t more = p[i] < 0x80		    ? 0
			      : p[i] >= 0xC2 && p[i] < 0xE0 ? 1
			      : p[i] >= 0xE0 && p[i] < 0xF0 ? 2
							    : 3;
		unsigned second_min = p[i] == 0xE0 ? 0xA0 : p[i] == 0xF0 ? 0x90 : 0x80;
		unsigned second_max = p[i] == 0xED ? 0x9F : p[i] == 0xF4 ? 0x8F : 0xBF;

		if ((more > 0 && p[i] < 0xC2) || p[i] > 0xF4 || length - i <= more)
			return i;
		for (size_t k = 1; k <= more; k++)
			if (p[i + k] < (k == 1 ? second_min : 0x80) ||
			    p[i + k] > (k == 1 ? second_max : 0xBF))
				return i;
		i += more + 1;
	}
	return length;
}

static bool
is_title(const struct vg_mapping *m, size_t column)
{
	for (size_t i = 0; i < m->title.count; i++)
		if (m->title.column[i] == column)
			return true;
	return false;
}

static bool
check_bytes(struct vg_mapping_run *run, const char *name, const char *bytes, size_t length,
	    bool title)
{
	size_t good = utf8_length(bytes, length);

	if (good < length)
		return malformed(
			run, name, NULL,
			"byte %zu (0x%02X) is not UTF-8; is the export Latin-1? expected UTF-8",
			good + 1, (unsigned char)bytes[good]);
	if (memchr(bytes, '\0', length) != NULL)
		return malformed(run, name, NULL, "holds a NUL character");
	if (title)
		return true;
	if (length > VG_TEXT_MAX)
		return malformed(run, name, NULL, "longer than 2000 bytes; is this free text?");
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F)
			return malformed(run, name, NULL,
					 "holds a control character; is this free text?");
	return true;
}

static bool
mask_cell(struct vg_mapping_run *run, const char *name, const char *bytes, size_t length,
	  struct cell *cell)
{
	size_t start, end, masked_length;
	char *masked;

	cell->text = cell->unmasked = bytes;
	if (vg_redact_find(bytes, length, 0, &vg_redact_default, &start, &end) == VG_ID_NONE)
		return true;
	masked = vg_redact_mask(bytes, length, &vg_redact_default, &masked_length, &cell->hits);
	cell->text = masked == NULL ? NULL : keep(run, masked, masked_length);
	free(masked);
	run->out->redacted += cell->hits;
	return cell->text != NULL ? true : malformed(run, name, NULL, "out of memory");
}

/* All that can be read, even when one cannot: the row's number needs its reference. */
static bool
load_cells(struct vg_mapping_run *run, const struct raw_row *raw)
{
	const struct vg_mapping *m = run->mapping;
	bool ok = true;

	for (size_t i = 0; i < m->columns; i++) {
		const char *name = m->column[i]->text;

		run->cell[i] = (struct cell){.text = NULL};
		if (raw->value[i] == NULL)
			continue;
		if (!check_bytes(run, name, raw->value[i], raw->length[i], is_title(m, i)) ||
		    !mask_cell(run, name, raw->value[i], raw->length[i], &run->cell[i]))
			ok = false;
	}
	return ok;
}

/* The text of one column, or of several joined by "/"; NULL when all are absent. `unmasked` asks
 * for the bytes as they came. */
static const char *
text_of(struct vg_mapping_run *run, const struct from *from, bool unmasked)
{
	char joined[FROM_MAX * (VG_TEXT_MAX + 1) + 1];
	size_t used = 0;
	bool any = false;

	if (from->count == 1) {
		const struct cell *cell = &run->cell[from->column[0]];

		return unmasked ? cell->unmasked : cell->text;
	}
	for (size_t i = 0; i < from->count; i++) {
		const struct cell *cell = &run->cell[from->column[i]];
		const char *text = unmasked ? cell->unmasked : cell->text;

		any = any || text != NULL;
		text = text == NULL ? "" : text;
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%.*s",
					 i == 0 ? "" : "/", (int)cut_length(text, VG_TEXT_MAX),
					 text);
	}
	return any ? keep(run, joined, used) : NULL;
}

/* A reference to a ticket: never half masked. What looks like an identity number must be allowed by
 * a pattern. */
static bool
id_of(struct vg_mapping_run *run, const struct from *from, const char *text, const char **out)
{
	const struct vg_yaml_node *allowed = run->mapping->id_patterns;
	const char *unmasked = text_of(run, from, true);
	size_t hits = 0;

	for (size_t i = 0; i < from->count; i++)
		hits += run->cell[from->column[i]].hits;
	*out = text;
	if (hits == 0)
		return true;
	for (size_t i = 0; allowed != NULL && unmasked != NULL && i < allowed->count; i++) {
		if (fnmatch(allowed->item[i]->text, unmasked, FNM_EXTMATCH) == 0) {
			run->out->redacted -= hits;
			*out = unmasked;
			return true;
		}
	}
	return malformed(run, column_name(run, from), text,
			 "a reference looks like a personal identity number; expected one that the "
			 "mapping's ids: allow: patterns know");
}

/* --- numbering
 * ------------------------------------------------------------------------------------------------
 */

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
		return malformed(run, column_name(run, &run->mapping->ref), ref,
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
					     : malformed(run, column_name(run, &m->ref), ref,
							 "too long for an event id");
	}
	key = text_of(run, &m->key, false);
	if (key == NULL || vg_mapping_listed(m->not_stated, key))
		return malformed(run, column_name(run, &m->key), key,
				 "is empty; expected a part of the event's id");
	length = snprintf(run->event_id, size, "%s/%s", ref, key);
	if ((size_t)length + sizeof("~4000000") > size)
		return malformed(run, column_name(run, &m->key), key,
				 "too long for an event id of at most 200 bytes");
	if (!m->repeats_numbered)
		return true;
	run->repeat = raw->repeat;
	if (run->repeat == 0 && (run->repeat = count_meeting(&run->keys, run->event_id)) == 0)
		return malformed(run, column_name(run, &m->key), key,
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
	const char *text = from->count > 0 ? text_of(run, from, false) : NULL;
	char *end;

	run->out->event.source_order = run->row;
	if (text == NULL || vg_mapping_listed(run->mapping->not_stated, text))
		return true;
	run->out->event.source_order = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || strlen(text) > 18)
		return malformed(run, column_name(run, from), text,
				 "expected a whole number, the source's own order");
	return true;
}

/* --- rules
 * ----------------------------------------------------------------------------------------------------
 */

static bool
read_time(struct vg_mapping_run *run, const struct from *from, const struct when *when,
	  const char *text, int64_t *at_ms)
{
	bool iso = strcmp(when->pattern, "iso") == 0;
	char with_zone[VG_TEXT_MAX + 2], pattern[64];
	struct vg_err err = {0};
	int rc;

	if (!when->utc || (iso && strlen(text) > 10 && strpbrk(text + 10, "Z+-") != NULL)) {
		rc = vg_civil_parse(text, when->pattern, at_ms, &err);
	} else {
		(void)snprintf(with_zone, sizeof(with_zone), "%sZ", text);
		(void)snprintf(pattern, sizeof(pattern), "%s%s", when->pattern, iso ? "" : "%z");
		rc = vg_civil_parse(with_zone, pattern, at_ms, &err);
	}
	if (rc != 0)
		return malformed(run, column_name(run, from), text, "%s", vg_err_text(&err, rc));
	if (*at_ms < 0 || *at_ms > INSTANT_MAX_MS)
		return malformed(run, column_name(run, from), text,
				 "expected a time between 1970 and 2100");
	return true;
}

static int
by_key(const void *key, const void *choice)
{
	return strcmp(key, ((const struct choice *)choice)->key);
}

static const struct stated *
choose(const struct rule *rule, const char *text)
{
	const struct choice *found = NULL;

	if (rule->map_count > 0)
		found = bsearch(text, rule->map, rule->map_count, sizeof(*rule->map), by_key);
	for (size_t i = 0; found == NULL && i < rule->match_count; i++)
		if (fnmatch(rule->match[i].key, text, FNM_EXTMATCH) == 0)
			found = &rule->match[i];
	if (found != NULL)
		return &found->stated;
	return rule->has_fallback ? &rule->fallback : NULL;
}

/* CRC-32 (IEEE), bit by bit: it is asked once a ticket. */
static uint32_t
crc32_of(const char *text)
{
	uint32_t crc = 0xFFFFFFFF;

	for (; *text != '\0'; text++) {
		crc ^= (unsigned char)*text;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
	}
	return ~crc;
}

/* The n-th municipality of the agreement, round and round in the order of codes: for demonstration
 * data only. */
static bool
pick_municipality(struct vg_mapping_run *run, const struct rule *rule, const char *text,
		  struct stated *out)
{
	const char *digits = text + strcspn(text, "0123456789");
	const struct vg_agreement *agreement = run->agreement;
	uint64_t number = rule->pick == PICK_CRC32 ? crc32_of(text) : strtoull(digits, NULL, 10);

	if (rule->pick == PICK_NUMBER && *digits == '\0') {
		unmapped(run, column_name(run, &rule->from), text,
			 "holds no number to pick a municipality by");
		return false;
	}
	if (agreement == NULL || agreement->municipalities == 0) {
		unmapped(run, column_name(run, &rule->from), text,
			 "no agreement with municipalities to pick from is in force");
		return false;
	}
	*out = (struct stated){
		.text = agreement->municipality[number % agreement->municipalities].code};
	return true;
}

/* What the agreement must know. */
static void
check_known(struct vg_mapping_run *run, const struct rule *rule, const char *value,
	    const char *text)
{
	const struct vg_agreement *agreement = run->agreement;
	bool known = true;

	if (agreement == NULL || value[0] == '\0')
		return;
	if (rule->field == VG_TF_MUNICIPALITY)
		known = vg_agreement_municipality(agreement, value) != NULL;
	else if (rule->field == VG_TF_SERVICE)
		known = vg_agreement_service(agreement, value) != NULL;
	else if (rule->field == VG_TF_PRIORITY)
		known = vg_agreement_priority(agreement, value) >= 0;
	if (known)
		return;
	unmapped(run, column_name(run, &rule->from), text, "%s \"%.100s\" is not in the agreement",
		 vg_ticket_field_info[rule->field].name, value);
}

static void
set_field(struct vg_mapping_run *run, const struct rule *rule, const struct stated *stated)
{
	struct vg_event *event = &run->out->event;
	struct vg_ticket_fields *fields = &event->body.ticket.fields;

	if (rule->field == VG_TF_MUNICIPALITY) {
		event->has_municipality = true;
		event->municipality = stated->text;
		return;
	}
	fields->set |= VG_TF_BIT(rule->field);
	fields->text[rule->field] = stated->text;
	fields->number[rule->field] = stated->number;
	if (rule->field == VG_TF_STATUS) { /* an earlier pause's reason must not outlive it */
		fields->set |= VG_TF_BIT(VG_TF_REASON);
		fields->number[VG_TF_REASON] = stated->reason;
	}
}

static bool
is_link(enum vg_ticket_field field)
{
	const uint64_t links = VG_TF_BIT(VG_TF_OWN_REF) | VG_TF_BIT(VG_TF_PARENT) |
			       VG_TF_BIT(VG_TF_DUPLICATE_OF) | VG_TF_BIT(VG_TF_SPLIT_FROM) |
			       VG_TF_BIT(VG_TF_REOPEN_OF) | VG_TF_BIT(VG_TF_OUTAGE) |
			       VG_TF_BIT(VG_TF_PROBLEM);

	return (links & VG_TF_BIT(field)) != 0;
}

/* A value without a map: our own word, number, text. A word that is not ours is quarantined, the
 * rest is malformed. */
static bool
take_plain(struct vg_mapping_run *run, const struct rule *rule, const char *text,
	   struct stated *out)
{
	const char *wrong;

	if (is_link(rule->field) && !id_of(run, &rule->from, text, &text))
		return false;
	if ((wrong = vg_mapping_state(rule->field, text, out)) == NULL)
		return true;
	if (vg_ticket_field_info[rule->field].form != VG_FORM_WORD)
		return malformed(run, column_name(run, &rule->from), text, "%s", wrong);
	unmapped(run, column_name(run, &rule->from), text, "%s", wrong);
	return true;
}

static bool
take_value(struct vg_mapping_run *run, const struct rule *rule, const char *text)
{
	struct stated stated = {.text = ""};
	const struct stated *chosen;

	if (vg_ticket_field_info[rule->field].form == VG_FORM_TIME) {
		if (!read_time(run, &rule->from, &rule->when, text, &stated.number))
			return false;
	} else if (rule->pick != PICK_NONE) {
		if (!pick_municipality(run, rule, text, &stated))
			return true;
	} else if (rule->map_count + rule->match_count > 0) {
		if ((chosen = choose(rule, text)) == NULL) {
			unmapped(run, column_name(run, &rule->from), text,
				 "the mapping's %s does not know this value",
				 vg_ticket_field_info[rule->field].name);
			return true;
		}
		stated = *chosen;
	} else if (!take_plain(run, rule, text, &stated)) {
		return false;
	}
	check_known(run, rule, stated.text, text);
	set_field(run, rule, &stated);
	return true;
}

static bool
apply_rule(struct vg_mapping_run *run, const struct rule *rule)
{
	const struct vg_ticket_fields *fields = &run->out->event.body.ticket.fields;
	const char *text = rule->from.count == 0 ? NULL : text_of(run, &rule->from, false);

	if (rule->first_row_only && run->row > 1)
		return true;
	if (rule->field == VG_TF_REASON && (fields->set & VG_TF_BIT(VG_TF_STATUS)) != 0 &&
	    fields->number[VG_TF_STATUS] != VG_STATUS_PENDING)
		return true;
	if (rule->from.count == 0) {
		check_known(run, rule, rule->fallback.text, rule->fallback.text);
		set_field(run, rule, &rule->fallback);
	} else if (text != NULL && vg_mapping_listed(rule->none, text)) {
		set_field(run, rule, &(struct stated){.text = ""});
	} else if (rule->present) {
		set_field(run, rule,
			  &(struct stated){.text = "",
					   .number = text != NULL &&
						     !vg_mapping_listed(rule->not_stated, text)});
	} else if (text != NULL && !vg_mapping_listed(rule->not_stated, text)) {
		return take_value(run, rule, text);
	}
	return true;
}

/* --- the row
 * --------------------------------------------------------------------------------------------------
 */

static bool
ignored(const struct vg_mapping_run *run)
{
	const struct vg_mapping *m = run->mapping;

	for (size_t i = 0; i < m->conditions; i++) {
		const char *text = run->cell[m->condition[i].column].text;
		const struct vg_yaml_node *patterns = m->condition[i].patterns;

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
	const char *text = text_of(run, &m->ref, false), *name = column_name(run, &m->ref);

	if (text == NULL || text[0] == '\0' || vg_mapping_listed(m->not_stated, text))
		return malformed(run, name, text, "is empty; expected the ticket's reference");
	if (!id_of(run, &m->ref, text, out))
		return false;
	return strlen(*out) <= VG_NAME_MAX ? true
					   : malformed(run, name, *out, "longer than 200 bytes");
}

static bool
read_occurred(struct vg_mapping_run *run)
{
	const struct vg_mapping *m = run->mapping;
	const char *text = text_of(run, &m->time, false);

	if (text == NULL || vg_mapping_listed(m->not_stated, text))
		return malformed(run, column_name(run, &m->time), text,
				 "is empty; expected the time of the event");
	return read_time(run, &m->time, &m->when, text, &run->out->event.occurred_ms);
}

static bool
read_also(struct vg_mapping_run *run)
{
	struct vg_ticket_body *body = &run->out->event.body.ticket;

	for (size_t i = 0; i < run->mapping->also_count; i++) {
		const struct also *also = &run->mapping->also[i];
		const char *text = text_of(run, &also->from, false), *ref;

		if (text == NULL || text[0] == '\0' ||
		    vg_mapping_listed(run->mapping->not_stated, text))
			continue;
		if (!id_of(run, &also->from, text, &ref))
			return false;
		if (strlen(ref) > VG_NAME_MAX)
			return malformed(run, column_name(run, &also->from), ref,
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
	const char *text =
		run->mapping->title.count > 0 ? text_of(run, &run->mapping->title, false) : NULL;
	char *title;

	if (text == NULL || text[0] == '\0' || vg_mapping_listed(run->mapping->not_stated, text))
		return true;
	if ((title = keep(run, text, cut_length(text, VG_TEXT_MAX))) == NULL)
		return malformed(run, column_name(run, &run->mapping->title), NULL,
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

/* The named columns, masked, and the row's number: enough to take the row again with a mended
 * mapping. */
static bool
write_payload(struct vg_mapping_run *run, const char *ref)
{
	struct vg_document_member member[COLUMNS_MAX + 2];
	const struct vg_mapping *m = run->mapping;
	size_t count = 0;
	char *text;

	member[count++] = (struct vg_document_member){.key = "@row", .number = run->row};
	member[count++] = (struct vg_document_member){.key = "@repeat", .number = run->repeat};
	for (size_t i = 0; i < m->columns; i++) {
		const char *value = payload_value(run, i, run->cell[i].text);

		if (m->ref.count == 1 && m->ref.column[0] == i)
			value = ref;
		if (value != NULL)
			member[count++] = (struct vg_document_member){.key = m->column[i]->text,
								      .text = value};
	}
	text = vg_document_write(member, count);
	run->out->payload = text == NULL ? NULL : keep(run, text, strlen(text));
	free(text);
	if (run->out->payload == NULL)
		return malformed(run, "", NULL, "out of memory");
	if (strlen(run->out->payload) > PAYLOAD_MAX)
		return malformed(run, "", NULL,
				 "the named fields are more than 48 KiB; expected less to keep in "
				 "quarantine");
	return true;
}

static bool
map_row(struct vg_mapping_run *run, const struct raw_row *raw)
{
	struct vg_ticket_body *body = &run->out->event.body.ticket;

	if (!load_cells(run, raw)) {
		const char *ref = text_of(run, &run->mapping->ref, false);

		if (ref != NULL)
			(void)number_row(run, raw, ref);
		return false;
	}
	if (ignored(run)) {
		run->out->outcome = VG_MAPPED_IGNORED;
		return true;
	}
	if (!read_ref(run, &body->ref) || !number_row(run, raw, body->ref) ||
	    !make_event_id(run, raw, body->ref) || !make_order(run) || !read_occurred(run) ||
	    !read_also(run) || !read_title(run))
		return false;
	for (size_t i = 0; i < run->mapping->rules; i++)
		if (!apply_rule(run, &run->mapping->rule[i]))
			return false;
	return run->out->outcome == VG_MAPPED_EVENT || write_payload(run, body->ref);
}

static void
begin_row(struct vg_mapping_run *run, int64_t line, struct vg_mapped_row *out)
{
	forget_row(run);
	run->out = out;
	run->row = run->repeat = 0;
	memset(out, 0, sizeof(*out));
	out->outcome = VG_MAPPED_EVENT;
	out->line = line;
	out->field = out->value = out->reason = "";
	out->event.kind = VG_KIND_TICKET_REPORTED;
	out->event.source = out->event.actor = out->event.import = out->event.municipality = "";
	out->event.event_id = run->event_id;
	out->event.body.ticket.ref = out->event.body.ticket.ticket = "";
	out->event.body.ticket.title_digest = out->event.body.ticket.reason = "";
}

void
vg_mapping_row(struct vg_mapping_run *run, const struct raw_row *raw, struct vg_mapped_row *out)
{
	begin_row(run, raw->line, out);
	if (!map_row(run, raw))
		VG_ASSERT(out->outcome == VG_MAPPED_MALFORMED);
}

void
vg_mapping_malformed(struct vg_mapping_run *run, int64_t line, const char *field, const char *value,
		     const char *reason, struct vg_mapped_row *out)
{
	begin_row(run, line, out);
	(void)malformed(run, field, value, "%s", reason);
}
