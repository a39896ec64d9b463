/* Any bytes as a mapping file, up to a NUL; what is behind it as a document. What is mapped holds
 * no identity number. */
#include "lib/mapping/mapping.h"

#include "lib/redact/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	size_t start, end;

	VG_ASSERT(text != NULL);
	if (strlen(text) > 79) /* a message may be cut inside a long run of digits */
		return;
	VG_ASSERT(vg_redact_find(text, strlen(text), 0, &vg_redact_default, &start, &end) ==
		  VG_ID_NONE);
}

static void
map_document(const struct vg_mapping *mapping, const char *bytes, size_t length)
{
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	struct vg_mapped_row row;

	VG_ASSERT(run != NULL);
	for (int i = 0; i < 2; i++) {
		vg_mapping_document(run, bytes, length, 1, &row);
		check_text(row.value);
		check_text(row.reason);
		if (row.outcome == VG_MAPPED_EVENT && row.event.kind == VG_KIND_SAMPLES_REPORTED)
			VG_ASSERT(row.event.body.samples.count == 1);
		else if (row.outcome == VG_MAPPED_EVENT)
			VG_ASSERT(row.event.body.ticket.ref[0] != '\0' &&
				  strlen(row.event.event_id) <= 200);
		if (row.outcome == VG_MAPPED_QUARANTINE)
			VG_ASSERT(row.payload != NULL);
	}
	vg_mapping_run_free(run);
}

static bool
on_alarm(const struct vg_mapped_row *row, void *arg)
{
	(void)arg;
	check_text(row->value);
	check_text(row->reason);
	if (row->outcome == VG_MAPPED_EVENT)
		VG_ASSERT(*row->event.body.notices.notice->resource != '\0');
	return true;
}

static void
map_alarms(const struct vg_mapping *mapping, const char *bytes, size_t length)
{
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);

	VG_ASSERT(run != NULL);
	vg_mapping_alarms(run, bytes, length, 1, on_alarm, NULL);
	vg_mapping_run_free(run);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	size_t yaml = nul != NULL ? (size_t)(nul - data) : size;
	char path[] = "/dev/shm/vinga-fuzz-XXXXXX";
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_mapping *mapping;
	int fd = mkstemp(path);

	VG_ASSERT(fd >= 0 && write(fd, data, yaml) == (ssize_t)yaml && close(fd) == 0);
	mapping = vg_mapping_load(path, &errors);
	VG_ASSERT(unlink(path) == 0 && (mapping != NULL) == (errors.count == 0));
	vg_yaml_errors_free(&errors);
	if (mapping != NULL && nul != NULL && vg_mapping_kind(mapping) == VG_KIND_ALARMS_REPORTED)
		map_alarms(mapping, (const char *)nul + 1, size - yaml - 1);
	else if (mapping != NULL && nul != NULL)
		map_document(mapping, (const char *)nul + 1, size - yaml - 1);
	vg_mapping_free(mapping);
	return 0;
}
