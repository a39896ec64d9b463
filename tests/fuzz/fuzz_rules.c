/* Any bytes as a file of rules, up to a NUL; what is behind it as the text of a trap and as a line.
 * What is made of them has no control character and keeps its lengths. */
#include "lib/alarm/rules.h"

#include "lib/alarm/trap_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, size_t max)
{
	size_t length = strlen(text);

	VG_ASSERT(length <= max);
	for (size_t i = 0; i < length; i++)
		VG_ASSERT((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

static void
judge(struct vg_rules *rules, const struct vg_message *message)
{
	struct vg_notice notice;
	enum vg_judged judged = vg_rules_judge(rules, message, &notice);

	if (judged == VG_JUDGED_IGNORED ||
	    (judged == VG_JUDGED_UNKNOWN && message->form == VG_MESSAGE_SYSLOG))
		return;
	check_text(notice.resource, 200);
	check_text(notice.type, 200);
	check_text(notice.qualifier, 200);
	check_text(notice.text, 400);
	VG_ASSERT(strlen(notice.detail) <= VG_NOTICE_DETAIL_MAX);
	VG_ASSERT(!notice.transient || notice.severity != VG_SEVERITY_CLEARED);
}

static void
judge_both(struct vg_rules *rules, const char *text, size_t length)
{
	static struct vg_trap_text trap;
	char *line = strndup(text, length < VG_MESSAGE_VALUE_MAX ? length : VG_MESSAGE_VALUE_MAX);
	struct vg_message_value value[] = {{"app", "sshd"}, {"msg", line}};
	struct vg_message message = {.form = VG_MESSAGE_SYSLOG,
				     .peer = "192.0.2.1",
				     .host = "srv-1",
				     .trap = "",
				     .count = 2,
				     .value = value};
	struct vg_err err;

	VG_ASSERT(line != NULL);
	judge(rules, &message);
	if (vg_trap_text_parse(&trap, rules, text, length, &err) == 0)
		judge(rules, &trap.message);
	free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	size_t yaml = nul != NULL ? (size_t)(nul - data) : size;
	char *text = strndup((const char *)data, yaml);
	struct vg_alarm_file file = {.name = (char *)(uintptr_t) "fuzz.yaml", .text = text};
	struct vg_agreement *agreement = vg_agreement_new();
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_rules *rules;

	VG_ASSERT(text != NULL && agreement != NULL);
	agreement->alarm_files = 1;
	agreement->alarm_file = &file;
	rules = vg_rules_load("", agreement, NULL, &errors);
	VG_ASSERT((rules != NULL) == (errors.count == 0));
	vg_yaml_errors_free(&errors);
	if (rules != NULL && nul != NULL)
		judge_both(rules, (const char *)nul + 1, size - yaml - 1);
	vg_rules_free(rules);
	agreement->alarm_files = 0;
	agreement->alarm_file = NULL;
	vg_agreement_unref(agreement);
	free(text);
	return 0;
}
