// Tables: real ones, sortable by their heads, and stacked rows with their labels on small screens.
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { here, narrow } from '../router';

export interface Column<Row> {
	key: string;
	head: string;
	/** The row's header cell: says which row it is. */
	header?: boolean;
	/** Numbers stand to the right. */
	number?: boolean;
	cell: (row: Row) => ComponentChildren;
	/** What it is sorted by; a column without it is not sortable. */
	by?: (row: Row) => string | number | null;
}

function compare(a: string | number | null, b: string | number | null): number {
	if (a === b) return 0;
	if (a === null) return 1;
	if (b === null) return -1;
	return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'sv', { numeric: true });
}

/** The order stands in the address: ?sort=key or ?sort=-key. Without it rows stay as they came. */
export function Table<Row>({ caption, columns, rows, keyOf, sortName = 'sort', rowClass, hidden }: {
	caption: string;
	columns: Column<Row>[];
	rows: readonly Row[];
	keyOf: (row: Row) => string;
	sortName?: string;
	rowClass?: (row: Row) => string;
	/** The caption is for screen readers only, since a heading says the same. */
	hidden?: boolean;
}) {
	const sort = here().query.get(sortName) ?? '';
	const key = sort.replace(/^-/, ''), down = sort.startsWith('-');
	const by = columns.find((column) => column.key === key)?.by;
	const shown = by ? [...rows].sort((a, b) => (down ? -1 : 1) * compare(by(a), by(b))) : rows;

	return <table class="stacks">
		<caption class={hidden ? 'unseen' : ''}>{caption}</caption>
		<thead><tr>{columns.map((column) => <th scope="col" key={column.key} class={column.number ? 'number' : ''}
			{...(column.by ? { 'aria-sort': column.key !== key ? 'none' as const : down ? 'descending' as const : 'ascending' as const } : {})}>
			{column.by
				? <button type="button" class="sorter" onClick={() => narrow({ [sortName]: column.key === key && !down ? `-${key}` : column.key })}>
					{column.head}<span aria-hidden="true">{column.key !== key ? ' ↕' : down ? ' ↓' : ' ↑'}</span></button>
				: column.head}
		</th>)}</tr></thead>
		<tbody>{shown.map((row) => <tr key={keyOf(row)} class={rowClass?.(row) ?? ''}>{columns.map((column) => column.header
			? <th scope="row" key={column.key} data-label={column.head}><div>{column.cell(row)}</div></th>
			: <td key={column.key} data-label={column.head} class={column.number ? 'number' : ''}><div>{column.cell(row)}</div></td>)}</tr>)}</tbody>
	</table>;
}

/** "Visa fler" for lists that come in pages. */
export function More({ next, onMore }: { next: unknown; onMore: () => void }) {
	return next === null || next === undefined ? null : <p><button type="button" onClick={onMore}>{t('list.more')}</button></p>;
}
