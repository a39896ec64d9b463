// A month of one service in one municipality, with its days under it and the same as a table.
import { Strip, type Stretch } from '../../charts/Chart';
import { t } from '../../i18n';
import { At, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import { day, duration, instant } from '../../time';
import type { Timeline } from './answers';
import { ofPieces, shownState } from './stretches';

const DAY_MS = 86_400_000;

/** From its first instant to the first of the next: local midnights. */
export function monthSpan(month: string): { from: number; to: number } {
	const [year, number] = month.split('-').map(Number) as [number, number];
	const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
	return { from: instant(`${month}-01T00:00`) ?? 0, to: instant(`${next}-01T00:00`) ?? 0 };
}

/** Under strips: where the weeks begin. */
export function Days({ from, to }: { from: number; to: number }) {
	const marks = [0, 7, 14, 21, 28].map((n) => from + n * DAY_MS).filter((at) => at < to);
	return <div class="days" aria-hidden="true">{marks.map((at) => <span key={at} style={{ left: `${(at - from) * 100 / (to - from)}%` }}>{day(at)}</span>)}</div>;
}

export function Months({ timeline, name, windows = [] }: { timeline: Timeline; name: string; windows?: readonly Stretch[] }) {
	const { from, to } = monthSpan(timeline.month);
	const deviating = timeline.pieces.filter((piece) => piece.state !== 'up');
	return <>
		<Strip name={name} from={from} to={to} stretches={[...windows, ...ofPieces(timeline.pieces)]} axis={<Days from={from} to={to} />} />
		{deviating.length > 0 && <details><summary>{t('chart.table')}</summary>
			<Table caption={name} hidden rows={deviating} keyOf={(piece) => piece.from} columns={[
				{ key: 'from', head: t('word.from'), header: true, cell: (piece) => <At at={piece.from} /> },
				{ key: 'to', head: t('word.to'), cell: (piece) => <At at={piece.to} /> },
				{ key: 'state', head: t('word.state'), cell: (piece) => <StateMark state={shownState(piece.state)} /> },
				{ key: 'long', head: t('word.length'), number: true, cell: (piece) => duration(piece.seconds) },
			]} /></details>}
	</>;
}
