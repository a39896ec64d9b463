/* check_published_app.c - can users get to the published applications?
 *
 * Asks as a browser does: the front's address, through its redirects, to the login page and, when
 * told so, one page more in the same session. A front behind a balancer is tried node by node with
 * --address. The page's size, scripts and pictures are not fetched: what is measured is whether the
 * way to the login works. */
#include "plugins/checks/page.h"

#include <string.h>

#define TEXTS_MAX 8 /* of each kind of expectation */

enum { OPTION_ABSENT = 256, OPTION_ENDS_AT, OPTION_THEN, OPTION_THEN_EXPECT, OPTION_CA };

struct texts {
	size_t count;
	const char *text[TEXTS_MAX];
};

struct check {
	struct vg_fetch_options fetch;
	const char *url, *ends_at, *then;
	struct texts expected, absent, then_expected;
	struct vg_days days;
};

static const struct vg_plugin_option options[] = {
	{'u', "url", "URL", "address of the front; must be given"},
	{'e', "expect", "TEXT", "must stand on the login page; up to 8 times"},
	{OPTION_ABSENT, "absent", "TEXT", "must not, such as a maintenance notice; up to 8 times"},
	{OPTION_ENDS_AT, "ends-at", "PREFIX", "how the address after all redirects must begin"},
	{OPTION_THEN, "then", "URL", "a second page of the same session; may be relative"},
	{OPTION_THEN_EXPECT, "then-expect", "TEXT", "must stand on it; up to 8 times"},
	{'r', "redirects", "NUMBER", "how many are followed, 0 to 20 (5)"},
	{'a', "address", "ADDRESS", "connect there instead of looking the host up"},
	{'D', "certificate", "WARN,CRIT", "days that the certificate must last (21,7)"},
	{OPTION_CA, "ca", "FILE", "trusted certificates (the system's)"},
	{0},
};

static void
add_text(struct vg_plugin *plugin, const char *option, const char *text, struct texts *texts)
{
	if (*text == '\0' || texts->count == TEXTS_MAX)
		vg_plugin_usage(plugin, "--%s: expected a text, at most %d times", option,
				TEXTS_MAX);
	texts->text[texts->count++] = text;
}

static void
take(struct vg_plugin *plugin, int code, const char *value)
{
	struct check *check = plugin->arg;

	switch (code) {
	case 'u':
		check->url = value;
		break;
	case 'e':
		add_text(plugin, "expect", value, &check->expected);
		break;
	case OPTION_ABSENT:
		add_text(plugin, "absent", value, &check->absent);
		break;
	case OPTION_ENDS_AT:
		check->ends_at = value;
		break;
	case OPTION_THEN:
		check->then = value;
		break;
	case OPTION_THEN_EXPECT:
		add_text(plugin, "then-expect", value, &check->then_expected);
		break;
	case 'r':
		check->fetch.redirects_max = (int)vg_plugin_number(plugin, "redirects", value, 0,
								   VG_FETCH_REDIRECTS_MAX);
		break;
	case 'a':
		check->fetch.address = value;
		break;
	case 'D':
		check->days = vg_page_days(plugin, value);
		break;
	default:
		check->fetch.ca_file = value;
		break;
	}
}

static void
check_login(struct vg_plugin *plugin, struct vg_fetch *fetch)
{
	const struct check *check = plugin->arg;
	struct vg_page page;

	vg_fetch_page(fetch, check->url, &page);
	if (!vg_page_answered(plugin, "inloggningssidan", &page))
		return;
	for (size_t i = 0; i < check->expected.count; i++)
		vg_page_holds(plugin, "inloggningssidan", &page, check->expected.text[i], true);
	for (size_t i = 0; i < check->absent.count; i++)
		vg_page_holds(plugin, "inloggningssidan", &page, check->absent.text[i], false);
	if (check->ends_at != NULL &&
	    strncmp(page.url, check->ends_at, strlen(check->ends_at)) != 0)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "kedjan slutar på %.300s", page.url);
	vg_page_times(plugin, &page);
	vg_page_certificate(plugin, &page, &check->days);
}

static void
check_then(struct vg_plugin *plugin, struct vg_fetch *fetch)
{
	const struct check *check = plugin->arg;
	struct vg_page page;

	vg_fetch_page(fetch, check->then, &page);
	if (!vg_page_answered(plugin, "andra sidan", &page))
		return;
	for (size_t i = 0; i < check->then_expected.count; i++)
		vg_page_holds(plugin, "andra sidan", &page, check->then_expected.text[i], true);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = "then",
						 .unit = "s",
						 .value = page.total_s,
						 .decimals = 6,
						 .min = "0"});
}

int
main(int argc, char **argv)
{
	struct check check = {.fetch.redirects_max = 5, .days = {.warning = 21, .critical = 7}};
	struct vg_plugin plugin = {
		.name = "check_published_app",
		.label = "APP",
		.summary = "Checks the front of published applications: login page, content, "
			   "redirects, certificate.",
		.options = options,
		.thresholds = "-w and -c are compared with the seconds to the whole login page.",
		.at_timeout = VG_PLUGIN_CRITICAL,
		.take = take,
		.arg = &check};
	struct vg_fetch *fetch;

	vg_plugin_begin(&plugin, argc, argv);
	if (check.url == NULL)
		vg_plugin_usage(&plugin, "--url: must be given");
	if (check.then_expected.count > 0 && check.then == NULL)
		vg_plugin_usage(&plugin, "--then-expect: expected --then URL beside it");
	fetch = vg_fetch_new(&check.fetch);
	if (fetch == NULL) {
		vg_plugin_say(&plugin, VG_PLUGIN_UNKNOWN, "minnet räcker inte");
		vg_plugin_end(&plugin);
	}
	check_login(&plugin, fetch);
	if (check.then != NULL && plugin.state != VG_PLUGIN_CRITICAL)
		check_then(&plugin, fetch);
	vg_fetch_free(fetch);
	vg_plugin_end(&plugin);
}
