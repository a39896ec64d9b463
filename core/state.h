/* The core's own structures: for files in core/ only. */
#ifndef VG_CORE_STATE_H
#define VG_CORE_STATE_H

#include "core/core.h"
#include "core/ut.h"

/* Interned strings: id 0 is "". Ids are given in step order, so the same ledger gives the same ids.
 */
struct vg_pool;
struct vg_pool *vg_pool_new(void);
void vg_pool_free(struct vg_pool *pool);
/* VG_ENOMEM (-1010) or the id. */
int64_t vg_pool_put(struct vg_pool *pool, const char *text);
/* -1 when not there. */
int64_t vg_pool_find(const struct vg_pool *pool, const char *text);
const char *vg_pool_get(const struct vg_pool *pool, uint32_t id);
size_t vg_pool_count(const struct vg_pool *pool);
size_t vg_pool_bytes(const struct vg_pool *pool);

/* The accounting's resolution: instants are floored to whole seconds once (semantics.md 11). */
static inline int64_t
vg_floor_to_second_ms(int64_t at_ms)
{
	int64_t rest = at_ms % 1000;

	return at_ms - (rest < 0 ? rest + 1000 : rest);
}

/* One stated fact. Field values are packed behind the struct: one 32-bit slot for each set field
 * but TIME, two for TIME, in field order; then the event id with its NUL. */
struct vg_fact {
	int64_t seq;
	int64_t at_ms; /* floored to the whole second: what the accounting uses */
	int64_t source_order;
	uint64_t set;
	uint32_t source, actor, import; /* pool ids */
	uint16_t slots;
	bool voided;  /* by a correction */
	bool command; /* an operator's act (escalation, acknowledgement, correction), not a source's
			 report */
	uint32_t data[];
};

/* Packs, and reads one field. fact.c. NULL = out of memory. */
struct vg_fact *vg_fact_new(struct vg_pool *pool, const struct vg_event *event,
			    const struct vg_ticket_fields *fields);
int64_t vg_fact_number(const struct vg_fact *fact,
		       enum vg_ticket_field field); /* STR: the pool id */
/* Lays what the fact states over what was stated before; other elements stay. STR: pool ids. */
void vg_fact_fold(const struct vg_fact *fact, int64_t number[VG_TF_COUNT]);
const char *vg_fact_event_id(const struct vg_fact *fact);
size_t vg_fact_bytes(const struct vg_fact *fact);
/* Order of semantics.md 3.4: (at_ms, source_order, event_id), then seq. */
int vg_fact_compare(const struct vg_fact *a, const struct vg_fact *b);

struct vg_ticket_ref_id {
	uint32_t source, ref;
};

/* Membership in the core's one list of all objects, ordered by changed_seq. */
struct vg_link {
	struct vg_link *older, *newer;
	enum vg_object_type type; /* tells what the link is embedded in */
};

struct vg_ticket {
	struct vg_link link;
	int64_t id;
	int64_t changed_seq;
	struct vg_fact **fact; /* sorted */
	uint32_t facts, facts_max;
	uint32_t title_digest; /* pool id */
	int64_t merged_into;   /* id of the ticket that took its facts; 0 = none */
	int64_t deadline_ms;   /* as last computed; -1 = none */
	uint32_t heap_index;   /* in the deadline heap; UINT32_MAX = not there */
	int32_t month_from,
		month_to; /* months that it counts in, see VG_MONTH_* in core_private.h */
	uint16_t refs;
	bool truncated;	   /* over VG_TICKET_FACTS_MAX */
	bool vanished;	   /* merged, or every fact revoked or voided: not shown */
	uint32_t notified; /* notifications that wait for an acknowledgement */
	uint32_t index;	   /* in the core's array of tickets */
	struct vg_core *core;
	struct vg_ticket_ref_id ref[VG_TICKET_REFS_MAX];
	/* Its place in the fee, see fee/book.c; NULL = none. Follows from the items. */
	const struct vg_fee_line *fee_billed; /* the line in force */
	const struct vg_fee_line *fee_listed; /* the newest that lists it */
	const struct vg_act *fee_override;    /* the newest that is approved */
	bool fee_opening_over;		      /* what an opening billed was credited */
};

/* Whether a fact counts: not voided, its import not revoked. */
bool vg_core_fact_counts(const struct vg_core *core, const struct vg_fact *fact);
const struct vg_pool *vg_core_pool(const struct vg_core *core);

#endif
