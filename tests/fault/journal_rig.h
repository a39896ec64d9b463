/* A journal in a directory of its own, and records for it: shared by the journal's tests. */
#ifndef VG_TESTS_JOURNAL_RIG_H
#define VG_TESTS_JOURNAL_RIG_H

#include "lib/crypto/crypto.h"
#include "lib/journal/journal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RIG_DAY_MS 86400000LL
#define RIG_WAIT_MS                                                                                \
	60000 /* longer than any step under valgrind: a hang fails, nothing else waits */

struct rig {
	char directory[64], path[80];
	struct vg_journal_options options;
	struct vg_journal *journal;
	struct vg_err err;
};

static inline void
rig_make(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	(void)snprintf(rig->directory, sizeof(rig->directory), "/tmp/vinga-journal-XXXXXX");
	VG_ASSERT(mkdtemp(rig->directory) != NULL);
	(void)snprintf(rig->path, sizeof(rig->path), "%s/journal.db", rig->directory);
	rig->options = (struct vg_journal_options){
		.path = rig->path,
		.bytes_max = 64 << 20,
		.keep_ms = 14 * RIG_DAY_MS,
	};
}

static inline int
rig_open(struct rig *rig)
{
	return vg_journal_open(&rig->journal, &rig->options, &rig->err);
}

static inline void
rig_close(struct rig *rig)
{
	vg_journal_close(rig->journal);
	rig->journal = NULL;
}

static inline void
rig_remove(struct rig *rig)
{
	static const char *const suffix[] = {"", "-wal", "-shm"};
	char file[100];

	rig_close(rig);
	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", rig->path, suffix[i]);
		(void)unlink(file);
	}
	VG_ASSERT(rmdir(rig->directory) == 0);
}

/* A record whose content, and so its repeat digest, is `bytes`. The digest lies in `digest`. */
static inline struct vg_record
rig_record(const char *event_id, const char *bytes, uint8_t digest[VG_SHA256_LEN])
{
	vg_sha256(bytes, strlen(bytes), digest);
	return (struct vg_record){
		.lane = VG_LANE_MAIN,
		.source = "jira-1489",
		.event_id = event_id,
		.repeat_digest = digest,
		.received_ms = 1000,
		.kind = "ticket.reported",
		.municipality = "1489",
		.occurred_ms = 900,
		.bytes = bytes,
		.length = strlen(bytes),
	};
}

/* Waits until a result is there, takes at most `max`. 0 = none came within RIG_WAIT_MS. */
static inline size_t
rig_take(struct rig *rig, struct vg_record_result *out, size_t max)
{
	struct pollfd wait = {.fd = vg_journal_fd(rig->journal), .events = POLLIN};

	return poll(&wait, 1, RIG_WAIT_MS) == 1 ? vg_journal_results(rig->journal, out, max) : 0;
}

/* Submits one record and waits for its result. A refusal comes back as FAILED. */
static inline struct vg_record_result
rig_put(struct rig *rig, const struct vg_record *record)
{
	struct vg_record_result result = {.outcome = VG_RECORD_FAILED};

	result.error = vg_journal_submit(rig->journal, record, &rig->err);
	if (result.error == 0)
		VG_ASSERT(rig_take(rig, &result, 1) == 1);
	return result;
}

static inline struct vg_record_result
rig_put_text(struct rig *rig, const char *event_id, const char *bytes)
{
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record(event_id, bytes, digest);

	return rig_put(rig, &record);
}

#endif
