/* Names of OIDs, from one compiled file: so a start reads one table instead of a thousand MIB
 * texts.
 *
 * The file: UTF-8 lines "OID TAB MODULE::name TAB words", in order of OID, `words` being
 * "up=1,down=2" for an enumerated object, else empty. `vinga alarm mibs` makes it. */
#ifndef VG_ALARM_OID_NAMES_H
#define VG_ALARM_OID_NAMES_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define VG_OID_NAMES_MAX   500000 /* lines of a file */
#define VG_OID_NAMES_BYTES (64 << 20)

struct vg_oid_names;
/* VG_EINVALID names file and line. Several files may be laid over each other: later ones win. */
VG_MUST_CHECK int vg_oid_names_load(struct vg_oid_names **out, const char *const *paths,
				    size_t count, struct vg_err *err);
void vg_oid_names_free(struct vg_oid_names *names);
size_t vg_oid_names_count(const struct vg_oid_names *names);

/* The longest known prefix: its name ("IF-MIB::ifIndex"), and in *rest what follows it ("3"; "" =
 * nothing). NULL = nothing is known of it. Borrowed. */
const char *vg_oid_name(const struct vg_oid_names *names, const char *oid, const char **rest);
/* The word of an enumerated object's number ("down"); NULL = none. */
const char *vg_oid_word(const struct vg_oid_names *names, const char *oid, int64_t value);
/* All words of an enumerated object, to ask for many; NULL = it has none. Borrowed. The number is
 * in decimal, as values of messages are. */
struct vg_oid_words;
const struct vg_oid_words *vg_oid_words(const struct vg_oid_names *names, const char *oid);
const char *vg_oid_words_at(const struct vg_oid_words *words, const char *number);
/* The OID of "IF-MIB::ifIndex" or, when one module alone has it, or one standard before any maker,
 * "ifIndex"; NULL = unknown. */
const char *vg_oid_of(const struct vg_oid_names *names, const char *name);

#endif
