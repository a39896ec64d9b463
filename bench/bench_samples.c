/* A batch of samples: from the bytes that an agent sends to the typed form, and to canonical bytes
 * and digest.
 *
 * 1,000 samples a batch with texts as probes write them. The limit in the same run is the JSON
 * library alone over the same bytes, which builds a tree and looks at nothing. usage: bench_samples
 * [BATCHES] */
#include "lib/json/event_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SALT	  "00112233445566778899aabbccddeeff"
#define BYTES_MAX (256 * 1024)

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static size_t
make_batch(char *bytes)
{
	char *at = stpcpy(bytes, "{\"v\":1,\"kind\":\"samples.reported\",\"occurred_ms\":"
				 "1790000000000,\"source\":\"agent-1489\",\"event_id\":\"5d1f/7\","
				 "\"body\":{\"boot_id\":\"5d1f\",\"batch\":7,\"sent_ms\":"
				 "1790000000000,\"samples\":[");

	for (int i = 0; i < VG_SAMPLES_MAX; i++)
		at += sprintf(at, "%s[\"web-journal-%d\",%lld,\"ok\",%d,\"HTTP 200, %d bytes\"]",
			      i > 0 ? "," : "", i % 20, 1790000000000LL + i, 40 + i % 9, 800 + i);
	return (size_t)(stpcpy(at, "]}}") - bytes);
}

static int64_t
library_ns(const char *bytes, size_t length, long batches)
{
	int64_t start_ns = now_ns();

	for (long i = 0; i < batches; i++) {
		json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);

		if (root == NULL)
			return -1;
		json_decref(root);
	}
	return now_ns() - start_ns;
}

static int64_t
ours_ns(const char *bytes, size_t length, long batches, bool write)
{
	int64_t start_ns = now_ns();
	uint8_t digest[32];

	for (long i = 0; i < batches; i++) {
		struct vg_parsed_event parsed;
		size_t written;
		char *canonical;

		if (vg_event_parse(bytes, length, &parsed, NULL) != 0)
			return -1;
		if (write) {
			canonical = vg_event_canonical(&parsed.event, SALT, &written);
			if (canonical == NULL || vg_event_repeat_digest(&parsed.event, digest) != 0)
				return -1;
			free(canonical);
		}
		vg_parsed_event_free(&parsed);
	}
	return now_ns() - start_ns;
}

int
main(int argc, char **argv)
{
	const long batches = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	char *bytes = malloc(BYTES_MAX);
	int64_t bare, parse, all;
	double samples = (double)batches * VG_SAMPLES_MAX;
	size_t length;

	if (bytes == NULL || batches <= 0)
		return 1;
	length = make_batch(bytes);
	bare = library_ns(bytes, length, batches);
	parse = ours_ns(bytes, length, batches, false);
	all = ours_ns(bytes, length, batches, true);
	free(bytes);
	if (bare <= 0 || parse <= 0 || all <= 0)
		return 1;
	printf("JSON library alone: %.0f samples/s\n", samples * 1e9 / (double)bare);
	printf("parsed: %.0f samples/s, ratio %.2f (aim 300000 samples/s)\n",
	       samples * 1e9 / (double)parse, (double)bare / (double)parse);
	printf("parsed, canonical bytes and digest: %.0f samples/s, ratio %.2f\n",
	       samples * 1e9 / (double)all, (double)bare / (double)all);
	return 0;
}
