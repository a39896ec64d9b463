// A month's report: what was promised and what came of it. Every number leads to its evidence.
import type { Stamped } from '../../api';
import { municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count, kronor, percent } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Figure, Verdict } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { duration, monthName } from '../../time';
import { useGet, type Asked } from '../../use';
import { asFigure, kpiOrder, kpiText, ppm, type AvailabilityCell, type KpiCell } from './figures';
import { MonthNav, StandingMark } from './months';
import { Comments } from './Comments';
import { Corrections, Versions } from './Versions';
import { standing, type Statements } from './fee';

export interface KpiCells extends Stamped {
	cells: KpiCell[];
	rule_rev: number;
}
export interface AvailabilityCells extends Stamped {
	cells: AvailabilityCell[];
}

/** Of tickets that nobody's municipality is known for, the code is "". */
export const ALL = 'alla';
export function evidenceOf(month: string, kpi: string, code: string | null): string {
	return `/rapporter/${month}/kpi/${kpi}/${code === null ? ALL : code}`;
}
export function availabilityEvidence(month: string, cell: AvailabilityCell): string {
	const channel = cell.channel === undefined ? '' : `&kanal=${encodeURIComponent(cell.channel)}`;
	return `${evidenceOf(month, 'availability', cell.municipality)}?tjanst=${encodeURIComponent(cell.service)}${channel}`;
}

function Value({ cell, month, code }: { cell: KpiCell; month: string; code: string | null }) {
	return <A to={evidenceOf(month, cell.kpi, code)} class="figure">{kpiText(cell)}</A>;
}

function Kpis({ month, cells, code }: { month: string; cells: KpiCell[]; code: string | null }) {
	const promised = (cell: KpiCell) => cell.target_ppm !== null;
	return <Table caption={t('report.kpis')} rows={[...cells.filter(promised), ...cells.filter((cell) => !promised(cell))]} keyOf={(cell) => cell.kpi} sortName="kpi" columns={[
		{ key: 'kpi', head: t('report.kpi'), header: true, cell: (cell) => choice('kpi', cell.kpi) },
		{ key: 'value', head: t('f.value'), number: true, cell: (cell) => <Value cell={cell} month={month} code={code} /> },
		{ key: 'target', head: t('f.target'), number: true, cell: (cell) => cell.target_ppm === null ? '' : percent(cell.target_ppm, 1) },
		{ key: 'verdict', head: t('f.verdict'), cell: (cell) => cell.target_ppm === null ? '' : <Verdict of={cell.verdict} /> },
		{ key: 'of', head: t('report.basis'), number: true, cell: (cell) => cell.unit === 'share' ? t('report.of', { n: count(cell.num), of: count(cell.den) }) : '' },
		{ key: 'out', head: t('report.left_out'), number: true, cell: (cell) => cell.left_out === 0 ? '' : count(cell.left_out) },
		{ key: 'rule', head: t('f.rule'), cell: (cell) => cell.rule },
	]} />;
}

function Availability({ month, cells, code }: { month: string; cells: AvailabilityCell[]; code: string | null }) {
	const { directory } = useWorld();
	const rows = cells.filter((cell) => cell.municipality === code);
	if (rows.length === 0) return <Empty>{t('report.no_service')}</Empty>;
	const channel = (cell: AvailabilityCell) => directory.services.find((s) => s.id === cell.service)?.channels.find((c) => c.id === cell.channel)?.name ?? t('report.all_channels');
	return <section>{code === null && <p class="muted">{t('report.region_sum')}</p>}<Table caption={t('report.availability')} rows={rows} keyOf={(cell) => `${cell.service}/${cell.channel}`} sortName="tjanst" columns={[
		{ key: 'service', head: t('f.service'), header: true, cell: (cell) => serviceName(directory, cell.service), by: (cell) => serviceName(directory, cell.service) },
		{ key: 'channel', head: t('f.channel'), cell: channel },
		{ key: 'value', head: t('report.availability'), number: true, cell: (cell) => <A class="figure" to={availabilityEvidence(month, cell)}>{percent(ppm(cell.num, cell.den))}</A>, by: (cell) => ppm(cell.num, cell.den) },
		{ key: 'target', head: t('f.target'), number: true, cell: (cell) => percent(cell.target_ppm, 1) },
		{ key: 'verdict', head: t('f.verdict'), cell: (cell) => <Verdict of={cell.verdict} /> },
		{ key: 'down', head: t('counted.down'), number: true, cell: (cell) => duration(cell.down_s), by: (cell) => cell.down_s },
		{ key: 'excluded', head: t('counted.excluded'), number: true, cell: (cell) => duration(cell.excluded_s), by: (cell) => cell.excluded_s },
		{ key: 'unknown', head: t('counted.unknown'), number: true, cell: (cell) => duration(cell.unknown_s), by: (cell) => cell.unknown_s },
		{ key: 'coverage', head: t('report.coverage'), number: true, cell: (cell) => percent(cell.coverage_ppm, 1) },
	]} /></section>;
}

const SHOWN = ['resolution_met', 'response_met', 'inflow', 'second_line_tickets', 'tickets_per_user_12_months'] as const;

/** The service that was available least. */
function lowest(cells: readonly AvailabilityCell[], code: string): AvailabilityCell | undefined {
	const own = cells.filter((cell) => cell.municipality === code && cell.channel === undefined && cell.den > 0);
	return own.sort((a, b) => a.num / a.den - b.num / b.den)[0];
}

function Municipalities({ month, kpis, availability, statements }: { month: string; kpis: KpiCell[]; availability: AvailabilityCell[]; statements: Statements | null }) {
	const { me, directory } = useWorld();
	const at = new Map(kpis.map((cell) => [`${cell.municipality}/${cell.kpi}`, cell]));
	const members = directory.municipalities.filter((m) => me.municipality === null ? m.member : m.code === me.municipality)
		.sort((a, b) => a.name.localeCompare(b.name, 'sv'));
	return <Table caption={t('report.municipalities', { n: members.length })} rows={members} keyOf={(m) => m.code} columns={[
		{ key: 'name', head: t('f.municipality'), header: true, cell: (m) => <A to={`/kommun/${m.code}`}>{m.name}</A>, by: (m) => m.name },
		{ key: 'availability', head: t('report.lowest'), number: true, by: (m) => {
			const cell = lowest(availability, m.code);
			return cell ? cell.num / cell.den : null;
		}, cell: (m) => {
			const cell = lowest(availability, m.code);
			return cell ? <Figure cell={asFigure(cell)} to={availabilityEvidence(month, cell)} /> : '–';
		} },
		...SHOWN.map((kpi) => ({ key: kpi, head: choice('kpi', kpi), number: true, by: (m: { code: string }) => kpiOrder(at.get(`${m.code}/${kpi}`)), cell: (m: { code: string }) => {
			const cell = at.get(`${m.code}/${kpi}`);
			if (!cell) return '–';
			return cell.target_ppm === null ? <Value cell={cell} month={month} code={m.code} />
				: <Figure cell={{ value_ppm: cell.value_ppm ?? null, target_ppm: cell.target_ppm, verdict: cell.verdict }} to={evidenceOf(month, kpi, m.code)} />;
		} })),
		{ key: 'fee', head: t('f.fee'), number: true, by: (m) => statements?.statements.find((s) => s.municipality === m.code)?.total_ore ?? null, cell: (m) => {
			const statement = statements?.statements.find((s) => s.municipality === m.code);
			return statement ? <A class="figure" to={`/avgifter/${month}/${m.code}`}>{kronor(statement.total_ore)}</A> : '–';
		} },
	]} />;
}

function Banner({ statements }: { statements: Asked<Statements> }) {
	if (statements.problem?.status === 404 || !statements.data) return null;
	const of = standing(statements.data.statements);
	if (of.state === 'closed') return <p><StandingMark of={of} /></p>;
	return <div class="box note"><strong><StandingMark of={of} />.</strong> {t('report.provisional')}</div>;
}

export function Report({ month }: { month: string }) {
	const { me, directory } = useWorld();
	const code = me.municipality;
	const kpis = useGet<KpiCells>(`/kpi?month=${month}`, 'ticket');
	const split = useGet<KpiCells>(`/kpi?month=${month}&by=municipality`, 'ticket');
	const availability = useGet<AvailabilityCells>(`/availability?month=${month}`, 'outage', 'window');
	const statements = useGet<Statements>(`/statements?month=${month}`, 'act');
	const title = t('report.title', { month: monthName(month) });
	return <Page title={code ? `${title}, ${municipalityName(directory, code)}` : title} aside={<MonthNav base="/rapporter" month={month} />}>
		<div class="report">
			<Banner statements={statements} />
			<Shown of={availability} lines={6}>{({ cells }) => <Availability month={month} cells={cells} code={code} />}</Shown>
			<Shown of={kpis} lines={12}>{({ cells }) => <Kpis month={month} cells={cells} code={code} />}</Shown>
			<Shown of={split} lines={12}>{({ cells }) => <Municipalities month={month} kpis={cells} availability={availability.data?.cells ?? []} statements={statements.data} />}</Shown>
			<Comments month={month} />
			<Versions month={month} />
			<Corrections month={month} />
		</div>
	</Page>;
}
