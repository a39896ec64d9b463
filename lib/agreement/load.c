/* load.c - an agreement's directory to one version: the whole and the head.
 *
 * The parts are read in the order of their references, so that a target can be checked against the
 * calendars and a duty against the municipalities. The hard thing is to go on after an error
 * without making errors that are not there: what could not be read gets a harmless value, and the
 * version is thrown away at the end. */
#include "lib/agreement/load.h"

#include "lib/civil/civil.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR                                                                                 \
	2006 /* the holiday rules hold from 2005, and the expansion begins a year earlier */
#define LAST_YEAR 2100

/* --- what the parts share --- */

void *
vg_load_take(struct vg_load *load, size_t count, size_t size)
{
	void *out = calloc(count + 1, size);

	if (out == NULL)
		vg_yaml_error(load->errors, load->root, "out of memory");
	return out;
}

char *
vg_load_copy(struct vg_load *load, const char *text)
{
	char *copy = vg_load_take(load, strlen(text), 1);

	return copy == NULL ? NULL : memcpy(copy, text, strlen(text));
}

bool
vg_load_is(struct vg_load *load, const struct vg_yaml_node *node, enum vg_yaml_type type,
	   const char *what)
{
	static const char *const names[] = {
		[VG_YAML_SCALAR] = "text",
		[VG_YAML_LIST] = "a list",
		[VG_YAML_MAP] = "keys and values",
	};

	if (node->type == type)
		return true;
	vg_yaml_error(load->errors, node, "%s: expected %s, found %s", what, names[type],
		      names[node->type]);
	return false;
}

const struct vg_yaml_node *
vg_load_member(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
	       enum vg_yaml_type type, bool required)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, key);

	if (node == NULL) {
		if (required)
			vg_yaml_error(load->errors, map, "%s is missing", key);
		return NULL;
	}
	return vg_load_is(load, node, type, key) ? node : NULL;
}

void
vg_load_require(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		const char *expected)
{
	if (vg_yaml_find(map, key) == NULL)
		vg_yaml_error(load->errors, map, "%s is missing; expected %s", key, expected);
}

const struct vg_yaml_node *
vg_load_item(struct vg_load_item *item, const char *what, const struct vg_yaml_node *node)
{
	item->key = what;
	item->node = node;
	item->map = (struct vg_yaml_node){
		.type = VG_YAML_MAP,
		.file = node->file,
		.line = node->line,
		.column = node->column,
		.count = 1,
		.key = &item->key,
		.key_node = &item->node,
		.item = &item->node,
	};
	return &item->map;
}

char *
vg_load_text(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
	     const char *fallback)
{
	const char *text = vg_yaml_get_text(map, key, fallback == NULL, fallback, load->errors);

	if (text == NULL)
		return NULL;
	if (text[0] == '\0' && fallback == NULL)
		vg_yaml_error(load->errors, vg_yaml_find(map, key),
			      "%s: expected text, found nothing", key);
	if (strlen(text) > VG_AGREEMENT_TEXT_MAX)
		vg_yaml_error(load->errors, vg_yaml_find(map, key),
			      "%s: expected at most %d bytes, found %zu", key,
			      VG_AGREEMENT_TEXT_MAX, strlen(text));
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			vg_yaml_error(load->errors, vg_yaml_find(map, key),
				      "%s: a control character is not allowed", key);
			break;
		}
	return vg_load_copy(load, text);
}

bool
vg_load_is_id(struct vg_load *load, const struct vg_yaml_node *node, const char *what)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(node->text);

	if (length > 0 && length <= VG_AGREEMENT_TEXT_MAX && strspn(node->text, allowed) == length)
		return true;
	vg_yaml_error(load->errors, node,
		      "%s: expected letters a-z, digits and . _ - only, found \"%.60s\"", what,
		      node->text);
	return false;
}

static int64_t
midnight_ms(int64_t day)
{
	struct vg_civil local = {0};

	vg_civil_from_days(day, &local.year, &local.month, &local.day);
	return vg_civil_to_utc_ms(&local);
}

int64_t
vg_load_day_ms(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
	       int64_t fallback_ms)
{
	int64_t day = vg_yaml_get_date(map, key, false, INT64_MIN, load->errors);

	return day == INT64_MIN ? fallback_ms : midnight_ms(day);
}

void
vg_load_warning(struct vg_load *load, const struct vg_yaml_node *at, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vg_yaml_error(&load->warnings, at, "warning: %s", text);
}

/* --- the head --- */

static void
read_zone(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	struct vg_err err;

	agreement->zone = vg_load_text(load, load->root, "zone", "Europe/Stockholm");
	agreement->tzdata = vg_load_copy(load, vg_civil_tzdata_version());
	if (agreement->zone != NULL && vg_civil_set_zone(agreement->zone, &err) != 0) {
		const struct vg_yaml_node *node = vg_yaml_find(load->root, "zone");

		vg_yaml_error(load->errors, node != NULL ? node : load->root, "%s", err.text);
	}
}

/* The years to expand: from the one before valid_from until three years have passed, or until_ms.
 */
static void
set_expansion(struct vg_load *load, int64_t valid_from_day, int64_t until_ms)
{
	const int64_t until_max_ms =
		midnight_ms(vg_civil_days(LAST_YEAR + VG_AGREEMENT_YEARS_MAX, 1, 1));
	struct vg_civil until;
	int year, month, day, end_year;

	vg_civil_from_days(valid_from_day, &year, &month, &day);
	load->first_year = year - 1;
	end_year = year + 3 + (month > 1 || day > 1 ? 1 : 0);
	if (until_ms > load->agreement->valid_from_ms) {
		vg_civil_from_utc_ms((until_ms < until_max_ms ? until_ms : until_max_ms) - 1,
				     &until);
		if (until.year >= end_year)
			end_year = until.year + 1;
	}
	if (end_year - load->first_year > VG_AGREEMENT_YEARS_MAX) {
		vg_yaml_error(load->errors, load->root,
			      "the calendars would span the years %d to %d; expected at most %d "
			      "years: split the agreement",
			      load->first_year, end_year - 1, VG_AGREEMENT_YEARS_MAX);
		end_year = load->first_year + 1;
	}
	load->end_year = end_year;
}

static void
read_head(struct vg_load *load, int64_t until_ms)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *root = load->root, *node;
	int64_t fallback = vg_civil_days(FIRST_YEAR, 1, 1), from;

	agreement->name = vg_load_text(load, root, "name", NULL);
	if ((node = vg_yaml_find(root, "name")) != NULL && node->type == VG_YAML_SCALAR &&
	    node->text[0] != '\0')
		(void)vg_load_is_id(load, node, "name");
	agreement->version = vg_load_text(load, root, "version", NULL);
	read_zone(load);
	from = vg_yaml_get_date(root, "valid_from", true, fallback, load->errors);
	if (from < fallback || from >= vg_civil_days(LAST_YEAR, 1, 1)) {
		vg_yaml_error(load->errors, vg_yaml_find(root, "valid_from"),
			      "valid_from: expected a date from %d-01-01 to %d-12-31", FIRST_YEAR,
			      LAST_YEAR - 1);
		from = fallback;
	}
	agreement->valid_from_ms = midnight_ms(from);
	agreement->valid_to_ms = vg_load_day_ms(load, root, "valid_to", INT64_MAX);
	if (agreement->valid_to_ms <= agreement->valid_from_ms)
		vg_yaml_error(load->errors, vg_yaml_find(root, "valid_to"),
			      "valid_to: expected a date after valid_from (it is the first day "
			      "that is not covered)");
	set_expansion(load, from, until_ms);
}

/* --- the whole --- */

struct vg_agreement *
vg_agreement_from_yaml(const struct vg_yaml_node *root, const char *directory, int64_t until_ms,
		       struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"name",	 "version",	   "valid_from",
					    "valid_to",	 "zone",	   "rules",
					    "holidays",	 "calendars",	   "priorities",
					    "matrix",	 "targets",	   "channels",
					    "services",	 "municipalities", "municipalities_file",
					    "providers", "providers_file", "probes",
					    "calloffs",	 "calloffs_file",  "exceptions",
					    "duty",	 "alarms",	   "fee",
					    NULL};
	struct vg_load load = {.errors = errors, .root = root, .directory = directory};

	VG_ASSERT(errors->count == 0);
	if (!vg_load_is(&load, root, VG_YAML_MAP, "the agreement"))
		return NULL;
	if ((load.agreement = vg_agreement_new()) == NULL) {
		vg_yaml_error(errors, root, "out of memory");
		return NULL;
	}
	(void)vg_yaml_only(root, errors, known);
	read_head(&load, until_ms);
	vg_load_rules(&load);
	vg_load_calendars(&load);
	vg_load_service_levels(&load);
	vg_load_services(&load);
	vg_load_parties(&load);
	vg_load_promises(&load);
	vg_load_probes(&load);
	vg_load_alarms(&load);
	vg_load_fee(&load);
	free(load.service_words);
	free(load.channel_words);
	if (errors->count > 0) {
		vg_agreement_unref(load.agreement);
		vg_yaml_errors_free(&load.warnings);
		return NULL;
	}
	*errors = load.warnings;
	return load.agreement;
}

struct vg_agreement *
vg_agreement_load(const char *directory, int64_t until_ms, struct vg_yaml_errors *errors)
{
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	char *path;

	if (asprintf(&path, "%s/agreement.yaml", directory) < 0) {
		const struct vg_yaml_node at = {.file = directory, .line = 1, .column = 1};

		vg_yaml_error(errors, &at, "out of memory");
		return NULL;
	}
	if ((yaml = vg_yaml_load_file(path, errors)) != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), directory, until_ms, errors);
	vg_yaml_free(yaml);
	free(path);
	return agreement;
}
