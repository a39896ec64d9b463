// A month's fee basis, municipality by municipality; and for finance what closing it would give, what is held back and why.
import { useState } from 'preact/hooks';
import { may, municipalityName, municipalityNames, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count, kronor } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { Table, type Column } from '../../parts/Table';
import { A } from '../../router';
import { monthName } from '../../time';
import { useGet } from '../../use';
import { Decide, Proposed } from './decide';
import { ratio } from './figures';
import { MonthNav, StandingMark } from './months';
import { holdsOf, MODES, perUserYear, standing, sums, type Statement, type Statements } from './fee';

export function StatementState({ of }: { of: Statement }) {
	if (of.state === 'closed') return <span class="verdict met"><span aria-hidden="true">✓</span> {t('fee.closed')}</span>;
	return of.held ? <span class="verdict missed"><span aria-hidden="true">✕</span> {t('fee.held')}</span> : <span><span aria-hidden="true">◷</span> {t('fee.ready')}</span>;
}

function Totals({ rows }: { rows: Statement[] }) {
	const all = sums(rows);
	const facts: [string, string][] = [[t('fee.total'), kronor(all.total_ore)], [t('fee.support'), kronor(all.support_ore)], [t('fee.operation'), kronor(all.operation_ore)],
		[t('fee.counted'), count(all.counted)], [t('fee.per_user'), ratio(perUserYear(all))], [t('fee.blank'), t('fee.blank_of', { n: count(all.blank_count), sum: kronor(all.blank_ore) })]];
	return <dl class="totals">{facts.map(([name, value]) => <div class="fact" key={name}><dt>{name}</dt><dd class="figure">{value}</dd></div>)}</dl>;
}

function Basis({ month, rows }: { month: string; rows: Statement[] }) {
	const { directory } = useWorld();
	const open = rows.filter((s) => s.state !== 'closed').length;
	// what holds all of them back is said once, above
	const shared = new Set(open > 1 ? holdsOf(rows).filter((hold) => hold.municipalities.length === open).map((hold) => hold.name) : []);
	const name = (s: Statement) => municipalityName(directory, s.municipality);
	return <Table caption={t('fee.basis', { n: rows.length })} rows={rows} keyOf={(s) => s.municipality} columns={[
		{ key: 'name', head: t('f.municipality'), header: true, cell: (s) => <A to={`/avgifter/${month}/${s.municipality}`}>{name(s)}</A>, by: name },
		{ key: 'state', head: t('f.state'), cell: (s) => <><StatementState of={s} />{s.state !== 'closed' && s.holds.filter((hold) => !shared.has(hold.name)).map(({ name }) => <div class="muted" key={name}>{choice('hold', name)}</div>)}</>, by: (s) => s.state + s.held },
		{ key: 'users', head: t('f.users'), number: true, cell: (s) => count(s.users), by: (s) => s.users },
		{ key: 'counted', head: t('fee.counted'), number: true, cell: (s) => count(s.counted), by: (s) => s.counted },
		{ key: 'not', head: t('fee.not_counted'), cell: (s) => <><A to={`/avgifter/${month}/${s.municipality}?rader=not_counted`}>{count(s.not_counted)}</A>
			{Object.entries(s.not_counted_by ?? {}).map(([reason, n]) => <div class="muted" key={reason}>{count(n)} {choice('fee_reason', reason)}</div>)}</>, by: (s) => s.not_counted },
		{ key: 'per', head: t('fee.per_user'), number: true, cell: (s) => ratio(perUserYear(s)), by: perUserYear },
		...MODES.map((mode): Column<Statement> => ({ key: mode, head: choice('mode', mode), number: true, by: (s) => s.net_ore?.[mode] ?? null,
			cell: (s) => s.net_ore ? <span class={mode === s.mode ? 'figure in_force' : 'figure muted'}>{kronor(s.net_ore[mode])}</span> : '–' })),
		{ key: 'operation', head: t('fee.operation'), number: true, cell: (s) => kronor(s.operation_ore), by: (s) => s.operation_ore },
		{ key: 'total', head: t('fee.total'), number: true, cell: (s) => <strong class="figure">{kronor(s.total_ore)}</strong>, by: (s) => s.total_ore },
	]} />;
}

/** What `vinga close --plan` says: nothing is written by looking. */
function Plan({ month, rows }: { month: string; rows: Statement[] }) {
	const { me, directory } = useWorld();
	const [closing, close] = useState(false);
	const [sent, setSent] = useState(false);
	const open = rows.filter((s) => s.state !== 'closed');
	const held = open.filter((s) => s.held);
	const ready = sums(open.filter((s) => !s.held));
	if (open.length === 0) return null;
	return <section class="box" aria-labelledby="plan">
		<h2 id="plan">{t('close.plan')}</h2>
		<p>{t('close.would', { n: open.length - held.length, sum: kronor(ready.total_ore) })} {t('close.holds', { n: held.length })}</p>
		{holdsOf(rows).length > 0 && <><h3>{t('close.why')}</h3><ul>{holdsOf(rows).map(({ name, municipalities }) => <li key={name}>
			<strong>{choice('hold', name)}</strong>: {municipalities.length === open.length ? t('close.all_open') : municipalityNames(directory, municipalities, '', (n) => t('names.more', { n }), 8)}</li>)}</ul></>}
		{may(me, 'finance') && <p><button type="button" class="primary" onClick={() => close(true)}>{t('close.button')}</button></p>}
		<Proposed sent={sent} />
		{closing && <Decide title={t('close.propose', { month: monthName(month) })} submit={t('close.send')} path="/closings" body={() => ({ month })} onDone={(done) => { close(false); setSent(done); }}><p>{t('close.second')}</p></Decide>}
	</section>;
}

export function FeeMonth({ month }: { month: string }) {
	const { me } = useWorld();
	const statements = useGet<Statements>(`/statements?month=${month}`, 'act', 'ticket');
	return <Page title={t('fee.title', { month: monthName(month) })} wide aside={<MonthNav base="/avgifter" month={month} />}>
		<Shown of={statements} lines={14}>{({ statements: rows }) => rows.length === 0 ? <Empty>{t('fee.none')}</Empty> : <div class="fees">
			<p><StandingMark of={standing(rows)} /></p>
			<Totals rows={rows} />
			{me.municipality === null && <Plan month={month} rows={rows} />}
			<Basis month={month} rows={rows} />
		</div>}</Shown>
	</Page>;
}
