/* log.c - entries to lines.
 *
 * The hard thing is that a log must not hurt what it reports about. A reader that has stopped would
 * block the loop, so a line is written only when it can be taken whole at once; lines that could
 * not are counted, and the next one tells how many. A value may come from anywhere, so it is
 * masked, escaped and cut between characters: it can neither begin a line of its own nor break the
 * JSON. */
#include "lib/base/log.h"

#include "lib/base/utf8.h"

#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CUT	    "..." /* stands where a value or a line was cut */
#define END_RESERVE 32	  /* for the line's end: cut mark, brace, new line */

#define COMPLAINT_FIRST_MS 60000
#define COMPLAINT_MOST_MS  3600000

static const char *const level_names[] = {"info", "warning", "error"};

static struct {
	bool json;
	enum vg_log_level lowest;
	vg_log_mask_cb *mask;
	int fd;
} setting = {.lowest = VG_LOG_INFO, .fd = STDERR_FILENO};

static atomic_uint_least64_t dropped;

struct line {
	char text[VG_LOG_LINE_MAX];
	size_t used;
	bool cut;
};

static bool
is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static bool
take_word(const char *text, size_t length)
{
	if (is_word(text, length, "json") || is_word(text, length, "text")) {
		setting.json = text[0] == 'j';
		return true;
	}
	for (int i = VG_LOG_INFO; i <= VG_LOG_ERROR; i++)
		if (is_word(text, length, level_names[i])) {
			setting.lowest = (enum vg_log_level)i;
			return true;
		}
	return false;
}

int
vg_log_init(const char *words, vg_log_mask_cb *mask, struct vg_err *err)
{
	setting.json = false;
	setting.lowest = VG_LOG_INFO;
	setting.mask = mask;
	while (words != NULL && *words != '\0') {
		size_t length = strcspn(words, ",");

		if (!take_word(words, length))
			return vg_err_set(
				err, VG_EINVALID,
				"VINGA_LOG: \"%.*s\" is none of json, text, info, warning, error",
				(int)(length < 40 ? length : 40), words);
		words += length;
		words += *words == ',';
	}
	return 0;
}

void
vg_log_to(int fd)
{
	setting.fd = fd;
}

/* --- building a line --- */

/* Appends what fits whole, before the reserve; otherwise nothing, and the line is marked as cut. */
static bool
put(struct line *line, const char *text, size_t length)
{
	if (line->cut || line->used + length > sizeof(line->text) - END_RESERVE) {
		line->cut = true;
		return false;
	}
	memcpy(line->text + line->used, text, length);
	line->used += length;
	return true;
}

static bool
put_text(struct line *line, const char *text)
{
	return put(line, text, strlen(text));
}

/* Length of the UTF-8 character at text; 0 when there is none and the byte must be escaped. */
static size_t
character(const unsigned char *text)
{
	size_t length = *text < 0x80 ? 1 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
	const char *bytes = (const char *)text;

	return vg_utf8_valid(bytes, strnlen(bytes, length)) == length ? length : 0;
}

/* One character as it may stand between quotes; returns its length in the source. */
static size_t
escape(const unsigned char *text, char out[8], size_t *out_length)
{
	size_t length = character(text);

	if (text[0] == '"' || text[0] == '\\')
		*out_length = (size_t)snprintf(out, 8, "\\%c", text[0]);
	else if (length == 0 || text[0] < 0x20 || text[0] == 0x7f)
		*out_length = (size_t)snprintf(out, 8, "\\u%04x", text[0]);
	else
		memcpy(out, text, *out_length = length);
	return length == 0 ? 1 : length;
}

static void
put_quoted(struct line *line, const char *value)
{
	const unsigned char *at = (const unsigned char *)value;
	size_t used = 0, length;
	char piece[8];

	(void)put_text(line, "\"");
	while (*at != '\0') {
		at += escape(at, piece, &length);
		if (used + length > VG_LOG_VALUE_MAX || !put(line, piece, length)) {
			(void)put_text(line, CUT);
			break;
		}
		used += length;
	}
	line->text[line->used++] = '"'; /* out of the reserve, when the line is cut */
}

/* Whether a value needs no quotes in key=value text. */
static bool
plain(const char *value)
{
	return value[0] != '\0' &&
	       value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_-./:+")] == '\0' &&
	       strlen(value) <= VG_LOG_VALUE_MAX;
}

/* Begins a field, if there is room for the key and a little more; without, the line ends here. */
static bool
put_key(struct line *line, const char *key)
{
	const char *before = line->used == 0 || line->text[line->used - 1] == '{' ? ""
			     : setting.json					  ? ","
										  : " ";
	char text[64];

	if (line->used + sizeof(text) + 24 > sizeof(line->text) - END_RESERVE)
		line->cut = true;
	(void)snprintf(text, sizeof(text), setting.json ? "%s\"%.40s\":" : "%s%.40s=", before, key);
	return put_text(line, text);
}

static void
put_field_text(struct line *line, const char *key, const char *value)
{
	if (!put_key(line, key))
		return;
	if (!setting.json && plain(value))
		(void)put_text(line, value);
	else
		put_quoted(line, value);
}

static void
put_number(struct line *line, const char *key, int64_t number)
{
	char text[24];

	if (!put_key(line, key))
		return;
	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	(void)put_text(line, text);
}

static void
put_masked(struct line *line, const char *key, const char *value)
{
	char *masked;

	if (setting.mask == NULL) {
		put_field_text(line, key, value);
		return;
	}
	masked = setting.mask(value, strlen(value));
	put_field_text(line, key, masked != NULL ? masked : "(not masked, left out)");
	free(masked);
}

static void
put_time(struct line *line)
{
	struct timespec now;
	struct tm utc;
	char text[40];
	size_t length;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);
	length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(text + length, sizeof(text) - length, ".%03dZ",
		       (int)(now.tv_nsec / 1000000));
	put_field_text(line, "time", text);
}

/* The end of the line stands in the reserve. */
static void
put_end(struct line *line)
{
	const char *end = setting.json ? (line->cut ? ",\"cut\":1}\n" : "}\n")
				       : (line->cut ? " cut=1\n" : "\n");

	memcpy(line->text + line->used, end, strlen(end));
	line->used += strlen(end);
}

/* Whole and at once, or not at all. */
static bool
send_line(const struct line *line)
{
	struct pollfd ready = {.fd = setting.fd, .events = POLLOUT};

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0 &&
	       write(setting.fd, line->text, line->used) == (ssize_t)line->used;
}

void
vg_log_write(enum vg_log_level level, const char *event, const struct vg_log_field *fields,
	     size_t count)
{
	struct line line = {.used = 0};
	uint64_t lost;

	if (level < setting.lowest)
		return;
	if (setting.json)
		(void)put_text(&line, "{");
	put_time(&line);
	put_field_text(&line, "level", level_names[level]);
	put_field_text(&line, "event", event);
	if ((lost = atomic_exchange(&dropped, 0)) > 0)
		put_number(&line, "dropped_before", (int64_t)lost);
	for (size_t i = 1; i < count; i++)
		if (fields[i].is_text)
			put_masked(&line, fields[i].key,
				   fields[i].text != NULL ? fields[i].text : "");
		else
			put_number(&line, fields[i].key, fields[i].number);
	put_end(&line);
	if (!send_line(&line))
		(void)atomic_fetch_add(&dropped, lost + 1);
}

/* --- complaints --- */

int64_t
vg_steady_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
end_complaint(struct vg_complaint *complaint, const char *event, int64_t now_ms)
{
	if (complaint->wait_ms > 0)
		vg_log(VG_LOG_INFO, event, VG_LOG_TEXT("state", "over"),
		       VG_LOG_INT("lasted_s", (now_ms - complaint->since_ms) / 1000));
	*complaint = (struct vg_complaint){0};
}

void
vg_complain(struct vg_complaint *complaint, const char *event, const char *why, int64_t now_ms)
{
	if (why == NULL || *why == '\0') {
		end_complaint(complaint, event, now_ms);
		return;
	}
	if (complaint->wait_ms == 0)
		*complaint = (struct vg_complaint){now_ms, now_ms, COMPLAINT_FIRST_MS};
	if (now_ms < complaint->next_ms)
		return;
	vg_log(VG_LOG_WARNING, event, VG_LOG_TEXT("why", why),
	       VG_LOG_INT("since_s", (now_ms - complaint->since_ms) / 1000));
	complaint->next_ms = now_ms + complaint->wait_ms;
	complaint->wait_ms *= 2;
	if (complaint->wait_ms > COMPLAINT_MOST_MS)
		complaint->wait_ms = COMPLAINT_MOST_MS;
}
