/* Any bytes as a plugin's output: one clean line, clean perfdata, a latency or none. */
#include "agents/checks/plugin.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_clean(const char *text)
{
	VG_ASSERT(strnlen(text, VG_CHECK_TEXT_MAX + 1) <= VG_CHECK_TEXT_MAX);
	for (; *text != '\0'; text++)
		VG_ASSERT((unsigned char)*text >= ' ' && *text != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = size < VG_PLUGIN_OUTPUT_MAX ? size : VG_PLUGIN_OUTPUT_MAX;
	struct vg_check_result result;
	char *output = malloc(length + 1);

	VG_ASSERT(output != NULL);
	memcpy(output, data, length);
	output[length] = '\0';
	vg_plugin_parse(output, &result);
	check_clean(result.text);
	check_clean(result.perfdata);
	VG_ASSERT(result.latency_ms >= -1 && result.latency_ms < 1000000000);
	free(output);
	return 0;
}
