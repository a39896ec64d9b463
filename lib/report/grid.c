/* grid.c - cells by subject and KPI, so that a page can be written row by row. */
#include "lib/report/grid.h"

#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

enum vg_kpi
vg_grid_kpi(const char *name)
{
	int i = 0;

	while (i < VG_KPI_COUNT && strcmp(vg_kpi_info[i].name, name) != 0)
		i++;
	return (enum vg_kpi)i;
}

int64_t
vg_grid_int(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

const char *
vg_grid_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

const char *
vg_grid_name(const json_t *model, const char *list, const char *id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(model, list), i, row)
	{
		if (strcmp(vg_grid_text(row, "id"), id) == 0)
			return vg_grid_text(row, "name");
	}
	return id;
}

const char *
vg_grid_municipality(const json_t *model, const char *code)
{
	const json_t *row;
	size_t i;

	if (*code == '\0')
		return "utan kommun";
	json_array_foreach(json_object_get(model, "municipalities"), i, row)
	{
		if (strcmp(vg_grid_text(row, "code"), code) == 0)
			return vg_grid_text(row, "name");
	}
	return code;
}

struct vg_grid_cell
vg_grid_cell(const json_t *cell)
{
	const json_t *target = json_object_get(cell, "target_ppm");

	return (struct vg_grid_cell){
		.cell = cell,
		.num = vg_grid_int(cell, "num"),
		.den = vg_grid_int(cell, "den"),
		.left_out = vg_grid_int(cell, "left_out"),
		.target_ppm = target != NULL ? json_integer_value(target) : -1,
		.rolling_num = vg_grid_int(cell, "rolling_num"),
		.rolling_den = vg_grid_int(cell, "rolling_den"),
		.verdict = vg_grid_text(cell, "verdict"),
	};
}

/* The row of `key`, appended when it is new: cells come sorted, so it is nearly always the last. */
static struct vg_grid_row *
row_of(struct vg_grid_row **rows, size_t *count, const char *key)
{
	struct vg_grid_row *grown;

	for (size_t i = *count; i > 0; i--)
		if (strcmp((*rows)[i - 1].key, key) == 0)
			return &(*rows)[i - 1];
	grown = reallocarray(*rows, *count + 1, sizeof(**rows));
	if (grown == NULL)
		return NULL;
	*rows = grown;
	memset(&grown[*count], 0, sizeof(*grown));
	grown[*count].key = key;
	grown[*count].name = key;
	return &grown[(*count)++];
}

static int
place(struct vg_grid *grid, const json_t *cell)
{
	const char *municipality = json_string_value(json_object_get(cell, "municipality"));
	const char *priority = json_string_value(json_object_get(cell, "priority"));
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(cell, "kpi"));
	struct vg_grid_row *row;

	if (kpi == VG_KPI_COUNT || json_object_get(cell, "service") != NULL ||
	    json_object_get(cell, "line") != NULL || (municipality != NULL && priority != NULL))
		return 0;
	if (municipality != NULL)
		row = row_of(&grid->municipality, &grid->municipalities, municipality);
	else if (priority != NULL)
		row = row_of(&grid->priority, &grid->priorities, priority);
	else
		row = &grid->whole;
	if (row == NULL)
		return VG_ENOMEM;
	row->kpi[kpi] = vg_grid_cell(cell);
	return 0;
}

int
vg_grid_init(struct vg_grid *grid, const json_t *model)
{
	const json_t *cell;
	size_t i;

	memset(grid, 0, sizeof(*grid));
	grid->whole.key = grid->whole.name = "";
	json_array_foreach(json_object_get(model, "cells"), i, cell)
	{
		if (place(grid, cell) != 0)
			return VG_ENOMEM;
	}
	for (i = 0; i < grid->municipalities; i++)
		grid->municipality[i].name = vg_grid_municipality(model, grid->municipality[i].key);
	for (i = 0; i < grid->priorities; i++)
		if (*grid->priority[i].key == '\0')
			grid->priority[i].name = "utan prioritet";
	return 0;
}

void
vg_grid_fini(struct vg_grid *grid)
{
	free(grid->priority);
	free(grid->municipality);
	memset(grid, 0, sizeof(*grid));
}
