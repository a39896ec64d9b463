/* municipality.c - whether a municipality is ready: all that must be there before it goes live and
 * before its first month is closed, each with what to do.
 *
 * Everything is looked up from the daemon first; then each check says one line. What is missing
 * keeps a month from being right; a note is for a person to judge. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TICKETS_LOOKED_AT "100"
#define TEXT_MAX	  400

enum level { OK, MISSING, NOTE };
static const char *const level_words[] = {[OK] = "ok", [MISSING] = "missing", [NOTE] = "note"};

struct check {
	struct vg_cli *cli;
	const char *code;
	const json_t *agreement, *municipality, *fee;
	json_t *users, *contacts, *quarantine, *acts, *agents, *tickets;
	json_t *lines; /* {check, state, text, remedy?} */
	bool missing;
};

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static bool
is_own(const struct check *check, const json_t *row)
{
	return strcmp(text_of(row, "municipality"), check->code) == 0;
}

/* One line. `remedy` says what to do; NULL when nothing is. */
static void __attribute__((format(printf, 5, 6)))
say(struct check *check, const char *what, enum level level, const char *remedy, const char *format,
    ...)
{
	char text[TEXT_MAX];
	json_t *line;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	line = json_pack("{ss ss ss}", "check", what, "state", level_words[level], "text", text);
	if (remedy != NULL && level != OK)
		(void)json_object_set_new(line, "remedy", json_string(remedy));
	(void)json_array_append_new(check->lines, line);
	check->missing |= level == MISSING;
}

static bool
is_after(const char *iso, int64_t at_ms)
{
	int64_t ms;

	return vg_civil_parse(iso, "iso", &ms, NULL) == 0 && ms > at_ms;
}

static void
local_day(int64_t at_ms, char out[VG_WORDS_MAX])
{
	struct vg_civil local;

	vg_civil_from_utc_ms(at_ms, &local);
	(void)snprintf(out, VG_WORDS_MAX, "%04d-%02d-%02d", local.year, local.month, local.day);
}

/* --- what the agreement says --- */

static void
check_membership(struct check *check)
{
	const json_t *go_live = json_object_get(check->municipality, "go_live_ms"),
		     *end = json_object_get(check->municipality, "end_ms");
	char day[VG_WORDS_MAX];

	if (end != NULL) {
		local_day(json_integer_value(end), day);
		say(check, "medlemskap", NOTE,
		    "är det fel: ändra kolumnen end och tillämpa avtalet", "lämnar %s", day);
	} else if (go_live != NULL) {
		local_day(json_integer_value(go_live), day);
		say(check, "medlemskap", OK, NULL, "ansluten från %s", day);
	} else {
		say(check, "medlemskap", OK, NULL, "ansluten så länge avtalet gäller");
	}
}

static void
check_signing(struct check *check)
{
	const json_t *signed_day = json_object_get(check->municipality, "signed_day");
	const bool indexed = *text_of(check->fee, "index") != '\0';
	int year, month, day;

	if (signed_day != NULL) {
		vg_civil_from_days(json_integer_value(signed_day), &year, &month, &day);
		say(check, "tecknat avtal", OK, NULL, "%04d-%02d-%02d", year, month, day);
	} else {
		say(check, "tecknat avtal", indexed ? MISSING : NOTE,
		    "fyll i kolumnen signed bland kommunerna och tillämpa avtalet",
		    indexed ? "datum saknas, och priset indexeras från det"
			    : "datum saknas; det behövs om priset ska indexeras");
	}
}

static void
check_billing(struct check *check)
{
	const int64_t from = json_integer_value(json_object_get(check->municipality, "fee_from"));

	if (check->fee == NULL)
		say(check, "avgift", MISSING, "lägg till avsnittet fee och tillämpa avtalet",
		    "avtalet säger inget om avgift");
	else if (from == 0)
		say(check, "avgift", OK, NULL, "debiteras från anslutningen, utan provkörning");
	else
		say(check, "avgift", OK, NULL,
		    "debiteras från %04d-%02d; tidigare månader är provkörning", (int)(from / 12),
		    (int)(from % 12) + 1);
}

static void
check_customer(struct check *check)
{
	const char *customer = text_of(check->municipality, "customer"),
		   *reference = text_of(check->municipality, "reference");

	if (*customer != '\0')
		say(check, "kundnummer", OK, NULL, "%s", customer);
	else
		say(check, "kundnummer", MISSING,
		    "fyll i kolumnen customer bland kommunerna och tillämpa avtalet",
		    "saknas; utan det kan underlaget inte faktureras");
	if (*reference != '\0')
		say(check, "kommunens referens", OK, NULL, "%s", reference);
	else
		say(check, "kommunens referens", NOTE,
		    "fråga kommunen och fyll i kolumnen reference",
		    "ingen; fakturan blir utan beställarens referens");
}

static void
check_duty(struct check *check)
{
	const json_t *duty;
	size_t i, found = 0;

	json_array_foreach(json_object_get(check->agreement, "duty"), i, duty)
	{
		if (is_own(check, duty) || strcmp(text_of(duty, "municipality"), "*") == 0)
			found++;
	}
	if (found > 0)
		say(check, "jour", OK, NULL, "mottagare: %zu", found);
	else
		say(check, "jour", MISSING, "lägg till en rad under duty och tillämpa avtalet",
		    "ingen får veta när ett ärende lämnas till andra linjen");
}

/* --- services and what measures them --- */

/* Whether a service is promised to it: called off by it, or by nobody at all. */
static bool
is_promised(const struct check *check, const char *service)
{
	const json_t *row;
	bool named = false;
	size_t i;

	json_array_foreach(json_object_get(check->agreement, "calloffs"), i, row)
	{
		if (strcmp(text_of(row, "service"), service) != 0)
			continue;
		if (is_own(check, row))
			return true;
		named = true;
	}
	return !named;
}

/* Whether samples of a probe have come. */
static bool
is_heard(const struct check *check, const json_t *probe)
{
	const json_t *agent, *seen;
	size_t i, k;

	json_array_foreach(check->agents, i, agent)
	{
		if (strcmp(text_of(agent, "source"), text_of(probe, "agent")) != 0)
			continue;
		json_array_foreach(json_object_get(agent, "probes"), k, seen)
		{
			if (strcmp(text_of(seen, "probe"), text_of(probe, "name")) == 0)
				return true;
		}
	}
	return false;
}

/* Whether a probe of its vantage measures the service, and is heard. */
static void
find_probe(const struct check *check, const char *service, bool *agreed, bool *heard)
{
	const char *vantage = text_of(check->municipality, "vantage");
	const json_t *probe;
	size_t i;

	json_array_foreach(json_object_get(check->agreement, "probes"), i, probe)
	{
		const char *where = text_of(probe, "municipality");

		if (strcmp(text_of(probe, "service"), service) != 0 ||
		    strcmp(text_of(probe, "vantage"), vantage) != 0 ||
		    (strcmp(where, "*") != 0 && strcmp(where, check->code) != 0))
			continue;
		*agreed = true;
		*heard |= is_heard(check, probe);
	}
}

/* "a, b": appends a name. */
static void
append(char *list, const char *name)
{
	const size_t used = strlen(list);

	(void)snprintf(list + used, TEXT_MAX / 2 - used, "%s%s", used > 0 ? ", " : "", name);
}

static void
check_services(struct check *check)
{
	char unmeasured[TEXT_MAX / 2] = "", silent[TEXT_MAX / 2] = "";
	const char *vantage =
		*text_of(check->municipality, "vantage") != '\0' ? "kommunens nät" : "centralt";
	const json_t *service;
	size_t i, promised = 0;

	json_array_foreach(json_object_get(check->agreement, "services"), i, service)
	{
		const char *id = text_of(service, "id");
		bool agreed = false, heard = false;

		if (json_is_true(json_object_get(service, "component")) || !is_promised(check, id))
			continue;
		promised++;
		find_probe(check, id, &agreed, &heard);
		if (!heard)
			append(agreed ? silent : unmeasured, id);
	}
	if (promised > 0)
		say(check, "avrop", OK, NULL, "tjänster: %zu", promised);
	else
		say(check, "avrop", NOTE, "lägg till dess avrop under calloffs",
		    "kommunen har inte avropat någon tjänst");
	if (*unmeasured != '\0')
		say(check, "sonder", MISSING, "lägg till sonder under probes, från den mätplatsen",
		    "ingen sond (mätplats: %s) för %s", vantage, unmeasured);
	if (*silent != '\0')
		say(check, "sonder", MISSING, "starta agenten: vinga-agent doctor",
		    "har aldrig hörts (mätplats: %s): %s", vantage, silent);
	if (promised > 0 && *unmeasured == '\0' && *silent == '\0')
		say(check, "sonder", OK, NULL, "alla tjänster mäts (mätplats: %s)", vantage);
}

/* --- registers --- */

static void
check_users(struct check *check)
{
	const json_t *row, *newest = NULL;
	const char *rule = text_of(check->fee, "user_rule");
	size_t i;

	json_array_foreach(check->users, i, row)
	{
		if (is_own(check, row) &&
		    (newest == NULL || strcmp(text_of(row, "day"), text_of(newest, "day")) >= 0))
			newest = row;
	}
	if (newest == NULL)
		say(check, "användare", MISSING, "läs in dem: vinga register users FIL.csv",
		    "ingen uppgift finns");
	else if (*rule != '\0' && strcmp(text_of(newest, "rule"), rule) != 0)
		say(check, "användare", NOTE, "läs in en uppgift efter avtalets regel",
		    "%" JSON_INTEGER_FORMAT " den %.10s, räknade som %s; avtalet säger %s",
		    json_integer_value(json_object_get(newest, "users")), text_of(newest, "day"),
		    text_of(newest, "rule"), rule);
	else
		say(check, "användare", OK, NULL, "%" JSON_INTEGER_FORMAT " den %.10s",
		    json_integer_value(json_object_get(newest, "users")), text_of(newest, "day"));
}

static bool
names_duty_officer(const json_t *contact)
{
	const char *name;
	json_t *value;

	if (strcasestr(text_of(contact, "key"), "it-tib") != NULL)
		return true;
	json_object_foreach(json_object_get(contact, "value"), name, value)
	{
		if (json_is_string(value) && strcasestr(json_string_value(value), "it-tib") != NULL)
			return true;
	}
	return false;
}

static void
check_contacts(struct check *check)
{
	const int64_t now_ms = (int64_t)time(NULL) * 1000;
	size_t i, valid = 0, officers = 0;
	const json_t *row;

	json_array_foreach(check->contacts, i, row)
	{
		const char *to = text_of(row, "valid_to");

		if (!is_own(check, row) || is_after(text_of(row, "valid_from"), now_ms) ||
		    (*to != '\0' && !is_after(to, now_ms)))
			continue;
		valid++;
		officers += names_duty_officer(row) ? 1 : 0;
	}
	if (valid > 0)
		say(check, "kontakter", OK, NULL, "giltiga: %zu", valid);
	else
		say(check, "kontakter", MISSING, "läs in dem: vinga register contacts FIL.csv",
		    "ingen giltig kontakt");
	if (officers > 0)
		say(check, "IT-TIB", OK, NULL, "giltig");
	else
		say(check, "IT-TIB", MISSING, "läs in en kontakt vars nyckel eller roll är it-tib",
		    "ingen giltig tjänsteman i beredskap");
}

/* --- tickets --- */

static void
check_tickets(struct check *check)
{
	const size_t count = json_array_size(check->tickets);
	const json_t *ticket;
	char sources[TEXT_MAX / 2] = "";
	size_t i, own_refs = 0;

	json_array_foreach(check->tickets, i, ticket)
	{
		const char *source =
			text_of(json_array_get(json_object_get(ticket, "refs"), 0), "source");

		own_refs += *text_of(ticket, "municipality_ref") != '\0' ? 1 : 0;
		if (*source != '\0' && strstr(sources, source) == NULL)
			append(sources, source);
	}
	if (count == 0) {
		say(check, "ärendekälla", MISSING,
		    "koppla källan och prova mappningen: vinga import --dry-run",
		    "inget ärende har kommit");
		return;
	}
	say(check, "ärendekälla", OK, NULL, "%s", sources);
	say(check, "ärendereferenser", own_refs > 0 ? OK : NOTE,
	    "låt mappningen fylla i municipality_ref, så att kommunen känner igen sina ärenden",
	    "kommunens egen referens på %zu av de %zu senaste ärendena", own_refs, count);
}

static void
check_quarantine(struct check *check)
{
	const json_t *row;
	size_t i, own = 0, unknown = 0;

	json_array_foreach(check->quarantine, i, row)
	{
		own += is_own(check, row) ? 1 : 0;
		unknown += *text_of(row, "municipality") == '\0' ? 1 : 0;
	}
	if (own > 0)
		say(check, "karantän", MISSING,
		    "laga mappningen och ta in dem igen: vinga quarantine retake",
		    "%zu av kommunens rader", own);
	else if (unknown > 0)
		say(check, "karantän", NOTE, "se efter vilkas de är: vinga quarantine list",
		    "%zu rader som ingen kommun är känd för", unknown);
	else
		say(check, "karantän", OK, NULL, "tom");
}

/* --- acts --- */

static bool
is_rate(const json_t *act, const char *index, int year)
{
	return strcmp(text_of(act, "kind"), "rate") == 0 &&
	       strcmp(text_of(act, "state"), "approved") == 0 &&
	       strcmp(text_of(act, "index"), index) == 0 &&
	       json_integer_value(json_object_get(act, "year")) == year;
}

/* Rates from the year after signing until this one. */
static void
check_rates(struct check *check)
{
	const char *index = text_of(check->fee, "index");
	const json_t *signed_day = json_object_get(check->municipality, "signed_day"), *act;
	char missing[TEXT_MAX / 2] = "", year_text[8];
	struct vg_civil now;
	int year, month, day;
	size_t i;

	if (*index == '\0') {
		say(check, "indextal", OK, NULL, "priset indexeras inte");
		return;
	}
	if (signed_day == NULL)
		return; /* which is told already */
	vg_civil_from_days(json_integer_value(signed_day), &year, &month, &day);
	vg_civil_from_utc_ms((int64_t)time(NULL) * 1000, &now);
	while (++year <= now.year) {
		bool found = false;

		json_array_foreach(check->acts, i, act) found |= is_rate(act, index, year);
		(void)snprintf(year_text, sizeof(year_text), "%d", year % 10000);
		if (!found)
			append(missing, year_text);
	}
	if (*missing != '\0')
		say(check, "indextal", MISSING,
		    "för in dem: vinga rate propose, och låt en annan person godkänna",
		    "%s saknas för %s", index, missing);
	else
		say(check, "indextal", OK, NULL, "%s till och med %d", index, now.year);
}

static void
check_opening(struct check *check)
{
	const json_t *act;
	size_t i, approved = 0, waiting = 0;

	json_array_foreach(check->acts, i, act)
	{
		const char *state = text_of(act, "state");

		if (strcmp(text_of(act, "kind"), "opening") != 0 || !is_own(check, act))
			continue;
		approved += strcmp(state, "approved") == 0 ? 1 : 0;
		waiting += strcmp(state, "waiting") == 0 ? 1 : 0;
	}
	if (waiting > 0)
		say(check, "ingående balans", MISSING, "granska och godkänn: vinga act list",
		    "väntar på en annan person");
	else if (approved > 0)
		say(check, "ingående balans", OK, NULL, "godkänd");
	else
		say(check, "ingående balans", NOTE,
		    "om kommunen redan har debiterats i år: vinga opening propose",
		    "ingen; rätt om inget har debiterats tidigare");
}

/* --- the whole --- */

/* Every row of a list, page by page. */
static int
get_all(struct vg_cli *cli, const char *list, const char *state, const char *member, json_t **rows)
{
	char cursor[32] = "";
	struct vg_path path;
	json_t *reply, *next;
	bool more = true;
	int rc = 0;

	*rows = json_array();
	while (more) {
		if (!vg_path_start(&path, list) || !vg_path_query(&path, "state", state) ||
		    !vg_path_query(&path, "cursor", *cursor != '\0' ? cursor : NULL))
			return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
		if ((rc = vg_remote_call(cli, "GET", path.text, NULL, &reply)) != 0)
			return rc;
		(void)json_array_extend(*rows, json_object_get(reply, member));
		next = json_object_get(reply, "next");
		more = json_is_integer(next);
		(void)snprintf(cursor, sizeof(cursor), "%" JSON_INTEGER_FORMAT,
			       json_integer_value(next));
		json_decref(reply);
	}
	return 0;
}

static int
get_tickets(struct check *check)
{
	struct vg_path path;
	json_t *reply;
	int rc;

	if (!vg_path_start(&path, "/api/v1/tickets") ||
	    !vg_path_query(&path, "municipality", check->code) ||
	    !vg_path_query(&path, "limit", TICKETS_LOOKED_AT))
		return vg_cli_fail(check->cli, VG_EXIT_USAGE, "the code is too long");
	rc = vg_remote_call(check->cli, "GET", path.text, NULL, &reply);
	if (rc == 0) {
		check->tickets = json_incref(json_object_get(reply, "tickets"));
		json_decref(reply);
	}
	return rc;
}

static int
look_up(struct check *check)
{
	struct vg_cli *cli = check->cli;
	int rc = get_all(cli, "/api/v1/registers/users", NULL, "users", &check->users);

	if (rc == 0)
		rc = get_all(cli, "/api/v1/registers/contacts", NULL, "rows", &check->contacts);
	if (rc == 0)
		rc = get_all(cli, "/api/v1/quarantine", NULL, "quarantine", &check->quarantine);
	if (rc == 0)
		rc = get_all(cli, "/api/v1/acts", "all", "acts", &check->acts);
	if (rc == 0)
		rc = get_all(cli, "/api/v1/agents", NULL, "agents", &check->agents);
	return rc == 0 ? get_tickets(check) : rc;
}

static void
run_checks(struct check *check)
{
	check_membership(check);
	check_signing(check);
	check_billing(check);
	check_customer(check);
	check_users(check);
	check_contacts(check);
	check_duty(check);
	check_services(check);
	check_tickets(check);
	check_rates(check);
	check_opening(check);
	check_quarantine(check);
}

static void
print_lines(const struct check *check)
{
	static const char *const words[][2] = {
		{"ok", "ok"}, {"missing", "saknas"}, {"note", "obs"}};
	const json_t *line;
	size_t i;

	printf("%s %s\n\n", check->code, text_of(check->municipality, "name"));
	json_array_foreach(check->lines, i, line)
	{
		const char *state = text_of(line, "state"), *remedy = text_of(line, "remedy");
		size_t w = 0;

		while (strcmp(words[w][0], state) != 0)
			w++;
		vg_put_padded(words[w][1], 8, false);
		vg_put_padded(text_of(line, "check"), 20, false);
		puts(text_of(line, "text"));
		if (*remedy != '\0')
			printf("%28s→ %s\n", "", remedy);
	}
	puts(check->missing ? "\nNågot saknas: kommunen är inte redo." : "\nKommunen är redo.");
}

static int
print_checks(const struct check *check)
{
	json_t *whole;
	int rc;

	if (!vg_cli_flag(check->cli, "json")) {
		print_lines(check);
		return 0;
	}
	whole = json_pack("{ss sb sO}", "municipality", check->code, "ready", !check->missing,
			  "checks", check->lines);
	rc = vg_print_json(check->cli, whole);
	json_decref(whole);
	return rc;
}

static int
find_municipality(struct check *check)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(check->agreement, "municipalities"), i, row)
	{
		if (strcmp(text_of(row, "code"), check->code) == 0)
			check->municipality = row;
	}
	check->fee = json_object_get(check->agreement, "fee");
	if (check->municipality != NULL)
		return 0;
	return vg_cli_fail(check->cli, VG_EXIT_DIFFERS,
			   "%.40s is no municipality of the agreement in force; add it to its "
			   "municipalities and apply the agreement",
			   check->code);
}

int
vg_run_municipality_check(struct vg_cli *cli)
{
	struct check check = {.cli = cli, .code = cli->operand[0], .lines = json_array()};
	json_t *current = NULL;
	int rc = vg_remote_call(cli, "GET", "/api/v1/agreements/current", NULL, &current);

	vg_cli_default_zone();
	if (rc == 0) {
		check.agreement = json_object_get(current, "agreement");
		rc = find_municipality(&check);
	}
	if (rc == 0)
		rc = look_up(&check);
	if (rc == 0) {
		run_checks(&check);
		rc = print_checks(&check);
		if (rc == 0 && check.missing)
			rc = VG_EXIT_DIFFERS;
	}
	json_decref(check.tickets);
	json_decref(check.agents);
	json_decref(check.acts);
	json_decref(check.quarantine);
	json_decref(check.contacts);
	json_decref(check.users);
	json_decref(check.lines);
	json_decref(current);
	return rc;
}
