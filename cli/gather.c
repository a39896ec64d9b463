/* gather.c - samples of an imported file into batches.
 *
 * The hard thing is that an import that was cut short is sent again from its start, and what had
 * been taken must be known again: so a batch is made of the file's rows and of nothing else (no
 * clock), and is named after the import and its number. */
#include "cli/gather.h"

#include "lib/json/event_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_BYTES 80				   /* brackets, instant, state, latency */
#define ROOM	     (VG_SAMPLES_BYTES_MAX - 2048) /* the rest is the envelope */

struct vg_gather {
	const char *boot_id;
	int64_t batch; /* from 1 */
	size_t count, bytes;
	struct vg_sample sample[VG_SAMPLES_MAX];
	char *texts[VG_SAMPLES_MAX]; /* probe and text of each, NUL-separated */
};

struct vg_gather *
vg_gather_new(const char *boot_id)
{
	struct vg_gather *gather = calloc(1, sizeof(*gather));

	if (gather == NULL)
		return NULL;
	gather->boot_id = boot_id;
	gather->batch = 1;
	return gather;
}

static void
empty(struct vg_gather *gather)
{
	for (size_t i = 0; i < gather->count; i++)
		free(gather->texts[i]);
	gather->count = gather->bytes = 0;
}

void
vg_gather_free(struct vg_gather *gather)
{
	if (gather == NULL)
		return;
	empty(gather);
	free(gather);
}

bool
vg_gather_add(struct vg_gather *gather, const struct vg_sample *sample)
{
	size_t probe = strlen(sample->probe) + 1, text = strlen(sample->text) + 1;
	size_t bytes = SAMPLE_BYTES + 2 * (probe + text); /* quotes are escaped */
	struct vg_sample *own = &gather->sample[gather->count];
	char *texts;

	if (gather->count == VG_SAMPLES_MAX || gather->bytes + bytes > ROOM)
		return false;
	texts = malloc(probe + text);
	if (texts == NULL)
		return false;
	memcpy(texts, sample->probe, probe);
	memcpy(texts + probe, sample->text, text);
	*own = *sample;
	own->probe = texts;
	own->text = texts + probe;
	gather->texts[gather->count++] = texts;
	gather->bytes += bytes;
	return true;
}

size_t
vg_gather_count(const struct vg_gather *gather)
{
	return gather->count;
}

char *
vg_gather_line(struct vg_gather *gather, size_t *length)
{
	char id[VG_EVENT_ID_MAX + 1];
	struct vg_event event = {.kind = VG_KIND_SAMPLES_REPORTED,
				 .source = "",
				 .event_id = id,
				 .actor = "",
				 .municipality = "",
				 .import = "",
				 .body.samples = {.boot_id = gather->boot_id,
						  .batch = gather->batch,
						  .count = gather->count,
						  .sample = gather->sample}};
	char *line;

	for (size_t i = 0; i < gather->count; i++)
		if (gather->sample[i].at_ms > event.occurred_ms)
			event.occurred_ms = gather->sample[i].at_ms;
	event.body.samples.sent_ms = event.occurred_ms;
	(void)snprintf(id, sizeof(id), "%s/%" PRId64, gather->boot_id, gather->batch++);
	line = vg_event_canonical(&event, "", length);
	empty(gather);
	return line;
}
