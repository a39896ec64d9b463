/* words.c - instants, lengths of time, and the daemon's words in Swedish.
 *
 * The hard thing is that the same word may be ours in one member and somebody's own text in
 * another: "new" is a status, but may be the name of a group. So values are looked up by their
 * member. */
#include "cli/words.h"

#include "cli/cli.h"
#include "core/fee.h"
#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *
vg_words_local(const char *iso, char out[VG_WORDS_MAX])
{
	struct vg_civil local;
	int64_t at_ms;

	vg_cli_default_zone();
	if (iso == NULL || vg_civil_parse(iso, "iso", &at_ms, NULL) != 0) {
		(void)snprintf(out, VG_WORDS_MAX, "%s", iso != NULL ? iso : "-");
		return out;
	}
	vg_civil_from_utc_ms(at_ms, &local);
	(void)snprintf(out, VG_WORDS_MAX, "%04d-%02d-%02d %02d:%02d:%02d", local.year, local.month,
		       local.day, local.hour, local.minute, local.second);
	return out;
}

char *
vg_words_length(int64_t seconds, char out[VG_WORDS_MAX])
{
	const char *minus = seconds < 0 ? "-" : "";
	int64_t all = seconds < 0 ? -seconds : seconds;

	if (all >= 3600)
		(void)snprintf(out, VG_WORDS_MAX,
			       "%s%" PRId64 " h %02" PRId64 " min %02" PRId64 " s", minus,
			       all / 3600, all / 60 % 60, all % 60);
	else
		(void)snprintf(out, VG_WORDS_MAX, "%s%" PRId64 " min %02" PRId64 " s", minus,
			       all / 60, all % 60);
	return out;
}

const char *
vg_words_member(const char *member)
{
	static const char *const words[][2] = {
		{"access", "kanal"},
		{"access_channel", "åtkomst"},
		{"acknowledged", "kvitterat"},
		{"act", "beslut"},
		{"action", "åtgärd"},
		{"actor", "aktör"},
		{"address", "adress"},
		{"administration", "förvaltning"},
		{"advice", "råd"},
		{"agent", "agent"},
		{"agreed", "i avtalet"},
		{"agreement", "avtal"},
		{"agreement_version", "avtalets version"},
		{"alarm", "larm"},
		{"alarm_count", "antal larm"},
		{"alarms", "larm"},
		{"amount", "belopp"},
		{"answer", "svar"},
		{"approved_by", "godkänd av"},
		{"asof", "läget"},
		{"assigned", "tilldelat"},
		{"at", "tid"},
		{"attempts", "misslyckade försök"},
		{"author", "av"},
		{"base_s", "bas"},
		{"batch", "sändning"},
		{"breached_as", "överskreds som"},
		{"budget_s", "budget kvar"},
		{"by", "av"},
		{"by_person", "gjort av person"},
		{"category", "slag"},
		{"cause", "orsak"},
		{"cause_party", "orsakande part"},
		{"changed_seq", "ändrat på rad"},
		{"changes", "ändringar"},
		{"channel", "kanal"},
		{"cleared", "upphörde"},
		{"closed", "avslutat"},
		{"code", "kod"},
		{"comment", "kommentar"},
		{"counted", "räknas"},
		{"counted_s", "räknas, s"},
		{"coverage", "täckning"},
		{"created", "öppnat"},
		{"d", "kontrollsumma d"},
		{"day", "dag"},
		{"decided", "avgjort"},
		{"decided_by", "avgjort av"},
		{"decided_reason", "motivering"},
		{"deescalations", "återlämningar"},
		{"degraded_s", "nedsatt"},
		{"delivered", "levererad"},
		{"den", "nämnare"},
		{"disturbance", "störning"},
		{"document", "handling"},
		{"down_s", "nere"},
		{"dropped", "förlorade"},
		{"due", "ska vara löst"},
		{"due_day", "klart till"},
		{"duplicate_of", "dubblett av"},
		{"duty", "jour"},
		{"effect", "verkan på tjänsten"},
		{"elapsed_s", "räknad tid, s"},
		{"end", "slut"},
		{"ended", "avslutat"},
		{"error", "fel"},
		{"escalations", "överlämningar"},
		{"excluded_s", "fönster"},
		{"external_s", "yttre orsak"},
		{"failed", "misslyckade försök"},
		{"field", "fält"},
		{"file", "fil"},
		{"finished", "slutförd"},
		{"first", "första"},
		{"first_line", "första linje"},
		{"first_line_called", "första linjen ringde"},
		{"first_line_only", "bara första linjen"},
		{"first_resolved", "först löst"},
		{"from", "från"},
		{"gross_ore", "brutto kr"},
		{"group", "grupp"},
		{"handovers", "omfördelningar"},
		{"highest_line", "högsta linje"},
		{"host", "värd"},
		{"impact", "verkan"},
		{"invoice", "faktura"},
		{"judged", "läge"},
		{"kept_until", "sparas till"},
		{"key", "nyckel"},
		{"kind", "slag"},
		{"kpi", "nyckeltal"},
		{"last", "senaste uppgift"},
		{"last_heard", "hördes senast"},
		{"last_seq", "liggarens rad, senast"},
		{"late", "sena"},
		{"latency_ms", "svarstid, ms"},
		{"length_s", "längd, s"},
		{"line", "linje"},
		{"longest", "längsta"},
		{"low", "minst"},
		{"made", "skapad"},
		{"made_what", "blev"},
		{"malformed", "felaktiga"},
		{"may", "får gå"},
		{"merged_into", "uppgick i"},
		{"messages", "meddelanden"},
		{"month", "månad"},
		{"municipalities", "kommuner"},
		{"municipality", "kommun"},
		{"municipality_ref", "kommunens referens"},
		{"name", "namn"},
		{"newest", "senaste"},
		{"next", "nästa försök"},
		{"next_update", "nästa besked"},
		{"notices", "meddelanden"},
		{"num", "täljare"},
		{"objection", "invändning"},
		{"occurred", "inträffade"},
		{"offset_ms", "klockans fel, ms"},
		{"on_behalf", "för kommunens räkning"},
		{"open", "öppet"},
		{"opened_ms", "öppnat"},
		{"operation_ore", "drift kr"},
		{"operator_at", "åtgärdat"},
		{"outage", "avbrott"},
		{"outages", "avbrott"},
		{"outcome", "utfall"},
		{"outside_s", "utanför"},
		{"overdue", "försenat"},
		{"own_ref", "egen referens"},
		{"owner", "ansvarig"},
		{"parent", "överordnat ärende"},
		{"patient_safety", "patientsäkerhet"},
		{"peer", "avsändare"},
		{"pending_reason", "väntar på"},
		{"previous", "förra larmet"},
		{"priority", "prioritet"},
		{"probe", "sond"},
		{"probes", "sonder"},
		{"proposal", "förslag"},
		{"proposals", "förslag"},
		{"proposed", "föreslaget"},
		{"provider", "privat utförare"},
		{"provisional", "preliminärt"},
		{"published", "publicerat"},
		{"qualifier", "närmare"},
		{"quarantined", "i karantän"},
		{"raised", "uppstod"},
		{"raised_at", "gjord"},
		{"raised_seq", "liggarens rad, början"},
		{"reason", "skäl"},
		{"received", "mottaget"},
		{"received_at", "mottaget"},
		{"received_at_ms", "mottaget"},
		{"record", "bedömning"},
		{"ref", "referens"},
		{"reference", "referens"},
		{"remaining_s", "kvar, s"},
		{"reopen_of", "återöppnar"},
		{"reopens", "återöppningar"},
		{"repeats", "påminnelser"},
		{"requester_class", "beställare"},
		{"requester_told", "beställaren underrättad"},
		{"resolution_code", "lösningskod"},
		{"resolved", "löst"},
		{"resolving_line", "lösande linje"},
		{"resource", "resurs"},
		{"retaken", "intaget igen"},
		{"revoked", "återkallad"},
		{"root", "från"},
		{"row", "rad"},
		{"row", "rad"},
		{"rows", "rader"},
		{"rule", "regel"},
		{"running", "pågår"},
		{"sample", "svar"},
		{"samples", "prov"},
		{"second_line", "till andra linjen"},
		{"security_breach", "säkerhetsbrott"},
		{"seq", "liggarens rad"},
		{"service", "tjänst"},
		{"services", "tjänster"},
		{"severity", "allvar"},
		{"share", "tillgänglighet"},
		{"silent", "tyst"},
		{"since", "sedan"},
		{"sla", "utfall"},
		{"sla_class", "målklass"},
		{"source", "källa"},
		{"source_priority", "källans prioritet"},
		{"source_reassignments", "källans omfördelningar"},
		{"source_reopenings", "källans återöppningar"},
		{"source_resolved_ms", "källans lösningstid"},
		{"source_sla_met", "källans utfall inom mål"},
		{"source_status", "källans status"},
		{"sources", "källor"},
		{"split_from", "delat från"},
		{"standing", "läge"},
		{"start", "början"},
		{"started", "påbörjat"},
		{"state", "utfall"},
		{"stated", "källans namn"},
		{"support_line", "linje"},
		{"support_ore", "support kr"},
		{"taken", "tagna"},
		{"taken_away", "borttagna"},
		{"target", "mål"},
		{"target_s", "mål, s"},
		{"test", "prov"},
		{"text", "text"},
		{"through", "nås genom"},
		{"ticket", "ärende"},
		{"time", "tid"},
		{"title", "rubrik"},
		{"title_digest", "rubrikens kontrollsumma"},
		{"to", "till"},
		{"total_ore", "summa kr"},
		{"type", "typ"},
		{"unknown_s", "omätt"},
		{"until", "till"},
		{"unweighted", "oviktad"},
		{"updated", "uppdaterat"},
		{"urgency", "brådska"},
		{"user_minutes", "användarminuter"},
		{"valid_from", "gäller från"},
		{"valid_to", "gäller till"},
		{"value", "värde"},
		{"waits", "väntar"},
		{"what", "vad"},
		{"window", "fönster"},
		{"window_state", "läge"},
		{"withdrawn", "återtagen"},
		{"worst", "som värst"},
		{"zone", "tidszon"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], member) == 0)
			return words[i][1];
	return member;
}

const char *
vg_words_value(const char *member, const char *text)
{
	static const char *const words[][3] = {
		{"status", "new", "nytt"},
		{"status", "acknowledged", "mottaget"},
		{"status", "in_progress", "pågår"},
		{"status", "pending", "väntar"},
		{"status", "resolved", "löst"},
		{"status", "closed", "stängt"},
		{"status", "cancelled", "avbrutet"},
		{"status", "rejected", "avvisat"},
		{"pending_reason", "none", "inget"},
		{"pending_reason", "pending_requester", "beställaren"},
		{"pending_reason", "pending_municipality", "kommunen"},
		{"pending_reason", "scheduled_by_requester", "tid vald av beställaren"},
		{"pending_reason", "pending_supplier", "leverantören"},
		{"pending_reason", "pending_change", "en ändring"},
		{"pending_reason", "pending_vgr", "VGR"},
		{"type", "service_request", "beställning"},
		{"type", "change", "ändring"},
		{"type", "event", "händelse"},
		{"type", "security", "säkerhet"},
		{"type", "personal_data", "personuppgifter"},
		{"type", "patient_safety", "patientsäkerhet"},
		{"type", "complaint", "klagomål"},
		{"channel", "api", "API"},
		{"channel", "mail", "e-post"},
		{"channel", "phone", "telefon"},
		{"channel", "form", "formulär"},
		{"requester_class", "user", "användare"},
		{"requester_class", "municipality", "kommun"},
		{"requester_class", "vgr", "VGR"},
		{"requester_class", "alarm", "larm"},
		{"requester_class", "probe", "sond"},
		{"cause_party", "unknown", "okänd"},
		{"cause_party", "vgr", "VGR"},
		{"cause_party", "supplier", "leverantör"},
		{"cause_party", "municipality", "kommun"},
		{"cause_party", "third_party", "tredje part"},
		{"cause_party", "force_majeure", "force majeure"},
		{"raw", "samples", "prov"},
		{"raw", "alarms", "larm"},
		{"state", "pending", "väntar"},
		{"state", "delivered", "levererad"},
		{"state", "failed", "misslyckad"},
		{"state", "acknowledged", "kvitterad"},
		{"cause", "unknown", "okänd"},
		{"cause", "vgr", "VGR"},
		{"cause", "supplier", "leverantör"},
		{"cause", "municipality", "kommun"},
		{"cause", "third_party", "tredje part"},
		{"effect", "down", "nere"},
		{"effect", "degraded", "nedsatt"},
		{"effect", "cause", "orsak"},
		{"effect", "refute", "felmätt"},
		{"category", "planned", "planerat"},
		{"category", "emergency", "akut"},
		{"severity", "critical", "kritiskt"},
		{"severity", "major", "allvarligt"},
		{"severity", "minor", "mindre"},
		{"severity", "warning", "varning"},
		{"severity", "indeterminate", "oklart"},
		{"severity", "cleared", "upphört"},
		{"worst", "critical", "kritiskt"},
		{"worst", "major", "allvarligt"},
		{"worst", "minor", "mindre"},
		{"worst", "warning", "varning"},
		{"worst", "indeterminate", "oklart"},
		{"worst", "cleared", "upphört"},
		{"hidden", "shown", "visas"},
		{"hidden", "shelved", "parkerat"},
		{"hidden", "closed", "stängt"},
		{"hidden", "window", "servicefönster"},
		{"hidden", "flapping", "fladdrar"},
		{"hidden", "parent", "följdfel"},
		{"operator", "none", "inget"},
		{"operator", "ack", "kvitterat"},
		{"operator", "closed", "stängt"},
		{"operator", "shelved", "parkerat"},
		{"operator", "un-shelved", "åter i listan"},
		{"category", "other", "annat"},
		{"category", "availability", "tillgänglighet"},
		{"category", "performance", "prestanda"},
		{"category", "capacity", "kapacitet"},
		{"category", "security", "säkerhet"},
		{"category", "malware", "skadlig kod"},
		{"category", "vulnerability", "sårbarhet"},
		{"category", "backup", "säkerhetskopiering"},
		{"category", "certificate", "certifikat"},
		{"category", "integration", "integration"},
		{"category", "environment", "driftmiljö"},
		{"proposal", "outage", "avbrott"},
		{"proposal", "major_incident", "allvarlig incident"},
		{"proposal_state", "open", "väntar"},
		{"proposal_state", "accepted", "godtaget"},
		{"proposal_state", "refused", "avvisat"},
		{"proposal_state", "lapsed", "förfallet"},
		{"act_kind", "rate", "indextal"},
		{"act_kind", "cost", "årskostnad"},
		{"act_kind", "override", "särskilt beslut"},
		{"act_kind", "opening", "ingående balans"},
		{"act_kind", "close", "månadsavslut"},
		{"act_kind", "objection", "invändning"},
		{"act_state", "waiting", "väntar"},
		{"act_state", "approved", "godkänt"},
		{"act_state", "rejected", "avslaget"},
		{"override", "counts", "räknas"},
		{"override", "not_counted", "räknas inte"},
		{"override", "as_rules", "som reglerna säger"},
		{"objection_state", "open", "väntar"},
		{"objection_state", "accepted", "godtagen"},
		{"objection_state", "rejected", "avslagen"},
		{"disturbance_state", "draft", "utkast"},
		{"disturbance_state", "published", "publicerad"},
		{"disturbance_state", "closed", "avslutad"},
		{"disturbance_state", "overdue", "försenad uppdatering"},
		{"redis", "away", "borta"},
		{"redis", "connecting", "ansluter"},
		{"redis", "telling", "skriver"},
		{"redis", "current", "i fas"},
		{"sink", "connecting", "ansluter"},
		{"sink", "catching_up", "kommer ikapp"},
		{"sink", "current", "i fas"},
		{"sink", "gap", "lucka"},
		{"sink", "refused", "nekad"},
		{"verdict", "taken", "taget"},
		{"verdict", "flagged", "taget, med datafel"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], member) == 0 && strcmp(words[i][1], text) == 0)
			return words[i][2];
	return strcmp(member, "state") == 0 ? vg_sla_words(text) : text;
}

const char *
vg_words_hold(const char *name)
{
	int hold = 0;

	while (hold < VG_HOLD_COUNT && strcmp(vg_fee_hold_name((enum vg_fee_hold)hold), name) != 0)
		hold++;
	return hold < VG_HOLD_COUNT ? vg_fee_hold_words((enum vg_fee_hold)hold) : name;
}

const char *
vg_words_reason(const char *name)
{
	int reason = 0;

	while (reason < VG_FEE_REASON_COUNT &&
	       strcmp(vg_fee_reason_name((enum vg_fee_reason)reason), name) != 0)
		reason++;
	return reason < VG_FEE_REASON_COUNT ? vg_fee_reason_words((enum vg_fee_reason)reason)
					    : name;
}
