/* fhir.c - FHIR R4: does the server state what it can do, and can it what is expected?
 *
 * The capability statement of a real server may be some megabytes: it is read to a stated maximum,
 * and a longer one is critical with that reason, not half understood. */
#include "agents/checks/transfer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_MAX (4 << 20)
#define RESOURCES_MAX 50

struct settings {
	struct vg_transfer_settings common;
	char *resources[RESOURCES_MAX];
	size_t resource_count;
};

static const char *const keys[] = {VG_TRANSFER_KEYS, "url", "headers", "expect_resource", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	vg_transfer_unconfigure(&settings->common);
	for (size_t i = 0; i < settings->resource_count; i++)
		free(settings->resources[i]);
	free(settings);
}

static bool
read_resources(struct settings *settings, const struct vg_yaml_node *map,
	       struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, "expect_resource");
	size_t count = list == NULL ? 0 : list->type == VG_YAML_LIST ? list->count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct vg_yaml_node *one = list->type == VG_YAML_LIST ? list->item[i] : list;
		char *name;

		if (one->type != VG_YAML_SCALAR || i == RESOURCES_MAX) {
			vg_yaml_error(errors, one,
				      "expect_resource: expected at most %d names such as Patient",
				      RESOURCES_MAX);
			return false;
		}
		name = strdup(one->text);
		if (name == NULL)
			return false;
		settings->resources[settings->resource_count++] = name;
	}
	return true;
}

/* Where the capability statement is, below the base; NULL when there was an error. */
static char *
metadata_url(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *base = vg_yaml_get_text(map, "url", true, NULL, errors);
	size_t length = base != NULL ? strlen(base) : 0;
	char *url = NULL;

	if (base == NULL)
		return NULL;
	if (strpbrk(base, "?#") != NULL) {
		vg_yaml_error(errors, vg_yaml_find(map, "url"),
			      "url is \"%s\"; expected the server's base, such as "
			      "https://host/fhir",
			      base);
		return NULL;
	}
	while (length > 0 && base[length - 1] == '/')
		length--;
	return asprintf(&url, "%.*s/metadata", (int)length, base) < 0 ? NULL : url;
}

static bool
add_accept(struct settings *settings)
{
	struct curl_slist *longer =
		curl_slist_append(settings->common.headers, "Accept: application/fhir+json");

	if (longer != NULL)
		settings->common.headers = longer;
	return longer != NULL;
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const schemes[] = {"https", "http", NULL};
	struct settings *settings = calloc(1, sizeof(*settings));
	char *url = settings != NULL ? metadata_url(map, errors) : NULL;

	if (url == NULL || !vg_transfer_configure(&settings->common, map, url, schemes, errors) ||
	    !vg_transfer_configure_headers(&settings->common, map, errors) ||
	    !add_accept(settings) || !read_resources(settings, map, errors)) {
		unconfigure(settings);
		return NULL;
	}
	return settings;
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static bool
has_resource(const json_t *statement, const char *name)
{
	json_t *rest, *resource;
	size_t i, j;

	json_array_foreach(json_object_get(statement, "rest"), i, rest) json_array_foreach(
		json_object_get(rest, "resource"), j,
		resource) if (strcmp(text_of(resource, "type"), name) == 0) return true;
	return false;
}

/* Says what is wrong with the statement, and leaves the result critical; true = nothing. */
static bool
is_right(const struct settings *settings, const json_t *statement, struct vg_check_result *result)
{
	if (strcmp(text_of(statement, "resourceType"), "CapabilityStatement") != 0) {
		vg_check_text(result, "answered with \"%s\", expected a CapabilityStatement",
			      text_of(statement, "resourceType"));
		return false;
	}
	if (strncmp(text_of(statement, "fhirVersion"), "4.", 2) != 0) {
		vg_check_text(result, "FHIR version \"%s\", expected 4.x",
			      text_of(statement, "fhirVersion"));
		return false;
	}
	if (strcmp(text_of(statement, "status"), "active") != 0) {
		vg_check_text(result, "the capability statement is \"%s\", expected active",
			      text_of(statement, "status"));
		return false;
	}
	for (size_t i = 0; i < settings->resource_count; i++)
		if (!has_resource(statement, settings->resources[i])) {
			vg_check_text(result, "the server does not offer %s",
				      settings->resources[i]);
			return false;
		}
	return true;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	json_t *statement;
	json_error_t error;
	long status = 0;

	(void)curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &status);
	result->state = VG_CHECK_CRITICAL;
	if (status != 200) {
		vg_check_text(result, "HTTP %ld, expected 200", status);
		return;
	}
	if (run->cut) {
		vg_check_text(result, "the capability statement is over %d MiB",
			      STATEMENT_MAX >> 20);
		return;
	}
	statement = json_loadb(run->body, run->body_length, JSON_REJECT_DUPLICATES, &error);
	if (statement == NULL) {
		vg_check_text(result, "the answer is no JSON: %s in line %d", error.text,
			      error.line);
		return;
	}
	if (is_right((const struct settings *)run->settings, statement, result)) {
		result->state = VG_CHECK_OK;
		vg_check_text(result, "FHIR %s, active, in %d ms",
			      text_of(statement, "fhirVersion"), (int)result->latency_ms);
	}
	json_decref(statement);
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	static const struct vg_transfer_way way = {
		.body_max = STATEMENT_MAX,
		.judge = judge,
	};

	return vg_transfer_start(engine, &way, settings, timeout_ms, done, arg, why);
}

const struct vg_check_type vg_check_fhir = {
	"fhir", keys, configure, unconfigure, start, vg_transfer_cancel,
};
