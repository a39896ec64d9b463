/* What is known of informs: once each, bounded, and again after a restart. */
#include "daemon/intake/informs.h"

#include "lib/json/event_json.h"
#include "tests/fault/journal_rig.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SALT "00112233445566778899aabbccddeeff"

static const struct vg_datagram_path path = {.socket = 1};

static struct vg_inform *
add(struct vg_informs *informs, const char *id, int64_t now_ms)
{
	struct vg_inform *inform = NULL;

	assert_int_equal(vg_informs_add(informs, id, now_ms, &inform, NULL), 0);
	return inform;
}

static void
inform_is_known_until_its_time_is_over(void **state)
{
	struct vg_informs *informs = vg_informs_new(state);
	struct vg_inform *inform = add(informs, "a/1", 1000);

	assert_ptr_equal(inform->owner, state);
	assert_false(inform->durable);
	assert_ptr_equal(vg_informs_find(informs, "a/1", 1000), inform);
	assert_null(vg_informs_find(informs, "a/2", 1000));
	vg_inform_settle(inform);
	assert_ptr_equal(vg_informs_find(informs, "a/1", 1000 + VG_INFORMS_KNOWN_MS), inform);
	assert_null(vg_informs_find(informs, "a/1", 1001 + VG_INFORMS_KNOWN_MS));
	assert_int_equal(vg_informs_count(informs), 0);
	vg_informs_free(informs);
}

static void
inform_that_waits_is_kept_however_old(void **state)
{
	struct vg_informs *informs = vg_informs_new(NULL);
	struct vg_inform *inform = add(informs, "a/1", 1000);

	(void)state;
	assert_ptr_equal(vg_informs_find(informs, "a/1", 1000 + 10 * VG_INFORMS_KNOWN_MS), inform);
	vg_inform_fail(inform);
	assert_null(vg_informs_find(informs, "a/1", 1000));
	vg_informs_free(informs);
}

static void
newest_answer_is_the_one_that_is_kept(void **state)
{
	struct vg_informs *informs = vg_informs_new(NULL);
	struct vg_inform *inform = add(informs, "a/1", 1);
	const struct vg_datagram_path other = {.socket = 2};

	(void)state;
	assert_int_equal(vg_inform_keep_answer(inform, &path, (const uint8_t *)"one", 3), 0);
	assert_int_equal(vg_inform_keep_answer(inform, &other, (const uint8_t *)"second", 6), 0);
	assert_int_equal(inform->answer_length, 6);
	assert_memory_equal(inform->answer, "second", 6);
	assert_int_equal(inform->path.socket, 2);
	vg_inform_settle(inform);
	assert_true(inform->durable);
	assert_null(inform->answer);
	vg_informs_free(informs);
}

static void
answers_that_wait_have_a_maximum(void **state)
{
	static const uint8_t bytes[VG_SNMP_DATAGRAM_MAX];
	struct vg_informs *informs = vg_informs_new(NULL);
	size_t most = VG_INFORMS_ANSWERS_MAX / sizeof(bytes);
	struct vg_inform *inform = NULL;
	char id[24];

	(void)state;
	for (size_t i = 0; i <= most; i++) {
		(void)snprintf(id, sizeof(id), "a/%zu", i);
		inform = add(informs, id, 1);
		assert_int_equal(vg_inform_keep_answer(inform, &path, bytes, sizeof(bytes)),
				 i < most ? 0 : VG_EFULL);
	}
	vg_inform_settle(vg_informs_find(informs, "a/0", 1)); /* what has been sent makes room */
	assert_int_equal(vg_inform_keep_answer(inform, &path, bytes, sizeof(bytes)), 0);
	vg_informs_free(informs);
}

static void
full_table_forgets_the_oldest_that_is_durable(void **state)
{
	struct vg_informs *informs = vg_informs_new(NULL);
	struct vg_inform *inform;
	struct vg_err err = {0};
	char id[24];

	(void)state;
	for (int i = 0; i < VG_INFORMS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "a/%d", i);
		(void)add(informs, id, 1);
	}
	assert_int_equal(vg_informs_add(informs, "b", 1, &inform, &err), VG_EFULL);
	assert_non_null(strstr(err.text, "65536 informs wait"));
	vg_inform_settle(vg_informs_find(informs, "a/5", 1));
	vg_inform_settle(vg_informs_find(informs, "a/7", 1));
	(void)add(informs, "b", 1);
	assert_null(vg_informs_find(informs, "a/5", 1));
	assert_non_null(vg_informs_find(informs, "a/7", 1));
	assert_int_equal(vg_informs_count(informs), VG_INFORMS_MAX);
	vg_informs_free(informs);
}

/* --- the restart --- */

static void
put_row(struct rig *rig, int64_t received_ms, const char *id)
{
	const struct vg_notice notice = {
		.at_ms = received_ms,
		.last_ms = received_ms,
		.count = 1,
		.resource = "host",
		.type = "link-down",
		.qualifier = "",
		.severity = VG_SEVERITY_MAJOR,
		.category = VG_ALARM_OTHER,
		.service = "",
		.municipality = "",
		.text = "",
		.rule = "",
		.peer = "",
		.detail = "",
		.id = id,
	};
	const struct vg_event event = {
		.kind = VG_KIND_ALARMS_REPORTED,
		.occurred_ms = received_ms,
		.source = "net",
		.event_id = "",
		.actor = "net",
		.municipality = "",
		.import = "",
		.body.notices = {.count = 1, .notice = &notice},
	};
	uint8_t digest[VG_SHA256_LEN];
	size_t length;
	char *bytes = vg_event_canonical(&event, SALT, &length);
	struct vg_record record;

	assert_non_null(bytes);
	record = rig_record("", bytes, digest);
	record.source = "net";
	record.kind = vg_kind_name(VG_KIND_ALARMS_REPORTED);
	record.municipality = NULL;
	record.received_ms = received_ms;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	free(bytes);
}

static void
restart_knows_what_was_durable_lately(void **state)
{
	const int64_t now_ms = INT64_C(1795337654000), old_ms = now_ms - VG_INFORMS_KNOWN_MS - 1;
	struct vg_informs *informs = vg_informs_new(NULL);
	struct rig rig;
	char id[24];

	(void)state;
	rig_make(&rig);
	assert_int_equal(rig_open(&rig), 0);
	put_row(&rig, old_ms, "old");
	for (int i = 0; i < 100; i++) {
		(void)snprintf(id, sizeof(id), "a/%d", i);
		put_row(&rig, now_ms - 1000 + i, i % 2 == 0 ? id : "");
	}
	put_row(&rig, now_ms, "a/98"); /* as a daemon without memory would have taken it */
	assert_int_equal(vg_informs_refill(informs, rig.path, 102, now_ms, NULL), 0);
	assert_int_equal(vg_informs_count(informs), 50);
	assert_true(vg_informs_find(informs, "a/0", now_ms)->durable);
	assert_non_null(vg_informs_find(informs, "a/98", now_ms));
	assert_null(vg_informs_find(informs, "a/1", now_ms));
	assert_null(vg_informs_find(informs, "old", now_ms));
	assert_int_equal(vg_informs_refill(informs, "/tmp/vinga-no-journal.db", 1, now_ms, NULL),
			 VG_ENOTFOUND);
	vg_informs_free(informs);
	rig_remove(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inform_is_known_until_its_time_is_over),
		cmocka_unit_test(inform_that_waits_is_kept_however_old),
		cmocka_unit_test(newest_answer_is_the_one_that_is_kept),
		cmocka_unit_test(answers_that_wait_have_a_maximum),
		cmocka_unit_test(full_table_forgets_the_oldest_that_is_durable),
		cmocka_unit_test(restart_knows_what_was_durable_lately),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
