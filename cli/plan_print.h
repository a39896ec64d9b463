/* What a plan changes, for people. */
#ifndef VG_PLAN_PRINT_H
#define VG_PLAN_PRINT_H

#include "core/agreement.h"

#include <jansson.h>

/* Prints changes, [{was?, is?}] of availability cells (cli/figures.h): first each verdict that
 * turns, by itself; then every change once, with all the scopes in which it is the same.
 * `agreement` gives the municipalities' names. */
void vg_plan_print(const json_t *changes, const struct vg_agreement *agreement);

#endif
