/* fee/price.c - prices after index, users, months of membership, and what a year should have cost.
 *
 * The hard thing is which version is asked. A month's prices and rules are those valid at its
 * start, or the newest that covers a part of it; who is a member, and from when, is as the newest
 * version that covers the month says. Days are counted as dates: a month with a clock change has as
 * many as others (semantics.md 2.4, 2.5). */
#include "core/fee/private.h"
#include "core/ticket/private.h"

#define EPOCH_DAYS 719162 /* from 0001-01-01 to 1970-01-01 */

/* Every length of a month divides it: shares of months add up exactly. */
#define MONTH_PARTS 377580
_Static_assert(MONTH_PARTS % 28 == 0 && MONTH_PARTS % 29 == 0 && MONTH_PARTS % 30 == 0 &&
		       MONTH_PARTS % 31 == 0,
	       "the least common multiple of 28, 29, 30 and 31");

/* --- dates --- */

static int64_t
first_day_of(int month)
{
	static const int16_t before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t year = month / 12, past = year - 1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return past * 365 + past / 4 - past / 100 + past / 400 + before[month % 12] +
	       (leap && month % 12 > 1) - EPOCH_DAYS;
}

static int
month_of_day(int64_t day)
{
	int month = VG_MONTH_FIRST + (int)(day * 4800 / 146097); /* in 400 years */

	while (first_day_of(month) > day)
		month--;
	while (first_day_of(month + 1) <= day)
		month++;
	return month;
}

/* A month's instants, from a version that has expanded them. */
struct span {
	const struct vg_agreement *by;
	int64_t start_ms, end_ms;
	int64_t first_day, days;
};

static bool
find_span(const struct vg_core *core, int month, struct span *out)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_agreement *agreement = core->version[i]->agreement;
		int64_t at = (int64_t)month - agreement->first_month;

		if (at < 0 || at >= (int64_t)agreement->months)
			continue;
		out->by = agreement;
		out->start_ms = agreement->month_start_ms[at];
		out->end_ms = agreement->month_start_ms[at + 1];
		out->first_day = first_day_of(month);
		out->days = first_day_of(month + 1) - out->first_day;
		return true;
	}
	return false;
}

/* --- versions --- */

static bool
covers(const struct vg_agreement *agreement, const struct span *span)
{
	return agreement->fee.agreed && agreement->valid_from_ms < span->end_ms &&
	       agreement->valid_to_ms > span->start_ms;
}

/* As the newest version that covers the month and names the municipality has it. */
static const struct vg_agreement *
newest_naming(const struct vg_core *core, const struct span *span, const char *municipality,
	      const struct vg_municipality **party)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_agreement *agreement = core->version[i]->agreement;

		if (covers(agreement, span) &&
		    (*party = vg_agreement_municipality(agreement, municipality)) != NULL)
			return agreement;
	}
	*party = NULL;
	return NULL;
}

static const struct vg_agreement *
newest_covering(const struct vg_core *core, const struct span *span)
{
	for (size_t i = core->versions; i-- > 0;) {
		if (covers(core->version[i]->agreement, span))
			return core->version[i]->agreement;
	}
	return NULL;
}

/* Whose rules and prices hold for the municipality's month, and what it says of it; *party NULL =
 * no version that covers the month names it. */
static const struct vg_agreement *
rules_of(const struct vg_core *core, const struct span *span, const char *municipality,
	 const struct vg_municipality **party)
{
	const struct vg_agreement *at_start = vg_core_agreement_at(core, span->start_ms);
	const struct vg_agreement *naming;

	if (at_start != NULL && at_start->fee.agreed &&
	    (*party = vg_agreement_municipality(at_start, municipality)) != NULL)
		return at_start;
	naming = newest_naming(core, span, municipality, party);
	if (naming != NULL)
		return naming;
	return at_start != NULL && at_start->fee.agreed ? at_start : newest_covering(core, span);
}

const struct vg_agreement *
vg_fee_agreement(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_municipality *party;
	struct span span;

	return find_span(core, month, &span) ? rules_of(core, &span, municipality, &party) : NULL;
}

/* --- prices --- */

struct rates {
	int64_t ppb[VG_MONEY_RATES_MAX];
	size_t n;
};

/* The year of the last adjustment that the month has seen. An anniversary counts from the first
 * month that begins on it or later. */
static int
last_adjustment(const struct vg_fee_rules *fee, int month, int signed_month, bool first_of_month)
{
	int reached = signed_month % 12 + (first_of_month ? 0 : 1);

	if (fee->index_mode == VG_INDEX_JANUARY || month % 12 >= reached)
		return month / 12;
	return month / 12 - 1;
}

/* The rates that hold, from the first adjustment on, up to one that is missing. */
static void
collect_rates(const struct vg_core *core, const struct vg_fee_rules *fee, int64_t signed_day,
	      int month, struct rates *rates, struct vg_fee_price *out)
{
	int signed_month = month_of_day(signed_day);
	int last =
		last_adjustment(fee, month, signed_month, first_day_of(signed_month) == signed_day);

	for (int year = signed_month / 12 + 1; year <= last; year++) {
		const struct vg_act *rate =
			rates->n < VG_MONEY_RATES_MAX ? vg_fee_rate(core, fee->index, year) : NULL;

		if (rate == NULL) {
			out->missing_year = year;
			return;
		}
		rates->ppb[rates->n++] =
			rate->amount_ore < 0 && !fee->index_negative ? 0 : rate->amount_ore;
	}
}

/* A price of the agreement after index, for one of per_ppm millionths. */
static int64_t
indexed(const struct vg_fee_rules *fee, int64_t base_ore, const struct rates *rates,
	int64_t per_ppm)
{
	if (fee->index_rounding == VG_INDEX_KRONA && rates->n > 0)
		return vg_money_index_per(base_ore, rates->ppb, rates->n, 100, per_ppm);
	if (fee->index_rounding != VG_INDEX_CHAIN)
		return vg_money_index_per(base_ore, rates->ppb, rates->n, 1, per_ppm);
	for (size_t i = 0; i < rates->n; i++)
		base_ore = vg_money_index(base_ore, &rates->ppb[i], 1, 1);
	return vg_money_index_per(base_ore, NULL, 0, 1, per_ppm);
}

static void
find_price(const struct vg_core *core, const struct vg_agreement *rules,
	   const struct vg_municipality *party, int month, struct vg_fee_price *out)
{
	const struct vg_fee_rules *fee = &rules->fee;
	struct rates rates = {.n = 0};

	*out = (struct vg_fee_price){0};
	if (fee->index[0] != '\0' && party != NULL) {
		out->no_signing = party->signed_day == INT64_MIN;
		if (!out->no_signing)
			collect_rates(core, fee, party->signed_day, month, &rates, out);
	}
	out->rates = (int)rates.n;
	out->support_ore = indexed(fee, fee->support_ore, &rates, 1000000);
	out->operation_ore = indexed(fee, fee->operation_ore, &rates, 1000000);
	out->ticket_ore = indexed(fee, fee->support_ore, &rates, fee->tickets_per_user_ppm);
}

void
vg_fee_price(const struct vg_core *core, const char *municipality, int month,
	     struct vg_fee_price *out)
{
	const struct vg_municipality *party;
	const struct vg_agreement *rules;
	struct span span;

	*out = (struct vg_fee_price){0};
	if (find_span(core, month, &span) &&
	    (rules = rules_of(core, &span, municipality, &party)) != NULL)
		find_price(core, rules, party, month, out);
}

/* --- months --- */

int64_t
vg_fee_end_ms(const struct vg_fee_rules *fee, const struct vg_municipality *party)
{
	return fee->bill_leaving || party->leaving_ms > party->end_ms ? party->end_ms
								      : party->leaving_ms;
}

static int64_t
local_day(const struct span *span, int64_t at_ms, int64_t otherwise)
{
	int64_t day = vg_agreement_day_of(span->by, at_ms);

	return day == INT64_MIN ? otherwise : day;
}

/* A day with any part of membership is a day. */
static int64_t
live_days(const struct span *span, const struct vg_fee_rules *fee,
	  const struct vg_municipality *party)
{
	int64_t from_ms = party->go_live_ms, to_ms = vg_fee_end_ms(fee, party), days;

	if (from_ms < span->start_ms)
		from_ms = span->start_ms;
	if (to_ms > span->end_ms)
		to_ms = span->end_ms;
	if (from_ms >= to_ms)
		return 0;
	days = local_day(span, to_ms - 1, span->first_day + span->days - 1) -
	       local_day(span, from_ms, span->first_day) + 1;
	if (days == span->days || fee->join_month == VG_JOIN_PRORATA_DAYS)
		return days;
	return fee->join_month == VG_JOIN_FULL ? span->days : 0;
}

/* On the reading day; of the month of go-live on its day. */
static void
read_users(const struct vg_core *core, const char *municipality, const struct span *span,
	   const struct vg_fee_rules *fee, const struct vg_municipality *party,
	   struct vg_fee_month *out)
{
	int64_t day = span->first_day + fee->reading_day - 1;
	int64_t before = first_day_of(out->month - 1) + fee->reading_day - 1;
	const struct vg_users_reading *reading;

	if (party != NULL && party->go_live_ms >= span->start_ms &&
	    party->go_live_ms < span->end_ms)
		day = local_day(span, party->go_live_ms, day);
	reading = vg_core_users_at(core, municipality, day);
	if (reading == NULL)
		return;
	out->users = reading->users;
	out->reading_seq = reading->changed_seq;
	out->late = reading->day <= before;
}

bool
vg_fee_month(const struct vg_core *core, const char *municipality, int month,
	     struct vg_fee_month *out)
{
	const struct vg_municipality *party, *member;
	const struct vg_agreement *rules;
	struct span span;

	*out = (struct vg_fee_month){.month = month};
	if (!find_span(core, month, &span) ||
	    (rules = rules_of(core, &span, municipality, &party)) == NULL)
		return false;
	newest_naming(core, &span, municipality, &member);
	out->days = span.days;
	if (member != NULL)
		out->live_days = live_days(&span, &rules->fee, member);
	out->trial = month < vg_fee_first_month(core, municipality);
	read_users(core, municipality, &span, &rules->fee, member, out);
	find_price(core, rules, party, month, &out->price);
	return true;
}

/* The first month that it is live in. A version has its say of those for which no newer one
 * names the municipality; -1 = none has. */
static int
first_member(const struct vg_core *core, const char *municipality)
{
	int first = -1;

	for (size_t i = 0; i < core->versions; i++) {
		const struct vg_agreement *agreement = core->version[i]->agreement;
		const struct vg_municipality *party =
			vg_agreement_municipality(agreement, municipality);
		struct span span;
		int64_t from_ms;
		int month;

		if (!agreement->fee.agreed || agreement->months == 0 || party == NULL)
			continue;
		from_ms = vg_later_ms(agreement->valid_from_ms, party->go_live_ms);
		from_ms = vg_later_ms(from_ms, agreement->month_start_ms[0]);
		month = vg_core_month_of(core, from_ms);
		if ((first < 0 || month < first) && find_span(core, month, &span) &&
		    newest_naming(core, &span, municipality, &party) == agreement)
			first = month;
	}
	return first;
}

/* What the newest version with a fee that names the municipality says of it; NULL = none does. */
static const struct vg_municipality *
newest_party(const struct vg_core *core, const char *municipality)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_agreement *agreement = core->version[i]->agreement;
		const struct vg_municipality *party =
			vg_agreement_municipality(agreement, municipality);

		if (agreement->fee.agreed && party != NULL)
			return party;
	}
	return NULL;
}

/* As it is agreed now. */
static int
first_agreed(const struct vg_core *core, const char *municipality)
{
	const struct vg_municipality *party = newest_party(core, municipality);
	const struct vg_act *opening = vg_fee_opening(core, municipality);

	if (party == NULL)
		return -1;
	if (opening != NULL && opening->month >= party->fee_from)
		return opening->month;
	return party->fee_from != 0 ? party->fee_from : first_member(core, municipality);
}

/* What has been billed stays billed, whatever is agreed of one that comes back. */
int
vg_fee_first_month(const struct vg_core *core, const char *municipality)
{
	int agreed = first_agreed(core, municipality);
	int closed = vg_fee_first_closed(core, municipality);

	return closed >= 0 && closed < agreed ? closed : agreed;
}

int64_t
vg_fee_closing_day(const struct vg_core *core, int month)
{
	const struct vg_agreement *rules;
	struct span span, after;
	int64_t i, left;

	if (!find_span(core, month, &span) || !find_span(core, month + 1, &after))
		return -1;
	rules = vg_core_agreement_at(core, span.start_ms);
	if (rules == NULL || !rules->fee.agreed)
		rules = newest_covering(core, &span);
	if (rules == NULL)
		return -1;
	left = rules->fee.close_working_day;
	for (i = after.first_day - after.by->first_day; i >= 0 && i < (int64_t)after.by->days;
	     i++) {
		left -= after.by->day_working[i];
		if (left <= 0)
			return after.by->first_day + i;
	}
	return -1;
}

/* --- what a year should have cost --- */

/* A sum of shares of yearly prices, whole until it is rounded. */
static void
add_share(vg_wide *sum, const struct vg_fee_month *month, int64_t users, int64_t price_ore)
{
	*sum += (vg_wide)(month->live_days * (MONTH_PARTS / month->days)) * users * price_ore;
}

void
vg_fee_target(const struct vg_core *core, const char *municipality, int from, int month,
	      int64_t gross_ore, struct vg_fee_target *out)
{
	int first = month / 12 * 12, end = first + 12;
	vg_wide cap = 0, flat = 0, operation = 0;
	struct vg_fee_month now, known;

	if (!vg_fee_month(core, municipality, month, &known))
		known.users = 0;
	for (int k = from > first ? from : first; k < end; k++) {
		if (!vg_fee_month(core, municipality, k, &now))
			continue;
		if (k > month) /* not read yet, as this month knows it */
			now.users = known.users;
		add_share(&cap, &now, now.users, now.price.support_ore);
		if (k > month)
			continue;
		add_share(&flat, &now, now.users, now.price.support_ore);
		add_share(&operation, &now, now.users, now.price.operation_ore);
	}
	*out = (struct vg_fee_target){0};
	out->cap_ore = vg_money_round(cap, MONTH_PARTS * 12);
	out->support_ore[VG_FEE_PER_TICKET_CAPPED] =
		gross_ore < out->cap_ore ? gross_ore : out->cap_ore;
	out->support_ore[VG_FEE_FLAT_PER_USER] = vg_money_round(flat, MONTH_PARTS * 12);
	out->support_ore[VG_FEE_PER_TICKET_UNCAPPED] = gross_ore;
	out->operation_ore = vg_money_round(operation, MONTH_PARTS * 12);
}
