/* mapping_load_alarm.c - a mapping file whose target is alarms.
 *
 * The same words as for tickets where they mean the same; what is different is that a value may
 * come from the first of several paths that says anything, since what sends alarms leaves out what
 * it does not know. */
#include "lib/mapping/mapping_private.h"

#include <string.h>

#define NOTICE_FIELDS 10
_Static_assert(NOTICE_FIELDS == FIELD_COUNT - (int)FIELD_RESOURCE, "all fields of a notice");

/* At most FIRST_MAX ways to a value: `from`, or each of `first`. */
static size_t
load_firsts(struct vg_loader *l, const struct vg_yaml_node *map, struct from out[FIRST_MAX])
{
	const struct vg_yaml_node *from = vg_yaml_find(map, "from"),
				  *first = vg_yaml_find(map, "first");

	if (from != NULL && first != NULL) {
		vg_yaml_error(l->errors, first, "expected either \"from\" or \"first\"");
		return 0;
	}
	if (from != NULL)
		vg_load_from(l, from, &out[0]);
	if (first == NULL)
		return from != NULL;
	if (first->type != VG_YAML_LIST || first->count == 0 || first->count > FIRST_MAX) {
		vg_yaml_error(l->errors, first,
			      "first: expected a list of at most %d paths, the first of which that "
			      "says anything counts",
			      FIRST_MAX);
		return 0;
	}
	for (size_t i = 0; i < first->count; i++)
		vg_load_from(l, first->item[i], &out[i]);
	return first->count;
}

static void
check_rule(struct vg_loader *l, const struct vg_yaml_node *node, const struct rule *rule)
{
	enum vg_form form = vg_mapping_field(rule->field)->form;
	bool value = vg_yaml_find(node, "value") != NULL;
	bool maps = rule->map_count + rule->match_count > 0;

	if (value == (rule->firsts > 0))
		vg_yaml_error(l->errors, node,
			      "expected either \"from\" or \"first\" (paths) or \"value\" (a "
			      "constant)");
	if (value && (maps || rule->has_absent || vg_yaml_find(node, "default") != NULL))
		vg_yaml_error(l->errors, node,
			      "a constant takes neither map nor match, default nor absent");
	if (rule->keep && (!maps || form != VG_FORM_STR))
		vg_yaml_error(l->errors, vg_yaml_find(node, "keep"),
			      "keep: only for a free text with a map or match");
	if (rule->host && rule->field != FIELD_RESOURCE)
		vg_yaml_error(l->errors, vg_yaml_find(node, "host"), "host: only for the resource");
	if (!value && form == VG_FORM_WORD && !maps && rule->field == FIELD_SAYS)
		vg_yaml_error(l->errors, node,
			      "state: expected a map of the source's words to raised or cleared");
}

static void
load_rule_map(struct vg_loader *l, const struct vg_yaml_node *node, struct rule *rule)
{
	static const char *const known[] = {"from",  "first",	"value",  "map",
					    "match", "default", "keep",	  "not_stated",
					    "join",  "host",	"absent", NULL};
	const struct vg_yaml_node *constant = vg_yaml_find(node, "value"),
				  *fallback = vg_yaml_find(node, "default"),
				  *absent = vg_yaml_find(node, "absent");

	if (!vg_yaml_only(node, l->errors, known))
		return;
	rule->firsts = load_firsts(l, node, rule->first);
	vg_load_maps(l, node, rule);
	if (constant != NULL || fallback != NULL) {
		rule->has_fallback = true;
		vg_load_stated(l, rule->field, constant != NULL ? constant : fallback,
			       &rule->fallback);
	}
	if (absent != NULL) {
		rule->has_absent = true;
		vg_load_stated(l, rule->field, absent, &rule->absent);
	}
	if (vg_yaml_find(node, "not_stated") != NULL)
		rule->not_stated = vg_load_list(l, node, "not_stated");
	rule->join = vg_yaml_get_text(node, "join", false, "/", l->errors);
	if (strlen(rule->join) > JOIN_MAX)
		vg_yaml_error(l->errors, vg_yaml_find(node, "join"),
			      "join: expected at most %d bytes", JOIN_MAX);
	rule->keep = vg_yaml_get_bool(node, "keep", false, l->errors);
	rule->host = vg_yaml_get_bool(node, "host", false, l->errors);
	check_rule(l, node, rule);
}

static void
load_rule(struct vg_loader *l, enum vg_ticket_field field, const struct vg_yaml_node *node)
{
	struct vg_mapping *m = l->mapping;
	struct rule *rule = &m->rule[m->rules++];

	*rule = (struct rule){.field = field, .not_stated = m->not_stated, .join = "/"};
	if (node->type == VG_YAML_MAP) {
		load_rule_map(l, node, rule);
		return;
	}
	rule->firsts = 1;
	vg_load_from(l, node, &rule->first[0]);
	if (field == FIELD_SAYS)
		check_rule(l, node, rule);
}

static void
load_fields(struct vg_loader *l, const struct vg_yaml_node *root)
{
	const struct vg_yaml_node *fields = vg_yaml_find(root, "fields");
	const char *known[NOTICE_FIELDS + 1] = {NULL};

	if (fields == NULL || fields->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, fields != NULL ? fields : root,
			      "expected \"fields\": resource, type, severity and where they come "
			      "from");
		return;
	}
	for (int i = 0; i < NOTICE_FIELDS; i++)
		known[i] = vg_mapping_field((enum vg_ticket_field)((int)FIELD_RESOURCE + i))->name;
	if (!vg_yaml_only(fields, l->errors, known))
		return;
	for (int i = 0; i < NOTICE_FIELDS; i++) {
		enum vg_ticket_field field = (enum vg_ticket_field)((int)FIELD_RESOURCE + i);
		const struct vg_yaml_node *node = vg_yaml_find(fields, known[i]);

		if (node != NULL)
			load_rule(l, field, node);
		else if (field == FIELD_RESOURCE || field == FIELD_TYPE || field == FIELD_SEVERITY)
			vg_yaml_error(l->errors, fields, "expected \"%s\"", known[i]);
	}
}

static void
load_time(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"from", "first", "cleared", "pattern",
					    "zone", "since", NULL};
	const struct vg_yaml_node *time = vg_yaml_find(root, "time"), *cleared;
	struct vg_mapping *m = l->mapping;

	if (time == NULL)
		return;
	if (time->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, time,
			      "time: expected {from, pattern}: when what is said happened");
		return;
	}
	(void)vg_yaml_only(time, l->errors, known);
	m->ats = load_firsts(l, time, m->at);
	if (m->ats == 0)
		vg_yaml_error(l->errors, time, "time: expected \"from\" or \"first\"");
	if ((cleared = vg_yaml_find(time, "cleared")) != NULL) {
		vg_load_from(l, cleared, &m->cleared_at[0]);
		m->cleared_ats = 1;
	}
	vg_load_when(l, time, NULL, &m->when);
	m->since = vg_yaml_get_bool(time, "since", false, l->errors);
}

/* `detail`: a list of paths, or the whole item. Without it, every path that the file names. */
static void
load_detail(struct vg_loader *l, const struct vg_yaml_node *root)
{
	const struct vg_yaml_node *detail = vg_yaml_find(root, "detail");
	struct vg_mapping *m = l->mapping;

	for (size_t i = 0; detail == NULL && i < m->columns; i++)
		m->in_detail[i] = true;
	if (detail == NULL)
		return;
	m->whole_item = detail->type == VG_YAML_SCALAR && strcmp(detail->text, "item") == 0;
	if (m->whole_item)
		return;
	if (detail->type != VG_YAML_LIST) {
		vg_yaml_error(l->errors, detail, "detail: expected a list of paths, or \"item\"");
		return;
	}
	for (size_t i = 0; i < detail->count; i++) {
		struct from from;

		vg_load_from(l, detail->item[i], &from);
		for (size_t k = 0; k < from.count; k++)
			m->in_detail[from.column[k]] = true;
	}
}

void
vg_mapping_load_alarms(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"source",	   "target",	"format",     "items",
					    "common",	   "embedded",	"not_stated", "time",
					    "ignore_when", "tell_when", "detail",     "cloudevents",
					    "fields",	   NULL};
	static const char *const formats[] = {"json", NULL};
	struct vg_mapping *m = l->mapping;

	(void)vg_yaml_only(root, l->errors, known);
	m->source = vg_yaml_get_text(root, "source", true, "", l->errors);
	(void)vg_yaml_get_word(root, "format", formats, 0, l->errors);
	m->format = FORMAT_JSON;
	m->documents = vg_yaml_get_text(root, "items", false, NULL, l->errors);
	m->not_stated = vg_load_list(l, root, "not_stated");
	m->common = vg_load_list(l, root, "common");
	m->cloudevents = vg_load_list(l, root, "cloudevents");
	m->embedded = vg_load_list(l, root, "embedded");
	if (m->embedded != NULL && m->embedded->count > EMBEDDED_MAX)
		vg_yaml_error(l->errors, m->embedded, "embedded: expected at most %d paths",
			      EMBEDDED_MAX);
	load_time(l, root);
	m->ignore = vg_load_conditions(l, root, "ignore_when", &m->ignores);
	m->tell = vg_load_conditions(l, root, "tell_when", &m->tells);
	load_fields(l, root);
	load_detail(l, root);
}
