/* Any text as a Cookie header: a token of 64 hex digits that stands in it, or none. */
#include "daemon/sign/sessions.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char token[VG_SESSION_TOKEN_LEN], *text = malloc(size + 1);

	VG_ASSERT(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (vg_session_cookie(text, token)) {
		VG_ASSERT(strspn(token, "0123456789abcdef") == sizeof(token) - 1);
		VG_ASSERT(token[sizeof(token) - 1] == '\0');
		VG_ASSERT(strstr(text, token) != NULL);
	}
	free(text);
	return 0;
}
