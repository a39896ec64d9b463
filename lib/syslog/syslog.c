/* syslog.c - one message: priority, the header of RFC 5424, structured data.
 *
 * The text is cleaned first, then cut up in place. The hard thing is that a header may stop being
 * one anywhere: what was read until then is kept, and the rest is the message; so structured data
 * is looked through before any of it is cut up. */
#include "lib/syslog/syslog.h"

#include "lib/base/utf8.h"
#include "lib/syslog/syslog_private.h"

#include <stdio.h>
#include <string.h>

#define PRI_MAX	     191
#define PRI_DEFAULT  13 /* user.notice */
#define REPLACEMENT  "\xEF\xBF\xBD"
#define BOM	     "\xEF\xBB\xBF"
#define NAME_ENDINGS "=] \""

const char *
vg_syslog_facility_word(int facility)
{
	static const char *const words[] = {
		"kern",	  "user",   "mail",	"daemon", "auth",   "syslog", "lpr",	"news",
		"uucp",	  "cron",   "authpriv", "ftp",	  "ntp",    "audit",  "alert",	"clock",
		"local0", "local1", "local2",	"local3", "local4", "local5", "local6", "local7"};

	VG_ASSERT(facility >= 0 && facility < (int)(sizeof(words) / sizeof(words[0])));
	return words[facility];
}

const char *
vg_syslog_severity_word(int severity)
{
	static const char *const words[] = {"emerg",   "alert",	 "crit", "err",
					    "warning", "notice", "info", "debug"};

	VG_ASSERT(severity >= 0 && severity < (int)(sizeof(words) / sizeof(words[0])));
	return words[severity];
}

const char *
vg_syslog_value(const struct vg_syslog *message, const char *name)
{
	for (size_t i = 0; i < message->values; i++)
		if (strcmp(message->value[i].name, name) == 0)
			return message->value[i].value;
	return NULL;
}

char *
vg_syslog_skip_spaces(char *text)
{
	return text + strspn(text, " ");
}

char *
vg_syslog_cut_word(char *text)
{
	char *end = text + strcspn(text, " ");

	if (*end == '\0')
		return end;
	*end = '\0';
	return vg_syslog_skip_spaces(end + 1);
}

/* --- cleaning --- */

/* One line of valid UTF-8 without spaces at its end; at most three times as long. */
static void
clean(char *out, const char *bytes, size_t length)
{
	size_t used = 0;

	while (length > 0) {
		size_t valid = vg_utf8_valid(bytes, length);

		memcpy(out + used, bytes, valid);
		used += valid;
		bytes += valid;
		length -= valid;
		if (length > 0) {
			memcpy(out + used, REPLACEMENT, strlen(REPLACEMENT));
			used += strlen(REPLACEMENT);
			bytes++;
			length--;
		}
	}
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7F)
			out[i] = ' ';
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
}

/* --- what a rule sees --- */

static void
add_word(struct vg_syslog *out, const char *name, const char *word)
{
	if (*word != '\0')
		out->value[out->values++] = (struct vg_message_value){name, word};
}

/* Cuts a text of ours at a character's end. */
static void
cut_value(struct vg_syslog *out, const char *value)
{
	size_t length = strnlen(value, VG_MESSAGE_VALUE_MAX + 1);
	char *text;

	if (length <= VG_MESSAGE_VALUE_MAX)
		return;
	text = out->text + (value - out->text);
	for (length = VG_MESSAGE_VALUE_MAX; ((unsigned char)text[length] & 0xC0) == 0x80; length--)
		;
	text[length] = '\0';
}

static void
add_value(struct vg_syslog *out, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	cut_value(out, value);
	add_word(out, name, value);
}

/* --- RFC 5424 --- */

/* Reads "<191>"; returns what is behind it, NULL = it is none. */
static char *
read_priority(char *text, struct vg_syslog *out)
{
	int value = 0, digits = 0;

	if (*text != '<')
		return NULL;
	for (text++; *text >= '0' && *text <= '9' && digits < 3; text++, digits++)
		value = value * 10 + (*text - '0');
	if (*text != '>' || digits == 0 || value > PRI_MAX)
		return NULL;
	out->facility = value / 8;
	out->severity = value % 8;
	return text + 1;
}

static const char *
name_end(const char *at)
{
	size_t length = strcspn(at, NAME_ENDINGS);

	return length > 0 && length <= VG_SYSLOG_NAME_MAX ? at + length : NULL;
}

/* Behind the closing quotation mark of a value. */
static const char *
value_end(const char *at)
{
	for (; *at != '"'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		if (*at == '\0')
			return NULL;
	}
	return at + 1;
}

/* Behind "[id name="value" ...]"; NULL = it is no element. */
static const char *
element_end(const char *at)
{
	if (*at != '[' || (at = name_end(at + 1)) == NULL)
		return NULL;
	while (*at == ' ') {
		at += strspn(at, " ");
		if (*at == ']')
			break;
		at = name_end(at);
		if (at == NULL || at[0] != '=' || at[1] != '"' || (at = value_end(at + 2)) == NULL)
			return NULL;
	}
	return *at == ']' ? at + 1 : NULL;
}

static bool
is_structured_data(const char *at)
{
	do
		at = element_end(at);
	while (at != NULL && *at == '[');
	return at != NULL && (*at == ' ' || *at == '\0');
}

/* Unescapes a value in place and ends it; returns what is behind its quotation mark. */
static char *
read_value(char *at)
{
	char *to = at;

	while (*at != '"') {
		if (*at == '\\' && (at[1] == '"' || at[1] == '\\' || at[1] == ']'))
			at++;
		*to++ = *at++;
	}
	*to = '\0';
	return at + 1;
}

static void
add_param(struct vg_syslog *out, const char *id, const char *name, const char *value)
{
	char *full;

	if (out->params == VG_SYSLOG_PARAMS_MAX) {
		out->values_cut++;
		return;
	}
	full = out->names[out->params++];
	(void)snprintf(full, sizeof(out->names[0]), "%s.%s", id, name);
	add_value(out, full, value);
}

/* Reads one element that is known to be one; returns what is behind it. */
static char *
read_element(struct vg_syslog *out, char *at)
{
	const char *id = ++at;
	bool more;

	at += strcspn(at, " ]");
	more = *at == ' ';
	*at++ = '\0';
	while (more) {
		const char *name = at = vg_syslog_skip_spaces(at), *value;

		if (*at == ']')
			return at + 1;
		at += strcspn(at, "=");
		*at = '\0';
		value = at + 2;
		at = read_value(at + 2);
		add_param(out, id, name, value);
		more = *at++ == ' ';
	}
	return at;
}

/* Reads structured data, or "-"; returns the message behind it. What is no structured data is
 * message. */
static char *
read_structured_data(struct vg_syslog *out, char *at)
{
	if (*at == '-' && (at[1] == ' ' || at[1] == '\0'))
		return vg_syslog_skip_spaces(at + 1);
	if (!is_structured_data(at))
		return at;
	while (*at == '[')
		at = read_element(out, at);
	return vg_syslog_skip_spaces(at);
}

static const char *
or_nil(const char *word)
{
	return strcmp(word, "-") == 0 ? "" : word;
}

/* The header behind "<PRI>1 "; returns what is behind it, NULL = it has not even a time, so it is
 * no RFC 5424. */
static char *
read_header(struct vg_syslog *out, char *text)
{
	char *host, *app, *procid, *msgid, *data;

	if (*text == '-' && text[1] == ' ')
		host = text + 1;
	else if ((host = vg_syslog_stamp_iso(text, &out->at_ms)) == NULL)
		return NULL;
	host = vg_syslog_skip_spaces(host);
	app = vg_syslog_cut_word(host);
	procid = vg_syslog_cut_word(app);
	msgid = vg_syslog_cut_word(procid);
	data = vg_syslog_cut_word(msgid);
	out->form = VG_SYSLOG_RFC5424;
	out->host = or_nil(host);
	out->app = or_nil(app);
	out->procid = or_nil(procid);
	out->msgid = or_nil(msgid);
	return data;
}

/* --- any message --- */

static void
lower_host(struct vg_syslog *out)
{
	if (*out->host == '\0')
		return;
	for (char *p = out->text + (out->host - out->text); *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

static void
add_header(struct vg_syslog *out)
{
	add_word(out, "facility", vg_syslog_facility_word(out->facility));
	add_word(out, "severity", vg_syslog_severity_word(out->severity));
	lower_host(out);
	add_value(out, "host", out->host);
	add_value(out, "app", out->app);
	add_value(out, "procid", out->procid);
	add_value(out, "msgid", out->msgid);
}

void
vg_syslog_parse(struct vg_syslog *out, const char *bytes, size_t length, int64_t received_ms)
{
	char *rest, *data = NULL;

	out->form = VG_SYSLOG_BARE;
	out->facility = PRI_DEFAULT / 8;
	out->severity = PRI_DEFAULT % 8;
	out->at_ms = -1;
	out->host = out->app = out->procid = out->msgid = "";
	out->values = out->values_cut = out->params = 0;
	clean(out->text, bytes, length < VG_SYSLOG_BYTES_MAX ? length : VG_SYSLOG_BYTES_MAX);
	out->msg = out->text;
	rest = read_priority(out->text, out);
	if (rest != NULL && strncmp(rest, "1 ", 2) == 0)
		data = read_header(out, rest + 2);
	if (rest != NULL && data == NULL) {
		out->form = VG_SYSLOG_RFC3164;
		vg_syslog_parse_bsd(out, rest, received_ms);
	}
	add_header(out);
	if (data != NULL)
		out->msg = read_structured_data(out, data);
	if (strncmp(out->msg, BOM, strlen(BOM)) == 0)
		out->msg += strlen(BOM);
	add_value(out, "msg", out->msg);
}
