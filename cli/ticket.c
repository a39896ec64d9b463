/* ticket.c - tickets: looked at, explained, entered by hand, handed over, corrected.
 *
 * Options become members of the event's body by one table; the daemon reads them strictly and says
 * what is wrong. */
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/words.h"
#include "core/event.h"
#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
ticket_path(struct vg_path *path, const char *id, const char *act)
{
	return vg_path_start(path, "/api/v1/tickets") && vg_path_part(path, id) &&
	       (*act == '\0' || vg_path_part(path, act));
}

static int
too_long(const struct vg_cli *cli)
{
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
}

int
vg_run_ticket_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"id", "id"},
						   {"refs.0.ref", "reference"},
						   {"municipality", "municipality"},
						   {"status", "status"},
						   {"line", "line"},
						   {"priority", "priority"},
						   {"created", "created"},
						   {"resolved", "resolved"},
						   {"resolution.state", "sla"},
						   {"resolution.due", "due"},
						   {NULL, NULL}};
	static const char *const queries[] = {"municipality", "status", "source",
					      "ref",	      "limit",	"cursor"};
	struct vg_path path;

	if (!vg_path_start(&path, "/api/v1/tickets"))
		return too_long(cli);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		if (!vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL)))
			return too_long(cli);
	if ((vg_cli_flag(cli, "open") && !vg_path_query(&path, "open", "true")) ||
	    (vg_cli_flag(cli, "over") && !vg_path_query(&path, "over", "true")))
		return too_long(cli);
	return vg_remote_list(cli, path.text, columns);
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "-";
}

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static void
print_facts(const json_t *facts)
{
	char text[VG_WORDS_MAX];
	const json_t *fact;
	size_t i;

	json_array_foreach(facts, i, fact)
	{
		const char *name;
		json_t *value;

		printf("  rad %-8" PRId64 " %s  %s%s ", int_of(fact, "seq"),
		       vg_words_local(text_of(fact, "at"), text), text_of(fact, "source"),
		       json_is_true(json_object_get(fact, "voided")) ? " (struken)" : "");
		json_object_foreach(json_object_get(fact, "fields"), name, value) printf(
			" %s=\"%s\"", vg_words_member(name), vg_value_text(name, value, text));
		putchar('\n');
	}
}

int
vg_run_ticket_show(struct vg_cli *cli)
{
	struct vg_path path;
	json_t *reply;
	int rc;

	if (!ticket_path(&path, cli->operand[0], ""))
		return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		vg_print_members(reply);
		puts("\nåtgärdstid:");
		vg_print_members(json_object_get(reply, "resolution"));
		puts("\nuppgifter:");
		print_facts(json_object_get(reply, "facts"));
	}
	json_decref(reply);
	return rc;
}

/* The core's reasons in Swedish; one that is new stands as it is. */
static const char *
why_words(const char *why)
{
	static const char *const words[][2] = {
		{"counts", "räknas"},
		{"closed hours", "utanför servicetid"},
		{"resolved until reopened", "löst tills det återöppnades"},
		{"not in second line", "inte i andra linjen"},
		{"paused: requester", "paus: väntar på beställaren"},
		{"paused: municipality", "paus: väntar på kommunen"},
		{"paused: scheduled by requester", "paus: tid vald av beställaren"},
		{"counts: pause without reason", "räknas: paus utan orsak"},
		{"counts: pause longer than agreed", "räknas: paus längre än avtalet medger"},
		{"counts: pending supplier", "räknas: väntar på leverantören"},
		{"counts: pending change", "räknas: väntar på en ändring"},
		{"counts: pending vgr", "räknas: väntar på VGR"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], why) == 0)
			return words[i][1];
	return why;
}

/* One stretch of the resolution clock in two lines. */
static void
print_segment(const json_t *segment)
{
	char a[VG_WORDS_MAX], b[VG_WORDS_MAX];

	printf("%s till %s  ", vg_words_local(text_of(segment, "from"), a),
	       vg_words_local(text_of(segment, "to"), b));
	vg_put_padded(vg_words_value("status", text_of(segment, "status")), 8, false);
	printf(" linje %" PRId64 "  %s, %s\n", int_of(segment, "line"),
	       text_of(segment, "priority"), text_of(segment, "calendar"));
	printf("%25sräknat %s: %s (rad %" PRId64 ")\n", "",
	       vg_words_length(int_of(segment, "counted_s"), a), why_words(text_of(segment, "why")),
	       int_of(segment, "fact_seq"));
}

/* The explanation trace: what counted, what did not, and why. */
static void
print_explanation(const json_t *ticket)
{
	const json_t *clock = json_object_get(ticket, "resolution"), *part;
	char a[VG_WORDS_MAX], b[VG_WORDS_MAX];
	size_t i;

	printf("%s, kommun %s, prioritet %s, status %s\n", text_of(ticket, "id"),
	       text_of(ticket, "municipality"), text_of(ticket, "priority"),
	       vg_words_value("status", text_of(ticket, "status")));
	printf("Avtal: %s, version %s. Öppnat %s.\n\n", text_of(ticket, "agreement"),
	       text_of(ticket, "agreement_version"), vg_words_local(text_of(ticket, "created"), a));
	json_array_foreach(json_object_get(ticket, "segments"), i, part) print_segment(part);
	printf("\nRäknad tid %s", vg_words_length(int_of(clock, "elapsed_s"), a));
	if (json_is_integer(json_object_get(clock, "target_s")))
		printf(" av mål %s; kvar %s", vg_words_length(int_of(clock, "target_s"), a),
		       vg_words_length(int_of(clock, "remaining_s"), b));
	printf(". Utfall: %s", vg_sla_words(text_of(clock, "state")));
	if (json_is_string(json_object_get(clock, "due")))
		printf(", ska vara löst %s", vg_words_local(text_of(clock, "due"), a));
	if (json_object_get(clock, "breached_as") != NULL)
		printf(" (överskreds som %s)", text_of(clock, "breached_as"));
	puts(".");
	json_array_foreach(json_object_get(ticket, "faults"), i, part)
		printf("Datafel: %s.\n", text_of(part, "words"));
}

int
vg_run_ticket_explain(struct vg_cli *cli)
{
	struct vg_path path;
	json_t *reply;
	int rc;

	if (!ticket_path(&path, cli->operand[0], "explain"))
		return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		print_explanation(reply);
	json_decref(reply);
	return rc;
}

/* A member of a ticket's body from words on the command line, in the field's own form. */
static int
put_field(const struct vg_cli *cli, json_t *body, const char *name, const char *text)
{
	enum vg_ticket_field field;
	struct vg_err err = {0};
	json_t *value = NULL;
	char *end = NULL;
	int64_t number;
	int rc = vg_check_field(cli, name, &field);

	if (rc == 0)
		rc = vg_check_word(cli, field, text);
	if (rc != 0)
		return rc;
	errno = 0;
	switch (vg_ticket_field_info[field].form) {
	case VG_FORM_INT:
		number = strtoll(text, &end, 10);
		if (end == text || *end != '\0' || errno != 0)
			return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s=%s: expected a whole number",
					   name, text);
		value = json_integer(number);
		break;
	case VG_FORM_FLAG:
		if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
			return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s=%s: expected yes or no",
					   name, text);
		value = json_boolean(strcmp(text, "yes") == 0);
		break;
	case VG_FORM_TIME:
		if (vg_civil_parse(text, "iso", &number, &err) != 0)
			return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s=%s: %s", name, text,
					   err.text);
		value = json_integer(number);
		break;
	case VG_FORM_WORD:
	case VG_FORM_STR:
		value = field == VG_TF_MUNICIPALITY && *text == '\0' ? json_null()
								     : json_string(text);
		break;
	}
	if (json_object_set_new(body, name, value) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: expected text in UTF-8", name);
	return 0;
}

/* Options that are fields of a ticket by another spelling. */
static const struct field_option {
	const char *option, *field;
} field_options[] = {
	{"municipality", "municipality"},
	{"priority", "priority"},
	{"impact", "impact"},
	{"urgency", "urgency"},
	{"type", "type"},
	{"service", "service"},
	{"channel", "channel"},
	{"line", "support_line"},
	{"group", "group"},
	{"own-ref", "municipality_ref"},
	{"received-at", "received_at_ms"},
	{"provider", "provider"},
	{"administration", "administration"},
	{"status", "status"},
};

static int
put_options(const struct vg_cli *cli, json_t *body)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(field_options) / sizeof(field_options[0]) && rc == 0; i++) {
		const char *value = vg_cli_value(cli, field_options[i].option, NULL);

		if (value != NULL)
			rc = put_field(cli, body, field_options[i].field, value);
	}
	if (rc == 0 && vg_cli_flag(cli, "on-behalf"))
		rc = put_field(cli, body, "on_behalf", "yes");
	if (rc == 0 && vg_cli_flag(cli, "first-line-called"))
		rc = put_field(cli, body, "first_line_called", "yes");
	return rc;
}

/* Text members that are no fields. */
static int
put_texts(const struct vg_cli *cli, json_t *body, const char *const *names)
{
	for (; *names != NULL; names++) {
		const char *value = vg_cli_value(cli, *names, NULL);

		if (value != NULL && json_object_set_new(body, *names, json_string(value)) != 0)
			return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--%s: expected text in UTF-8",
					   *names);
	}
	return 0;
}

/* Posts, prints what became of it. Takes the body over. */
static int
post(struct vg_cli *cli, const char *path, json_t *body)
{
	json_t *reply;
	int rc = vg_remote_call(cli, "POST", path, body, &reply);

	json_decref(body);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		printf("%s: %s (liggarens rad %" PRId64 ")\n", text_of(reply, "ticket"),
		       vg_words_value("verdict", text_of(reply, "verdict")), int_of(reply, "seq"));
	json_decref(reply);
	return rc;
}

static int
post_act(struct vg_cli *cli, const char *act, json_t *body, int rc)
{
	struct vg_path path;

	if (rc == 0 && !ticket_path(&path, cli->operand[0], act))
		rc = too_long(cli);
	if (rc == 0)
		return post(cli, path.text, body);
	json_decref(body);
	return rc;
}

int
vg_run_ticket_create(struct vg_cli *cli)
{
	static const char *const texts[] = {"ref", "title", NULL};
	json_t *body = json_object();
	int rc = put_options(cli, body);

	if (rc == 0)
		rc = put_texts(cli, body, texts);
	if (rc == 0)
		return post(cli, "/api/v1/tickets", body);
	json_decref(body);
	return rc;
}

int
vg_run_ticket_escalate(struct vg_cli *cli)
{
	static const char *const texts[] = {"note", NULL};
	json_t *body = json_object();
	int rc = put_options(cli, body);

	return post_act(cli, "escalate", body, rc == 0 ? put_texts(cli, body, texts) : rc);
}

int
vg_run_ticket_ack(struct vg_cli *cli)
{
	return post_act(cli, "acknowledge", json_object(), 0);
}

/* --set name=value, any number of times. */
static int
put_settings(const struct vg_cli *cli, json_t *body)
{
	int rc = 0;

	for (int i = 0; i < cli->givens && rc == 0; i++) {
		const char *value = cli->given[i].value, *equals = strchr(value, '=');
		char name[64];

		if (strcmp(cli->given[i].name, "set") != 0)
			continue;
		if (equals == NULL || (size_t)(equals - value) >= sizeof(name))
			return vg_cli_fail(cli, VG_EXIT_USAGE, "--set %s: expected FIELD=VALUE",
					   value);
		(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - value), value);
		rc = put_field(cli, body, name, equals + 1);
	}
	return rc;
}

int
vg_run_ticket_correct(struct vg_cli *cli)
{
	static const char *const texts[] = {"reason", NULL};
	const char *voids = vg_cli_value(cli, "voids", NULL), *at = vg_cli_value(cli, "at", NULL);
	json_t *body = json_object();
	struct vg_err err = {0};
	int64_t at_ms;
	int rc = put_settings(cli, body);

	if (rc == 0 && !vg_cli_flag(cli, "reason"))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "--reason: a correction must say why");
	if (rc == 0 && voids != NULL &&
	    (*voids == '\0' || voids[strspn(voids, "0123456789")] != '\0' || strlen(voids) > 18))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "--voids %s: expected the ledger row of a fact", voids);
	if (rc == 0 && voids != NULL)
		(void)json_object_set_new(body, "voids", json_integer(strtoll(voids, NULL, 10)));
	if (rc == 0 && at != NULL && vg_civil_parse(at, "iso", &at_ms, &err) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_MALFORMED, "--at %s: %s", at, err.text);
	else if (rc == 0 && at != NULL)
		(void)json_object_set_new(body, "occurred_ms", json_integer(at_ms));
	if (rc == 0)
		rc = put_texts(cli, body, texts);
	return post_act(cli, "correct", body, rc);
}

int
vg_run_notification_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"id", "id"},		{"ticket", "ticket"}, {"duty", "duty"},
		{"channel", "channel"}, {"state", "state"},   {"attempts", "failed"},
		{"repeats", "repeats"}, {"made", "made"},     {"delivered", "delivered"},
		{"next", "next"},	{"error", "error"},   {NULL, NULL}};

	return vg_remote_list(cli, "/api/v1/notifications", columns);
}
