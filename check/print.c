/* print.c - see print.h.
 *
 * Whoever reads it knows nothing of the ledger: each line says what was held against what, and the
 * last one what follows from that. */
#include "check/print.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const states[VG_CLOSED_STATE_COUNT] = {
	[VG_CLOSED_SAME] = "stämmer: omräknat ur raderna ger det samma innehåll som lämnades ut",
	[VG_CLOSED_UNPUBLISHED] = "fastställt men inte utlämnat; det kan räknas ur raderna",
	[VG_CLOSED_DIFFERS] =
		"STÄMMER INTE: omräknat ur raderna ger det annat innehåll än det som lämnades ut",
	[VG_CLOSED_UNCHAINED] =
		"STÄMMER INTE: det bygger på ett annat föregående underlag än det som lämnades ut",
	[VG_CLOSED_UNMADE] = "STÄMMER INTE: det kan inte räknas ur raderna",
};

/* What comes from the pack gives a terminal no orders. */
static void
print_quoted(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static void
print_fault(const struct vg_pack_check *check)
{
	const struct vg_pack_place *place = &check->place;

	printf("Fel på rad %" PRId64 " i filen", place->line);
	if (place->seq != 0)
		printf(", liggarens rad %" PRId64, place->seq);
	else if (place->after_seq != 0)
		printf(", efter liggarens rad %" PRId64, place->after_seq);
	printf(": %s", vg_pack_fault_swedish(check->fault));
	if (check->err.text[0] != '\0') {
		fputs(" (", stdout);
		print_quoted(check->err.text);
		putchar(')');
	}
	putchar('\n');
}

static void
print_statement(const struct vg_closed_statement *statement)
{
	enum vg_closed_state state = vg_closed_state(statement);

	printf("%04d-%02d%s: %s\n", statement->month / 12, statement->month % 12 + 1,
	       statement->trial ? " (provkörning)" : "", states[state]);
	printf("  kedjehuvud  %s\n", statement->head);
	if (statement->made_sha256[0] != '\0')
		printf("  omräknat    %s\n", statement->made_sha256);
	if (state != VG_CLOSED_SAME && statement->published_sha256[0] != '\0')
		printf("  utlämnat    %s\n", statement->published_sha256);
}

static void
print_anchor(const struct vg_pack_anchor *anchor)
{
	printf("Kedjehuvudet som angavs för %04d-%02d: %s\n", anchor->month / 12,
	       anchor->month % 12 + 1,
	       anchor->holds   ? "stämmer"
	       : anchor->found ? "STÄMMER INTE med underlaget i paketet"
			       : "STÄMMER INTE: paketet har inget fastställt underlag för månaden");
}

static void
print_figures(const struct vg_pack_check *check)
{
	const struct vg_closed_statement *statement;

	for (size_t i = 0; (statement = vg_closed_get(check->closed, i)) != NULL; i++)
		print_statement(statement);
	if (!check->listed)
		puts("Slutraden räknar upp andra underlag än dem som raderna ger.");
	for (size_t i = 0; i < check->anchors; i++)
		print_anchor(&check->anchor[i]);
	if (check->anchors == 0)
		puts("Inget kedjehuvud angavs (--head): att raderna är de ursprungliga visas först "
		     "mot ett\ntidigare utskrivet underlag.");
}

void
vg_print_words(const struct vg_pack_check *check, bool holds)
{
	if (check->municipality[0] != '\0') {
		fputs("Bevispaket för kommun ", stdout);
		print_quoted(check->municipality);
		printf(": %" PRId64 " rader håller, varav %" PRId64
		       " med innehåll; kedjan slutar med\n%s\n",
		       check->place.rows, check->place.own, check->head);
	}
	if (check->fault != VG_PACK_FAULT_NONE)
		print_fault(check);
	else
		print_figures(check);
	puts(holds ? "Paketet håller." : "Paketet håller INTE.");
}

static json_t *
statements_json(const struct vg_closed *closed)
{
	const struct vg_closed_statement *statement;
	json_t *list = json_array();
	char month[32];

	for (size_t i = 0; closed != NULL && (statement = vg_closed_get(closed, i)) != NULL; i++) {
		(void)snprintf(month, sizeof(month), "%04d-%02d", statement->month / 12,
			       statement->month % 12 + 1);
		if (json_array_append_new(
			    list,
			    json_pack("{ss sb ss ss ss ss sI}", "month", month, "trial",
				      statement->trial, "state",
				      vg_closed_state_name(vg_closed_state(statement)), "head",
				      statement->head, "made_sha256", statement->made_sha256,
				      "published_sha256", statement->published_sha256, "as_of_seq",
				      (json_int_t)statement->as_of_seq)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
heads_json(const struct vg_pack_check *check)
{
	json_t *list = json_array();
	char month[32];

	for (size_t i = 0; i < check->anchors; i++) {
		const struct vg_pack_anchor *anchor = &check->anchor[i];

		(void)snprintf(month, sizeof(month), "%04d-%02d", anchor->month / 12,
			       anchor->month % 12 + 1);
		if (json_array_append_new(list, json_pack("{ss ss sb}", "month", month, "head",
							  anchor->head, "holds", anchor->holds)) !=
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
fault_json(const struct vg_pack_check *check)
{
	if (check->fault == VG_PACK_FAULT_NONE)
		return json_null();
	return json_pack("{sI sI sI ss so?}", "line", (json_int_t)check->place.line, "row",
			 (json_int_t)check->place.seq, "after_row",
			 (json_int_t)check->place.after_seq, "text",
			 vg_pack_fault_english(check->fault), "detail",
			 json_string(check->err.text)); /* null: cut within a letter */
}

int
vg_print_json(const struct vg_pack_check *check, bool holds)
{
	json_t *json = json_pack("{sb ss sI sI ss so so so}", "holds", holds, "municipality",
				 check->municipality, "rows", (json_int_t)check->place.rows, "own",
				 (json_int_t)check->place.own, "head", check->head, "fault",
				 fault_json(check), "statements", statements_json(check->closed),
				 "heads", heads_json(check));
	int rc = json != NULL && json_dumpf(json, stdout, JSON_SORT_KEYS | JSON_INDENT(2)) == 0
			 ? 0
			 : VG_ENOMEM;

	putchar('\n');
	json_decref(json);
	return rc;
}
