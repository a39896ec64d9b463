/* Any bytes as a checkpoint: refused, or a core that can be looked at and whose own bytes load to
 * the same bytes. */
#include "core/alarm.h"

#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t *data;
	size_t length;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
append(const void *piece, size_t length, void *arg)
{
	struct bytes *bytes = arg;
	uint8_t *grown = realloc(bytes->data, bytes->length + length + 1);

	VG_ASSERT(grown != NULL);
	memcpy(grown + bytes->length, piece, length);
	bytes->data = grown;
	bytes->length += length;
	return 0;
}

/* The checksum is repaired first, so that the fuzzer gets past it: FNV-1a 64 over all but the last
 * 8 bytes. */
static uint8_t *
with_checksum(const uint8_t *data, size_t size)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	uint8_t *copy = malloc(size + 1);

	VG_ASSERT(copy != NULL);
	memcpy(copy, data, size);
	if (size < 8)
		return copy;
	for (size_t i = 0; i < size - 8; i++)
		sum = (sum ^ copy[i]) * UINT64_C(0x100000001b3);
	for (int i = 0; i < 8; i++)
		copy[size - 8 + (size_t)i] = (uint8_t)(sum >> (8 * i));
	return copy;
}

static bool
is_of(const struct vg_alarm_change *change, void *arg)
{
	const struct vg_alarm *alarm = arg;

	VG_ASSERT(change->alarm == alarm->id);
	return true;
}

static void
look_at_alarms(const struct vg_core *core)
{
	const struct vg_alarm *alarm;

	for (size_t i = 0; (alarm = vg_core_item(core, VG_OBJECT_ALARM, i)) != NULL; i++) {
		struct vg_alarm_now now;

		vg_alarm_at(core, alarm, vg_core_received_ms(core), &now);
		VG_ASSERT(vg_core_alarm(core, alarm->id) == alarm);
		vg_core_alarm_history(core, alarm, is_of, (void *)alarm);
	}
}

/* Whatever was loaded must bear being looked at. */
static void
look(const struct vg_core *core)
{
	for (const struct vg_ticket *ticket = vg_core_ticket_next(core, NULL); ticket != NULL;
	     ticket = vg_core_ticket_next(core, ticket)) {
		struct vg_ticket_view view;

		vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
		VG_ASSERT(vg_core_ticket(core, view.id) == ticket);
	}
	look_at_alarms(core);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = with_checksum(data, size);
	struct vg_core *core = vg_core_load(copy, size), *again;
	struct bytes first = {NULL, 0}, second = {NULL, 0};

	if (core != NULL) {
		look(core);
		VG_ASSERT(vg_core_save(core, append, &first) == 0);
		again = vg_core_load(first.data, first.length);
		VG_ASSERT(again != NULL);
		VG_ASSERT(vg_core_save(again, append, &second) == 0);
		VG_ASSERT(first.length == second.length &&
			  memcmp(first.data, second.data, first.length) == 0);
		vg_core_free(again);
	}
	free(first.data);
	free(second.data);
	free(copy);
	vg_core_free(core);
	return 0;
}
