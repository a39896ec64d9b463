// What a figure is made of: its formula in words, every ticket that went in, and a sum that must be the figure. When it is not, that is
// said in red and never hidden.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { get, type Problem, type Stamped } from '../../api';
import { municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count, percent } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Verdict } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { A, usePlace } from '../../router';
import { monthName } from '../../time';
import { Pick } from '../support/filters';
import { together, useAsk } from './ask';
import { AvailabilityEvidence } from './AvailabilityEvidence';
import { equal, kpiText, leftOut, partText, perUser, sumOf, type KpiCell, type Part, type Sum } from './figures';
import { shift } from './months';
import { ALL, evidenceOf, type KpiCells } from './Report';
import { download } from './sheet';

const STEP = 500;
const PARTS_MAX = 200_000;

interface PartPage extends Stamped {
	evidence: Part[];
	more: boolean;
}

/** A figure and all of its tickets: the API gives these 10,000 at a time. */
async function figureAndParts(cells: string, evidence: string): Promise<{ cells: KpiCell[]; parts: Part[] }> {
	const partsOf = (pages: readonly Stamped[]) => (pages as PartPage[]).flatMap((page) => page.evidence);
	const [first, ...pages] = await together((answers) => {
		if (answers.length === 0) return cells;
		const last = answers.at(-1) as Partial<PartPage>;
		const n = partsOf(answers.slice(1)).length;
		return answers.length === 1 || (last.more && n < PARTS_MAX) ? `${evidence}&offset=${n}` : null;
	});
	return { cells: (first as KpiCells).cells, parts: partsOf(pages) };
}

export function SumLine({ ok, children }: { ok: boolean; children: ComponentChildren }) {
	return <p class={ok ? 'box sum' : 'box sum broken'} role={ok ? 'status' : 'alert'}>
		<strong class={`verdict ${ok ? 'met' : 'missed'}`}><span aria-hidden="true">{ok ? '✓' : '✕'}</span> {ok ? t('evidence.adds_up') : t('evidence.differs')}</strong> {children}
	</p>;
}

function SumOf({ sum }: { sum: Sum }) {
	return <span class="figure">{count(sum.num)}{sum.den === 1 ? '' : ` / ${count(sum.den)}`}</span>;
}

function Formula({ cell, n, month, code }: { cell: KpiCell; n: number; month: string; code: string }) {
	return <section class="box" aria-labelledby="formula">
		<h2 id="formula">{t('evidence.formula')}</h2>
		<p>{choice('formula', cell.unit === 'share' ? cell.kpi : cell.unit)}</p>
		<dl>
			<dt>{t('f.value')}</dt><dd><strong class="figure">{kpiText(cell)}</strong> {cell.target_ppm !== null && <Verdict of={cell.verdict} />}</dd>
			{cell.target_ppm !== null && <><dt>{t('f.target')}</dt><dd>{percent(cell.target_ppm, 1)}</dd></>}
			<dt>{t('evidence.num')}</dt><dd class="figure">{cell.unit === 'ms' || cell.unit === 'mean_ms' ? `${count(cell.num)} ms` : count(cell.num)}</dd>
			{cell.unit !== 'count' && <><dt>{t('evidence.den')}</dt><dd class="figure">{count(cell.den)}</dd></>}
			<dt>{t('evidence.tickets')}</dt><dd>{count(n)}</dd>
			<dt>{t('report.left_out')}</dt><dd>{count(cell.left_out)}{cell.left_out > 0 && ` – ${choice('left_out', leftOut(cell.kpi))}`}</dd>
			{cell.rolling_den !== undefined && <><dt>{t('evidence.rolling')}</dt><dd>{t('report.of', { n: count(cell.rolling_num ?? 0), of: count(cell.rolling_den) })}</dd></>}
			<dt>{t('f.rule')}</dt><dd>{cell.rule}</dd>
		</dl>
		{cell.kpi.startsWith('tickets_per_user') && <p><A to={evidenceOf(month, 'second_line_tickets', code)}>{choice('kpi', 'second_line_tickets')}</A></p>}
	</section>;
}

function Tickets({ cell, parts }: { cell: KpiCell; parts: Part[] }) {
	const only = usePlace().query.get('endast') ?? '';
	const [shown, show] = useState(STEP);
	const share = cell.unit === 'share';
	const rows = parts.filter((part) => only === '' || (only === 'ja') === (part.num > 0));
	if (parts.length === 0) return <Empty>{t('evidence.no_tickets')}</Empty>;
	return <section>
		{share && <div class="filters"><Pick name="endast" label={t('evidence.show')} options={[['', t('evidence.all')], ['ja', t('evidence.in')], ['nej', t('evidence.not_in')]]} /></div>}
		<Table caption={t('evidence.tickets_of', { n: count(rows.length) })} rows={rows.slice(0, shown)} keyOf={(part) => part.ticket} columns={[
			{ key: 'ticket', head: t('f.ticket'), header: true, cell: (part) => <A to={`/arenden/${part.ticket}`}>{part.ticket}</A>, by: (part) => part.ticket },
			{ key: 'num', head: t('evidence.num'), number: true, cell: (part) => partText(cell, part), by: (part) => part.num },
			...(cell.unit === 'count' ? [] : [{ key: 'den', head: t('evidence.den'), number: true, cell: (part: Part) => count(part.den) }]),
			{ key: 'why', head: t('f.reason'), cell: (part) => part.num > 0 ? t('evidence.in') : t('evidence.not_in') },
		]} />
		{rows.length > shown && <p><button type="button" onClick={() => show(shown + STEP)}>{t('evidence.more', { n: rows.length - shown })}</button></p>}
	</section>;
}

function Body({ cell, parts, month, code }: { cell: KpiCell; parts: Part[]; month: string; code: string }) {
	const sum = perUser(cell, month, parts.length) ?? sumOf(cell, parts);
	return <>
		<Formula cell={cell} n={parts.length} month={month} code={code} />
		<SumLine ok={equal(sum, cell)}>{t('evidence.sum')} <SumOf sum={sum} />, {t('evidence.reported')} <SumOf sum={cell} />.</SumLine>
		<p><button type="button" onClick={() => download(`vinga-${month}-${cell.kpi}-${code}.csv`, [
			[t('f.ticket'), t('evidence.num'), t('evidence.den')], ...parts.map((part) => [part.ticket, part.num, part.den]), [t('evidence.sum'), sum.num, sum.den],
		])}>{t('evidence.csv')}</button></p>
		<Tickets cell={cell} parts={parts} />
	</>;
}

/** A figure of twelve months: of each the tickets to second line, whose own evidence has them one by one. */
function Twelve({ cells, month, code }: { cells: (KpiCell[] | null)[]; month: string; code: string }) {
	const of = (i: number, kpi: string) => cells[i]?.find((c) => c.kpi === kpi);
	const cell = of(0, 'tickets_per_user_12_months');
	const rows = cells.map((_, i) => ({ month: shift(month, -i), n: of(i, 'second_line_tickets')?.num ?? 0 }));
	const n = rows.reduce((sum, row) => sum + row.n, 0);
	if (!cell) return <Empty>{t('evidence.no_kpi')}</Empty>;
	// the mean of users is taken over the months that have a reading
	const readings = n > 0 ? Math.floor(cell.num / n) : 0;
	return <>
		<Formula cell={cell} n={n} month={month} code={code} />
		<SumLine ok={n * readings === cell.num && readings <= cells.length}>{t('evidence.twelve', { n: count(n), m: readings })} <span class="figure">{count(cell.num)} / {count(cell.den)}</span>.</SumLine>
		<Table caption={choice('kpi', 'second_line_tickets')} rows={rows} keyOf={(row) => row.month} columns={[
			{ key: 'month', head: t('f.month'), header: true, cell: (row) => monthName(row.month) },
			{ key: 'n', head: choice('kpi', 'second_line_tickets'), number: true, cell: (row) => <A to={evidenceOf(row.month, 'second_line_tickets', code)}>{count(row.n)}</A> },
		]} />
	</>;
}

function filterOf(code: string): string {
	return code === ALL ? '' : `&municipality=${encodeURIComponent(code)}`;
}

function TwelveMonths({ month, code }: { month: string; code: string }) {
	const asked = useAsk(`${month}${code}`, () => Promise.all(Array.from({ length: 12 }, (_, i) => get<KpiCells>(`/kpi?month=${shift(month, -i)}${filterOf(code)}`).then((answer) => answer.cells)
		.catch((problem: Problem) => {
			if (problem.status === 404) return null; // before the first agreement
			throw problem;
		}))));
	return <Shown of={asked} lines={12}>{(cells) => <Twelve cells={cells} month={month} code={code} />}</Shown>;
}

/** Figures for each user are made of the tickets to second line. */
function sourceOf(kpi: string): string {
	return kpi === 'tickets_per_user_month_annualised' ? 'second_line_tickets' : kpi;
}

function KpiEvidence({ month, kpi, code }: { month: string; kpi: string; code: string }) {
	const filter = filterOf(code);
	const cells = `/kpi?month=${month}${filter}`;
	const evidence = `/kpi/evidence?month=${month}&kpi=${encodeURIComponent(sourceOf(kpi))}${filter}`;
	const asked = useAsk(evidence + kpi, () => figureAndParts(cells, evidence));
	return <Shown of={asked} lines={12}>{(data) => {
		const cell = data.cells.find((c) => c.kpi === kpi);
		return cell ? <Body cell={cell} parts={data.parts} month={month} code={code} /> : <Empty>{t('evidence.no_kpi')}</Empty>;
	}}</Shown>;
}

export function Evidence({ month, kpi, code }: { month: string; kpi: string; code: string }) {
	const { directory } = useWorld();
	const whose = code === ALL ? t('f.region') : municipalityName(directory, code);
	return <Page title={`${choice('kpi', kpi)}, ${whose}`} aside={<A to={`/rapporter/${month}`}>{t('report.title', { month: monthName(month) })}</A>}>
		{kpi === 'availability' ? <AvailabilityEvidence month={month} code={code} />
			: kpi === 'tickets_per_user_12_months' ? <TwelveMonths month={month} code={code} /> : <KpiEvidence month={month} kpi={kpi} code={code} />}
	</Page>;
}
