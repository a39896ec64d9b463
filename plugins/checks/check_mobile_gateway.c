/* check_mobile_gateway.c - does the gateway that the mobile applications talk to answer?
 *
 * A gateway is a TLS endpoint with a health address. Telephones in the field refuse old TLS, so the
 * lowest version is part of the check; and a gateway that answers 200 while its own state says
 * "DOWN" is down, so a member of the answer can be demanded. */
#include "plugins/checks/page.h"

#include "lib/json/document.h"

#include <stdio.h>
#include <string.h>

#define MEMBERS_MAX 8
#define URL_MAX	    2000

enum { OPTION_TLS = 256, OPTION_CA };

struct check {
	struct vg_fetch_options fetch;
	const char *host, *path, *text;
	long port;
	size_t members;
	const char *member[MEMBERS_MAX]; /* "PATH=VALUE" */
	struct vg_days days;
};

static const struct vg_plugin_option options[] = {
	{'H', "host", "NAME", "the gateway, as its certificate names it; must be given"},
	{'p', "port", "NUMBER", "1 to 65535 (443)"},
	{'u', "path", "PATH", "its health address (/)"},
	{'e', "expect", "TEXT", "must stand in the answer"},
	{'j', "json", "PATH=VALUE", "member of a JSON answer, such as db.status=UP; up to 8 times"},
	{OPTION_TLS, "tls", "VERSION", "lowest that may be used: 1.0, 1.1, 1.2 or 1.3 (1.2)"},
	{'a', "address", "ADDRESS", "connect there instead of looking the host up"},
	{'D', "certificate", "WARN,CRIT", "days that the certificate must last (21,7)"},
	{OPTION_CA, "ca", "FILE", "trusted certificates (the system's)"},
	{0},
};

static int
tls_minor(const struct vg_plugin *plugin, const char *value)
{
	if (strlen(value) != 3 || strncmp(value, "1.", 2) != 0 || value[2] < '0' || value[2] > '3')
		vg_plugin_usage(plugin, "--tls %s: expected 1.0, 1.1, 1.2 or 1.3", value);
	return value[2] - '0';
}

static void
take(struct vg_plugin *plugin, int code, const char *value)
{
	struct check *check = plugin->arg;

	switch (code) {
	case 'H':
		check->host = value;
		break;
	case 'p':
		check->port = vg_plugin_number(plugin, "port", value, 1, 65535);
		break;
	case 'u':
		if (*value != '/')
			vg_plugin_usage(plugin, "--path %s: expected a path from /", value);
		check->path = value;
		break;
	case 'e':
		check->text = value;
		break;
	case 'j':
		if (check->members == MEMBERS_MAX || *value == '=' || strchr(value, '=') == NULL)
			vg_plugin_usage(plugin, "--json %s: expected PATH=VALUE, at most %d times",
					value, MEMBERS_MAX);
		check->member[check->members++] = value;
		break;
	case OPTION_TLS:
		check->fetch.tls_minor = tls_minor(plugin, value);
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
check_member(struct vg_plugin *plugin, const struct vg_document *document, const char *member)
{
	const char *equals = strchr(member, '='), *text = NULL;
	const struct vg_document_node *node;
	char path[300], number[VG_DOCUMENT_NUMBER_MAX];

	(void)snprintf(path, sizeof(path), "%.*s", (int)(equals - member), member);
	node = vg_document_find(vg_document_root(document), path);
	if (node != NULL)
		text = vg_document_text(node, number);
	if (text == NULL)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "%s saknas i svaret", path);
	else if (strcmp(text, equals + 1) != 0)
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "%s är %.100s, väntat %.100s", path, text,
			      equals + 1);
	else
		vg_plugin_say(plugin, VG_PLUGIN_OK, "%s är %.100s", path, text);
}

static void
check_members(struct vg_plugin *plugin, const struct vg_page *page)
{
	const struct check *check = plugin->arg;
	struct vg_document *document = NULL;
	struct vg_err err = {0};

	if (check->members > 0 &&
	    vg_document_parse(&document, page->body, page->length, &err) != 0) {
		vg_plugin_say(plugin, VG_PLUGIN_CRITICAL, "svaret är inte JSON: %s",
			      vg_err_text(&err, err.code));
		return;
	}
	for (size_t i = 0; i < check->members; i++)
		check_member(plugin, document, check->member[i]);
	vg_document_free(document);
}

static void
check_gateway(struct vg_plugin *plugin, struct vg_fetch *fetch)
{
	const struct check *check = plugin->arg;
	struct vg_page page;
	char url[URL_MAX + 1];

	if (snprintf(url, sizeof(url), "https://%s:%ld%s", check->host, check->port, check->path) >
	    URL_MAX)
		vg_plugin_usage(plugin, "--host and --path: expected at most %d bytes", URL_MAX);
	vg_fetch_page(fetch, url, &page);
	if (!vg_page_answered(plugin, "gatewayen", &page))
		return;
	if (check->text != NULL)
		vg_page_holds(plugin, "gatewayen", &page, check->text, true);
	check_members(plugin, &page);
	vg_page_times(plugin, &page);
	vg_page_certificate(plugin, &page, &check->days);
}

int
main(int argc, char **argv)
{
	struct check check = {.path = "/",
			      .port = 443,
			      .fetch = {.tls_minor = 2, .https_only = true},
			      .days = {.warning = 21, .critical = 7}};
	struct vg_plugin plugin = {
		.name = "check_mobile_gateway",
		.label = "GATEWAY",
		.summary = "Checks the gateway of mobile applications: health address over TLS, "
			   "its answer, certificate.",
		.options = options,
		.thresholds = "-w and -c are compared with the seconds to the whole answer.",
		.at_timeout = VG_PLUGIN_CRITICAL,
		.take = take,
		.arg = &check};
	struct vg_fetch *fetch;

	vg_plugin_begin(&plugin, argc, argv);
	if (check.host == NULL || strpbrk(check.host, "/?#@ ") != NULL)
		vg_plugin_usage(&plugin, "--host: must be given, as a name or an address");
	fetch = vg_fetch_new(&check.fetch);
	if (fetch == NULL)
		vg_plugin_say(&plugin, VG_PLUGIN_UNKNOWN, "minnet räcker inte");
	else
		check_gateway(&plugin, fetch);
	vg_fetch_free(fetch);
	vg_plugin_end(&plugin);
}
