/* Filling a core from stored events: files for `eval`, PostgreSQL's ledger for report, verify,
 * rebuild and profile. */
#ifndef VG_REPLAY_H
#define VG_REPLAY_H

#include "cli/cli.h"
#include "core/core.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/pg/pg.h"

/* An agreement directory; complaints are printed. NULL when anything is wrong. */
struct vg_agreement *vg_replay_agreement(const struct vg_cli *cli, const char *directory);
/* Takes a version into the core as its next event, received at `at_ms`. 0 or a negative code. */
VG_MUST_CHECK int vg_replay_apply(struct vg_core *core, struct vg_agreement *agreement, int64_t seq,
				  int64_t at_ms);

#define VG_DIGEST_LEN 32

/* Where a lane's chain stands: as stored, and as it should be. */
struct vg_replay_lane {
	char *name;
	uint8_t stored[VG_DIGEST_LEN], computed[VG_DIGEST_LEN];
	int64_t seq;	       /* its newest row */
	int64_t open_rows;     /* read since the seal before */
	int64_t gone_until_ms; /* some row received before this has been dropped; 0 = none */
};

/* What of the samples was held against what. */
struct vg_replay_raw {
	int64_t rows;	      /* raw rows read, each held against its digest and chain */
	int64_t missing;      /* sequences without a row: raw rows that were dropped by their age */
	int64_t dropped;      /* how many rows PostgreSQL says that it dropped in all */
	int64_t last_missing; /* the newest sequence of them */
	int64_t days;	      /* sealed days whose runs came out again from raw rows */
	int64_t sealed_days;  /* those where raw rows are gone: taken as sealed */
};

struct vg_replayed;
/* After a step of the core; other than 0, with *err, ends the reading. */
typedef int vg_replay_step_cb(const struct vg_replayed *at, const struct vg_event *event,
			      const struct vg_verdict *verdict, void *arg, struct vg_err *err);

/* A core at a prefix of PostgreSQL's ledger. All zero = nothing read yet. */
struct vg_replayed {
	vg_replay_step_cb *on_step; /* NULL = nobody looks */
	void *arg;
	struct vg_core *core;
	int64_t seq, received_ms; /* of the last row; 0 = empty */
	char head[65];		  /* hex, lane main, after that row */
	int64_t broken;		  /* rows that do not hold together */
	struct vg_replay_raw raw;
	struct vg_replay_lane *lane;
	size_t lanes;
};

/* Opens the database (--database, VINGA_DATABASE, or libpq's own settings) for one unchanging view
 * of it, which ends with the connection. An exit code after the complaint. */
int vg_replay_open(const struct vg_cli *cli, struct vg_pg **out);
/* Waits, a minute at most, for a view in which the read model has caught up with the ledger. An
 * exit code. */
int vg_replay_settle(const struct vg_cli *cli, struct vg_pg *pg);
/* Reads on from *at up to `as_of`, checks every row (digest, chain, derived columns against bytes;
 * a seal's head and runs against the raw rows that are there) and steps the core. Each row that
 * does not hold is named on standard output with its sequence and partition, at most 20 of them,
 * and from there on no more is stepped. Exit code 0 also when rows are broken: the caller looks at
 * `broken`. Free with vg_replay_fini. */
int vg_replay_ledger(const struct vg_cli *cli, struct vg_pg *pg, const struct vg_as_of *as_of,
		     struct vg_replayed *at);
/* The same to a row that may lie before where *at stands: it is then read from the start again. */
int vg_replay_row(const struct vg_cli *cli, struct vg_pg *pg, int64_t seq, struct vg_replayed *at);
void vg_replay_fini(struct vg_replayed *replayed);

/* Opens the database and reads up to `as_of`: a core whose rows all hold, or an exit code. */
int vg_replay_sound(struct vg_cli *cli, const struct vg_as_of *as_of, struct vg_replayed *out);
/* Pages show local time: the newest agreement's zone becomes the process's. */
int vg_replay_zone(const struct vg_cli *cli, const struct vg_core *core);

#endif
