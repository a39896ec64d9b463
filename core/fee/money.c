/* fee/money.c - amounts, rounded once.
 *
 * A price after index is a product of up to 64 factors with nine decimals each, far more than a
 * machine word holds. The hard thing is that nothing may be rounded on the way (semantics.md 2.4):
 * so the product is kept whole, in limbs of base 10^9. Each factor is a whole number of 10^-9, so
 * dividing by all their denominators is to leave out as many limbs. */
#include "core/core_private.h"

#define BASE 1000000000
#define PPM  1000000

#define PER_MAX_PPM INT64_C(1000000000000)

/* (10^20 of the base price) * (2 * 10^9)^64 < 10^616 */
#define LIMBS 70
_Static_assert(VG_MONEY_RATES_MAX == 64, "LIMBS follows from it");

struct product {
	uint32_t limb[LIMBS]; /* lowest first */
	size_t n;
};

int64_t
vg_money_round(vg_wide num, vg_wide den)
{
	vg_wide whole = num / den, rest = num % den;

	VG_ASSERT(den > 0);
	if (rest < 0 && -rest >= den + rest)
		whole--;
	else if (rest > 0 && rest >= den - rest)
		whole++;
	if (whole > INT64_MAX)
		return INT64_MAX;
	return whole < -INT64_MAX ? -INT64_MAX : (int64_t)whole;
}

static void
product_set(struct product *product, vg_wide value)
{
	for (product->n = 0; value > 0; value /= BASE)
		product->limb[product->n++] = (uint32_t)(value % BASE);
}

static void
multiply(struct product *product, int64_t factor)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < product->n; i++) {
		carry += (uint64_t)product->limb[i] * (uint64_t)factor;
		product->limb[i] = (uint32_t)(carry % BASE);
		carry /= BASE;
	}
	for (; carry > 0; carry /= BASE) {
		VG_ASSERT(product->n < LIMBS);
		product->limb[product->n++] = (uint32_t)(carry % BASE);
	}
}

/* floor(product / (BASE^left_out * den)), rounded up from the half on; at most `most`. */
static int64_t
divide(const struct product *product, size_t left_out, int64_t den, int64_t most)
{
	bool half =
		left_out > 0 && left_out <= product->n && product->limb[left_out - 1] >= BASE / 2;
	vg_wide whole = 0, rest, result;

	if (product->n > left_out + 4)
		return most;
	for (size_t i = product->n; i > left_out; i--)
		whole = whole * BASE + product->limb[i - 1];
	rest = whole % den;
	result = whole / den;
	if (2 * rest >= den || (half && 2 * rest + 1 == den))
		result++;
	return result < most ? (int64_t)result : most;
}

int64_t
vg_money_index_per(int64_t base_ore, const int64_t *rate_ppb, size_t rates, int64_t unit_ore,
		   int64_t per_ppm)
{
	struct product product;

	VG_ASSERT(base_ore >= 0 && base_ore <= VG_MONEY_MAX_ORE && rates <= VG_MONEY_RATES_MAX);
	VG_ASSERT(unit_ore > 0 && unit_ore <= PPM && per_ppm > 0 && per_ppm <= PER_MAX_PPM);
	product_set(&product, (vg_wide)base_ore * PPM);
	for (size_t i = 0; i < rates; i++) {
		VG_ASSERT(rate_ppb[i] > -BASE && rate_ppb[i] <= BASE);
		multiply(&product, BASE + rate_ppb[i]);
	}
	return divide(&product, rates, unit_ore * per_ppm, VG_MONEY_MAX_ORE / unit_ore) * unit_ore;
}

int64_t
vg_money_index(int64_t base_ore, const int64_t *rate_ppb, size_t rates, int64_t unit_ore)
{
	return vg_money_index_per(base_ore, rate_ppb, rates, unit_ore, PPM);
}
