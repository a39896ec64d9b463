/* What the files of the fee share: the book, what is remembered of decisions, and the plan that
 * statements are made from. For core/fee_*.c and whoever starts, loads and frees a core. */
#ifndef VG_FEE_PRIVATE_H
#define VG_FEE_PRIVATE_H

#include "core/core_private.h"

/* Ids of statements, lines and years: sequence << VG_FEE_ID_BITS | index. */
#define VG_FEE_ID_BITS 24
#define VG_FEE_SEQ_MAX (INT64_MAX >> (VG_FEE_ID_BITS + 1))

/* Sums stay within VG_MONEY_MAX_ORE of 0, as every amount that is added does. */
static inline int64_t
vg_ore_add(int64_t a_ore, int64_t b_ore)
{
	int64_t sum = a_ore + b_ore;

	if (sum > VG_MONEY_MAX_ORE)
		return VG_MONEY_MAX_ORE;
	return sum < -VG_MONEY_MAX_ORE ? -VG_MONEY_MAX_ORE : sum;
}

/* A decision, as long as the ticket and the rules stay as they are. No part of the state. */
struct vg_fee_memo {
	int64_t changed_seq; /* of the ticket; 0 = nothing is remembered */
	struct vg_fee_decision decision;
	const struct vg_opening_ticket *opened; /* of that ticket; NULL = none */
};

/* All of it follows from the items; lines in force stand in their tickets. */
struct vg_fee_book {
	const struct vg_act **yearly; /* approved rates and costs, the newest of each (index, year);
					 a cost has index "" */
	size_t yearlies, yearly_size;
	struct vg_act *opening; /* by municipality: its approved ones as one, with their sums */
	size_t openings, opening_size;
	int64_t rules_seq; /* of the newest act that decisions follow from */

	struct vg_fee_memo *memo; /* by place of the ticket */
	size_t memos;
	int64_t remembered_seq; /* the rules_seq, or agreement, that they were made under */
};

/* fee/book.c */

struct vg_fee_book *vg_fee_book_new(void); /* NULL = out of memory */
void vg_fee_book_free(struct vg_fee_book *book);
size_t vg_fee_book_bytes(const struct vg_fee_book *book);
/* What must hold for a loaded item of the fee. Returns 0 or VG_CORE_ENOTFOUND: it does not. */
VG_MUST_CHECK int vg_fee_item_check(const struct vg_core *core, enum vg_object_type type,
				    const struct vg_item *item);
/* Makes the book of a loaded core. Returns 0, VG_CORE_ENOMEM or VG_CORE_ENOTFOUND: no book could
 * have been like that. */
VG_MUST_CHECK int vg_fee_book_derive(struct vg_core *core);

/* Makes room to remember the decision of every ticket, and forgets those that are out of date. */
VG_MUST_CHECK int vg_fee_memo_ready(const struct vg_core *core);
/* Decides, unless it is remembered; room was made. Borrowed until the next step. */
const struct vg_fee_memo *vg_fee_remember(const struct vg_core *core,
					  const struct vg_ticket *ticket);
/* Adds a line of a closed statement, and follows it into the book, unless it is of a trial. */
VG_MUST_CHECK int vg_fee_book_add(struct vg_core *core, const struct vg_fee_line *line, bool trial);
/* The first month that was closed, trials apart; -1 = none. */
int vg_fee_first_closed(const struct vg_core *core, const char *municipality);
/* The statement "m, month" whatever its state; NULL = none. */
struct vg_item *vg_fee_statement_item(const struct vg_core *core, const char *municipality,
				      int month);

/* fee/act.c */

/* VG_KIND_RATE_PROPOSED to VG_KIND_ACT_REJECTED. */
VG_MUST_CHECK int vg_fee_act_step(struct vg_core *core, const struct vg_event *event,
				  struct vg_verdict *out);
/* What follows from an act that is approved: what it says holds from now on. */
VG_MUST_CHECK int vg_fee_act_take(struct vg_core *core, const struct vg_act *act);
struct vg_item *vg_fee_act_item(const struct vg_core *core, int64_t id);
/* As vg_fee_override, of a ticket that is at hand. */
const struct vg_act *vg_fee_override_of(const struct vg_ticket *ticket);
/* Whether the act "P-<id>" is approved. */
bool vg_fee_act_stands(const struct vg_core *core, int64_t id);
/* Adds what is proposed; it waits. */
VG_MUST_CHECK int vg_fee_act_add(struct vg_core *core, const struct vg_act *act,
				 struct vg_verdict *out);
/* Whether an amount is in range, and whether some fee covers a month, and the municipalities of a
 * list are in its agreement or have been billed; else the verdict says what was expected. */
bool vg_fee_money_holds(int64_t ore, const char *what, struct vg_verdict *out);
bool vg_fee_scope_holds(const struct vg_core *core, int month, const char *municipalities,
			struct vg_verdict *out);
/* "2026-10"; for messages. */
struct vg_month_text {
	char at[16];
};
struct vg_month_text vg_month_text(int month);

/* fee/opening.c */

/* Its tickets are kept with it, and count when it is approved. */
VG_MUST_CHECK int vg_fee_opening_propose(struct vg_core *core, const struct vg_event *event,
					 struct vg_act *act, struct vg_verdict *out);
/* What holds when it is proposed, and still when it is approved; else the verdict says why not. */
bool vg_fee_opening_stands(const struct vg_core *core, const struct vg_act *act,
			   struct vg_verdict *out);
/* An approved one holds from now on: it joins the municipality's. */
VG_MUST_CHECK int vg_fee_opening_take(struct vg_core *core, const struct vg_act *act);
/* Marks the tickets that it knows. */
void vg_fee_opening_mark(struct vg_core *core, const struct vg_act *act);
/* Lets go of its tickets: it was rejected. */
void vg_fee_opening_drop(struct vg_core *core, const struct vg_act *act);

/* fee/objection.c */

/* objection.raised, objection.decided. */
VG_MUST_CHECK int vg_fee_objection_step(struct vg_core *core, const struct vg_event *event,
					struct vg_verdict *out);
/* The second person has decided on an act that accepts one: approved, or open again. */
VG_MUST_CHECK int vg_fee_objection_settle(struct vg_core *core, const struct vg_act *act,
					  const char *actor, bool approved);

/* fee/close.c */

/* Closes what the act names and nothing holds. The verdict counts both; OVERLOAD: nothing was done.
 */
VG_MUST_CHECK int vg_fee_close(struct vg_core *core, const struct vg_event *event,
			       const struct vg_act *act, struct vg_verdict *out);

/* fee/plan.c: the tickets of one month's statements, gathered in one walk. */

struct vg_fee_sum {
	int64_t gross_ore;  /* of a fee year's tickets in force, up to and with the month */
	int64_t before_ore; /* those of earlier months */
};
struct vg_fee_row {
	int64_t at_ms;
	struct vg_fee_line line;
};
/* One municipality's part. */
struct vg_fee_slot {
	const char *municipality;	      /* borrowed from an agreement */
	const struct vg_agreement *agreement; /* of the month */
	struct vg_fee_month month;
	unsigned holds; /* bit per enum vg_fee_hold */
	bool held;
	bool former;  /* no member in the month, but one that was billed: what differs is settled */
	bool settles; /* it comes next: what differs in months before it is adjusted here. Else
			 they count as if they were closed now */
	int first;    /* month of which tickets are billed, or are on trial; -1 = none */
	int first_year;		/* that of `first` */
	size_t years;		/* to the month's */
	struct vg_fee_sum *sum; /* by year */
	struct vg_fee_row *row;
	size_t rows, row_size;
	int64_t by_links_ore;
};
struct vg_fee_plan {
	const struct vg_core *core;
	int month;
	struct vg_fee_slot *slot; /* by municipality */
	size_t slots, lines;	  /* lines: no statement has more, nor all of them together */
};
/* Returns 0, VG_CORE_ENOTFOUND when no agreement with a fee covers the month, or VG_CORE_ENOMEM. To
 * be freed in every case. */
VG_MUST_CHECK int vg_fee_plan_make(const struct vg_core *core, int month,
				   const char *municipalities, struct vg_fee_plan *out);
void vg_fee_plan_free(struct vg_fee_plan *plan);
/* Whether a municipality is a member in some part of a month that a fee covers. */
bool vg_fee_is_member(const struct vg_core *core, const char *municipality, int month);
/* The first month of a fee year that is settled: of the year where an opening tells what was billed
 * of it before, else of what is billed. */
int vg_fee_year_from(const struct vg_core *core, const struct vg_fee_slot *slot, int year);

/* fee/hold.c */

/* What keeps the slot's statement from being closed, or is printed on it. */
void vg_fee_slot_hold(const struct vg_core *core, struct vg_fee_slot *slot);
/* Those of the bits that keep it from being closed under this agreement. */
unsigned vg_fee_holding(const struct vg_agreement *agreement, unsigned holds);

/* fee/draft.c */

/* The statement that a slot gives. To be freed, in every case, with vg_fee_draft_fini. */
VG_MUST_CHECK int vg_fee_draft_make(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot,
				    struct vg_fee_draft *out);
void vg_fee_draft_fini(struct vg_fee_draft *draft);
/* Whether the slot's statement would bill or take back anything. Returns 0 or VG_CORE_ENOMEM. */
VG_MUST_CHECK int vg_fee_slot_differs(const struct vg_fee_plan *plan,
				      const struct vg_fee_slot *slot, bool *out);

#endif
