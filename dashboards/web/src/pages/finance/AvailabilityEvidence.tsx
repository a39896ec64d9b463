// What an availability figure is made of: every stretch of the month with what it counts as and why; for the region, every municipality.
import type { Stamped } from '../../api';
import { municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count, percent } from '../../numbers';
import { Strip } from '../../charts/Chart';
import { Select } from '../../parts/Form';
import { Figure, Span, Verdict } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { A, narrow, usePlace } from '../../router';
import type { State } from '../../state';
import { moment, monthName } from '../../time';
import { together, useAsk } from './ask';
import { asFigure, equal, exact, linesOf, mismatches, ppm, regionSum, secondsOf, type AvailabilityCell, type Counted, type Line, type Piece, type Stretch } from './figures';
import { SumLine } from './Evidence';
import { ALL, availabilityEvidence, type AvailabilityCells } from './Report';
import { download } from './sheet';

interface Timeline extends Stamped {
	pieces: Piece[];
	agreed: Stretch[];
	excluded?: Stretch[];
}

const SHOWN_AS: Record<Counted, State> = { up: 'ok', external: 'ok', degraded: 'degraded', down: 'down', unknown: 'unknown', excluded: 'maint', outside: 'maint' };
const ORDER: readonly Counted[] = ['down', 'degraded', 'unknown', 'external', 'up', 'excluded', 'outside'];

/** Why a stretch counts as it does. */
function reasonOf({ counted, piece }: Line): string {
	const words = [choice('counted_why', counted)];
	if (piece.state === 'down' || piece.state === 'degraded') words.push(`${t('f.cause')}: ${choice('party', piece.cause)}`);
	for (const mark of ['rewritten', 'flapping', 'provisional', 'pending'] as const) if (piece[mark]) words.push(choice('mark', mark));
	return words.join('; ');
}

function Formula({ cell }: { cell: AvailabilityCell }) {
	return <section class="box" aria-labelledby="formula">
		<h2 id="formula">{t('evidence.formula')}</h2>
		<p>{t('evidence.availability')}</p>
		<dl>
			<dt>{t('f.value')}</dt><dd><strong class="figure">{percent(ppm(cell.num, cell.den), 4)}</strong> <Verdict of={cell.verdict} /></dd>
			<dt>{t('f.target')}</dt><dd>{percent(cell.target_ppm, 3)}</dd>
			<dt>{t('evidence.fraction')}</dt><dd class="figure">{count(cell.num)} / {count(cell.den)}</dd>
			<dt>{t('evidence.base')}</dt><dd>{exact(cell.base_s)}</dd>
			<dt>{t('report.coverage')}</dt><dd>{percent(cell.coverage_ppm, 2)}</dd>
			{cell.budget_month_s !== null && <><dt>{t('evidence.budget')}</dt><dd>{cell.budget_month_s < 0 ? '−' : ''}{exact(Math.abs(cell.budget_month_s))}</dd></>}
			{cell.provisional_s > 0 && <><dt>{t('mark.provisional')}</dt><dd>{exact(cell.provisional_s)}</dd></>}
		</dl>
	</section>;
}

function Sums({ cell, lines }: { cell: AvailabilityCell; lines: Line[] }) {
	const sums = secondsOf(lines);
	const wrong = mismatches(cell, sums);
	const reported: Record<Counted, number> = { up: cell.up_s, external: cell.external_s, degraded: cell.degraded_s, down: cell.down_s, unknown: cell.unknown_s,
		excluded: cell.excluded_s, outside: cell.outside_s };
	return <>
		<SumLine ok={wrong.length === 0}>{wrong.length === 0 ? t('evidence.seconds', { s: count(cell.period_s) }) : `${wrong.map((name) => choice('counted', name)).join(', ')}.`}</SumLine>
		<Table caption={t('evidence.counts_as')} rows={ORDER} keyOf={(name) => name} sortName="summa" columns={[
			{ key: 'as', head: t('evidence.counts_as'), header: true, cell: (name) => choice('counted', name) },
			{ key: 'sum', head: t('evidence.sum'), number: true, cell: (name) => exact(sums[name]) },
			{ key: 'reported', head: t('evidence.reported'), number: true, cell: (name) => exact(reported[name]) },
		]} />
	</>;
}

function One({ month, cell, timeline, code }: { month: string; cell: AvailabilityCell; timeline: Timeline; code: string }) {
	const lines = linesOf(timeline.pieces, timeline.agreed, timeline.excluded ?? [], Date.parse(cell.to));
	return <>
		<Formula cell={cell} />
		<Sums cell={cell} lines={lines} />
		<Strip name={monthName(month)} from={Date.parse(cell.from)} to={Date.parse(cell.to)} stretches={lines.map((line) => ({ from: Date.parse(line.from), to: Date.parse(line.to),
			state: SHOWN_AS[line.counted], text: `${moment(Date.parse(line.from))}–${moment(Date.parse(line.to))}, ${choice('counted', line.counted)}, ${exact(line.seconds)}` }))} />
		<p><button type="button" onClick={() => download(`vinga-${month}-availability-${cell.service}-${code}.csv`, [
			[t('f.from'), t('f.to'), 's', t('evidence.counts_as'), t('f.reason'), t('f.record')],
			...lines.map((line) => [line.from, line.to, line.seconds, choice('counted', line.counted), reasonOf(line), line.piece.record]),
		])}>{t('evidence.csv')}</button></p>
		<Table caption={t('evidence.stretches', { n: lines.length })} rows={lines} keyOf={(line) => line.from} columns={[
			{ key: 'when', head: t('f.when'), header: true, cell: (line) => <Span from={line.from} to={line.to} />, by: (line) => line.from },
			{ key: 'seconds', head: t('f.length'), number: true, cell: (line) => exact(line.seconds), by: (line) => line.seconds },
			{ key: 'as', head: t('evidence.counts_as'), cell: (line) => choice('counted', line.counted), by: (line) => ORDER.indexOf(line.counted) },
			{ key: 'why', head: t('f.reason'), cell: reasonOf },
			{ key: 'record', head: t('f.record'), cell: (line) => line.piece.record ? <A to={`/avbrott/${line.piece.record}`}>{line.piece.record}</A> : '' },
		]} />
	</>;
}

function Region({ month, cell, cells }: { month: string; cell: AvailabilityCell; cells: AvailabilityCell[] }) {
	const { directory } = useWorld();
	const own = cells.filter((c) => c.municipality !== null);
	const sum = regionSum(own);
	return <>
		<Formula cell={cell} />
		<SumLine ok={equal(sum, cell)}>{t('evidence.weighted')} <span class="figure">{count(sum.num)} / {count(sum.den)}</span>, {t('evidence.reported')} <span class="figure">{count(cell.num)} / {count(cell.den)}</span>.</SumLine>
		<p><button type="button" onClick={() => download(`vinga-${month}-availability-${cell.service}-${ALL}.csv`, [
			[t('f.municipality'), t('f.users'), t('evidence.num'), t('evidence.den'), 'ppm'], ...own.map((c) => [c.municipality, c.users, c.num, c.den, ppm(c.num, c.den)]),
		])}>{t('evidence.csv')}</button></p>
		<Table caption={t('evidence.by_municipality')} rows={own} keyOf={(c) => String(c.municipality)} columns={[
			{ key: 'name', head: t('f.municipality'), header: true, cell: (c) => municipalityName(directory, c.municipality), by: (c) => municipalityName(directory, c.municipality) },
			{ key: 'users', head: t('f.users'), number: true, cell: (c) => c.users === null ? '–' : count(c.users), by: (c) => c.users },
			{ key: 'value', head: choice('kpi', 'availability'), number: true, cell: (c) => <Figure cell={asFigure(c)} to={availabilityEvidence(month, c)} decimals={3} />, by: (c) => ppm(c.num, c.den) },
			{ key: 'down', head: t('counted.down'), number: true, cell: (c) => exact(c.down_s), by: (c) => c.down_s },
			{ key: 'excluded', head: t('counted.excluded'), number: true, cell: (c) => exact(c.excluded_s), by: (c) => c.excluded_s },
			{ key: 'unknown', head: t('counted.unknown'), number: true, cell: (c) => exact(c.unknown_s), by: (c) => c.unknown_s },
		]} />
	</>;
}

function Cell({ month, code, service, channel }: { month: string; code: string; service: string; channel: string | undefined }) {
	const one = code !== ALL;
	const query = `month=${month}&service=${encodeURIComponent(service)}${channel === undefined ? '' : `&channel=${encodeURIComponent(channel)}`}${one ? `&municipality=${code}` : ''}`;
	const paths = [`/availability?${query}`, ...(one ? [`/availability/timeline?${query}`] : [])];
	const asked = useAsk(query, () => together((answers) => paths[answers.length] ?? null), 'outage', 'window');
	return <Shown of={asked} lines={12}>{([first, timeline]) => {
		const cells = (first as AvailabilityCells).cells.filter((c) => c.channel === channel);
		const cell = cells.find((c) => c.municipality === (one ? code : null));
		if (!cell) return <Empty>{t('evidence.no_cell')}</Empty>;
		return one ? <One month={month} cell={cell} timeline={timeline as Timeline} code={code} /> : <Region month={month} cell={cell} cells={cells} />;
	}}</Shown>;
}

export function AvailabilityEvidence({ month, code }: { month: string; code: string }) {
	const { directory } = useWorld();
	const { query } = usePlace();
	const services = directory.services.filter((s) => !s.component);
	const service = query.get('tjanst') ?? services[0]?.id;
	if (!service) return <Empty>{t('report.no_service')}</Empty>;
	return <>
		<div class="filters"><Select name="tjanst" label={t('f.service')} value={service} options={services.map(({ id, name }) => [id, name])} onInput={(value) => narrow({ tjanst: value, kanal: '' })} /></div>
		<Cell month={month} code={code} service={service} channel={query.get('kanal') ?? undefined} />
	</>;
}
