/* bsd.c - what goes by the name of RFC 3164.
 *
 * That text describes what was seen on the net, and everybody sends something of their own: no
 * time, a sequence number before it, no host, the host with a colon, no tag. The hard thing is to
 * tell a host from a tag by one word: a tag ends with a colon or has brackets, a host has neither
 * unless a message of Cisco's form ("%FACILITY-SEVERITY-MNEMONIC: text") follows it. */
#include "lib/syslog/syslog_private.h"

#include <stdio.h>
#include <string.h>

#define HOST_MAX   255
#define TAG_MAX	   64
#define PROCID_MAX 64
#define FORWARDED  "Message forwarded from " /* AIX */

/* "29: " of Cisco. */
static char *
skip_sequence(char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 10 || text[digits] != ':' || text[digits + 1] != ' ')
		return text;
	return vg_syslog_skip_spaces(text + digits + 1);
}

/* "00:00:46: " or "3d02h: ": since the device was started. */
static char *
skip_uptime(char *text)
{
	size_t length = strspn(text, "0123456789ywdhm:.");

	if (length < 3 || text[0] < '0' || text[0] > '9' || text[length - 1] != ':' ||
	    text[length] != ' ')
		return text;
	return vg_syslog_skip_spaces(text + length);
}

static char *
read_stamp(char *text, int64_t received_ms, int64_t *at_ms)
{
	char *rest = vg_syslog_stamp_bsd(text, received_ms, at_ms);

	return rest != NULL ? rest : vg_syslog_stamp_iso(text, at_ms);
}

static bool
is_host(const char *word, size_t length)
{
	return length > 0 && length <= HOST_MAX && memchr(word, '[', length) == NULL &&
	       memchr(word, '=', length) == NULL && word[0] != '%' && word[length - 1] != ':';
}

/* "%LINK-3-UPDOWN: text": its name is the message's id, and it stays in the message. */
static void
read_mnemonic(struct vg_syslog *out, const char *content)
{
	const char *name = content + strspn(content, "%");
	size_t length = strcspn(name, ":[ ");

	if (length == 0 || length > TAG_MAX)
		return;
	(void)snprintf(out->names[0], sizeof(out->names[0]), "%.*s", (int)length, name);
	out->msgid = out->names[0];
}

/* "sshd[1234]: text", "su: text". Without such a tag everything is message. */
static void
read_content(struct vg_syslog *out, char *content)
{
	size_t length = strcspn(content, "[: ");
	char *at = content + length;

	out->msg = content;
	if (*content == '%') {
		read_mnemonic(out, content);
		return;
	}
	if (length == 0 || length > TAG_MAX)
		return;
	if (*at == '[') {
		size_t inside = strcspn(at + 1, "] ");

		if (at[1 + inside] != ']' || inside > PROCID_MAX)
			return;
		out->procid = at + 1;
		*at = '\0';
		at += 1 + inside;
		*at++ = '\0';
		if (*at == ':')
			at++;
	} else if (*at == ':' && (at[1] == ' ' || at[1] == '\0')) {
		*at++ = '\0';
	} else {
		return;
	}
	out->app = content;
	out->msg = vg_syslog_skip_spaces(at);
}

/* What is behind the time: a host, unless its first word is the tag already. */
static void
read_host(struct vg_syslog *out, char *text)
{
	bool forwarded = strncmp(text, FORWARDED, strlen(FORWARDED)) == 0;
	size_t length;
	char *next;

	if (forwarded)
		text += strlen(FORWARDED);
	length = strcspn(text, " ");
	next = vg_syslog_skip_spaces(text + length);
	if (length > 1 && text[length - 1] == ':' && (forwarded || *next == '%'))
		length--;
	if (*next == '\0' || !is_host(text, length)) {
		read_content(out, text);
		return;
	}
	text[length] = '\0';
	out->host = text;
	if (next[0] == ':' && next[1] == ' ')
		next = vg_syslog_skip_spaces(next + 1);
	read_content(out, next);
}

void
vg_syslog_parse_bsd(struct vg_syslog *out, char *rest, int64_t received_ms)
{
	char *text = skip_sequence(vg_syslog_skip_spaces(rest)), *behind;
	size_t word = strcspn(text, " ");

	behind = read_stamp(text, received_ms, &out->at_ms);
	if (behind == NULL && word > 1 && text[word - 1] == ':' && is_host(text, word - 1)) {
		/* Cisco with "logging origin-id" */
		char *after = skip_sequence(vg_syslog_skip_spaces(text + word));

		behind = read_stamp(after, received_ms, &out->at_ms);
		if (behind != NULL) {
			text[word - 1] = '\0';
			out->host = text;
		}
	}
	if (behind == NULL)
		read_content(out, skip_uptime(text));
	else if (*out->host != '\0' || behind[-1] == ':')
		read_content(out, vg_syslog_skip_spaces(behind));
	else
		read_host(out, vg_syslog_skip_spaces(behind));
}
