/* The model's cells laid out for printing: per subject (whole, priority, municipality) one row of
 * KPIs. Private to lib/report and lib/xlsx. */
#ifndef VG_REPORT_GRID_H
#define VG_REPORT_GRID_H

#include "core/kpi.h"

#include <jansson.h>
#include <stdbool.h>

/* A cell as numbers; cell == NULL: the model has none. */
struct vg_grid_cell {
	const json_t *cell;
	int64_t num, den, left_out, target_ppm, rolling_num, rolling_den;
	const char *verdict;
};

struct vg_grid_row {
	const char *key; /* code or priority; "" = tickets with none */
	const char *name;
	struct vg_grid_cell kpi[VG_KPI_COUNT];
};

struct vg_grid {
	struct vg_grid_row whole;
	size_t priorities, municipalities;
	struct vg_grid_row *priority, *municipality; /* in the model's order */
};

/* Borrows from the model. 0 or VG_ENOMEM; free with vg_grid_fini in either case. */
int vg_grid_init(struct vg_grid *grid, const json_t *model);
void vg_grid_fini(struct vg_grid *grid);

/* Index of a KPI's name; VG_KPI_COUNT = no such. */
enum vg_kpi vg_grid_kpi(const char *name);
struct vg_grid_cell vg_grid_cell(const json_t *cell);
/* Members of a JSON object; 0 or "" when absent. */
int64_t vg_grid_int(const json_t *object, const char *member);
const char *vg_grid_text(const json_t *object, const char *member);
/* The name of `id` in the model's "services" or "channels"; the id itself when it has none. */
const char *vg_grid_name(const json_t *model, const char *list, const char *id);
/* "Lerum" for "1441"; the code itself when unknown; "utan kommun" for "". */
const char *vg_grid_municipality(const json_t *model, const char *code);

#endif
