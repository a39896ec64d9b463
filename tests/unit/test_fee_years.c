/* Random years: however facts arrive and whenever months are closed, a year costs what its rules
 * say, no ticket is ever billed twice, and what is closed stays as it is.
 *
 * A year is a list of facts: tickets of two municipalities, their resolutions, corrections, moves,
 * merges, splits, reopenings and overrides, readings of users, rates. One of the municipalities
 * may leave, for good or for some months. It is lived several times, with other delays and other
 * closings, and held against an oracle that knows the rule's text and nothing of statements. */
#include "tests/unit/checkpoint_support.h"

#include "tests/unit/book_support.h"

#define YEAR	   2026
#define FIRST	   MONTH(YEAR, 1)
#define LAST	   MONTH(YEAR + 1, 8) /* the last month that is closed */
#define TICKETS	   60
#define FACTS_MAX  (TICKETS * 8)
#define SEEDS	   12
#define STATEMENTS 64

enum what { REPORT, RESOLVE, VOID, MERGE, OVERRIDE, USERS, RATE };

/* One thing that happens, and when it comes in. */
struct fact {
	enum what what;
	int ticket;	  /* or index of the municipality, or year */
	int64_t value;	  /* other ticket, users, rate, or outcome */
	int64_t at_ms;	  /* when it happened */
	int64_t day;	  /* USERS */
	char words[64];	  /* of the ticket, but for its municipality */
	int municipality; /* that it states; -1 = none */
	int needs;	  /* the fact that it corrects; -1 = none */
	int64_t received_ms;
	int64_t seq; /* 0 = not come yet */
};

struct year {
	struct fact fact[FACTS_MAX];
	int facts;
	int leaving, returning; /* months of the first municipality; 0 = it does not */
	uint64_t seed;
};

static const char *const codes[] = {"1480", "1489"};

/* --- a random year --- */

static struct fact *
add(struct year *year, enum what what, int ticket, int64_t at_ms)
{
	struct fact *fact = &year->fact[year->facts++];

	assert_true(year->facts <= FACTS_MAX);
	*fact = (struct fact){
		.what = what, .ticket = ticket, .at_ms = at_ms, .municipality = -1, .needs = -1};
	return fact;
}

static struct fact *
say(struct year *year, enum what what, int ticket, int64_t at_ms, const char *words)
{
	struct fact *fact = add(year, what, ticket, at_ms);

	snprintf(fact->words, sizeof(fact->words), "%s", words);
	return fact;
}

/* What happens to a ticket after its resolution. */
static void
add_aftermath(struct year *year, int ticket, int resolved)
{
	int64_t at_ms = year->fact[resolved].at_ms;
	int64_t later_ms = at_ms + support_below(&year->seed, 90) * DAY_MS + ticket * MINUTE_MS;
	struct fact *fact;

	switch (support_below(&year->seed, 14)) {
	case 0:
		say(year, REPORT, ticket, later_ms, "cause_party=vgr");
		break;
	case 1:
		say(year, REPORT, ticket, at_ms - MINUTE_MS, "cause_party=supplier");
		say(year, REPORT, ticket, later_ms + MINUTE_MS, "cause_party=municipality");
		break;
	case 2:
	case 3:
		say(year, REPORT, ticket, later_ms + MINUTE_MS, "")->municipality =
			(int)support_below(&year->seed, 2);
		break;
	case 4:
		say(year, REPORT, ticket, later_ms + MINUTE_MS, "status=in_progress");
		say(year, RESOLVE, ticket, later_ms + DAY_MS, "status=resolved");
		break;
	case 5:
		fact = add(year, VOID, ticket, later_ms);
		fact->needs = resolved;
		if (support_below(&year->seed, 3) > 0)
			say(year, RESOLVE, ticket, later_ms + MINUTE_MS, "status=resolved");
		break;
	case 6:
		say(year, REPORT, ticket, later_ms, "split_from=X1");
		break;
	default:
		break;
	}
}

static void
add_ticket(struct year *year, int ticket)
{
	int64_t day = support_days(YEAR, 1, 1) + support_below(&year->seed, 365);
	int64_t at_ms = support_local_ms(day, 12 * HOUR_MS) + ticket * MINUTE_MS;
	int resolved;

	say(year, REPORT, ticket, at_ms - 3 * HOUR_MS, "status=new line=1")->municipality =
		ticket % 2;
	if (support_below(&year->seed, 8) > 0)
		say(year, REPORT, ticket, at_ms - 2 * HOUR_MS, "status=in_progress line=2");
	resolved = year->facts;
	say(year, RESOLVE, ticket, at_ms, "status=resolved");
	add_aftermath(year, ticket, resolved);
}

/* Tickets from the end are merged, from the beginning overridden. */
static void
add_rest(struct year *year)
{
	for (int i = 0; i < 6; i++) {
		int ticket = TICKETS - 1 - (int)support_below(&year->seed, TICKETS / 3);
		int64_t day = support_days(YEAR, 1, 1) + support_below(&year->seed, 400);

		add(year, MERGE, ticket, support_local_ms(day, 20 * HOUR_MS))->value =
			TICKETS - 1 - support_below(&year->seed, TICKETS / 3);
	}
	for (int i = 0; i < 4; i++)
		add(year, OVERRIDE, i * 3,
		    support_local_ms(support_days(YEAR, 2 + 2 * i, 1), 8 * HOUR_MS))
			->value = support_below(&year->seed, 2);
	for (int i = 0; i < 14; i++) {
		int month = i < 2 ? 0 : (int)support_below(&year->seed, 12);
		struct fact *fact = add(year, USERS, i % 2, 0);

		fact->day = support_days(YEAR, month + 1, i < 2 ? 1 : 1 + i % 3);
		fact->at_ms = support_local_ms(fact->day, 0);
		fact->value = 5 + support_below(&year->seed, 30);
	}
	for (int i = 0; i < 2; i++) {
		struct fact *fact = add(year, RATE, YEAR + i, 0);

		fact->at_ms = support_local_ms(support_days(YEAR + i, 1, 1), 0);
		fact->value = support_below(&year->seed, 80000000) - 20000000;
	}
}

static void
make_year(struct year *year, uint64_t seed)
{
	memset(year, 0, sizeof(*year));
	year->seed = seed;
	for (int i = 0; i < TICKETS; i++)
		add_ticket(year, i);
	add_rest(year);
	if (seed % 3 != 0)
		year->leaving = FIRST + 2 + (int)support_below(&year->seed, 8);
	if (seed % 3 == 1)
		year->returning = year->leaving + 1 + (int)support_below(&year->seed, 6);
}

static bool
is_away(const struct year *year, int municipality, int month)
{
	return municipality == 0 && year->leaving != 0 && month >= year->leaving &&
	       (year->returning == 0 || month < year->returning);
}

/* Most things come soon, some late, a few months late. Not before they happened; and none after
 * the last closings but one. */
static void
delay(struct year *year)
{
	int64_t last_ms = support_local_ms(support_days(YEAR + 1, 6, 15), 0);

	for (int i = 0; i < year->facts; i++) {
		struct fact *fact = &year->fact[i];
		int64_t most = support_below(&year->seed, 3) == 0 ? 120 : 3;

		fact->received_ms = fact->at_ms + support_below(&year->seed, most) * DAY_MS;
		if (fact->received_ms > last_ms)
			fact->received_ms = last_ms;
		if (fact->received_ms < fact->at_ms)
			fact->received_ms = fact->at_ms;
		fact->seq = 0;
	}
}

/* --- the oracle --- */

/* What a ticket's facts come to. */
struct fate {
	int group; /* tickets that were merged have one in common */
	int municipality;
	int64_t municipality_ms, cause_ms, second_ms, resolved_ms;
	bool vgr, split;
	int64_t outcome; /* -1 = no override */
};

static int
group_of(const struct fate *fate, int ticket)
{
	while (fate[ticket].group != ticket)
		ticket = fate[ticket].group;
	return ticket;
}

static void
merge_all(const struct year *year, struct fate *fate)
{
	for (int i = 0; i < TICKETS; i++)
		fate[i] = (struct fate){.group = i,
					.municipality_ms = INT64_MIN,
					.cause_ms = INT64_MIN,
					.second_ms = INT64_MAX,
					.resolved_ms = INT64_MAX,
					.outcome = -1};
	for (int i = 0; i < year->facts; i++) {
		const struct fact *fact = &year->fact[i];

		if (fact->what == MERGE)
			fate[group_of(fate, fact->ticket)].group = group_of(fate, (int)fact->value);
	}
}

static bool
is_voided(const struct year *year, int index)
{
	for (int i = 0; i < year->facts; i++) {
		if (year->fact[i].what == VOID && year->fact[i].needs == index)
			return true;
	}
	return false;
}

static void
follow(const struct fact *fact, struct fate *of)
{
	if (fact->municipality >= 0 && fact->at_ms > of->municipality_ms) {
		of->municipality = fact->municipality;
		of->municipality_ms = fact->at_ms;
	}
	if (strncmp(fact->words, "cause_party=", 12) == 0 && fact->at_ms > of->cause_ms) {
		of->vgr = strcmp(fact->words, "cause_party=municipality") != 0;
		of->cause_ms = fact->at_ms;
	}
	if (strncmp(fact->words, "split_from", 10) == 0)
		of->split = true;
	if (strstr(fact->words, "line=2") != NULL && fact->at_ms < of->second_ms)
		of->second_ms = fact->at_ms;
	if (fact->what == OVERRIDE)
		of->outcome = fact->value;
}

/* The first resolution that is no older than the hand-over to second line, or any without one. */
static void
follow_resolutions(const struct year *year, struct fate *fate)
{
	for (int i = 0; i < year->facts; i++) {
		const struct fact *fact = &year->fact[i];
		struct fate *of;

		if (fact->what != RESOLVE || is_voided(year, i))
			continue;
		of = &fate[group_of(fate, fact->ticket)];
		if ((of->second_ms == INT64_MAX || fact->at_ms >= of->second_ms) &&
		    fact->at_ms < of->resolved_ms)
			of->resolved_ms = fact->at_ms;
	}
}

static int
month_of(int64_t at_ms)
{
	char text[32];
	int year, month;

	assert_int_equal(sscanf(support_local(at_ms, text), "%4d-%2d", &year, &month), 2);
	return MONTH(year, month);
}

static int64_t
half_away(__int128 num, __int128 den)
{
	return (int64_t)(num < 0 ? -((-2 * num + den) / (2 * den)) : (2 * num + den) / (2 * den));
}

static int64_t
rate_of(const struct year *year, int number)
{
	for (int i = 0; i < year->facts; i++) {
		if (year->fact[i].what == RATE && year->fact[i].ticket == number)
			return year->fact[i].value;
	}
	return 0;
}

static int64_t
price_of(const struct year *year, int number, int64_t base_ore)
{
	__int128 num = base_ore, den = 1;

	for (int y = YEAR; y <= number; y++) {
		num *= 1000000000 + rate_of(year, y);
		den *= 1000000000;
	}
	return half_away(num, den);
}

/* The newest reading on the first of the month; of those of one day, the one that came last. */
static int64_t
users_of(const struct year *year, int municipality, int month)
{
	int64_t day = support_days(month / 12, month % 12 + 1, 1);
	const struct fact *newest = NULL;

	for (int i = 0; i < year->facts; i++) {
		const struct fact *fact = &year->fact[i];

		if (fact->what == USERS && fact->ticket == municipality && fact->day <= day &&
		    (newest == NULL || fact->day > newest->day ||
		     (fact->day == newest->day && fact->seq > newest->seq)))
			newest = fact;
	}
	assert_non_null(newest);
	return newest->value;
}

/* What a fee year of a municipality is to cost in the end: by each mode, then operation. */
static void
expect(const struct year *year, int municipality, int number, int64_t ore[VG_FEE_MODE_COUNT + 1])
{
	int last = number == YEAR ? number * 12 + 11 : LAST;
	__int128 cap = 0, flat = 0, operation = 0;
	struct fate fate[TICKETS];
	int64_t gross = 0, capped;

	merge_all(year, fate);
	for (int i = 0; i < year->facts; i++) {
		if (year->fact[i].what <= OVERRIDE && year->fact[i].what != VOID)
			follow(&year->fact[i], &fate[group_of(fate, year->fact[i].ticket)]);
	}
	follow_resolutions(year, fate);
	for (int i = 0; i < TICKETS; i++) {
		const struct fate *of = &fate[i];
		bool counts = of->second_ms != INT64_MAX && !of->vgr && !of->split;
		int month;

		if (of->group != i || of->resolved_ms == INT64_MAX ||
		    of->municipality != municipality)
			continue;
		month = month_of(of->resolved_ms);
		if (month / 12 != number)
			continue;
		counts = counts && !is_away(year, municipality, month);
		if (of->outcome >= 0)
			counts = of->outcome == VG_OVERRIDE_COUNTS;
		gross += counts ? price_of(year, number, 25000) : 0;
	}
	for (int month = number * 12; month < number * 12 + 12; month++) {
		int64_t users = is_away(year, municipality, month)
					? 0
					: users_of(year, municipality, month < last ? month : last);

		cap += (__int128)users * price_of(year, number, 25000);
		flat += month <= last ? (__int128)users * price_of(year, number, 25000) : 0;
		operation += month <= last ? (__int128)users * price_of(year, number, 175000) : 0;
	}
	capped = half_away(cap, 12);
	ore[VG_FEE_PER_TICKET_CAPPED] = gross < capped ? gross : capped;
	ore[VG_FEE_FLAT_PER_USER] = half_away(flat, 12);
	ore[VG_FEE_PER_TICKET_UNCAPPED] = gross;
	ore[VG_FEE_MODE_COUNT] = half_away(operation, 12);
}

/* --- living it --- */

static void
report_fact(struct world *world, const struct fact *fact)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_TICKET_REPORTED, fact->at_ms);
	char ref[16], other[16], words[80], store[256];

	snprintf(ref, sizeof(ref), "T%d", fact->ticket);
	snprintf(other, sizeof(other), "T%d", (int)fact->value);
	snprintf(words, sizeof(words), "%s%s%s", fact->words,
		 fact->municipality >= 0 ? " municipality=" : "",
		 fact->municipality >= 0 ? codes[fact->municipality] : "");
	event.body.ticket = (struct vg_ticket_body){.ref = ref,
						    .title_digest = "",
						    .also_count = fact->what == MERGE,
						    .also = {{"tool", other}}};
	support_fields(&event.body.ticket.fields, words, store);
	world_step(world, &event);
}

static void receive(struct world *world, struct year *year, struct fact *fact);

static void
correct_fact(struct world *world, struct year *year, const struct fact *fact)
{
	struct fact *voided = &year->fact[fact->needs];
	struct vg_event event;
	char ref[16];

	if (voided->seq == 0)
		receive(world, year, voided);
	snprintf(ref, sizeof(ref), "T%d", fact->ticket);
	event = fee_event_ms(world, VG_KIND_TICKET_CORRECTED, fact->at_ms);
	event.body.ticket =
		(struct vg_ticket_body){.ticket = ref, .voids = voided->seq, .reason = "wrong"};
	assert_true(world_step(world, &event) <= VG_VERDICT_FLAGGED);
}

/* The ticket must be known: its first fact comes before, if need be. */
static void
override_fact(struct world *world, struct year *year, const struct fact *fact)
{
	char ref[16];
	struct vg_act_body body = {
		.reason = "test", .ticket = ref, .outcome = (enum vg_override)fact->value};

	for (int i = 0; i < year->facts; i++) {
		if (year->fact[i].ticket == fact->ticket && year->fact[i].what == REPORT &&
		    year->fact[i].seq == 0) {
			receive(world, year, &year->fact[i]);
			break;
		}
	}
	snprintf(ref, sizeof(ref), "T%d", fact->ticket);
	fee_act(world, VG_KIND_OVERRIDE_PROPOSED, &body);
}

static void
receive(struct world *world, struct year *year, struct fact *fact)
{
	struct vg_event event;

	if (fact->seq != 0)
		return;
	if (fact->what == VOID) {
		correct_fact(world, year, fact);
	} else if (fact->what == OVERRIDE) {
		override_fact(world, year, fact);
	} else if (fact->what == RATE) {
		fee_rate(world, "vgr", fact->ticket, fact->value);
	} else if (fact->what == USERS) {
		event = fee_event_ms(world, VG_KIND_USERS_READ, fact->at_ms);
		event.has_municipality = true;
		event.municipality = codes[fact->ticket];
		event.body.users = (struct vg_users_body){
			.day = fact->day, .users = fact->value, .rule = "licensed", .approver = ""};
		world_step(world, &event);
	} else {
		report_fact(world, fact);
	}
	fact->seq = world->seq;
}

/* What is closed, as it was when it was. */
struct closed {
	int64_t id;
	uint64_t sum;
	size_t lines;
};
struct life {
	struct world world;
	struct closed closed[STATEMENTS];
	size_t n;
	uint64_t seed;
	bool subsets;  /* closes now for one, now for all */
	bool returned; /* the version by which the first municipality comes back is agreed */
};

static uint64_t
sum_of(const struct vg_core *core, const struct vg_statement *statement, size_t *lines)
{
	const struct vg_fee_line *line;
	uint64_t sum = (uint64_t)(statement->support_ore * 3 + statement->total_ore);

	*lines = 0;
	while ((line = vg_fee_line(core, statement, *lines)) != NULL) {
		int64_t parts[] = {line->id,	     line->no,	     line->kind,
				   line->ticket,     line->month,    line->reason,
				   line->amount_ore, line->corrects, line->statement};

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			sum = (sum ^ (uint64_t)parts[i]) * UINT64_C(0x100000001b3);
		(*lines)++;
	}
	return sum;
}

static struct closed *
closed_of(struct life *life, int64_t id)
{
	for (size_t i = 0; i < life->n; i++) {
		if (life->closed[i].id == id)
			return &life->closed[i];
	}
	assert_true(life->n < STATEMENTS);
	life->closed[life->n] = (struct closed){.id = id};
	return &life->closed[life->n++];
}

static void
what_is_closed_stays(struct life *life)
{
	const struct vg_statement *statement;

	for (size_t i = 0;
	     (statement = vg_core_item(life->world.core, VG_OBJECT_STATEMENT, i)) != NULL; i++) {
		struct closed *closed;
		size_t lines;
		uint64_t sum = sum_of(life->world.core, statement, &lines);

		if (statement->state != VG_STATEMENT_CLOSED)
			continue;
		closed = closed_of(life, statement->id);
		if (closed->sum == 0)
			*closed = (struct closed){statement->id, sum, lines};
		assert_int_equal(closed->sum, sum);
		assert_int_equal(closed->lines, lines);
	}
}

/* Every credit takes back a line of its own ticket and amount; no ticket has two lines in force. */
static void
nothing_is_billed_twice(const struct life *life)
{
	const struct vg_core *core = life->world.core;
	const struct vg_fee_line *line, *other;
	int64_t in_force[FACTS_MAX * 8] = {0};

	for (size_t i = 0; (line = vg_core_item(core, VG_OBJECT_FEE_LINE, i)) != NULL; i++) {
		assert_true(line->ticket < (int64_t)(sizeof(in_force) / sizeof(in_force[0])));
		if (line->kind == VG_LINE_COUNTED || line->kind == VG_LINE_DEBIT)
			in_force[line->ticket]++;
		if (line->kind != VG_LINE_CREDIT)
			continue;
		in_force[line->ticket]--;
		for (size_t k = 0;
		     (other = vg_core_item(core, VG_OBJECT_FEE_LINE, k))->id != line->corrects; k++)
			;
		assert_int_equal(other->ticket, line->ticket);
		assert_int_equal(other->amount_ore, -line->amount_ore);
		assert_string_equal(other->municipality, line->municipality);
	}
	for (size_t i = 0; i < sizeof(in_force) / sizeof(in_force[0]); i++) {
		assert_in_range(in_force[i], 0, 1);
		assert_int_equal(in_force[i], vg_fee_billed(core, (int64_t)i) != NULL);
	}
}

static bool
is_closed(const struct life *life, const char *municipality, int month)
{
	const struct vg_statement *statement =
		vg_fee_statement(life->world.core, municipality, month);

	return statement != NULL && statement->state == VG_STATEMENT_CLOSED;
}

/* Closes every month that has ended and can be closed. */
static void
close_what_is_open(struct life *life, int64_t now_ms, bool all)
{
	book_wait_ms(&life->world, now_ms);
	for (int month = FIRST; month < month_of(now_ms) && month <= LAST; month++) {
		const char *list = "";

		if (is_closed(life, codes[0], month) && is_closed(life, codes[1], month))
			continue;
		if (life->subsets && !all && support_below(&life->seed, 3) > 0)
			list = codes[support_below(&life->seed, 2)];
		book_close(&life->world, month, list);
		book_publish_all(&life->world, month);
		what_is_closed_stays(life);
		nothing_is_billed_twice(life);
	}
}

static struct fact *
next_fact(struct year *year, int64_t until_ms)
{
	struct fact *next = NULL;

	for (int i = 0; i < year->facts; i++) {
		struct fact *fact = &year->fact[i];

		if (fact->seq == 0 && fact->received_ms < until_ms &&
		    (next == NULL || fact->received_ms < next->received_ms))
			next = fact;
	}
	return next;
}

static int64_t
month_start_ms(int month)
{
	return support_local_ms(support_days(month / 12, month % 12 + 1, 1), 0);
}

static struct vg_agreement *
version(void)
{
	struct vg_agreement *agreement = fee_agreement(YEAR);

	free(agreement->fee.index);
	agreement->fee.index = support_copy("vgr");
	agreement->fee.misroute_ms = -1;
	for (size_t i = 0; i < 2; i++)
		fee_party(agreement, codes[i])->signed_day = support_days(YEAR - 1, 5, 1);
	return agreement;
}

/* It comes back by a version of its own, which knows nothing of its first membership. */
static void
agree_on_return(struct life *life, const struct year *year)
{
	struct vg_agreement *agreement;

	if (year->returning == 0 || life->returned)
		return;
	life->returned = true;
	agreement = version();
	agreement->valid_from_ms = month_start_ms(year->returning);
	fee_party(agreement, codes[0])->go_live_ms = agreement->valid_from_ms;
	assert_int_equal(fee_apply(&life->world, agreement), VG_VERDICT_TAKEN);
}

static struct life
life_new(const struct year *year, bool subsets)
{
	struct vg_agreement *agreement = version();

	if (year->leaving != 0)
		fee_party(agreement, codes[0])->end_ms = month_start_ms(year->leaving);
	return (struct life){
		.world = fee_world_of(agreement), .seed = year->seed, .subsets = subsets};
}

/* `often`: of ten months' ends, at how many is anything closed. */
static struct life
live(struct year *year, int often, bool subsets)
{
	struct life life = life_new(year, subsets);
	struct fact *fact;

	if (subsets)
		agree_on_return(&life, year);
	for (int month = FIRST + 1; month <= LAST + 1; month++) {
		int64_t now_ms =
			support_local_ms(support_days(month / 12, month % 12 + 1, 6), 9 * HOUR_MS);
		bool last = month >= LAST;

		if (month == year->returning)
			agree_on_return(&life, year);
		while ((fact = next_fact(year, now_ms)) != NULL)
			receive(&life.world, year, fact);
		if (last || support_below(&life.seed, 10) < often)
			close_what_is_open(&life, now_ms, last);
	}
	for (size_t i = 0; i < 2; i++)
		assert_true(is_away(year, (int)i, LAST) || is_closed(&life, codes[i], LAST));
	return life;
}

/* The sums of all statements of a fee year. */
static void
add_up(const struct life *life, const char *municipality, int number,
       int64_t ore[VG_FEE_MODE_COUNT + 1])
{
	const struct vg_fee_year *year;

	memset(ore, 0, (VG_FEE_MODE_COUNT + 1) * sizeof(ore[0]));
	for (size_t i = 0; (year = vg_core_item(life->world.core, VG_OBJECT_FEE_YEAR, i)) != NULL;
	     i++) {
		if (year->year != number || strcmp(year->municipality, municipality) != 0)
			continue;
		for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
			ore[mode] += year->net_ore[mode];
		ore[VG_FEE_MODE_COUNT] += year->operation_ore;
	}
}

static void
the_years_cost_what_they_should(const struct life *life, const struct year *year)
{
	for (int number = YEAR; number <= YEAR + 1; number++) {
		for (int i = 0; i < 2; i++) {
			int64_t want[VG_FEE_MODE_COUNT + 1], got[VG_FEE_MODE_COUNT + 1];

			expect(year, i, number, want);
			add_up(life, codes[i], number, got);
			for (int mode = 0; mode <= VG_FEE_MODE_COUNT; mode++)
				assert_int_equal(got[mode], want[mode]);
		}
	}
}

static int
has_nothing_left(const struct vg_fee_draft *draft, void *arg)
{
	int64_t *sum = arg;

	assert_int_equal(draft->statement.corrected, 0);
	assert_int_equal(draft->statement.support_ore, 0);
	*sum += draft->statement.total_ore;
	return 0;
}

/* When everything is settled, the next month has nothing to put right: in this core, which
 * remembers its decisions, as in one from its checkpoint, which makes them anew. */
static void
everything_is_settled(const struct life *life)
{
	struct bytes bytes = save(life->world.core), again;
	struct vg_core *loaded = vg_core_load(bytes.at, bytes.n);
	int64_t sum = 0, loaded_sum = 0;

	assert_non_null(loaded);
	assert_int_equal(vg_fee_drafts(life->world.core, LAST + 1, "", has_nothing_left, &sum), 0);
	assert_int_equal(vg_fee_drafts(loaded, LAST + 1, "", has_nothing_left, &loaded_sum), 0);
	assert_int_equal(sum, loaded_sum);
	for (int64_t i = 0; i < vg_core_seq(loaded); i++) {
		const struct vg_fee_line *line = vg_fee_billed(life->world.core, i);
		const struct vg_fee_line *other = vg_fee_billed(loaded, i);

		assert_int_equal(line != NULL ? line->id : 0, other != NULL ? other->id : 0);
	}
	again = save(loaded);
	assert_int_equal(again.n, bytes.n);
	assert_memory_equal(again.at, bytes.at, bytes.n);
	vg_core_free(loaded);
	free(bytes.at);
	free(again.at);
}

static void
any_order_and_any_closings_give_the_same_year(void **state)
{
	static const struct {
		int often;
		bool subsets;
	} lives[] = {{10, false}, {10, true}, {4, false}, {5, true}, {0, false}};
	static struct year year;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		make_year(&year, seed);
		for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
			struct life life;

			delay(&year);
			life = live(&year, lives[i].often, lives[i].subsets);
			the_years_cost_what_they_should(&life, &year);
			everything_is_settled(&life);
			vg_core_free(life.world.core);
		}
	}
}

/* Operation and maintenance: twelve months sum to the year (2.7). */
static void
twelve_months_sum_to_the_year(void **state)
{
	for (int64_t users = 1; users <= 301; users += 20) {
		struct world world = fee_world(YEAR);
		int64_t sum = 0;

		(void)state;
		fee_users(&world, "1489", "2026-01-01", users);
		for (int month = FIRST; month < FIRST + 12; month++) {
			book_month(&world, month);
			sum += book_closed(&world, "1489", month)->operation_ore;
		}
		assert_int_equal(sum, users * 175000);
		if (users == 121)
			assert_int_equal(book_closed(&world, "1489", FIRST)->operation_ore,
					 1764583);
		vg_core_free(world.core);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_and_any_closings_give_the_same_year),
		cmocka_unit_test(twelve_months_sum_to_the_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
