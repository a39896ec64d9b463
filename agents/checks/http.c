/* http.c - HTTP and HTTPS: status, content, certificate.
 *
 * Redirects are answers like others unless the configuration says how many are followed: a login
 * page that redirects to an error page must not look well. */
#include "agents/checks/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 16

struct settings {
	struct vg_transfer_settings common;
	bool head;
	int64_t redirects;
	struct {
		long from, to;
	} expected[RANGES_MAX];
	size_t expected_count;
	char expected_words[120]; /* as in the configuration */
	char *expect_text, *reject_text;
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "url",	      "method",
				   "headers",	     "expect_status", "expect_text",
				   "reject_text",    "redirects",     NULL};

/* "204" or "200-399". */
static bool
add_range(struct settings *settings, const char *word)
{
	int from, to, end = 0;
	size_t used = strlen(settings->expected_words);

	if (sscanf(word, "%3d-%3d%n", &from, &to, &end) != 2 || word[end] != '\0') {
		if (sscanf(word, "%3d%n", &from, &end) != 1 || word[end] != '\0')
			return false;
		to = from;
	}
	if (from < 100 || to > 599 || from > to || settings->expected_count == RANGES_MAX)
		return false;
	settings->expected[settings->expected_count].from = from;
	settings->expected[settings->expected_count++].to = to;
	(void)snprintf(settings->expected_words + used, sizeof(settings->expected_words) - used,
		       "%s%s", used > 0 ? ", " : "", word);
	return true;
}

static bool
read_status(struct settings *settings, const struct vg_yaml_node *map,
	    struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, "expect_status"), *one;
	size_t count = node == NULL ? 0 : node->type == VG_YAML_LIST ? node->count : 1;

	if (node == NULL)
		return add_range(settings, "200-399");
	for (size_t i = 0; i < count; i++) {
		one = node->type == VG_YAML_LIST ? node->item[i] : node;
		if (one->type != VG_YAML_SCALAR || !add_range(settings, one->text)) {
			vg_yaml_error(errors, one,
				      "expect_status: expected at most %d of such as 200 or "
				      "200-399",
				      RANGES_MAX);
			return false;
		}
	}
	if (count == 0)
		vg_yaml_error(errors, node, "expect_status is empty; expected such as [200-399]");
	return count > 0;
}

static bool
copy(char **to, const struct vg_yaml_node *map, const char *key, struct vg_yaml_errors *errors)
{
	const char *text = vg_yaml_get_text(map, key, false, NULL, errors);

	if (text == NULL)
		return true;
	if (*text == '\0') {
		vg_yaml_error(errors, vg_yaml_find(map, key), "%s is empty; expected a text", key);
		return false;
	}
	*to = strdup(text);
	return *to != NULL;
}

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	free(settings->expect_text);
	free(settings->reject_text);
	free(settings);
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const schemes[] = {"https", "http", NULL};
	static const char *const methods[] = {"GET", "HEAD", NULL};
	struct settings *settings = calloc(1, sizeof(*settings));
	size_t before = errors->count;
	bool ok;

	if (settings == NULL)
		return NULL;
	ok = vg_transfer_configure(&settings->common, map, NULL, schemes, errors);
	ok = vg_transfer_configure_headers(&settings->common, map, errors) && ok;
	ok = read_status(settings, map, errors) && ok;
	ok = copy(&settings->expect_text, map, "expect_text", errors) && ok;
	ok = copy(&settings->reject_text, map, "reject_text", errors) && ok;
	settings->head = vg_yaml_get_word(map, "method", methods, 0, errors) == 1;
	settings->redirects =
		vg_yaml_get_int(map, "redirects", false, 0, VG_TRANSFER_REDIRECTS_MAX, 0, errors);
	if (settings->head && (settings->expect_text != NULL || settings->reject_text != NULL))
		vg_yaml_error(errors, vg_yaml_find(map, "method"),
			      "HEAD has no content; expected GET with expect_text or reject_text");
	if (!ok || errors->count != before) {
		unconfigure(settings);
		return NULL;
	}
	return settings;
}

static bool
prepare(struct vg_check_run *run, char *why)
{
	const struct settings *settings = (const struct settings *)run->settings;

	(void)why;
	return (!settings->head || curl_easy_setopt(run->easy, CURLOPT_NOBODY, 1L) == CURLE_OK) &&
	       (settings->redirects == 0 ||
		(curl_easy_setopt(run->easy, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
		 curl_easy_setopt(run->easy, CURLOPT_MAXREDIRS, (long)settings->redirects) ==
			 CURLE_OK));
}

static bool
is_expected(const struct settings *settings, long status)
{
	for (size_t i = 0; i < settings->expected_count; i++)
		if (status >= settings->expected[i].from && status <= settings->expected[i].to)
			return true;
	return false;
}

static bool
holds(const struct vg_check_run *run, const char *text)
{
	return memmem(run->body, run->body_length, text, strlen(text)) != NULL;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = (const struct settings *)run->settings;
	const char *part = run->cut ? "the first 64 KiB of " : "";
	long status = 0;

	(void)curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &status);
	result->state = VG_CHECK_CRITICAL;
	if (!is_expected(settings, status)) {
		vg_check_text(result, "HTTP %ld, expected %s", status, settings->expected_words);
	} else if (settings->expect_text != NULL && !holds(run, settings->expect_text)) {
		vg_check_text(result, "HTTP %ld, but %sthe content lacks \"%s\"", status, part,
			      settings->expect_text);
	} else if (settings->reject_text != NULL && holds(run, settings->reject_text)) {
		vg_check_text(result, "HTTP %ld, but %sthe content has \"%s\"", status, part,
			      settings->reject_text);
	} else {
		result->state = VG_CHECK_OK;
		vg_check_text(result, "HTTP %ld in %d ms", status, (int)result->latency_ms);
	}
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

const struct vg_check_type vg_check_http = {
	"http", keys, configure, unconfigure, start, vg_transfer_cancel,
};
