/* A form as a browser sends it: application/x-www-form-urlencoded. Private to daemon/status. */
#ifndef VG_FORM_H
#define VG_FORM_H

#include <stdbool.h>
#include <stddef.h>

/* The value of a field, decoded; "" when it is absent. Line ends become \n. False: it is longer
 * than size - 1 bytes, no UTF-8, or has control characters other than line ends and tabs. */
bool vg_form_field(const char *bytes, size_t length, const char *name, char *out, size_t size);

#endif
