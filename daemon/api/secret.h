/* Secrets that lie in files of their own, apart from settings that more people read. */
#ifndef VG_SECRET_H
#define VG_SECRET_H

#include "lib/yaml/yaml.h"

#define VG_SECRET_MIN 16   /* bytes */
#define VG_SECRET_MAX 4096 /* bytes; one less may be used */

/* Reads the secret of a file that others may not read; a line end after it is not part of it.
 * Returns its length; 0 after an error, which is told at the node that names the file. */
size_t vg_secret_read(const struct vg_yaml_node *at, const char *path, uint8_t out[VG_SECRET_MAX],
		      struct vg_yaml_errors *errors);

#endif
