/* parties.c - municipalities, private providers, and whom to call.
 *
 * Municipalities and providers stand in the agreement itself or in CSV files beside it. The hard
 * thing is to go on when one of them is wrong: others are still looked for by their codes. */
#include "lib/agreement/load.h"

#include "lib/civil/civil.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_MIN_MS	10000
#define REPEATS_MAX	100
#define REPEATS_DEFAULT 10

/* --- municipalities --- */

static const char *const municipality_keys[] = {
	"code",	  "name",    "federation", "size",     "go_live",   "end", "vantage",
	"signed", "leaving", "fee_from",   "customer", "reference", NULL};

static bool
code_is_sound(const char *code)
{
	return strlen(code) == 4 && strspn(code, "0123456789") == 4;
}

const struct vg_yaml_node *
vg_load_place(const struct vg_yaml_node *map, const char *key)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, key);

	return node != NULL ? node : map;
}

/* Whether the month ends before the instant's month begins. */
static bool
month_is_before(int month, int64_t at_ms)
{
	struct vg_civil local;

	vg_civil_from_utc_ms(at_ms, &local);
	return month < local.year * 12 + local.month - 1;
}

static void
read_municipality_fee(struct vg_load *load, const struct vg_yaml_node *map,
		      struct vg_municipality *new)
{
	new->signed_day = vg_yaml_get_date(map, "signed", false, INT64_MIN, load->errors);
	new->leaving_ms = vg_load_day_ms(load, map, "leaving", INT64_MAX);
	new->fee_from = vg_yaml_get_month(map, "fee_from", 0, load->errors);
	new->customer = vg_load_text(load, map, "customer", "");
	new->reference = vg_load_text(load, map, "reference", "");
	if (new->leaving_ms != INT64_MAX &&
	    (new->leaving_ms <= new->go_live_ms || new->leaving_ms > new->end_ms))
		vg_yaml_error(load->errors, vg_load_place(map, "leaving"),
			      "leaving: expected a date after go_live and at latest the one at "
			      "end");
	if (new->fee_from != 0 && new->go_live_ms != INT64_MIN &&
	    month_is_before(new->fee_from, new->go_live_ms))
		vg_yaml_error(load->errors, vg_load_place(map, "fee_from"),
			      "fee_from: expected the month of go_live, or a later one");
}

static void
check_municipality(struct vg_load *load, const struct vg_yaml_node *map,
		   const struct vg_municipality *new)
{
	const struct vg_agreement *agreement = load->agreement;

	if (new->code != NULL && !code_is_sound(new->code))
		vg_yaml_error(load->errors, vg_load_place(map, "code"),
			      "code: expected four digits such as 1480, found \"%.60s\"",
			      new->code);
	if (new->end_ms <= new->go_live_ms)
		vg_yaml_error(load->errors, vg_load_place(map, "end"),
			      "end: expected a date after go_live (it is the first day that is not "
			      "covered)");
	for (size_t i = 0; new->code != NULL &&i < agreement->municipalities; i++)
		if (agreement->municipality[i].code != NULL &&
		    strcmp(agreement->municipality[i].code, new->code) == 0)
			vg_yaml_error(load->errors, vg_load_place(map, "code"),
				      "municipality %.60s is there twice", new->code);
}

static void
read_municipality(struct vg_load *load, const struct vg_yaml_node *map)
{
	static const char *const sizes[] = {"small", "medium", "large", NULL};
	static const char *const vantages[] = {
		[VG_VANTAGE_LOCAL] = "local", [VG_VANTAGE_CENTRAL] = "central", NULL};
	struct vg_agreement *agreement = load->agreement;
	struct vg_municipality new = {0};
	int size;

	if (!vg_load_is(load, map, VG_YAML_MAP, "municipalities"))
		return;
	(void)vg_yaml_only(map, load->errors, municipality_keys);
	if (agreement->municipalities == VG_AGREEMENT_MUNICIPALITIES_MAX) {
		vg_yaml_error(load->errors, map, "municipalities: expected at most %d",
			      VG_AGREEMENT_MUNICIPALITIES_MAX);
		return;
	}
	new.code = vg_load_text(load, map, "code", NULL);
	new.name = vg_load_text(load, map, "name", NULL);
	new.federation = vg_load_text(load, map, "federation", "");
	vg_load_require(load, map, "size", "small, medium or large");
	size = vg_yaml_get_word(map, "size", sizes, 0, load->errors);
	new.size = vg_load_copy(load, sizes[size]);
	new.go_live_ms = vg_load_day_ms(load, map, "go_live", INT64_MIN);
	new.end_ms = vg_load_day_ms(load, map, "end", INT64_MAX);
	new.vantage = (enum vg_vantage)vg_yaml_get_word(
		map, "vantage", vantages, (int)VG_LOAD_VANTAGE_UNSTATED, load->errors);
	read_municipality_fee(load, map, &new);
	check_municipality(load, map, &new);
	agreement->municipality[agreement->municipalities++] = new;
}

static int
by_code(const void *left, const void *right)
{
	return strcmp(((const struct vg_municipality *)left)->code,
		      ((const struct vg_municipality *)right)->code);
}

static void
read_municipalities(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list = vg_yaml_find(load->root, "municipalities");
	const struct vg_yaml_node *file = vg_yaml_find(load->root, "municipalities_file");

	if ((list == NULL) == (file == NULL)) {
		vg_yaml_error(load->errors, list != NULL ? list : load->root,
			      "expected either municipalities or municipalities_file");
		return;
	}
	agreement->municipality = vg_load_take(load, VG_AGREEMENT_MUNICIPALITIES_MAX,
					       sizeof(*agreement->municipality));
	if (agreement->municipality == NULL)
		return;
	if (file != NULL)
		vg_load_table(load, file, "municipalities_file", municipality_keys,
			      read_municipality);
	else if (vg_load_is(load, list, VG_YAML_LIST, "municipalities"))
		for (size_t i = 0; i < list->count && i <= VG_AGREEMENT_MUNICIPALITIES_MAX; i++)
			read_municipality(load, list->item[i]);
	if (load->errors->count == 0) /* then every code is there */
		qsort(agreement->municipality, agreement->municipalities,
		      sizeof(*agreement->municipality), by_code);
}

/* --- private providers --- */

static const char *const provider_keys[] = {"id", "name", "municipality", NULL};

static int
by_id(const void *left, const void *right)
{
	return strcmp(((const struct vg_provider *)left)->id,
		      ((const struct vg_provider *)right)->id);
}

static void
read_provider(struct vg_load *load, const struct vg_yaml_node *map)
{
	struct vg_agreement *agreement = load->agreement;
	struct vg_provider new = {0};
	const char *code;

	if (!vg_load_is(load, map, VG_YAML_MAP, "providers"))
		return;
	(void)vg_yaml_only(map, load->errors, provider_keys);
	if (agreement->providers == VG_AGREEMENT_PROVIDERS_MAX) {
		vg_yaml_error(load->errors, map, "providers: expected at most %d",
			      VG_AGREEMENT_PROVIDERS_MAX);
		return;
	}
	new.id = vg_load_text(load, map, "id", NULL);
	new.name = vg_load_text(load, map, "name", NULL);
	vg_load_require(load, map, "municipality", "the code of a municipality");
	code = vg_load_municipality(load, map, false);
	new.municipality = vg_load_copy(load, code != NULL ? code : "");
	agreement->provider[agreement->providers++] = new;
}

static void
sort_providers(struct vg_load *load, const struct vg_yaml_node *at)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_provider *list = agreement->provider;

	qsort(agreement->provider, agreement->providers, sizeof(*list), by_id);
	for (size_t i = 1; i < agreement->providers; i++)
		if (strcmp(list[i - 1].id, list[i].id) == 0)
			vg_yaml_error(load->errors, at, "providers: %.60s is there twice",
				      list[i].id);
}

static void
read_providers(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list = vg_yaml_find(load->root, "providers");
	const struct vg_yaml_node *file = vg_yaml_find(load->root, "providers_file");

	if (list != NULL && file != NULL)
		vg_yaml_error(load->errors, file,
			      "expected either providers or providers_file, found both");
	if ((list == NULL) == (file == NULL))
		return;
	agreement->provider =
		vg_load_take(load, VG_AGREEMENT_PROVIDERS_MAX, sizeof(*agreement->provider));
	if (agreement->provider == NULL)
		return;
	if (file != NULL)
		vg_load_table(load, file, "providers_file", provider_keys, read_provider);
	else if (vg_load_is(load, list, VG_YAML_LIST, "providers"))
		for (size_t i = 0; i < list->count && i <= VG_AGREEMENT_PROVIDERS_MAX; i++)
			read_provider(load, list->item[i]);
	if (load->errors->count == 0) /* then every id is there */
		sort_providers(load, file != NULL ? file : list);
}

/* --- duty --- */

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0 && text[strlen(start)] != '\0';
}

static bool
address_is_sound(const char *channel, const char *address)
{
	const char *at = strchr(address, '@');

	if (strchr(address, ' ') != NULL)
		return false;
	if (strcmp(channel, "webhook") == 0)
		return starts_with(address, "http://") || starts_with(address, "https://");
	return at != NULL && at != address && at[1] != '\0' && strchr(at + 1, '@') == NULL;
}

const char *
vg_load_municipality(struct vg_load *load, const struct vg_yaml_node *map, bool all)
{
	const struct vg_agreement *agreement = load->agreement;
	const char *code = vg_yaml_get_text(map, "municipality", false, NULL, load->errors);

	if (code == NULL)
		return NULL;
	if (all && strcmp(code, "all") == 0)
		return "*";
	if (agreement->municipalities == 0) /* they could not be read, which is said already */
		return NULL;
	for (size_t i = 0; i < agreement->municipalities; i++)
		if (agreement->municipality[i].code != NULL &&
		    strcmp(agreement->municipality[i].code, code) == 0)
			return agreement->municipality[i].code;
	vg_yaml_error(load->errors, vg_load_place(map, "municipality"),
		      "municipality: expected %sthe code of a municipality of this agreement, "
		      "found \"%.60s\"",
		      all ? "\"all\" or " : "", code);
	return NULL;
}

/* On what it is called: escalations alone when nothing is stated. */
static unsigned
read_occasions(struct vg_load *load, const struct vg_yaml_node *map)
{
	static const char *const words[] = {"escalation", "outage", "window", "alarm", NULL};
	const struct vg_yaml_node *list = vg_load_member(load, map, "on", VG_YAML_LIST, false);
	struct vg_load_item item;
	unsigned occasions = 0;

	if (list == NULL)
		return VG_OCCASION_ESCALATION;
	for (size_t i = 0; i < list->count; i++) {
		int word = vg_yaml_get_word(vg_load_item(&item, "on", list->item[i]), "on", words,
					    -1, load->errors);

		if (word >= 0)
			occasions |= 1U << word;
	}
	if (list->count == 0)
		vg_yaml_error(load->errors, list,
			      "on: expected at least one of escalation, outage, window and alarm");
	return occasions;
}

static void
read_duty(struct vg_load *load, const struct vg_yaml_node *map, struct vg_duty *duty)
{
	static const char *const known[] = {"name", "municipality", "channel",	   "address",
					    "on",   "repeat",	    "repeats_max", NULL};
	static const char *const channels[] = {"webhook", "mail", NULL};
	const char *code;
	int channel;

	(void)vg_yaml_only(map, load->errors, known);
	duty->name = vg_load_text(load, map, "name", NULL);
	code = vg_load_municipality(load, map, true);
	duty->municipality = vg_load_copy(load, code != NULL ? code : "*");
	vg_load_require(load, map, "channel", "webhook or mail");
	channel = vg_yaml_get_word(map, "channel", channels, -1, load->errors);
	duty->channel = vg_load_copy(load, channel < 0 ? "" : channels[channel]);
	duty->address = vg_load_text(load, map, "address", NULL);
	if (channel >= 0 && duty->address != NULL &&
	    !address_is_sound(channels[channel], duty->address))
		vg_yaml_error(load->errors, vg_load_place(map, "address"),
			      "address: expected %s, found \"%.60s\"",
			      channel == 0 ? "a URL that begins with http:// or https://"
					   : "a mail address",
			      duty->address);
	duty->occasions = read_occasions(load, map);
	duty->repeat_ms = vg_yaml_get_duration_ms(map, "repeat", false, 0, load->errors);
	if (duty->repeat_ms != 0 && duty->repeat_ms < REPEAT_MIN_MS)
		vg_yaml_error(load->errors, vg_load_place(map, "repeat"),
			      "repeat: expected at least 10s");
	duty->repeats_max =
		vg_yaml_get_int(map, "repeats_max", false, 0, REPEATS_MAX,
				duty->repeat_ms > 0 ? REPEATS_DEFAULT : 0, load->errors);
}

static void
read_duties(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list =
		vg_load_member(load, load->root, "duty", VG_YAML_LIST, false);

	if (list == NULL)
		return;
	if (list->count > VG_AGREEMENT_DUTIES_MAX) {
		vg_yaml_error(load->errors, list, "duty: expected at most %d, found %zu",
			      VG_AGREEMENT_DUTIES_MAX, list->count);
		return;
	}
	if ((agreement->duty = vg_load_take(load, list->count, sizeof(*agreement->duty))) == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (vg_load_is(load, list->item[i], VG_YAML_MAP, "duty"))
			read_duty(load, list->item[i], &agreement->duty[agreement->duties++]);
}

void
vg_load_parties(struct vg_load *load)
{
	read_municipalities(load);
	read_providers(load);
	read_duties(load);
}
