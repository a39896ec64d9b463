/* rules_judge.c - one message to one notice.
 *
 * Values are masked before any rule sees them, so nothing that is made of them can hold an identity
 * number. The hard thing is the storm: hundreds of thousands of messages a minute, so what a rule
 * does not need is not made, and nothing is allocated for a trap. */
#include "lib/alarm/rules_private.h"

#include "lib/redact/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MASK	      "[PNR]"
#define CLEARED_AGAIN "Upphört: "
#define TEXT_VALUES   3 /* that a text tells when no rule gives one */

/* --- masking --- */

/* The text without identity numbers: itself, or a copy in the scratch space. */
static const char *
mask(struct scratch *s, const char *text)
{
	size_t length = strlen(text), from = 0, start, end;
	size_t room = sizeof(s->masked) - s->masked_used;
	struct text out;

	if (vg_redact_find(text, length, 0, &vg_redact_default, &start, &end) == VG_ID_NONE)
		return text;
	if (room > VG_MESSAGE_VALUE_MAX + 1)
		room = VG_MESSAGE_VALUE_MAX + 1;
	if (room == 0)
		return MASK;
	out = vg_text_into(s->masked + s->masked_used, room);
	do {
		vg_text_put(&out, text + from, start - from);
		vg_text_puts(&out, MASK);
		from = end;
	} while (vg_redact_find(text, length, from, &vg_redact_default, &start, &end) !=
		 VG_ID_NONE);
	vg_text_put(&out, text + from, length - from);
	s->masked_used += out.used + 1;
	return out.at;
}

/* --- what the message says --- */

static void
lower_host(char *resource)
{
	for (; *resource != '\0' && *resource != '/'; resource++)
		if (*resource >= 'A' && *resource <= 'Z')
			*resource = (char)(*resource - 'A' + 'a');
}

static void
take_message(struct vg_rules *rules, const struct vg_message *message)
{
	struct scratch *s = &rules->scratch;
	struct text host = vg_text_into(s->host_text, sizeof(s->host_text));

	s->message = message;
	s->masked_used = 0;
	s->subject = NULL;
	s->values = message->count < VG_MESSAGE_VALUES_MAX ? message->count : VG_MESSAGE_VALUES_MAX;
	for (size_t i = 0; i < s->values; i++)
		s->text[i] = mask(s, message->value[i].value);
	s->peer = message->peer;
	vg_text_puts(&host, mask(s, message->host[0] != '\0' ? message->host : message->peer));
	lower_host(s->host_text);
	s->host = s->host_text;
	s->trap = NULL;
}

/* The name of a trap, "IF-MIB::linkDown"; its number when nobody knows it. */
static void
name_trap(struct vg_rules *rules, const struct known *known)
{
	struct scratch *s = &rules->scratch;
	struct text out = vg_text_into(s->trap_text, sizeof(s->trap_text));
	const struct vg_oid_words *words;
	const char *name = NULL;
	size_t rest = 0;

	if (known == NULL)
		name = vg_rules_name(rules, s->message->trap, &rest, &words);
	if (name != NULL && s->message->trap[rest] != '\0')
		name = NULL;
	vg_text_puts(&out, known != NULL ? known->name : name != NULL ? name : s->message->trap);
	s->trap = s->trap_text;
}

/* --- whether a rule fits --- */

static bool
any_fits(const struct vg_rules *rules, const struct ref *ref, const struct pattern *pattern,
	 size_t patterns, const char *text, size_t length)
{
	char part[VG_MESSAGE_VALUE_MAX + 1];
	struct ref number = *ref;
	const char *raw;

	if (text[length] != '\0') { /* what an expression has captured goes on in its line */
		length = length < sizeof(part) ? length : sizeof(part) - 1;
		memcpy(part, text, length);
		part[length] = '\0';
		text = part;
	}
	raw = text;
	if (ref->words != NULL) {
		number.words = NULL;
		raw = vg_ref_text(rules, &number, &length);
	}
	for (size_t i = 0; i < patterns; i++)
		if (vg_pattern_fits(&pattern[i], text) ||
		    (raw != text && vg_pattern_fits(&pattern[i], raw)))
			return true;
	return false;
}

static bool
condition_holds(struct vg_rules *rules, const struct condition *c)
{
	struct scratch *s = &rules->scratch;
	size_t length;
	const char *text = vg_ref_text(rules, &c->ref, &length);

	switch (c->test) {
	case TEST_PATTERNS:
		return text != NULL &&
		       any_fits(rules, &c->ref, c->pattern, c->patterns, text, length);
	case TEST_NOT:
		return text == NULL ||
		       !any_fits(rules, &c->ref, c->pattern, c->patterns, text, length);
	case TEST_PRESENT:
		return text != NULL;
	case TEST_ABSENT:
		return text == NULL;
	case TEST_EXPRESSION:
		if (text == NULL || !vg_expression_fits(c->expression, text, s->match))
			return false;
		s->subject = text;
		return true;
	}
	return false;
}

static bool
entry_fits(struct vg_rules *rules, const struct entry *entry)
{
	rules->scratch.subject = NULL;
	for (size_t i = 0; i < entry->conditions; i++)
		if (!condition_holds(rules, &entry->condition[i]))
			return false;
	return true;
}

static const struct entry *
find_entry(struct vg_rules *rules)
{
	const struct entry *entry;
	struct index_walk walk;

	if (rules->scratch.message->form == VG_MESSAGE_SYSLOG) {
		for (entry = rules->lines; entry != NULL; entry = entry->next)
			if (entry_fits(rules, entry))
				return entry;
		return NULL;
	}
	vg_index_walk(rules, rules->scratch.trap_key, &walk);
	while ((entry = vg_index_next(&walk)) != NULL)
		if (entry_fits(rules, entry))
			return entry;
	return NULL;
}

/* --- the notice --- */

/* A value as it is shown: "2" of an enumeration as "down(2)". */
static void
put_value(struct text *out, const char *value, const struct vg_oid_words *words)
{
	const char *word = words != NULL ? vg_oid_words_at(words, value) : NULL;

	if (word != NULL) {
		vg_text_puts(out, word);
		vg_text_puts(out, "(");
	}
	vg_text_puts(out, value);
	if (word != NULL)
		vg_text_puts(out, ")");
}

static void
put_line(struct text *out, const char *name, const char *instance, const char *value,
	 const struct vg_oid_words *words)
{
	size_t before = out->used;

	vg_text_puts(out, name);
	if (instance[0] != '\0')
		vg_text_puts(out, ".");
	vg_text_puts(out, instance);
	vg_text_puts(out, " = ");
	put_value(out, value, words);
	if (out->used + 1 >= out->size)
		out->cut = true;
	if (out->cut) /* whole lines only */
		out->used = before;
	else
		out->at[out->used++] = '\n';
	out->at[out->used] = '\0';
}

/* The evidence: all that was received, as long as it has room, and how much it had none for. */
static void
write_detail(struct vg_rules *rules)
{
	struct scratch *s = &rules->scratch;
	const struct vg_message *m = s->message;
	struct text out = vg_text_into(s->detail, sizeof(s->detail) - 40);
	char number[24];
	size_t i;

	if (m->form == VG_MESSAGE_TRAP) {
		put_line(&out, "trap", "", m->trap, NULL);
		if (strcmp(s->trap, m->trap) != 0)
			put_line(&out, "name", "", s->trap, NULL);
	}
	for (i = 0; i < s->values && !out.cut; i++) {
		const char *name = m->value[i].name, *known = NULL;
		const struct vg_oid_words *words = NULL;
		size_t rest = 0;

		if (m->form == VG_MESSAGE_TRAP)
			known = vg_rules_name(rules, name, &rest, &words);
		if (known != NULL)
			put_line(&out, known, name + rest, s->text[i], words);
		else
			put_line(&out, name, "", s->text[i], NULL);
	}
	i = m->count - i + (out.cut ? 1 : 0) + m->cut;
	if (i == 0)
		return;
	out.size = sizeof(s->detail);
	out.cut = false;
	(void)snprintf(number, sizeof(number), "%zu", i);
	put_line(&out, "left-out", "", number, NULL);
}

/* "upsOnBattery: The UPS has switched to battery": the name, and the first values that are words.
 */
static void
default_text(struct scratch *s, struct text *out)
{
	const char *name = s->trap != NULL ? strstr(s->trap, "::") : NULL;
	size_t told = 0;

	if (s->trap == NULL) {
		for (size_t i = 0; i < s->values; i++)
			if (strcmp(s->message->value[i].name, "msg") == 0)
				vg_text_puts(out, s->text[i]);
		return;
	}
	vg_text_puts(out, name != NULL ? name + 2 : s->trap);
	for (size_t i = 0; i < s->values && told < TEXT_VALUES; i++) {
		const char *text = s->text[i];

		if (text[0] == '\0' || strstr(text, "::") != NULL ||
		    text[strspn(text, "0123456789abcdefABCDEF.:,+- ")] == '\0')
			continue;
		vg_text_puts(out, told++ == 0 ? ": " : ", ");
		vg_text_puts(out, text);
	}
}

static void
write_text(struct vg_rules *rules, const struct template *template, bool clear)
{
	struct scratch *s = &rules->scratch;
	struct text out = vg_text_into(s->line, sizeof(s->line));

	if (clear)
		vg_text_puts(&out, CLEARED_AGAIN);
	if (template != NULL && template->pieces > 0)
		vg_template_write(rules, template, out.at + out.used, out.size - out.used);
	else
		default_text(s, &out);
}

static void
trim_resource(struct scratch *s)
{
	size_t length = strlen(s->resource);

	while (length > 0 && s->resource[length - 1] == '/')
		s->resource[--length] = '\0';
	if (length == 0)
		(void)snprintf(s->resource, sizeof(s->resource), "%s", s->host);
	lower_host(s->resource);
}

static struct vg_notice
new_notice(const struct scratch *s)
{
	return (struct vg_notice){
		.at_ms = s->message->at_ms,
		.last_ms = s->message->at_ms,
		.count = 1,
		.resource = s->resource,
		.type = s->type,
		.qualifier = s->qualifier,
		.service = s->service,
		.municipality = s->municipality,
		.text = s->line,
		.rule = "",
		.peer = s->peer,
		.detail = s->detail,
		.id = "",
	};
}

static enum vg_severity
severity_of(const struct vg_rules *rules, const struct severity *severity)
{
	size_t length;
	const char *text =
		severity->cases > 0 ? vg_ref_text(rules, &severity->from, &length) : NULL;

	for (size_t i = 0; text != NULL && i < severity->cases; i++)
		if (any_fits(rules, &severity->from, &severity->pattern[i], 1, text, length))
			return severity->then[i];
	return severity->otherwise;
}

static void
notice_of_rule(struct vg_rules *rules, const struct entry *entry, struct vg_notice *out)
{
	struct scratch *s = &rules->scratch;
	const struct rule *rule = entry->rule;

	vg_template_write(rules, &rule->resource, s->resource, sizeof(s->resource));
	vg_template_write(rules, &rule->type, s->type, sizeof(s->type));
	vg_template_write(rules, &rule->qualifier, s->qualifier, sizeof(s->qualifier));
	vg_template_write(rules, &rule->service, s->service, sizeof(s->service));
	vg_template_write(rules, &rule->municipality, s->municipality, sizeof(s->municipality));
	trim_resource(s);
	*out = new_notice(s);
	out->severity = entry->clear ? VG_SEVERITY_CLEARED : severity_of(rules, &rule->severity);
	out->category = rule->category;
	out->transient = rule->transient && out->severity != VG_SEVERITY_CLEARED;
	out->rule = rule->id;
	write_text(rules, &rule->text,
		   out->severity == VG_SEVERITY_CLEARED &&
			   (entry->clear || rule->severity.cases > 0));
}

/* What tells alarms apart in a value: its instance, or its text when it is the only one. */
static const char *
part_of(const struct vg_rules *rules, const char *place, size_t length)
{
	const struct scratch *s = &rules->scratch;
	struct ref ref = {.kind = REF_INSTANCE, .name = place, .length = length};
	size_t index = place[0] == '$' ? (size_t)strtoul(place + 1, NULL, 10) : 0, unused;
	const char *part;

	if (index > 0)
		return index <= s->values ? s->text[index - 1] : NULL;
	part = vg_ref_text(rules, &ref, &unused);
	if (part != NULL && (part[0] == '\0' || strcmp(part, "0") == 0)) {
		ref.kind = REF_VALUE;
		part = vg_ref_text(rules, &ref, &unused);
	}
	return part;
}

static void
write_qualifier(struct vg_rules *rules, const char *places)
{
	struct scratch *s = &rules->scratch;
	struct text out = vg_text_into(s->qualifier, sizeof(s->qualifier));

	while (*places != '\0') {
		size_t length = strcspn(places, " ");
		const char *part = part_of(rules, places, length);

		if (part != NULL && out.used > 0)
			vg_text_puts(&out, " ");
		if (part != NULL)
			vg_text_puts(&out, part);
		places += length + (places[length] == ' ');
	}
}

/* The type of a trap that no rule knows. */
static void
write_type(struct scratch *s, const struct known *known)
{
	struct text out = vg_text_into(s->type, sizeof(s->type));
	const char *bare = strstr(s->trap, "::");

	if (known == NULL && bare == NULL)
		vg_text_puts(&out, "trap:");
	vg_text_puts(&out, known != NULL ? known->type : bare != NULL ? bare + 2 : s->trap);
}

/* What the catalogue knows (`known`), or nobody. */
static void
notice_of_trap(struct vg_rules *rules, const struct known *known, struct vg_notice *out)
{
	struct scratch *s = &rules->scratch;
	struct text resource = vg_text_into(s->resource, sizeof(s->resource));

	vg_text_puts(&resource, s->host);
	write_type(s, known);
	write_qualifier(rules, known != NULL ? known->qualifier : "");
	s->service[0] = s->municipality[0] = '\0';
	*out = new_notice(s);
	out->severity = known != NULL ? known->severity : VG_SEVERITY_INDETERMINATE;
	out->transient = known == NULL || known->transient;
	if (known != NULL)
		out->rule = "catalogue";
	write_text(rules, NULL, false);
}

enum vg_judged
vg_rules_judge(struct vg_rules *rules, const struct vg_message *message, struct vg_notice *out)
{
	struct scratch *s = &rules->scratch;
	const struct known *known = NULL;
	const struct entry *entry;
	bool trap = message->form == VG_MESSAGE_TRAP;

	take_message(rules, message);
	if (trap) {
		if (vg_trap_key(message->trap, s->trap_key))
			known = vg_catalogue_find(rules, s->trap_key);
		else
			s->trap_key[0] = '\0';
		name_trap(rules, known);
	}
	entry = find_entry(rules);
	if (entry != NULL && entry->rule->ignore)
		return VG_JUDGED_IGNORED;
	if (entry == NULL && !trap)
		return VG_JUDGED_UNKNOWN;
	write_detail(rules);
	if (entry != NULL)
		notice_of_rule(rules, entry, out);
	else
		notice_of_trap(rules, known, out);
	return entry != NULL || known != NULL ? VG_JUDGED_NOTICE : VG_JUDGED_UNKNOWN;
}
