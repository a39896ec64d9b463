/* What an event would do to the figures: tried on a copy, nothing written. */
#ifndef VG_PLAN_H
#define VG_PLAN_H

#include "cli/cli.h"
#include "core/agreement.h"

#define VG_PLAN_EVENTS_MAX 8

/* Replays the ledger, takes the events in as its next ones, and prints each figure of their months
 * that comes out otherwise: availability, KPI cells, tickets in the fee basis, kronor. An event is
 * {kind, actor, municipality?, body}, and "W-?" or "P-?" in a body stands for the row of the first.
 * Months: those that outages and windows touch; of others what --month says. Exit code; the daemon
 * is not asked and nothing is written. */
int vg_plan(struct vg_cli *cli, const json_t *events);
/* The same of a version of the agreement, which stays the caller's. */
int vg_plan_agreement(struct vg_cli *cli, struct vg_agreement *agreement);

#endif
