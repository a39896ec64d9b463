/* alarm.c - lines that say themselves what alarm they are (RFC 5674).
 *
 * The element has no qualifier and no host of its own: the resource lies in the host of the line,
 * and the probable cause is the type, written as types are here ("lossOfSignal" is
 * "loss-of-signal"), so that it meets other sources' alarms of the same name. */
#include "lib/syslog/syslog.h"

#include "lib/redact/redact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ELEMENT "alarm."

/* Ends a text that snprintf may have cut inside a character. */
static void
mend_end(char *text, size_t size)
{
	size_t length = strlen(text);

	if (length + 1 < size)
		return;
	while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
		length--;
	if (length > 0 && (unsigned char)text[length - 1] >= 0x80)
		length--;
	text[length] = '\0';
}

static void __attribute__((format(printf, 3, 4)))
write_text(char *out, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out, size, format, args);
	va_end(args);
	mend_end(out, size);
}

/* "lossOfSignal" as "loss-of-signal". */
static void
write_type(char *out, size_t size, const char *cause)
{
	size_t used = 0;
	bool small = false;

	for (; *cause != '\0' && used + 2 < size; cause++) {
		bool capital = *cause >= 'A' && *cause <= 'Z';

		if (capital && small)
			out[used++] = '-';
		out[used++] = (char)(capital ? *cause - 'A' + 'a' : *cause);
		small = !capital && *cause != '-' && *cause != ' ';
	}
	out[used] = '\0';
	if (*cause != '\0')
		mend_end(out, used + 1);
}

static bool
read_severity(const char *word, enum vg_severity *out)
{
	for (int i = 0; i < VG_SEVERITY_COUNT; i++)
		if (strcasecmp(word, vg_severity_words[i]) == 0) {
			*out = (enum vg_severity)i;
			return true;
		}
	return false;
}

/* X.736's event types; what is not among them is "other". */
static enum vg_alarm_category
category_of(const char *event_type)
{
	static const struct {
		const char *type;
		enum vg_alarm_category category;
	} table[] = {
		{"communicationsAlarm", VG_ALARM_AVAILABILITY},
		{"equipmentAlarm", VG_ALARM_AVAILABILITY},
		{"processingErrorAlarm", VG_ALARM_AVAILABILITY},
		{"qualityOfServiceAlarm", VG_ALARM_PERFORMANCE},
		{"environmentalAlarm", VG_ALARM_ENVIRONMENT},
		{"integrityViolation", VG_ALARM_SECURITY},
		{"operationalViolation", VG_ALARM_SECURITY},
		{"physicalViolation", VG_ALARM_SECURITY},
		{"securityServiceOrMechanismViolation", VG_ALARM_SECURITY},
		{"timeDomainViolation", VG_ALARM_SECURITY},
	};

	for (size_t i = 0; event_type != NULL && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcasecmp(table[i].type, event_type) == 0)
			return table[i].category;
	return VG_ALARM_OTHER;
}

static char *
mask(const char *text)
{
	size_t length, hits;

	return vg_redact_mask(text, strlen(text), &vg_redact_default, &length, &hits);
}

static void
write_detail(char *out, size_t size, const struct vg_syslog *message)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < message->values; i++) {
		int length = snprintf(out + used, size - used, "%s%s = %s", used > 0 ? "\n" : "",
				      message->value[i].name, message->value[i].value);

		if ((size_t)length >= size - used)
			break;
		used += (size_t)length;
	}
	mend_end(out, size);
}

void
vg_syslog_alarm_fini(struct vg_syslog_alarm *buffer)
{
	free(buffer->masked_text);
	free(buffer->masked_detail);
	buffer->masked_text = buffer->masked_detail = NULL;
}

bool
vg_syslog_alarm(struct vg_syslog_alarm *buffer, const struct vg_syslog *message, const char *peer,
		int64_t received_ms, struct vg_notice *out)
{
	const char *resource = vg_syslog_value(message, ELEMENT "resource");
	const char *cause = vg_syslog_value(message, ELEMENT "probableCause");
	const char *severity = vg_syslog_value(message, ELEMENT "perceivedSeverity");
	enum vg_severity level;
	int64_t at_ms =
		message->at_ms >= 0 && message->at_ms < received_ms ? message->at_ms : received_ms;

	if (resource == NULL || cause == NULL || severity == NULL ||
	    !read_severity(severity, &level))
		return false;
	vg_syslog_alarm_fini(buffer);
	write_text(buffer->resource, sizeof(buffer->resource), "%s/%s",
		   *message->host != '\0' ? message->host : peer, resource);
	write_type(buffer->type, sizeof(buffer->type), cause);
	write_detail(buffer->detail, sizeof(buffer->detail), message);
	buffer->masked_text = mask(*message->msg != '\0' ? message->msg : cause);
	buffer->masked_detail = mask(buffer->detail);
	if (buffer->masked_text == NULL || buffer->masked_detail == NULL)
		return false;
	*out = (struct vg_notice){
		.at_ms = at_ms,
		.last_ms = at_ms,
		.count = 1,
		.resource = buffer->resource,
		.type = buffer->type,
		.qualifier = "",
		.severity = level,
		.category = category_of(vg_syslog_value(message, ELEMENT "eventType")),
		.service = "",
		.municipality = "",
		.text = buffer->masked_text,
		.rule = "rfc5674",
		.peer = peer,
		.detail = buffer->masked_detail,
		.id = "",
	};
	return true;
}
