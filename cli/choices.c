/* choices.c - options and fields whose value is one of a fixed list of words.
 *
 * They are refused here, before any call: the daemon would only say it later, and an option that it
 * does not read would be passed over in silence. What an agreement names (services, priorities,
 * municipalities) is no fixed list. */
#include "cli/choices.h"

#include "core/alarm.h"
#include "core/kpi.h"
#include "lib/yaml/yaml.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 64
#define PART_MAX  64

_Static_assert(VG_KPI_COUNT < WORDS_MAX && VG_TF_COUNT < WORDS_MAX, "a list of words and its end");

/* The list of an option of the commands about alarms, NULL-ended; false when it is no other there
 * than everywhere. */
static bool
alarm_words_of(const char *option, const char *words[WORDS_MAX])
{
	static const char *const groups[] = {"resource", "service", "municipality", NULL};

	if (strcmp(option, "group") == 0) {
		memcpy(words, groups, sizeof(groups));
	} else if (strcmp(option, "severity") == 0) {
		memcpy(words, vg_severity_words, (VG_SEVERITY_COUNT + 1) * sizeof(*words));
	} else if (strcmp(option, "category") == 0) {
		memcpy(words, vg_alarm_category_words,
		       (VG_ALARM_CATEGORY_COUNT + 1) * sizeof(*words));
	} else if (strcmp(option, "hidden") == 0) {
		memcpy(words, vg_alarm_hidden_words, VG_ALARM_HIDDEN_COUNT * sizeof(*words));
		words[VG_ALARM_HIDDEN_COUNT] = "all";
		words[VG_ALARM_HIDDEN_COUNT + 1] = NULL;
	} else {
		return false;
	}
	return true;
}

/* The list of an option, NULL-ended; false when it takes any text. */
static bool
words_of(const char *option, const char *words[WORDS_MAX])
{
	static const char *const splits[] = {"municipality", "service", "priority", "line", NULL};
	static const char *const lines[] = {"1", "2", "3", NULL};
	enum vg_ticket_field field = vg_ticket_field_find(option);

	if (strcmp(option, "by") == 0) {
		memcpy(words, splits, sizeof(splits));
	} else if (strcmp(option, "line") == 0) {
		memcpy(words, lines, sizeof(lines));
	} else if (strcmp(option, "cause") == 0) {
		memcpy(words, vg_party_words, (VG_PARTY_COUNT + 1) * sizeof(*words));
	} else if (strcmp(option, "effect") == 0) {
		memcpy(words, vg_effect_words, (VG_EFFECT_COUNT + 1) * sizeof(*words));
	} else if (strcmp(option, "kpi") == 0) {
		for (int i = 0; i < VG_KPI_COUNT; i++)
			words[i] = vg_kpi_info[i].name;
		words[VG_KPI_COUNT] = NULL;
	} else if (field != VG_TF_COUNT && vg_ticket_field_info[field].form == VG_FORM_WORD) {
		int count = vg_ticket_field_info[field].word_count;

		memcpy(words, vg_ticket_field_info[field].words, (size_t)count * sizeof(*words));
		words[count] = NULL;
	} else {
		return false;
	}
	return true;
}

/* 0, or VG_EXIT_USAGE after the complaint: the nearest word, or all when none is near. */
static int
check(const struct vg_cli *cli, const char *what, const char *word, const char *const *words)
{
	const char *near;
	char list[2048] = "";
	size_t used = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return 0;
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 i > 0 ? ", " : "", words[i]);
	}
	near = vg_yaml_nearest(word, words);
	if (near != NULL)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "%s: \"%s\": did you mean \"%s\"?", what,
				   word, near);
	return vg_cli_fail(cli, VG_EXIT_USAGE, "%s: \"%s\": expected one of %s", what, word, list);
}

/* How a ticket came in and through which channel a service is used are called the same. */
static bool
names_access_channel(const struct vg_cli *cli, const char *option)
{
	return strcmp(option, "channel") == 0 && strncmp(cli->command->name, "ticket ", 7) != 0;
}

/* A comment's cause is a person's own words, and it may be about availability, which is no KPI. */
static bool
is_of_comment(const struct vg_cli *cli, const char *option)
{
	return (strcmp(option, "cause") == 0 || strcmp(option, "kpi") == 0) &&
	       strncmp(cli->command->name, "comment ", 8) == 0;
}

int
vg_check_option(const struct vg_cli *cli, const char *option, const char *value)
{
	const char *words[WORDS_MAX];
	const bool alarm = strncmp(cli->command->name, "alarm ", 6) == 0;
	const bool list = strcmp(option, "by") == 0;
	char what[40], part[PART_MAX];
	int rc = 0;

	if (names_access_channel(cli, option) || is_of_comment(cli, option) ||
	    (alarm && strcmp(option, "type") == 0))
		return 0;
	if (!(alarm && alarm_words_of(option, words)) && !words_of(option, words))
		return 0;
	(void)snprintf(what, sizeof(what), "--%s", option);
	for (const char *end; rc == 0; value = end + 1) {
		end = value + (list ? strcspn(value, ",") : strlen(value));
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - value), value);
		rc = check(cli, what, part, words);
		if (*end == '\0')
			break;
	}
	return rc;
}

int
vg_check_field(const struct vg_cli *cli, const char *name, enum vg_ticket_field *field)
{
	const char *words[VG_TF_COUNT + 1];

	*field = vg_ticket_field_find(name);
	for (int i = 0; i < VG_TF_COUNT; i++)
		words[i] = vg_ticket_field_info[i].name;
	words[VG_TF_COUNT] = NULL;
	return check(cli, "field", name, words);
}

int
vg_check_word(const struct vg_cli *cli, enum vg_ticket_field field, const char *word)
{
	const char *words[WORDS_MAX];

	return words_of(vg_ticket_field_info[field].name, words)
		       ? check(cli, vg_ticket_field_info[field].name, word, words)
		       : 0;
}
