/* batch.c - samples on their way to the spool.
 *
 * Each sample becomes its JSON at once, so a batch is one growing text whose size is known before
 * anything is promised. The hard thing is that the body's bytes are its identity: they are made
 * once, spooled, and sent again unchanged. */
#include "agents/batch.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_BYTES 1024

void
vg_span_add(struct vg_span *span, const struct vg_span *more)
{
	if (more->count == 0)
		return;
	if (span->count == 0 || more->from_ms < span->from_ms)
		span->from_ms = more->from_ms;
	if (span->count == 0 || more->to_ms > span->to_ms)
		span->to_ms = more->to_ms;
	span->count += more->count;
}

char *
vg_batch_sample(const struct vg_agent_sample *sample)
{
	const struct vg_check_result *result = sample->result;
	json_t *latency = result->latency_ms < 0 ? json_null() : json_integer(result->latency_ms);
	json_t *array = json_pack("[sIsos]", sample->probe, (json_int_t)sample->at_ms,
				  vg_check_state_words[result->state], latency, result->text);
	char *text = array == NULL ? NULL : json_dumps(array, JSON_COMPACT);

	json_decref(array);
	return text;
}

static bool
make_room(struct vg_batch *batch, size_t more)
{
	size_t size = batch->size == 0 ? 4096 : batch->size;
	char *text;

	while (size < batch->length + more + 1)
		size *= 2;
	if (size == batch->size)
		return true;
	if ((text = realloc(batch->text, size)) == NULL)
		return false;
	batch->text = text;
	batch->size = size;
	return true;
}

bool
vg_batch_append(struct vg_batch *batch, const char *text, size_t length)
{
	if (batch->length + length > VG_BATCH_BYTES_MAX || !make_room(batch, length))
		return false;
	memcpy(batch->text + batch->length, text, length);
	batch->length += length;
	return true;
}

bool
vg_batch_add(struct vg_batch *batch, const struct vg_agent_sample *sample)
{
	const struct vg_span span = {1, sample->at_ms, sample->at_ms};
	char *text = NULL;
	size_t length;
	bool fits = false;

	if (batch->span.count < VG_BATCH_SAMPLES_MAX && (text = vg_batch_sample(sample)) != NULL) {
		length = strlen(text);
		text[length] = ','; /* in the place of its NUL */
		fits = vg_batch_append(batch, text, length + 1);
	}
	if (fits)
		vg_span_add(&batch->span, &span);
	free(text);
	return fits;
}

char *
vg_batch_body(const struct vg_batch *batch, const char *boot_id, int64_t number, int64_t sent_ms,
	      const struct vg_span *dropped)
{
	char tail[100] = "";
	char *body;

	VG_ASSERT(batch->span.count > 0);
	if (dropped->count > 0)
		(void)snprintf(tail, sizeof(tail),
			       ",\"dropped\":[%" PRId64 ",%" PRId64 ",%" PRId64 "]", dropped->count,
			       dropped->from_ms, dropped->to_ms);
	if (asprintf(&body,
		     "{\"boot_id\":\"%s\",\"batch\":%" PRId64 ",\"sent_ms\":%" PRId64
		     ",\"samples\":[%.*s]%s}",
		     boot_id, number, sent_ms, (int)batch->length - 1, batch->text, tail) < 0)
		return NULL;
	return body;
}

void
vg_batch_clear(struct vg_batch *batch)
{
	batch->span = (struct vg_span){0};
	batch->length = batch->kept = 0;
}

void
vg_batch_fini(struct vg_batch *batch)
{
	free(batch->text);
	*batch = (struct vg_batch){0};
}
