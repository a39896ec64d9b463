/* Notices put together into one row: what is counted, what is kept apart, and where a row is full.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/intake/lot.h"
#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

static struct vg_notice
notice_of(const char *resource, enum vg_severity severity, int64_t at_ms)
{
	return (struct vg_notice){
		.at_ms = at_ms,
		.last_ms = at_ms,
		.count = 1,
		.resource = resource,
		.type = "link-down",
		.qualifier = "",
		.severity = severity,
		.service = "",
		.municipality = "",
		.text = "down",
		.rule = "standard/linkDown",
		.peer = "192.0.2.1",
		.detail = "",
		.id = "",
	};
}

static void
put(struct vg_lot *lot, struct vg_notice notice)
{
	assert_int_equal(vg_lot_put(lot, &notice), 0);
}

static void
equal_notices_are_one_with_a_count(void **state)
{
	struct vg_lot *lot = vg_lot_new();
	const struct vg_notice *notice;
	size_t count;

	(void)state;
	put(lot, notice_of("sw1/1", VG_SEVERITY_MAJOR, 1000));
	put(lot, notice_of("sw1/2", VG_SEVERITY_MAJOR, 1001));
	put(lot, notice_of("sw1/1", VG_SEVERITY_MAJOR, 1002));
	put(lot, notice_of("sw1/1", VG_SEVERITY_MAJOR, 999));
	notice = vg_lot_notices(lot, &count);
	assert_int_equal(count, 2);
	assert_int_equal(notice[0].count, 3);
	assert_int_equal(notice[0].at_ms, 999);
	assert_int_equal(notice[0].last_ms, 1002);
	assert_int_equal(notice[1].count, 1);
	vg_lot_free(lot);
}

static void
a_clearing_between_two_raisings_is_kept(void **state)
{
	struct vg_lot *lot = vg_lot_new();
	const struct vg_notice *notice;
	size_t count;

	(void)state;
	put(lot, notice_of("sw1", VG_SEVERITY_MAJOR, 1));
	put(lot, notice_of("sw1", VG_SEVERITY_CLEARED, 2));
	put(lot, notice_of("sw1", VG_SEVERITY_MAJOR, 3));
	put(lot, notice_of("sw1", VG_SEVERITY_MAJOR, 4));
	notice = vg_lot_notices(lot, &count);
	assert_int_equal(count, 3);
	assert_int_equal(notice[1].severity, VG_SEVERITY_CLEARED);
	assert_int_equal(notice[2].count, 2);
	vg_lot_free(lot);
}

static void
other_evidence_or_an_id_keeps_notices_apart(void **state)
{
	struct vg_notice other = notice_of("sw1", VG_SEVERITY_MAJOR, 1);
	struct vg_lot *lot = vg_lot_new();
	size_t count;

	(void)state;
	put(lot, other);
	other.detail = "ifIndex = 3";
	put(lot, other);
	other.id = "80001f88/17";
	put(lot, other);
	put(lot, other);
	(void)vg_lot_notices(lot, &count);
	assert_int_equal(count, 4);
	vg_lot_free(lot);
}

static void
texts_are_copied_and_a_full_row_says_so(void **state)
{
	struct vg_lot *lot = vg_lot_new();
	const struct vg_notice *notice;
	struct vg_notice extra;
	char name[32];
	size_t count;

	(void)state;
	for (int i = 0; i < VG_NOTICES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "host-%d", i);
		put(lot, notice_of(name, VG_SEVERITY_MINOR, i));
	}
	extra = notice_of("one-more", VG_SEVERITY_MINOR, 1);
	assert_int_equal(vg_lot_put(lot, &extra), 1);
	put(lot, notice_of("host-7", VG_SEVERITY_MINOR, 2000)); /* counted, needs no room */
	notice = vg_lot_notices(lot, &count);
	assert_int_equal(count, VG_NOTICES_MAX);
	assert_string_equal(notice[7].resource, "host-7");
	assert_int_equal(notice[7].count, 2);
	assert_string_equal(notice[999].resource, "host-999");
	vg_lot_free(lot);
}

static void
bytes_are_bounded_too(void **state)
{
	static char detail[VG_NOTICE_DETAIL_MAX + 1];
	struct vg_notice notice = notice_of("sw1", VG_SEVERITY_MAJOR, 1);
	struct vg_lot *lot = vg_lot_new();
	size_t count, taken = 0;

	(void)state;
	memset(detail, 'x', VG_NOTICE_DETAIL_MAX);
	notice.detail = detail;
	notice.id = "unlike";
	while (vg_lot_put(lot, &notice) == 0)
		taken++;
	(void)vg_lot_notices(lot, &count);
	assert_int_equal(count, taken);
	assert_in_range(taken, VG_LOT_BYTES_MAX / (VG_NOTICE_DETAIL_MAX + 200),
			VG_LOT_BYTES_MAX / VG_NOTICE_DETAIL_MAX);
	vg_lot_free(lot);
}

static void
a_notice_that_no_row_can_hold_is_refused(void **state)
{
	static char text[64 * 1024 + 1];
	struct vg_notice notice = notice_of("sw1", VG_SEVERITY_MAJOR, 1);
	struct vg_lot *lot = vg_lot_new();
	size_t count;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	notice.detail = text;
	assert_int_equal(vg_lot_put(lot, &notice), VG_ELIMIT);
	(void)vg_lot_notices(lot, &count);
	assert_int_equal(count, 0);
	put(lot, notice_of("sw1", VG_SEVERITY_MAJOR, 2));
	vg_lot_free(lot);
	vg_lot_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_notices_are_one_with_a_count),
		cmocka_unit_test(a_clearing_between_two_raisings_is_kept),
		cmocka_unit_test(other_evidence_or_an_id_keeps_notices_apart),
		cmocka_unit_test(texts_are_copied_and_a_full_row_says_so),
		cmocka_unit_test(bytes_are_bounded_too),
		cmocka_unit_test(a_notice_that_no_row_can_hold_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
