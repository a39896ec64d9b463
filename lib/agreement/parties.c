/* parties.c - municipalities, services, and whom to call.
 *
 * Municipalities stand in the agreement itself or in a CSV file beside it, as a spreadsheet writes
 * it. A CSV row is made into a map of nodes, so that one reader and one set of messages serve both.
 */
#include "lib/agreement/load.h"

#include "lib/csv/csv.h"
#include "lib/csv/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV_BYTES_MAX	(256 * 1024)
#define COLUMNS_MAX	16
#define REPEAT_MIN_MS	10000
#define REPEATS_MAX	100
#define REPEATS_DEFAULT 10

/* --- municipalities --- */

static const char *const municipality_keys[] = {"code",	   "name", "federation", "size",
						"go_live", "end",  NULL};

static bool
code_is_sound(const char *code)
{
	return strlen(code) == 4 && strspn(code, "0123456789") == 4;
}

/* Where to point for map[key]: the value, or the map when it is not there. */
static const struct vg_yaml_node *
place(const struct vg_yaml_node *map, const char *key)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, key);

	return node != NULL ? node : map;
}

static void
check_municipality(struct vg_load *load, const struct vg_yaml_node *map,
		   const struct vg_municipality *new)
{
	const struct vg_agreement *agreement = load->agreement;

	if (new->code != NULL && !code_is_sound(new->code))
		vg_yaml_error(load->errors, place(map, "code"),
			      "code: expected four digits such as 1480, found \"%.60s\"",
			      new->code);
	if (new->end_ms <= new->go_live_ms)
		vg_yaml_error(load->errors, place(map, "end"),
			      "end: expected a date after go_live (it is the first day that is not "
			      "covered)");
	for (size_t i = 0; new->code != NULL &&i < agreement->municipalities; i++)
		if (agreement->municipality[i].code != NULL &&
		    strcmp(agreement->municipality[i].code, new->code) == 0)
			vg_yaml_error(load->errors, place(map, "code"),
				      "municipality %.60s is there twice", new->code);
}

static void
read_municipality(struct vg_load *load, const struct vg_yaml_node *map)
{
	static const char *const sizes[] = {"small", "medium", "large", NULL};
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
	if (vg_yaml_find(map, "size") == NULL)
		vg_yaml_error(load->errors, map,
			      "size is missing; expected small, medium or large");
	size = vg_yaml_get_word(map, "size", sizes, 0, load->errors);
	new.size = vg_load_copy(load, sizes[size]);
	new.go_live_ms = vg_load_day_ms(load, map, "go_live", INT64_MIN);
	new.end_ms = vg_load_day_ms(load, map, "end", INT64_MAX);
	check_municipality(load, map, &new);
	agreement->municipality[agreement->municipalities++] = new;
}

struct csv_reading {
	struct vg_load *load;
	const char *file;
	size_t columns;
	const char *column[COLUMNS_MAX]; /* the header's names, owned; 0 columns = the header comes
					    next */
	bool stopped;
};

static size_t
characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* The row's cells as nodes with their places; a cell without text is a key that is not there. */
struct csv_map {
	struct vg_yaml_node map, cell[COLUMNS_MAX];
	const char *key[COLUMNS_MAX];
	const struct vg_yaml_node *item[COLUMNS_MAX];
};

static void
make_map(struct csv_map *out, const struct csv_reading *reading, const struct vg_csv_row *row,
	 bool header)
{
	struct vg_yaml_node place_of_row = {.type = VG_YAML_SCALAR,
					    .file = reading->file,
					    .line = (int)row->line,
					    .column = 1,
					    .quoted = true};
	struct vg_yaml_node *map = &out->map;
	size_t before = 1;

	*map = place_of_row;
	map->type = VG_YAML_MAP;
	for (size_t i = 0; i < row->count && i < COLUMNS_MAX; i++) {
		out->cell[i] = place_of_row;
		out->cell[i].text = row->field[i];
		out->cell[i].column = (int)before;
		before += characters(row->field[i]) + 1;
		if (row->field[i][0] == '\0')
			continue;
		out->key[map->count] = header ? row->field[i] : reading->column[i];
		out->item[map->count++] = &out->cell[i];
	}
	map->key = out->key;
	map->key_node = out->item;
	map->item = out->item;
}

static bool
read_header(struct csv_reading *reading, const struct vg_csv_row *row)
{
	struct vg_load *load = reading->load;
	struct csv_map header = {0};
	size_t errors_before = load->errors->count;

	if (row->count > COLUMNS_MAX) {
		vg_yaml_error(load->errors,
			      &(struct vg_yaml_node){.file = reading->file, .line = 1, .column = 1},
			      "expected at most %d columns, found %zu", COLUMNS_MAX, row->count);
		return false;
	}
	make_map(&header, reading, row, true);
	(void)vg_yaml_only(&header.map, load->errors, municipality_keys);
	for (size_t i = 0; i < header.map.count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(header.key[i], header.key[k]) == 0)
				vg_yaml_error(load->errors, header.item[i],
					      "column \"%s\" is there twice", header.key[i]);
	if (header.map.count != row->count)
		vg_yaml_error(load->errors, &header.map,
			      "a column has no name; expected code, name, federation, size, "
			      "go_live and end");
	for (size_t i = 0; i < row->count; i++)
		if ((reading->column[reading->columns] = vg_load_copy(load, row->field[i])) != NULL)
			reading->columns++;
	return load->errors->count == errors_before;
}

static bool
on_csv_row(const struct vg_csv_row *row, void *arg)
{
	struct csv_reading *reading = arg;
	struct csv_map cells = {0};
	const struct vg_yaml_node at = {.file = reading->file, .line = (int)row->line, .column = 1};

	if (row->error != NULL) {
		vg_yaml_error(reading->load->errors, &at, "%s", row->error);
		return true;
	}
	if (reading->columns == 0)
		return read_header(reading, row);
	if (row->count != reading->columns) {
		vg_yaml_error(reading->load->errors, &at,
			      "expected %zu cells as in the header, found %zu", reading->columns,
			      row->count);
		return true;
	}
	make_map(&cells, reading, row, false);
	read_municipality(reading->load, &cells.map);
	return true;
}

/* A spreadsheet set to Swedish writes semicolons. */
static char
delimiter_of(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);
	size_t header = end == NULL ? length : (size_t)(end - bytes);

	return memchr(bytes, ';', header) != NULL ? ';' : ',';
}

static void
parse_csv(struct vg_load *load, const char *path, const char *bytes, size_t length)
{
	struct csv_reading reading = {.load = load, .file = path};
	struct vg_csv *csv = vg_csv_new(delimiter_of(bytes, length), on_csv_row, &reading);
	const struct vg_yaml_node at = {.file = path, .line = 1, .column = 1};
	int rc = VG_ENOMEM;

	if (csv != NULL && (rc = vg_csv_feed(csv, bytes, length)) == 0)
		rc = vg_csv_end(csv);
	if (rc < 0)
		vg_yaml_error(load->errors, &at, "out of memory");
	else if (reading.columns == 0 && rc == 0)
		vg_yaml_error(load->errors, &at,
			      "the file is empty; expected a header with code, name, federation, "
			      "size, go_live and end");
	vg_csv_free(csv);
	for (size_t i = 0; i < reading.columns; i++)
		free((char *)reading.column[i]);
}

/* The whole file; *length past CSV_BYTES_MAX means that it is longer. */
static int
read_whole(const char *path, char *bytes, size_t *length, struct vg_err *err)
{
	struct vg_input *input;
	size_t got = 1;
	int rc;

	if ((rc = vg_input_open(&input, path, NULL, err)) != 0)
		return rc;
	for (*length = 0; rc == 0 && got > 0 && *length <= CSV_BYTES_MAX; *length += got)
		if ((rc = vg_input_read(input, bytes + *length, CSV_BYTES_MAX + 1 - *length, &got,
					err)) != 0)
			got = 0;
	vg_input_close(input);
	return rc;
}

static void
read_municipalities_file(struct vg_load *load, const struct vg_yaml_node *node)
{
	struct vg_err err = {0};
	char *bytes, *path;
	size_t length;

	if (!vg_load_is(load, node, VG_YAML_SCALAR, "municipalities_file") ||
	    !vg_load_is_id(load, node, "municipalities_file"))
		return;
	bytes = vg_load_take(load, CSV_BYTES_MAX + 1, 1);
	if (bytes == NULL || asprintf(&path, "%s/%s", load->directory, node->text) < 0) {
		free(bytes);
		vg_yaml_error(load->errors, node, "out of memory");
		return;
	}
	if (read_whole(path, bytes, &length, &err) != 0)
		vg_yaml_error(load->errors, node, "municipalities_file: %s", err.text);
	else if (length > CSV_BYTES_MAX)
		vg_yaml_error(load->errors, node, "municipalities_file: %s has more than %d bytes",
			      node->text, CSV_BYTES_MAX);
	else
		parse_csv(load, path, bytes, length);
	free(path);
	free(bytes);
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
		read_municipalities_file(load, file);
	else if (vg_load_is(load, list, VG_YAML_LIST, "municipalities"))
		for (size_t i = 0; i < list->count && i <= VG_AGREEMENT_MUNICIPALITIES_MAX; i++)
			read_municipality(load, list->item[i]);
	if (load->errors->count == 0) /* then every code is there */
		qsort(agreement->municipality, agreement->municipalities,
		      sizeof(*agreement->municipality), by_code);
}

/* --- services --- */

static int
by_id(const void *left, const void *right)
{
	return strcmp(((const struct vg_service *)left)->id,
		      ((const struct vg_service *)right)->id);
}

static void
read_services(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "services", VG_YAML_MAP, false);

	if (section == NULL)
		return;
	if (section->count > VG_AGREEMENT_SERVICES_MAX) {
		vg_yaml_error(load->errors, section, "services: expected at most %d, found %zu",
			      VG_AGREEMENT_SERVICES_MAX, section->count);
		return;
	}
	if ((agreement->service =
		     vg_load_take(load, section->count, sizeof(*agreement->service))) == NULL)
		return;
	for (size_t i = 0; i < section->count; i++) {
		struct vg_service *service = &agreement->service[agreement->services++];

		(void)vg_load_is_id(load, section->key_node[i], "services");
		service->id = vg_load_copy(load, section->key[i]);
		service->name = vg_load_text(load, section, section->key[i], NULL);
	}
	if (load->errors->count == 0)
		qsort(agreement->service, agreement->services, sizeof(*agreement->service), by_id);
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

static char *
read_duty_municipality(struct vg_load *load, const struct vg_yaml_node *map)
{
	const struct vg_agreement *agreement = load->agreement;
	const char *code = vg_yaml_get_text(map, "municipality", false, "all", load->errors);

	if (strcmp(code, "all") == 0)
		return vg_load_copy(load, "*");
	if (agreement->municipalities == 0) /* they could not be read, which is said already */
		return NULL;
	for (size_t i = 0; i < agreement->municipalities; i++)
		if (agreement->municipality[i].code != NULL &&
		    strcmp(agreement->municipality[i].code, code) == 0)
			return vg_load_copy(load, code);
	vg_yaml_error(load->errors, place(map, "municipality"),
		      "municipality: expected \"all\" or the code of a municipality of this "
		      "agreement, found \"%.60s\"",
		      code);
	return NULL;
}

static void
read_duty(struct vg_load *load, const struct vg_yaml_node *map, struct vg_duty *duty)
{
	static const char *const known[] = {"name",   "municipality", "channel", "address",
					    "repeat", "repeats_max",  NULL};
	static const char *const channels[] = {"webhook", "mail", NULL};
	int channel;

	(void)vg_yaml_only(map, load->errors, known);
	duty->name = vg_load_text(load, map, "name", NULL);
	duty->municipality = read_duty_municipality(load, map);
	if (vg_yaml_find(map, "channel") == NULL)
		vg_yaml_error(load->errors, map, "channel is missing; expected webhook or mail");
	channel = vg_yaml_get_word(map, "channel", channels, -1, load->errors);
	duty->channel = vg_load_copy(load, channel < 0 ? "" : channels[channel]);
	duty->address = vg_load_text(load, map, "address", NULL);
	if (channel >= 0 && duty->address != NULL &&
	    !address_is_sound(channels[channel], duty->address))
		vg_yaml_error(load->errors, place(map, "address"),
			      "address: expected %s, found \"%.60s\"",
			      channel == 0 ? "a URL that begins with http:// or https://"
					   : "a mail address",
			      duty->address);
	duty->repeat_ms = vg_yaml_get_duration_ms(map, "repeat", false, 0, load->errors);
	if (duty->repeat_ms != 0 && duty->repeat_ms < REPEAT_MIN_MS)
		vg_yaml_error(load->errors, place(map, "repeat"), "repeat: expected at least 10s");
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
	read_services(load);
	read_municipalities(load);
	read_duties(load);
}
