/* alarm_view.c - alarms as people read them. */
#include "cli/alarm_view.h"

#include <stdio.h>
#include <string.h>

const char *
vg_alarm_text(const json_t *alarm, const char *member)
{
	const char *text = json_string_value(json_object_get(alarm, member));

	return text != NULL ? text : "";
}

const char *
vg_alarm_join(const json_t *list, const char *none, char *out, size_t size)
{
	const json_t *one;
	size_t i, used = 0;

	(void)snprintf(out, size, "%s", json_array_size(list) == 0 ? none : "");
	json_array_foreach(list, i, one)
	{
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "",
						 json_string_value(one));
	}
	return out;
}

/* "kvitterat", "parkerat", "upphört 2026-11-20 10:00:00": what the reader may let be, and why. */
static void
put_standing(json_t *alarm)
{
	const char *hidden = vg_alarm_text(alarm, "hidden");
	const char *by = vg_alarm_text(alarm, "hidden_by");
	const char *until = vg_alarm_text(alarm, "hidden_until");
	char at[VG_WORDS_MAX], text[160];

	if (!json_is_true(json_object_get(alarm, "active")))
		(void)snprintf(text, sizeof(text), "upphört %s",
			       vg_words_local(vg_alarm_text(alarm, "ended"), at));
	else if (strcmp(hidden, "shown") != 0)
		(void)snprintf(text, sizeof(text), "dolt: %s%s%s%s%s",
			       vg_words_value("hidden", hidden), *by != '\0' ? " " : "", by,
			       *until != '\0' ? " till " : "",
			       *until != '\0' ? vg_words_local(until, at) : "");
	else if (strcmp(vg_alarm_text(alarm, "operator"), "ack") == 0)
		(void)snprintf(text, sizeof(text), "kvitterat av %s",
			       vg_alarm_text(alarm, "actor"));
	else
		(void)snprintf(text, sizeof(text), "%s",
			       json_is_true(json_object_get(alarm, "flapping")) ? "fladdrar"
										: "aktivt");
	(void)json_object_set_new(alarm, "standing", json_string(text));
}

void
vg_alarm_dress(json_t *alarm)
{
	const char *qualifier = vg_alarm_text(alarm, "qualifier");
	const char *service = vg_alarm_text(alarm, "service");
	char codes[200];

	(void)json_object_set_new(alarm, "kind",
				  json_sprintf("%s%s%s", vg_alarm_text(alarm, "type"),
					       *qualifier != '\0' ? " " : "", qualifier));
	(void)json_object_set_new(
		alarm, "whom",
		json_string(vg_alarm_join(json_object_get(alarm, "municipalities"),
					  *service != '\0' ? "alla" : "", codes, sizeof(codes))));
	put_standing(alarm);
}
