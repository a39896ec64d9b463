/* rules_catalogue.c - the catalogue: what a notification means that no rule knows.
 *
 * A file of lines "OID TAB NAME TAB severity TAB type TAB qualifier TAB life"; `qualifier` names
 * the values that tell alarms of one type apart, `life` is "transient" for what nothing ever
 * clears. Lines that begin with # are remarks. Later files win over earlier ones, so a site lays
 * its own over ours; the name that a notification got first stays. */
#include "lib/alarm/rules_private.h"

#include "lib/alarm/whole.h"

#include <stdlib.h>
#include <string.h>

#define CATALOGUE_BYTES (16 << 20)
#define COLUMNS		6

static bool
cut_columns(char *line, char *column[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		column[i] = line;
		line += strcspn(line, "\t");
		if ((*line == '\t') != (i + 1 < COLUMNS))
			return false;
		if (*line == '\t')
			*line++ = '\0';
	}
	return true;
}

static bool
is_oid(const char *text)
{
	return text[0] >= '0' && text[0] <= '9' && text[strspn(text, "0123456789.")] == '\0' &&
	       strlen(text) <= OID_MAX;
}

/* Values by OID, or by place as "$2", with one space between them. */
static bool
is_qualifier(const char *text)
{
	while (*text != '\0') {
		bool place = text[0] == '$';
		size_t length = strspn(text + place, place ? "0123456789" : "0123456789.");

		if (length == 0 || (place && (length > 2 || text[1] == '0')))
			return false;
		text += place + length;
		if (*text != '\0' && (*text++ != ' ' || *text == '\0'))
			return false;
	}
	return true;
}

static const char *
read_row(char *line, struct known *out)
{
	char *column[COLUMNS];
	int severity = 0;

	if (!cut_columns(line, column))
		return "expected six columns with tabs between them";
	if (!is_oid(column[0]))
		return "expected OIDs as numbers with dots in the first column";
	if (strstr(column[1], "::") == NULL)
		return "expected MODULE::name in the second column";
	while (vg_severity_words[severity] != NULL &&
	       strcmp(vg_severity_words[severity], column[2]) != 0)
		severity++;
	if (vg_severity_words[severity] == NULL)
		return "expected a severity in the third column: cleared, indeterminate, warning, "
		       "minor, major or critical";
	if (column[3][0] == '\0' || strlen(column[3]) > NAME_BYTES)
		return "expected a type of at most 200 bytes in the fourth column";
	if (!is_qualifier(column[4]))
		return "expected in the fifth column OIDs, or places such as $1, with a space "
		       "between them";
	out->transient = strcmp(column[5], "transient") == 0;
	if (column[5][0] != '\0' && !out->transient)
		return "expected \"transient\" or nothing in the sixth column";
	out->severity = (enum vg_severity)severity;
	out->oid = column[0];
	out->name = column[1];
	out->type = column[3];
	out->qualifier = column[4];
	return NULL;
}

/* By OID the later row wins, by name the first. False = out of memory. */
static bool
file_row(struct vg_rules *rules, struct known *known)
{
	const char *name = known->name, *bare = strstr(name, "::") + 2;
	char key[OID_MAX + 1];
	struct known *old;

	VG_ASSERT(vg_trap_key(known->oid, key));
	if ((known->key = vg_arena_text(&rules->arena, key, strlen(key))) == NULL)
		return false;
	HASH_FIND(hh, rules->known, known->key, strlen(known->key), old);
	if (old != NULL) {
		known->name = old->name;
		HASH_DELETE(hh, rules->known, old);
	}
	HASH_ADD_KEYPTR(hh, rules->known, known->key, strlen(known->key), known);
	if (known->hh.tbl == NULL)
		return false;
	HASH_FIND(hh_name, rules->known_by_name, name, strlen(name), old);
	if (old == NULL)
		HASH_ADD_KEYPTR(hh_name, rules->known_by_name, name, strlen(name), known);
	HASH_FIND(hh_bare, rules->known_by_bare, bare, strlen(bare), old);
	if (old == NULL)
		HASH_ADD_KEYPTR(hh_bare, rules->known_by_bare, bare, strlen(bare), known);
	else if (strcmp(old->key, known->key) != 0)
		old->shared = true;
	return true;
}

static void
read_line(struct vg_rules *rules, const char *line, const struct vg_yaml_node *at,
	  struct vg_yaml_errors *errors)
{
	struct known *known = vg_arena_take(&rules->arena, sizeof(*known));
	char *copy = vg_arena_text(&rules->arena, line, strlen(line));
	const char *wrong = known != NULL && copy != NULL ? read_row(copy, known) : NULL;

	if (wrong != NULL)
		vg_yaml_error(errors, at, "%s", wrong);
	else if (known == NULL || copy == NULL || !file_row(rules, known))
		vg_yaml_error(errors, at, "out of memory");
}

bool
vg_catalogue_read(struct vg_rules *rules, const char *path, struct vg_yaml_errors *errors)
{
	struct vg_yaml_node at = {.file = path, .line = 0, .column = 1};
	size_t before = errors->count;
	struct vg_err err = {0};
	char *text, *next, *line;

	if (vg_whole_read(path, CATALOGUE_BYTES, &text, &err) != 0) {
		vg_yaml_error(errors, &at, "%s", err.text);
		return false;
	}
	for (next = text; (line = vg_whole_line(&next)) != NULL;) {
		if (++at.line > CATALOGUE_MAX) {
			vg_yaml_error(errors, &at, "expected at most %d lines", CATALOGUE_MAX);
			break;
		}
		if (line[0] != '#' && line[0] != '\0')
			read_line(rules, line, &at, errors);
	}
	free(text);
	return errors->count == before;
}

const struct known *
vg_catalogue_find(const struct vg_rules *rules, const char *key)
{
	struct known *known;

	HASH_FIND_STR(rules->known, key, known);
	return known;
}

const struct known *
vg_catalogue_named(const struct vg_rules *rules, const char *name)
{
	struct known *known;

	HASH_FIND(hh_name, rules->known_by_name, name, strlen(name), known);
	if (known != NULL)
		return known;
	HASH_FIND(hh_bare, rules->known_by_bare, name, strlen(name), known);
	return known != NULL && !known->shared ? known : NULL;
}

void
vg_catalogue_free(struct vg_rules *rules)
{
	HASH_CLEAR(hh, rules->known);
	HASH_CLEAR(hh_name, rules->known_by_name);
	HASH_CLEAR(hh_bare, rules->known_by_bare);
}
