/* alarms.c - what an agreement says of alarms: files of rules, sources that must be heard of, and
 * when many of them are a major incident.
 *
 * Rules lie in files of their own beside the agreement and become part of its version, as they were
 * written: so what a trap meant on a day can be told as long as the version is kept. */
#include "lib/agreement/load.h"

#include "core/event.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define SILENCE_MIN_S	30
#define SILENCE_MAX_S	(30 * 86400)
#define TRANSIENT_MIN_S 60
#define TRANSIENT_MAX_S (30 * 86400)
#define MAJOR_MIN_S	60
#define MAJOR_MAX_S	86400

/* --- files --- */

static const struct vg_alarm_file *
find_file(const struct vg_agreement *agreement, const char *name)
{
	for (size_t i = 0; i < agreement->alarm_files; i++)
		if (strcmp(agreement->alarm_file[i].name, name) == 0)
			return &agreement->alarm_file[i];
	return NULL;
}

static void
read_file(struct vg_load *load, const struct vg_yaml_node *node)
{
	struct vg_agreement *agreement = load->agreement;
	struct vg_yaml_node at = {.column = 1, .line = 1};
	struct vg_alarm_file *file;
	char *bytes, *path;
	size_t length;

	bytes = vg_load_file(load, node, "rules", VG_AGREEMENT_ALARM_FILE_BYTES, &length, &path);
	if (bytes == NULL)
		return;
	at.file = path;
	if (find_file(agreement, node->text) != NULL)
		vg_yaml_error(load->errors, node, "rules: \"%.60s\" is there twice", node->text);
	else if (strlen(bytes) != length || vg_utf8_valid(bytes, length) != length)
		vg_yaml_error(load->errors, &at, "not UTF-8 text; expected a file of alarm rules");
	file = &agreement->alarm_file[agreement->alarm_files++];
	file->name = vg_load_copy(load, node->text);
	file->text = vg_load_copy(load, bytes);
	free(path);
	free(bytes);
}

static void
read_files(struct vg_load *load, const struct vg_yaml_node *section)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list =
		vg_load_member(load, section, "rules", VG_YAML_LIST, false);

	if (list == NULL)
		return;
	if (list->count > VG_AGREEMENT_ALARM_FILES_MAX) {
		vg_yaml_error(load->errors, list, "rules: expected at most %d files, found %zu",
			      VG_AGREEMENT_ALARM_FILES_MAX, list->count);
		return;
	}
	agreement->alarm_file = vg_load_take(load, list->count, sizeof(*agreement->alarm_file));
	for (size_t i = 0; agreement->alarm_file != NULL && i < list->count; i++)
		read_file(load, list->item[i]);
}

/* --- sources --- */

static void
read_source(struct vg_load *load, const struct vg_yaml_node *map)
{
	static const char *const known[] = {"source", "silent_after", NULL};
	struct vg_agreement *agreement = load->agreement;
	struct vg_alarm_silence new = {0};
	const struct vg_yaml_node *name;

	if (!vg_load_is(load, map, VG_YAML_MAP, "sources"))
		return;
	(void)vg_yaml_only(map, load->errors, known);
	if ((name = vg_load_member(load, map, "source", VG_YAML_SCALAR, true)) == NULL ||
	    !vg_load_is_id(load, name, "source"))
		return;
	for (size_t i = 0; i < agreement->alarm_silences; i++)
		if (strcmp(agreement->alarm_silence[i].source, name->text) == 0)
			vg_yaml_error(load->errors, name, "source %.60s is there twice",
				      name->text);
	vg_load_require(load, map, "silent_after", "a time such as 15min");
	new.silence_ms = vg_load_seconds_ms(load, map, "silent_after", SILENCE_MIN_S, SILENCE_MAX_S,
					    SILENCE_MIN_S * 1000);
	if ((new.source = vg_load_copy(load, name->text)) != NULL)
		agreement->alarm_silence[agreement->alarm_silences++] = new;
}

static int
by_source(const void *left, const void *right)
{
	return strcmp(((const struct vg_alarm_silence *)left)->source,
		      ((const struct vg_alarm_silence *)right)->source);
}

static void
read_sources(struct vg_load *load, const struct vg_yaml_node *section)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list =
		vg_load_member(load, section, "sources", VG_YAML_LIST, false);

	if (list == NULL)
		return;
	if (list->count > VG_AGREEMENT_ALARM_SOURCES_MAX) {
		vg_yaml_error(load->errors, list, "sources: expected at most %d, found %zu",
			      VG_AGREEMENT_ALARM_SOURCES_MAX, list->count);
		return;
	}
	agreement->alarm_silence =
		vg_load_take(load, list->count, sizeof(*agreement->alarm_silence));
	if (agreement->alarm_silence == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		read_source(load, list->item[i]);
	qsort(agreement->alarm_silence, agreement->alarm_silences,
	      sizeof(*agreement->alarm_silence), by_source);
}

/* --- what many alarms are --- */

static void
read_major_incident(struct vg_load *load, const struct vg_yaml_node *section)
{
	static const char *const known[] = {"municipalities", "within", NULL};
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *map =
		vg_load_member(load, section, "major_incident", VG_YAML_MAP, false);

	if (map == NULL)
		return;
	(void)vg_yaml_only(map, load->errors, known);
	agreement->major_municipalities =
		vg_yaml_get_int(map, "municipalities", false, 2, VG_AGREEMENT_MUNICIPALITIES_MAX,
				agreement->major_municipalities, load->errors);
	agreement->major_window_ms = vg_load_seconds_ms(load, map, "within", MAJOR_MIN_S,
							MAJOR_MAX_S, agreement->major_window_ms);
}

void
vg_load_alarms(struct vg_load *load)
{
	static const char *const known[] = {"rules",	      "sources", "transient",
					    "major_incident", "tickets", NULL};
	static const char *const tickets[] = {"none",  "warning",  "minor",
					      "major", "critical", NULL};
	static const int severities[] = {0, VG_SEVERITY_WARNING, VG_SEVERITY_MINOR,
					 VG_SEVERITY_MAJOR, VG_SEVERITY_CRITICAL};
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "alarms", VG_YAML_MAP, false);

	if (section == NULL)
		return;
	(void)vg_yaml_only(section, load->errors, known);
	read_files(load, section);
	read_sources(load, section);
	agreement->alarm_transient_ms =
		vg_load_seconds_ms(load, section, "transient", TRANSIENT_MIN_S, TRANSIENT_MAX_S,
				   agreement->alarm_transient_ms);
	read_major_incident(load, section);
	agreement->alarm_ticket_severity =
		severities[vg_yaml_get_word(section, "tickets", tickets, 0, load->errors)];
}
