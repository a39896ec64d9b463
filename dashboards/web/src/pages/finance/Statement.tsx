// One municipality's statement: what it comes to, line by line, with reasons; what finance may decide of a line, and the municipality
// object to. What stands here is what `vinga statement` prints.
import { useState } from 'preact/hooks';
import { get, type Stamped } from '../../api';
import { may, municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count, kronor } from '../../numbers';
import { Page } from '../../parts/Shell';
import { At } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table, type Column } from '../../parts/Table';
import { A, usePlace } from '../../router';
import { monthName } from '../../time';
import { useGet } from '../../use';
import { Pick } from '../support/filters';
import { useAsk } from './ask';
import { ratio } from './figures';
import { ObjectDialog, OverrideDialog, Proposed } from './decide';
import { StatementState } from './FeeMonth';
import { Hash, MonthNav } from './months';
import { Objections } from './Objections';
import { download } from './sheet';
import { MODES, perUserYear, reasonsOf, type FeeLine, type FeeYear, type Objection, type WholeStatement } from './fee';

const LINES_SHOWN = 500;

/** With all of its lines: the API gives 10,000 at a time. */
async function whole(path: string): Promise<WholeStatement> {
	const all = await get<WholeStatement>(path);
	const lines = [...all.lines];
	for (let next = all.next; next !== null;) {
		const page = await get<WholeStatement>(`${path}?offset=${next}`);
		lines.push(...page.lines);
		next = page.next;
	}
	return { ...all, lines };
}

function Calculation({ of }: { of: WholeStatement }) {
	const rows: [string, string, number][] = [
		[t('fee.gross'), t('fee.times', { n: count(of.counted), price: kronor(of.ticket_price_ore) }), of.gross_ore],
		[t('fee.adjusted'), t('fee.adjusted_lines', { n: of.corrected }), of.adjusted_ore],
		[t('fee.capped'), t('fee.cap_of', { price: kronor(of.support_price_ore) }), -of.capped_ore],
		[t('fee.support'), choice('mode', of.mode), of.support_ore],
		[t('fee.operation'), t('fee.operation_of', { n: count(of.users), price: kronor(of.operation_price_ore) }), of.operation_ore],
		...(of.rounding_ore !== 0 ? [[t('fee.rounding'), '', of.rounding_ore] as [string, string, number]] : []),
		...(of.vat_ore !== 0 ? [[t('fee.vat'), '', of.vat_ore] as [string, string, number]] : []),
		[t('fee.total'), t('fee.without_vat'), of.total_ore],
	];
	return <Table caption={t('fee.calculation')} rows={rows} keyOf={([name]) => name} sortName="post" rowClass={([name]) => name === t('fee.total') ? 'total' : ''} columns={[
		{ key: 'part', head: t('fee.part'), header: true, cell: ([name]) => name },
		{ key: 'how', head: t('fee.how'), cell: ([, how]) => how },
		{ key: 'amount', head: t('fee.amount'), number: true, cell: ([, , ore]) => kronor(ore) },
	]} />;
}

function Course({ of }: { of: WholeStatement }) {
	return <dl>
		<dt>{t('f.state')}</dt><dd><StatementState of={of} />{of.trial && ` ${t('fee.trial')}`}</dd>
		{of.number && <><dt>{t('fee.number')}</dt><dd>{of.number}</dd></>}
		{of.holds.length > 0 && <><dt>{t('fee.holds')}</dt><dd>{of.holds.map(({ name }) => <div key={name}>{choice('hold', name)}</div>)}</dd></>}
		{of.closed && <><dt>{t('fee.closed')}</dt><dd><At at={of.closed} />, {of.author} / {of.approved_by ?? t('fee.by_calendar')}</dd></>}
		<dt>{t('fee.published')}</dt><dd>{of.published ? <At at={of.published} /> : t('fee.not_yet')}</dd>
		{of.model_sha256 && <><dt>{t('f.hash')}</dt><dd><Hash of={of.model_sha256} /></dd></>}
		<dt>{t('fee.invoice')}</dt><dd>{of.invoice ? `${of.invoice}, ${of.invoice_day}` : t('fee.not_yet')}</dd>
		<dt>{t('f.users')}</dt><dd><A to="/register">{count(of.users)}</A></dd>
		<dt>{t('fee.per_user')}</dt><dd>{ratio(perUserYear(of))} {t('fee.against')}</dd>
		<dt>{t('fee.not_counted')}</dt><dd>{of.not_counted === 0 ? 0 : reasonsOf(of.lines).map(([reason, n]) => <div key={reason}>{count(n)} {choice('fee_reason', reason)}</div>)}</dd>
		<dt>{t('fee.blank')}</dt><dd>{t('fee.blank_of', { n: count(of.blank_count), sum: kronor(of.blank_ore) })}</dd>
	</dl>;
}

function Years({ years }: { years: FeeYear[] }) {
	return <Table caption={t('fee.modes')} rows={years} keyOf={(y) => String(y.year)} sortName="ar" columns={[
		{ key: 'year', head: t('fee.year'), header: true, cell: (y) => y.year },
		...MODES.map((mode): Column<FeeYear> => ({ key: mode, head: choice('mode', mode), number: true, cell: (y) => kronor(y.net_ore[mode]) })),
		{ key: 'gross', head: t('fee.year_gross'), number: true, cell: (y) => kronor(y.gross_ore) },
		{ key: 'cap', head: t('fee.year_cap'), number: true, cell: (y) => kronor(y.cap_ore) },
		{ key: 'billed', head: t('fee.year_billed'), number: true, cell: (y) => kronor(y.billed_ore) },
	]} />;
}

function why(line: FeeLine): string {
	const words = [choice('fee_reason', line.reason)];
	if (line.reason_before) words.push(t('fee.before', { reason: choice('fee_reason', line.reason_before) }));
	if (line.corrects) words.push(t('fee.corrects', { number: line.corrects.number ?? '–', no: line.corrects.no }));
	if (line.act) words.push(line.act);
	if (line.cause_blank && line.kind === 'counted') words.push(t('fee.no_cause'));
	if (line.disputed) words.push(t('fee.disputed'));
	return words.join('; ');
}

function Lines({ of, objections, onDecided }: { of: WholeStatement; objections: Objection[]; onDecided: () => void }) {
	const { me } = useWorld();
	const kind = usePlace().query.get('rader') ?? '';
	const [shown, show] = useState(LINES_SHOWN);
	const [acting, act] = useState<{ what: 'object' | 'override'; line: FeeLine } | null>(null);
	const [sent, setSent] = useState(false);
	const rows = of.lines.filter((line) => kind === '' || line.kind === kind);
	const objected = new Map(objections.map((o) => [o.ticket, o]));
	const canObject = may(me, 'object') && of.state === 'closed', canOverride = may(me, 'finance');
	const done = (proposed: boolean) => { setSent(proposed && acting?.what === 'override'); act(null); onDecided(); };
	if (of.lines.length === 0) return <Empty>{t('fee.no_lines')}</Empty>;
	return <section>
		<div class="filters"><Pick name="rader" label={t('evidence.show')} options={[['', t('evidence.all')], ...[...new Set(of.lines.map((line) => line.kind))].map((k): [string, string] => [k, choice('line_kind', k)])]} />
		<button type="button" onClick={() => download(`vinga-${of.month}-${of.municipality}.csv`, [
			[t('fee.line'), t('fee.kind'), t('f.ticket'), t('f.month'), t('f.reason'), t('fee.reference'), 'kr'],
			...of.lines.map((l) => [l.no, choice('line_kind', l.kind), l.ticket, l.month, why(l), l.refs.map((r) => r.ref).join(' '), l.amount_ore / 100]),
		])}>{t('evidence.csv')}</button></div>
		<Proposed sent={sent} />
		<Table caption={t('fee.lines', { n: rows.length })} rows={rows.slice(0, shown)} keyOf={(l) => String(l.no)} columns={[
			{ key: 'no', head: t('fee.line'), number: true, cell: (l) => l.no, by: (l) => l.no },
			{ key: 'ticket', head: t('f.ticket'), header: true, cell: (l) => <A to={`/arenden/${l.ticket}`}>{l.ticket}</A>, by: (l) => l.ticket },
			{ key: 'ref', head: t('fee.reference'), cell: (l) => l.refs.map((r) => r.ref).join(', ') },
			{ key: 'kind', head: t('fee.kind'), cell: (l) => `${choice('line_kind', l.kind)}${l.month === of.month ? '' : `, ${l.month}`}`, by: (l) => l.kind },
			{ key: 'why', head: t('f.reason'), cell: why, by: (l) => l.reason },
			{ key: 'amount', head: t('fee.amount'), number: true, cell: (l) => kronor(l.amount_ore), by: (l) => l.amount_ore },
			...(canObject || canOverride ? [{ key: 'do', head: t('fee.decide'), cell: (l: FeeLine) => <>
				{canOverride && <button type="button" class="plain" onClick={() => act({ what: 'override', line: l })}>{t('override.button')}<span class="unseen"> {l.ticket}</span></button>}
				{canObject && !objected.has(l.ticket) && <button type="button" class="plain" onClick={() => act({ what: 'object', line: l })}>{t('objection.button')}<span class="unseen"> {l.ticket}</span></button>}
			</> }] : []),
		]} />
		{rows.length > shown && <p><button type="button" onClick={() => show(shown + LINES_SHOWN)}>{t('evidence.more', { n: rows.length - shown })}</button></p>}
		{acting?.what === 'override' && <OverrideDialog line={acting.line} onDone={done} />}
		{acting?.what === 'object' && <ObjectDialog month={of.month} municipality={of.municipality} ticket={acting.line.ticket} onDone={done} />}
	</section>;
}

export function Statement({ month, code }: { month: string; code: string }) {
	const { me, directory } = useWorld();
	const [users, objectUsers] = useState(false);
	const statement = useAsk(`${month}/${code}`, () => whole(`/statements/${month}/${code}`), 'act', 'ticket');
	const objections = useGet<Stamped & { objections: Objection[] }>(`/objections?month=${month}&municipality=${code}&limit=1000`, 'act');
	const list = objections.data?.objections ?? [];
	const again = () => { statement.again(); objections.again(); };
	return <Page title={t('fee.statement', { name: municipalityName(directory, code), month: monthName(month) })} wide aside={<>
		{me.municipality === null && <A to={`/avgifter/${month}`}>{t('fee.title', { month: monthName(month) })}</A>}<MonthNav base="/avgifter" month={month} rest={`/${code}`} /></>}>
		<Shown of={statement} lines={14}>{(of) => <>
			<div class="basis">
				<div class="box"><Course of={of} />{may(me, 'object') && of.state === 'closed' && <button type="button" onClick={() => objectUsers(true)}>{t('objection.users')}</button>}</div>
				<div class="box"><Calculation of={of} /></div>
			</div>
			<Years years={of.years} />
			{list.length > 0 && <Objections objections={list} onDecided={again} />}
			<Lines of={of} objections={list} onDecided={again} />
			{users && <ObjectDialog month={month} municipality={code} ticket={null} onDone={() => { objectUsers(false); again(); }} />}
		</>}</Shown>
	</Page>;
}
