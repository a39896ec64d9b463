/* mapping_cell.c - the named columns of a row, checked and masked.
 *
 * Every named column is checked for its encoding and masked before any rule looks at it, so nothing
 * unmasked can reach an event, a quarantined payload or a message. References are the exception
 * that needs care: one that is half masked would join the wrong tickets, so it is either allowed by
 * a pattern, as it stands, or refused. */
#include "lib/mapping/mapping_private.h"

#include "lib/base/utf8.h"
#include "lib/redact/redact.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Free text: any length, any white space. What an alarm's names make of that is told there. */
static bool
is_free(const struct vg_mapping *m, size_t column)
{
	if (m->target == TARGET_ALARMS)
		return true;
	for (size_t i = 0; i < m->title.count; i++)
		if (m->title.column[i] == column)
			return true;
	return false;
}

static bool
check_bytes(struct vg_mapping_run *run, const char *name, const char *bytes, size_t length,
	    bool is_text)
{
	size_t good = vg_utf8_valid(bytes, length);

	if (good < length)
		return vg_row_malformed(
			run, name, NULL,
			"byte %zu (0x%02X) is not UTF-8; is the export Latin-1? expected UTF-8",
			good + 1, (unsigned char)bytes[good]);
	if (memchr(bytes, '\0', length) != NULL)
		return vg_row_malformed(run, name, NULL, "holds a NUL character");
	if (is_text)
		return true;
	if (length > VG_TEXT_MAX)
		return vg_row_malformed(run, name, NULL,
					"longer than 2000 bytes; is this free text?");
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F)
			return vg_row_malformed(run, name, NULL,
						"holds a control character; is this free text?");
	return true;
}

static bool
mask_cell(struct vg_mapping_run *run, const char *name, const char *bytes, size_t length,
	  struct cell *cell)
{
	size_t start, end, masked_length;
	char *masked;

	cell->text = cell->unmasked = bytes;
	if (vg_redact_find(bytes, length, 0, &vg_redact_default, &start, &end) == VG_ID_NONE)
		return true;
	masked = vg_redact_mask(bytes, length, &vg_redact_default, &masked_length, &cell->hits);
	cell->text = masked == NULL ? NULL : vg_row_keep(run, masked, masked_length);
	free(masked);
	run->out->redacted += cell->hits;
	return cell->text != NULL ? true : vg_row_malformed(run, name, NULL, "out of memory");
}

/* All that can be read, even when one cannot: the row's number needs its reference. */
bool
vg_row_cells(struct vg_mapping_run *run, const struct raw_row *raw)
{
	const struct vg_mapping *m = run->mapping;
	bool ok = true;

	for (size_t i = 0; i < m->columns; i++) {
		const char *name = m->column[i]->text;

		run->cell[i] = (struct cell){.text = NULL};
		if (raw->value[i] == NULL)
			continue;
		if (!check_bytes(run, name, raw->value[i], raw->length[i], is_free(m, i)) ||
		    !mask_cell(run, name, raw->value[i], raw->length[i], &run->cell[i]))
			ok = false;
	}
	return ok;
}

/* The text of one column, or of several joined by "/"; NULL when all are absent. `unmasked` asks
 * for the bytes as they came. */
const char *
vg_row_value(struct vg_mapping_run *run, const struct from *from, bool unmasked)
{
	char joined[FROM_MAX * (VG_TEXT_MAX + 1) + 1];
	size_t used = 0;
	bool any = false;

	if (from->count == 1) {
		const struct cell *cell = &run->cell[from->column[0]];

		return unmasked ? cell->unmasked : cell->text;
	}
	for (size_t i = 0; i < from->count; i++) {
		const struct cell *cell = &run->cell[from->column[i]];
		const char *text = unmasked ? cell->unmasked : cell->text;

		any = any || text != NULL;
		text = text == NULL ? "" : text;
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%.*s",
					 i == 0 ? "" : "/", (int)vg_row_cut(text, VG_TEXT_MAX),
					 text);
	}
	return any ? vg_row_keep(run, joined, used) : NULL;
}

/* A reference to a ticket: never half masked. What looks like an identity number must be allowed by
 * a pattern. */
bool
vg_row_id(struct vg_mapping_run *run, const struct from *from, const char *text, const char **out)
{
	const struct vg_yaml_node *allowed = run->mapping->id_patterns;
	const char *unmasked = vg_row_value(run, from, true);
	size_t hits = 0;

	for (size_t i = 0; i < from->count; i++)
		hits += run->cell[from->column[i]].hits;
	*out = text;
	if (hits == 0)
		return true;
	for (size_t i = 0; allowed != NULL && unmasked != NULL && i < allowed->count; i++) {
		if (fnmatch(allowed->item[i]->text, unmasked, FNM_EXTMATCH) == 0) {
			run->out->redacted -= hits;
			*out = unmasked;
			return true;
		}
	}
	return vg_row_malformed(
		run, vg_row_column(run, from), text,
		"a reference looks like a personal identity number; expected one that the "
		"mapping's ids: allow: patterns know");
}
