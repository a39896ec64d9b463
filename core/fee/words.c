/* fee/words.c - the names of what the fee's tables hold, and their Swedish words. */
#include "core/fee.h"

static const char *const reason_names[VG_FEE_REASON_COUNT] = {
#define X(constant, name, words) name,
	VG_FEE_REASONS(X)
#undef X
};

static const char *const reason_words[VG_FEE_REASON_COUNT] = {
#define X(constant, name, words) words,
	VG_FEE_REASONS(X)
#undef X
};

static const char *const hold_names[VG_HOLD_COUNT] = {
#define X(constant, name, words) name,
	VG_FEE_HOLDS(X)
#undef X
};

static const char *const hold_words[VG_HOLD_COUNT] = {
#define X(constant, name, words) words,
	VG_FEE_HOLDS(X)
#undef X
};

_Static_assert(VG_HOLD_COUNT <= 31, "the holds of a statement are bits of an int");

const char *
vg_fee_reason_name(enum vg_fee_reason reason)
{
	VG_ASSERT(reason < VG_FEE_REASON_COUNT);
	return reason_names[reason];
}

const char *
vg_fee_reason_words(enum vg_fee_reason reason)
{
	VG_ASSERT(reason < VG_FEE_REASON_COUNT);
	return reason_words[reason];
}

const char *
vg_fee_hold_name(enum vg_fee_hold hold)
{
	VG_ASSERT(hold < VG_HOLD_COUNT);
	return hold_names[hold];
}

const char *
vg_fee_hold_words(enum vg_fee_hold hold)
{
	VG_ASSERT(hold < VG_HOLD_COUNT);
	return hold_words[hold];
}

const char *
vg_fee_mode_name(enum vg_fee_mode mode)
{
	static const char *const names[VG_FEE_MODE_COUNT] = {"per_ticket_capped", "flat_per_user",
							     "per_ticket_uncapped"};

	VG_ASSERT(mode < VG_FEE_MODE_COUNT);
	return names[mode];
}

const char *
vg_fee_line_kind_name(enum vg_fee_line_kind kind)
{
	static const char *const names[VG_LINE_KIND_COUNT] = {"counted", "not_counted", "credit",
							      "debit", "late"};

	VG_ASSERT(kind < VG_LINE_KIND_COUNT);
	return names[kind];
}

const char *
vg_act_kind_name(enum vg_act_kind kind)
{
	static const char *const names[VG_ACT_KIND_COUNT] = {"rate",	"cost",	 "override",
							     "opening", "close", "objection"};

	VG_ASSERT(kind < VG_ACT_KIND_COUNT);
	return names[kind];
}

const char *
vg_act_state_name(enum vg_act_state state)
{
	static const char *const names[VG_ACT_STATE_COUNT] = {"waiting", "approved", "rejected"};

	VG_ASSERT(state < VG_ACT_STATE_COUNT);
	return names[state];
}

const char *
vg_objection_state_name(enum vg_objection_state state)
{
	static const char *const names[VG_OBJECTION_STATE_COUNT] = {"open", "accepted", "rejected"};

	VG_ASSERT(state < VG_OBJECTION_STATE_COUNT);
	return names[state];
}
