/* alertmanager.c - Alertmanager's webhook without a tree.
 *
 * A batch of a hundred alerts has thousands of members, so they are read as they pass (scan.h) into
 * memory that is used again; only labels and annotations are remembered, and only of one alert at a
 * time. The hard thing is the key: every label counts in it, the severity too, since two rules of
 * one name and different severities are two alerts that are resolved one by one. */
#include "lib/mapping/alertmanager.h"

#include "lib/civil/civil.h"
#include "lib/mapping/mapped_name.h"
#include "lib/mapping/scan.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)256 * 1024)
#define UNNAMED	    "alert" /* type of one whose labels do not name it */

/* A row of blocks; what is taken lives until the next document. */
struct block {
	struct block *next;
	size_t used, size;
	char bytes[];
};

struct pair {
	const char *name, *value;
};

struct pairs {
	size_t count;
	struct pair pair[VG_ALERT_LABELS_MAX];
};

struct vg_alertmanager {
	struct block *blocks, *block; /* all; that is filled */
	struct vg_notice *notice;
	size_t notices, size;
	/* the document that is read */
	struct vg_scan scan;
	const struct vg_agreement *agreement;
	struct vg_err *err;
	int rc;
	struct vg_scan_text group_status;
	/* the alert that is read */
	struct pairs labels, annotations;
	struct vg_scan_text status, starts, ends, generator, fingerprint;
};

struct vg_alertmanager *
vg_alertmanager_new(void)
{
	return calloc(1, sizeof(struct vg_alertmanager));
}

void
vg_alertmanager_free(struct vg_alertmanager *am)
{
	if (am == NULL)
		return;
	while (am->blocks != NULL) {
		struct block *next = am->blocks->next;

		free(am->blocks);
		am->blocks = next;
	}
	free(am->notice);
	free(am);
}

/* --- memory --- */

static char *
out_of_memory(struct vg_alertmanager *am)
{
	am->rc = vg_err_set(am->err, VG_ENOMEM, "out of memory");
	return NULL;
}

/* A block of its own kind for what is longer than one. NULL: told. */
static char *
take(struct vg_alertmanager *am, size_t length)
{
	struct block **end = &am->blocks, *block;
	size_t size = length > BLOCK_BYTES ? length : BLOCK_BYTES;

	while (am->block != NULL && am->block->size - am->block->used < length) {
		am->block = am->block->next;
		if (am->block != NULL)
			am->block->used = 0;
	}
	if (am->block == NULL) {
		while (*end != NULL)
			end = &(*end)->next;
		if ((block = malloc(sizeof(*block) + size)) == NULL)
			return out_of_memory(am);
		*block = (struct block){.size = size};
		*end = am->block = block;
	}
	am->block->used += length;
	return am->block->bytes + am->block->used - length;
}

static void
give_back(struct vg_alertmanager *am, size_t length)
{
	am->block->used -= length;
}

/* NULL: told. */
static const char *
keep(struct vg_alertmanager *am, const struct vg_scan_text *text)
{
	char *out = take(am, text->length + 1);
	size_t length;

	if (out == NULL)
		return NULL;
	length = vg_scan_decode(text, out);
	out[length] = '\0';
	give_back(am, text->length - length);
	return out;
}

/* --- members --- */

static bool
refuse(struct vg_alertmanager *am, const char *member, const char *wrong)
{
	if (am->rc == 0)
		am->rc = vg_err_set(am->err, VG_EINVALID, "alerts.%zu.%s: %s", am->notices, member,
				    wrong);
	return false;
}

/* A string, or nothing where null stands. */
static bool
read_string(struct vg_scan *scan, struct vg_scan_text *text)
{
	*text = (struct vg_scan_text){.bytes = ""};
	return vg_scan_peek(scan) == 'n' ? vg_scan_skip(scan) : vg_scan_string(scan, text);
}

/* In the order of names, in which Alertmanager writes them already. */
static bool
insert(struct vg_alertmanager *am, struct pairs *pairs, const char *member, const char *name,
       const char *value)
{
	size_t at = pairs->count;
	int order = -1;

	if (name == NULL || value == NULL)
		return false;
	if (pairs->count == VG_ALERT_LABELS_MAX)
		return refuse(am, member, "expected at most 128");
	while (at > 0 && (order = strcmp(pairs->pair[at - 1].name, name)) > 0)
		at--;
	if (order == 0)
		return refuse(am, member, "a name stands twice");
	memmove(&pairs->pair[at + 1], &pairs->pair[at], (pairs->count - at) * sizeof(struct pair));
	pairs->pair[at] = (struct pair){.name = name, .value = value};
	pairs->count++;
	return true;
}

static bool
read_pairs(struct vg_alertmanager *am, struct pairs *pairs, const char *member)
{
	struct vg_scan_text name, value;
	struct vg_scan *scan = &am->scan;

	pairs->count = 0;
	if (vg_scan_peek(scan) == 'n')
		return vg_scan_skip(scan);
	if (!vg_scan_object(scan))
		return false;
	while (vg_scan_member(scan, &name)) {
		const char *kept;

		if (!vg_scan_string(scan, &value) || (kept = keep(am, &name)) == NULL ||
		    !insert(am, pairs, member, kept, keep(am, &value)))
			return false;
	}
	return scan->expected == NULL;
}

static bool
read_alert_member(struct vg_alertmanager *am, const struct vg_scan_text *name)
{
	if (vg_scan_is(name, "labels"))
		return read_pairs(am, &am->labels, "labels");
	if (vg_scan_is(name, "annotations"))
		return read_pairs(am, &am->annotations, "annotations");
	if (vg_scan_is(name, "status"))
		return read_string(&am->scan, &am->status);
	if (vg_scan_is(name, "startsAt"))
		return read_string(&am->scan, &am->starts);
	if (vg_scan_is(name, "endsAt"))
		return read_string(&am->scan, &am->ends);
	if (vg_scan_is(name, "generatorURL"))
		return read_string(&am->scan, &am->generator);
	if (vg_scan_is(name, "fingerprint"))
		return read_string(&am->scan, &am->fingerprint);
	return vg_scan_skip(&am->scan);
}

/* --- an alert --- */

/* NULL = there is none, or it is empty. */
static const char *
value_of(const struct pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (strcmp(pairs->pair[i].name, name) == 0)
			return *pairs->pair[i].value != '\0' ? pairs->pair[i].value : NULL;
	return NULL;
}

static const char *
keep_name(struct vg_alertmanager *am, const char *text, size_t length, bool resource)
{
	char *name = take(am, VG_NAME_MAX + 1);
	size_t used;

	if (name == NULL)
		return "";
	used = resource ? vg_mapped_resource(name, text, length)
			: vg_mapped_name(name, text, length);
	give_back(am, VG_NAME_MAX - used);
	return name;
}

/* *label is whose value the resource is as it stands; NULL = of none. */
static const char *
resource_of(struct vg_alertmanager *am, const char *type, const char **label)
{
	static const char *const names[] = {"instance", "host", "node", "pod", "job"};
	const char *host, *name;
	size_t length;

	*label = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = value_of(&am->labels, names[i]);

		if (value == NULL || (length = vg_mapped_host(value, strlen(value), &host)) == 0 ||
		    *(name = keep_name(am, host, length, true)) == '\0')
			continue;
		if (length == strlen(value))
			*label = names[i];
		return name;
	}
	return keep_name(am, type, strlen(type), true);
}

/* A comma in a value must not look like the end of one. */
static size_t
put_value(char *out, const char *value)
{
	size_t used = 0;

	for (; *value != '\0'; value++) {
		if (*value == ',' || *value == '\\')
			out[used++] = '\\';
		out[used++] = *value;
	}
	return used;
}

static const char *
qualifier_of(struct vg_alertmanager *am, const char *resource_label)
{
	size_t size = 1, used = 0, length;
	const char *name;
	char *text;

	for (size_t i = 0; i < am->labels.count; i++)
		size += strlen(am->labels.pair[i].name) + 2 * strlen(am->labels.pair[i].value) + 2;
	if ((text = malloc(size)) == NULL) {
		(void)out_of_memory(am);
		return "";
	}
	for (size_t i = 0; i < am->labels.count; i++) {
		const struct pair *pair = &am->labels.pair[i];

		if (strcmp(pair->name, "alertname") == 0 ||
		    (resource_label != NULL && strcmp(pair->name, resource_label) == 0))
			continue;
		if (used > 0)
			text[used++] = ',';
		length = strlen(pair->name);
		memcpy(text + used, pair->name, length);
		used += length;
		text[used++] = '=';
		used += put_value(text + used, pair->value);
	}
	name = keep_name(am, text, used, false);
	free(text);
	return name;
}

static enum vg_severity
severity_of(const struct vg_alertmanager *am)
{
	static const struct {
		const char *word;
		enum vg_severity severity;
	} known[] = {{"critical", VG_SEVERITY_CRITICAL},
		     {"major", VG_SEVERITY_MAJOR},
		     {"error", VG_SEVERITY_MAJOR},
		     {"minor", VG_SEVERITY_MINOR},
		     {"warning", VG_SEVERITY_WARNING}};
	const char *word = value_of(&am->labels, "severity");

	for (size_t i = 0; word != NULL && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].word, word) == 0)
			return known[i].severity;
	return VG_SEVERITY_INDETERMINATE;
}

static enum vg_alarm_category
category_of(const struct vg_alertmanager *am)
{
	const char *word = value_of(&am->labels, "category");

	for (int i = 0; word != NULL && i < VG_ALARM_CATEGORY_COUNT; i++)
		if (strcmp(vg_alarm_category_words[i], word) == 0)
			return (enum vg_alarm_category)i;
	return VG_ALARM_OTHER;
}

static const char *
text_of(struct vg_alertmanager *am, const char *type)
{
	static const char *const names[] = {"summary", "description", "message", "title"};
	const char *value = NULL;
	size_t length;
	char *text;

	for (size_t i = 0; value == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		value = value_of(&am->annotations, names[i]);
	value = value == NULL ? type : value;
	length = strnlen(value, VG_TEXT_MAX);
	if ((text = take(am, length + 1)) == NULL)
		return "";
	(void)vg_mapped_text(text, length, value);
	return text;
}

/* "labels.job" and so on. */
static size_t
put_pairs(char *detail, size_t used, const char *group, const struct pairs *pairs)
{
	char name[VG_NAME_MAX + 1];
	size_t start = strlen(group);

	memcpy(name, group, start);
	for (size_t i = 0; i < pairs->count; i++) {
		(void)vg_mapped_text(name + start, VG_NAME_MAX - start, pairs->pair[i].name);
		used = vg_mapped_line(detail, used, name, pairs->pair[i].value);
	}
	return used;
}

static size_t
put_member(struct vg_alertmanager *am, char *detail, size_t used, const char *name,
	   const struct vg_scan_text *text)
{
	const char *value = text->length > 0 ? keep(am, text) : NULL;

	return value == NULL ? used : vg_mapped_line(detail, used, name, value);
}

static const char *
detail_of(struct vg_alertmanager *am)
{
	char detail[VG_NOTICE_DETAIL_MAX + 1];
	size_t used = 0;
	char *kept;

	used = put_pairs(detail, used, "labels.", &am->labels);
	used = put_pairs(detail, used, "annotations.", &am->annotations);
	used = put_member(am, detail, used, "startsAt", &am->starts);
	used = put_member(am, detail, used, "endsAt", &am->ends);
	used = put_member(am, detail, used, "generatorURL", &am->generator);
	used = put_member(am, detail, used, "fingerprint", &am->fingerprint);
	if ((kept = take(am, used + 1)) == NULL)
		return "";
	memcpy(kept, detail, used);
	kept[used] = '\0';
	return kept;
}

/* 0 = not stated, for which Alertmanager writes the year 1, or no time: an alert with a bad time is
 * an alert. */
static int64_t
time_of(const struct vg_scan_text *text)
{
	char stamp[64];
	int64_t at_ms;
	size_t length;

	if (text->length == 0 || text->length >= sizeof(stamp))
		return 0;
	length = vg_scan_decode(text, stamp);
	stamp[length] = '\0';
	return vg_civil_parse(stamp, "iso", &at_ms, NULL) == 0 && at_ms > 0 ? at_ms : 0;
}

static const char *
known_service(const struct vg_alertmanager *am)
{
	const char *id = value_of(&am->labels, "service");

	return am->agreement != NULL && id != NULL &&
			       vg_agreement_service(am->agreement, id) != NULL
		       ? id
		       : "";
}

static const char *
known_municipality(const struct vg_alertmanager *am)
{
	const char *code = value_of(&am->labels, "municipality");

	return am->agreement != NULL && code != NULL &&
			       vg_agreement_municipality(am->agreement, code) != NULL
		       ? code
		       : "";
}

static bool
make_notice(struct vg_alertmanager *am, struct vg_notice *out)
{
	const struct vg_scan_text *status = am->status.length > 0 ? &am->status : &am->group_status;
	bool resolved = vg_scan_is(status, "resolved");
	const char *alertname = value_of(&am->labels, "alertname"), *label;

	if (!resolved && !vg_scan_is(status, "firing"))
		return refuse(am, "status", "expected firing or resolved");
	*out = (struct vg_notice){.count = 1, .rule = "alertmanager", .peer = "", .id = ""};
	out->type = alertname == NULL ? "" : keep_name(am, alertname, strlen(alertname), false);
	out->type = *out->type == '\0' ? UNNAMED : out->type;
	out->resource = resource_of(am, out->type, &label);
	out->qualifier = qualifier_of(am, label);
	out->severity = resolved ? VG_SEVERITY_CLEARED : severity_of(am);
	out->category = category_of(am);
	out->service = known_service(am);
	out->municipality = known_municipality(am);
	out->text = text_of(am, out->type);
	out->detail = detail_of(am);
	out->at_ms = time_of(resolved ? &am->ends : &am->starts);
	out->last_ms = out->at_ms;
	return am->rc == 0;
}

/* NULL: told. */
static struct vg_notice *
next_notice(struct vg_alertmanager *am)
{
	size_t size = am->size == 0 ? 128 : 2 * am->size;
	struct vg_notice *grown;

	if (am->notices == VG_ALERTS_MAX) {
		am->rc = vg_err_set(am->err, VG_ELIMIT, "alerts: expected at most %d",
				    VG_ALERTS_MAX);
		return NULL;
	}
	if (am->notices == am->size) {
		if ((grown = realloc(am->notice, size * sizeof(*grown))) == NULL) {
			(void)out_of_memory(am);
			return NULL;
		}
		am->notice = grown;
		am->size = size;
	}
	return &am->notice[am->notices];
}

static bool
read_alert(struct vg_alertmanager *am)
{
	const struct vg_scan_text none = {.bytes = ""};
	struct vg_notice *notice = next_notice(am);
	struct vg_scan_text name;

	am->labels.count = am->annotations.count = 0;
	am->status = am->starts = am->ends = am->generator = am->fingerprint = none;
	if (notice == NULL || !vg_scan_object(&am->scan))
		return false;
	while (vg_scan_member(&am->scan, &name))
		if (!read_alert_member(am, &name))
			return false;
	if (am->scan.expected != NULL || !make_notice(am, notice))
		return false;
	am->notices++;
	return true;
}

static bool
read_alerts(struct vg_alertmanager *am)
{
	am->notices = 0;
	if (!vg_scan_list(&am->scan))
		return false;
	while (vg_scan_item(&am->scan))
		if (!read_alert(am))
			return false;
	return am->scan.expected == NULL;
}

static void
read_document(struct vg_alertmanager *am)
{
	struct vg_scan_text name;
	bool found = false, ok = vg_scan_object(&am->scan);

	while (ok && vg_scan_member(&am->scan, &name)) {
		if (vg_scan_is(&name, "alerts"))
			ok = found = read_alerts(am);
		else if (vg_scan_is(&name, "status"))
			ok = read_string(&am->scan, &am->group_status);
		else
			ok = vg_scan_skip(&am->scan);
	}
	if (ok && vg_scan_end(&am->scan) && !found)
		am->rc = vg_err_set(am->err, VG_EINVALID, "alerts: expected a list of alerts");
}

int
vg_alertmanager_read(struct vg_alertmanager *am, const char *bytes, size_t length,
		     const struct vg_agreement *agreement, struct vg_notice **notice, size_t *count,
		     struct vg_err *err)
{
	int line, column;

	vg_scan_begin(&am->scan, bytes, length);
	am->agreement = agreement;
	am->err = err;
	am->rc = 0;
	am->notices = 0;
	am->group_status = (struct vg_scan_text){.bytes = ""};
	if ((am->block = am->blocks) != NULL)
		am->block->used = 0;
	read_document(am);
	if (am->rc == 0 && am->scan.expected != NULL) {
		vg_scan_place(&am->scan, &line, &column);
		am->rc = vg_err_set(err, VG_EINVALID, "line %d, column %d: expected %s", line,
				    column, am->scan.expected);
	}
	*notice = am->notice;
	*count = am->notices;
	return am->rc;
}
