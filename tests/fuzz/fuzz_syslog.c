/* Any bytes as a datagram and as a stream of syslog: whatever comes out is text that rules can
 * take.
 */
#include "lib/syslog/syslog.h"

#include "lib/base/utf8.h"
#include "lib/civil/civil.h"

#include <stdint.h>
#include <string.h>

#define RECEIVED_MS INT64_C(1795337654000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	size_t length = strlen(text);

	VG_ASSERT(length > 0 && length <= VG_MESSAGE_VALUE_MAX);
	VG_ASSERT(vg_utf8_valid(text, length) == length);
	for (; *text != '\0'; text++)
		VG_ASSERT((unsigned char)*text >= 0x20 && *text != 0x7F);
}

static void
on_message(const char *bytes, size_t length, bool cut, void *arg)
{
	static struct vg_syslog message;
	struct vg_syslog_alarm buffer = {0};
	struct vg_notice notice;
	size_t *count = arg;

	VG_ASSERT(length <= VG_SYSLOG_BYTES_MAX && (!cut || length == VG_SYSLOG_BYTES_MAX));
	vg_syslog_parse(&message, bytes, length, RECEIVED_MS);
	VG_ASSERT(message.values >= 2 && message.values <= VG_MESSAGE_VALUES_MAX);
	VG_ASSERT(message.facility <= 23 && message.severity <= 7);
	for (size_t i = 0; i < message.values; i++) {
		check_text(message.value[i].name);
		check_text(message.value[i].value);
	}
	if (vg_syslog_alarm(&buffer, &message, "192.0.2.1", RECEIVED_MS, &notice)) {
		check_text(notice.resource);
		check_text(notice.type);
		check_text(notice.text);
		VG_ASSERT(notice.at_ms <= RECEIVED_MS);
		VG_ASSERT(vg_utf8_valid(notice.detail, strlen(notice.detail)) ==
			  strlen(notice.detail));
	}
	vg_syslog_alarm_fini(&buffer);
	(*count)++;
}

/* The messages of a stream do not depend on how it was cut into pieces. */
static size_t
count_in_pieces(const char *bytes, size_t size, size_t piece)
{
	static struct vg_syslog_stream stream;
	size_t count = 0;
	int rc = 0;

	memset(&stream, 0, sizeof(stream));
	for (size_t at = 0; at < size && rc == 0; at += piece)
		rc = vg_syslog_stream_take(&stream, bytes + at,
					   size - at < piece ? size - at : piece, on_message,
					   &count, NULL);
	if (rc == 0)
		(void)vg_syslog_stream_end(&stream, on_message, &count);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t count = 0;
	int rc = vg_civil_set_zone("Europe/Stockholm", NULL);

	VG_ASSERT(rc == 0);
	on_message(bytes, size < VG_SYSLOG_BYTES_MAX ? size : VG_SYSLOG_BYTES_MAX, false, &count);
	VG_ASSERT(count_in_pieces(bytes, size, size + 1) == count_in_pieces(bytes, size, 3));
	return 0;
}
