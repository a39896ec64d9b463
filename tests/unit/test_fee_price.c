/* Prices after index, months of membership, users and yearly targets: semantics.md 2.4, 2.5, 2.7
 * and the vectors of 9.1. */
#include "core/core_private.h"
#include "tests/unit/fee_world.h"

static struct vg_fee_month
month_of(const struct world *world, const char *municipality, int month)
{
	struct vg_fee_month out;

	assert_true(vg_fee_month(world->core, municipality, month, &out));
	return out;
}

static struct vg_fee_target
target_of(const struct world *world, int month, int64_t gross_ore)
{
	struct vg_fee_target out;

	vg_fee_target(world->core, "1489", month / 12 * 12, month, gross_ore, &out);
	return out;
}

static struct vg_fee_price
price_of(const struct world *world, const char *municipality, int month)
{
	struct vg_fee_price out;

	vg_fee_price(world->core, municipality, month, &out);
	return out;
}

/* --- index --- */

/* 1489 signed on 30 April 2020, 1480 on 1 October 2022. */
static struct vg_agreement *
indexed_agreement(void)
{
	struct vg_agreement *agreement = fee_agreement(2020);

	free(agreement->fee.index);
	agreement->fee.index = support_copy("vgr");
	fee_party(agreement, "1489")->signed_day = support_days(2020, 4, 30);
	fee_party(agreement, "1480")->signed_day = support_days(2022, 10, 1);
	return agreement;
}

static void
state_rates(struct world *world, int first, int last)
{
	static const int64_t rate_ppb[] = {20000000, 25000000, 60000000,
					   30000000, 20000000, 15000000};

	for (int year = first; year <= last; year++)
		fee_rate(world, "vgr", year, rate_ppb[year - 2021]);
}

static void
E9_each_municipality_has_its_own_base(void **state)
{
	struct world world = fee_world_of(indexed_agreement());
	struct vg_fee_price a, b;

	(void)state;
	state_rates(&world, 2021, 2026);
	a = price_of(&world, "1489", MONTH(2026, 1));
	b = price_of(&world, "1480", MONTH(2026, 12));
	assert_int_equal(a.support_ore, 29544);
	assert_int_equal(a.ticket_ore, 29544);
	assert_int_equal(a.operation_ore, 206810);
	assert_int_equal(a.rates, 6);
	assert_int_equal(a.missing_year, 0);
	assert_false(a.no_signing);
	assert_int_equal(b.support_ore, 28259);
	assert_int_equal(b.operation_ore, 197810);
	assert_int_equal(b.rates, 4);
	assert_int_equal(price_of(&world, "1489", MONTH(2020, 12)).support_ore, 25000);
	assert_int_equal(price_of(&world, "1489", MONTH(2021, 1)).support_ore, 25500);
	vg_core_free(world.core);
}

static void
a_missing_rate_leaves_the_last_price(void **state)
{
	struct world world = fee_world_of(indexed_agreement());
	struct vg_fee_price price;

	(void)state;
	state_rates(&world, 2021, 2023);
	state_rates(&world, 2025, 2026);
	price = price_of(&world, "1489", MONTH(2026, 6));
	assert_int_equal(price.missing_year, 2024);
	assert_int_equal(price.rates, 3);
	assert_int_equal(price.support_ore, price_of(&world, "1489", MONTH(2023, 6)).support_ore);
	assert_int_equal(price_of(&world, "1489", MONTH(2023, 6)).missing_year, 0);
	vg_core_free(world.core);
}

static void
without_a_signing_the_base_price_stands(void **state)
{
	struct vg_agreement *agreement = indexed_agreement();
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->signed_day = INT64_MIN;
	world = fee_world_of(agreement);
	state_rates(&world, 2021, 2026);
	assert_true(price_of(&world, "1489", MONTH(2026, 1)).no_signing);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 1)).support_ore, 25000);
	assert_false(price_of(&world, "1480", MONTH(2026, 1)).no_signing);
	vg_core_free(world.core);
}

static void
an_anniversary_counts_from_the_first_month_that_begins_then(void **state)
{
	static const struct {
		const char *municipality;
		int month, rates;
	} rows[] = {
		{"1489", MONTH(2021, 4), 0},  {"1489", MONTH(2021, 5), 1},
		{"1489", MONTH(2022, 4), 1},  {"1489", MONTH(2022, 5), 2},
		{"1480", MONTH(2022, 12), 0}, {"1480", MONTH(2023, 9), 0},
		{"1480", MONTH(2023, 10), 1}, {"1480", MONTH(2024, 1), 1},
	};
	struct vg_agreement *agreement = indexed_agreement();
	struct world world;

	(void)state;
	agreement->fee.index_mode = VG_INDEX_ANNIVERSARY;
	world = fee_world_of(agreement);
	state_rates(&world, 2021, 2026);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(price_of(&world, rows[i].municipality, rows[i].month).rates,
				 rows[i].rates);
	vg_core_free(world.core);
}

/* 25 000 * 1.021 * 1.034 = 26 392.85; by the chain 25 525 and then 26 392.85 again; 25 017 tells
 * them apart: 26 410.797 at once, 25 542 and 26 410.428 by the chain. */
static void
roundings_are_by_the_agreement(void **state)
{
	static const struct {
		enum vg_index_rounding rounding;
		int64_t base_ore, rate_ppb[2], want_ore;
	} rows[] = {
		{VG_INDEX_ORE_FROM_BASE, 25017, {21000000, 34000000}, 26411},
		{VG_INDEX_CHAIN, 25017, {21000000, 34000000}, 26410},
		{VG_INDEX_KRONA, 25017, {21000000, 34000000}, 26400},
		{VG_INDEX_KRONA, 25000, {20000000, -20000000}, 25000},
		{VG_INDEX_KRONA, 25000, {20000000, -18000000}, 25000},
		{VG_INDEX_KRONA, 25000, {20000000, -17647058}, 25100},
		{VG_INDEX_ORE_FROM_BASE, 25000, {-10000000, 0}, 24750},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vg_agreement *agreement = indexed_agreement();
		struct world world;

		agreement->fee.index_rounding = rows[i].rounding;
		agreement->fee.support_ore = rows[i].base_ore;
		world = fee_world_of(agreement);
		fee_rate(&world, "vgr", 2021, rows[i].rate_ppb[0]);
		fee_rate(&world, "vgr", 2022, rows[i].rate_ppb[1]);
		if (price_of(&world, "1489", MONTH(2022, 1)).support_ore != rows[i].want_ore)
			fail_msg("row %zu: %lld", i,
				 (long long)price_of(&world, "1489", MONTH(2022, 1)).support_ore);
		vg_core_free(world.core);
	}
}

static void
a_negative_rate_counts_unless_it_is_agreed_not_to(void **state)
{
	(void)state;
	for (int negative = 0; negative < 2; negative++) {
		struct vg_agreement *agreement = indexed_agreement();
		struct world world;

		agreement->fee.index_negative = negative == 1;
		world = fee_world_of(agreement);
		fee_rate(&world, "vgr", 2021, 100000000);
		fee_rate(&world, "vgr", 2022, -50000000);
		assert_int_equal(price_of(&world, "1489", MONTH(2022, 1)).support_ore,
				 negative ? 26125 : 27500);
		vg_core_free(world.core);
	}
}

static void
a_ticket_costs_its_share_of_a_users_year(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->fee.tickets_per_user_ppm = 1200000;
	world = fee_world_of(agreement);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 1)).ticket_ore, 20833);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 1)).support_ore, 25000);
	assert_int_equal(price_of(&world, "1489", MONTH(2010, 1)).support_ore, 0);
	vg_core_free(world.core);
}

/* --- months --- */

/* Lives from and to; days of the month that count, by each rule. */
static void
joining_and_leaving_months_are_counted_in_days(void **state)
{
	static const struct {
		const char *from, *to; /* "" = always */
		int month;
		int64_t live[3]; /* pro rata, none, full */
	} rows[] = {
		{"2026-03-16 00:00", "", MONTH(2026, 3), {16, 0, 31}},
		{"2026-03-29 00:00", "", MONTH(2026, 3), {3, 0, 31}}, /* 23 hours */
		{"2026-03-30 00:00", "", MONTH(2026, 3), {2, 0, 31}},
		{"2026-03-31 23:59", "", MONTH(2026, 3), {1, 0, 31}},
		{"2026-03-01 00:00", "", MONTH(2026, 3), {31, 31, 31}},
		{"2026-03-16 00:00", "", MONTH(2026, 2), {0, 0, 0}},
		{"2026-03-16 00:00", "", MONTH(2026, 4), {30, 30, 30}},
		{"2026-10-25 00:00", "", MONTH(2026, 10), {7, 0, 31}}, /* 25 hours */
		{"2026-10-26 00:00", "", MONTH(2026, 10), {6, 0, 31}},
		{"", "2026-10-25 00:00", MONTH(2026, 10), {24, 0, 31}},
		{"", "2026-10-26 00:00", MONTH(2026, 10), {25, 0, 31}},
		{"", "2026-11-01 00:00", MONTH(2026, 10), {31, 31, 31}},
		{"", "2026-11-01 00:00", MONTH(2026, 11), {0, 0, 0}},
		{"", "2026-03-29 12:00", MONTH(2026, 3), {29, 0, 31}},
		{"2026-02-10 00:00", "2026-02-20 00:00", MONTH(2026, 2), {10, 0, 28}},
		{"2028-02-10 00:00", "2028-02-20 00:00", MONTH(2028, 2), {10, 0, 29}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (int rule = 0; rule < 3; rule++) {
			struct vg_agreement *agreement = fee_agreement(2026);
			struct vg_municipality *party = fee_party(agreement, "1489");
			struct world world;

			agreement->fee.join_month = (enum vg_join_month)rule;
			if (rows[i].from[0] != '\0')
				party->go_live_ms = support_at(rows[i].from);
			if (rows[i].to[0] != '\0')
				party->end_ms = support_at(rows[i].to);
			world = fee_world_of(agreement);
			if (month_of(&world, "1489", rows[i].month).live_days != rows[i].live[rule])
				fail_msg("row %zu, rule %d: %lld days", i, rule,
					 (long long)month_of(&world, "1489", rows[i].month)
						 .live_days);
			vg_core_free(world.core);
		}
	}
}

static void
users_are_those_of_the_reading_day(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_fee_month month;
	struct world world;
	int64_t seq;

	(void)state;
	agreement->fee.reading_day = 5;
	world = fee_world_of(agreement);
	month = month_of(&world, "1489", MONTH(2026, 1));
	assert_int_equal(month.users, 0);
	assert_int_equal(month.reading_seq, 0);
	assert_false(month.late);
	fee_users(&world, "1489", "2026-01-05", 130);
	seq = world.seq;
	fee_users(&world, "1489", "2026-01-06", 140);
	fee_users(&world, "1489", "2026-02-06", 150);
	month = month_of(&world, "1489", MONTH(2026, 1));
	assert_int_equal(month.users, 130);
	assert_int_equal(month.reading_seq, seq);
	assert_false(month.late);
	month = month_of(&world, "1489", MONTH(2026, 2));
	assert_int_equal(month.users, 140);
	assert_false(month.late);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 3)).users, 150);
	assert_true(month_of(&world, "1489", MONTH(2026, 4)).late);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 4)).users, 150);
	fee_users(&world, "1489", "2026-01-05", 131);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 1)).users, 131);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 1)).reading_seq, world.seq);
	vg_core_free(world.core);
}

static void
users_of_the_month_of_go_live_are_those_of_its_day(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-03-16 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-03-16", 60);
	fee_users(&world, "1489", "2026-03-20", 90);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 3)).users, 60);
	assert_false(month_of(&world, "1489", MONTH(2026, 3)).late);
	assert_int_equal(month_of(&world, "1489", MONTH(2026, 4)).users, 90);
	vg_core_free(world.core);
}

static void
a_month_without_a_fee_is_none(void **state)
{
	struct world world = fee_world(2026);
	struct vg_fee_month month;

	(void)state;
	assert_false(vg_fee_month(world.core, "1489", MONTH(2025, 12), &month));
	assert_true(vg_fee_month(world.core, "1489", MONTH(2026, 1), &month));
	assert_true(vg_fee_month(world.core, "0114", MONTH(2026, 1), &month));
	assert_int_equal(month.live_days, 0);
	vg_core_free(world.core);
}

/* The version of a month is that valid at its start; a municipality that a later one names for the
 * first time is judged by that one. */
static void
a_new_version_holds_from_the_month_after(void **state)
{
	struct world world = fee_world(2026);
	struct vg_agreement *second = fee_agreement(2026);

	(void)state;
	free(second->version);
	second->version = support_copy("2");
	second->valid_from_ms = support_at("2026-05-10 00:00");
	second->fee.support_ore = 30000;
	free(second->municipality[0].code);
	second->municipality[0].code = support_copy("1401");
	second->municipality[0].go_live_ms = second->valid_from_ms;
	assert_int_equal(fee_apply(&world, second), VG_VERDICT_TAKEN);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 5)).support_ore, 25000);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 6)).support_ore, 30000);
	assert_int_equal(price_of(&world, "1401", MONTH(2026, 5)).support_ore, 30000);
	assert_int_equal(month_of(&world, "1401", MONTH(2026, 5)).live_days, 22);
	assert_int_equal(month_of(&world, "1480", MONTH(2026, 5)).live_days, 31);
	vg_core_free(world.core);
}

static void
the_first_month_is_as_agreed(void **state)
{
	static const struct {
		const char *go_live; /* "" = always */
		int from, opening, want;
	} rows[] = {
		{"", 0, 0, MONTH(2026, 1)},
		{"2026-03-16 00:00", 0, 0, MONTH(2026, 3)},
		{"2025-03-16 00:00", 0, 0, MONTH(2026, 1)},
		{"2026-03-16 00:00", MONTH(2026, 6), 0, MONTH(2026, 6)},
		{"2026-03-16 00:00", 0, MONTH(2026, 5), MONTH(2026, 5)},
		{"2026-03-16 00:00", MONTH(2026, 4), MONTH(2026, 5), MONTH(2026, 5)},
		{"2026-03-16 00:00", MONTH(2026, 6), MONTH(2026, 5), MONTH(2026, 6)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vg_act_body body = {
			.reason = "test", .municipalities = "1489", .month = rows[i].opening};
		struct vg_agreement *agreement = fee_agreement(2026);
		struct vg_municipality *party = fee_party(agreement, "1489");
		struct world world;
		int month;

		party->fee_from = rows[i].from;
		if (rows[i].go_live[0] != '\0')
			party->go_live_ms = support_at(rows[i].go_live);
		world = fee_world_of(agreement);
		if (rows[i].opening != 0)
			fee_act(&world, VG_KIND_OPENING_PROPOSED, &body);
		month = vg_fee_first_month(world.core, "1489");
		if (month != rows[i].want)
			fail_msg("row %zu: %d-%02d", i, month / 12, month % 12 + 1);
		assert_true(month_of(&world, "1489", month).trial == false);
		if (month > MONTH(2026, 1))
			assert_true(month_of(&world, "1489", month - 1).trial);
		assert_int_equal(vg_fee_first_month(world.core, "0114"), -1);
		vg_core_free(world.core);
	}
}

/* The newer of two versions of the same time has the say of when it is live. */
static void
a_go_live_that_is_put_off_moves_the_first_month(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026), *later = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-02-01 00:00");
	later->valid_from_ms = support_at("2026-01-15 00:00");
	fee_party(later, "1489")->go_live_ms = support_at("2026-05-01 00:00");
	world = fee_world_of(agreement);
	assert_int_equal(fee_apply(&world, later), VG_VERDICT_TAKEN);
	assert_int_equal(vg_fee_first_month(world.core, "1489"), MONTH(2026, 5));
	vg_core_free(world.core);
}

static void
a_month_begins_outside_an_agreement_that_ends_with_the_month_before(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_fee_month month;
	struct world world;

	(void)state;
	agreement->valid_to_ms = support_at("2026-05-01 00:00");
	world = fee_world_of(agreement);
	assert_true(vg_fee_month(world.core, "1489", MONTH(2026, 4), &month));
	assert_false(vg_fee_month(world.core, "1489", MONTH(2026, 5), &month));
	vg_core_free(world.core);
}

/* Kronor are for what an index has moved. */
static void
without_a_rate_the_base_price_is_not_rounded(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->fee.index_rounding = VG_INDEX_KRONA;
	agreement->fee.support_ore = 25049;
	world = fee_world_of(agreement);
	assert_int_equal(price_of(&world, "1489", MONTH(2026, 1)).support_ore, 25049);
	vg_core_free(world.core);
}

static void
a_month_is_closed_on_a_working_day_of_the_next(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	int64_t second = support_days(2026, 11, 2) - agreement->first_day;
	struct world world;

	(void)state;
	agreement->day_working[second + 1] = 0;
	world = fee_world_of(agreement);
	assert_int_equal(vg_fee_closing_day(world.core, MONTH(2026, 9)), support_days(2026, 10, 7));
	assert_int_equal(vg_fee_closing_day(world.core, MONTH(2026, 10)),
			 support_days(2026, 11, 9));
	assert_int_equal(vg_fee_closing_day(world.core, MONTH(2025, 11)), -1);
	assert_int_equal(vg_fee_closing_day(world.core, MONTH(FEE_END_YEAR - 1, 12)), -1);
	vg_core_free(world.core);
}

/* --- targets --- */

static void
E1_E5_E6_E7_caps_follow_the_users(void **state)
{
	static const struct {
		const char *id;
		struct {
			const char *date;
			int64_t users;
		} reading[2];
		int month;
		int64_t tickets, cap_ore, support_ore;
	} rows[] = {
		{"E1", {{"2026-01-01", 130}}, MONTH(2026, 1), 9, 3250000, 225000},
		{"E5 September", {{"2026-01-01", 130}}, MONTH(2026, 9), 118, 3250000, 2950000},
		{"E5 October", {{"2026-01-01", 130}}, MONTH(2026, 10), 138, 3250000, 3250000},
		{"E5 November", {{"2026-01-01", 130}}, MONTH(2026, 11), 148, 3250000, 3250000},
		{"E6 June",
		 {{"2026-01-01", 130}, {"2026-07-01", 160}},
		 MONTH(2026, 6),
		 135,
		 3250000,
		 3250000},
		{"E6 July",
		 {{"2026-01-01", 130}, {"2026-07-01", 160}},
		 MONTH(2026, 7),
		 138,
		 3625000,
		 3450000},
		{"E7 August",
		 {{"2026-01-01", 130}, {"2026-09-01", 100}},
		 MONTH(2026, 8),
		 124,
		 3250000,
		 3100000},
		{"E7 September",
		 {{"2026-01-01", 130}, {"2026-09-01", 100}},
		 MONTH(2026, 9),
		 126,
		 3000000,
		 3000000},
		{"no users", {{"2026-01-01", 0}}, MONTH(2026, 3), 5, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct world world = fee_world(2026);
		struct vg_fee_target target;

		for (int k = 0; k < 2 && rows[i].reading[k].date != NULL; k++)
			fee_users(&world, "1489", rows[i].reading[k].date,
				  rows[i].reading[k].users);
		target = target_of(&world, rows[i].month, rows[i].tickets * 25000);
		if (target.cap_ore != rows[i].cap_ore ||
		    target.support_ore[VG_FEE_PER_TICKET_CAPPED] != rows[i].support_ore)
			fail_msg("%s: cap %lld, due %lld", rows[i].id, (long long)target.cap_ore,
				 (long long)target.support_ore[VG_FEE_PER_TICKET_CAPPED]);
		assert_int_equal(target.support_ore[VG_FEE_PER_TICKET_UNCAPPED],
				 rows[i].tickets * 25000);
		vg_core_free(world.core);
	}
}

static void
E8_the_cap_of_a_part_of_a_year(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-03-16 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-03-16", 60);
	assert_int_equal(target_of(&world, MONTH(2026, 3), 50000).cap_ore, 1189516);
	assert_int_equal(target_of(&world, MONTH(2026, 12), 0).cap_ore, 1189516);
	assert_int_equal(target_of(&world, MONTH(2026, 12), 0).support_ore[VG_FEE_FLAT_PER_USER],
			 1189516);
	vg_core_free(world.core);
}

/* 130 users at 1 750 kr, and the flat fee: twelve months are the year exactly (2.7). */
static void
months_of_yearly_prices_add_up(void **state)
{
	static const int64_t operation_ore[12] = {1895833, 1895834, 1895833, 1895833,
						  1895834, 1895833, 1895833, 1895834,
						  1895833, 1895833, 1895834, 1895833};
	struct world world = fee_world(2026);
	struct vg_fee_target before = {0}, now;

	(void)state;
	fee_users(&world, "1489", "2026-01-01", 130);
	for (int k = 0; k < 12; k++) {
		now = target_of(&world, MONTH(2026, 1) + k, 0);
		assert_int_equal(now.operation_ore - before.operation_ore, operation_ore[k]);
		before = now;
	}
	assert_int_equal(before.operation_ore, 22750000);
	assert_int_equal(before.support_ore[VG_FEE_FLAT_PER_USER], 3250000);
	assert_int_equal(before.cap_ore, 3250000);
	vg_core_free(world.core);
}

/* With anniversaries the price changes within the year, and the cap is summed by months. */
static void
a_cap_sums_the_price_of_each_month(void **state)
{
	struct vg_agreement *agreement = indexed_agreement();
	struct world world;
	struct vg_fee_target target;

	(void)state;
	agreement->fee.index_mode = VG_INDEX_ANNIVERSARY;
	world = fee_world_of(agreement);
	fee_rate(&world, "vgr", 2021, 100000000);
	fee_users(&world, "1489", "2020-01-01", 12);
	vg_fee_target(world.core, "1489", MONTH(2021, 1), MONTH(2021, 6), 0, &target);
	assert_int_equal(target.cap_ore, 4 * 25000 + 8 * 27500);
	assert_int_equal(target.support_ore[VG_FEE_FLAT_PER_USER], 4 * 25000 + 2 * 27500);
	vg_fee_target(world.core, "1489", MONTH(2021, 5), MONTH(2021, 6), 0, &target);
	assert_int_equal(target.cap_ore, 8 * 27500);
	assert_int_equal(target.support_ore[VG_FEE_FLAT_PER_USER], 2 * 27500);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(E9_each_municipality_has_its_own_base),
		cmocka_unit_test(a_missing_rate_leaves_the_last_price),
		cmocka_unit_test(without_a_signing_the_base_price_stands),
		cmocka_unit_test(an_anniversary_counts_from_the_first_month_that_begins_then),
		cmocka_unit_test(roundings_are_by_the_agreement),
		cmocka_unit_test(a_negative_rate_counts_unless_it_is_agreed_not_to),
		cmocka_unit_test(a_ticket_costs_its_share_of_a_users_year),
		cmocka_unit_test(joining_and_leaving_months_are_counted_in_days),
		cmocka_unit_test(users_are_those_of_the_reading_day),
		cmocka_unit_test(users_of_the_month_of_go_live_are_those_of_its_day),
		cmocka_unit_test(a_month_without_a_fee_is_none),
		cmocka_unit_test(a_new_version_holds_from_the_month_after),
		cmocka_unit_test(the_first_month_is_as_agreed),
		cmocka_unit_test(a_go_live_that_is_put_off_moves_the_first_month),
		cmocka_unit_test(
			a_month_begins_outside_an_agreement_that_ends_with_the_month_before),
		cmocka_unit_test(without_a_rate_the_base_price_is_not_rounded),
		cmocka_unit_test(a_month_is_closed_on_a_working_day_of_the_next),
		cmocka_unit_test(E1_E5_E6_E7_caps_follow_the_users),
		cmocka_unit_test(E8_the_cap_of_a_part_of_a_year),
		cmocka_unit_test(months_of_yearly_prices_add_up),
		cmocka_unit_test(a_cap_sums_the_price_of_each_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
