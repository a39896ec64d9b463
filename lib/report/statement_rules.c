/* statement_rules.c - the fee's rules as they were when the statement was made: every setting that
 * a figure depends on stands on the statement itself. */
#include "lib/report/parts.h"

static json_t *
words_json(struct maker *maker, uint32_t bits, enum vg_ticket_field field)
{
	json_t *array = json_array();

	for (int i = 0; i < vg_ticket_field_info[field].word_count; i++)
		if ((bits & UINT32_C(1) << i) != 0)
			append(maker, array, json_string(vg_word(field, i)));
	return array;
}

static void
put_flag(struct maker *maker, json_t *row, const char *member, bool value)
{
	put(maker, row, member, json_boolean(value));
}

static void
put_word(struct maker *maker, json_t *row, const char *member, const char *const *words, int value)
{
	put(maker, row, member, json_string(words[value]));
}

/* Which tickets count. */
static void
put_counting(struct maker *maker, json_t *row, const struct vg_fee_rules *rules)
{
	static const char *const events[] = {"resolved", "second_line_at", "closed"};
	static const char *const splits[] = {"parent", "each"};

	put_word(maker, row, "billing_event", events, (int)rules->billing_event);
	put(maker, row, "chargeable_types", words_json(maker, rules->chargeable_types, VG_TF_TYPE));
	put(maker, row, "exclude_sources",
	    words_json(maker, rules->exclude_sources, VG_TF_REQUESTER));
	put_flag(maker, row, "exclude_test", rules->exclude_test);
	put_flag(maker, row, "count_duplicates", rules->count_duplicates);
	put_word(maker, row, "count_split", splits, (int)rules->count_split);
	put_flag(maker, row, "count_cancelled", rules->count_cancelled);
	put_flag(maker, row, "exclude_vgr_cause", rules->exclude_vgr_cause);
	put_flag(maker, row, "exclude_vgr_problem", rules->exclude_vgr_problem);
	put_known(maker, row, "misroute_ms", rules->misroute_ms);
	put_int(maker, row, "reopen_days", rules->reopen_days);
	put_flag(maker, row, "bill_leaving", rules->bill_leaving);
	put_flag(maker, row, "override_two", rules->override_two);
}

/* What they cost. */
static void
put_pricing(struct maker *maker, json_t *row, const struct vg_fee_rules *rules)
{
	static const char *const modes[] = {"january_after_signing", "anniversary"};
	static const char *const roundings[] = {"ore_from_base", "krona", "chain"};
	static const char *const joins[] = {"prorata_days", "none", "full"};

	put_int(maker, row, "support_ore", rules->support_ore);
	put_int(maker, row, "operation_ore", rules->operation_ore);
	put_int(maker, row, "tickets_per_user_ppm", rules->tickets_per_user_ppm);
	put_text(maker, row, "index", rules->index);
	put_word(maker, row, "index_mode", modes, (int)rules->index_mode);
	put_word(maker, row, "index_rounding", roundings, (int)rules->index_rounding);
	put_flag(maker, row, "index_negative", rules->index_negative);
	put_text(maker, row, "user_rule", rules->user_rule);
	put_int(maker, row, "user_reading_day", rules->reading_day);
	put_word(maker, row, "join_month", joins, (int)rules->join_month);
	put_flag(maker, row, "round_total_krona", rules->round_total_krona);
	put_known(maker, row, "vat_ppm", rules->vat_ppm);
}

/* How a month is closed and objected to. */
static void
put_closing(struct maker *maker, json_t *row, const struct vg_fee_rules *rules)
{
	static const char *const missing[] = {"carry_forward", "hold"};

	put_word(maker, row, "late_reading", missing, (int)rules->late_reading);
	put_word(maker, row, "waiting_approval", missing, (int)rules->waiting_approval);
	put_word(maker, row, "quarantine", missing, (int)rules->quarantine);
	put_int(maker, row, "close_working_day", rules->close_working_day);
	put_flag(maker, row, "automatic_close", rules->automatic_close);
	put_int(maker, row, "objection_days", rules->objection_days);
	put_int(maker, row, "objection_one_person_ore", rules->objection_one_person_ore);
}

json_t *
vg_statement_rules(struct maker *maker, const struct vg_fee_rules *rules)
{
	json_t *row = json_object();

	put_counting(maker, row, rules);
	put_pricing(maker, row, rules);
	put_closing(maker, row, rules);
	return row;
}
