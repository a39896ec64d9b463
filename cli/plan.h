/* What an event would do to availability: tried on a copy, nothing written. */
#ifndef VG_PLAN_H
#define VG_PLAN_H

#include "cli/cli.h"

#define VG_PLAN_EVENTS_MAX 8

/* Replays the ledger, takes the events in as its next ones, and prints each cell of their months
 * that comes out otherwise. An event is {kind, actor, body}, and "W-?" or "O-?" in a body stands
 * for the row of the first. Exit code; the daemon is not asked and nothing is written. */
int vg_plan(struct vg_cli *cli, const json_t *events);

#endif
