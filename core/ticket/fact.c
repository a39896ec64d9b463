/* ticket/fact.c - one stated fact, packed.
 *
 * Millions of facts stay in memory, so a fact holds only what it states: one 32-bit slot a field,
 * two for an instant, in field order, then its event id. Numbers that do not fit 32 bits are kept
 * as the nearest that does: no field but an instant means anything there. */
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_TIME VG_TF_SAYS_RESOLVED /* TIME fields stand last */

static uint16_t
slots_for(uint64_t set)
{
	uint64_t times = set >> FIRST_TIME;

	return (uint16_t)(__builtin_popcountll(set) + __builtin_popcountll(times));
}

static uint32_t
pack_number(int64_t number)
{
	if (number > INT32_MAX)
		number = INT32_MAX;
	if (number < INT32_MIN)
		number = INT32_MIN;
	return (uint32_t)(int32_t)number;
}

/* Puts every string of the event into the pool. 0, or out of memory with ids[] half filled. */
static int
pack_fields(struct vg_pool *pool, const struct vg_ticket_fields *fields, uint32_t *slot)
{
	uint64_t rest;

	for (rest = fields->set; rest != 0; rest &= rest - 1) {
		int field = __builtin_ctzll(rest);

		if (field >= (int)FIRST_TIME) {
			memcpy(slot, &fields->number[field], sizeof fields->number[field]);
			slot += 2;
		} else if (vg_ticket_field_info[field].form == VG_FORM_STR) {
			int64_t id = vg_pool_put(pool, fields->text[field]);

			if (id < 0)
				return -1;
			*slot++ = (uint32_t)id;
		} else {
			*slot++ = pack_number(fields->number[field]);
		}
	}
	return 0;
}

struct vg_fact *
vg_fact_new(struct vg_pool *pool, const struct vg_event *event,
	    const struct vg_ticket_fields *fields)
{
	int64_t source = vg_pool_put(pool, event->source);
	int64_t actor = vg_pool_put(pool, event->actor);
	int64_t import = vg_pool_put(pool, event->import);
	uint16_t slots = slots_for(fields->set);
	size_t id_length = strlen(event->event_id) + 1;
	struct vg_fact *fact;

	if (source < 0 || actor < 0 || import < 0)
		return NULL;
	if ((fact = calloc(1, sizeof *fact + slots * sizeof fact->data[0] + id_length)) == NULL)
		return NULL;
	fact->seq = event->seq;
	fact->at_ms = vg_floor_to_second_ms(event->occurred_ms);
	fact->source_order = event->source_order;
	fact->set = fields->set;
	fact->source = (uint32_t)source;
	fact->actor = (uint32_t)actor;
	fact->import = (uint32_t)import;
	fact->slots = slots;
	fact->command = vg_kind_class(event->kind) == VG_CLASS_COMMAND;
	if (pack_fields(pool, fields, fact->data) != 0) {
		free(fact);
		return NULL;
	}
	memcpy(fact->data + slots, event->event_id, id_length);
	return fact;
}

void
vg_fact_fold(const struct vg_fact *fact, int64_t number[VG_TF_COUNT])
{
	const uint32_t *slot = fact->data;
	uint64_t rest;

	for (rest = fact->set; rest != 0; rest &= rest - 1) {
		int field = __builtin_ctzll(rest);

		if (field >= (int)FIRST_TIME) {
			memcpy(&number[field], slot, sizeof number[field]);
			slot += 2;
		} else {
			number[field] = (int32_t)*slot++;
		}
	}
}

int64_t
vg_fact_number(const struct vg_fact *fact, enum vg_ticket_field field)
{
	const uint32_t *slot = fact->data + slots_for(fact->set & (VG_TF_BIT(field) - 1));
	int64_t number;

	VG_ASSERT((fact->set & VG_TF_BIT(field)) != 0);
	if (field < FIRST_TIME)
		return (int32_t)*slot;
	memcpy(&number, slot, sizeof number);
	return number;
}

const char *
vg_fact_event_id(const struct vg_fact *fact)
{
	return (const char *)(fact->data + fact->slots);
}

size_t
vg_fact_bytes(const struct vg_fact *fact)
{
	return sizeof *fact + fact->slots * sizeof fact->data[0] + strlen(vg_fact_event_id(fact)) +
	       1;
}

int
vg_fact_compare(const struct vg_fact *a, const struct vg_fact *b)
{
	int order;

	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms ? -1 : 1;
	if (a->source_order != b->source_order)
		return a->source_order < b->source_order ? -1 : 1;
	if ((order = strcmp(vg_fact_event_id(a), vg_fact_event_id(b))) != 0)
		return order;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}
