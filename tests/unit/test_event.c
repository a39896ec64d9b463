/* Word tables, interned strings, and facts packed to what they state. */
#include "tests/unit/core_support.h"

#include "core/state.h"

static void
kinds_have_names_and_classes(void **state)
{
	enum vg_kind kind;

	(void)state;
	for (kind = 0; kind < VG_KIND_COUNT; kind++)
		assert_int_equal(vg_kind_find(vg_kind_name(kind)), kind);
	assert_int_equal(vg_kind_find("ticket.guessed"), VG_KIND_COUNT);
	assert_int_equal(vg_kind_class(VG_KIND_TICKET_REPORTED), VG_CLASS_FACT);
	assert_int_equal(vg_kind_class(VG_KIND_TICKET_ESCALATED), VG_CLASS_COMMAND);
	assert_int_equal(vg_kind_class(VG_KIND_TICK), VG_CLASS_OWN);
}

static void
fields_are_found_by_name_and_words_by_field(void **state)
{
	enum vg_ticket_field field;

	(void)state;
	for (field = 0; field < VG_TF_COUNT; field++) {
		const struct vg_field_info *info = &vg_ticket_field_info[field];
		int i;

		assert_int_equal(vg_ticket_field_find(info->name), field);
		assert_true((info->form == VG_FORM_WORD) == (info->word_count > 0));
		for (i = 0; i < info->word_count; i++)
			assert_int_equal(vg_word_find(field, vg_word(field, i)), i);
		assert_int_equal(vg_word_find(field, "no such word"), -1);
	}
	assert_int_equal(vg_ticket_field_find("owner"), VG_TF_COUNT);
	assert_string_equal(vg_word(VG_TF_STATUS, VG_STATUS_PENDING), "pending");
}

/* fact.c counts on it. */
static void
time_fields_stand_last(void **state)
{
	bool times = false;
	enum vg_ticket_field field;

	(void)state;
	for (field = 0; field < VG_TF_COUNT; field++) {
		bool is_time = vg_ticket_field_info[field].form == VG_FORM_TIME;

		assert_true(is_time || !times);
		times |= is_time;
	}
}

static void
a_string_put_twice_has_one_id_and_stays_where_it_is(void **state)
{
	enum { STRINGS = 20000 };
	struct vg_pool *pool = vg_pool_new();
	static char longest[200000];
	const char *first;
	char text[32];
	int64_t i;

	(void)state;
	assert_non_null(pool);
	assert_int_equal(vg_pool_put(pool, ""), 0);
	assert_int_equal(vg_pool_find(pool, ""), 0);
	assert_int_equal(vg_pool_put(pool, "first"), 1);
	first = vg_pool_get(pool, 1);
	for (i = 0; i < STRINGS; i++) {
		snprintf(text, sizeof text, "string %lld", (long long)i);
		assert_int_equal(vg_pool_find(pool, text), -1);
		assert_int_equal(vg_pool_put(pool, text), i + 2);
		assert_int_equal(vg_pool_put(pool, text), i + 2);
	}
	memset(longest, 'x', sizeof longest - 1);
	assert_int_equal(vg_pool_put(pool, longest), STRINGS + 2);
	assert_string_equal(vg_pool_get(pool, STRINGS + 2), longest);
	assert_int_equal(vg_pool_find(pool, "string 19999"), STRINGS + 1);
	assert_int_equal(vg_pool_count(pool), STRINGS + 3);
	assert_ptr_equal(vg_pool_get(pool, 1), first);
	assert_string_equal(first, "first");
	assert_true(vg_pool_bytes(pool) > sizeof longest);
	vg_pool_free(pool);
	vg_pool_free(NULL);
}

static void
a_fact_gives_back_what_was_stated(void **state)
{
	uint64_t seed = 7;
	struct vg_pool *pool = vg_pool_new();
	int round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct vg_event event =
			support_event(round + 1, support_below(&seed, 1 << 30), "x");
		const struct vg_ticket_fields *fields = &event.body.ticket.fields;
		int64_t folded[VG_TF_COUNT] = {0};
		struct vg_fact *fact;
		enum vg_ticket_field field;
		char text[32];

		snprintf(text, sizeof text, "t%d", (int)support_below(&seed, 500));
		for (field = 0; field < VG_TF_COUNT; field++) {
			if (support_below(&seed, 2) == 0)
				continue;
			if (vg_ticket_field_info[field].form == VG_FORM_STR)
				support_text(&event, field, text);
			else if (vg_ticket_field_info[field].form == VG_FORM_TIME)
				support_number(&event, field,
					       (int64_t)(support_random(&seed) >> 2));
			else
				support_number(&event, field, support_below(&seed, 100) - 50);
		}
		fact = vg_fact_new(pool, &event, fields);
		assert_non_null(fact);
		vg_fact_fold(fact, folded);
		for (field = 0; field < VG_TF_COUNT; field++) {
			int64_t want = 0;

			if ((fields->set & VG_TF_BIT(field)) == 0) {
				assert_int_equal(folded[field], 0);
				continue;
			}
			want = vg_ticket_field_info[field].form == VG_FORM_STR
				       ? vg_pool_find(pool, text)
				       : fields->number[field];
			assert_true(vg_fact_number(fact, field) == want);
			assert_true(folded[field] == want);
		}
		assert_string_equal(vg_fact_event_id(fact), "x");
		assert_int_equal(fact->at_ms, event.occurred_ms / 1000 * 1000);
		free(fact);
	}
	vg_pool_free(pool);
}

static void
instants_are_floored_and_numbers_clamped(void **state)
{
	struct vg_pool *pool = vg_pool_new();
	struct vg_event event = support_event(1, -1, "before 1970");
	struct vg_fact *fact;

	(void)state;
	support_number(&event, VG_TF_SAYS_REASSIGNED, INT64_MAX);
	support_number(&event, VG_TF_SAYS_REOPENED, INT64_MIN);
	fact = vg_fact_new(pool, &event, &event.body.ticket.fields);
	assert_non_null(fact);
	assert_int_equal(fact->at_ms, -1000);
	assert_int_equal(vg_fact_number(fact, VG_TF_SAYS_REASSIGNED), INT32_MAX);
	assert_int_equal(vg_fact_number(fact, VG_TF_SAYS_REOPENED), INT32_MIN);
	assert_int_equal(vg_fact_bytes(fact), sizeof *fact + 8 + sizeof "before 1970");
	assert_false(fact->command);
	assert_int_equal(vg_floor_to_second_ms(1999), 1000);
	assert_int_equal(vg_floor_to_second_ms(-2000), -2000);
	free(fact);
	vg_pool_free(pool);
}

static struct vg_fact *
fact_at(struct vg_pool *pool, int64_t at_ms, int64_t order, const char *id, int64_t seq)
{
	struct vg_event event = support_event(seq, at_ms, id);

	event.source_order = order;
	return vg_fact_new(pool, &event, &event.body.ticket.fields);
}

static void
facts_are_ordered_by_time_source_order_id_and_sequence(void **state)
{
	struct vg_pool *pool = vg_pool_new();
	struct vg_fact *fact[6];
	int i, k;

	(void)state;
	fact[0] = fact_at(pool, 1000, 9, "z", 9);
	fact[1] = fact_at(pool, 2500, 1, "z", 8);
	fact[2] = fact_at(pool, 2000, 2, "a", 7);
	fact[3] = fact_at(pool, 2999, 2, "b", 1);
	fact[4] = fact_at(pool, 2001, 2, "b", 2);
	fact[5] = fact_at(pool, 3000, 0, "a", 1);
	for (i = 0; i < 6; i++)
		for (k = 0; k < 6; k++) {
			int order = vg_fact_compare(fact[i], fact[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	for (i = 0; i < 6; i++)
		free(fact[i]);
	vg_pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_names_and_classes),
		cmocka_unit_test(fields_are_found_by_name_and_words_by_field),
		cmocka_unit_test(time_fields_stand_last),
		cmocka_unit_test(a_string_put_twice_has_one_id_and_stays_where_it_is),
		cmocka_unit_test(a_fact_gives_back_what_was_stated),
		cmocka_unit_test(instants_are_floored_and_numbers_clamped),
		cmocka_unit_test(facts_are_ordered_by_time_source_order_id_and_sequence),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
