#include "lib/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
vg_err_set(struct vg_err *err, int code, const char *format, ...)
{
	va_list args;

	VG_ASSERT(code < 0);
	if (err == NULL)
		return code;
	err->code = code;
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}

int
vg_err_wrap(struct vg_err *err, int code, const char *format, ...)
{
	char inner[VG_ERR_TEXT_MAX];
	va_list args;
	size_t used;

	VG_ASSERT(code < 0);
	if (err == NULL)
		return code;
	memcpy(inner, err->text, sizeof(inner));
	err->code = code;
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", inner);
	return code;
}

const char *
vg_err_text(const struct vg_err *err, int code)
{
	if (err != NULL && err->text[0] != '\0')
		return err->text;
	switch (code) {
	case VG_EINVALID:
		return "invalid input";
	case VG_ELIMIT:
		return "a stated maximum was passed";
	case VG_ECONFLICT:
		return "same identity with other content";
	case VG_ENOTFOUND:
		return "no such object";
	case VG_EFULL:
		return "the store is full; try again later";
	case VG_EIO:
		return "input or output failed";
	case VG_EPROTO:
		return "the peer broke the protocol";
	case VG_EDENIED:
		return "no right to this";
	case VG_EBROKEN:
		return "stored evidence does not hold together";
	case VG_ENOMEM:
		return "out of memory";
	default:
		return strerror(-code);
	}
}
