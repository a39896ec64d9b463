/* ldap.c - LDAP and LDAPS: bind, search, count.
 *
 * libcurl speaks LDAP on its own connection, on the loop. Only names of entries are asked for
 * (attribute "1.1", RFC 4511 4.5.1.8), and only counted: nothing of a directory is kept. */
#include "agents/checks/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX  100 /* that can be asked for: their names must fit into what is read */
#define PASSWORD_MAX 1024

struct settings {
	struct vg_transfer_settings common;
	char *bind_dn, *password_file;
	int64_t entries_min;
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "url",	    "bind_dn",
				   "password_file",  "entries_min", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	free(settings->bind_dn);
	free(settings->password_file);
	free(settings);
}

/* ldap://host/base?attributes?scope?filter with no attributes but "1.1"; NULL when there was an
 * error. */
static char *
search_url(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *url = vg_yaml_get_text(map, "url", true, NULL, errors);
	const char *host = url != NULL ? strstr(url, "://") : NULL, *query, *rest;
	char *out = NULL;
	size_t base;

	if (host == NULL) /* no URL at all: whoever reads it says so */
		return url != NULL ? strdup(url) : NULL;
	base = strcspn(url, "?");
	query = url + base;
	rest = *query != '\0' ? strchr(query + 1, '?') : NULL;
	if (*query != '\0' && query[1] != '\0' && query[1] != '?') {
		vg_yaml_error(errors, vg_yaml_find(map, "url"),
			      "\"%s\" asks for attributes, which are not read; expected such as "
			      "ldap://host/base??sub?(filter)",
			      url);
		return NULL;
	}
	if (asprintf(&out, "%.*s%s?1.1%s", (int)base, url,
		     strcspn(host + 3, "/?") < strcspn(host + 3, "?") ? "" : "/",
		     rest != NULL ? rest : "") < 0)
		return NULL;
	return out;
}

static bool
read_bind(struct settings *settings, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *dn = vg_yaml_get_text(map, "bind_dn", false, NULL, errors);
	const char *file = vg_yaml_get_text(map, "password_file", false, NULL, errors);

	if ((dn == NULL) != (file == NULL)) {
		vg_yaml_error(errors, vg_yaml_find(map, dn != NULL ? "bind_dn" : "password_file"),
			      "expected bind_dn and password_file together, or neither");
		return false;
	}
	if (dn == NULL)
		return true;
	settings->bind_dn = strdup(dn);
	settings->password_file = strdup(file);
	return settings->bind_dn != NULL && settings->password_file != NULL;
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const schemes[] = {"ldap", "ldaps", NULL};
	struct settings *settings = calloc(1, sizeof(*settings));
	char *url = settings != NULL ? search_url(map, errors) : NULL;
	size_t before = errors->count;

	if (url == NULL || !vg_transfer_configure(&settings->common, map, url, schemes, errors) ||
	    !read_bind(settings, map, errors))
		goto fail;
	settings->entries_min =
		vg_yaml_get_int(map, "entries_min", false, 0, ENTRIES_MAX, 1, errors);
	if (errors->count == before)
		return settings;
fail:
	unconfigure(settings);
	return NULL;
}

/* The password is read for each run: it can be changed without a reload, and is not kept. */
static bool
prepare(struct vg_check_run *run, char *why)
{
	const struct settings *settings = (const struct settings *)run->settings;
	char *password;
	size_t length;
	bool ok;

	if (settings->bind_dn == NULL)
		return true;
	password = vg_transfer_read_file(settings->password_file, PASSWORD_MAX, &length, why);
	if (password == NULL)
		return false;
	password[strcspn(password, "\r\n")] = '\0';
	ok = curl_easy_setopt(run->easy, CURLOPT_USERNAME, settings->bind_dn) == CURLE_OK &&
	     curl_easy_setopt(run->easy, CURLOPT_PASSWORD, password) == CURLE_OK;
	explicit_bzero(password, length);
	free(password);
	return ok;
}

/* libcurl writes each entry's name in a line of its own. */
static int64_t
count_entries(const struct vg_check_run *run)
{
	static const char label[] = "DN: ";
	int64_t count = 0;

	for (const char *line = run->body; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n' ? 1 : 0;
		count += strncmp(line, label, sizeof(label) - 1) == 0;
	}
	return count;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = (const struct settings *)run->settings;
	int64_t count = count_entries(run);

	if (count < settings->entries_min) {
		result->state = VG_CHECK_CRITICAL;
		vg_check_text(result, "found %d entries, expected at least %d", (int)count,
			      (int)settings->entries_min);
		return;
	}
	vg_check_text(result, "found %s%d entries in %d ms", run->cut ? "at least " : "",
		      (int)count, (int)result->latency_ms);
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	static const struct vg_transfer_way way = {
		.body_max = VG_TRANSFER_BODY_MAX,
		.prepare = prepare,
		.judge = judge,
	};

	return vg_transfer_start(engine, &way, settings, timeout_ms, done, arg, why);
}

const struct vg_check_type vg_check_ldap = {
	"ldap", keys, configure, unconfigure, start, vg_transfer_cancel,
};
