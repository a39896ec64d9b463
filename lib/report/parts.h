/* What the models of report and statement are made of. Private to lib/report. */
#ifndef VG_REPORT_PARTS_H
#define VG_REPORT_PARTS_H

#include "core/fee.h"
#include "lib/civil/civil.h"
#include "lib/report/maker.h"
#include "lib/report/report.h"

#include <inttypes.h>

/* A closed statement, or a draft: the same members, and where its lines and years lie. */
struct vg_basis {
	const struct vg_core *core;
	const struct vg_statement *statement;
	const struct vg_fee_draft *draft; /* NULL: lines and years are the book's */
};
/* Index 0.. until NULL. */
const struct vg_fee_line *vg_basis_line(const struct vg_basis *basis, size_t index);
const struct vg_fee_year *vg_basis_year(const struct vg_basis *basis, size_t index);

/* "2026-10", "2026-11-06". */
static inline void
put_month(struct maker *maker, json_t *object, const char *member, int month)
{
	put(maker, object, member, json_sprintf("%04d-%02d", month / 12, month % 12 + 1));
}

static inline void
put_day(struct maker *maker, json_t *object, const char *member, int64_t day)
{
	int year, month, date;

	vg_civil_from_days(day, &year, &month, &date);
	put(maker, object, member, json_sprintf("%04d-%02d-%02d", year, month, date));
}

/* A row's own name: "V-12", "P-7". */
static inline void
put_id(struct maker *maker, json_t *object, const char *member, char letter, int64_t id)
{
	put(maker, object, member, json_sprintf("%c-%" PRId64, letter, id));
}

static inline void
put_true(struct maker *maker, json_t *object, const char *member, bool value)
{
	if (value)
		put(maker, object, member, json_true());
}

/* model.c: [{source, ref}] of a ticket; [{id, name}] of what the agreement at an instant calls its
 * services and channels. */
json_t *vg_report_refs(struct maker *maker, const struct vg_ticket *ticket);
void vg_report_put_names(struct maker *maker, json_t *model, const struct vg_core *core,
			 int64_t at_ms);

/* model.c: the version at an instant, or the newest; NULL = none. */
const struct vg_agreement *vg_report_agreement_at(const struct vg_core *core, int64_t at_ms);

/* fee.c: member "fee", when an agreement has one. False with *err. */
bool vg_report_put_fee(json_t *model, const struct vg_core *core, int month, struct vg_err *err);
/* scope.c: leaves of a whole region's model what the scope has, and sums it up again; "scope" says
 * which. "administrations" of those tickets that state one. False with *err. */
bool vg_report_narrow(json_t *model, const struct vg_core *core, int month,
		      const struct vg_report_wish *wish, struct vg_err *err);
bool vg_report_put_administrations(json_t *model, struct vg_err *err);

/* peers.c: member "peers" of the fee, while it has all municipalities: groups that the municipality
 * may be compared with, itself first; none when every group is too small. */
void vg_report_put_peers(struct maker *maker, json_t *fee, const struct vg_agreement *agreement,
			 const char *code);

/* statement.c: draft, held, closed or trial; and the sums that the report's fee part shows too. */
const char *vg_statement_state(const struct vg_basis *basis);
json_t *vg_statement_sums(struct maker *maker, const struct vg_statement *statement);
/* [hold, ...]: what keeps it open, or is printed on it. */
json_t *vg_statement_notes(struct maker *maker, const struct vg_statement *statement);
/* Adds each member of `sums` to the same of `total`. */
void vg_statement_add(struct maker *maker, json_t *total, const json_t *sums);
/* Of each municipality of the list ("" = all members of the month), by code: as closed, or as a
 * draft. Returns what vg_fee_drafts does. */
typedef void vg_basis_cb(const struct vg_basis *basis, void *arg);
int vg_statement_each(const struct vg_core *core, int month, const char *municipalities,
		      vg_basis_cb *on_basis, void *arg);
/* Comments on a month: of a municipality ("" = of the region), or all with NULL. */
json_t *vg_statement_comments(struct maker *maker, const struct vg_core *core, int month,
			      const char *municipality);

/* statement_line.c: member "act" of what decided otherwise, "P-7" an override or "D-9" an
 * objection, unless it is 0; [{no, kind, ticket, ...}]. */
void vg_statement_put_act(struct maker *maker, json_t *row, const struct vg_core *core, int64_t id);
json_t *vg_statement_lines(struct maker *maker, const struct vg_basis *basis);
/* statement_rules.c: the fee's rules with their settings, in the words of docs/agreement.md. */
json_t *vg_statement_rules(struct maker *maker, const struct vg_fee_rules *rules);

#endif
