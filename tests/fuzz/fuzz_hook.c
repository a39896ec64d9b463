/* Webhooks: the first line names the adapter, the rest is what is posted to it. "json" holds the
 * reader without a tree to jansson; "alertmanager"; "cloudevents", whose head ends with an empty
 * line; anything else is one of the shipped mappings of alarms. */
#include "daemon/api/hook_cloudevents.h"
#include "lib/civil/civil.h"
#include "lib/mapping/alertmanager.h"
#include "lib/mapping/mapping.h"
#include "lib/mapping/scan.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 40
#define MAPPINGS_MAX   64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What jansson has limits for is not what JSON is: numbers, and levels. */
static bool
jansson_takes(const char *bytes, size_t length, bool *limit)
{
	json_error_t why = {0};
	json_t *json = json_loadb(bytes, length, JSON_DECODE_ANY, &why);
	bool taken = json != NULL;

	*limit = !taken && (json_error_code(&why) == json_error_numeric_overflow ||
			    json_error_code(&why) == json_error_stack_overflow);
	json_decref(json);
	return taken;
}

static void
compare(const char *bytes, size_t length)
{
	struct vg_scan scan;
	bool limit, taken = jansson_takes(bytes, length, &limit), ours;

	vg_scan_begin(&scan, bytes, length);
	ours = vg_scan_skip(&scan) && vg_scan_end(&scan);
	VG_ASSERT(!ours || taken || limit);
	/* jansson overlooks a NUL behind a number */
	if (!ours && memchr(bytes, '\0', length) == NULL)
		VG_ASSERT(!taken || strcmp(scan.expected, "at most 64 levels") == 0);
}

/* A part of a key, or another text of one line. */
static void
check_line(const char *text, size_t min, size_t max)
{
	size_t length = strlen(text);

	VG_ASSERT(length >= min && length <= max);
	for (size_t i = 0; i < length; i++)
		VG_ASSERT((unsigned char)text[i] >= 0x20 && text[i] != 0x7F);
}

static void
check_notice(const struct vg_notice *notice)
{
	char *text;

	check_line(notice->resource, 1, 200);
	check_line(notice->type, 1, 200);
	check_line(notice->qualifier, 0, 200);
	check_line(notice->service, 0, 200);
	check_line(notice->municipality, 0, 200);
	check_line(notice->text, 0, 2000);
	VG_ASSERT(strlen(notice->detail) <= VG_NOTICE_DETAIL_MAX);
	VG_ASSERT(notice->count == 1 && notice->at_ms >= 0 && notice->at_ms == notice->last_ms);
	VG_ASSERT(notice->severity < VG_SEVERITY_COUNT &&
		  notice->category < VG_ALARM_CATEGORY_COUNT);
	text = strdup(notice->detail); /* it ends */
	VG_ASSERT(text != NULL);
	free(text);
}

static void
read_alertmanager(const char *bytes, size_t length)
{
	static struct vg_alertmanager *am;
	struct vg_err err = {0};
	struct vg_notice *notice;
	size_t count;
	bool limit;
	int rc;

	if (am == NULL)
		am = vg_alertmanager_new();
	VG_ASSERT(am != NULL);
	rc = vg_alertmanager_read(am, bytes, length, NULL, &notice, &count, &err);
	VG_ASSERT(rc == 0 || err.text[0] != '\0');
	for (size_t i = 0; rc == 0 && i < count; i++)
		check_notice(&notice[i]);
	VG_ASSERT(rc != 0 || jansson_takes(bytes, length, &limit) || limit);
}

static bool
on_cloudevent(const struct vg_cloudevent *event, void *arg)
{
	bool limit;

	(void)arg;
	VG_ASSERT(*event->id != '\0' && *event->source != '\0' && *event->type != '\0');
	VG_ASSERT(jansson_takes(event->document, event->length, &limit));
	return true;
}

static void
read_cloudevents(const char *bytes, size_t length)
{
	static const char line[] = "POST /api/v1/hooks/cloudevents HTTP/1.1\r\nHost: x\r\n";
	const char *end = memmem(bytes, length, "\r\n\r\n", 4);
	size_t head_length = end == NULL ? 0 : (size_t)(end + 4 - bytes);
	char *text = malloc(sizeof(line) + head_length);
	struct vg_err err = {0};
	struct vg_head head;

	VG_ASSERT(text != NULL);
	memcpy(text, line, sizeof(line) - 1);
	memcpy(text + sizeof(line) - 1, bytes, head_length);
	if (end != NULL && vg_head_parse(text, sizeof(line) - 1 + head_length, &head, &err) == 0 &&
	    vg_cloudevents_are(&head)) {
		int rc = vg_cloudevents_read(&head, bytes + head_length, length - head_length,
					     on_cloudevent, NULL, &err);

		VG_ASSERT(rc == 0 || err.text[0] != '\0');
	}
	free(text);
}

static bool
on_row(const struct vg_mapped_row *row, void *arg)
{
	(void)arg;
	if (row->outcome == VG_MAPPED_EVENT)
		check_notice(row->event.body.notices.notice);
	if (row->outcome == VG_MAPPED_QUARANTINE)
		VG_ASSERT(*row->reason != '\0' && row->payload != NULL &&
			  strlen(row->event.event_id) <= 200);
	return true;
}

/* NULL = no such mapping of alarms. */
static struct vg_mapping *
mapping_named(const char *name)
{
	static struct {
		char name[NAME_MAX_BYTES + 1];
		struct vg_mapping *mapping;
	} known[MAPPINGS_MAX];
	static size_t count;
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_mapping *mapping;
	char path[512];
	FILE *f;

	for (size_t i = 0; i < count; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].mapping;
	(void)snprintf(path, sizeof(path), "%s/plugins/mappings/%s.yaml", VG_SOURCE_DIR, name);
	if (count == MAPPINGS_MAX || strchr(name, '/') != NULL || (f = fopen(path, "re")) == NULL)
		return NULL;
	(void)fclose(f);
	mapping = vg_mapping_load(path, &errors);
	VG_ASSERT(mapping != NULL);
	if (vg_mapping_kind(mapping) != VG_KIND_ALARMS_REPORTED) {
		vg_mapping_free(mapping);
		mapping = NULL;
	}
	(void)snprintf(known[count].name, sizeof(known[count].name), "%s", name);
	known[count++].mapping = mapping;
	return mapping;
}

static void
map(const char *name, const char *bytes, size_t length)
{
	struct vg_mapping *mapping = mapping_named(name);
	struct vg_mapping_run *run;

	if (mapping == NULL)
		return;
	run = vg_mapping_run_new(mapping, NULL);
	VG_ASSERT(run != NULL);
	vg_mapping_alarms(run, bytes, length, INT64_C(1790000000000), on_row, NULL);
	vg_mapping_run_free(run);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	size_t length = end == NULL ? 0 : (size_t)(end - data), rest;
	char name[NAME_MAX_BYTES + 1];
	char *bytes;

	VG_ASSERT(vg_civil_set_zone("Europe/Stockholm", NULL) == 0);
	if (length == 0 || length > NAME_MAX_BYTES || memchr(data, '\0', length) != NULL)
		return 0;
	memcpy(name, data, length);
	name[length] = '\0';
	rest = size - length - 1;
	bytes = malloc(rest + 1); /* its own memory, so that a step past its end is seen */
	VG_ASSERT(bytes != NULL);
	memcpy(bytes, end + 1, rest);
	if (strcmp(name, "json") == 0)
		compare(bytes, rest);
	else if (strcmp(name, "alertmanager") == 0)
		read_alertmanager(bytes, rest);
	else if (strcmp(name, "cloudevents") == 0)
		read_cloudevents(bytes, rest);
	else
		map(name, bytes, rest);
	free(bytes);
	return 0;
}
