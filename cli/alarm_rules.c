/* alarm_rules.c - `vinga alarm rules`: which rules there are, and what they make of messages that
 * were kept: texts of snmptrapd, JSON lines with such texts, captured datagrams, lines of syslog.
 *
 * What a file holds is told by its bytes, so one command takes whatever a site has. Nothing is sent
 * anywhere: the rules run in the command as they run in the daemon. */
#include "cli/commands.h"
#include "cli/source.h"
#include "cli/words.h"
#include "lib/alarm/oid_names.h"
#include "lib/alarm/rules.h"
#include "lib/alarm/trap_text.h"
#include "lib/alarm/whole.h"
#include "lib/capture/capture.h"
#include "lib/civil/civil.h"
#include "lib/snmp/trap.h"
#include "lib/syslog/syslog.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_BYTES_MAX (256 << 20)
#define LABEL_MAX      80

struct trial {
	struct vg_cli *cli;
	struct vg_agreement *agreement;
	struct vg_oid_names *names;
	struct vg_rules *rules;
	struct vg_trap_text *text;
	struct vg_syslog *syslog;
	struct vg_snmp_reader *reader;
	json_t *results; /* --json */
	size_t messages, known, unknown, ignored, unread;
	char label[LABEL_MAX]; /* of the message in hand */
};

/* --- the rules --- */

static int
load_rules(struct trial *t)
{
	const char *directory = vg_cli_value(t->cli, "rules", VG_ALARM_RULES);
	const char *names = vg_cli_value(t->cli, "oid-names", NULL);
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_err err = {0};
	int rc = 0;

	if (vg_cli_value(t->cli, "agreement", NULL) != NULL &&
	    (rc = vg_source_agreement(t->cli, &t->agreement)) != 0)
		return rc;
	if (names != NULL && (rc = vg_oid_names_load(&t->names, &names, 1, &err)) != 0)
		return vg_cli_fail(t->cli, vg_cli_exit_of(rc), "%s", err.text);
	t->rules = vg_rules_load(directory, t->agreement, t->names, &errors);
	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	if (errors.count > VG_YAML_ERRORS_MAX)
		fprintf(stderr, "... och %zu till\n", errors.count - VG_YAML_ERRORS_MAX);
	vg_yaml_errors_free(&errors);
	return t->rules != NULL ? 0
				: vg_cli_fail(t->cli, VG_EXIT_MALFORMED,
					      "the rules of %s cannot be used", directory);
}

static void
trial_free(struct trial *t)
{
	vg_snmp_reader_free(t->reader);
	vg_rules_free(t->rules);
	vg_oid_names_free(t->names);
	vg_agreement_unref(t->agreement);
	json_decref(t->results);
	free(t->text);
	free(t->syslog);
}

/* --- what is shown --- */

static const char *const judged_words[] = {"notice", "unknown", "ignored"};

static void
show_json(struct trial *t, const struct vg_message *message, enum vg_judged judged,
	  const struct vg_notice *n)
{
	json_t *out = json_pack("{s:s, s:s, s:s}", "message", t->label, "judged",
				judged_words[judged], "trap", message->trap);

	if (n != NULL)
		(void)json_object_update_new(
			out,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:s, "
				  "s:s}",
				  "rule", n->rule, "resource", n->resource, "type", n->type,
				  "qualifier", n->qualifier, "severity",
				  vg_severity_words[n->severity], "category",
				  vg_alarm_category_words[n->category], "clear",
				  n->severity == VG_SEVERITY_CLEARED, "transient", n->transient,
				  "service", n->service, "municipality", n->municipality, "text",
				  n->text, "peer", n->peer, "detail", n->detail));
	(void)json_array_append_new(t->results, out);
}

static void
show(struct trial *t, const struct vg_message *message, enum vg_judged judged,
     const struct vg_notice *n)
{
	if (judged == VG_JUDGED_IGNORED) {
		printf("%s: ingenting, en regel säger så\n", t->label);
		return;
	}
	if (n == NULL) {
		printf("%s: ingen regel passar\n", t->label);
		return;
	}
	printf("%s: %s, %s%s%s%s på %s%s\n", t->label,
	       vg_words_value("severity", vg_severity_words[n->severity]), n->type,
	       n->qualifier[0] != '\0' ? " [" : "", n->qualifier,
	       n->qualifier[0] != '\0' ? "]" : "", n->resource,
	       n->transient ? ", upphör av sig självt" : "");
	printf("  %s\n", n->text);
	if (n->rule[0] != '\0')
		printf("  regel %s\n", n->rule);
	else
		printf("  ingen regel passar: %s sparas som den är\n", message->trap);
}

static void
judge(struct trial *t, const struct vg_message *message)
{
	struct vg_notice notice;
	enum vg_judged judged = vg_rules_judge(t->rules, message, &notice);
	bool has = judged == VG_JUDGED_NOTICE ||
		   (judged == VG_JUDGED_UNKNOWN && message->form == VG_MESSAGE_TRAP);

	t->messages++;
	t->known += judged == VG_JUDGED_NOTICE;
	t->unknown += judged == VG_JUDGED_UNKNOWN;
	t->ignored += judged == VG_JUDGED_IGNORED;
	if (t->results != NULL)
		show_json(t, message, judged, has ? &notice : NULL);
	else
		show(t, message, judged, has ? &notice : NULL);
}

static void
cannot_read(struct trial *t, const char *why)
{
	t->unread++;
	fprintf(stderr, "%s: %s\n", t->label, why);
}

/* --- forms of files --- */

static void
judge_trap_text(struct trial *t, const char *text, size_t length)
{
	struct vg_err err = {0};

	if (vg_trap_text_parse(t->text, t->rules, text, length, &err) == 0)
		judge(t, &t->text->message);
	else
		cannot_read(t, err.text);
}

/* Texts with an empty line between them. */
static void
read_trap_texts(struct trial *t, const char *text)
{
	for (size_t number = 1; *text != '\0';) {
		const char *end = strstr(text, "\n\n");
		size_t length = end != NULL ? (size_t)(end - text) + 1 : strlen(text);

		(void)snprintf(t->label, sizeof(t->label), "%zu", number);
		if (text[strspn(text, " \r\n")] == '\0')
			return;
		if (length > 1) {
			judge_trap_text(t, text, length);
			number++;
		}
		text += length;
	}
}

/* {"id": ..., "text": ...} a line. */
static void
read_json_lines(struct trial *t, char *text)
{
	char *line;

	for (size_t number = 1; (line = vg_whole_line(&text)) != NULL; number++) {
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		const char *body = json_string_value(json_object_get(object, "text"));
		const char *id = json_string_value(json_object_get(object, "id"));

		(void)snprintf(t->label, sizeof(t->label), "%zu", number);
		if (id != NULL)
			(void)snprintf(t->label, sizeof(t->label), "%.*s", LABEL_MAX - 1, id);
		if (body == NULL)
			cannot_read(t, "expected a JSON object with a member text");
		else
			judge_trap_text(t, body, strlen(body));
		json_decref(object);
	}
}

static void
read_syslog(struct trial *t, char *text)
{
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	char *line;

	for (size_t number = 1; (line = vg_whole_line(&text)) != NULL; number++) {
		size_t length = strcspn(line, "\r");
		struct vg_message message = {.form = VG_MESSAGE_SYSLOG, .peer = "", .trap = ""};

		(void)snprintf(t->label, sizeof(t->label), "%zu", number);
		if (length == 0)
			continue;
		vg_syslog_parse(t->syslog, line, length, now_ms);
		message.at_ms = t->syslog->at_ms >= 0 ? t->syslog->at_ms : now_ms;
		message.host = t->syslog->host;
		message.count = t->syslog->values;
		message.value = t->syslog->value;
		message.cut = t->syslog->values_cut;
		judge(t, &message);
	}
}

static bool
on_datagram(const struct vg_captured *datagram, void *arg)
{
	struct trial *t = arg;
	struct vg_snmp_trap trap;

	(void)snprintf(t->label, sizeof(t->label), "%zu", t->messages + t->unread + 1);
	vg_snmp_read(t->reader, datagram->bytes, datagram->length, &datagram->from.any,
		     datagram->at_ms, &trap);
	if (trap.taken)
		judge(t, &trap.message);
	else
		cannot_read(t, vg_snmp_refusal_words[trap.refusal]);
	return true;
}

static int
read_capture(struct trial *t, const char *path)
{
	struct vg_snmp_engine engine;
	struct vg_err err = {0};
	int64_t rc;

	vg_snmp_engine_new(&engine);
	vg_snmp_start(&engine);
	if ((t->reader = vg_snmp_reader_new(NULL, &engine)) == NULL)
		return vg_cli_fail(t->cli, VG_EXIT_DIFFERS, "out of memory");
	rc = vg_capture_read(path, on_datagram, t, &err);
	return rc < 0 ? vg_cli_fail(t->cli, vg_cli_exit_of((int)rc), "%s", err.text) : 0;
}

/* Whether the first line that is no remark is digits in hex, as captures are written down. */
static bool
is_hex(const char *text)
{
	size_t digits;

	while (*text == '#')
		text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
	digits = strspn(text, "0123456789abcdefABCDEF ");
	return digits >= 16 && (text[digits] == '\n' || text[digits] == '\0');
}

static bool
holds_trap(const char *text)
{
	return strstr(text, "snmpTrapOID") != NULL || strstr(text, "6.3.1.1.4.1.0") != NULL;
}

static int
read_messages(struct trial *t, const char *path)
{
	struct vg_err err = {0};
	char *text;
	int rc = vg_whole_read(path, FILE_BYTES_MAX, &text, &err);

	if (rc == VG_EINVALID) /* it has NUL bytes */
		return read_capture(t, path);
	if (rc != 0)
		return vg_cli_fail(t->cli, vg_cli_exit_of(rc), "%s", err.text);
	if (text[0] == '{')
		read_json_lines(t, text);
	else if (is_hex(text))
		rc = read_capture(t, path);
	else if (holds_trap(text))
		read_trap_texts(t, text);
	else
		read_syslog(t, text);
	free(text);
	return rc;
}

/* --- commands --- */

static int
print_trial(struct trial *t)
{
	bool fails = t->unread > 0 || (vg_cli_flag(t->cli, "strict") && t->unknown > 0);

	if (t->results != NULL) {
		(void)json_dumpf(t->results, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
	} else {
		printf("%zu meddelande%s: %zu känner reglerna, %zu inte, %zu är ingenting",
		       t->messages, t->messages == 1 ? "" : "n", t->known, t->unknown, t->ignored);
		if (t->unread > 0)
			printf(", %zu kunde inte läsas", t->unread);
		putchar('\n');
	}
	return fails ? VG_EXIT_DIFFERS : VG_EXIT_OK;
}

int
vg_run_alarm_rules_test(struct vg_cli *cli)
{
	struct trial t = {.cli = cli,
			  .text = malloc(sizeof(*t.text)),
			  .syslog = malloc(sizeof(*t.syslog)),
			  .results = vg_cli_flag(cli, "json") ? json_array() : NULL};
	int rc;

	vg_cli_default_zone();
	if (t.text == NULL || t.syslog == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	else if ((rc = load_rules(&t)) == 0 && (rc = read_messages(&t, cli->operand[0])) == 0)
		rc = print_trial(&t);
	trial_free(&t);
	return rc;
}

static void
list_rule(const char *id, void *arg)
{
	struct trial *t = arg;

	if (t->results != NULL)
		(void)json_array_append_new(t->results, json_string(id));
	else
		puts(id);
}

int
vg_run_alarm_rules_list(struct vg_cli *cli)
{
	struct trial t = {.cli = cli, .results = vg_cli_flag(cli, "json") ? json_array() : NULL};
	int rc = load_rules(&t);

	if (rc == 0) {
		vg_rules_each(t.rules, list_rule, &t);
		if (t.results != NULL) {
			(void)json_dumpf(t.results, stdout, JSON_INDENT(2));
			putchar('\n');
		}
	}
	trial_free(&t);
	return rc;
}
