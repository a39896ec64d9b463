/* Alarms as people read them. */
#ifndef VG_ALARM_VIEW_H
#define VG_ALARM_VIEW_H

#include "cli/remote.h"

/* A list of texts as one, "a b"; `none` when it is empty or no list. Returns out. */
const char *vg_alarm_join(const json_t *list, const char *none, char *out, size_t size);
/* Gives an alarm of the daemon the members that tables show: `kind` (type and
 * qualifier), `standing` (in Swedish: kvitterat, dolt, upphört ...) and `whom` (municipalities). */
void vg_alarm_dress(json_t *alarm);
/* The text of a member; "" when it has none. Borrowed from the object. */
const char *vg_alarm_text(const json_t *alarm, const char *member);

/* Reads from the ledger the notices that an alarm of the daemon was made of: {notices: [...] of at
 * most --limit, the first and the newest, newest last; count, times: of all there are; ledger_seq:
 * how far PostgreSQL's ledger goes}. 0 and *out, which the caller frees, or an exit code. */
VG_MUST_CHECK int vg_alarm_evidence(struct vg_cli *cli, const json_t *alarm, json_t **out);
/* For people, after the alarm. */
void vg_alarm_print_evidence(const json_t *alarm, const json_t *evidence);

#endif
