/* core_signal.c - what people should know of: raised, and cleared when it is so no longer. */
#include "core/core_private.h"

const char *
vg_signal_name(enum vg_signal_kind kind)
{
	static const char *const names[VG_SIGNAL_KIND_COUNT] = {
		[VG_SIGNAL_OUTAGE] = "outage",
		[VG_SIGNAL_WINDOW_ENDING] = "window_ending",
		[VG_SIGNAL_WINDOW_OVERRUN] = "window_overrun",
		[VG_SIGNAL_CONTRADICTION] = "contradiction",
		[VG_SIGNAL_AGENT_SILENT] = "agent_silent",
		[VG_SIGNAL_NETWORK] = "network",
	};

	VG_ASSERT((int)kind >= 0 && kind < VG_SIGNAL_KIND_COUNT);
	return names[kind];
}
