/* A disk that fails when told to: an SQLite VFS over the real one, for tests.
 *
 * Operations are counted from fault_arm() on. One process, any thread. */
#ifndef VG_TESTS_FAULT_VFS_H
#define VG_TESTS_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_WRITE,	   /* a write fails with EIO */
	FAULT_SHORT_WRITE, /* half of it is written, then as above */
	FAULT_FULL,	   /* a write finds the disk full */
	FAULT_SYNC,	   /* an fsync fails */
	FAULT_KILL,	   /* kill -9 before a write or fsync */
	FAULT_POWER_CUT,   /* likewise, and only some of what was not synced is on the disk */
};

/* Becomes SQLite's default VFS; call once, before anything is opened. */
void fault_install(void);
/* From now on, the nth operation (1 = the next) of the kind's sort fails; `lasting`: and all after
 * it. */
void fault_arm(enum fault_kind kind, int64_t nth, bool lasting);
/* The disk is well again. Returns how many operations have failed. */
int64_t fault_disarm(void);
/* Which of the unsynced writes survive a power cut is drawn from this. */
void fault_seed(uint64_t seed);

/* The next of a row of numbers that only depends on the seed (splitmix64). */
uint64_t fault_random(uint64_t *state);

#endif
