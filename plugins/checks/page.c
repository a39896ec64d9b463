/* page.c - what the two page checks judge alike.
 *
 * The hard thing is what to say: a page that misses its text is often a maintenance page with
 * status 200, so the text that was looked for is named, and where the chain ended. */
#include "plugins/checks/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 3650

struct vg_days
vg_page_days(const struct vg_plugin *plugin, const char *text)
{
	const char *comma = strchr(text, ',');
	struct vg_days days;
	char first[16];

	if (comma == NULL || (size_t)(comma - text) >= sizeof(first))
		vg_plugin_usage(plugin, "--certificate %s: expected days, such as 21,7", text);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(comma - text), text);
	days.warning = vg_plugin_number(plugin, "certificate", first, 0, DAYS_MAX);
	days.critical = vg_plugin_number(plugin, "certificate", comma + 1, 0, days.warning);
	return days;
}

bool
vg_page_answered(struct vg_plugin *plugin, const char *what, const struct vg_page *page)
{
	if (page->error != NULL)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "%s: %s", what, page->error);
	else if (page->status < 200 || page->status > 299)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "%s: HTTP %ld från %.300s", what,
			      page->status, page->url);
	else
		return true;
	return false;
}

void
vg_page_holds(struct vg_plugin *plugin, const char *what, const struct vg_page *page,
	      const char *text, bool expected)
{
	bool found = memmem(page->body, page->length, text, strlen(text)) != NULL;

	if (found != expected)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "%s: \"%.200s\" %s %.300s", what, text,
			      expected ? "saknas på" : "står på", page->url);
}

void
vg_page_certificate(struct vg_plugin *plugin, const struct vg_page *page,
		    const struct vg_days *days)
{
	enum vg_plugin_state state = VG_PLUGIN_OK;
	char warning[32], critical[32];

	if (!page->has_certificate)
		return;
	if (page->certificate_days < days->critical)
		state = VG_PLUGIN_CRITICAL;
	else if (page->certificate_days < days->warning)
		state = VG_PLUGIN_WARNING;
	vg_plugin_say(plugin, state, "certifikatet gäller %ld dagar till", page->certificate_days);
	(void)snprintf(warning, sizeof(warning), "%ld:", days->warning);
	(void)snprintf(critical, sizeof(critical), "%ld:", days->critical);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = "certificate_days",
						 .unit = "",
						 .value = (double)page->certificate_days,
						 .warning = warning,
						 .critical = critical});
}

void
vg_page_times(struct vg_plugin *plugin, const struct vg_page *page)
{
	const struct {
		const char *label;
		double value;
	} phases[] = {{"dns", page->dns_s},
		      {"connect", page->connect_s},
		      {"tls", page->tls_s},
		      {"first_byte", page->first_byte_s}};
	long ms = (long)(page->total_s * 1000 + 0.5);

	vg_plugin_say(plugin, vg_plugin_judge(plugin, page->total_s), "%ld,%03ld s", ms / 1000,
		      ms % 1000);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = "time",
						 .unit = "s",
						 .value = page->total_s,
						 .decimals = 6,
						 .warning = plugin->warning.text,
						 .critical = plugin->critical.text,
						 .min = "0"});
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		vg_plugin_perf(plugin, &(struct vg_perf){.label = phases[i].label,
							 .unit = "s",
							 .value = phases[i].value,
							 .decimals = 6,
							 .min = "0"});
}
