/* words.c - instants and lengths of time in words. */
#include "cli/words.h"

#include "cli/cli.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *
vg_words_local(const char *iso, char out[VG_WORDS_MAX])
{
	struct vg_civil local;
	int64_t at_ms;

	vg_cli_default_zone();
	if (iso == NULL || vg_civil_parse(iso, "iso", &at_ms, NULL) != 0) {
		(void)snprintf(out, VG_WORDS_MAX, "%s", iso != NULL ? iso : "-");
		return out;
	}
	vg_civil_from_utc_ms(at_ms, &local);
	(void)snprintf(out, VG_WORDS_MAX, "%04d-%02d-%02d %02d:%02d:%02d", local.year, local.month,
		       local.day, local.hour, local.minute, local.second);
	return out;
}

char *
vg_words_length(int64_t seconds, char out[VG_WORDS_MAX])
{
	const char *minus = seconds < 0 ? "-" : "";
	int64_t all = seconds < 0 ? -seconds : seconds;

	if (all >= 3600)
		(void)snprintf(out, VG_WORDS_MAX,
			       "%s%" PRId64 " h %02" PRId64 " min %02" PRId64 " s", minus,
			       all / 3600, all / 60 % 60, all % 60);
	else
		(void)snprintf(out, VG_WORDS_MAX, "%s%" PRId64 " min %02" PRId64 " s", minus,
			       all / 60, all % 60);
	return out;
}
