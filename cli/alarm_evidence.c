/* alarm_evidence.c - the notices that an alarm was made of, as they stand in PostgreSQL's ledger.
 *
 * The hard thing is to find them: a row holds what a source said, not what came of it. A notice is
 * the alarm's when it lies between its first and its last row and has its key, its resource under
 * any name that the register knows today. An alarm may be open for months of repeats, so all of
 * them are counted, but only few are fetched. */
#include "cli/alarm_view.h"
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT "20"
#define LIMIT_MAX     1000

/* As the daemon writes them. */
#define INSTANTS "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""

/* $1 resource, $2 as its first source calls it, $3 type, $4 qualifier, $5 and $6 its first and last
 * row, $7 when the first was received, $8 how many to fetch, $9 how instants look. What does not
 * hold the name cannot hold the notice: that is looked for before a row is taken apart. */
static const char sql[] =
	"with name (own) as (select $1::text union select $2::text union"
	" select r.name || substr($1, length(r.resource) + 1) from read.resource r"
	" where not r.removed and r.resource <> ''"
	" and ($1 = r.resource or starts_with($1, r.resource || '/'))),"
	" named as (select lower(own collate \"C\") as own from name),"
	" evidence as ("
	" select month, seq, kind, bytes from ledger.row"
	" union all select month, seq, kind, bytes from ledger.alarm),"
	" said as (select e.month, e.seq, n.place,"
	" coalesce((n.value->>'count')::bigint, 1) as times"
	" from evidence e"
	" cross join lateral jsonb_array_elements(e.bytes::jsonb->'body'->'notices')"
	" with ordinality as n (value, place)"
	" where e.kind = 'alarms.reported' and e.seq between $5::bigint and $6::bigint"
	" and e.month >= date_trunc('month', $7::timestamptz at time zone 'UTC')::date"
	" and (select bool_or(strpos(lower(e.bytes collate \"C\"),"
	" lower(to_jsonb(own)::text collate \"C\")) > 0) from named)"
	" and n.value->>'type' = $3 and coalesce(n.value->>'qualifier', '') = $4"
	" and lower(n.value->>'resource' collate \"C\") in (select own from named)),"
	" counted as (select *, row_number() over (order by seq, place) as number,"
	" count(*) over () as count_all, sum(times) over () as times_all from said),"
	" picked as (select * from counted where number > count_all - greatest($8::bigint - 1, 1)"
	" or (number = 1 and $8::bigint > 1))"
	" select p.seq, p.number, p.count_all, p.times_all, p.times as count,"
	" to_char(to_timestamp(r.received_ms / 1000), $9) as received,"
	" to_char(to_timestamp((n->>'at_ms')::bigint / 1000), $9) as at,"
	" to_char(to_timestamp(coalesce(n->>'last_ms', n->>'at_ms')::bigint / 1000), $9) as last,"
	" encode(r.d, 'hex') as d, r.source, r.lane, n->>'resource' as resource,"
	" n->>'severity' as severity, n->>'rule' as rule, n->>'peer' as peer, n->>'text' as text,"
	" n->>'detail' as detail"
	" from picked p cross join lateral ("
	" select received_ms, d, source, lane, bytes from ledger.row o"
	" where o.month = p.month and o.seq = p.seq"
	" union all select received_ms, d, source, lane, bytes from ledger.alarm o"
	" where o.month = p.month and o.seq = p.seq) r"
	" cross join lateral (select r.bytes::jsonb->'body'->'notices'->(p.place::int - 1)) x (n)"
	" order by p.number";

/* --- reading --- */

static json_t *
value_of(const char *name, const char *value)
{
	static const char *const numbers[] = {"seq", "number", "count", "count_all", "times_all"};

	if (value == NULL)
		return json_null();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(name, numbers[i]) == 0)
			return json_integer(strtoll(value, NULL, 10));
	return json_string(value);
}

/* The numbers of all go from each row to the whole. */
static void
lift_sums(json_t *evidence, json_t *row)
{
	static const char *const sums[][2] = {{"count_all", "count"}, {"times_all", "times"}};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		(void)json_object_set(evidence, sums[i][1], json_object_get(row, sums[i][0]));
		(void)json_object_del(row, sums[i][0]);
	}
}

static int
on_notice(int columns, const char *const *names, const char *const *values, void *arg)
{
	json_t *evidence = arg, *row = json_object();

	for (int i = 0; i < columns; i++)
		if (json_object_set_new(row, names[i], value_of(names[i], values[i])) != 0) {
			json_decref(row);
			return VG_ENOMEM;
		}
	lift_sums(evidence, row);
	return json_array_append_new(json_object_get(evidence, "notices"), row) == 0 ? 0
										     : VG_ENOMEM;
}

static int
read_limit(const struct vg_cli *cli, const char **limit)
{
	char *end;
	long number;

	*limit = vg_cli_value(cli, "limit", LIMIT_DEFAULT);
	number = strtol(*limit, &end, 10);
	if (**limit != '\0' && *end == '\0' && number >= 1 && number <= LIMIT_MAX)
		return 0;
	return vg_cli_fail(cli, VG_EXIT_USAGE, "--limit %s: expected a number from 1 to %d", *limit,
			   LIMIT_MAX);
}

static int
read_ledger(struct vg_pg *pg, const json_t *alarm, const char *limit, json_t *evidence,
	    struct vg_err *err)
{
	char first[32], last[32];
	const char *const params[] = {vg_alarm_text(alarm, "resource"),
				      vg_alarm_text(alarm, "stated"),
				      vg_alarm_text(alarm, "type"),
				      vg_alarm_text(alarm, "qualifier"),
				      first,
				      last,
				      vg_alarm_text(alarm, "received"),
				      limit,
				      INSTANTS};
	struct vg_pg_position position;
	int rc = vg_pg_position(pg, &position, err);

	if (rc != 0)
		return rc;
	(void)json_object_set_new(evidence, "ledger_seq", json_integer(position.seq));
	(void)snprintf(first, sizeof(first), "%" JSON_INTEGER_FORMAT,
		       json_integer_value(json_object_get(alarm, "raised_seq")));
	(void)snprintf(last, sizeof(last), "%" JSON_INTEGER_FORMAT,
		       json_integer_value(json_object_get(alarm, "last_seq")));
	return vg_pg_query(pg, sql, params, (int)(sizeof(params) / sizeof(params[0])), on_notice,
			   evidence, err);
}

int
vg_alarm_evidence(struct vg_cli *cli, const json_t *alarm, json_t **out)
{
	json_t *evidence = json_pack("{s:[], s:i, s:i, s:i}", "notices", "count", 0, "times", 0,
				     "ledger_seq", 0);
	struct vg_pg *pg = NULL;
	struct vg_err err = {0};
	const char *limit;
	int rc = read_limit(cli, &limit);

	if (rc == 0)
		rc = vg_replay_open(cli, &pg);
	if (rc == VG_EXIT_UNREACHABLE)
		fputs("Underlaget står i PostgreSQL:s liggare. Utan --evidence visas larmet "
		      "ändå.\n",
		      stderr);
	if (rc == 0 && (rc = read_ledger(pg, alarm, limit, evidence, &err)) != 0)
		rc = vg_cli_fail(cli, vg_cli_exit_of(rc), "%s", vg_err_text(&err, rc));
	vg_pg_close(pg);
	if (rc != 0)
		json_decref(evidence);
	else
		*out = evidence;
	return rc;
}

/* --- printing --- */

static json_int_t
number_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

/* "  ", a heading and its text; nothing when there is none. */
static void
print_member(const json_t *notice, const char *member)
{
	char text[VG_WORDS_MAX];
	const char *shown = vg_value_text(member, json_object_get(notice, member), text);

	if (*shown == '\0')
		return;
	fputs("  ", stdout);
	vg_put_padded(vg_words_member(member), 26, false);
	printf(" %s\n", shown);
}

/* Line by line, as it was received. */
static void
print_detail(const char *detail)
{
	while (*detail != '\0') {
		const size_t length = strcspn(detail, "\n");

		printf("    %.*s\n", (int)length, detail);
		detail += length + (detail[length] == '\n');
	}
}

static void
print_notice(const json_t *notice)
{
	static const char *const members[] = {"at",   "severity", "source",   "rule",
					      "peer", "text",	  "resource", "d"};
	const json_int_t count = number_of(notice, "count");
	char at[VG_WORDS_MAX];

	printf("rad %" JSON_INTEGER_FORMAT ", mottagen %s", number_of(notice, "seq"),
	       vg_words_local(vg_alarm_text(notice, "received"), at));
	if (count > 1)
		printf(", %" JSON_INTEGER_FORMAT " gånger till %s", count,
		       vg_words_local(vg_alarm_text(notice, "last"), at));
	putchar('\n');
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		print_member(notice, members[i]);
	print_detail(vg_alarm_text(notice, "detail"));
}

/* The daemon's own, such as source-silent: no source has sent it. */
static bool
is_own(const json_t *alarm)
{
	const json_t *sources = json_object_get(alarm, "sources");
	const char *source = json_string_value(json_array_get(sources, 0));

	return json_array_size(sources) == 1 && source != NULL && strcmp(source, "vinga") == 0;
}

/* Why it is less than the alarm counts, as far as that is known. */
static void
print_missing(const json_t *alarm, const json_t *evidence)
{
	const json_int_t missing = number_of(alarm, "count") - number_of(evidence, "times");

	if (is_own(alarm))
		puts("Ingen har sänt det: Vinga höjde det självt.");
	else if (number_of(evidence, "ledger_seq") < number_of(alarm, "last_seq"))
		printf("PostgreSQL har liggaren till rad %" JSON_INTEGER_FORMAT
		       ", larmet går till rad %" JSON_INTEGER_FORMAT ": resten kommer.\n",
		       number_of(evidence, "ledger_seq"), number_of(alarm, "last_seq"));
	else if (missing > 0)
		printf("%" JSON_INTEGER_FORMAT " av larmets meddelanden finns inte här: gallrade "
		       "upprepningar, eller sända under namn som registret inte längre har.\n",
		       missing);
}

void
vg_alarm_print_evidence(const json_t *alarm, const json_t *evidence)
{
	const json_t *notices = json_object_get(evidence, "notices"), *notice;
	const json_int_t count = number_of(evidence, "count");
	json_int_t before = 0;
	size_t i;

	printf("\nUnderlag ur liggaren: meddelanden %" JSON_INTEGER_FORMAT
	       ", uppgifter %" JSON_INTEGER_FORMAT "; de senaste sist\n",
	       number_of(evidence, "times"), count);
	json_array_foreach(notices, i, notice)
	{
		const json_int_t number = number_of(notice, "number");

		if (number > before + 1)
			printf("  … %" JSON_INTEGER_FORMAT
			       " uppgifter visas inte; --limit visar fler\n",
			       number - before - 1);
		print_notice(notice);
		before = number;
	}
	print_missing(alarm, evidence);
	if (count > 0)
		puts("d är radens kontrollsumma; `vinga verify MÅNAD` räknar om den ur raden.");
}
