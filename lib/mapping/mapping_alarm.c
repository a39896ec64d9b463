/* mapping_alarm.c - a document of a monitoring system to notices of alarms.
 *
 * One document may tell of many alarms, each with half of what is known of it in the outer
 * document, or in a text that is a document itself: so a path is looked for in the item, in its
 * embedded documents, then in what the mapping calls common. An alarm must not get lost because the
 * one beside it cannot be understood: that one waits in quarantine, the others go on. */
#include "lib/mapping/mapping_private.h"

#include "lib/crypto/crypto.h"
#include "lib/mapping/mapped_name.h"
#include "lib/redact/redact.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A document on its way through a run. */
struct reading {
	struct vg_mapping_run *run;
	const struct vg_document_node *root;
	int64_t now_ms, line;
	vg_mapped_row_cb *on_row;
	void *arg;
	struct vg_mapped_row row;
};

bool
vg_mapping_takes_type(const struct vg_mapping *m, const char *type)
{
	for (size_t i = 0; m->cloudevents != NULL && i < m->cloudevents->count; i++)
		if (fnmatch(m->cloudevents->item[i]->text, type, FNM_EXTMATCH) == 0)
			return true;
	return false;
}

/* --- where values lie --- */

/* What follows a path that begins with `start`; NULL = it does not. */
static const char *
below(const char *path, const char *start)
{
	size_t length = strlen(start);

	if (strncmp(path, start, length) != 0 || (path[length] != '.' && path[length] != '\0'))
		return NULL;
	return path[length] == '.' ? path + length + 1 : path + length;
}

static const struct vg_document_node *
find(const struct reading *r, const struct vg_document_node *item, struct vg_document **inner,
     const char *path)
{
	const struct vg_mapping *m = r->run->mapping;
	const struct vg_document_node *found = vg_document_find(item, path);
	const char *rest;

	for (size_t i = 0; found == NULL && m->embedded != NULL && i < m->embedded->count; i++)
		if (inner[i] != NULL && (rest = below(path, m->embedded->item[i]->text)) != NULL)
			found = vg_document_find(vg_document_root(inner[i]), rest);
	for (size_t i = 0; found == NULL && m->common != NULL && i < m->common->count; i++)
		if (below(path, m->common->item[i]->text) != NULL)
			found = vg_document_find(r->root, path);
	return found;
}

/* Texts of the item that are documents; one that is none is just a text. */
static void
open_inner(const struct reading *r, const struct vg_document_node *item, struct vg_document **inner)
{
	const struct vg_yaml_node *list = r->run->mapping->embedded;
	char number[VG_DOCUMENT_NUMBER_MAX];

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct vg_document_node *node = vg_document_find(item, list->item[i]->text);
		const char *text = node == NULL ? NULL : vg_document_text(node, number);

		if (text != NULL && vg_document_parse(&inner[i], text, strlen(text), NULL) != 0)
			inner[i] = NULL;
	}
}

/* Copies: numbers and embedded documents are gone with their item. A list or an object says
 * nothing by itself. */
static bool
read_columns(const struct reading *r, const struct vg_document_node *item, struct raw_row *raw)
{
	const struct vg_mapping *m = r->run->mapping;
	struct vg_document *inner[EMBEDDED_MAX] = {NULL};
	bool ok = true;

	open_inner(r, item, inner);
	for (size_t i = 0; ok && i < m->columns; i++) {
		const struct vg_document_node *node = find(r, item, inner, m->column[i]->text);
		char number[VG_DOCUMENT_NUMBER_MAX];
		const char *text = node == NULL ? NULL : vg_document_text(node, number);

		if (text == NULL)
			continue;
		raw->length[i] = strlen(text);
		raw->value[i] = vg_row_keep(r->run, text, raw->length[i]);
		ok = raw->value[i] != NULL;
	}
	for (size_t i = 0; i < EMBEDDED_MAX; i++)
		vg_document_free(inner[i]);
	return ok ? true : vg_row_malformed(r->run, "", NULL, "out of memory");
}

/* --- values --- */

/* NULL = it says nothing. */
static const char *
stated_part(const struct vg_mapping_run *run, const struct rule *rule, size_t column)
{
	const char *text = run->cell[column].text;

	if (text == NULL || *text == '\0' || vg_mapping_listed(rule->not_stated, text))
		return NULL;
	return text;
}

/* Several columns as one text. For a map each has its place, even an empty one; else what is not
 * stated is left out or, when another way to the value may follow, spoils this one. */
static const char *
joined(struct vg_mapping_run *run, const struct rule *rule, const struct from *from)
{
	char text[FROM_MAX * (VG_TEXT_MAX + JOIN_MAX) + 1];
	bool places = rule->map_count + rule->match_count > 0, any = false;
	size_t used = 0;

	for (size_t i = 0; i < from->count; i++) {
		const char *part = stated_part(run, rule, from->column[i]);

		if (part == NULL && !places && rule->firsts > 1)
			return NULL;
		if (part == NULL && !places)
			continue;
		if (places ? i > 0 : any)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
						 rule->join);
		any = any || part != NULL;
		part = part == NULL ? "" : part;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s",
					 (int)vg_row_cut(part, VG_TEXT_MAX), part);
	}
	return any ? vg_row_keep(run, text, used) : NULL;
}

static const char *
first_stated(struct vg_mapping_run *run, const struct rule *rule)
{
	const char *text = NULL;

	for (size_t i = 0; text == NULL && i < rule->firsts; i++)
		text = rule->first[i].count == 1 ? stated_part(run, rule, rule->first[i].column[0])
						 : joined(run, rule, &rule->first[i]);
	return text;
}

/* False: nothing is stated, or what is stated is not known: then that is told. */
static bool
decide(struct vg_mapping_run *run, const struct rule *rule, struct stated *out)
{
	const char *text = first_stated(run, rule), *column = vg_row_column(run, &rule->first[0]);
	const char *wrong = NULL;

	if (text == NULL) {
		*out = rule->has_absent ? rule->absent : rule->fallback;
		return rule->has_absent || rule->has_fallback;
	}
	if (rule->map_count + rule->match_count > 0) {
		const struct stated *chosen = vg_rule_choose(rule, text);

		if (chosen == NULL && !rule->keep)
			vg_row_unmapped(run, column, text,
					"the mapping's %s does not know this value",
					vg_mapping_field(rule->field)->name);
		*out = chosen != NULL ? *chosen : (struct stated){.text = text};
		return chosen != NULL || rule->keep;
	}
	*out = (struct stated){.text = text};
	if (vg_mapping_field(rule->field)->form != VG_FORM_STR)
		wrong = vg_mapping_state(rule->field, text, out);
	if (wrong != NULL)
		vg_row_unmapped(run, column, text, "%s", wrong);
	return wrong == NULL;
}

static const struct rule *
rule_of(const struct vg_mapping *m, enum vg_ticket_field field)
{
	for (size_t i = 0; i < m->rules; i++)
		if (m->rule[i].field == field)
			return &m->rule[i];
	return NULL;
}

/* A part of the key; "" = not stated. */
static const char *
name_of(struct vg_mapping_run *run, enum vg_ticket_field field)
{
	const struct rule *rule = rule_of(run->mapping, field);
	struct stated stated = {.text = ""};
	char name[VG_NAME_MAX + 1];
	const char *text, *kept;
	size_t length;

	if (rule == NULL || !decide(run, rule, &stated))
		return "";
	text = stated.text;
	length = strlen(text);
	if (rule->host)
		length = vg_mapped_host(text, length, &text);
	length = field == FIELD_RESOURCE ? vg_mapped_resource(name, text, length)
					 : vg_mapped_name(name, text, length);
	kept = vg_row_keep(run, name, length);
	return kept == NULL ? "" : kept;
}

/* A service or municipality that the agreement knows; the mapping's word for any other is nothing,
 * and the alarm is still an alarm. */
static const char *
known_of(struct vg_mapping_run *run, enum vg_ticket_field field)
{
	const struct vg_agreement *agreement = run->agreement;
	const char *id = name_of(run, field);

	if (agreement == NULL || *id == '\0')
		return id;
	if (field == FIELD_SERVICE)
		return vg_agreement_service(agreement, id) != NULL ? id : "";
	return vg_agreement_municipality(agreement, id) != NULL ? id : "";
}

static int64_t
number_of(struct vg_mapping_run *run, enum vg_ticket_field field, int64_t otherwise)
{
	const struct rule *rule = rule_of(run->mapping, field);
	struct stated stated;

	return rule != NULL && decide(run, rule, &stated) ? stated.number : otherwise;
}

static enum vg_severity
severity_of(struct vg_mapping_run *run)
{
	const struct rule *says = rule_of(run->mapping, FIELD_SAYS);
	struct stated stated = {.number = 0};

	if (says != NULL && !decide(run, says, &stated)) {
		vg_row_unmapped(run, vg_row_column(run, &says->first[0]), NULL,
				"is not stated; expected the alarm's state");
		return VG_SEVERITY_CLEARED;
	}
	if (stated.number == 1)
		return VG_SEVERITY_CLEARED;
	if (!decide(run, rule_of(run->mapping, FIELD_SEVERITY), &stated)) {
		vg_row_unmapped(run, "severity", NULL, "is not stated; expected a severity");
		return VG_SEVERITY_CLEARED;
	}
	return (enum vg_severity)stated.number;
}

static const char *
text_of(struct vg_mapping_run *run)
{
	const struct rule *rule = rule_of(run->mapping, FIELD_SUMMARY);
	struct stated stated = {.text = ""};
	char text[VG_TEXT_MAX + 1];
	const char *kept;

	if (rule == NULL || !decide(run, rule, &stated))
		return "";
	kept = vg_row_keep(run, text, vg_mapped_text(text, VG_TEXT_MAX, stated.text));
	return kept == NULL ? "" : kept;
}

/* 0 = not stated. */
static int64_t
time_of(struct vg_mapping_run *run, bool cleared)
{
	const struct vg_mapping *m = run->mapping;
	bool own = cleared && m->cleared_ats > 0;
	const struct from *from = own ? m->cleared_at : m->at;
	const struct rule plain = {.not_stated = m->not_stated};

	for (size_t i = 0; i < (own ? m->cleared_ats : m->ats); i++) {
		const char *text = stated_part(run, &plain, from[i].column[0]);
		int64_t at_ms;

		if (text == NULL)
			continue;
		if (vg_row_time(run, &from[i], &m->when, text, &at_ms))
			return at_ms;
		run->out->outcome = VG_MAPPED_QUARANTINE;
		break;
	}
	return 0;
}

/* --- detail --- */

static const char *
columns_detail(struct vg_mapping_run *run)
{
	char detail[VG_NOTICE_DETAIL_MAX + 1] = "";
	const struct vg_mapping *m = run->mapping;
	size_t used = 0;
	const char *kept;

	for (size_t i = 0; i < m->columns; i++)
		if (m->in_detail[i] && run->cell[i].text != NULL && *run->cell[i].text != '\0')
			used = vg_mapped_line(detail, used, m->column[i]->text, run->cell[i].text);
	kept = vg_row_keep(run, detail, used);
	return kept == NULL ? "" : kept;
}

static const char *
item_detail(struct vg_mapping_run *run, const struct vg_document_node *item)
{
	char *json = vg_document_compact(item), *masked = NULL;
	const char *kept = NULL;
	size_t length, hits = 0;

	if (json != NULL)
		masked = vg_redact_mask(json, strlen(json), &vg_redact_default, &length, &hits);
	if (masked != NULL)
		kept = vg_row_keep(run, masked, vg_row_cut(masked, VG_NOTICE_DETAIL_MAX));
	free(masked);
	free(json);
	return kept == NULL ? "" : kept;
}

/* --- items --- */

static void
make_notice(struct reading *r, const struct vg_document_node *item)
{
	struct vg_mapping_run *run = r->run;
	struct vg_notice *notice = &run->notice;
	bool cleared;

	*notice = (struct vg_notice){.count = 1, .rule = "", .peer = "", .id = ""};
	notice->resource = name_of(run, FIELD_RESOURCE);
	notice->type = name_of(run, FIELD_TYPE);
	notice->qualifier = name_of(run, FIELD_QUALIFIER);
	notice->severity = severity_of(run);
	cleared = notice->severity == VG_SEVERITY_CLEARED;
	notice->category = (enum vg_alarm_category)number_of(run, FIELD_CATEGORY, VG_ALARM_OTHER);
	notice->transient = number_of(run, FIELD_TRANSIENT, 0) != 0;
	notice->service = known_of(run, FIELD_SERVICE);
	notice->municipality = known_of(run, FIELD_MUNICIPALITY);
	notice->text = text_of(run);
	notice->at_ms = notice->last_ms = time_of(run, cleared);
	notice->detail = run->mapping->whole_item ? item_detail(run, item) : columns_detail(run);
	if (*notice->resource == '\0')
		vg_row_unmapped(run, "resource", NULL, "is not stated; expected a name");
	if (*notice->type == '\0')
		vg_row_unmapped(run, "type", NULL, "is not stated; expected a kind of alarm");
	run->out->since = run->mapping->since && !cleared;
	run->out->event.body.notices = (struct vg_notices_body){.count = 1, .notice = notice};
}

/* The same again is known by the payload without its time, and keeps the time of the first. */
static void
put_aside(struct reading *r)
{
	const struct vg_document_member own[] = {{.key = "@row", .number = 1},
						 {.key = "@at", .number = r->now_ms}};
	char hex[VG_HEX_LEN(VG_SHA256_LEN)];
	uint8_t digest[VG_SHA256_LEN];

	if (!vg_row_payload(r->run, own, 1, NULL))
		return;
	vg_sha256(r->row.payload, strlen(r->row.payload), digest);
	(void)snprintf(r->run->event_id, sizeof(r->run->event_id), "quarantine:%s",
		       vg_hex(digest, sizeof(digest), hex));
	(void)vg_row_payload(r->run, own, 2, NULL);
}

static void
map_columns(struct reading *r, const struct vg_document_node *item)
{
	const struct vg_mapping *m = r->run->mapping;

	if (vg_row_fits(r->run, m->tell, m->tells)) {
		r->row.outcome = VG_MAPPED_IGNORED;
		r->row.title = columns_detail(r->run);
	} else if (vg_row_fits(r->run, m->ignore, m->ignores)) {
		r->row.outcome = VG_MAPPED_IGNORED;
	} else {
		make_notice(r, item);
		if (r->row.outcome == VG_MAPPED_QUARANTINE)
			put_aside(r);
	}
}

static bool
on_item(const struct vg_document_node *item, void *arg)
{
	char number[VG_DOCUMENT_NUMBER_MAX];
	struct reading *r = arg;
	struct raw_row raw = {.line = ++r->line};

	vg_row_next(r->run, r->line, &r->row);
	r->row.event.occurred_ms = r->now_ms;
	if (r->line > VG_MAPPED_ITEMS_MAX)
		(void)vg_row_malformed(
			r->run, "", NULL,
			"the document holds more than %d alarms; the rest is left out",
			VG_MAPPED_ITEMS_MAX);
	else if (vg_document_text(item, number) != NULL)
		(void)vg_row_malformed(r->run, "", NULL,
				       "expected an object that tells of an alarm");
	else if (read_columns(r, item, &raw) && vg_row_cells(r->run, &raw))
		map_columns(r, item);
	return r->on_row(&r->row, r->arg) && r->line <= VG_MAPPED_ITEMS_MAX;
}

void
vg_mapping_alarms(struct vg_mapping_run *run, const char *bytes, size_t length, int64_t now_ms,
		  vg_mapped_row_cb *on_row, void *arg)
{
	struct reading r = {.run = run, .now_ms = now_ms, .on_row = on_row, .arg = arg};
	const struct vg_document_node *list;
	struct vg_err err = {0};

	VG_ASSERT(run->mapping->target == TARGET_ALARMS);
	vg_mapped_begin(run, 1, &r.row);
	if (length > DOCUMENT_MAX || vg_document_parse(&run->document, bytes, length, &err) != 0) {
		(void)vg_row_malformed(run, "", NULL, "%s",
				       length > DOCUMENT_MAX ? "longer than 1 MiB"
							     : vg_err_text(&err, err.code));
		(void)on_row(&r.row, arg);
		return;
	}
	r.root = vg_document_root(run->document);
	if (vg_mapping_is_payload(r.root)) {
		r.now_ms = vg_mapping_number(r.root, "@at", now_ms + 1);
		(void)on_item(r.root, &r);
	} else if ((list = vg_mapping_list(run->mapping, r.root)) != NULL) {
		(void)vg_document_each(list, on_item, &r);
	} else {
		(void)on_item(r.root, &r);
	}
}
