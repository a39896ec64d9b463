/* The index: held to a plain list, with hashes that meet and runs of slots that go around the end.
 */
#include "core/core_private.h"
#include "tests/unit/core_support.h"

enum { THINGS = 400, STEPS = 20000 };

struct thing {
	int key;
};

static bool
has_key(const void *thing, const void *key)
{
	return ((const struct thing *)thing)->key == *(const int *)key;
}

/* How far hashes lie apart: all the same, a few, all different. */
static uint64_t
hash_of(int key, int spread)
{
	return spread == 0 ? 7 : (uint64_t)(key % spread) * UINT64_C(0x9e3779b97f4a7c15);
}

static void
what_is_put_is_found_until_it_is_taken_out(void **state)
{
	static const int spreads[] = {0, 3, 50, 1 << 20};

	(void)state;
	for (size_t s = 0; s < sizeof(spreads) / sizeof(spreads[0]); s++) {
		struct thing thing[THINGS], other[THINGS], *in[THINGS] = {NULL};
		struct vg_index index = {0};
		uint64_t seed = 1 + s;
		size_t n = 0;

		for (int i = 0; i < THINGS; i++)
			thing[i].key = other[i].key = i;
		for (int step = 0; step < STEPS; step++) {
			int key = (int)support_below(&seed, THINGS);
			uint64_t hash = hash_of(key, spreads[s]);

			assert_ptr_equal(vg_index_find(&index, hash, has_key, &key), in[key]);
			if (in[key] == NULL) {
				in[key] = &thing[key];
				assert_int_equal(vg_index_put(&index, hash, in[key]), 0);
				n++;
			} else if (support_below(&seed, 3) == 0) {
				vg_index_set(&index, hash, in[key], &other[key]);
				in[key] = &other[key];
			} else {
				vg_index_set(&index, hash, in[key], NULL);
				in[key] = NULL;
				n--;
			}
			assert_int_equal(index.n, n);
		}
		assert_true(index.n * 4 <= index.size * 3);
		vg_index_fini(&index);
	}
}

static void
where_a_text_ends_counts(void **state)
{
	uint64_t a = vg_index_hash(vg_index_hash(VG_INDEX_HASH, "ab", 2), "c", 1);
	uint64_t b = vg_index_hash(vg_index_hash(VG_INDEX_HASH, "a", 1), "bc", 2);
	int key = 1;

	(void)state;
	assert_true(a != b);
	assert_null(vg_index_find(&(struct vg_index){0}, 1, has_key, &key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_found_until_it_is_taken_out),
		cmocka_unit_test(where_a_text_ends_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
