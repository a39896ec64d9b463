/* Alarm rules: what a trap or a line of syslog means (docs/alarm-rules.md).
 *
 * Rules are YAML files. Those of the agreement are tried first, in its order, then those that ship
 * with the product (plugins/alarms), then the catalogue of notifications, and a trap that nothing
 * knows still becomes an indeterminate, transient alarm: nothing is lost. The first rule that fits
 * decides. */
#ifndef VG_ALARM_RULES_H
#define VG_ALARM_RULES_H

#include "core/event.h"
#include "lib/yaml/yaml.h"

#define VG_MESSAGE_VALUES_MAX                                                                      \
	64			  /* of one message; further ones are cut, and the detail says so  \
				   */
#define VG_MESSAGE_VALUE_MAX 1024 /* bytes of one value */

enum vg_message_form { VG_MESSAGE_TRAP, VG_MESSAGE_SYSLOG };

/* TRAP: name is a numeric OID with its instance ("1.3.6.1.2.1.2.2.1.1.3"), value its text: numbers
 * in decimal, OIDs numeric, octets as UTF-8 text or, when they are none, as hex "de ad be ef".
 * SYSLOG: facility, severity (words), host, app, procid, msgid, msg, and <sd-id>.<param>. */
struct vg_message_value {
	const char *name, *value;
};
struct vg_message {
	enum vg_message_form form;
	int64_t at_ms;
	const char *peer; /* numeric network address that it came from */
	const char
		*host; /* who it is about: agent address of a v1 trap, host of a line; "" = peer */
	const char *trap; /* TRAP: numeric snmpTrapOID; v1 converted as RFC 3584 says */
	size_t count;
	const struct vg_message_value *value; /* without sysUpTime.0 and snmpTrapOID.0 */
	size_t cut;			      /* values that were left out */
};

struct vg_oid_names; /* lib/alarm/oid_names.h */
struct vg_rules;
/* Reads every *.yaml of `directory` ("" = none) and the files of the agreement (NULL = none).
 * `names` (NULL = none) gives names to OIDs; borrowed. NULL when anything is wrong: errors says
 * what and where. */
struct vg_rules *vg_rules_load(const char *directory, const struct vg_agreement *agreement,
			       const struct vg_oid_names *names, struct vg_yaml_errors *errors);
void vg_rules_free(struct vg_rules *rules);
size_t vg_rules_count(const struct vg_rules *rules);
/* The OID of a name, "MODULE::name" or "name" as vg_oid_of takes it; the directory's own table is
 * asked before `names`, so no MIB of a site can change what a shipped rule means. A numeric OID is
 * its own. NULL = nobody knows it. Borrowed. */
const char *vg_rules_oid(const struct vg_rules *rules, const char *name);
/* Calls on_rule with the id of every rule, in the order in which they are tried. */
void vg_rules_each(const struct vg_rules *rules, void (*on_rule)(const char *id, void *arg),
		   void *arg);

enum vg_judged {
	VG_JUDGED_NOTICE,  /* a rule or the catalogue fits */
	VG_JUDGED_UNKNOWN, /* nothing fits: *out is what a trap is kept as; a line is not kept */
	VG_JUDGED_IGNORED, /* a rule says that it is nothing */
};
/* Fills in *out but id; its strings live until the next call. Texts are masked already. */
enum vg_judged vg_rules_judge(struct vg_rules *rules, const struct vg_message *message,
			      struct vg_notice *out);

#endif
