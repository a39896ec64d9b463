/* secret.c - a file is looked at before it is believed: a secret that everybody may read is none.
 */
#include "daemon/api/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

size_t
vg_secret_read(const struct vg_yaml_node *at, const char *path, uint8_t out[VG_SECRET_MAX],
	       struct vg_yaml_errors *errors)
{
	FILE *f = fopen(path, "rbe");
	size_t length = 0;
	struct stat st;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		vg_yaml_error(errors, at, "secret_file %s: %s", path, strerror(errno));
	} else if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0) {
		vg_yaml_error(errors, at,
			      "secret_file %s: everybody may read it; expected mode 0640", path);
	} else {
		length = fread(out, 1, VG_SECRET_MAX, f);
		while (length > 0 && (out[length - 1] == '\n' || out[length - 1] == '\r'))
			length--;
		if (length < VG_SECRET_MIN || length == VG_SECRET_MAX) {
			vg_yaml_error(errors, at, "secret_file %s: expected %d to %d bytes", path,
				      VG_SECRET_MIN, VG_SECRET_MAX - 1);
			length = 0;
		}
	}
	if (f != NULL)
		(void)fclose(f);
	return length;
}
