/* Agreed service time as intervals: what a figure of availability is taken over, before windows.
 * The evidence of a cell, and what PostgreSQL needs to compute the cell again without calendars. */
#ifndef VG_AGREED_H
#define VG_AGREED_H

#include "core/core.h"

typedef void vg_agreed_cb(int64_t from_ms, int64_t to_ms, void *arg);

/* Agreed hours and membership of a service in a municipality within [from_ms, to_ms), by the
 * agreement in force at each instant; ascending where the membership is. */
void vg_agreed_time(const struct vg_core *core, const char *service, const char *municipality,
		    int64_t from_ms, int64_t to_ms, vg_agreed_cb *on_interval, void *arg);

#endif
