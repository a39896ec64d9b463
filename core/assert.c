#include "core/assert.h"

/* The core may not write anywhere: the condition stays readable in the core dump through these. */
const char *volatile vg_panic_file;
const char *volatile vg_panic_condition;
volatile int vg_panic_line;

void
vg_panic(const char *file, int line, const char *condition)
{
	vg_panic_file = file;
	vg_panic_line = line;
	vg_panic_condition = condition;
	__builtin_trap();
}
