/* The fee: which tickets are billed, what they cost, and the month's statement of a municipality.
 *
 * Three layers. A *decision* says of one ticket whether it counts, and why (semantics.md 2.3). The
 * *book* is what closed statements have billed: at most one line in force for a ticket. A
 * *statement* brings the book to what the decisions say now, month by month and municipality by
 * municipality: tickets of its own month are lines, what differs from the book in earlier months
 * are adjustments that point at the line they correct. Amounts are settled to a target: what the
 * year should have cost so far, less what it has been billed (2.5). So order of arrival does not
 * matter, nothing is billed twice, and closing early or late gives the same year.
 *
 * Money is whole öre, rounded half away from zero, once. Months are year * 12 + month - 1. */
#ifndef VG_CORE_FEE_H
#define VG_CORE_FEE_H

#include "core/core.h"

/* Why a ticket counts or not: rows of 2.3. X(constant, name, Swedish) */
#define VG_FEE_REASONS(X)                                                                          \
	X(COUNTABLE, "countable", "räknas")                                                        \
	X(TEST, "test", "test eller utbildning")                                                   \
	X(OVERRIDE, "override", "särskilt beslut")                                                 \
	X(INTERNAL, "internal", "beställd av VGR")                                                 \
	X(ALARM, "alarm", "skapat av larm eller sond")                                             \
	X(TYPE, "type", "ärendetyp som inte debiteras")                                            \
	X(FIRST_LINE_ONLY, "first_line_only", "nådde aldrig andra linjen")                         \
	X(DUPLICATE, "duplicate", "dubblett eller sammanslaget")                                   \
	X(SPLIT_CHILD, "split_child", "del av delat ärende")                                       \
	X(CANCELLED, "cancelled", "återtaget före lösning")                                        \
	X(VGR_CAUSE, "vgr_cause", "orsak hos VGR eller leverantör")                                \
	X(VGR_PROBLEM, "vgr_problem", "problem hos VGR eller leverantör")                          \
	X(MISROUTED, "misrouted", "felskickat, utan arbete")                                       \
	X(REOPEN, "reopen", "återöppning inom fönstret")                                           \
	X(NOT_LIVE, "not_live", "utanför anslutningstiden")                                        \
	X(GONE, "gone", "ärendet finns inte längre")

enum vg_fee_reason {
#define X(constant, name, words) VG_FEE_##constant,
	VG_FEE_REASONS(X)
#undef X
		VG_FEE_REASON_COUNT
};
const char *vg_fee_reason_name(enum vg_fee_reason reason);
const char *vg_fee_reason_words(enum vg_fee_reason reason);

/* What keeps a municipality's month from being closed, or is printed on its statement. */
#define VG_FEE_HOLDS(X)                                                                            \
	X(NOT_ENDED, "not_ended", "månaden är inte slut")                                          \
	X(NO_FEE, "no_fee", "avtalet säger inget om avgift")                                       \
	X(NOT_MEMBER, "not_member", "kommunen är inte ansluten den månaden")                       \
	X(CLOSED, "closed", "månaden är redan fastställd")                                         \
	X(PREVIOUS_OPEN, "previous_open", "månaden före är inte fastställd")                       \
	X(PREVIOUS_UNPUBLISHED, "previous_unpublished",                                            \
	  "underlaget för månaden före är inte tillgängliggjort")                                  \
	X(NO_SIGNING, "no_signing", "datum för tecknat avtal saknas")                              \
	X(NO_RATE, "no_rate", "indextal saknas")                                                   \
	X(NO_READING, "no_reading", "ingen användaruppgift finns")                                 \
	X(LATE_READING, "late_reading", "månadens användaruppgift saknas, den senaste används")    \
	X(WAITS_APPROVAL, "waits_approval", "något väntar på andra person")                        \
	X(QUARANTINE, "quarantine", "ärenden i karantän")                                          \
	X(TRIAL, "trial", "provkörning")

enum vg_fee_hold {
#define X(constant, name, words) VG_HOLD_##constant,
	VG_FEE_HOLDS(X)
#undef X
		VG_HOLD_COUNT
};
const char *vg_fee_hold_name(enum vg_fee_hold hold);
const char *vg_fee_hold_words(enum vg_fee_hold hold);

/* --- decisions --- */

struct vg_fee_decision {
	int64_t ticket;
	bool ended;  /* its place in time is known; false = open still: nothing else is set */
	bool counts; /* and is paid for by `municipality`, when that is not "" */
	enum vg_fee_reason reason;
	const char *municipality; /* owner, its provider's municipality when it states none; "" =
				     unattributed. Borrowed from the core */
	int64_t at_ms;		  /* the billing event; of what is never billed: when it ended */
	int month;		  /* of at_ms; -1 = outside every agreement */
	int64_t price_ore;    /* of one ticket of that municipality in that month; 0 = not known */
	bool cause_blank;     /* no cause party is stated */
	bool counts_by_links; /* what row 9 would give by links alone */
	bool bypassed_first_line;
	int64_t act;			      /* the override's; 0 = none */
	const struct vg_agreement *agreement; /* whose rules judged it; NULL = none */
};
/* All facts known, whenever they occurred. Rule: 2.2, 2.3. fee/rule.c */
void vg_fee_decide(const struct vg_core *core, const struct vg_ticket *ticket,
		   struct vg_fee_decision *out);
/* The ledger rows that the decision follows from besides the ticket's own facts: the agreement's,
 * an override's, those of what it is linked to. In order, each once. */
typedef void vg_fee_row_cb(int64_t seq, void *arg);
void vg_fee_decision_rows(const struct vg_core *core, const struct vg_ticket *ticket,
			  vg_fee_row_cb *on_row, void *arg);

/* --- prices, users, cap: fee/price.c --- */

/* A price per user and year, or of one ticket, after index (2.4). */
struct vg_fee_price {
	int64_t support_ore, operation_ore, ticket_ore;
	int rates;	  /* that were used */
	int missing_year; /* the first without a rate; 0 = none: the prices are final */
	bool no_signing;  /* an index is agreed, and the municipality has no signing date */
};
void vg_fee_price(const struct vg_core *core, const char *municipality, int month,
		  struct vg_fee_price *out);

/* What a month of a municipality puts into its year. */
struct vg_fee_month {
	int month;
	int64_t live_days, days; /* w = live_days / days (2.5); by join_month */
	int64_t users;		 /* 0 when there is no reading at all */
	int64_t reading_seq;	 /* its ledger row; 0 = none */
	bool late;		 /* an earlier reading stands in for this month's */
	bool trial;		 /* before the first month that is billed */
	struct vg_fee_price price;
};
/* False when no agreement with a fee covers the month. */
bool vg_fee_month(const struct vg_core *core, const char *municipality, int month,
		  struct vg_fee_month *out);
/* First month that is billed; -1 = none. */
int vg_fee_first_month(const struct vg_core *core, const char *municipality);
/* The 5th working day (by agreement) of the month after: the local day; -1 = not known. */
int64_t vg_fee_closing_day(const struct vg_core *core, int month);

enum vg_fee_mode {
	VG_FEE_PER_TICKET_CAPPED, /* (D) */
	VG_FEE_FLAT_PER_USER,
	VG_FEE_PER_TICKET_UNCAPPED,
	VG_FEE_MODE_COUNT
};
const char *vg_fee_mode_name(enum vg_fee_mode mode);

/* What a fee year should have cost up to and with `month`, when its tickets cost gross_ore. Only
 * months from `from` on count: the first of the year, of billing, or of a trial. */
struct vg_fee_target {
	int64_t cap_ore;			/* of the whole year, as known now */
	int64_t support_ore[VG_FEE_MODE_COUNT]; /* by each mode */
	int64_t operation_ore;
};
void vg_fee_target(const struct vg_core *core, const char *municipality, int from, int month,
		   int64_t gross_ore, struct vg_fee_target *out);

/* --- the book --- */

enum vg_fee_line_kind {
	VG_LINE_COUNTED,     /* of the statement's own month: +price */
	VG_LINE_NOT_COUNTED, /* of its own month, with the reason */
	VG_LINE_CREDIT,	     /* takes `corrects` back: -price at which it was billed */
	VG_LINE_DEBIT,	     /* an earlier month's ticket counts now: +price of that month */
	VG_LINE_LATE,	     /* an earlier month's ticket that came late and does not count */
	VG_LINE_KIND_COUNT
};
const char *vg_fee_line_kind_name(enum vg_fee_line_kind kind);

struct vg_fee_line {
	int64_t id, changed_seq; /* id: sequence << 24 | index: by municipality, then no */
	int64_t statement;	 /* id of the statement */
	int64_t no;		 /* in the statement, from 1 */
	int kind;		 /* enum vg_fee_line_kind */
	const char *municipality;
	int64_t ticket;
	int month;	    /* fee month that it is of */
	int64_t amount_ore; /* with its sign */
	int reason;	    /* enum vg_fee_reason, as decided now */
	int reason_before;  /* as decided then; CREDIT and DEBIT; -1 = it was not listed */
	int64_t corrects;   /* id of the line; 0 = none */
	int64_t act;	    /* override or objection behind it; 0 = none */
	bool cause_blank, counts_by_links, bypassed_first_line;
};

/* One fee year in a statement: what it should have cost so far, and what this statement bills. */
struct vg_fee_year {
	int64_t id, changed_seq; /* as lines' */
	int64_t statement;
	const char *municipality;
	int year;
	int64_t gross_ore; /* of all its tickets in force, up to the statement's month */
	int64_t cap_ore;
	int64_t net_ore[VG_FEE_MODE_COUNT]; /* target less what was billed before, by each mode */
	int64_t operation_ore;		    /* the same of operation and maintenance */
	int64_t billed_ore, operation_billed_ore; /* before this statement, mode in force */
};

enum vg_statement_state { VG_STATEMENT_DRAFT, VG_STATEMENT_HELD, VG_STATEMENT_CLOSED };

/* One municipality's month. Its number is "YYYY-MM/<code>/1". */
struct vg_statement {
	int64_t id, changed_seq; /* id: sequence << 24 | index, of what closed or last held it */
	int64_t as_of_seq;	 /* the prefix that it follows from: the event that closed it */
	const char *municipality;
	int month;
	int state;	   /* enum vg_statement_state */
	int holds;	   /* bit per enum vg_fee_hold: HELD: why; else what is printed on it */
	bool trial;	   /* unnumbered: nothing of it is billed */
	int mode;	   /* enum vg_fee_mode in force */
	int64_t agreement; /* sequence of the version */
	int64_t users;	   /* of the month, and of which row */
	int64_t reading_seq;
	int64_t ticket_price_ore, support_price_ore, operation_price_ore;
	int64_t counted, not_counted, corrected; /* lines: own month's two kinds; the rest */
	int64_t gross_ore;			 /* own month's tickets */
	int64_t adjusted_ore;			 /* sum of CREDIT and DEBIT */
	int64_t capped_ore;			 /* fee year so far: gross above what is due */
	int64_t support_ore;			 /* net of all fee years, mode in force */
	int64_t operation_ore;
	int64_t vat_ore;
	int64_t rounding_ore;		  /* "Öresavrundning" */
	int64_t total_ore;		  /* support + operation + vat + rounding */
	int64_t blank_count, blank_ore;	  /* counted lines without a cause party */
	int64_t by_links_ore;		  /* own month's gross if row 9 went by links alone */
	const char *author, *approved_by; /* of the closing; approved_by "" = by the calendar */
	int64_t closed_ms;
	int64_t published_ms; /* made available: objections run from here; -1 = not yet */
	const char *model_sha256, *previous_sha256; /* hex; "" = not published; there is none */
	const char *invoice;			    /* "" = none yet */
	int64_t invoice_day;
};

/* Of a closed (or held) month; NULL = there is none. */
const struct vg_statement *vg_fee_statement(const struct vg_core *core, const char *municipality,
					    int month);
/* The newest closed statement of an earlier month, trials apart; NULL = there is none. The month
 * before, or of one that was away the last that it was billed for. */
const struct vg_statement *vg_fee_previous(const struct vg_core *core, const char *municipality,
					   int month);
/* Lines and years of a statement, ascending: index 0.. until NULL. */
const struct vg_fee_line *vg_fee_line(const struct vg_core *core,
				      const struct vg_statement *statement, size_t index);
const struct vg_fee_year *vg_fee_year(const struct vg_core *core,
				      const struct vg_statement *statement, size_t index);
/* The line in force that bills a ticket, or NULL; and the newest that lists it. */
const struct vg_fee_line *vg_fee_billed(const struct vg_core *core, int64_t ticket);
const struct vg_fee_line *vg_fee_listed(const struct vg_core *core, int64_t ticket);

/* A statement as it would be closed now. Months before it that are open count as if they were
 * closed now; one that is closed has no lines or years here. Borrowed: during the call alone. */
struct vg_fee_draft {
	struct vg_statement statement; /* DRAFT, holds = what would hold it or be printed */
	bool held;		       /* closing it now would not succeed */
	size_t lines, years;
	struct vg_fee_line *line;
	struct vg_fee_year *year;
};
/* For each municipality of the list, in order of code; "" = every one that is a member in the
 * month, is closed there, or has left and has something to settle: a line that differs from the
 * book, or a year's target from what was billed. One pass over the tickets. Returns 0, VG_ENOTFOUND
 * when no agreement with a fee covers the month, VG_ENOMEM, or what the callback returned other
 * than 0. The draft is freed after the call.
 */
typedef int vg_fee_draft_cb(const struct vg_fee_draft *draft, void *arg);
VG_MUST_CHECK int vg_fee_drafts(const struct vg_core *core, int month, const char *municipalities,
				vg_fee_draft_cb *on_draft, void *arg);

/* Tickets that count and that no municipality is known to pay for, up to and with a month. Each is
 * billed, as an adjustment, when somebody says whose it is. */
struct vg_fee_unattributed {
	int64_t count;
	int64_t own; /* of them, those of the month itself */
};
/* One pass over the tickets. Returns 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_fee_unattributed(const struct vg_core *core, int month,
				      struct vg_fee_unattributed *out);

/* --- acts and objections --- */

enum vg_act_kind {
	VG_ACT_RATE,
	VG_ACT_COST,
	VG_ACT_OVERRIDE,
	VG_ACT_OPENING,
	VG_ACT_CLOSE,
	VG_ACT_OBJECTION, /* to accept one above what one person may */
	VG_ACT_KIND_COUNT
};
enum vg_act_state { VG_ACT_WAITING, VG_ACT_APPROVED, VG_ACT_REJECTED, VG_ACT_STATE_COUNT };
const char *vg_act_kind_name(enum vg_act_kind kind); /* rate, cost, override, ... */
const char *vg_act_state_name(enum vg_act_state state);

/* Something that two principals decide, "P-<id>". Members as in struct vg_act_body. */
struct vg_act {
	int64_t id, changed_seq;
	int kind, state;
	const char *author;	/* who proposed it */
	const char *decided_by; /* "" = nobody yet; "" with APPROVED: the calendar */
	int64_t proposed_ms, decided_ms;
	const char *reason, *decided_reason;
	const char *index, *document, *municipalities;
	int year, month;    /* 0 = none */
	int64_t amount_ore; /* rate: ppb; cost; opening: support; objection: what is at stake */
	int64_t operation_ore;
	int64_t decided_day; /* -1 = none */
	int64_t ticket;	     /* override; 0 = none */
	int outcome;	     /* enum vg_override */
	int64_t objection;   /* 0 = none */
};
/* "P-<id>", whatever its state; NULL = there is none. */
const struct vg_act *vg_fee_act(const struct vg_core *core, int64_t id);
/* An approved rate of a series, the newest for its year; NULL = none. */
const struct vg_act *vg_fee_rate(const struct vg_core *core, const char *index, int year);
const struct vg_act *vg_fee_cost(const struct vg_core *core, int year);
/* The newest approved override of a ticket; NULL = none, or taken back. */
const struct vg_act *vg_fee_override(const struct vg_core *core, int64_t ticket);
/* The approved opening of a municipality; NULL = none. */
const struct vg_act *vg_fee_opening(const struct vg_core *core, const char *municipality);

/* A ticket billed before Vinga did so; key (source, ref). */
struct vg_opening_ticket {
	int64_t act, changed_seq;
	const char *source, *ref, *municipality;
	int month;
	int64_t price_ore;
};

enum vg_objection_state {
	VG_OBJECTION_OPEN,     /* the line is disputed, and stays in the sum */
	VG_OBJECTION_ACCEPTED, /* the next statement credits it */
	VG_OBJECTION_REJECTED,
	VG_OBJECTION_STATE_COUNT
};
const char *vg_objection_state_name(enum vg_objection_state state);
/* "D-<id>" */
struct vg_objection {
	int64_t id, changed_seq;
	const char *municipality;
	int month;	/* of the statement */
	int64_t ticket; /* 0 = its users */
	int64_t line;	/* id of the line; 0 = its users */
	const char *reason, *author;
	int64_t raised_ms;
	int state;
	const char *answer, *decided_by; /* "" = none yet */
	int64_t decided_ms;
	int64_t act; /* that accepts it: waits while it is open, stands when it was accepted; 0 =
			none, or none was needed */
};

/* "C-<id>" */
struct vg_comment {
	int64_t id, changed_seq;
	int month;
	const char *municipality, *kpi, *service, *cause, *action, *owner, *author;
	int64_t due_day; /* -1 = not said */
	int64_t made_ms;
};

/* --- money: fee/money.c --- */

/* num/den rounded half away from zero; den > 0. */
__extension__ typedef __int128 vg_wide;
int64_t vg_money_round(vg_wide num, vg_wide den);
/* base_ore * prod (1 + rate_ppb[i] / 10^9), exactly, rounded once to a multiple of unit_ore (1 or
 * 100) half away from zero. At most VG_MONEY_RATES_MAX rates, each above -10^9 and up to 10^9. A
 * price that would pass VG_MONEY_MAX_ORE is VG_MONEY_MAX_ORE. */
#define VG_MONEY_RATES_MAX 64
int64_t vg_money_index(int64_t base_ore, const int64_t *rate_ppb, size_t rates, int64_t unit_ore);

#endif
