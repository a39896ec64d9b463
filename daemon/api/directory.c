/* directory.c - the names of everything: what a page needs once to show and to ask for the rest.
 *
 * The 49 municipalities of Västra Götaland stand in it whatever the agreement says, since the wall
 * draws all of them; a municipality that the agreement adds has no tile. */
#include "daemon/api/api.h"
#include "daemon/api/alarms.h"

#include <stdlib.h>
#include <string.h>

/* Where a tile stands on the wall: 10 columns, 8 rows, as the map seen from afar. */
struct tile {
	const char *code, *name;
	int column, row;
};

static const struct tile tiles[] = {
	{"1401", "Härryda", 3, 7},     {"1402", "Partille", 2, 6},    {"1407", "Öckerö", 0, 6},
	{"1415", "Stenungsund", 2, 4}, {"1419", "Tjörn", 1, 5},	      {"1421", "Orust", 1, 4},
	{"1427", "Sotenäs", 0, 2},     {"1430", "Munkedal", 1, 2},    {"1435", "Tanum", 0, 1},
	{"1438", "Dals-Ed", 2, 0},     {"1439", "Färgelanda", 2, 1},  {"1440", "Ale", 3, 5},
	{"1441", "Lerum", 3, 6},       {"1442", "Vårgårda", 5, 5},    {"1443", "Bollebygd", 4, 6},
	{"1444", "Grästorp", 4, 3},    {"1445", "Essunga", 4, 4},     {"1446", "Karlsborg", 9, 2},
	{"1447", "Gullspång", 8, 0},   {"1452", "Tranemo", 6, 7},     {"1460", "Bengtsfors", 3, 0},
	{"1461", "Mellerud", 3, 1},    {"1462", "Lilla Edet", 3, 4},  {"1463", "Mark", 4, 7},
	{"1465", "Svenljunga", 5, 7},  {"1466", "Herrljunga", 5, 4},  {"1470", "Vara", 5, 3},
	{"1471", "Götene", 6, 2},      {"1472", "Tibro", 8, 2},	      {"1473", "Töreboda", 8, 1},
	{"1480", "Göteborg", 1, 6},    {"1481", "Mölndal", 2, 7},     {"1482", "Kungälv", 2, 5},
	{"1484", "Lysekil", 0, 3},     {"1485", "Uddevalla", 2, 3},   {"1486", "Strömstad", 0, 0},
	{"1487", "Vänersborg", 3, 2},  {"1488", "Trollhättan", 3, 3}, {"1489", "Alingsås", 4, 5},
	{"1490", "Borås", 5, 6},       {"1491", "Ulricehamn", 6, 6},  {"1492", "Åmål", 4, 0},
	{"1493", "Mariestad", 7, 1},   {"1494", "Lidköping", 5, 2},   {"1495", "Skara", 6, 3},
	{"1496", "Skövde", 7, 2},      {"1497", "Hjo", 9, 3},	      {"1498", "Tidaholm", 8, 3},
	{"1499", "Falköping", 7, 3},
};
#define TILES (sizeof(tiles) / sizeof(tiles[0]))

static int
compare_tile(const void *key, const void *element)
{
	const struct tile *tile = element;

	return strcmp(key, tile->code);
}

static const struct tile *
find_tile(const char *code)
{
	return bsearch(code, tiles, TILES, sizeof(tiles[0]), compare_tile);
}

static json_t *
municipality_json(const char *code, const char *name, const struct tile *tile,
		  const struct vg_municipality *known, int64_t now_ms)
{
	const bool member = known != NULL && known->go_live_ms <= now_ms && now_ms < known->end_ms;

	return json_pack("{s:s, s:s, s:o, s:o, s:b}", "code", code, "name", name, "column",
			 tile != NULL ? json_integer(tile->column) : json_null(), "row",
			 tile != NULL ? json_integer(tile->row) : json_null(), "member", member);
}

/* Those with a tile by code, then those that the agreement has besides. */
static json_t *
municipalities_json(const struct vg_agreement *agreement, int64_t now_ms)
{
	const size_t known = agreement == NULL ? 0 : agreement->municipalities;
	json_t *list = json_array();

	for (size_t i = 0; i < TILES; i++)
		json_array_append_new(
			list, municipality_json(
				      tiles[i].code, tiles[i].name, &tiles[i],
				      agreement == NULL
					      ? NULL
					      : vg_agreement_municipality(agreement, tiles[i].code),
				      now_ms));
	for (size_t i = 0; i < known; i++) {
		const struct vg_municipality *municipality = &agreement->municipality[i];

		if (find_tile(municipality->code) == NULL)
			json_array_append_new(list, municipality_json(municipality->code,
								      municipality->name, NULL,
								      municipality, now_ms));
	}
	return list;
}

static json_t *
channels_json(const struct vg_agreement *agreement, const struct vg_service *service)
{
	json_t *list = json_array();

	for (size_t i = 0; i < agreement->channels; i++) {
		const struct vg_access_channel *channel = &agreement->channel[i];

		if ((service->channels >> i & 1) != 0)
			json_array_append_new(list, json_pack("{s:s, s:s}", "id", channel->id,
							      "name", channel->name));
	}
	return list;
}

static json_t *
services_json(const struct vg_agreement *agreement)
{
	const size_t services = agreement == NULL ? 0 : agreement->services;
	json_t *list = json_array();

	for (size_t i = 0; i < services; i++) {
		const struct vg_service *service = &agreement->service[i];

		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:b, s:o}", "id", service->id, "name",
						service->name, "component", service->component,
						"channels", channels_json(agreement, service)));
	}
	return list;
}

static json_t *
priorities_json(const struct vg_agreement *agreement)
{
	const size_t priorities = agreement == NULL ? 0 : agreement->priorities;
	json_t *list = json_array();

	for (size_t i = 0; i < priorities; i++)
		json_array_append_new(list, json_string(agreement->priority[i]));
	return list;
}

static json_t *
words_json(const char *const *words)
{
	json_t *list = json_array();

	while (*words != NULL)
		json_array_append_new(list, json_string(*words++));
	return list;
}

static json_t *
field_words_json(enum vg_ticket_field field)
{
	json_t *list = json_array();

	for (int i = 0; i < vg_ticket_field_info[field].word_count; i++)
		json_array_append_new(list, json_string(vg_word(field, i)));
	return list;
}

void
vg_get_directory(struct vg_call *call)
{
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	const struct vg_agreement *agreement =
		vg_core_agreement_at(vg_live_core(call->api->live), now_ms);
	json_t *object = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "municipalities",
		municipalities_json(agreement, now_ms), "services", services_json(agreement),
		"priorities", priorities_json(agreement), "cause_parties",
		words_json(vg_party_words), "pending_reasons", field_words_json(VG_TF_REASON),
		"statuses", field_words_json(VG_TF_STATUS), "ticket_types",
		field_words_json(VG_TF_TYPE), "ticket_channels", field_words_json(VG_TF_CHANNEL));

	json_object_update_new(
		object,
		json_pack("{s:o, s:s, s:s, s:s}", "agreement",
			  agreement == NULL ? json_null()
					    : json_pack("{s:s, s:s}", "name", agreement->name,
							"version", agreement->version),
			  "zone", agreement == NULL ? "Europe/Stockholm" : agreement->zone,
			  "purpose", call->api->purpose, "version", VG_VERSION));
	vg_reply_json(call->request, 200, vg_json_with_seq(call, object));
}
