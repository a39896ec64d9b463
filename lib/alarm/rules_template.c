/* rules_template.c - texts made of a message: "{host}/{ifName|ifDescr|ifIndex}".
 *
 * Names are looked up when the rule is read, so judging compares numbers only. A reference takes
 * the first value under its OID; of several references the first that the message has a text for.
 */
#include "lib/alarm/rules_private.h"

#include <string.h>

/* --- reading --- */

static bool
read_special(struct ref *out, const char *text)
{
	static const struct {
		const char *word;
		enum ref_kind kind;
	} words[] = {{"host", REF_HOST}, {"peer", REF_PEER}, {"trap", REF_TRAP}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i].word) == 0) {
			out->kind = words[i].kind;
			return true;
		}
	if (text[0] == 'm' && text[1] >= '1' && text[1] <= '9' && text[2] == '\0') {
		out->kind = REF_CAPTURE;
		out->capture = text[1] - '0';
		return true;
	}
	return false;
}

bool
vg_ref_read(struct vg_rules *rules, enum vg_message_form form, struct ref *out,
	    const struct vg_yaml_node *at, const char *text, size_t length,
	    struct vg_yaml_errors *errors)
{
	char name[NAME_BYTES + 1];
	const char *oid = name;

	*out = (struct ref){.kind = REF_VALUE};
	if (length == 0 || length > NAME_BYTES) {
		vg_yaml_error(errors, at, "expected the name of a value of at most %d bytes",
			      NAME_BYTES);
		return false;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	if (read_special(out, name))
		return true;
	if (form == VG_MESSAGE_TRAP && name[length - 1] == '#') {
		out->kind = REF_INSTANCE;
		name[length - 1] = '\0';
	}
	if (form == VG_MESSAGE_TRAP && (oid = vg_rules_oid(rules, name)) == NULL) {
		vg_yaml_error(errors, at,
			      "the name \"%.80s\" is not known, or several modules have it; "
			      "expected MODULE::name of a known MIB, or the number",
			      name);
		return false;
	}
	out->length = strlen(oid);
	if ((out->name = vg_arena_text(&rules->arena, oid, out->length)) == NULL) {
		vg_yaml_error(errors, at, "out of memory");
		return false;
	}
	if (form == VG_MESSAGE_TRAP)
		out->words = vg_rules_words(rules, oid);
	return true;
}

/* The references of one pair of braces: "a|b|c". */
static bool
read_refs(struct vg_rules *rules, enum vg_message_form form, struct piece *piece,
	  const struct vg_yaml_node *at, const char *text, size_t length,
	  struct vg_yaml_errors *errors)
{
	const char *end = text + length;
	struct ref *ref;
	size_t count = 1;

	for (const char *p = text; p < end; p++)
		count += *p == '|';
	if ((ref = vg_arena_take(&rules->arena, count * sizeof(*ref))) == NULL) {
		vg_yaml_error(errors, at, "out of memory");
		return false;
	}
	piece->ref = ref;
	for (; piece->refs < count; piece->refs++) {
		const char *bar = memchr(text, '|', (size_t)(end - text));
		const char *stop = bar != NULL ? bar : end;

		if (!vg_ref_read(rules, form, &ref[piece->refs], at, text, (size_t)(stop - text),
				 errors))
			return false;
		text = stop + 1;
	}
	return true;
}

bool
vg_template_read(struct vg_rules *rules, enum vg_message_form form, struct template *out,
		 const struct vg_yaml_node *at, const char *text, struct vg_yaml_errors *errors)
{
	struct piece *piece = vg_arena_take(&rules->arena, PIECES_MAX * sizeof(*piece));

	*out = (struct template){.piece = piece};
	if (piece == NULL) {
		vg_yaml_error(errors, at, "out of memory");
		return false;
	}
	while (*text != '\0') {
		size_t length = strcspn(text, "{");
		struct piece *to = &piece[out->pieces];

		if (out->pieces++ == PIECES_MAX) {
			vg_yaml_error(errors, at, "expected at most %d parts in a text",
				      PIECES_MAX);
			return false;
		}
		if (length > 0) {
			to->literal = vg_arena_text(&rules->arena, text, length);
			to->length = length;
		} else {
			length = strcspn(text, "}");
			if (text[length] == '\0') {
				vg_yaml_error(errors, at, "expected } after \"%.60s\"", text);
				return false;
			}
			if (!read_refs(rules, form, to, at, text + 1, length - 1, errors))
				return false;
			length++;
		}
		text += length;
	}
	return true;
}

/* --- writing --- */

static const char *
value_text(const struct vg_rules *rules, const struct ref *ref)
{
	const struct scratch *s = &rules->scratch;
	bool trap = s->message->form == VG_MESSAGE_TRAP;

	for (size_t i = 0; i < s->values; i++) {
		const char *name = s->message->value[i].name;

		if (strncmp(name, ref->name, ref->length) != 0)
			continue;
		if (name[ref->length] == '\0')
			return ref->kind == REF_INSTANCE ? "" : s->text[i];
		if (trap && name[ref->length] == '.')
			return ref->kind == REF_INSTANCE ? name + ref->length + 1 : s->text[i];
	}
	return NULL;
}

static const char *
word_for(const struct vg_oid_words *words, const char *text)
{
	const char *word = vg_oid_words_at(words, text);

	return word != NULL ? word : text;
}

const char *
vg_ref_text(const struct vg_rules *rules, const struct ref *ref, size_t *length)
{
	const struct scratch *s = &rules->scratch;
	const char *text = NULL;

	switch (ref->kind) {
	case REF_VALUE:
	case REF_INSTANCE:
		text = value_text(rules, ref);
		if (text != NULL && ref->words != NULL && ref->kind == REF_VALUE)
			text = word_for(ref->words, text);
		break;
	case REF_HOST:
		text = s->host;
		break;
	case REF_PEER:
		text = s->peer;
		break;
	case REF_TRAP:
		text = s->trap;
		break;
	case REF_CAPTURE:
		if (s->subject == NULL || s->match[ref->capture].rm_so < 0)
			return NULL;
		*length = (size_t)(s->match[ref->capture].rm_eo - s->match[ref->capture].rm_so);
		return s->subject + s->match[ref->capture].rm_so;
	}
	*length = text != NULL ? strlen(text) : 0;
	return text;
}

/* A space beside another is left out: where a value was missing, there would be two. */
static void
put_literal(struct text *text, const struct piece *piece)
{
	bool doubled =
		text->used > 0 && text->at[text->used - 1] == ' ' && piece->literal[0] == ' ';

	vg_text_put(text, piece->literal + doubled, piece->length - doubled);
}

void
vg_template_write(const struct vg_rules *rules, const struct template *template, char *out,
		  size_t size)
{
	struct text text = vg_text_into(out, size);

	for (size_t i = 0; i < template->pieces; i++) {
		const struct piece *piece = &template->piece[i];
		size_t length = 0;

		if (piece->refs == 0)
			put_literal(&text, piece);
		for (size_t k = 0; k < piece->refs && length == 0; k++) {
			const char *found = vg_ref_text(rules, &piece->ref[k], &length);

			if (length > 0)
				vg_text_put(&text, found, length);
		}
	}
}
