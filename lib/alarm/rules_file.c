/* rules_file.c - one file of rules.
 *
 * Everything that can be checked without a message is checked here, with file, line and column:
 * words, names of OIDs, expressions, and what the agreement must know. So judging cannot fail. */
#include "lib/alarm/rules_private.h"

#include <string.h>

struct reader {
	struct vg_rules *rules;
	struct vg_yaml_errors *errors;
	const char *file; /* without folder and ending */
	const struct vg_agreement *agreement;
	enum vg_message_form form; /* of the rule in hand */
};

static void *
take(struct reader *r, const struct vg_yaml_node *at, size_t size)
{
	void *out = vg_arena_take(&r->rules->arena, size);

	if (out == NULL)
		vg_yaml_error(r->errors, at, "out of memory");
	return out;
}

static const char *
keep(struct reader *r, const struct vg_yaml_node *at, const char *text)
{
	const char *out = vg_arena_text(&r->rules->arena, text, strlen(text));

	if (out == NULL)
		vg_yaml_error(r->errors, at, "out of memory");
	return out;
}

static bool
is_map(struct reader *r, const struct vg_yaml_node *node, const char *example)
{
	if (node->type == VG_YAML_MAP)
		return true;
	vg_yaml_error(r->errors, node, "expected a map, such as %s", example);
	return false;
}

/* A text alone counts as a list of one: how many, 0 after a complaint. */
static size_t
count_texts(struct reader *r, const struct vg_yaml_node *node, size_t max)
{
	if (node->type == VG_YAML_SCALAR)
		return 1;
	if (node->type == VG_YAML_MAP || node->count == 0 || node->count > max) {
		vg_yaml_error(r->errors, node, "expected a text or a list of 1 to %zu texts", max);
		return 0;
	}
	for (size_t i = 0; i < node->count; i++)
		if (node->item[i]->type != VG_YAML_SCALAR) {
			vg_yaml_error(r->errors, node->item[i], "expected a text");
			return 0;
		}
	return node->count;
}

static const struct vg_yaml_node *
text_at(const struct vg_yaml_node *node, size_t index)
{
	return node->type == VG_YAML_SCALAR ? node : node->item[index];
}

/* --- when --- */

static bool
read_patterns(struct reader *r, const struct vg_yaml_node *node, struct condition *out)
{
	size_t count = count_texts(r, node, PATTERNS_MAX);
	struct pattern *pattern = take(r, node, (count + 1) * sizeof(*pattern));

	if (count == 0 || pattern == NULL)
		return false;
	out->pattern = pattern;
	for (; out->patterns < count; out->patterns++) {
		const struct vg_yaml_node *at = text_at(node, out->patterns);
		const char *text = keep(r, at, at->text);

		if (text == NULL || !vg_pattern_read(&pattern[out->patterns], at, text, r->errors))
			return false;
	}
	return true;
}

static bool
read_test(struct reader *r, const struct vg_yaml_node *node, struct condition *out)
{
	static const char *const known[] = {"not", "matches", "present", NULL};

	if (node->type != VG_YAML_MAP)
		return read_patterns(r, node, out);
	if (!vg_yaml_only(node, r->errors, known))
		return false;
	if (node->count != 1) {
		vg_yaml_error(r->errors, node, "expected one of not, matches and present");
		return false;
	}
	if (strcmp(node->key[0], "not") == 0) {
		out->test = TEST_NOT;
		return read_patterns(r, node->item[0], out);
	}
	if (strcmp(node->key[0], "matches") == 0) {
		out->test = TEST_EXPRESSION;
		out->expression = vg_expression_read(r->rules, node->item[0], r->errors);
		return out->expression != NULL;
	}
	out->test = vg_yaml_get_bool(node, "present", true, r->errors) ? TEST_PRESENT : TEST_ABSENT;
	return true;
}

static void
read_conditions(struct reader *r, const struct vg_yaml_node *map, struct entry *out)
{
	struct condition *condition;

	if (map == NULL || !is_map(r, map, "{ ifOperStatus: down }") ||
	    (condition = take(r, map, (map->count + 1) * sizeof(*condition))) == NULL)
		return;
	out->condition = condition;
	for (size_t i = 0; i < map->count; i++, out->conditions++)
		if (!vg_ref_read(r->rules, r->form, &condition[i].ref, map->key_node[i],
				 map->key[i], strlen(map->key[i]), r->errors) ||
		    !read_test(r, map->item[i], &condition[i]))
			return;
}

/* Files the entry under one trap, "MODULE::name", a number, or either with ".*". */
static void
file_trap(struct reader *r, const struct vg_yaml_node *at, const struct entry *entry)
{
	char name[OID_MAX + 1], key[OID_MAX + 1];
	size_t length = strlen(at->text);
	bool subtree = length > 2 && strcmp(at->text + length - 2, ".*") == 0;
	struct entry *copy = take(r, at, sizeof(*copy));
	const char *oid;

	if (copy == NULL)
		return;
	*copy = *entry;
	length -= subtree ? 2 : 0;
	if (length > OID_MAX) {
		vg_yaml_error(r->errors, at, "expected a trap's name of at most %d bytes", OID_MAX);
		return;
	}
	memcpy(name, at->text, length);
	name[length] = '\0';
	if ((oid = vg_rules_oid(r->rules, name)) == NULL || !vg_trap_key(oid, key)) {
		vg_yaml_error(r->errors, at,
			      "the trap \"%.80s\" is not known, or several modules have it; "
			      "expected MODULE::name of a known MIB, or the number",
			      at->text);
		return;
	}
	if (!vg_index_add(r->rules, key, subtree, copy))
		vg_yaml_error(r->errors, at, "out of memory, or the OID has more than %d numbers",
			      ARCS_MAX);
}

static void
file_line(struct reader *r, const struct vg_yaml_node *at, const struct entry *entry)
{
	struct entry *copy = take(r, at, sizeof(*copy));

	if (copy == NULL)
		return;
	*copy = *entry;
	if (r->rules->last_line != NULL)
		r->rules->last_line->next = copy;
	else
		r->rules->lines = copy;
	r->rules->last_line = copy;
}

/* A `when` or `clear_when`: a trap and its values, or a line of syslog. */
static void
read_when(struct reader *r, const struct vg_yaml_node *when, const struct rule *rule, bool clear)
{
	static const char *const known[] = {"trap", "values", "syslog", NULL};
	const struct vg_yaml_node *trap, *values, *syslog;
	struct entry entry = {.rule = rule, .clear = clear, .order = r->rules->orders++};
	size_t traps;

	if (!is_map(r, when, "{ trap: IF-MIB::linkDown }") || !vg_yaml_only(when, r->errors, known))
		return;
	trap = vg_yaml_find(when, "trap");
	values = vg_yaml_find(when, "values");
	syslog = vg_yaml_find(when, "syslog");
	if ((trap == NULL) == (syslog == NULL) || (syslog != NULL && values != NULL) ||
	    (trap != NULL) != (r->form == VG_MESSAGE_TRAP)) {
		vg_yaml_error(r->errors, when,
			      "expected either trap, with or without values, or syslog, and the "
			      "same in when and clear_when");
		return;
	}
	read_conditions(r, trap != NULL ? values : syslog, &entry);
	if (trap == NULL) {
		file_line(r, when, &entry);
		return;
	}
	traps = count_texts(r, trap, TRAPS_MAX);
	for (size_t i = 0; i < traps; i++)
		file_trap(r, text_at(trap, i), &entry);
}

/* --- set --- */

static bool
severity_word(struct reader *r, const struct vg_yaml_node *map, const char *key,
	      enum vg_severity *out)
{
	size_t before = r->errors->count;

	*out = (enum vg_severity)vg_yaml_get_word(map, key, vg_severity_words, *out, r->errors);
	return r->errors->count == before;
}

/* { from: <value>, map: { <pattern>: <severity> }, default: <severity> } */
static void
read_severity_table(struct reader *r, const struct vg_yaml_node *node, struct severity *out)
{
	static const char *const known[] = {"from", "map", "default", NULL};
	const char *from;
	const struct vg_yaml_node *map = vg_yaml_find(node, "map");
	struct pattern *pattern;
	enum vg_severity *then;

	if (!vg_yaml_only(node, r->errors, known) ||
	    (from = vg_yaml_get_text(node, "from", true, NULL, r->errors)) == NULL ||
	    !vg_ref_read(r->rules, r->form, &out->from, vg_yaml_find(node, "from"), from,
			 strlen(from), r->errors) ||
	    !severity_word(r, node, "default", &out->otherwise))
		return;
	if (map == NULL || map->type != VG_YAML_MAP || map->count == 0 ||
	    map->count > PATTERNS_MAX) {
		vg_yaml_error(r->errors, node,
			      "expected map: { <value>: <severity>, ... } with 1 to %d members",
			      PATTERNS_MAX);
		return;
	}
	out->pattern = pattern = take(r, map, map->count * sizeof(*pattern));
	out->then = then = take(r, map, map->count * sizeof(*then));
	if (pattern == NULL || then == NULL)
		return;
	for (; out->cases < map->count; out->cases++) {
		const struct vg_yaml_node *at = map->key_node[out->cases];
		const char *text = keep(r, at, at->text);

		if (text == NULL || !vg_pattern_read(&pattern[out->cases], at, text, r->errors) ||
		    !severity_word(r, map, map->key[out->cases], &then[out->cases]))
			return;
	}
}

static void
read_severity(struct reader *r, const struct vg_yaml_node *set, struct severity *out)
{
	const struct vg_yaml_node *node = vg_yaml_find(set, "severity");

	out->otherwise = VG_SEVERITY_INDETERMINATE;
	if (node == NULL)
		vg_yaml_error(r->errors, set,
			      "expected severity: with a word, or a table of a value's");
	else if (node->type == VG_YAML_MAP)
		read_severity_table(r, node, out);
	else
		(void)severity_word(r, set, "severity", &out->otherwise);
}

static bool
is_literal(const struct template *template)
{
	return template->pieces == 1 && template->piece[0].refs == 0;
}

static void
read_text(struct reader *r, const struct vg_yaml_node *set, const char *key, const char *fallback,
	  struct template *out)
{
	const struct vg_yaml_node *node = vg_yaml_find(set, key);
	const char *text = vg_yaml_get_text(set, key, false, fallback, r->errors);

	if (text != NULL)
		(void)vg_template_read(r->rules, r->form, out, node != NULL ? node : set, text,
				       r->errors);
}

/* What stands there literally must be the agreement's. */
static void
check_agreed(struct reader *r, const struct vg_yaml_node *set, const struct rule *rule)
{
	const char *service = rule->service.pieces == 1 ? rule->service.piece[0].literal : NULL;
	const char *code =
		rule->municipality.pieces == 1 ? rule->municipality.piece[0].literal : NULL;

	if (r->agreement == NULL)
		return;
	if (is_literal(&rule->service) && vg_agreement_service(r->agreement, service) == NULL)
		vg_yaml_error(r->errors, vg_yaml_find(set, "service"),
			      "the agreement has no service \"%.60s\"", service);
	if (is_literal(&rule->municipality) &&
	    vg_agreement_municipality(r->agreement, code) == NULL)
		vg_yaml_error(r->errors, vg_yaml_find(set, "municipality"),
			      "the agreement has no municipality \"%.60s\"", code);
}

static void
read_set(struct reader *r, const struct vg_yaml_node *set, struct rule *rule)
{
	static const char *const known[] = {"resource",	 "type",    "qualifier",    "severity",
					    "category",	 "service", "municipality", "text",
					    "transient", NULL};

	if (!is_map(r, set, "{ type: link-down, severity: major }") ||
	    !vg_yaml_only(set, r->errors, known))
		return;
	read_text(r, set, "resource", "{host}", &rule->resource);
	read_text(r, set, "type", NULL, &rule->type);
	read_text(r, set, "qualifier", "", &rule->qualifier);
	read_text(r, set, "service", "", &rule->service);
	read_text(r, set, "municipality", "", &rule->municipality);
	read_text(r, set, "text", "", &rule->text);
	read_severity(r, set, &rule->severity);
	rule->category = (enum vg_alarm_category)vg_yaml_get_word(
		set, "category", vg_alarm_category_words, VG_ALARM_OTHER, r->errors);
	rule->transient = vg_yaml_get_bool(set, "transient", false, r->errors);
	if (rule->type.pieces == 0)
		vg_yaml_error(r->errors, set, "expected type: such as link-down");
	check_agreed(r, set, rule);
}

/* --- rules --- */

static const char *
make_id(struct reader *r, const struct vg_yaml_node *at, const char *name)
{
	char id[2 * NAME_BYTES + 2];
	struct text text = vg_text_into(id, sizeof(id));

	vg_text_puts(&text, r->file);
	vg_text_puts(&text, "/");
	vg_text_puts(&text, name);
	return keep(r, at, id);
}

static void
read_rule(struct reader *r, const char *name, const struct vg_yaml_node *key,
	  const struct vg_yaml_node *node)
{
	static const char *const known[] = {"when", "clear_when", "set", "ignore", NULL};
	const struct vg_yaml_node *when, *clear_when, *set;
	struct rule *rule = take(r, key, sizeof(*rule));

	if (rule == NULL || !is_map(r, node, "{ when: ..., set: ... }") ||
	    !vg_yaml_only(node, r->errors, known))
		return;
	when = vg_yaml_find(node, "when");
	clear_when = vg_yaml_find(node, "clear_when");
	set = vg_yaml_find(node, "set");
	rule->ignore = vg_yaml_get_bool(node, "ignore", false, r->errors);
	if (when == NULL || rule->ignore == (set != NULL) || (rule->ignore && clear_when != NULL)) {
		vg_yaml_error(r->errors, key, "expected when, and either set or ignore: yes");
		return;
	}
	if ((rule->id = make_id(r, key, name)) == NULL)
		return;
	if (r->rules->last != NULL)
		r->rules->last->next = rule;
	else
		r->rules->first = rule;
	r->rules->last = rule;
	r->form = when->type == VG_YAML_MAP && vg_yaml_find(when, "syslog") != NULL
			  ? VG_MESSAGE_SYSLOG
			  : VG_MESSAGE_TRAP;
	if (set != NULL)
		read_set(r, set, rule);
	if (rule->transient && clear_when != NULL)
		vg_yaml_error(r->errors, key,
			      "expected either transient or clear_when: what is cleared does not "
			      "run out by itself");
	read_when(r, when, rule, false);
	if (clear_when != NULL)
		read_when(r, clear_when, rule, true);
}

void
vg_rules_read(struct vg_rules *rules, const struct vg_yaml_node *root, const char *file,
	      const struct vg_agreement *agreement, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"rules", NULL};
	struct reader r = {.rules = rules, .errors = errors, .file = file, .agreement = agreement};
	const struct vg_yaml_node *map;

	if (!is_map(&r, root, "rules: { ... }") || !vg_yaml_only(root, errors, known))
		return;
	if ((map = vg_yaml_find(root, "rules")) == NULL || map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, root, "expected rules: a map from names to rules");
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		if (rules->count++ == RULES_MAX) {
			vg_yaml_error(errors, map->key_node[i],
				      "expected at most %d rules in all files", RULES_MAX);
			return;
		}
		read_rule(&r, map->key[i], map->key_node[i], map->item[i]);
	}
}
