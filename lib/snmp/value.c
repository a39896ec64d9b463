/* value.c - names and values of variables as text.
 *
 * The hard thing is octets: a name, a MAC address and a date are the same type. What is UTF-8
 * without control characters is text; anything else is hex, and so nothing of it is lost. */
#include "lib/snmp/value.h"

#include "lib/alarm/rules.h"
#include "lib/base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char *
take(struct vg_snmp_texts *texts, size_t size)
{
	char *text = texts->at;

	if ((size_t)(texts->end - texts->at) < size)
		return NULL;
	texts->at += size;
	return text;
}

static char *
put_number(char *at, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

const char *
vg_snmp_oid_text(struct vg_snmp_texts *texts, const oid *name, size_t length)
{
	char buffer[MAX_OID_LEN * 21 + 1], *at = buffer, *text;

	for (size_t i = 0; i < length && i < MAX_OID_LEN; i++) {
		if (i > 0)
			*at++ = '.';
		at = put_number(at, name[i]);
	}
	*at++ = '\0';
	text = take(texts, (size_t)(at - buffer));
	return text == NULL ? "" : memcpy(text, buffer, (size_t)(at - buffer));
}

static const char *print(struct vg_snmp_texts *texts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *
print(struct vg_snmp_texts *texts, const char *format, ...)
{
	char *text = take(texts, 32);
	va_list args;

	if (text == NULL)
		return "";
	va_start(args, format);
	(void)vsnprintf(text, 32, format, args);
	va_end(args);
	return text;
}

/* Line breaks and tabs may stand in a text, and are written as spaces. */
static bool
is_text(const u_char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((bytes[i] < ' ' && (bytes[i] < '\t' || bytes[i] > '\r')) || bytes[i] == 0x7f)
			return false;
	return vg_utf8_valid((const char *)bytes, length) == length;
}

static const char *
hex_text(struct vg_snmp_texts *texts, const u_char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	size_t shown = length < VG_MESSAGE_VALUE_MAX / 3 ? length : VG_MESSAGE_VALUE_MAX / 3;
	char *text = take(texts, 3 * shown + 1), *at = text;

	if (text == NULL || length == 0)
		return "";
	for (size_t i = 0; i < shown; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
		*at++ = ' ';
	}
	at[-1] = '\0';
	return text;
}

static const char *
octets_text(struct vg_snmp_texts *texts, const u_char *bytes, size_t length)
{
	size_t kept = length;
	char *text;

	while (kept > 0 && bytes[kept - 1] == '\0')
		kept--; /* as C programs end theirs */
	if (!is_text(bytes, kept))
		return hex_text(texts, bytes, length);
	if (kept > VG_MESSAGE_VALUE_MAX) {
		kept = VG_MESSAGE_VALUE_MAX;
		kept = vg_utf8_valid((const char *)bytes, kept); /* no half character */
	}
	text = take(texts, kept + 1);
	if (text == NULL)
		return "";
	for (size_t i = 0; i < kept; i++)
		text[i] = bytes[i] < ' ' ? ' ' : (char)bytes[i];
	text[kept] = '\0';
	return text;
}

const char *
vg_snmp_value_text(struct vg_snmp_texts *texts, const netsnmp_variable_list *variable)
{
	const u_char *bytes = variable->val.string;
	const struct counter64 *big = variable->val.counter64;

	switch (variable->type) {
	case ASN_INTEGER:
		return print(texts, "%ld", *variable->val.integer);
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
	case ASN_UINTEGER:
		return print(texts, "%lu", (u_long)*variable->val.integer & UINT32_MAX);
	case ASN_COUNTER64:
	case ASN_OPAQUE_COUNTER64:
	case ASN_OPAQUE_U64:
		return print(texts, "%" PRIu64, (uint64_t)big->high << 32 | (uint32_t)big->low);
	case ASN_OPAQUE_I64:
		return print(texts, "%" PRId64,
			     (int64_t)((uint64_t)big->high << 32 | (uint32_t)big->low));
	case ASN_OPAQUE_FLOAT:
		return print(texts, "%.9g", (double)*variable->val.floatVal);
	case ASN_OPAQUE_DOUBLE:
		return print(texts, "%.17g", *variable->val.doubleVal);
	case ASN_OBJECT_ID:
		return vg_snmp_oid_text(texts, variable->val.objid,
					variable->val_len / sizeof(oid));
	case ASN_IPADDRESS:
		if (variable->val_len == 4)
			return print(texts, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
		return octets_text(texts, bytes, variable->val_len);
	case ASN_OCTET_STR:
	case ASN_OPAQUE:
	case ASN_BIT_STR:
	case ASN_NSAP:
		return octets_text(texts, bytes, variable->val_len);
	default: /* null, and what a manager is told instead of a value */
		return "";
	}
}
