/* What the files of lib/syslog share. */
#ifndef VG_SYSLOG_PRIVATE_H
#define VG_SYSLOG_PRIVATE_H

#include "lib/syslog/syslog.h"

/* The part after "<PRI>" of RFC 3164, NUL-terminated and written into. */
void vg_syslog_parse_bsd(struct vg_syslog *out, char *rest, int64_t received_ms);

/* "2026-11-22T08:54:14.123+01:00" up to the next space. Returns the first byte behind it, NULL =
 * there is no such time. */
char *vg_syslog_stamp_iso(char *text, int64_t *at_ms);
/* The same for "Nov 22 08:54:14" and its kin. *at_ms = -1: its sender's clock is not set,
 * or there is no such day. */
char *vg_syslog_stamp_bsd(char *text, int64_t received_ms, int64_t *at_ms);

char *vg_syslog_skip_spaces(char *text);
/* Ends the word at `text` and returns what is behind the spaces after it. */
char *vg_syslog_cut_word(char *text);

#endif
