/* tcp.c - does a port accept connections, with TLS if asked for, and does it greet as expected? */
#include "agents/checks/transfer.h"

#include <stdlib.h>
#include <string.h>

struct settings {
	struct vg_transfer_settings common;
	char *expect_text;
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "host", "port", "tls", "expect_text", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	free(settings->expect_text);
	free(settings);
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	size_t before = errors->count;
	const char *text;

	if (settings == NULL || !vg_transfer_configure_peer(&settings->common, map, errors))
		goto fail;
	text = vg_yaml_get_text(map, "expect_text", false, NULL, errors);
	if (text != NULL && (settings->expect_text = strdup(text)) == NULL)
		goto fail;
	if (errors->count == before)
		return settings;
fail:
	unconfigure(settings);
	return NULL;
}

static bool
enough(const struct vg_check_run *run)
{
	const char *text = ((const struct settings *)run->settings)->expect_text;

	return text == NULL || memmem(run->body, run->body_length, text, strlen(text)) != NULL;
}

static CURLcode
talk(struct vg_check_run *run)
{
	return vg_transfer_converse(run, enough);
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = (const struct settings *)run->settings;

	if (enough(run)) {
		vg_check_text(result, "%s in %d ms",
			      settings->expect_text != NULL ? "greeted as expected" : "connected",
			      (int)result->latency_ms);
		return;
	}
	result->state = VG_CHECK_CRITICAL;
	vg_check_text(result, "closed after %zu bytes without \"%s\"", run->body_length,
		      settings->expect_text);
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	static const struct vg_transfer_way way = {
		.body_max = VG_TRANSFER_BODY_MAX,
		.talk = talk,
		.judge = judge,
	};

	return vg_transfer_start(engine, &way, settings, timeout_ms, done, arg, why);
}

const struct vg_check_type vg_check_tcp = {
	"tcp", keys, configure, unconfigure, start, vg_transfer_cancel,
};
