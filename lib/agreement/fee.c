/* fee.c - what an agreement says of the fee: price, which tickets count, index, users, closing.
 *
 * A version without the section bills nothing. With it, what is not stated has the default of
 * semantics.md 2.9, which is in the agreement already. The hard thing is what no agreement may say:
 * some kinds of report are never charged for, and a price is never without its unit. */
#include "lib/agreement/load.h"

#include "core/event.h"
#include "lib/json/agreement_words.h"

#include <string.h>

#define REOPEN_DAYS_MAX	   366
#define OBJECTION_DAYS_MAX 366
#define MISROUTE_MAX_S	   86400
#define READING_DAY_MAX	   28
#define PEER_GROUP_MIN	   2

static bool
is_none(const struct vg_yaml_node *fee, const char *key)
{
	const struct vg_yaml_node *node = vg_yaml_find(fee, key);

	return node != NULL && node->type == VG_YAML_SCALAR && strcmp(node->text, "none") == 0;
}

/* --- which tickets count --- */

/* Error when the text is a type of ticket that is never charged for. */
static bool
is_never_charged(struct vg_load *load, const struct vg_yaml_node *node)
{
	static const char *const types[] = {
#define X(constant, word) [VG_TYPE_##constant] = word,
		VG_TYPES(X)
#undef X
	};

	for (size_t i = VG_TYPE_SERVICE_REQUEST + 1; i < VG_TYPE_COUNT; i++)
		if (node->type == VG_YAML_SCALAR && strcmp(node->text, types[i]) == 0) {
			vg_yaml_error(load->errors, node,
				      "chargeable_types: expected incident or service_request, "
				      "found \"%s\", which is never charged for",
				      types[i]);
			return true;
		}
	return false;
}

/* A list of words as bits, the first word's being `first`. */
static uint32_t
read_bits(struct vg_load *load, const struct vg_yaml_node *fee, const char *key,
	  const char *const *words, int first, uint32_t fallback)
{
	const struct vg_yaml_node *list = vg_load_member(load, fee, key, VG_YAML_LIST, false);
	struct vg_load_item item;
	uint32_t bits = 0;
	int word;

	if (list == NULL)
		return fallback;
	for (size_t i = 0; i < list->count; i++) {
		if (words == vg_agreement_chargeable_words && is_never_charged(load, list->item[i]))
			continue;
		word = vg_yaml_get_word(vg_load_item(&item, key, list->item[i]), key, words, -1,
					load->errors);
		if (word >= 0)
			bits |= UINT32_C(1) << (first + word);
	}
	return bits;
}

static void
read_tickets(struct vg_load *load, const struct vg_yaml_node *section)
{
	static const char *const flags[] = {"test", NULL};
	struct vg_fee_rules *fee = &load->agreement->fee;
	const size_t errors = load->errors->count;

	fee->billing_event = (enum vg_billing_event)vg_yaml_get_word(
		section, "billing_event", vg_agreement_billing_words, (int)fee->billing_event,
		load->errors);
	fee->chargeable_types =
		read_bits(load, section, "chargeable_types", vg_agreement_chargeable_words,
			  VG_TYPE_INCIDENT, fee->chargeable_types);
	if (fee->chargeable_types == 0 && load->errors->count == errors)
		vg_yaml_error(load->errors, vg_load_place(section, "chargeable_types"),
			      "chargeable_types: expected at least one of incident and "
			      "service_request");
	fee->exclude_sources =
		read_bits(load, section, "exclude_sources", vg_agreement_source_words,
			  VG_REQUESTER_VGR, fee->exclude_sources);
	fee->exclude_test =
		read_bits(load, section, "exclude_flags", flags, 0, fee->exclude_test) != 0;
	fee->count_duplicates =
		vg_yaml_get_bool(section, "count_duplicates", fee->count_duplicates, load->errors);
	fee->count_split = (enum vg_count_split)vg_yaml_get_word(
		section, "count_split", vg_agreement_split_words, (int)fee->count_split,
		load->errors);
	fee->count_cancelled =
		vg_yaml_get_bool(section, "count_cancelled", fee->count_cancelled, load->errors);
	fee->exclude_vgr_cause = vg_yaml_get_bool(section, "exclude_vgr_cause",
						  fee->exclude_vgr_cause, load->errors);
	fee->exclude_vgr_problem = vg_yaml_get_bool(section, "exclude_vgr_problem",
						    fee->exclude_vgr_problem, load->errors);
	fee->misroute_ms = is_none(section, "misroute_max_work")
				   ? -1
				   : vg_load_seconds_ms(load, section, "misroute_max_work", 0,
							MISROUTE_MAX_S, fee->misroute_ms);
	fee->reopen_days =
		vg_load_days(load, section, "reopen_window", REOPEN_DAYS_MAX, fee->reopen_days);
	fee->bill_leaving =
		vg_yaml_get_bool(section, "bill_leaving", fee->bill_leaving, load->errors);
	fee->override_two =
		vg_yaml_get_bool(section, "override_requires_two", fee->override_two, load->errors);
}

/* --- price --- */

static void
read_index(struct vg_load *load, const struct vg_yaml_node *section)
{
	static const char *const negatives[] = {"zero", "allowed", NULL};
	struct vg_fee_rules *fee = &load->agreement->fee;
	const struct vg_yaml_node *name =
		vg_load_member(load, section, "index", VG_YAML_SCALAR, false);

	if (name != NULL && !is_none(section, "index"))
		(void)vg_load_is_id(load, name, "index");
	fee->index =
		vg_load_copy(load, name == NULL || is_none(section, "index") ? "" : name->text);
	fee->index_mode = (enum vg_index_mode)vg_yaml_get_word(section, "index_mode",
							       vg_agreement_index_mode_words,
							       (int)fee->index_mode, load->errors);
	fee->index_rounding = (enum vg_index_rounding)vg_yaml_get_word(
		section, "index_rounding", vg_agreement_index_rounding_words,
		(int)fee->index_rounding, load->errors);
	fee->index_negative = vg_yaml_get_word(section, "index_negative", negatives,
					       fee->index_negative ? 1 : 0, load->errors) == 1;
}

static void
read_price(struct vg_load *load, const struct vg_yaml_node *section)
{
	static const char *const roundings[] = {"none", "krona", NULL};
	struct vg_fee_rules *fee = &load->agreement->fee;

	fee->mode = vg_yaml_get_word(section, "mode", vg_agreement_fee_mode_words, fee->mode,
				     load->errors);
	fee->support_ore =
		vg_yaml_get_ore(section, "support_price", false, VG_AGREEMENT_PRICE_MAX_ORE,
				fee->support_ore, load->errors);
	fee->operation_ore =
		vg_yaml_get_ore(section, "operation_price", false, VG_AGREEMENT_PRICE_MAX_ORE,
				fee->operation_ore, load->errors);
	fee->tickets_per_user_ppm = vg_yaml_get_ratio_ppm(section, "tickets_per_user",
							  VG_AGREEMENT_TICKETS_PER_USER_MAX_PPM,
							  fee->tickets_per_user_ppm, load->errors);
	read_index(load, section);
	fee->round_total_krona =
		vg_yaml_get_word(section, "round_total", roundings, fee->round_total_krona ? 1 : 0,
				 load->errors) == 1;
	if (!is_none(section, "vat"))
		fee->vat_ppm = vg_yaml_get_ppm(section, "vat", false, fee->vat_ppm, load->errors);
	fee->cost_reference_ore =
		vg_yaml_get_ore(section, "cost_reference", false, VG_MONEY_MAX_ORE,
				fee->cost_reference_ore, load->errors);
}

/* --- users and closing --- */

static enum vg_missing
read_missing(struct vg_load *load, const struct vg_yaml_node *section, const char *key,
	     enum vg_missing fallback)
{
	return (enum vg_missing)vg_yaml_get_word(section, key, vg_agreement_missing_words,
						 (int)fallback, load->errors);
}

static void
read_closing(struct vg_load *load, const struct vg_yaml_node *section)
{
	struct vg_fee_rules *fee = &load->agreement->fee;

	fee->user_rule = vg_load_copy(
		load,
		vg_agreement_user_rule_words[vg_yaml_get_word(
			section, "user_rule", vg_agreement_user_rule_words, 0, load->errors)]);
	fee->reading_day = (int)vg_yaml_get_int(section, "user_reading_day", false, 1,
						READING_DAY_MAX, fee->reading_day, load->errors);
	fee->late_reading = read_missing(load, section, "late_reading", fee->late_reading);
	fee->waiting_approval =
		read_missing(load, section, "waiting_approval", fee->waiting_approval);
	fee->quarantine = read_missing(load, section, "quarantine", fee->quarantine);
	fee->join_month = (enum vg_join_month)vg_yaml_get_word(
		section, "join_month", vg_agreement_join_words, (int)fee->join_month, load->errors);
	fee->close_working_day =
		vg_yaml_get_int(section, "close_working_day", false, 1, VG_AGREEMENT_CLOSE_DAY_MAX,
				fee->close_working_day, load->errors);
	fee->automatic_close =
		vg_yaml_get_bool(section, "automatic_close", fee->automatic_close, load->errors);
	fee->objection_days =
		vg_yaml_get_int(section, "objection_days", false, 0, OBJECTION_DAYS_MAX,
				fee->objection_days, load->errors);
	fee->objection_one_person_ore =
		vg_yaml_get_ore(section, "objection_one_person", false, VG_MONEY_MAX_ORE,
				fee->objection_one_person_ore, load->errors);
	fee->peer_group =
		vg_yaml_get_int(section, "peer_group", false, PEER_GROUP_MIN,
				VG_AGREEMENT_MUNICIPALITIES_MAX, fee->peer_group, load->errors);
}

/* An indexed price needs a day to count from. */
static void
warn_of_unsigned(struct vg_load *load, const struct vg_yaml_node *section)
{
	const struct vg_agreement *agreement = load->agreement;
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < agreement->municipalities; i++)
		if (agreement->municipality[i].signed_day == INT64_MIN && count++ == 0)
			first = agreement->municipality[i].code;
	if (agreement->fee.index != NULL && *agreement->fee.index != '\0' && first != NULL)
		vg_load_warning(load, vg_load_place(section, "index"),
				"index: %zu municipalities have no day of signing, such as %s; "
				"their months cannot be closed",
				count, first);
}

void
vg_load_fee(struct vg_load *load)
{
	static const char *const known[] = {"mode",
					    "support_price",
					    "operation_price",
					    "tickets_per_user",
					    "billing_event",
					    "chargeable_types",
					    "exclude_sources",
					    "exclude_flags",
					    "count_duplicates",
					    "count_split",
					    "count_cancelled",
					    "exclude_vgr_cause",
					    "exclude_vgr_problem",
					    "misroute_max_work",
					    "reopen_window",
					    "bill_leaving",
					    "override_requires_two",
					    "index",
					    "index_mode",
					    "index_rounding",
					    "index_negative",
					    "user_rule",
					    "user_reading_day",
					    "late_reading",
					    "waiting_approval",
					    "quarantine",
					    "join_month",
					    "close_working_day",
					    "automatic_close",
					    "objection_days",
					    "objection_one_person",
					    "round_total",
					    "vat",
					    "peer_group",
					    "cost_reference",
					    NULL};
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "fee", VG_YAML_MAP, false);

	if (section == NULL)
		return;
	load->agreement->fee.agreed = true;
	(void)vg_yaml_only(section, load->errors, known);
	read_price(load, section);
	read_tickets(load, section);
	read_closing(load, section);
	warn_of_unsigned(load, section);
}
