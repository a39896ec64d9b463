/* The book in checkpoints: a life of the fee that is saved and loaded at any event goes on as if it
 * had not been, and any bytes are survived. */
#include "tests/unit/book_life.h"
#include "tests/unit/checkpoint_support.h"

static struct vg_core *
lived(size_t deeds)
{
	struct vg_agreement *agreement = book_life_agreement();
	struct vg_core *core = vg_core_new();

	assert_non_null(core);
	assert_int_equal(book_live(core, agreement, deeds), 0);
	vg_agreement_unref(agreement);
	return core;
}

static int64_t
total_of(const struct vg_core *core)
{
	int64_t sum = 0;

	assert_int_equal(vg_fee_drafts(core, MONTH(2026, 4), "", book_count_draft, &sum), 0);
	return sum;
}

static void
a_load_at_any_event_changes_nothing(void **state)
{
	struct vg_core *whole = lived(BOOK_DEEDS);
	struct bytes want = save(whole);

	(void)state;
	for (size_t cut = 0; cut <= BOOK_DEEDS; cut++) {
		struct vg_core *before = lived(cut), *core;
		struct bytes middle = save(before), end;

		vg_core_free(before);
		core = vg_core_load(middle.at, middle.n);
		assert_non_null(core);
		for (size_t i = cut; i < BOOK_DEEDS; i++) {
			char store[256];
			struct vg_event event = book_life_event(i, store);

			support_step(core, &event);
		}
		end = save(core);
		assert_int_equal(end.n, want.n);
		assert_memory_equal(end.at, want.at, want.n);
		assert_int_equal(total_of(core), total_of(whole));
		vg_core_free(core);
		free(middle.at);
		free(end.at);
	}
	vg_core_free(whole);
	free(want.at);
}

static void
the_agreement_keeps_what_it_says_of_the_fee(void **state)
{
	struct vg_core *core = lived(0), *loaded;
	struct bytes bytes = save(core);
	const struct vg_agreement *agreement;
	const struct vg_municipality *party;

	(void)state;
	vg_core_free(core);
	loaded = vg_core_load(bytes.at, bytes.n);
	assert_non_null(loaded);
	agreement = vg_core_agreement_latest(loaded);
	party = vg_agreement_municipality(agreement, "1489");
	assert_string_equal(vg_agreement_provider(agreement, "omsorg")->municipality, "1489");
	assert_int_equal(party->signed_day, support_days(2025, 5, 1));
	assert_int_equal(party->fee_from, MONTH(2026, 1));
	assert_true(party->leaving_ms == INT64_MAX);
	assert_string_equal(party->customer, "K-1489");
	assert_string_equal(party->reference, "");
	assert_true(agreement->fee.agreed && agreement->fee.override_two);
	assert_int_equal(agreement->fee.support_ore, 25000);
	assert_int_equal(agreement->fee.vat_ppm, -1);
	assert_string_equal(agreement->fee.user_rule, "licensed");
	assert_int_equal(agreement->fee.cost_reference_ore, INT64_C(3000000000));
	vg_core_free(loaded);
	free(bytes.at);
}

/* Damage to the state behind the agreement's days, which are the bulk of the bytes. */
static void
damage_under_a_right_checksum_is_survived(void **state)
{
	struct vg_core *core = lived(BOOK_DEEDS);
	struct bytes bytes = save(core);
	uint64_t seed = 1;

	(void)state;
	vg_core_free(core);
	for (int round = 0; round < 4000; round++) {
		uint8_t *copy = malloc(bytes.n);
		size_t tail = round % 4 == 0 ? bytes.n - 16 : 6000;

		assert_non_null(copy);
		memcpy(copy, bytes.at, bytes.n);
		for (int hit = 0; hit <= round % 3; hit++)
			copy[bytes.n - 9 - (size_t)support_below(&seed, (int64_t)tail)] =
				(uint8_t)support_random(&seed);
		seal(copy, bytes.n);
		core = vg_core_load(copy, bytes.n);
		if (core != NULL) {
			struct bytes again = save(core);
			int64_t sum = 0;
			int rc = vg_fee_drafts(core, MONTH(2026, 4), "", book_count_draft, &sum);

			assert_true(rc == 0 || rc == -1004);
			assert_int_equal(again.n, bytes.n);
			assert_memory_equal(again.at, copy, bytes.n);
			free(again.at);
			vg_core_free(core);
		}
		free(copy);
	}
	free(bytes.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_at_any_event_changes_nothing),
		cmocka_unit_test(the_agreement_keeps_what_it_says_of_the_fee),
		cmocka_unit_test(damage_under_a_right_checksum_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
