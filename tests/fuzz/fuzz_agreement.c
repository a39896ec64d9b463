/* Agreement text through the whole loader, and what loads through JSON and back; other text as the
 * JSON form itself. */
#include "lib/agreement/agreement_yaml.h"
#include "lib/json/agreement_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
round_trip(const struct vg_agreement *agreement)
{
	json_t *json = vg_agreement_to_json(agreement), *again;
	struct vg_agreement *copy = vg_agreement_from_json(json, NULL);

	VG_ASSERT(copy != NULL); /* what the loader accepts, the JSON reader accepts */
	again = vg_agreement_to_json(copy);
	VG_ASSERT(json_equal(json, again));
	json_decref(json);
	json_decref(again);
	vg_agreement_unref(copy);
}

static void
load_yaml(const char *bytes, size_t size)
{
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml = vg_yaml_load_bytes("f", bytes, size, &errors);
	struct vg_agreement *agreement = NULL;

	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), "/nowhere", 0, &errors);
	VG_ASSERT(agreement != NULL || errors.count > 0);
	if (agreement != NULL)
		round_trip(agreement);
	vg_agreement_unref(agreement);
	vg_yaml_errors_free(&errors);
	vg_yaml_free(yaml);
}

static void
load_json(const char *bytes, size_t size)
{
	json_t *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	struct vg_agreement *agreement = vg_agreement_from_json(json, NULL);

	if (agreement != NULL)
		round_trip(agreement);
	vg_agreement_unref(agreement);
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == '{')
		load_json((const char *)data, size);
	else
		load_yaml((const char *)data, size);
	return 0;
}
