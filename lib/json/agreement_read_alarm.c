/* agreement_read_alarm.c - what an agreement says of alarms, from its JSON.
 *
 * Files of rules come as they were written: whether they are sound rules is for lib/alarm to say,
 * here they are texts of bounded length. */
#include "lib/json/unpack.h"

#include "lib/json/agreement_words.h"
#include "lib/json/event_reader.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

static int
read_file(struct vg_unpack *r, const json_t *json, struct vg_alarm_file *out)
{
	const char *name, *text;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s}", "name", &name, "text", &text)) != 0 ||
	    (rc = vg_unpack_id(r, name, &out->name)) != 0)
		return rc;
	if (strlen(text) > VG_AGREEMENT_ALARM_FILE_BYTES || !vg_reader_is_clean(text, true))
		return vg_unpack_refuse(r, "a text of at most 256 KiB without control characters");
	return (out->text = strdup(text)) == NULL ? vg_unpack_no_memory(r) : 0;
}

static int
read_files(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = vg_unpack_list(r, "alarms.files", json, VG_AGREEMENT_ALARM_FILES_MAX, &count)) !=
	    0)
		return rc;
	agreement->alarm_file = calloc(count + 1, sizeof(*agreement->alarm_file));
	if (agreement->alarm_file == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->alarm_files++;
		if ((rc = read_file(r, json_array_get(json, i), &agreement->alarm_file[i])) != 0)
			return rc;
	}
	return 0;
}

static int
read_silence(struct vg_unpack *r, const json_t *json, struct vg_alarm_silence *out)
{
	json_int_t silence_ms;
	const char *source;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:I}", "source", &source, "silence_ms", &silence_ms)) !=
		    0 ||
	    (rc = vg_unpack_range(r, silence_ms, 1000, 366 * DAY_MS,
				  "silence_ms from a second to 366 days")) != 0)
		return rc;
	out->silence_ms = silence_ms;
	return vg_unpack_id(r, source, &out->source);
}

static int
read_silences(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_alarm_silence *list;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = vg_unpack_list(r, "alarms.silences", json, VG_AGREEMENT_ALARM_SOURCES_MAX,
				 &count)) != 0)
		return rc;
	if ((agreement->alarm_silence = list = calloc(count + 1, sizeof(*list))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->alarm_silences++;
		if ((rc = read_silence(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].source, list[i].source) >= 0)
			return vg_unpack_refuse(r, "sources in the order of their names");
	}
	return 0;
}

int
vg_unpack_alarms(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t transient_ms = agreement->alarm_transient_ms,
		   municipalities = agreement->major_municipalities,
		   window_ms = agreement->major_window_ms;
	const json_t *files = NULL, *silences = NULL;
	const char *tickets = vg_agreement_ticket_words[agreement->alarm_ticket_severity];
	int rc;

	if (json == NULL)
		return 0;
	vg_unpack_enter(r, "alarms");
	if ((rc = vg_unpack(r, json, "{s?o, s?o, s?I, s?I, s?I, s?s}", "files", &files, "silences",
			    &silences, "transient_ms", &transient_ms, "major_municipalities",
			    &municipalities, "major_window_ms", &window_ms, "tickets", &tickets)) !=
		    0 ||
	    (rc = vg_unpack_range(r, transient_ms, 1000, 366 * DAY_MS,
				  "transient_ms from a second to 366 days")) != 0 ||
	    (rc = vg_unpack_range(r, municipalities, 2, VG_AGREEMENT_MUNICIPALITIES_MAX,
				  "major_municipalities of at least 2")) != 0 ||
	    (rc = vg_unpack_range(r, window_ms, 1000, DAY_MS,
				  "major_window_ms from a second to a day")) != 0 ||
	    (rc = vg_unpack_word(r, tickets, vg_agreement_ticket_words,
				 &agreement->alarm_ticket_severity)) != 0)
		return rc;
	agreement->alarm_transient_ms = transient_ms;
	agreement->major_municipalities = municipalities;
	agreement->major_window_ms = window_ms;
	if ((rc = read_files(r, files)) != 0)
		return rc;
	return read_silences(r, silences);
}
