/* rebuild.c - the whole read model from the ledger again, compared with what stands in PostgreSQL.
 */
#include "cli/commands.h"
#include "cli/replay.h"
#include "cli/table_diff.h"

#include <inttypes.h>
#include <stdio.h>

static int
rebuild(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed)
{
	int64_t differences = 0;
	int rc = vg_table_diff_all(cli, pg, replayed, &differences);

	if (rc != 0)
		return rc;
	if (differences > 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS,
				   "%" PRId64
				   " rows differ; stop vingad, empty schemas read and fee, set "
				   "ledger.position.read_seq to 0: it fills it again",
				   differences);
	printf("the read model is what the ledger gives: %" PRId64 " rows, chain head %s\n",
	       replayed->seq, replayed->head);
	return VG_EXIT_OK;
}

int
vg_run_rebuild(struct vg_cli *cli)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	const char *shadow = vg_cli_value(cli, "shadow", NULL);
	struct vg_replayed replayed = {0};
	struct vg_pg *pg = NULL;
	int rc = vg_replay_open(cli, &pg);

	if (rc == 0 && shadow == NULL)
		rc = vg_replay_settle(cli, pg);
	if (rc == 0)
		rc = vg_replay_ledger(cli, pg, &all, &replayed);
	if (rc == 0 && replayed.broken > 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "the ledger does not hold together");
	else if (rc == 0 && shadow != NULL)
		rc = vg_table_shadow(cli, pg, &replayed, shadow);
	else if (rc == 0)
		rc = rebuild(cli, pg, &replayed);
	vg_pg_close(pg);
	vg_replay_fini(&replayed);
	return rc;
}
