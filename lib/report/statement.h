/* The statement: one municipality's month, its fee basis and its figures, as one model of integers,
 * and the forms that are printed from it.
 *
 * The model is what closing makes binding: its canonical bytes are hashed, chained to the statement
 * before, and made again by `vinga verify` and by `vinga-check`. It follows from rows that concern
 * the municipality, and shared ones, alone. Members are listed in docs/fees.md. */
#ifndef VG_STATEMENT_H
#define VG_STATEMENT_H

#include "core/fee.h"
#include "lib/base/err.h"

#include <jansson.h>
#include <stdio.h>

#define VG_STATEMENT_FORMAT "vinga.statement/1"

/* Of a closed month as the book has it: the very bytes when the core stands at its as_of_seq;
 * later, what has since become known of its tickets stands in their lines. Else a draft, "held"
 * when a closing has held it. head: 64 hex digits, the chain head of lane main at the core's
 * sequence. A new object; NULL with *err: VG_ENOTFOUND when no agreement with a fee covers the
 * month, or the municipality is no member; VG_ENOMEM. */
json_t *vg_statement_model(const struct vg_core *core, const char *municipality, int month,
			   const char *head, struct vg_err *err);
/* The same of each municipality of a list by code, "" = all members of the month:
 * {"municipalities":[models], "total":{sums}}. */
json_t *vg_statement_models(const struct vg_core *core, int month, const char *municipalities,
			    const char *head, struct vg_err *err);

/* "2026-10/1489/1"; out has VG_STATEMENT_NUMBER_MAX bytes. */
#define VG_STATEMENT_NUMBER_MAX 320
char *vg_statement_number(const char *municipality, int month, char *out);

enum vg_language { VG_SWEDISH, VG_ENGLISH };
enum vg_csv_form {
	VG_CSV_EXCEL,	/* byte order mark, semicolons, decimal comma, CRLF: Swedish Excel */
	VG_CSV_MACHINE, /* commas, decimal point, LF */
};
/* Printed forms; 0, or VG_EIO when the stream fails. */
VG_MUST_CHECK int vg_statement_html(const json_t *model, enum vg_language language, FILE *out);
VG_MUST_CHECK int vg_statement_csv(const json_t *model, enum vg_csv_form form, FILE *out);

#endif
