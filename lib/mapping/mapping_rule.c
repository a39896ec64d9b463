/* mapping_rule.c - one ticket field by its rule.
 *
 * The line between malformed and unmapped runs here: what cannot be read (a time, a number) is the
 * sender's fault and is malformed; what can be read but has no meaning in the mapping or the
 * agreement waits in quarantine, never guessed. */
#include "lib/mapping/mapping_private.h"

#include "lib/civil/civil.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTANT_MAX_MS INT64_C(4102444800000) /* 2100-01-01 */

bool
vg_row_time(struct vg_mapping_run *run, const struct from *from, const struct when *when,
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
		return vg_row_malformed(run, vg_row_column(run, from), text, "%s",
					vg_err_text(&err, rc));
	if (*at_ms < 0 || *at_ms > INSTANT_MAX_MS)
		return vg_row_malformed(run, vg_row_column(run, from), text,
					"expected a time between 1970 and 2100");
	return true;
}

static int
by_key(const void *key, const void *choice)
{
	return strcmp(key, ((const struct choice *)choice)->key);
}

const struct stated *
vg_rule_choose(const struct rule *rule, const char *text)
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
		vg_row_unmapped(run, vg_row_column(run, &rule->from), text,
				"holds no number to pick a municipality by");
		return false;
	}
	if (agreement == NULL || agreement->municipalities == 0) {
		vg_row_unmapped(run, vg_row_column(run, &rule->from), text,
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
	vg_row_unmapped(run, vg_row_column(run, &rule->from), text,
			"%s \"%.100s\" is not in the agreement",
			vg_ticket_field_info[rule->field].name, value);
}

static void
set_field(struct vg_mapping_run *run, const struct rule *rule, const struct stated *stated)
{
	struct vg_event *event = &run->out->event;
	struct vg_ticket_fields *fields = &event->body.ticket.fields;

	if (rule->field >= FIELD_STATE) {
		vg_row_sample_field(run, rule->field, stated);
		return;
	}
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
			       VG_TF_BIT(VG_TF_WINDOW) | VG_TF_BIT(VG_TF_ALARM) |
			       VG_TF_BIT(VG_TF_MAJOR_INCIDENT) | VG_TF_BIT(VG_TF_PROBLEM);

	return field < VG_TF_COUNT && (links & VG_TF_BIT(field)) != 0;
}

/* A value without a map: our own word, number, text. A word that is not ours is quarantined, the
 * rest is malformed. */
static bool
take_plain(struct vg_mapping_run *run, const struct rule *rule, const char *text,
	   struct stated *out)
{
	const char *wrong;

	if (is_link(rule->field) && !vg_row_id(run, &rule->from, text, &text))
		return false;
	if ((wrong = vg_mapping_state(rule->field, text, out)) == NULL)
		return true;
	if (vg_mapping_field(rule->field)->form != VG_FORM_WORD)
		return vg_row_malformed(run, vg_row_column(run, &rule->from), text, "%s", wrong);
	vg_row_unmapped(run, vg_row_column(run, &rule->from), text, "%s", wrong);
	return true;
}

static bool
take_value(struct vg_mapping_run *run, const struct rule *rule, const char *text)
{
	struct stated stated = {.text = ""};
	const struct stated *chosen;

	if (vg_mapping_field(rule->field)->form == VG_FORM_TIME) {
		if (!vg_row_time(run, &rule->from, &rule->when, text, &stated.number))
			return false;
	} else if (rule->pick != PICK_NONE) {
		if (!pick_municipality(run, rule, text, &stated))
			return true;
	} else if (rule->map_count + rule->match_count > 0) {
		if ((chosen = vg_rule_choose(rule, text)) == NULL) {
			vg_row_unmapped(run, vg_row_column(run, &rule->from), text,
					"the mapping's %s does not know this value",
					vg_mapping_field(rule->field)->name);
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

bool
vg_row_rule(struct vg_mapping_run *run, const struct rule *rule)
{
	const struct vg_ticket_fields *fields = &run->out->event.body.ticket.fields;
	const char *text = rule->from.count == 0 ? NULL : vg_row_value(run, &rule->from, false);

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
