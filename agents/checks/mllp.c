/* mllp.c - HL7 version 2 over MLLP: send a message, expect its acknowledgement. */
#include "agents/checks/mllp_message.h"
#include "agents/checks/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define CODES_MAX 6

struct settings {
	struct vg_transfer_settings common;
	char *message; /* NULL = the built-in one */
	char codes[CODES_MAX][3];
	size_t code_count;
	char codes_words[CODES_MAX * 4];
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "host",	   "port", "tls",
				   "message",	     "expect_ack", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	free(settings->message);
	free(settings);
}

/* Reads the file and tries it, so that a wrong one is told with its line. */
static bool
read_message(struct settings *settings, const struct vg_yaml_node *map,
	     struct vg_yaml_errors *errors)
{
	const char *path = vg_yaml_get_text(map, "message", false, NULL, errors);
	char why[VG_CHECK_TEXT_MAX + 1], *request;
	struct vg_err err = {0};
	size_t length;

	if (path == NULL)
		return true;
	settings->message = vg_transfer_read_file(path, VG_MLLP_MESSAGE_MAX, &length, why);
	if (settings->message == NULL) {
		vg_yaml_error(errors, vg_yaml_find(map, "message"), "%s", why);
		return false;
	}
	if (strlen(settings->message) != length ||
	    vg_mllp_request(&request, &length, settings->message, "", "", &err) != 0) {
		vg_yaml_error(errors, vg_yaml_find(map, "message"), "%s: %s", path,
			      err.text[0] != '\0' ? err.text : "it holds a NUL byte");
		return false;
	}
	free(request);
	return true;
}

static bool
read_codes(struct settings *settings, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const words[] = {"AA", "AE", "AR", "CA", "CE", "CR", NULL};
	const struct vg_yaml_node *list = vg_yaml_find(map, "expect_ack");

	if (list == NULL) {
		settings->code_count = 2;
		memcpy(settings->codes[0], "AA", 3);
		memcpy(settings->codes[1], "CA", 3);
		(void)snprintf(settings->codes_words, sizeof(settings->codes_words), "AA, CA");
		return true;
	}
	if (list->type != VG_YAML_LIST || list->count == 0 || list->count > CODES_MAX) {
		vg_yaml_error(errors, list, "expect_ack: expected a list such as [AA, CA]");
		return false;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct vg_yaml_node *one = list->item[i];
		size_t used = strlen(settings->codes_words), k = 0;

		while (words[k] != NULL &&
		       (one->type != VG_YAML_SCALAR || strcmp(words[k], one->text) != 0))
			k++;
		if (words[k] == NULL) {
			vg_yaml_error(errors, one, "expect_ack: expected AA, AE, AR, CA, CE or CR");
			return false;
		}
		memcpy(settings->codes[settings->code_count++], words[k], 3);
		(void)snprintf(settings->codes_words + used, sizeof(settings->codes_words) - used,
			       "%s%s", used > 0 ? ", " : "", words[k]);
	}
	return true;
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	if (settings == NULL || !vg_transfer_configure_peer(&settings->common, map, errors) ||
	    !read_message(settings, map, errors) || !read_codes(settings, map, errors)) {
		unconfigure(settings);
		return NULL;
	}
	return settings;
}

/* Every run has a control id of its own: an answer to an older message is none. */
static bool
prepare(struct vg_check_run *run, char *why)
{
	const struct settings *settings = (const struct settings *)run->settings;
	const char *message = settings->message != NULL ? settings->message : vg_mllp_built_in;
	time_t now = time(NULL);
	struct vg_err err = {0};
	uint64_t random;
	char stamp[16];
	struct tm utc;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)run->begun_us;
	(void)snprintf(run->tag, sizeof(run->tag), "VG%016" PRIX64, random);
	(void)strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", gmtime_r(&now, &utc));
	if (vg_mllp_request(&run->request, &run->request_length, message, stamp, run->tag, &err) ==
	    0)
		return true;
	(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "%.*s", VG_CHECK_TEXT_MAX, err.text);
	return false;
}

static bool
enough(const struct vg_check_run *run)
{
	return vg_mllp_complete(run->body, run->body_length);
}

static CURLcode
talk(struct vg_check_run *run)
{
	return vg_transfer_converse(run, enough);
}

static bool
is_expected(const struct settings *settings, const char *code)
{
	for (size_t i = 0; i < settings->code_count; i++)
		if (strcmp(settings->codes[i], code) == 0)
			return true;
	return false;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = (const struct settings *)run->settings;
	struct vg_mllp_ack ack;
	struct vg_err err = {0};

	result->state = VG_CHECK_CRITICAL;
	if (vg_mllp_ack_parse(run->body, run->body_length, &ack, &err) != 0) {
		vg_check_text(result, "%s", err.text);
	} else if (strcmp(ack.control_id, run->tag) != 0) {
		vg_check_text(result, "acknowledged another message (%s)", ack.code);
	} else if (!is_expected(settings, ack.code)) {
		vg_check_text(result, "acknowledged with %s, expected %s", ack.code,
			      settings->codes_words);
	} else {
		result->state = VG_CHECK_OK;
		vg_check_text(result, "acknowledged with %s in %d ms", ack.code,
			      (int)result->latency_ms);
	}
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	static const struct vg_transfer_way way = {
		.body_max = VG_TRANSFER_BODY_MAX,
		.prepare = prepare,
		.talk = talk,
		.judge = judge,
	};

	return vg_transfer_start(engine, &way, settings, timeout_ms, done, arg, why);
}

const struct vg_check_type vg_check_mllp = {
	"mllp", keys, configure, unconfigure, start, vg_transfer_cancel,
};
