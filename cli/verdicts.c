/* verdicts.c - refusals and remarks of core and daemon in Swedish, by their pattern.
 *
 * They speak one language, with names and numbers within its sentences. A star stands for one
 * of those; stars come in the same order in both languages. */
#include "cli/verdicts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STARS_MAX 5

struct star {
	const char *text;
	int length;
};

static const char *const sentences[][2] = {
	{"agreement * has no probe * of *", "avtalet * har ingen sond * hos agenten *"},
	{"agreement * has no service *", "avtalet * har ingen tjänst *"},
	{"agreement * has no channel *", "avtalet * har ingen kanal *"},
	{"agreement * has no municipality *", "avtalet * har ingen kommun *"},
	{"no agreement is applied: it says which services there are",
	 "inget avtal gäller: det säger vilka tjänster som finns"},
	{"a reason is needed: it stands beside the figure that it changes",
	 "ett skäl behövs: det står bredvid siffran som ändras"},
	{"the outage must begin before it ends", "avbrottet måste börja innan det slutar"},
	{"the outage begins in the future: plan a window instead",
	 "avbrottet börjar i framtiden: planera ett servicefönster i stället"},
	{"the outage ends in the future: leave its end open until it is over",
	 "avbrottet slutar i framtiden: lämna slutet öppet tills det är över"},
	{"an outage is of one service", "ett avbrott gäller en tjänst"},
	{"service * is not given through channel *", "tjänsten * ges inte genom kanalen *"},
	{"effect cause needs a cause: vgr, supplier, municipality, third_party or force_majeure",
	 "säg vem som orsakade: vgr, supplier, municipality, third_party eller force_majeure"},
	{"a probe is named by both its source and its name",
	 "en sond anges med både agent och namn"},
	{"only effect refute names a probe", "bara en felmätning pekar ut en sond"},
	{"effect refute needs an end, or the one probe that is wrong: it would silence all "
	 "measuring to come",
	 "en felmätning behöver ett slut, eller den sond som mäter fel: annars tystas all mätning "
	 "framöver"},
	{"no outage record *; expected O-<number>",
	 "bedömningen * finns inte: ange O- och dess nummer"},
	{"no outage record *: expected O- and its number",
	 "bedömningen * finns inte: ange O- och dess nummer"},
	{"O-* says that already: nothing would change",
	 "O-* säger redan det: ingenting skulle ändras"},
	{"O-* was approved by * already", "O-* är redan godkänd, av *"},
	{"O-* was last changed by *: a second principal must approve it",
	 "O-* ändrades senast av *: en annan person måste godkänna"},
	{"O-* was withdrawn by * already", "O-* är redan återtagen, av *"},
	{"no window *; expected W-<number> or W-<number>.<occurrence>",
	 "fönstret * finns inte: ange W- och dess nummer, och för ett tillfälle punkt och dess "
	 "nummer"},
	{"no window *: expected W-, its number, and for one occurrence a dot and its number",
	 "fönstret * finns inte: ange W- och dess nummer, och för ett tillfälle punkt och dess "
	 "nummer"},
	{"a window has 1 to * occurrences, not *",
	 "ett servicefönster har 1 till * tillfällen, inte *"},
	{"occurrence * of the window must begin before it ends",
	 "fönstrets tillfälle * måste börja innan det slutar"},
	{"occurrence * of the window must not begin before the one before it has ended",
	 "fönstrets tillfälle * får inte börja innan det föregående är slut"},
	{"occurrence * of the window lies outside the years of agreement *",
	 "fönstrets tillfälle * ligger utanför de år som avtalet * omfattar"},
	{"a window entered after its start needs a reason",
	 "ett fönster som skrivs in efter sin början behöver ett skäl"},
	{"a window entered after its start needs announced at least * days before it, or agreed_by",
	 "ett fönster som skrivs in efter sin början behöver ha aviserats minst * dagar före "
	 "(--announced), eller någon som har godtagit det (--agreed-by)"},
	{"a window cannot have been announced in the future",
	 "ett fönster kan inte ha aviserats i framtiden"},
	{"W-* was announced less than * days before: without agreed_by it leaves no time out",
	 "W-* är aviserat mindre än * dagar före: utan någon som har godtagit det (--agreed-by) "
	 "räknas ingen tid bort"},
	{"W-* waits for no approval", "W-* väntar inte på något godkännande"},
	{"W-* was stated by the same: a second principal must approve it",
	 "W-* är inskrivet av samma person: en annan måste godkänna"},
	{"W-* is withdrawn with a reason: it stands beside the figure",
	 "W-* återtas med ett skäl: det står bredvid siffran"},
	{"W-* was withdrawn already", "W-* är redan återtaget"},
	{"W-* has * occurrences: name the one, such as *", "W-* har * tillfällen: ange ett, som *"},
	{"W-* was withdrawn: it cannot begin", "W-* är återtaget: det kan inte börja"},
	{"W-* was begun already", "W-* är redan påbörjat"},
	{"W-* cannot have begun in the future", "W-* kan inte ha börjat i framtiden"},
	{"W-* was to end before that: it cannot begin",
	 "W-* skulle ha varit slut före dess: det kan inte börja"},
	{"W-* was not begun: it cannot end", "W-* är inte påbörjat: det kan inte sluta"},
	{"W-* was ended already", "W-* är redan avslutat"},
	{"W-* cannot have ended in the future", "W-* kan inte ha slutat i framtiden"},
	{"W-* must end after it began", "W-* måste sluta efter sin början"},
	{"no agreement covers the month that is now", "inget avtal omfattar den här månaden"},
	{"no agreement covers the month *", "inget avtal omfattar månaden *"},
	{"no alarm *; expected A-<number>", "larmet * finns inte: ange A- och dess nummer"},
	{"no alarm *: expected A- and its number", "larmet * finns inte: ange A- och dess nummer"},
	{"A-* was merged into A-*", "A-* har uppgått i A-*"},
	{"A-* was closed by *: raised again, it is a new alarm",
	 "A-* är stängt, av *: uppstår felet igen blir det ett nytt larm"},
	{"A-* was acknowledged by * already", "A-* är redan kvitterat, av *"},
	{"A-* is shelved: take it off the shelf first",
	 "A-* är parkerat: ta tillbaka det först (vinga alarm unshelve)"},
	{"A-* is not shelved without a reason", "A-* parkeras inte utan ett skäl"},
	{"A-* is not shelved", "A-* är inte parkerat"},
	{"A-* cannot be shelved until an instant that has passed",
	 "A-* kan inte parkeras till en tid som har varit"},
	{"A-* is shelved until then already", "A-* är redan parkerat till dess"},
	{"no proposal *; expected F-<number>", "förslaget * finns inte: ange F- och dess nummer"},
	{"no proposal *: expected F- and its number",
	 "förslaget * finns inte: ange F- och dess nummer"},
	{"F-* has lapsed: its alarms have ended, or the outage is recorded or measured",
	 "F-* har förfallit: dess larm har upphört, eller avbrottet är inskrivet eller uppmätt"},
	{"F-* was accepted by * already", "F-* är redan godtaget, av *"},
	{"F-* was refused by * already", "F-* är redan avvisat, av *"},
	{"a reason is needed: it stands beside what was decided",
	 "ett skäl behövs: det står bredvid det som avgjordes"},
	{"a resource has a name", "en resurs har ett namn"},
	{"no resource * to remove", "resursen * finns inte i registret"},
	{"resource * is its own parent", "resursen * kan inte nås genom sig själv"},
	{"municipality: * may see * only", "* ser bara det som rör *"},
	{"* sees what concerns *; what is unmapped concerns nobody yet",
	 "* ser bara det som rör *, och det som saknas i registret rör ingen än"},
	{"municipalities: * speaks for * only; expected [*]",
	 "* får bara avgöra det som rör kommunen * och ingen annan"},
	{"no act *; expected P-<number>", "beslutet * finns inte: ange P- och dess nummer"},
	{"no act *: expected P- and its number", "beslutet * finns inte: ange P- och dess nummer"},
	{"P-* was proposed by *: a second principal must approve it",
	 "P-* är föreslaget av *: en annan person måste godkänna"},
	{"P-* is approved already, by the calendar", "P-* är redan godkänt, av kalendern"},
	{"P-* is approved already, by *", "P-* är redan godkänt, av *"},
	{"P-* is rejected already, by *", "P-* är redan avslaget, av *"},
	{"P-* needs a second person: the agreement lets no calendar approve it",
	 "P-* behöver en andra person: avtalet låter inte kalendern godkänna"},
	{"P-*: the calendar approves * from working day * of the month after",
	 "P-*: kalendern godkänner * från arbetsdag * i månaden efter"},
	{"P-* waits for a second principal", "P-* väntar på en andra person"},
	{"who rejects says why", "den som avslår säger varför"},
	{"nobody proposes this: an act has an author", "ett förslag har en avsändare"},
	{"a rate is of an index: its name is missing",
	 "ett indextal hör till en indexserie: namnet saknas"},
	{"year *: expected * to *", "året *: ange ett mellan * och *"},
	{"rate * ppb: expected * to *", "indextalet * miljarddelar: ange ett mellan * och *"},
	{"a cost of * öre: expected 0 to *", "kostnaden * öre: ange 0 till *"},
	{"a price of * öre: expected 0 to *", "priset * öre: ange 0 till *"},
	{"support of * öre: expected 0 to *", "support * öre: ange 0 till *"},
	{"operation of * öre: expected 0 to *", "drift och förvaltning * öre: ange 0 till *"},
	{"a reason is needed: it stands beside the ticket that it decides on",
	 "ett skäl behövs: det står bredvid ärendet som beslutet gäller"},
	{"no ticket *; expected V-<number> or your own reference",
	 "ärendet * finns inte: ange V- och dess nummer, eller er egen referens"},
	{"no ticket *", "ärendet * finns inte: ange V- och dess nummer"},
	{"no agreement with a fee covers the month *",
	 "inget avtal med en avgift omfattar månaden *"},
	{"no agreement with a fee covers month *", "inget avtal med en avgift omfattar månaden *"},
	{"no agreement covers month *", "inget avtal omfattar månaden *"},
	{"* has closed statements: what was billed before them is settled",
	 "* har fastställda underlag: det som debiterades före dem är avgjort"},
	{"* is billed from * by P-*: a further opening adds to it and names the same month",
	 "* debiteras från * enligt P-*: en ytterligare ingående balans läggs till och anger samma "
	 "månad"},
	{"ticket * of * stands in opening P-* already",
	 "ärendet * hos * står redan i den ingående balansen P-*"},
	{"ticket * of *: expected a month of * before *, not *",
	 "ärendet * hos *: ange en månad under * före *, inte *"},
	{"ticket * of * is named twice", "ärendet * hos * är angivet två gånger"},
	{"an opening is of one municipality: name it",
	 "en ingående balans gäller en kommun: ange den"},
	{"closed *, held *", "fastställda: *, hålls: *"},
	{"no room for * lines of statements: nothing was closed",
	 "det finns inte plats för * rader: inget underlag fastställdes"},
	{"no disturbance *; expected S-<number>",
	 "störningen * finns inte: ange S- och dess nummer"},
	{"S-* is closed", "S-* är avslutad"},
	{"S-* is published: publish the update", "S-* är publicerad: publicera uppdateringen"},
	{"S-* has * messages: close it and draft another",
	 "S-* har * meddelanden: avsluta den och skriv en ny"},
	{"a title is needed, of at most 120 bytes", "en rubrik behövs, på högst 120 byte"},
	{"a text is needed: what has happened, and for whom",
	 "en text behövs: vad som har hänt, och för vilka"},
	{"a text is needed: how it ended", "en text behövs: hur det slutade"},
	{"a next update is needed: when more will be said",
	 "ange när nästa besked kommer (--next-update)"},
	{"the next update lies in the past", "tiden för nästa besked har redan varit"},
	{"the next update comes within 24 hours", "nästa besked ska komma inom 24 timmar"},
	{"the next update comes within 24 hours of the start",
	 "nästa besked ska komma inom 24 timmar från början"},
	{"what has not started yet is of the kind planned",
	 "det som inte har börjat är planerat: --kind planned"},
	{"it ended before it started", "det slutade innan det började"},
	{"what has ended did not end in the future", "sluttiden ligger i framtiden"},
	{"no outage *; expected O-<number>", "avbrottet * finns inte: ange O- och dess nummer"},
	{"no feedback *; expected T-<number>", "synpunkten * finns inte: ange T- och dess nummer"},
	{"T-* is answered", "T-* är besvarad"},
	{"no objection *; expected D-<number>",
	 "invändningen * finns inte: ange D- och dess nummer"},
	{"no objection *: expected D- and its number",
	 "invändningen * finns inte: ange D- och dess nummer"},
	{"an objection is a municipality's: it states none",
	 "en invändning görs av en kommun: ange vilken"},
	{"an objection says why", "en invändning anger skäl"},
	{"* has no closed statement of *", "* har inget fastställt underlag för *"},
	{"the statement of * is not made available yet",
	 "underlaget för * är inte tillgängliggjort än"},
	{"too late: objections to * were taken for * days",
	 "för sent: invändningar mot * togs emot i * dagar"},
	{"ticket V-* is not billed by the statement of *: nothing of it is in force there",
	 "ärendet V-* debiteras inte i underlaget för *: där finns ingen rad att invända mot"},
	{"objection D-* to the same is open already",
	 "invändningen D-* mot samma sak är redan öppen"},
	{"D-* is accepted already, by *", "D-* är redan godtagen, av *"},
	{"D-* is rejected already, by *", "D-* är redan avvisad, av *"},
	{"D-* waits for a second principal: decide on P-*",
	 "D-* väntar på en andra person: besluta om P-*"},
	{"D-* was raised by *: another principal decides on it",
	 "D-* är gjord av *: en annan person avgör den"},
	{"who decides on an objection says why", "den som avgör en invändning säger varför"},
	{"expected the model's SHA-256, 64 hexadecimal digits",
	 "ange modellens SHA-256, 64 hexadecimala siffror"},
	{"the statement of * was made available with other bytes: *",
	 "underlaget för * är redan tillgängliggjort med annat innehåll: *"},
	{"a statement on trial is not invoiced", "ett underlag från provkörning faktureras inte"},
	{"the invoice's number is missing", "fakturans nummer saknas"},
	{"no KPI *: expected the name of one, or availability",
	 "nyckeltalet * finns inte: ange ett som finns, eller availability"},
	{"no statement of * for *", "det finns inget underlag för kommunen * och månaden *"},
	{"no month *; expected a month as 2016-04", "månaden * finns inte: ange en som 2016-04"},
	{"* may not do this", "* har inte behörighet till detta: fråga som någon som har det, med "
			      "--url och --token-file"},
};

/* Whether the text is the pattern with something in place of each star: the shortest that lets the
 * letters after it follow. */
static bool
matches(const char *pattern, const char *text, struct star stars[STARS_MAX])
{
	size_t count = 0;

	for (;;) {
		size_t literal = strcspn(pattern, "*"), next;
		const char *end;

		if (strncmp(text, pattern, literal) != 0)
			return false;
		text += literal;
		pattern += literal;
		if (*pattern == '\0')
			return *text == '\0';
		next = strcspn(++pattern, "*");
		end = next == 0 ? text + strlen(text) : memmem(text, strlen(text), pattern, next);
		if (end == NULL || count == STARS_MAX)
			return false;
		stars[count++] = (struct star){text, (int)(end - text)};
		text = end;
	}
}

char *
vg_verdict_words(const char *text, char out[VG_VERDICT_WORDS_MAX])
{
	struct star stars[STARS_MAX];
	FILE *words;
	size_t i = 0, at = 0;

	while (i < sizeof(sentences) / sizeof(sentences[0]) &&
	       !matches(sentences[i][0], text, stars))
		i++;
	(void)snprintf(out, VG_VERDICT_WORDS_MAX, "%s", text);
	if (i == sizeof(sentences) / sizeof(sentences[0]))
		return out;
	words = fmemopen(out, VG_VERDICT_WORDS_MAX, "w");
	if (words == NULL)
		return out;
	for (const char *letter = sentences[i][1]; *letter != '\0'; letter++) {
		if (*letter != '*') {
			fputc(*letter, words);
			continue;
		}
		fprintf(words, "%.*s", stars[at].length, stars[at].text);
		at++;
	}
	(void)fclose(words);
	out[VG_VERDICT_WORDS_MAX - 1] = '\0';
	return out;
}
