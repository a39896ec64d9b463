/* What an agreement says of the fee, of its municipalities' terms and of private providers, from
 * YAML and through JSON. */
#include "core/event.h"
#include "core/fee.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/civil/civil.h"
#include "lib/json/agreement_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A small agreement that loads. Municipalities come next, and then what a test says: line 8 on. */
static const char head[] =
	"name: test\n"
	"version: \"1\"\n"
	"valid_from: 2026-01-01\n"
	"calendars: {}\n"
	"priorities: [P1]\n"
	"matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]\n"
	"targets: { P1: { resolution: 4h, share: 90 %, calendar: 24x7 }, "
	"request: { response: 1h, share: 90 %, calendar: 24x7 } }\n";
#define ALINGSAS "municipalities: [{ code: 1489, name: Alingsås, size: medium }]\n"

static struct vg_agreement *
load(const char *text, struct vg_yaml_errors *errors)
{
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	char *bytes;
	int length = asprintf(&bytes, "%s%s\n", head, text);

	assert_true(length > 0);
	yaml = vg_yaml_load_bytes("t.yaml", bytes, (size_t)length, errors);
	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), "/nowhere", 0, errors);
	vg_yaml_free(yaml);
	free(bytes);
	return agreement;
}

static struct vg_agreement *
load_good(const char *text)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = load(text, &errors);

	if (errors.count > 0)
		fail_msg("%s", errors.text[0]);
	assert_non_null(agreement);
	return agreement;
}

/* The version that its JSON gives; the same JSON again. */
static struct vg_agreement *
through_json(const struct vg_agreement *agreement)
{
	json_t *json = vg_agreement_to_json(agreement), *again;
	struct vg_err err = {0};
	struct vg_agreement *back = vg_agreement_from_json(json, &err);

	if (back == NULL)
		fail_msg("%s", err.text);
	again = vg_agreement_to_json(back);
	assert_true(json_equal(json, again));
	json_decref(again);
	json_decref(json);
	return back;
}

static void
check_defaults(const struct vg_fee_rules *fee)
{
	assert_true(fee->agreed);
	assert_int_equal(fee->mode, VG_FEE_PER_TICKET_CAPPED);
	assert_int_equal(fee->support_ore, 25000);
	assert_int_equal(fee->operation_ore, 175000);
	assert_int_equal(fee->tickets_per_user_ppm, 1000000);
	assert_int_equal(fee->billing_event, VG_BILLING_RESOLVED);
	assert_int_equal(fee->chargeable_types,
			 1u << VG_TYPE_INCIDENT | 1u << VG_TYPE_SERVICE_REQUEST);
	assert_int_equal(fee->exclude_sources, 1u << VG_REQUESTER_VGR | 1u << VG_REQUESTER_ALARM |
						       1u << VG_REQUESTER_PROBE);
	assert_true(fee->exclude_test && fee->exclude_vgr_cause && fee->exclude_vgr_problem);
	assert_false(fee->count_duplicates || fee->count_cancelled);
	assert_int_equal(fee->count_split, VG_SPLIT_PARENT);
	assert_int_equal(fee->misroute_ms, 600000);
	assert_int_equal(fee->reopen_days, 14);
	assert_true(fee->bill_leaving && fee->override_two && fee->index_negative);
	assert_string_equal(fee->index, "");
	assert_int_equal(fee->index_mode, VG_INDEX_JANUARY);
	assert_int_equal(fee->index_rounding, VG_INDEX_ORE_FROM_BASE);
	assert_string_equal(fee->user_rule, "licensed");
	assert_int_equal(fee->reading_day, 1);
	assert_int_equal(fee->late_reading, VG_MISSING_CARRY);
	assert_int_equal(fee->waiting_approval, VG_MISSING_HOLD);
	assert_int_equal(fee->quarantine, VG_MISSING_CARRY);
	assert_int_equal(fee->join_month, VG_JOIN_PRORATA_DAYS);
	assert_int_equal(fee->close_working_day, 5);
	assert_false(fee->automatic_close || fee->round_total_krona);
	assert_int_equal(fee->objection_days, 30);
	assert_int_equal(fee->objection_one_person_ore, 50000);
	assert_int_equal(fee->vat_ppm, -1);
	assert_int_equal(fee->peer_group, 3);
	assert_int_equal(fee->cost_reference_ore, INT64_C(3000000000));
}

static void
an_empty_section_has_the_defaults(void **state)
{
	struct vg_agreement *a = load_good(ALINGSAS "fee: {}"), *back = through_json(a);

	(void)state;
	check_defaults(&a->fee);
	check_defaults(&back->fee);
	vg_agreement_unref(back);
	vg_agreement_unref(a);
}

static void
the_sample_states_the_defaults(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *a = vg_agreement_load(VG_SOURCE_DIR "/agreements/sample", 0, &errors);

	(void)state;
	assert_non_null(a);
	assert_int_equal(errors.count, 0);
	assert_string_equal(a->version, "5");
	check_defaults(&a->fee);
	for (size_t i = 0; i < a->municipalities; i++)
		assert_in_range(a->municipality[i].signed_day, vg_civil_days(2015, 9, 1),
				vg_civil_days(2015, 12, 31));
	vg_agreement_unref(a);
}

static void
without_a_section_the_bytes_are_as_ever(void **state)
{
	struct vg_agreement *a = load_good(ALINGSAS), *back = through_json(a);
	json_t *json = vg_agreement_to_json(a), *municipality;

	(void)state;
	assert_false(a->fee.agreed);
	assert_false(back->fee.agreed);
	assert_null(json_object_get(json, "fee"));
	assert_null(json_object_get(json, "providers"));
	municipality = json_array_get(json_object_get(json, "municipalities"), 0);
	assert_int_equal(json_object_size(municipality), 4);
	json_decref(json);
	vg_agreement_unref(back);
	vg_agreement_unref(a);
}

#define ALL_STATED                                                                                 \
	"fee:\n"                                                                                   \
	"  mode: flat_per_user\n"                                                                  \
	"  support_price: 312,50 kr\n"                                                             \
	"  operation_price: 0 kr\n"                                                                \
	"  tickets_per_user: 0,85\n"                                                               \
	"  billing_event: closed\n"                                                                \
	"  chargeable_types: [incident]\n"                                                         \
	"  exclude_sources: [alarm]\n"                                                             \
	"  exclude_flags: []\n"                                                                    \
	"  count_duplicates: yes\n"                                                                \
	"  count_split: each\n"                                                                    \
	"  count_cancelled: yes\n"                                                                 \
	"  exclude_vgr_cause: no\n"                                                                \
	"  exclude_vgr_problem: no\n"                                                              \
	"  misroute_max_work: none\n"                                                              \
	"  reopen_window: 1 day\n"                                                                 \
	"  bill_leaving: no\n"                                                                     \
	"  override_requires_two: no\n"                                                            \
	"  index: vgr-index\n"                                                                     \
	"  index_mode: anniversary\n"                                                              \
	"  index_rounding: chain\n"                                                                \
	"  index_negative: zero\n"                                                                 \
	"  user_rule: logged_in_90d\n"                                                             \
	"  user_reading_day: 28\n"                                                                 \
	"  late_reading: hold\n"                                                                   \
	"  waiting_approval: carry_forward\n"                                                      \
	"  quarantine: hold\n"                                                                     \
	"  join_month: full\n"                                                                     \
	"  close_working_day: 8\n"                                                                 \
	"  automatic_close: yes\n"                                                                 \
	"  objection_days: 60\n"                                                                   \
	"  objection_one_person: 0 kr\n"                                                           \
	"  round_total: krona\n"                                                                   \
	"  vat: 25 %\n"                                                                            \
	"  peer_group: 5\n"                                                                        \
	"  cost_reference: 45 000 000 kr\n"

static void
check_stated(const struct vg_fee_rules *fee)
{
	assert_int_equal(fee->mode, VG_FEE_FLAT_PER_USER);
	assert_int_equal(fee->support_ore, 31250);
	assert_int_equal(fee->operation_ore, 0);
	assert_int_equal(fee->tickets_per_user_ppm, 850000);
	assert_int_equal(fee->billing_event, VG_BILLING_CLOSED);
	assert_int_equal(fee->chargeable_types, 1u << VG_TYPE_INCIDENT);
	assert_int_equal(fee->exclude_sources, 1u << VG_REQUESTER_ALARM);
	assert_false(fee->exclude_test || fee->exclude_vgr_cause || fee->exclude_vgr_problem);
	assert_true(fee->count_duplicates && fee->count_cancelled);
	assert_int_equal(fee->count_split, VG_SPLIT_EACH);
	assert_int_equal(fee->misroute_ms, -1);
	assert_int_equal(fee->reopen_days, 1);
	assert_false(fee->bill_leaving || fee->override_two || fee->index_negative);
	assert_string_equal(fee->index, "vgr-index");
	assert_int_equal(fee->index_mode, VG_INDEX_ANNIVERSARY);
	assert_int_equal(fee->index_rounding, VG_INDEX_CHAIN);
	assert_string_equal(fee->user_rule, "logged_in_90d");
	assert_int_equal(fee->reading_day, 28);
	assert_int_equal(fee->late_reading, VG_MISSING_HOLD);
	assert_int_equal(fee->waiting_approval, VG_MISSING_CARRY);
	assert_int_equal(fee->quarantine, VG_MISSING_HOLD);
	assert_int_equal(fee->join_month, VG_JOIN_FULL);
	assert_int_equal(fee->close_working_day, 8);
	assert_true(fee->automatic_close && fee->round_total_krona);
	assert_int_equal(fee->objection_days, 60);
	assert_int_equal(fee->objection_one_person_ore, 0);
	assert_int_equal(fee->vat_ppm, 250000);
	assert_int_equal(fee->peer_group, 5);
	assert_int_equal(fee->cost_reference_ore, INT64_C(4500000000));
}

static void
every_setting_is_read(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *a = load(ALINGSAS ALL_STATED, &errors), *back;

	(void)state;
	assert_non_null(a);
	/* An indexed price counts from a day that this municipality does not state. */
	assert_int_equal(errors.count, 1);
	assert_string_equal(errors.text[0],
			    "t.yaml:27:10: warning: index: 1 municipalities have no day of "
			    "signing, such as 1489; their months cannot be closed");
	vg_yaml_errors_free(&errors);
	back = through_json(a);
	check_stated(&a->fee);
	check_stated(&back->fee);
	vg_agreement_unref(back);
	vg_agreement_unref(a);
}

/* --- municipalities and providers --- */

#define TERMS                                                                                      \
	"municipalities: [{ code: 1490, name: Borås, size: large }, { code: 1489, name: "         \
	"Alingsås, size: medium, go_live: 2026-03-01, end: 2027-01-01, signed: 2025-11-30, "      \
	"leaving: 2026-10-01, fee_from: 2026-05, customer: \"70012\", reference: Best 17 }]\n"     \
	"providers: [{ id: vardbolaget, name: Vårdbolaget, municipality: \"1489\" }, "            \
	"{ id: hemtjanst, name: Hemtjänst AB, municipality: \"1490\" }]\n"

static void
check_terms(const struct vg_agreement *a)
{
	const struct vg_municipality *alingsas = vg_agreement_municipality(a, "1489");
	const struct vg_municipality *boras = vg_agreement_municipality(a, "1490");

	assert_int_equal(alingsas->signed_day, vg_civil_days(2025, 11, 30));
	assert_int_equal(alingsas->leaving_ms, vg_civil_to_utc_ms(&(struct vg_civil){
						       .year = 2026, .month = 10, .day = 1}));
	assert_int_equal(alingsas->fee_from, 2026 * 12 + 4);
	assert_string_equal(alingsas->customer, "70012");
	assert_string_equal(alingsas->reference, "Best 17");
	assert_int_equal(boras->signed_day, INT64_MIN);
	assert_int_equal(boras->leaving_ms, INT64_MAX);
	assert_int_equal(boras->fee_from, 0);
	assert_string_equal(boras->customer, "");
	assert_string_equal(boras->reference, "");
	assert_int_equal(a->providers, 2);
	assert_string_equal(a->provider[0].id, "hemtjanst");
	assert_string_equal(vg_agreement_provider(a, "vardbolaget")->municipality, "1489");
	assert_string_equal(vg_agreement_provider(a, "vardbolaget")->name, "Vårdbolaget");
	assert_null(vg_agreement_provider(a, "annan"));
}

static void
terms_and_providers_are_read(void **state)
{
	struct vg_agreement *a = load_good(TERMS "fee: {}"), *back = through_json(a);

	(void)state;
	check_terms(a);
	check_terms(back);
	vg_agreement_unref(back);
	vg_agreement_unref(a);
}

/* --- faults --- */

#define MEMBER(text) "municipalities: [{ code: 1489, name: A, size: small, " text " }]\n"

static const struct {
	const char *text, *want;
} faults[] = {
	{ALINGSAS "fee: 250 kr", "t.yaml:9:6: fee: expected keys and values, found text"},
	{ALINGSAS "fee: { suport_price: 1 kr }",
	 "t.yaml:9:8: key \"suport_price\" is not known; did you mean \"support_price\"?"},
	{ALINGSAS "fee: { mode: per_tickets_capped }",
	 "t.yaml:9:14: mode: expected per_ticket_capped, flat_per_user or per_ticket_uncapped, "
	 "found \"per_tickets_capped\"; did you mean \"per_ticket_capped\"?"},
	{ALINGSAS "fee: { support_price: 250 }",
	 "t.yaml:9:23: support_price: expected at most 1000000 kronor, such as 250 kr or "
	 "1 234,50 kr, found \"250\""},
	{ALINGSAS "fee: { support_price: 1 000 001 kr }",
	 "t.yaml:9:23: support_price: expected at most 1000000 kronor, such as 250 kr or "
	 "1 234,50 kr, found \"1 000 001 kr\""},
	{ALINGSAS "fee: { tickets_per_user: 0 }",
	 "t.yaml:9:26: tickets_per_user: expected a number above 0 and at most 1000, such as "
	 "1,0, found \"0\""},
	{ALINGSAS "fee: { chargeable_types: [incident, problem] }",
	 "t.yaml:9:37: chargeable_types: expected incident or service_request, found "
	 "\"problem\", which is never charged for"},
	{ALINGSAS "fee: { chargeable_types: [complaint] }",
	 "t.yaml:9:27: chargeable_types: expected incident or service_request, found "
	 "\"complaint\", which is never charged for"},
	{ALINGSAS "fee: { chargeable_types: [incidents] }",
	 "t.yaml:9:27: chargeable_types: expected incident or service_request, found "
	 "\"incidents\"; did you mean \"incident\"?"},
	{ALINGSAS "fee: { chargeable_types: [] }",
	 "t.yaml:9:26: chargeable_types: expected at least one of incident and service_request"},
	{ALINGSAS "fee: { exclude_sources: [user] }",
	 "t.yaml:9:26: exclude_sources: expected vgr, alarm or probe, found \"user\""},
	{ALINGSAS "fee: { exclude_flags: yes }",
	 "t.yaml:9:23: exclude_flags: expected a list, found text"},
	{ALINGSAS "fee: { misroute_max_work: 25h }",
	 "t.yaml:9:27: misroute_max_work: expected whole seconds from 0s to 86400s"},
	{ALINGSAS "fee: { reopen_window: 14 }",
	 "t.yaml:9:23: reopen_window: expected 0 to 366 days such as \"14 days\", found \"14\""},
	{ALINGSAS "fee: { index: VGR index }",
	 "t.yaml:9:15: index: expected letters a-z, digits and . _ - only, found \"VGR index\""},
	{ALINGSAS "fee: { user_reading_day: 29 }",
	 "t.yaml:9:26: user_reading_day: expected a whole number from 1 to 28, found \"29\""},
	{ALINGSAS "fee: { close_working_day: 16 }",
	 "t.yaml:9:27: close_working_day: expected a whole number from 1 to 15, found \"16\""},
	{ALINGSAS "fee: { peer_group: 1 }",
	 "t.yaml:9:20: peer_group: expected a whole number from 2 to 400, found \"1\""},
	{ALINGSAS "fee: { vat: 25 }",
	 "t.yaml:9:13: vat: expected a share from 0 % to 100 % with at most four decimals, such "
	 "as 99.95 %, found \"25\""},
	{MEMBER("signed: 2026-13-01"),
	 "t.yaml:8:62: signed: expected a date such as 2026-01-31, found \"2026-13-01\""},
	{MEMBER("fee_from: 2026"),
	 "t.yaml:8:64: fee_from: expected a month such as 2026-01, found \"2026\""},
	{MEMBER("go_live: 2026-03-15, fee_from: 2026-02"),
	 "t.yaml:8:85: fee_from: expected the month of go_live, or a later one"},
	{MEMBER("end: 2026-10-01, leaving: 2026-10-02"),
	 "t.yaml:8:80: leaving: expected a date after go_live and at latest the one at end"},
	{ALINGSAS "providers: [{ id: a, name: A, municipality: \"1480\" }]",
	 "t.yaml:9:45: municipality: expected the code of a municipality of this agreement, "
	 "found \"1480\""},
	{ALINGSAS "providers: [{ id: a, name: A }]",
	 "t.yaml:9:13: municipality is missing; expected the code of a municipality"},
	{ALINGSAS "providers: [{ id: a, name: A, municipality: 1489 }, { id: a, name: B, "
		  "municipality: 1489 }]",
	 "t.yaml:9:12: providers: a is there twice"},
	{ALINGSAS "providers: []\nproviders_file: p.csv",
	 "t.yaml:10:17: expected either providers or providers_file, found both"},
};

static void
faults_are_told_with_place_and_expectation(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct vg_yaml_errors errors = {0};

		assert_null(load(faults[i].text, &errors));
		assert_string_equal(errors.text[0], faults[i].want);
		vg_yaml_errors_free(&errors);
	}
}

static const struct {
	const char *member, *value, *want;
} hostile[] = {
	{"support_ore", "-1",
	 "agreement.fee.support_ore: expected a whole number from 0 to 100000000"},
	{"support_ore", "\"250\"",
	 "agreement.fee.support_ore: expected a whole number from 0 to 100000000"},
	{"tickets_per_user_ppm", "0",
	 "agreement.fee.tickets_per_user_ppm: expected a whole number from 1 to 1000000000"},
	{"reading_day", "4294967297",
	 "agreement.fee.reading_day: expected a whole number from 1 to 28"},
	{"mode", "1", "agreement.fee.mode: expected a word"},
	{"bill_leaving", "1", "agreement.fee.bill_leaving: expected true or false"},
	{"chargeable_types", "[]", "agreement.fee.chargeable_types: expected at least one type"},
	{"chargeable_types", "[7]", "agreement.fee.chargeable_types: expected a list of words"},
	{"exclude_sources", "{}", "agreement.fee.exclude_sources: expected a list of words"},
	{"index", "null", "agreement.fee.index: expected text"},
	{"surcharge", "1", "agreement.fee: expected settings of a fee only"},
};

static void
hostile_json_is_refused_with_its_place(void **state)
{
	struct vg_agreement *a = load_good(ALINGSAS "fee: {}");
	json_t *json = vg_agreement_to_json(a);

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		json_t *copy = json_deep_copy(json);
		struct vg_err err = {0};

		assert_int_equal(
			json_object_set_new(json_object_get(copy, "fee"), hostile[i].member,
					    json_loads(hostile[i].value, JSON_DECODE_ANY, NULL)),
			0);
		assert_null(vg_agreement_from_json(copy, &err));
		assert_string_equal(err.text, hostile[i].want);
		json_decref(copy);
	}
	json_decref(json);
	vg_agreement_unref(a);
}

/* What a later version adds is absent from an older one's bytes. */
static void
an_absent_setting_has_its_default(void **state)
{
	struct vg_agreement *a = load_good(ALINGSAS "fee: {}"), *back;
	json_t *json = vg_agreement_to_json(a);

	(void)state;
	assert_int_equal(json_object_clear(json_object_get(json, "fee")), 0);
	back = vg_agreement_from_json(json, NULL);
	assert_non_null(back);
	check_defaults(&back->fee);
	vg_agreement_unref(back);
	json_decref(json);
	vg_agreement_unref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_section_has_the_defaults),
		cmocka_unit_test(the_sample_states_the_defaults),
		cmocka_unit_test(without_a_section_the_bytes_are_as_ever),
		cmocka_unit_test(every_setting_is_read),
		cmocka_unit_test(terms_and_providers_are_read),
		cmocka_unit_test(faults_are_told_with_place_and_expectation),
		cmocka_unit_test(hostile_json_is_refused_with_its_place),
		cmocka_unit_test(an_absent_setting_has_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
