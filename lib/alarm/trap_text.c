/* trap_text.c - a trap's text back into what came over the wire.
 *
 * snmptrapd prints names for numbers, words for enumerations, and types or none, as it was told to.
 * So names are looked up again, "down(2)" is 2, and a word alone stays a word, which rules know as
 * well. A line without a name goes on with the value before. */
#include "lib/alarm/trap_text.h"

#include "lib/alarm/rules_private.h"

#include <string.h>

struct slice {
	const char *at;
	size_t length;
};

static struct slice
slice_of(const char *string)
{
	return (struct slice){string, strlen(string)};
}

static bool
starts(struct slice text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && memcmp(text.at, prefix, length) == 0;
}

static struct slice
skip(struct slice text, size_t count)
{
	return (struct slice){text.at + count, text.length - count};
}

static struct slice
trim(struct slice text)
{
	while (text.length > 0 && strchr(" \t\r", text.at[0]) != NULL)
		text = skip(text, 1);
	while (text.length > 0 && strchr(" \t\r", text.at[text.length - 1]) != NULL)
		text.length--;
	return text;
}

static bool
next_line(struct slice *rest, struct slice *line)
{
	const char *end;

	if (rest->length == 0)
		return false;
	end = memchr(rest->at, '\n', rest->length);
	line->at = rest->at;
	line->length = end != NULL ? (size_t)(end - rest->at) : rest->length;
	*rest = skip(*rest, line->length + (end != NULL));
	*line = trim(*line);
	return true;
}

static void
store(char *out, size_t size, struct slice text)
{
	struct text to = vg_text_into(out, size);

	vg_text_put(&to, text.at, text.length);
}

/* --- names --- */

/* "IF-MIB::ifIndex.3" to "1.3.6.1.2.1.2.2.1.1.3"; what nobody knows stays. */
static void
store_oid(char *out, size_t size, struct slice name, const struct vg_rules *rules)
{
	struct text to = vg_text_into(out, size);
	char base[VG_TRAP_TEXT_NAME];
	const char *module, *dot, *oid;

	if (starts(name, "."))
		name = skip(name, 1);
	if (starts(name, "iso.")) {
		vg_text_puts(&to, "1");
		name = skip(name, strlen("iso"));
	}
	store(base, sizeof(base), name);
	module = strstr(base, "::");
	dot = module != NULL ? strchr(module, '.') : NULL;
	if (dot != NULL)
		base[dot - base] = '\0';
	if (module == NULL || strchr("0123456789", module[2]) != NULL ||
	    ((oid = vg_rules_oid(rules, base)) == NULL &&
	     (oid = vg_rules_oid(rules, module + 2)) == NULL)) {
		vg_text_put(&to, name.at, name.length);
		return;
	}
	vg_text_puts(&to, oid);
	name = skip(name, strlen(base));
	vg_text_put(&to, name.at, name.length);
}

/* A line's name: to the first space outside quotes; length 0 = it has none. */
static struct slice
name_of(struct slice line)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < line.length && (quoted || line.at[i] != ' '); i++)
		quoted ^= line.at[i] == '"';
	line.length = i;
	if (starts(line, ".1.") || starts(line, "1.3.") || starts(line, "iso."))
		return line;
	for (i = 0; i + 2 < line.length; i++) {
		if (line.at[i] == ':' && line.at[i + 1] == ':' && i > 0)
			return line;
		if (strchr(" \"./", line.at[i]) != NULL)
			break;
	}
	return (struct slice){line.at, 0};
}

/* --- values --- */

static struct slice
without_type(struct slice value)
{
	static const char *const types[] = {
		"STRING: ",	     "INTEGER: ",   "OID: ",	   "Timeticks: ",  "IpAddress: ",
		"Gauge32: ",	     "Counter32: ", "Counter64: ", "UInteger32: ", "Hex-STRING: ",
		"Network Address: ", "BITS: ",	    "Opaque: "};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (starts(value, types[i]))
			return trim(skip(value, strlen(types[i])));
	return value;
}

/* "text" and, where quotes were escaped on the way, \"text\". */
static struct slice
without_quotes(struct slice value)
{
	size_t quote = starts(value, "\\\"") ? 2 : 1;

	if (!starts(value, "\"") && quote == 1)
		return value;
	if (value.length < 2 * quote || value.at[value.length - 1] != '"')
		return value;
	return trim((struct slice){value.at + quote, value.length - 2 * quote});
}

/* The number of "down(2)" and of "(2940) 0:00:29.40". */
static struct slice
number_in(struct slice value, bool typed)
{
	const char *open = memchr(value.at, '(', value.length);
	size_t digits;

	if (open == NULL || !typed)
		return value;
	digits = strspn(open + 1, "0123456789");
	if (digits == 0 || open + 1 + digits >= value.at + value.length || open[1 + digits] != ')')
		return value;
	return (struct slice){open + 1, digits};
}

static void
store_value(struct vg_trap_text *out, size_t index, struct slice line, const struct vg_rules *rules)
{
	struct slice value, untyped;
	bool typed;

	if (starts(line, "= "))
		line = skip(line, 2);
	value = trim(line);
	untyped = without_type(value);
	typed = untyped.length != value.length;
	if (typed && (starts(value, "INTEGER: ") || starts(value, "Timeticks: ")))
		untyped = number_in(untyped, typed);
	else if (!starts(value, "STRING: ") && name_of(untyped).length == untyped.length &&
		 untyped.length > 0) {
		store_oid(out->values[index], sizeof(out->values[index]), untyped, rules);
		return;
	}
	store(out->values[index], sizeof(out->values[index]), without_quotes(untyped));
}

static void
more_value(struct vg_trap_text *out, size_t index, struct slice line)
{
	struct text to = {.at = out->values[index],
			  .size = sizeof(out->values[index]),
			  .used = strlen(out->values[index])};

	if (to.used > 0)
		vg_text_puts(&to, " ");
	vg_text_put(&to, line.at, line.length);
}

/* --- lines --- */

static bool
is_one_of(const char *oid, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(oid, *list) == 0)
			return true;
	return false;
}

/* A value's line. */
static void
take_value(struct vg_trap_text *out, struct slice name, struct slice line,
	   const struct vg_rules *rules)
{
	static const char *const left_out[] = {
		"1.3.6.1.2.1.1.3.0",
		"1.3.6.1.6.3.18.1.4.0", /* sysUpTime, the community */
		"SNMPv2-MIB::sysUpTime.0",
		"DISMAN-EVENT-MIB::sysUpTimeInstance",
		"DISMAN-EXPRESSION-MIB::sysUpTimeInstance",
		"SNMP-COMMUNITY-MIB::snmpTrapCommunity.0",
		NULL};
	static const char *const trap_oid[] = {"1.3.6.1.6.3.1.1.4.1.0", "SNMPv2-MIB::snmpTrapOID.0",
					       NULL};
	size_t index = out->message.count;
	char own[VG_TRAP_TEXT_NAME];

	store_oid(own, sizeof(own), name, rules);
	line = trim(skip(line, name.length));
	if (is_one_of(own, left_out))
		return;
	if (is_one_of(own, trap_oid)) {
		if (starts(line, "= "))
			line = skip(line, 2);
		store_oid(out->trap, sizeof(out->trap), without_type(trim(line)), rules);
	} else if (index == VG_MESSAGE_VALUES_MAX) {
		out->message.cut++;
	} else {
		store(out->names[index], sizeof(out->names[index]), slice_of(own));
		store_value(out, index, line, rules);
		out->value[index] =
			(struct vg_message_value){out->names[index], out->values[index]};
		out->message.count++;
	}
}

static void
take_peer(struct vg_trap_text *out, struct slice line)
{
	const char *open = memchr(line.at, '[', line.length), *close;

	out->peer[0] = '\0';
	if (open == NULL)
		return;
	close = memchr(open, ']', line.length - (size_t)(open - line.at));
	if (close != NULL)
		store(out->peer, sizeof(out->peer),
		      (struct slice){open + 1, (size_t)(close - open - 1)});
}

int
vg_trap_text_parse(struct vg_trap_text *out, const struct vg_rules *rules, const char *text,
		   size_t length, struct vg_err *err)
{
	struct slice rest = {text, length}, line, name;
	size_t before;

	out->message = (struct vg_message){.form = VG_MESSAGE_TRAP,
					   .peer = out->peer,
					   .host = out->host,
					   .trap = out->trap,
					   .value = out->value};
	out->trap[0] = '\0';
	if (length > VG_TRAP_TEXT_MAX)
		return vg_err_set(err, VG_ELIMIT, "expected a trap of at most %d bytes",
				  VG_TRAP_TEXT_MAX);
	if (!next_line(&rest, &line))
		return vg_err_set(err, VG_EINVALID, "expected the sender's name in the first line");
	store(out->host, sizeof(out->host), starts(line, "<") ? slice_of("") : line);
	if (!next_line(&rest, &line))
		return vg_err_set(err, VG_EINVALID,
				  "expected the sender's address in the second line, such as "
				  "UDP: [192.0.2.1]:161->[192.0.2.2]:162");
	take_peer(out, line);
	before = 0;
	while (next_line(&rest, &line)) {
		name = name_of(line);
		if (name.length > 0) {
			before = out->message.count;
			take_value(out, name, line, rules);
		} else if (out->message.count > before) {
			more_value(out, before, line);
		}
	}
	if (out->trap[0] == '\0')
		return vg_err_set(err, VG_EINVALID, "expected a line SNMPv2-MIB::snmpTrapOID.0");
	return 0;
}
