/* Parts of the statement's page. Private to lib/report. */
#ifndef VG_STATEMENT_HTML_H
#define VG_STATEMENT_HTML_H

#include "lib/report/page.h"

/* The page, its fee, and the month that it is of. */
struct vg_sheet {
	struct vg_page page;
	const json_t *fee, *sums;
	int month;
};

/* Whether any line is of one of the kinds, by the bit of enum vg_fee_line_kind. */
unsigned vg_sheet_kind(const json_t *line);
bool vg_sheet_has(const struct vg_sheet *sheet, unsigned kinds);

/* statement_lines.c: counted, not counted and corrected tickets; and objections to them. */
void vg_sheet_lines(const struct vg_sheet *sheet);
void vg_sheet_not_counted(const struct vg_sheet *sheet);
void vg_sheet_corrections(const struct vg_sheet *sheet);
void vg_sheet_objections(const struct vg_sheet *sheet);

/* statement_year.c: how the fee year stands, as chart and tables. */
void vg_sheet_year(const struct vg_sheet *sheet);

/* statement_appendix.c: the other modes, blank causes, the rules, the evidence. */
void vg_sheet_modes(const struct vg_sheet *sheet);
void vg_sheet_rules(const struct vg_sheet *sheet);
void vg_sheet_evidence(const struct vg_sheet *sheet);

#endif
