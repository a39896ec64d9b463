// The matrix as rows, and where the keys of the keyboard lead in it.
import { STATES, worst, type State } from '../../state';
import type { Matrix, MatrixCell } from './answers';

export interface Row {
	code: string;
	name: string;
	state: State;
	cells: Map<string, MatrixCell>;
}

/** The worst first, and of these by name. `deviating`: only rows in which something is not as it should be. */
export function rowsOf(cells: Matrix['cells'], nameOf: (code: string) => string, deviating: boolean, wanted: string): Row[] {
	const rows = new Map<string, Row>();
	for (const cell of cells) {
		const row = rows.get(cell.municipality) ?? { code: cell.municipality, name: nameOf(cell.municipality), state: 'ok', cells: new Map() };
		row.cells.set(cell.service, cell);
		row.state = worst([row.state, cell.state]);
		rows.set(cell.municipality, row);
	}
	const text = wanted.trim().toLocaleLowerCase('sv');
	return [...rows.values()]
		.filter((row) => (!deviating || row.state !== 'ok') && (row.name.toLocaleLowerCase('sv').includes(text) || row.code === text))
		.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || a.name.localeCompare(b.name, 'sv'));
}

/** A place in the grid: "" is its head, of a row or of the columns. */
export interface Spot {
	row: string;
	column: string;
}

const PAGE = 10;

/** Null: the key leads nowhere. The corner of both heads is not a place. */
export function step(key: string, far: boolean, at: Spot, rows: readonly string[], columns: readonly string[]): Spot | null {
	const down = ['', ...rows], across = ['', ...columns];
	const r = Math.max(down.indexOf(at.row), 0), c = Math.max(across.indexOf(at.column), 0);
	const to = {
		ArrowDown: [r + 1, c], ArrowUp: [r - 1, c], ArrowRight: [r, c + 1], ArrowLeft: [r, c - 1],
		PageDown: [r + PAGE, c], PageUp: [Math.max(r - PAGE, 1), c],
		Home: [far ? 1 : r, 0], End: [far ? rows.length : r, columns.length],
	}[key];
	if (!to) return null;
	const row = down[Math.min(Math.max(to[0] as number, 0), rows.length)] as string;
	const column = across[Math.min(Math.max(to[1] as number, row === '' ? 1 : 0), columns.length)] as string;
	if (row === '' && column === '') return at;
	return row === '' && at.row !== '' && at.column === '' ? at : { row, column };
}
