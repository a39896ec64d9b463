/* Checks of the monitoring plugins' interface: a program that prints one line and ends with 0 to 3.
 *
 * Keys: command (list: the program's absolute path and its arguments; never a shell), timeout_state
 * (critical or unknown, D unknown: what a program that passes its deadline says), memory_mib_max
 * (address space, D 1024). */
#ifndef VG_CHECK_PLUGIN_H
#define VG_CHECK_PLUGIN_H

#include "agents/check.h"

#define VG_PLUGIN_ARGUMENTS_MAX 100
#define VG_PLUGIN_OUTPUT_MAX	8192 /* bytes kept; what comes past them is read and left */
#define VG_PLUGIN_ERROR_MAX	1024 /* of standard error, kept for what is unknown */
#define VG_PLUGIN_KILL_MS	2000 /* from SIGTERM, at the deadline, to SIGKILL */

extern const struct vg_check_type vg_check_plugin;

/* The program of a configured check; borrowed from it. */
const char *vg_plugin_path(const void *settings);

/* Reads what a plugin printed: text and perfdata of its first line, perfdata after a second bar,
 * and the latency that perfdata states as time or rta. Sets nothing else of *out. */
void vg_plugin_parse(const char *output, struct vg_check_result *out);

/* Kills what is left of every run, without waiting; before the loop is freed. */
void vg_plugin_end(void);

#endif
