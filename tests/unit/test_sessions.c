/* Sessions and guessing, with the time as a variable. */
#include "daemon/sign/guard.h"
#include "daemon/sign/sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

static struct vg_account account = {.who = {.name = "demo-drift", .municipality = ""}};

struct ends {
	size_t count;
	uint64_t id;
	enum vg_session_end why;
};

static void
on_end(const struct vg_session *session, enum vg_session_end why, void *arg)
{
	struct ends *ends = arg;

	ends->count++;
	ends->id = session->id;
	ends->why = why;
}

static void
a_session_is_found_by_its_token_alone(void **state)
{
	struct ends ends = {0};
	struct vg_sessions *sessions = vg_sessions_new(on_end, &ends);
	char token[VG_SESSION_TOKEN_LEN], other[VG_SESSION_TOKEN_LEN];
	const struct vg_session *one = vg_sessions_open(sessions, &account, 0, token);
	const uint64_t id = one->id;

	(void)state;
	assert_non_null(vg_sessions_open(sessions, &account, 0, other));
	assert_string_not_equal(token, other);
	assert_int_equal(strlen(token), 64);
	assert_int_equal(vg_sessions_use(sessions, token, 1)->id, id);
	token[0] = token[0] == '0' ? '1' : '0';
	assert_null(vg_sessions_use(sessions, token, 1));
	assert_null(vg_sessions_use(sessions, "", 1));
	vg_sessions_close(sessions, id);
	vg_sessions_close(sessions, id);
	assert_null(vg_sessions_find(sessions, id));
	assert_int_equal(ends.count, 1);
	assert_int_equal(ends.why, VG_SESSION_OUT);
	vg_sessions_free(sessions);
}

static void
a_session_ends_when_idle_or_old(void **state)
{
	struct ends ends = {0};
	struct vg_sessions *sessions = vg_sessions_new(on_end, &ends);
	char idle[VG_SESSION_TOKEN_LEN], busy[VG_SESSION_TOKEN_LEN];
	uint64_t busy_id;

	(void)state;
	vg_sessions_limit(sessions, 30 * MINUTE, 10 * HOUR);
	(void)vg_sessions_open(sessions, &account, 0, idle);
	busy_id = vg_sessions_open(sessions, &account, 0, busy)->id;
	assert_non_null(vg_sessions_use(sessions, busy, 29 * MINUTE));
	vg_sessions_turn(sessions, 30 * MINUTE - 1);
	assert_int_equal(ends.count, 0);
	vg_sessions_turn(sessions, 30 * MINUTE);
	assert_int_equal(ends.count, 1);
	assert_int_equal(ends.why, VG_SESSION_IDLE);
	for (int64_t now = 30 * MINUTE; now < 10 * HOUR; now += 20 * MINUTE)
		assert_non_null(vg_sessions_use(sessions, busy, now));
	/* without a turn between: it has run out when it is asked for */
	assert_null(vg_sessions_use(sessions, busy, 10 * HOUR));
	assert_int_equal(ends.id, busy_id);
	assert_int_equal(ends.why, VG_SESSION_LONGEST);
	assert_int_equal(vg_sessions_count(sessions), 0);
	vg_sessions_free(sessions);
}

static void
the_one_idle_longest_gives_way(void **state)
{
	struct ends ends = {0};
	struct vg_sessions *sessions = vg_sessions_new(on_end, &ends);
	char first[VG_SESSION_TOKEN_LEN], second[VG_SESSION_TOKEN_LEN], token[VG_SESSION_TOKEN_LEN];
	uint64_t second_id;

	(void)state;
	(void)vg_sessions_open(sessions, &account, 0, first);
	second_id = vg_sessions_open(sessions, &account, 1, second)->id;
	for (size_t i = 2; i < VG_SESSIONS_MAX; i++)
		assert_non_null(vg_sessions_open(sessions, &account, 2, token));
	assert_non_null(vg_sessions_use(sessions, first, 3));
	assert_int_equal(ends.count, 0);
	assert_non_null(vg_sessions_open(sessions, &account, 4, token));
	assert_int_equal(ends.count, 1);
	assert_int_equal(ends.id, second_id);
	assert_int_equal(ends.why, VG_SESSION_ROOM);
	assert_int_equal(vg_sessions_count(sessions), VG_SESSIONS_MAX);
	vg_sessions_free(sessions);
}

static void
other_people_end_what_has_changed(void **state)
{
	struct vg_account before[2] = {{.who.name = "a"}, {.who.name = "b"}};
	struct vg_account after[2] = {{.who.name = "a"}, {.who.name = "b", .stamp = {1}}};
	const struct vg_people people = {.accounts = 2, .account = after};
	const struct vg_people nobody = {0};
	struct ends ends = {0};
	struct vg_sessions *sessions = vg_sessions_new(on_end, &ends);
	char token[VG_SESSION_TOKEN_LEN];
	const uint64_t a = vg_sessions_open(sessions, &before[0], 0, token)->id;
	const uint64_t b = vg_sessions_open(sessions, &before[1], 0, token)->id;

	(void)state;
	vg_sessions_move(sessions, &people);
	assert_ptr_equal(vg_sessions_find(sessions, a)->account, &after[0]);
	assert_null(vg_sessions_find(sessions, b));
	assert_int_equal(ends.why, VG_SESSION_CHANGED);
	vg_sessions_move(sessions, &nobody);
	assert_int_equal(vg_sessions_count(sessions), 0);
	assert_int_equal(ends.count, 2);
	vg_sessions_free(sessions);
}

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
the_cookie_is_found_among_others(void **state)
{
	static const struct {
		const char *header;
		bool found;
	} cases[] = {
		{"vinga=" TOKEN, true},
		{"a=1; vinga=" TOKEN "; b=2", true},
		{"a=1;vinga=" TOKEN, true},
		{"vinga=short; vinga=" TOKEN, true},
		{"xvinga=" TOKEN, false},
		{"vinga=" TOKEN "0", false},
		{"vinga=" TOKEN " ", false},
		{"vinga=0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false},
		{"vinga", false},
		{"vinga=", false},
		{";;; ;", false},
		{"", false},
	};
	char token[VG_SESSION_TOKEN_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(vg_session_cookie(cases[i].header, token), cases[i].found);
		if (cases[i].found)
			assert_string_equal(token, TOKEN);
	}
}

static void
guesses_are_few_a_minute(void **state)
{
	struct vg_guard *guard = vg_guard_new();

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(vg_guard_take(guard, "name a", 5, 1000 + i), 0);
	assert_int_equal(vg_guard_take(guard, "name a", 5, 11000), 50000);
	assert_int_equal(vg_guard_take(guard, "name b", 5, 11000), 0);
	vg_guard_give_back(guard, "name a");
	assert_int_equal(vg_guard_take(guard, "name a", 5, 11000), 0);
	assert_int_equal(vg_guard_take(guard, "name a", 5, 61000 - 1), 1);
	assert_int_equal(vg_guard_take(guard, "name a", 5, 61000), 0);
	vg_guard_give_back(guard, "name nobody");
	vg_guard_free(guard);
}

static void
the_oldest_guesses_are_forgotten_when_there_are_too_many(void **state)
{
	struct vg_guard *guard = vg_guard_new();
	char key[VG_GUARD_KEY_LEN];

	(void)state;
	assert_int_equal(vg_guard_take(guard, "name first", 1, 0), 0);
	for (int i = 0; i <= VG_GUARD_KEYS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "name %d", i);
		assert_int_equal(vg_guard_take(guard, key, 1, 1), 0);
	}
	assert_true(vg_guard_take(guard, key, 1, 2) > 0);
	assert_int_equal(vg_guard_take(guard, "name first", 1, 2), 0);
	vg_guard_free(guard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_found_by_its_token_alone),
		cmocka_unit_test(a_session_ends_when_idle_or_old),
		cmocka_unit_test(the_one_idle_longest_gives_way),
		cmocka_unit_test(other_people_end_what_has_changed),
		cmocka_unit_test(the_cookie_is_found_among_others),
		cmocka_unit_test(guesses_are_few_a_minute),
		cmocka_unit_test(the_oldest_guesses_are_forgotten_when_there_are_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
