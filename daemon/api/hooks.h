/* Webhooks of foreign systems: POST /api/v1/hooks/SOURCE, read by the mapping SOURCE.yaml. */
#ifndef VG_HOOKS_H
#define VG_HOOKS_H

#include "lib/yaml/yaml.h"

#define VG_HOOKS_MAX 200 /* mappings of one daemon */

struct vg_hooks;
/* Loads every *.yaml of the directory; "" = none. NULL when anything is wrong. */
struct vg_hooks *vg_hooks_load(const char *directory, struct vg_yaml_errors *errors);
void vg_hooks_free(struct vg_hooks *hooks);

#endif
