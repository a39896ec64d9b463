/* statement_lines.c - the statement's lines as tables: what is paid for, what is not and why, and
 * what is put right.
 *
 * Every amount of the first table is a line here, and each table ends with its own sum. */
#include "lib/report/statement_html.h"

#include "core/fee.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

#define BIT(kind) (1U << (kind))

unsigned
vg_sheet_kind(const json_t *line)
{
	const char *kind = vg_grid_text(line, "kind");

	for (int i = 0; i < VG_LINE_KIND_COUNT; i++)
		if (strcmp(vg_fee_line_kind_name((enum vg_fee_line_kind)i), kind) == 0)
			return BIT(i);
	return 0;
}

bool
vg_sheet_has(const struct vg_sheet *sheet, unsigned kinds)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(sheet->fee, "lines"), i, line)
	{
		if ((vg_sheet_kind(line) & kinds) != 0)
			return true;
	}
	return false;
}

/* "V-12" and, below, what the municipality calls it: its own reference or, when it states none,
 * those of the tools that it came from. */
static void
put_ticket(const struct vg_page *page, const json_t *line)
{
	const char *own = vg_grid_text(line, "municipality_ref");
	const json_t *ref;
	FILE *out = page->out;
	size_t i;

	fprintf(out, "<tr><th scope=row id=\"rad-%" PRId64 "\">", vg_grid_int(line, "no"));
	vg_page_text(page, vg_grid_text(line, "ticket"));
	fputs("<small>", out);
	vg_page_text(page, own);
	json_array_foreach(json_object_get(line, "refs"), i, ref)
	{
		if (*own != '\0')
			break;
		fputs(i > 0 ? ", " : "", out);
		vg_page_text(page, vg_grid_text(ref, "ref"));
	}
	fputs("</small></th>", out);
}

/* What is worth knowing of a line beside its reason. */
static void
put_remarks(const struct vg_page *page, const json_t *line)
{
	static const struct {
		const char *member, *words;
	} flags[] = {{"disputed", "invändning pågår"},
		     {"cause_blank", "orsakspart saknas"},
		     {"bypassed_first_line", "direkt till andra linjen"}};
	const char *merged = vg_grid_text(line, "merged_into"), *act = vg_grid_text(line, "act"),
		   *between = "";
	FILE *out = page->out;

	fputs("<td>", out);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!json_is_true(json_object_get(line, flags[i].member)))
			continue;
		fprintf(out, "%s%s", between, vg_say(page, flags[i].words));
		between = ", ";
	}
	if (*act != '\0') {
		fprintf(out, "%s%s %s", between, vg_say(page, "beslut"), act);
		between = ", ";
	}
	if (*merged != '\0')
		fprintf(out, "%s%s %s", between, vg_say(page, "nu i"), merged);
	fputs("</td>", out);
}

static void
put_facts(const struct vg_page *page, const json_t *line)
{
	const char *type = vg_grid_text(line, "type");

	vg_page_cell(page, vg_say(page, vg_type_words(type)));
	vg_page_cell(page, vg_grid_name(page->model, "services", vg_grid_text(line, "service")));
	vg_page_cell(page, vg_grid_text(line, "priority"));
	vg_page_at_narrow(page, line, "opened_ms");
	vg_page_at_narrow(page, line, "second_line_ms");
	vg_page_at_narrow(page, line, "event_ms");
}

static void
put_sum(const struct vg_page *page, int columns, int64_t ore)
{
	fprintf(page->out, "</tbody><tfoot><tr><th scope=row>%s</th><td colspan=%d></td>",
		vg_say(page, "Summa"), columns);
	vg_page_money(page, ore);
	fputs("</tr></tfoot></table></div>\n", page->out);
}

void
vg_sheet_lines(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {
		"Ärende", "Typ",	"Tjänst", "Prioritet", "Öppnat", "Till andra linjen",
		"Löst",	  "Anmärkning", "Belopp", NULL};
	const struct vg_page *page = &sheet->page;
	const json_t *line;
	int64_t sum = 0;
	size_t i;

	vg_page_section(page, "rader", "Ärenden som räknas");
	if (!vg_sheet_has(sheet, BIT(VG_LINE_COUNTED))) {
		fprintf(page->out, "<p>%s</p></section>\n",
			vg_say(page, "Inget av månadens ärenden räknas."));
		return;
	}
	vg_page_table(page, "Månadens ärenden, ett per rad; tider i svensk tid", heads, 8);
	json_array_foreach(json_object_get(sheet->fee, "lines"), i, line)
	{
		if (vg_sheet_kind(line) != BIT(VG_LINE_COUNTED))
			continue;
		put_ticket(page, line);
		put_facts(page, line);
		put_remarks(page, line);
		vg_page_money(page, vg_grid_int(line, "amount_ore"));
		fputs("</tr>\n", page->out);
		sum += vg_grid_int(line, "amount_ore");
	}
	put_sum(page, 7, sum);
	fputs("</section>\n", page->out);
}

/* How many of each reason. */
static void
put_reasons(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Skäl", "Antal ärenden", NULL};
	const struct vg_page *page = &sheet->page;
	int64_t count[VG_FEE_REASON_COUNT] = {0}, all = 0;
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(sheet->fee, "lines"), i, line)
	{
		if (vg_sheet_kind(line) != BIT(VG_LINE_NOT_COUNTED))
			continue;
		all++;
		for (int r = 0; r < VG_FEE_REASON_COUNT; r++)
			count[r] += strcmp(vg_fee_reason_name((enum vg_fee_reason)r),
					   vg_grid_text(line, "reason")) == 0;
	}
	vg_page_table(page, "Per skäl", heads, 1);
	for (int r = 0; r < VG_FEE_REASON_COUNT; r++) {
		if (count[r] == 0)
			continue;
		fprintf(page->out, "<tr><th scope=row>%s</th>",
			vg_say(page, vg_fee_reason_words((enum vg_fee_reason)r)));
		vg_page_number(page, count[r]);
		fputs("</tr>\n", page->out);
	}
	fprintf(page->out, "</tbody><tfoot><tr><th scope=row>%s</th>", vg_say(page, "Summa"));
	vg_page_number(page, all);
	fputs("</tr></tfoot></table></div>\n", page->out);
}

void
vg_sheet_not_counted(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {
		"Ärende", "Typ",  "Tjänst",	"Prioritet", "Öppnat", "Till andra linjen",
		"Löst",	  "Skäl", "Anmärkning", NULL};
	const struct vg_page *page = &sheet->page;
	const json_t *line;
	size_t i;

	vg_page_section(page, "inte-rader", "Ärenden som inte räknas");
	if (!vg_sheet_has(sheet, BIT(VG_LINE_NOT_COUNTED))) {
		fprintf(page->out, "<p>%s</p></section>\n",
			vg_say(page, "Alla månadens ärenden räknas."));
		return;
	}
	put_reasons(sheet);
	vg_page_table(page, "Vart och ett, med det skäl som gällde först", heads, 9);
	json_array_foreach(json_object_get(sheet->fee, "lines"), i, line)
	{
		if (vg_sheet_kind(line) != BIT(VG_LINE_NOT_COUNTED))
			continue;
		put_ticket(page, line);
		put_facts(page, line);
		vg_page_cell(page,
			     vg_say(page, vg_fee_reason_words_of(vg_grid_text(line, "reason"))));
		put_remarks(page, line);
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	fputs("</section>\n", page->out);
}

/* What a line said, and what it cost. */
static void
put_judged(const struct vg_page *page, const char *reason, int64_t ore)
{
	char text[VG_NUMBER_MAX];

	fputs("<td>", page->out);
	vg_page_text(page,
		     vg_say(page, *reason != '\0' ? vg_fee_reason_words_of(reason) : "fanns inte"));
	fprintf(page->out, "<small>%s\xc2\xa0%s</small></td>",
		vg_say_number(page, vg_kronor_text(ore, text)), vg_say(page, "kr"));
}

static void
put_correction(const struct vg_page *page, const json_t *line)
{
	const json_t *corrects = json_object_get(line, "corrects");
	bool credit = vg_sheet_kind(line) == BIT(VG_LINE_CREDIT);
	int64_t amount = vg_grid_int(line, "amount_ore");
	char month[VG_NUMBER_MAX];

	put_ticket(page, line);
	fprintf(page->out, "<td>%s", vg_page_month(page, vg_page_month_of(line, "month"), month));
	if (corrects != NULL) {
		fputs("<small>", page->out);
		vg_page_text(page, vg_grid_text(corrects, "number"));
		fprintf(page->out, " %s %" PRId64 "</small>", vg_say(page, "rad"),
			vg_grid_int(corrects, "no"));
	}
	fputs("</td>", page->out);
	put_judged(page, vg_grid_text(line, "reason_before"), credit ? -amount : 0);
	put_judged(page, vg_grid_text(line, "reason"), credit ? 0 : amount);
	put_remarks(page, line);
	vg_page_money(page, amount);
	fputs("</tr>\n", page->out);
}

void
vg_sheet_corrections(const struct vg_sheet *sheet)
{
	static const unsigned kinds = BIT(VG_LINE_CREDIT) | BIT(VG_LINE_DEBIT) | BIT(VG_LINE_LATE);
	static const char *const heads[] = {"Ärende",	  "Rättar",   "Var", "Är",
					    "Anmärkning", "Skillnad", NULL};
	const struct vg_page *page = &sheet->page;
	const json_t *line;
	int64_t sum = 0;
	size_t i;

	vg_page_section(page, "rattelser", "Rättelser av tidigare månader");
	if (!vg_sheet_has(sheet, kinds)) {
		fprintf(page->out, "<p>%s</p></section>\n", vg_say(page, "Inget rättas."));
		return;
	}
	vg_page_table(page, "Tidigare underlag ändras inte; skillnaden tas med här", heads, 5);
	json_array_foreach(json_object_get(sheet->fee, "lines"), i, line)
	{
		if ((vg_sheet_kind(line) & kinds) == 0)
			continue;
		put_correction(page, line);
		sum += vg_grid_int(line, "amount_ore");
	}
	put_sum(page, 4, sum);
	fputs("</section>\n", page->out);
}

void
vg_sheet_objections(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Invändning", "Underlag", "Ärende", "Kommunens skäl",
					    "Gjord",	  "Läge",     "Svar",	NULL};
	static const char *const states[][2] = {
		{"open", "väntar på svar"}, {"accepted", "bifallen"}, {"rejected", "avslagen"}};
	const struct vg_page *page = &sheet->page;
	const json_t *rows = json_object_get(page->model, "objections"), *row;
	size_t i;

	if (json_array_size(rows) == 0)
		return;
	vg_page_section(page, "invandningar", "Invändningar");
	vg_page_table(page, "Öppna, och avgjorda sedan månadens början", heads, 7);
	json_array_foreach(rows, i, row)
	{
		const char *state = vg_grid_text(row, "state"),
			   *ticket = vg_grid_text(row, "ticket");

		for (size_t s = 0; s < sizeof(states) / sizeof(states[0]); s++)
			if (strcmp(states[s][0], state) == 0)
				state = states[s][1];
		fprintf(page->out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		vg_page_cell(page, vg_grid_text(row, "number"));
		vg_page_cell(page, *ticket != '\0' ? ticket : vg_say(page, "antal användare"));
		vg_page_cell(page, vg_grid_text(row, "reason"));
		vg_page_at_member(page, row, "raised_ms");
		vg_page_cell(page, vg_say(page, state));
		vg_page_cell(page, vg_grid_text(row, "answer"));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	fputs("</section>\n", page->out);
}
