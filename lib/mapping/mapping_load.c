/* mapping_load.c - the mapping file into rules.
 *
 * Everything that can be checked without data is checked here, with file, line and column: each
 * word on the right of a map must be one that the ticket field knows. So a row can only fail on
 * what its own values say. Texts stay where the YAML tree has them. */
#include "lib/mapping/mapping_private.h"

#include "lib/crypto/crypto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const format_words[] = {"csv", "ndjson", "json", NULL};
static const char *const target_words[] = {"tickets", "samples", "alarms", NULL};
static const char *const zone_words[] = {"local", "utc", NULL};

const struct vg_field_info *
vg_mapping_field(enum vg_ticket_field field)
{
	static const char *const says[] = {"raised", "cleared"};
	static const struct vg_field_info further[] = {
		{"state", VG_FORM_WORD, vg_sample_words, VG_SAMPLE_STATE_COUNT},
		{"latency_ms", VG_FORM_INT, NULL, 0},
		{"text", VG_FORM_STR, NULL, 0},
		{"resource", VG_FORM_STR, NULL, 0},
		{"type", VG_FORM_STR, NULL, 0},
		{"qualifier", VG_FORM_STR, NULL, 0},
		{"severity", VG_FORM_WORD, vg_severity_words, VG_SEVERITY_COUNT},
		{"state", VG_FORM_WORD, says, 2},
		{"category", VG_FORM_WORD, vg_alarm_category_words, VG_ALARM_CATEGORY_COUNT},
		{"service", VG_FORM_STR, NULL, 0},
		{"municipality", VG_FORM_STR, NULL, 0},
		{"text", VG_FORM_STR, NULL, 0},
		{"transient", VG_FORM_FLAG, NULL, 0},
	};

	return field < VG_TF_COUNT ? &vg_ticket_field_info[field] : &further[field - FIELD_STATE];
}

bool
vg_mapping_listed(const struct vg_yaml_node *list, const char *text)
{
	for (size_t i = 0; list != NULL && i < list->count; i++)
		if (strcmp(list->item[i]->text, text) == 0)
			return true;
	return false;
}

/* --- values --- */

static const char *
state_status(const char *text, struct stated *out)
{
	char word[32];
	size_t length = strcspn(text, " ");
	int status, reason = VG_REASON_NONE;

	(void)snprintf(word, sizeof(word), "%.*s",
		       (int)(length < sizeof(word) ? length : sizeof(word) - 1), text);
	status = vg_word_find(VG_TF_STATUS, word);
	if (text[length] == ' ')
		reason = vg_word_find(VG_TF_REASON, text + length + 1);
	if (status < 0 || reason < 0 || (reason != VG_REASON_NONE && status != VG_STATUS_PENDING))
		return "expected a status, after pending with its reason, such as \"in_progress\" "
		       "or "
		       "\"pending pending_requester\"";
	out->number = status;
	out->reason = (enum vg_reason)reason;
	return NULL;
}

static const char *
state_word(const struct vg_field_info *info, const char *text, struct stated *out)
{
	for (int i = 0; i < info->word_count; i++) {
		if (strcmp(info->words[i], text) == 0) {
			out->number = i;
			return NULL;
		}
	}
	return "is not a word of this field";
}

static const char *
state_int(enum vg_ticket_field field, const char *text, struct stated *out)
{
	bool level = field == VG_TF_IMPACT || field == VG_TF_URGENCY;
	long max = field == VG_TF_LINE ? 3 : level ? VG_LEVELS : INT32_MAX;
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > max ||
	    (value == 0 && max < INT32_MAX))
		return max == 3 ? "expected a support line, 1 to 3"
		       : level	? "expected a level, 1 to 4"
				: "expected a whole number";
	out->number = value;
	return NULL;
}

static const char *
state_flag(const char *text, struct stated *out)
{
	static const char *const words[] = {"no",  "yes", "false", "true", "0", "1",
					    "nej", "ja",  "False", "True", NULL};

	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			out->number = i % 2;
			return NULL;
		}
	}
	return "expected yes or no";
}

const char *
vg_mapping_state(enum vg_ticket_field field, const char *text, struct stated *out)
{
	const struct vg_field_info *info = vg_mapping_field(field);

	*out = (struct stated){.text = text};
	switch (info->form) {
	case VG_FORM_WORD:
		return field == VG_TF_STATUS ? state_status(text, out)
					     : state_word(info, text, out);
	case VG_FORM_INT:
		return state_int(field, text, out);
	case VG_FORM_FLAG:
		return state_flag(text, out);
	case VG_FORM_STR:
		return strlen(text) > 200 ? "longer than 200 bytes" : NULL;
	case VG_FORM_TIME:
		break;
	}
	return "expected a column with a time";
}

void
vg_load_stated(struct vg_loader *l, enum vg_ticket_field field, const struct vg_yaml_node *node,
	       struct stated *out)
{
	const struct vg_field_info *info = vg_mapping_field(field);
	char words[300] = "";
	const char *wrong;

	*out = (struct stated){.text = ""};
	if (node->type != VG_YAML_SCALAR) {
		vg_yaml_error(l->errors, node, "expected one value for %s", info->name);
		return;
	}
	if ((wrong = vg_mapping_state(field, node->text, out)) == NULL)
		return;
	for (int i = 0; info->form == VG_FORM_WORD && i < info->word_count; i++) {
		size_t used = strlen(words);

		(void)snprintf(words + used, sizeof(words) - used, "%s%s",
			       i == 0 ? ": one of " : ", ", info->words[i]);
	}
	vg_yaml_error(l->errors, node, "%s \"%.60s\": %s%s", info->name, node->text, wrong, words);
}

/* --- columns and lists --- */

size_t
vg_load_column(struct vg_loader *l, const struct vg_yaml_node *name)
{
	struct vg_mapping *m = l->mapping;

	for (size_t i = 0; i < m->columns; i++) {
		if (strcmp(m->column[i]->text, name->text) == 0) {
			m->uses[i]++;
			return i;
		}
	}
	if (m->columns == COLUMNS_MAX) {
		vg_yaml_error(l->errors, name, "more than %d columns are named", COLUMNS_MAX);
		return 0;
	}
	m->column[m->columns] = name;
	m->uses[m->columns] = 1;
	return m->columns++;
}

void
vg_load_from(struct vg_loader *l, const struct vg_yaml_node *node, struct from *out)
{
	bool list = node->type == VG_YAML_LIST;
	size_t count = list ? node->count : 1;

	*out = (struct from){.count = 0};
	if (node->type == VG_YAML_MAP || count == 0 || count > FROM_MAX) {
		vg_yaml_error(l->errors, node, "expected a column or path, or a list of at most %d",
			      FROM_MAX);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct vg_yaml_node *name = list ? node->item[i] : node;

		if (name->type != VG_YAML_SCALAR || name->text[0] == '\0')
			vg_yaml_error(l->errors, name, "expected the name of a column, or a path");
		else
			out->column[out->count++] = vg_load_column(l, name);
	}
}

void
vg_load_from_key(struct vg_loader *l, const struct vg_yaml_node *map, const char *key,
		 bool required, struct from *out)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, key);

	if (node != NULL)
		vg_load_from(l, node, out);
	else if (required)
		vg_yaml_error(l->errors, map, "expected \"%s\": a column or path", key);
}

const struct vg_yaml_node *
vg_load_list(struct vg_loader *l, const struct vg_yaml_node *map, const char *key)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, key);
	bool ok = list == NULL || list->type == VG_YAML_LIST;

	for (size_t i = 0; ok && list != NULL && i < list->count; i++)
		ok = list->item[i]->type == VG_YAML_SCALAR;
	if (ok)
		return list;
	vg_yaml_error(l->errors, list, "%s: expected a list of texts, such as [\"\", \"?\"]", key);
	return NULL;
}

/* --- time --- */

void
vg_load_when(struct vg_loader *l, const struct vg_yaml_node *map, const struct when *inherited,
	     struct when *out)
{
	const struct vg_yaml_node *pattern = vg_yaml_find(map, "pattern");

	out->pattern = vg_yaml_get_text(map, "pattern", inherited == NULL,
					inherited ? inherited->pattern : "iso", l->errors);
	out->utc = vg_yaml_get_word(map, "zone", zone_words, inherited != NULL && inherited->utc,
				    l->errors) == 1;
	if (pattern != NULL && out->utc &&
	    (strstr(out->pattern, "%z") != NULL || strncmp(out->pattern, "epoch", 5) == 0))
		vg_yaml_error(l->errors, pattern,
			      "pattern \"%s\" tells the offset itself; remove \"zone: utc\"",
			      out->pattern);
}

/* --- rules --- */

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct choice *)a)->key, ((const struct choice *)b)->key);
}

static struct choice *
load_choices(struct vg_loader *l, enum vg_ticket_field field, const struct vg_yaml_node *rule,
	     const char *key, size_t *count)
{
	const struct vg_yaml_node *map = vg_yaml_find(rule, key);
	struct choice *choice;

	*count = 0;
	if (map == NULL)
		return NULL;
	if (map->type != VG_YAML_MAP || map->count == 0) {
		vg_yaml_error(l->errors, map, "%s: expected lines of \"source value: our value\"",
			      key);
		return NULL;
	}
	if ((choice = calloc(map->count, sizeof(*choice))) == NULL) {
		vg_yaml_error(l->errors, map, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < map->count; i++) {
		choice[i].key = map->key[i];
		vg_load_stated(l, field, map->item[i], &choice[i].stated);
	}
	*count = map->count;
	return choice;
}

void
vg_load_maps(struct vg_loader *l, const struct vg_yaml_node *node, struct rule *rule)
{
	rule->map = load_choices(l, rule->field, node, "map", &rule->map_count);
	rule->match = load_choices(l, rule->field, node, "match", &rule->match_count);
	if (rule->map_count > 0)
		qsort(rule->map, rule->map_count, sizeof(*rule->map), by_key);
}

/* Keys that make no sense together or for this field. */
static void
check_rule(struct vg_loader *l, const struct vg_yaml_node *node, const struct rule *rule)
{
	enum vg_form form = vg_mapping_field(rule->field)->form;
	bool value = vg_yaml_find(node, "value") != NULL, from = rule->from.count > 0;
	bool maps = rule->map_count + rule->match_count > 0;

	if (value == from)
		vg_yaml_error(l->errors, node,
			      "expected either \"from\" (a column) or \"value\" (a constant)");
	if (vg_yaml_find(node, "default") != NULL && !maps)
		vg_yaml_error(l->errors, vg_yaml_find(node, "default"),
			      "default: expected a map or match that it completes");
	if (rule->none != NULL && form != VG_FORM_STR)
		vg_yaml_error(l->errors, rule->none, "none: only for fields with free values");
	if (rule->present && form != VG_FORM_FLAG)
		vg_yaml_error(l->errors, node, "present: only for yes-or-no fields");
	if (rule->pick != PICK_NONE && rule->field != VG_TF_MUNICIPALITY)
		vg_yaml_error(l->errors, node, "pick: only for municipality");
	if (form == VG_FORM_TIME
		    ? maps
		    : vg_yaml_find(node, "pattern") != NULL || vg_yaml_find(node, "zone") != NULL)
		vg_yaml_error(l->errors, node,
			      form == VG_FORM_TIME ? "a time takes a pattern, not a map"
						   : "pattern and zone: only for times");
}

static void
load_rule_map(struct vg_loader *l, const struct vg_yaml_node *node, struct rule *rule)
{
	static const char *const known[] = {
		"from",	   "value", "map",     "match",		 "default", "none", "not_stated",
		"pattern", "zone",  "present", "first_row_only", "pick",    NULL};
	static const char *const picks[] = {"none", "number", "crc32", NULL};
	const struct vg_yaml_node *constant = vg_yaml_find(node, "value"),
				  *fallback = vg_yaml_find(node, "default");

	if (!vg_yaml_only(node, l->errors, known))
		return;
	vg_load_from_key(l, node, "from", false, &rule->from);
	vg_load_maps(l, node, rule);
	if (constant != NULL || fallback != NULL) {
		rule->has_fallback = true;
		vg_load_stated(l, rule->field, constant != NULL ? constant : fallback,
			       &rule->fallback);
	}
	rule->none = vg_load_list(l, node, "none");
	if (vg_yaml_find(node, "not_stated") != NULL)
		rule->not_stated = vg_load_list(l, node, "not_stated");
	rule->present = vg_yaml_get_bool(node, "present", false, l->errors);
	rule->first_row_only = vg_yaml_get_bool(node, "first_row_only", false, l->errors);
	rule->pick = (enum pick)vg_yaml_get_word(node, "pick", picks, 0, l->errors);
	vg_load_when(l, node, &l->mapping->when, &rule->when);
	check_rule(l, node, rule);
}

static void
load_rule(struct vg_loader *l, enum vg_ticket_field field, const struct vg_yaml_node *node)
{
	struct rule *rule = &l->mapping->rule[l->mapping->rules++];

	*rule = (struct rule){
		.field = field, .when = l->mapping->when, .not_stated = l->mapping->not_stated};
	if (node->type == VG_YAML_MAP)
		load_rule_map(l, node, rule);
	else
		vg_load_from(l, node, &rule->from);
}

/* The status comes first: whether a pending reason counts hangs on it. */
static void
load_fields(struct vg_loader *l, const struct vg_yaml_node *root)
{
	const bool samples = l->mapping->target == TARGET_SAMPLES;
	const int from = samples ? FIELD_STATE : 0, to = samples ? FIELD_RESOURCE : VG_TF_COUNT;
	const struct vg_yaml_node *fields = vg_yaml_find(root, "fields"), *status;
	const char *known[FIELD_COUNT + 1] = {NULL};

	if (fields == NULL || fields->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, fields != NULL ? fields : root,
			      "expected \"fields\": our fields and where they come from");
		return;
	}
	for (int i = from; i < to; i++)
		known[i - from] = vg_mapping_field((enum vg_ticket_field)i)->name;
	if (!vg_yaml_only(fields, l->errors, known))
		return;
	if (samples && vg_yaml_find(fields, "state") == NULL)
		vg_yaml_error(l->errors, fields,
			      "expected \"state\": ok, warning, critical or "
			      "unknown, and where it comes from");
	if ((status = vg_yaml_find(fields, "status")) != NULL)
		load_rule(l, VG_TF_STATUS, status);
	for (size_t i = 0; i < fields->count; i++) {
		int field = 0;

		while (strcmp(known[field], fields->key[i]) != 0)
			field++;
		if (fields->item[i] != status)
			load_rule(l, (enum vg_ticket_field)(from + field), fields->item[i]);
	}
}

/* --- the rest of the file --- */

static void
load_event_id(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"key", "repeats", NULL};
	static const char *const repeats[] = {"same", "number", NULL};
	const struct vg_yaml_node *node = vg_yaml_find(root, "event_id");

	if (node == NULL || (node->type == VG_YAML_SCALAR && strcmp(node->text, "row") == 0))
		return;
	if (node->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, node, "event_id: expected \"row\", or a map with \"key\"");
		return;
	}
	if (!vg_yaml_only(node, l->errors, known))
		return;
	vg_load_from_key(l, node, "key", true, &l->mapping->key);
	l->mapping->repeats_numbered =
		vg_yaml_get_word(node, "repeats", repeats, 0, l->errors) == 1;
}

struct condition *
vg_load_conditions(struct vg_loader *l, const struct vg_yaml_node *root, const char *key,
		   size_t *count)
{
	const struct vg_yaml_node *map = vg_yaml_find(root, key);
	struct condition *condition;

	*count = 0;
	if (map == NULL)
		return NULL;
	if (map->type != VG_YAML_MAP || map->count == 0 ||
	    (condition = calloc(map->count, sizeof(*condition))) == NULL) {
		vg_yaml_error(l->errors, map, "%s: expected lines of \"column: [patterns]\"", key);
		return NULL;
	}
	for (size_t i = 0; i < map->count; i++) {
		condition[i].column =
			map->key[i][0] != '\0' ? vg_load_column(l, map->key_node[i]) : 0;
		condition[i].patterns = vg_load_list(l, map, map->key[i]);
	}
	*count = map->count;
	return condition;
}

static void
load_also(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"source", "from", NULL};
	const struct vg_yaml_node *list = vg_yaml_find(root, "also");
	struct vg_mapping *m = l->mapping;

	if (list == NULL)
		return;
	if (list->type != VG_YAML_LIST || list->count > VG_EVENT_REFS_MAX) {
		vg_yaml_error(l->errors, list,
			      "also: expected a list of at most %d references {source, from}",
			      VG_EVENT_REFS_MAX);
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct also *also = &m->also[m->also_count++];

		if (list->item[i]->type != VG_YAML_MAP) {
			vg_yaml_error(l->errors, list->item[i], "also: expected {source, from}");
			return;
		}
		(void)vg_yaml_only(list->item[i], l->errors, known);
		also->source = vg_yaml_get_text(list->item[i], "source", true, "", l->errors);
		vg_load_from_key(l, list->item[i], "from", true, &also->from);
	}
}

static void
load_ids(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"allow", NULL};
	const struct vg_yaml_node *ids = vg_yaml_find(root, "ids");

	if (ids == NULL)
		return;
	if (ids->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, ids, "ids: expected \"allow\": a list of patterns");
		return;
	}
	(void)vg_yaml_only(ids, l->errors, known);
	l->mapping->id_patterns = vg_load_list(l, ids, "allow");
}

static void
load_time(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const known[] = {"from", "pattern", "zone", NULL};
	const struct vg_yaml_node *time = vg_yaml_find(root, "time");

	if (time == NULL || time->type != VG_YAML_MAP) {
		vg_yaml_error(
			l->errors, time != NULL ? time : root,
			"expected \"time\": when the row's event happened {from, pattern, zone}");
		return;
	}
	(void)vg_yaml_only(time, l->errors, known);
	vg_load_from_key(l, time, "from", true, &l->mapping->time);
	vg_load_when(l, time, NULL, &l->mapping->when);
}

static void
load_delimiter(struct vg_loader *l, const struct vg_yaml_node *root)
{
	const char *delimiter = vg_yaml_get_text(root, "delimiter", false, ",", l->errors);

	l->mapping->delimiter = delimiter[0];
	if (delimiter[0] == '\0' || delimiter[1] != '\0' || strchr("\"\r\n", delimiter[0]) != NULL)
		vg_yaml_error(l->errors, vg_yaml_find(root, "delimiter"),
			      "delimiter: expected one character, such as \";\"");
}

/* What only tickets have: a title, an id of their own for each row, an order. */
static void
load_ticket_keys(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const store_words[] = {"drop", "masked", NULL};
	struct vg_mapping *m = l->mapping;

	m->store_text = vg_yaml_get_word(root, "store_text", store_words, 0, l->errors) == 1;
	if (m->store_text) /* else the title's column is not even read */
		vg_load_from_key(l, root, "title", true, &m->title);
	load_event_id(l, root);
	vg_load_from_key(l, root, "order", false, &m->order);
	load_also(l, root);
}

static void
load_root(struct vg_loader *l, const struct vg_yaml_node *root)
{
	static const char *const of_tickets[] = {
		"source",     "target", "format", "delimiter",	 "documents", "not_stated",
		"store_text", "title",	"ids",	  "ref",	 "event_id",  "order",
		"time",	      "also",	"fields", "ignore_when", NULL};
	static const char *const of_samples[] = {"source",     "target",      "format", "delimiter",
						 "not_stated", "ids",	      "ref",	"time",
						 "fields",     "ignore_when", NULL};
	struct vg_mapping *m = l->mapping;

	if (root->type != VG_YAML_MAP) {
		vg_yaml_error(l->errors, root,
			      "expected a mapping: source, format, ref, time, fields");
		return;
	}
	m->target = (enum target)vg_yaml_get_word(root, "target", target_words, TARGET_TICKETS,
						  l->errors);
	if (m->target == TARGET_ALARMS) {
		vg_mapping_load_alarms(l, root);
		return;
	}
	(void)vg_yaml_only(root, l->errors, m->target == TARGET_SAMPLES ? of_samples : of_tickets);
	m->source = vg_yaml_get_text(root, "source", true, "", l->errors);
	m->format =
		(enum format)vg_yaml_get_word(root, "format", format_words, FORMAT_CSV, l->errors);
	if (m->target == TARGET_SAMPLES && m->format != FORMAT_CSV)
		vg_yaml_error(l->errors, vg_yaml_find(root, "format"),
			      "format: samples are read from csv only");
	m->documents = vg_yaml_get_text(root, "documents", false, NULL, l->errors);
	load_delimiter(l, root);
	m->not_stated = vg_load_list(l, root, "not_stated");
	load_ids(l, root);
	vg_load_from_key(l, root, "ref", true, &m->ref);
	load_time(l, root);
	m->ignore = vg_load_conditions(l, root, "ignore_when", &m->ignores);
	if (m->target == TARGET_TICKETS)
		load_ticket_keys(l, root);
	load_fields(l, root);
}

static char *
read_bytes(const struct vg_yaml_node *at, size_t *length, struct vg_yaml_errors *errors)
{
	FILE *f = fopen(at->file, "rbe");
	char *bytes = NULL;

	if (f == NULL) {
		vg_yaml_error(errors, at, "%s", strerror(errno));
		return NULL;
	}
	if ((bytes = malloc(VG_YAML_BYTES_MAX + 1)) != NULL)
		*length = fread(bytes, 1, VG_YAML_BYTES_MAX + 1, f);
	if (bytes == NULL || ferror(f)) {
		vg_yaml_error(errors, at, bytes == NULL ? "out of memory" : "cannot be read");
		free(bytes);
		bytes = NULL;
	}
	(void)fclose(f);
	return bytes;
}

struct vg_mapping *
vg_mapping_load(const char *path, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node at = {.file = path, .line = 1, .column = 1};
	struct vg_mapping *m = calloc(1, sizeof(*m));
	struct vg_loader l = {.mapping = m, .errors = errors};
	size_t before = errors->count, length = 0;
	char *bytes = read_bytes(&at, &length, errors);

	if (m == NULL)
		vg_yaml_error(errors, &at, "out of memory");
	if (m != NULL && bytes != NULL &&
	    (m->yaml = vg_yaml_load_bytes(path, bytes, length, errors)) != NULL) {
		vg_sha256(bytes, length, m->sha256);
		load_root(&l, vg_yaml_root(m->yaml));
	}
	free(bytes);
	if (errors->count == before)
		return m;
	vg_mapping_free(m);
	return NULL;
}

void
vg_mapping_free(struct vg_mapping *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->rules; i++) {
		free(m->rule[i].map);
		free(m->rule[i].match);
	}
	free(m->ignore);
	free(m->tell);
	vg_yaml_free(m->yaml);
	free(m);
}

const char *
vg_mapping_source(const struct vg_mapping *m)
{
	return m->source;
}

const char *
vg_mapping_format(const struct vg_mapping *m)
{
	return format_words[m->format];
}

enum vg_kind
vg_mapping_kind(const struct vg_mapping *m)
{
	static const enum vg_kind kinds[] = {
		[TARGET_TICKETS] = VG_KIND_TICKET_REPORTED,
		[TARGET_SAMPLES] = VG_KIND_SAMPLES_REPORTED,
		[TARGET_ALARMS] = VG_KIND_ALARMS_REPORTED,
	};

	return kinds[m->target];
}

void
vg_mapping_sha256(const struct vg_mapping *m, uint8_t out[32])
{
	memcpy(out, m->sha256, sizeof(m->sha256));
}
