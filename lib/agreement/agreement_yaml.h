/* The agreement's YAML files to one version: read, check across objects, expand civil time to UTC.
 */
#ifndef VG_AGREEMENT_YAML_H
#define VG_AGREEMENT_YAML_H

#include "core/agreement.h"
#include "lib/yaml/yaml.h"

/* Loads a directory of YAML files (agreement.yaml and what it names; municipalities may be a CSV
 * file). Calendars are expanded from the 1 January before the first validity to `until_ms` and at
 * least three years past valid_from. Sets the process's zone. NULL when anything is wrong; up to 20
 * errors are collected over all files. With an agreement, what is in `errors` are warnings
 * ("file:line:column: warning: ..."). The caller owns the agreement. */
struct vg_agreement *vg_agreement_load(const char *directory, int64_t until_ms,
				       struct vg_yaml_errors *errors);

/* The same from a tree that has been read already; `directory` is where municipalities_file is
 * looked for. */
struct vg_agreement *vg_agreement_from_yaml(const struct vg_yaml_node *root, const char *directory,
					    int64_t until_ms, struct vg_yaml_errors *errors);

#endif
