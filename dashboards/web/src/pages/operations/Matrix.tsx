// Every service in every municipality: where does it deviate. The grid is one stop of the Tab key; arrows, Home, End and Page Up and Down
// walk it, and Enter tells about a cell. What deviates stands first.
import { useRef, useState } from 'preact/hooks';
import { municipalityName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Input } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { A, narrow, usePlace } from '../../router';
import { GLYPH, STATES } from '../../state';
import { clock, day, dayOf, now } from '../../time';
import { useGet } from '../../use';
import type { Matrix as MatrixAnswer, MatrixCell } from './answers';
import { CellDetail } from './CellDetail';
import { rowsOf, step, type Row, type Spot } from './grid';
import { useTurns } from './Wall';

function since(at: string): string {
	const ms = Date.parse(at);
	return dayOf(ms) === dayOf(now()) ? clock(ms) : day(ms);
}

function CellButton({ cell, tabIndex, spot, onOpen }: { cell: MatrixCell | undefined; tabIndex: number; spot: string; onOpen: () => void }) {
	if (!cell) return <button type="button" class="cell none" tabIndex={tabIndex} data-spot={spot} aria-disabled="true"><span class="unseen">{t('matrix.not_promised')}</span></button>;
	return <button type="button" class={`cell fillbox ${cell.state}`} tabIndex={tabIndex} data-spot={spot} onClick={onOpen}>
		<span class="glyph" aria-hidden="true">{GLYPH[cell.state]}</span>
		<span class="unseen">{t(`state.${cell.state}`)}</span>
		{cell.state !== 'ok' && cell.since && <span><span class="unseen">{t('wall.since')} </span>{since(cell.since)}</span>}
	</button>;
}

function Head({ service }: { service: MatrixAnswer['services'][number] }) {
	return <span class="tally">{STATES.filter((state) => state !== 'ok' && service.counts[state] > 0)
		.map((state) => <span key={state}><span aria-hidden="true">{GLYPH[state]}</span>{service.counts[state]}<span class="unseen"> {t(`state.${state}`)}</span> </span>)}</span>;
}

function Grid({ matrix, rows, onOpen }: { matrix: MatrixAnswer; rows: Row[]; onOpen: (spot: Spot) => void }) {
	const [at, set] = useState<Spot>({ row: rows[0]?.code ?? '', column: matrix.services[0]?.id ?? '' });
	const grid = useRef<HTMLTableElement>(null);
	const codes = rows.map((row) => row.code), ids = matrix.services.map((service) => service.id);
	const there = (at.row === '' || codes.includes(at.row)) && (at.column === '' || ids.includes(at.column));
	const current = there ? at : { row: codes[0] ?? '', column: '' };
	const name = (row: string, column: string) => `${row}/${column}`;
	const tab = (row: string, column: string) => row === current.row && column === current.column ? 0 : -1;

	const onKey = (event: KeyboardEvent) => {
		const to = event.altKey || event.metaKey ? null : step(event.key, event.ctrlKey, current, codes, ids);
		if (!to) return;
		event.preventDefault();
		set(to);
		grid.current?.querySelector<HTMLElement>(`[data-spot="${name(to.row, to.column)}"]`)?.focus();
	};
	const onFocus = (event: FocusEvent) => {
		const [row, column] = ((event.target as HTMLElement).dataset.spot ?? '').split('/');
		if (row !== undefined && column !== undefined) set({ row, column });
	};
	return <div class="matrix">
		<table ref={grid} role="grid" aria-label={t('matrix.grid')} aria-rowcount={rows.length + 1} onKeyDown={onKey} onFocusIn={onFocus}>
			<thead><tr>
				<th scope="col"><span class="muted">{t('municipality')}</span></th>
				{matrix.services.map((service) => <th scope="col" key={service.id}>
					<A to={`/avbrott?tjanst=${service.id}`} tabIndex={tab('', service.id)} data-spot={name('', service.id)}>{service.name}</A>
					<Head service={service} />
				</th>)}
			</tr></thead>
			<tbody>{rows.map((row) => <tr key={row.code}>
				<th scope="row"><A to={`/kommun/${row.code}`} tabIndex={tab(row.code, '')} data-spot={name(row.code, '')}>{row.name}</A></th>
				{ids.map((id) => <td key={id}><CellButton cell={row.cells.get(id)} tabIndex={tab(row.code, id)} spot={name(row.code, id)} onOpen={() => onOpen({ row: row.code, column: id })} /></td>)}
			</tr>)}</tbody>
		</table>
	</div>;
}

export function Matrix() {
	const { directory } = useWorld();
	const { query } = usePlace();
	const deviating = query.get('avvik') === '1', wanted = query.get('q') ?? '';
	const matrix = useGet<MatrixAnswer>('/matrix', 'state', 'window', 'outage');
	const [open, setOpen] = useState<Spot | null>(null);
	const [cleared, clear] = useState(0);
	useTurns('/vagg');

	const reset = () => {
		narrow({ q: '', avvik: '' });
		clear(cleared + 1);
	};
	const down = matrix.data?.services.reduce((sum, service) => sum + service.counts.down, 0) ?? 0;
	return <Page title={t('menu.matrix')} badge={down} wide>
		<div class="filters" role="search">
			<Input key={cleared} name="q" type="search" label={t('matrix.filter')} value={wanted} onInput={(q) => narrow({ q })} />
			<label class="tick"><input type="checkbox" checked={deviating} onChange={() => narrow({ avvik: deviating ? '' : '1' })} /> {t('matrix.deviating')}</label>
		</div>
		<Shown of={matrix} lines={16}>{(data) => {
			const rows = rowsOf(data.cells, (code) => municipalityName(directory, code), deviating, wanted);
			const cell = open && data.cells.find((one) => one.municipality === open.row && one.service === open.column);
			return <>
				{rows.length > 0 ? <Grid matrix={data} rows={rows} onOpen={setOpen} />
					: <Empty>{data.cells.length === 0 ? t('matrix.no_agreement') : wanted ? t('matrix.no_match', { q: wanted }) : t('matrix.nothing')}{' '}
						{(deviating || wanted) && <button type="button" class="plain" onClick={reset}>{t('matrix.reset')}</button>}</Empty>}
				{cell && <CellDetail cell={cell} onClose={() => setOpen(null)} />}
			</>;
		}}</Shown>
	</Page>;
}
