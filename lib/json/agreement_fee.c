/* agreement_fee.c - the fee of an agreement as JSON, both ways.
 *
 * One table says what each setting is called and what it may be. All of them are written, so that a
 * version in the ledger states its prices and rules in full; one that is absent, from before the
 * setting existed, has the default that the agreement has already. */
#include "lib/json/agreement_fee.h"

#include "core/event.h"
#include "core/fee.h"
#include "lib/json/agreement_words.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const vg_agreement_fee_mode_words[] = {[VG_FEE_PER_TICKET_CAPPED] = "per_ticket_capped",
						   [VG_FEE_FLAT_PER_USER] = "flat_per_user",
						   [VG_FEE_PER_TICKET_UNCAPPED] =
							   "per_ticket_uncapped",
						   [VG_FEE_MODE_COUNT] = NULL};
const char *const vg_agreement_billing_words[] = {[VG_BILLING_RESOLVED] = "resolved",
						  [VG_BILLING_SECOND_LINE] = "second_line",
						  [VG_BILLING_CLOSED] = "closed",
						  NULL};
const char *const vg_agreement_chargeable_words[] = {
	[VG_TYPE_INCIDENT] = "incident", [VG_TYPE_SERVICE_REQUEST] = "service_request", NULL};
const char *const vg_agreement_source_words[] = {"vgr", "alarm", "probe", NULL};
const char *const vg_agreement_split_words[] = {
	[VG_SPLIT_PARENT] = "parent", [VG_SPLIT_EACH] = "each", NULL};
const char *const vg_agreement_index_mode_words[] = {
	[VG_INDEX_JANUARY] = "january_after_signing", [VG_INDEX_ANNIVERSARY] = "anniversary", NULL};
const char *const vg_agreement_index_rounding_words[] = {[VG_INDEX_ORE_FROM_BASE] = "ore_from_base",
							 [VG_INDEX_KRONA] = "krona",
							 [VG_INDEX_CHAIN] = "chain",
							 NULL};
const char *const vg_agreement_user_rule_words[] = {"licensed", "active_account", "logged_in_90d",
						    NULL};
const char *const vg_agreement_missing_words[] = {
	[VG_MISSING_CARRY] = "carry_forward", [VG_MISSING_HOLD] = "hold", NULL};
const char *const vg_agreement_join_words[] = {[VG_JOIN_PRORATA_DAYS] = "prorata_days",
					       [VG_JOIN_NONE] = "none",
					       [VG_JOIN_FULL] = "full",
					       NULL};

#define DAY_MS INT64_C(86400000)

enum form {
	AMOUNT, /* int64_t */
	COUNT,	/* int */
	FLAG,	/* bool */
	WORD,	/* an enum, by its words */
	BITS,	/* uint32_t: a list of words; min is the bit of the first */
	TEXT	/* char *: one of its words, or with none a name or "" */
};

struct setting {
	const char *where; /* "fee." and the member's name */
	enum form form;
	size_t offset;
	const char *const *words;
	int64_t min, max;
};

#define SETTING(form, member, words, min, max)                                                     \
	{                                                                                          \
		"fee." #member, form, offsetof(struct vg_fee_rules, member), words, min, max       \
	}

static const struct setting settings[] = {
	SETTING(WORD, mode, vg_agreement_fee_mode_words, 0, 0),
	SETTING(AMOUNT, support_ore, NULL, 0, VG_AGREEMENT_PRICE_MAX_ORE),
	SETTING(AMOUNT, operation_ore, NULL, 0, VG_AGREEMENT_PRICE_MAX_ORE),
	SETTING(AMOUNT, tickets_per_user_ppm, NULL, 1, VG_AGREEMENT_TICKETS_PER_USER_MAX_PPM),
	SETTING(WORD, billing_event, vg_agreement_billing_words, 0, 0),
	SETTING(BITS, chargeable_types, vg_agreement_chargeable_words, VG_TYPE_INCIDENT, 0),
	SETTING(BITS, exclude_sources, vg_agreement_source_words, VG_REQUESTER_VGR, 0),
	SETTING(FLAG, exclude_test, NULL, 0, 0),
	SETTING(FLAG, count_duplicates, NULL, 0, 0),
	SETTING(WORD, count_split, vg_agreement_split_words, 0, 0),
	SETTING(FLAG, count_cancelled, NULL, 0, 0),
	SETTING(FLAG, exclude_vgr_cause, NULL, 0, 0),
	SETTING(FLAG, exclude_vgr_problem, NULL, 0, 0),
	SETTING(AMOUNT, misroute_ms, NULL, -1, DAY_MS),
	SETTING(AMOUNT, reopen_days, NULL, 0, 366),
	SETTING(FLAG, bill_leaving, NULL, 0, 0),
	SETTING(FLAG, override_two, NULL, 0, 0),
	SETTING(TEXT, index, NULL, 0, 0),
	SETTING(WORD, index_mode, vg_agreement_index_mode_words, 0, 0),
	SETTING(WORD, index_rounding, vg_agreement_index_rounding_words, 0, 0),
	SETTING(FLAG, index_negative, NULL, 0, 0),
	SETTING(TEXT, user_rule, vg_agreement_user_rule_words, 0, 0),
	SETTING(COUNT, reading_day, NULL, 1, 28),
	SETTING(WORD, late_reading, vg_agreement_missing_words, 0, 0),
	SETTING(WORD, waiting_approval, vg_agreement_missing_words, 0, 0),
	SETTING(WORD, quarantine, vg_agreement_missing_words, 0, 0),
	SETTING(WORD, join_month, vg_agreement_join_words, 0, 0),
	SETTING(AMOUNT, close_working_day, NULL, 1, VG_AGREEMENT_CLOSE_DAY_MAX),
	SETTING(FLAG, automatic_close, NULL, 0, 0),
	SETTING(AMOUNT, objection_days, NULL, 0, 366),
	SETTING(AMOUNT, objection_one_person_ore, NULL, 0, VG_MONEY_MAX_ORE),
	SETTING(FLAG, round_total_krona, NULL, 0, 0),
	SETTING(AMOUNT, vat_ppm, NULL, -1, 1000000),
	SETTING(AMOUNT, peer_group, NULL, 2, VG_AGREEMENT_MUNICIPALITIES_MAX),
	SETTING(AMOUNT, cost_reference_ore, NULL, 0, VG_MONEY_MAX_ORE),
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static const char *
name_of(const struct setting *setting)
{
	return strchr(setting->where, '.') + 1;
}

/* --- writing --- */

static json_t *
bits_to_json(const struct setting *setting, uint32_t bits)
{
	json_t *list = json_array();

	for (size_t i = 0; setting->words[i] != NULL; i++)
		if ((bits >> (setting->min + (int64_t)i) & 1) != 0 &&
		    json_array_append_new(list, json_string(setting->words[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *
setting_to_json(const struct setting *setting, const struct vg_fee_rules *fee)
{
	const void *at = (const char *)fee + setting->offset;

	switch (setting->form) {
	case AMOUNT:
		return json_integer(*(const int64_t *)at);
	case COUNT:
		return json_integer(*(const int *)at);
	case FLAG:
		return json_boolean(*(const bool *)at);
	case WORD:
		return json_string(setting->words[*(const int *)at]);
	case BITS:
		return bits_to_json(setting, *(const uint32_t *)at);
	case TEXT:
		return json_string(*(char *const *)at);
	}
	return NULL;
}

json_t *
vg_agreement_fee_to_json(const struct vg_fee_rules *fee)
{
	json_t *object = json_object();

	for (size_t i = 0; object != NULL && i < SETTINGS; i++)
		if (json_object_set_new(object, name_of(&settings[i]),
					setting_to_json(&settings[i], fee)) != 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

/* --- reading --- */

static int
refuse_number(const struct vg_unpack *r, const struct setting *setting)
{
	char expected[80];

	(void)snprintf(expected, sizeof(expected), "a whole number from %" PRId64 " to %" PRId64,
		       setting->min, setting->max);
	return vg_unpack_refuse(r, expected);
}

static int
read_bits(const struct vg_unpack *r, const struct setting *setting, const json_t *json,
	  uint32_t *out)
{
	const json_t *item;
	size_t i;
	int word, rc;

	if (!json_is_array(json))
		return vg_unpack_refuse(r, "a list of words");
	*out = 0;
	json_array_foreach(json, i, item)
	{
		if (!json_is_string(item))
			return vg_unpack_refuse(r, "a list of words");
		if ((rc = vg_unpack_word(r, json_string_value(item), setting->words, &word)) != 0)
			return rc;
		*out |= UINT32_C(1) << (setting->min + word);
	}
	return 0;
}

static int
read_name(const struct vg_unpack *r, const struct setting *setting, const char *text, char **out)
{
	int word, rc;

	free(*out);
	*out = NULL;
	if (setting->words != NULL && (rc = vg_unpack_word(r, text, setting->words, &word)) != 0)
		return rc;
	return *text == '\0' ? vg_unpack_text(r, text, out) : vg_unpack_id(r, text, out);
}

static int
read_setting(const struct vg_unpack *r, const struct setting *setting, const json_t *json,
	     struct vg_fee_rules *fee)
{
	const char *text = json_string_value(json);
	int64_t number = json_integer_value(json);
	void *at = (char *)fee + setting->offset;

	switch (setting->form) {
	case AMOUNT:
	case COUNT:
		if (!json_is_integer(json) || number < setting->min || number > setting->max)
			return refuse_number(r, setting);
		if (setting->form == AMOUNT)
			*(int64_t *)at = number;
		else
			*(int *)at = (int)number;
		return 0;
	case FLAG:
		*(bool *)at = json_is_true(json);
		return json_is_boolean(json) ? 0 : vg_unpack_refuse(r, "true or false");
	case WORD:
		return text != NULL ? vg_unpack_word(r, text, setting->words, at)
				    : vg_unpack_refuse(r, "a word");
	case BITS:
		return read_bits(r, setting, json, at);
	case TEXT:
		return text != NULL ? read_name(r, setting, text, at) : vg_unpack_refuse(r, "text");
	}
	return 0;
}

static const struct setting *
find_setting(const char *name)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(name_of(&settings[i]), name) == 0)
			return &settings[i];
	return NULL;
}

static int
read_settings(struct vg_unpack *r, const json_t *json, struct vg_fee_rules *fee)
{
	const struct setting *setting;
	const char *name;
	json_t *value;
	int rc;

	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		if ((setting = find_setting(name)) == NULL) {
			vg_unpack_enter(r, "fee");
			return vg_unpack_refuse(r, "settings of a fee only");
		}
		vg_unpack_enter(r, setting->where);
		if ((rc = read_setting(r, setting, value, fee)) != 0)
			return rc;
	}
	vg_unpack_enter(r, "fee.chargeable_types");
	return fee->chargeable_types != 0 ? 0 : vg_unpack_refuse(r, "at least one type");
}

int
vg_unpack_fee(struct vg_unpack *r, const json_t *json)
{
	struct vg_fee_rules *fee = &r->agreement->fee;

	if (json == NULL)
		return 0;
	vg_unpack_enter(r, "fee");
	if (!json_is_object(json))
		return vg_unpack_refuse(r, "an object");
	fee->agreed = true;
	fee->index = strdup("");
	fee->user_rule = strdup(vg_agreement_user_rule_words[0]);
	if (fee->index == NULL || fee->user_rule == NULL)
		return vg_unpack_no_memory(r);
	return read_settings(r, json, fee);
}
