/* What the parts of check_device share: the device, its tables, its troubles. Each mode is one
 * function in a file of its own. */
#ifndef VG_DEVICE_H
#define VG_DEVICE_H

#include "lib/snmp/get.h"
#include "plugins/checks/plugin.h"

#include <regex.h>

#define VG_DEVICE_OIDS_MAX   16	  /* of mode get */
#define VG_DEVICE_ROWS_MAX   4096 /* of one table */
#define VG_DEVICE_VALUES_MAX 8	  /* numbers of one row */
#define VG_DEVICE_NAME_MAX   128  /* bytes of a row's name */
#define VG_DEVICE_NAMED_MAX  5	  /* troubles on the first line; the others are counted there */

struct vg_device_limits {
	struct vg_range warning, critical;
};

struct vg_device {
	struct vg_plugin *plugin;
	struct vg_snmp_getter *getter;
	/* options */
	const char *host;
	size_t oids;
	const char *label[VG_DEVICE_OIDS_MAX], *oid[VG_DEVICE_OIDS_MAX];
	const char *expect, *unit, *type;
	double divide;
	bool filtered;
	regex_t filter;
	struct vg_device_limits minutes, memory, swap;
	size_t troubles;
};

void vg_device_get(struct vg_device *device);
void vg_device_interfaces(struct vg_device *device);
void vg_device_ups(struct vg_device *device);
void vg_device_storage(struct vg_device *device);
void vg_device_sensors(struct vg_device *device);

/* Ends the program as unknown, with the error's text, when rc is not 0. */
void vg_device_must(struct vg_device *device, int rc, const struct vg_err *err);
/* Whether --filter finds something in the name; all when it was not given. */
bool vg_device_wants(const struct vg_device *device, const char *name);
enum vg_plugin_state vg_device_judge(const struct vg_device_limits *limits, double value);
/* What is wrong with one row: the first few on the first line, each on a line of its own. */
void vg_device_trouble(struct vg_device *device, enum vg_plugin_state state, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));
/* Says on the first line how many troubles it does not name. */
void vg_device_sum_up(struct vg_device *device);

/* A table: what follows the column's OID is a row's index. */
struct vg_device_row {
	char index[64];
	char name[VG_DEVICE_NAME_MAX + 1];
	double value[VG_DEVICE_VALUES_MAX];
	bool has[VG_DEVICE_VALUES_MAX];
	char kind[64]; /* an OID, where a table has one */
};
struct vg_device_table {
	struct vg_device *device;
	size_t rows, next; /* next: where the next value of a column is looked for first */
	struct vg_device_row row[VG_DEVICE_ROWS_MAX];
};
/* A row for each value of a column, which is its name. The caller frees it. */
struct vg_device_table *vg_device_table(struct vg_device *device, const char *column);
/* Further columns of the rows that there are: numbers, names (empty ones change nothing), kinds. */
void vg_device_numbers(struct vg_device_table *table, size_t slot, const char *column);
void vg_device_names(struct vg_device_table *table, const char *column);
void vg_device_kinds(struct vg_device_table *table, const char *column);

#endif
