/* Out of memory while months are closed and objected to: with the n-th allocation failing, for
 * every n. The failure is told, nothing leaks (the sanitizer watches), and the core can still be
 * freed. */
#include "tests/unit/book_life.h"
#include "tests/unit/memory_support.h"

static int
run(struct vg_core *core, void *agreement)
{
	int64_t sum = 0;
	int rc = book_live(core, agreement, BOOK_DEEDS);

	if (rc == 0)
		rc = vg_fee_drafts(core, MONTH(2026, 4), "", book_count_draft, &sum);
	if (rc != 0)
		return rc;
	assert_int_equal(vg_fee_statement(core, "1480", MONTH(2026, 3))->state,
			 VG_STATEMENT_CLOSED);
	assert_int_equal(vg_fee_statement(core, "1489", MONTH(2026, 3))->state, VG_STATEMENT_HELD);
	return save_and_load(core);
}

static void
every_allocation_may_fail(void **state)
{
	struct vg_agreement *agreement = book_life_agreement();

	(void)state;
	fail_each_allocation(run, agreement, 300);
	vg_agreement_unref(agreement);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
