/* device.c - what the modes of check_device share.
 *
 * Tables are read column by column. A device may lack a row in one of them, or grow one between
 * two: so values are put to their row by its index, never by their place. */
#include "plugins/checks/device.h"

#include "lib/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
vg_device_must(struct vg_device *device, int rc, const struct vg_err *err)
{
	if (rc == 0)
		return;
	if (rc == VG_EIO)
		vg_plugin_say(
			device->plugin, VG_PLUGIN_UNKNOWN,
			"%s svarar inte på SNMP (fel adress eller community, eller ingen agent)",
			device->host);
	else if (rc == VG_EDENIED)
		vg_plugin_say(device->plugin, VG_PLUGIN_UNKNOWN,
			      "%s släpper inte in användaren: fel namn, hemlighet eller protokoll",
			      device->host);
	else
		vg_plugin_say(device->plugin, VG_PLUGIN_UNKNOWN, "%s", vg_err_text(err, rc));
	device->plugin->state = VG_PLUGIN_UNKNOWN;
	vg_plugin_end(device->plugin);
}

bool
vg_device_wants(const struct vg_device *device, const char *name)
{
	return !device->filtered || regexec(&device->filter, name, 0, NULL, 0) == 0;
}

enum vg_plugin_state
vg_device_judge(const struct vg_device_limits *limits, double value)
{
	if (vg_range_alerts(&limits->critical, value))
		return VG_PLUGIN_CRITICAL;
	return vg_range_alerts(&limits->warning, value) ? VG_PLUGIN_WARNING : VG_PLUGIN_OK;
}

void
vg_device_trouble(struct vg_device *device, enum vg_plugin_state state, const char *format, ...)
{
	char text[VG_DEVICE_NAME_MAX + 200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (device->troubles++ < VG_DEVICE_NAMED_MAX)
		vg_plugin_say(device->plugin, state, "%s", text);
	else
		vg_plugin_worsen(device->plugin, state);
	vg_plugin_more(device->plugin, "%s", text);
}

void
vg_device_sum_up(struct vg_device *device)
{
	if (device->troubles > VG_DEVICE_NAMED_MAX)
		vg_plugin_say(device->plugin, VG_PLUGIN_OK, "och %zu till",
			      device->troubles - VG_DEVICE_NAMED_MAX);
}

/* --- tables --- */

/* Columns have the same order, so the row is mostly the next one. */
static struct vg_device_row *
find_row(struct vg_device_table *table, const char *index)
{
	for (size_t i = 0; i < table->rows; i++) {
		size_t at = (table->next + i) % table->rows;

		if (strcmp(table->row[at].index, index) == 0) {
			table->next = at + 1;
			return &table->row[at];
		}
	}
	return NULL;
}

/* Whole characters, as many as have room. */
static void
put_text(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text);
	out[vg_utf8_valid(out, strlen(out))] = '\0';
}

/* A name is perfdata's label, too, where these two mean something. */
static void
put_name(struct vg_device_row *row, const struct vg_snmp_got *got)
{
	if (*got->text == '\0')
		return;
	put_text(row->name, sizeof(row->name), got->text);
	for (char *p = row->name; *p != '\0'; p++)
		if (*p == '\'' || *p == '=')
			*p = ' ';
}

static void
on_first(const struct vg_snmp_got *got, void *arg)
{
	struct vg_device_table *table = arg;
	struct vg_device_row *row = &table->row[table->rows++];

	(void)snprintf(row->index, sizeof(row->index), "%s", got->rest);
	put_name(row, got);
}

struct column {
	struct vg_device_table *table;
	size_t slot;
};

static void
on_number(const struct vg_snmp_got *got, void *arg)
{
	const struct column *column = arg;
	struct vg_device_row *row = find_row(column->table, got->rest);

	if (row == NULL || !got->is_number)
		return;
	row->value[column->slot] = got->number;
	row->has[column->slot] = true;
}

static void
on_name(const struct vg_snmp_got *got, void *arg)
{
	struct vg_device_row *row = find_row(arg, got->rest);

	if (row != NULL)
		put_name(row, got);
}

static void
on_kind(const struct vg_snmp_got *got, void *arg)
{
	struct vg_device_row *row = find_row(arg, got->rest);

	if (row != NULL)
		put_text(row->kind, sizeof(row->kind), got->text);
}

static void
read_column(struct vg_device_table *table, const char *column, vg_snmp_walk_cb *on_value, void *arg)
{
	struct vg_err err = {0};
	int rc = vg_snmp_walk(table->device->getter, column, VG_DEVICE_ROWS_MAX, on_value, arg,
			      &err);

	vg_device_must(table->device, rc, &err);
}

struct vg_device_table *
vg_device_table(struct vg_device *device, const char *column)
{
	struct vg_device_table *table = calloc(1, sizeof(*table));

	if (table == NULL) {
		vg_device_must(device, VG_ENOMEM, NULL);
		abort();
	}
	table->device = device;
	read_column(table, column, on_first, table);
	return table;
}

void
vg_device_numbers(struct vg_device_table *table, size_t slot, const char *column)
{
	struct column into = {table, slot};

	read_column(table, column, on_number, &into);
}

void
vg_device_names(struct vg_device_table *table, const char *column)
{
	read_column(table, column, on_name, table);
}

void
vg_device_kinds(struct vg_device_table *table, const char *column)
{
	read_column(table, column, on_kind, table);
}
