/* plugin_output.c - what monitoring plugins print.
 *
 * "TEXT | label=value[unit];warn;crit;min;max ..." on the first line; longer text follows, and
 * after a second bar more perfdata. The hard thing is that nobody obeys it: every byte may be
 * missing or anything, so each part is found by itself, and a part that is not there is empty. */
#include "agents/checks/plugin.h"

#include <stdlib.h>
#include <string.h>

/* Labels under which plugins state how long the answer took. */
static const char *const latency_labels[] = {"time", "rta", NULL};

static const struct unit {
	const char *name;
	double ms;
} units[] = {{"s", 1e3}, {"ms", 1.0}, {"us", 1e-3}};

/* "12.5ms;..." to whole ms, rounded down; -1 = it states none. */
static int64_t
read_ms(const char *value)
{
	char *end;
	double number = strtod(value, &end);
	size_t length = strcspn(end, "; \t\n");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end != value && strlen(units[i].name) == length &&
		    strncmp(end, units[i].name, length) == 0 && number >= 0 && number < 1e6)
			return (int64_t)(number * units[i].ms);
	return -1;
}

static int64_t
find_latency_ms(const char *perfdata)
{
	while (*perfdata != '\0') {
		const char *word = perfdata + strspn(perfdata, " ");
		size_t length = strcspn(word, "= ");

		for (size_t i = 0; latency_labels[i] != NULL; i++)
			if (word[length] == '=' && strlen(latency_labels[i]) == length &&
			    strncmp(word, latency_labels[i], length) == 0)
				return read_ms(word + length + 1);
		perfdata = word + strcspn(word, " ");
	}
	return -1;
}

/* Cut and cleaned as a result's text is. */
static void
set_perfdata(struct vg_check_result *out, const char *first, int first_length, const char *more)
{
	struct vg_check_result clean;
	size_t length;

	more += strspn(more, " ");
	vg_check_text(&clean, "%.*s%s%s", first_length, first,
		      first_length > 0 && *more != '\0' ? " " : "", more);
	length = strlen(clean.text);
	while (length > 0 && clean.text[length - 1] == ' ')
		clean.text[--length] = '\0';
	memcpy(out->perfdata, clean.text, sizeof(out->perfdata));
}

void
vg_plugin_parse(const char *output, struct vg_check_result *out)
{
	const char *line = output + strspn(output, " \t\r\n");
	size_t line_length = strcspn(line, "\r\n"), text_length = line_length;
	const char *bar = memchr(line, '|', line_length);
	const char *perfdata = "", *second_bar = strchr(line + line_length, '|');
	int perfdata_length = 0;

	if (bar != NULL) {
		text_length = (size_t)(bar - line);
		perfdata = bar + 1 + strspn(bar + 1, " ");
		perfdata_length = (int)(line + line_length - perfdata);
	}
	while (text_length > 0 && line[text_length - 1] == ' ')
		text_length--;
	vg_check_text(out, "%.*s", (int)text_length, line);
	set_perfdata(out, perfdata, perfdata_length, second_bar != NULL ? second_bar + 1 : "");
	out->latency_ms = find_latency_ms(out->perfdata);
}
