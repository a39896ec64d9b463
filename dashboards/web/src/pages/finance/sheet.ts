// Tables out and in: CSV as Excel in Sweden writes and reads it (BOM, semicolon, decimal comma), and numbers as people type them.
const BOM = '\ufeff';

export type Cell = string | number | boolean | null;

function cellText(cell: Cell): string {
	if (typeof cell === 'number') return String(cell).replace('.', ',');
	const text = cell === null ? '' : String(cell);
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: readonly (readonly Cell[])[]): string {
	return BOM + rows.map((row) => `${row.map(cellText).join(';')}\r\n`).join('');
}

/** Hands the browser a file that it made itself. */
export function download(name: string, rows: readonly (readonly Cell[])[]): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv;charset=utf-8' }));
	link.download = name;
	link.click();
	URL.revokeObjectURL(link.href);
}

/** "1 234,5" with so many decimals as a whole number of the smallest part; null: it is no such number. */
export function scaled(text: string, decimals: number): number | null {
	const found = /^([+−-]?)(\d{1,12})(?:[.,](\d+))?$/.exec(text.replace(/[\s\u00a0]/g, ''));
	if (!found || (found[3] ?? '').length > decimals) return null;
	const value = Number(found[2] + (found[3] ?? '').padEnd(decimals, '0'));
	return found[1] === '-' || found[1] === '−' ? -value : value;
}

export interface Reading {
	line: number;
	municipality: string;
	day: string;
	users: number;
	private_users: number;
}
export type Wrong = { line: number; what: 'columns' | 'municipality' | 'day' | 'users' | 'private_users' | 'twice' | 'too_many'; value: string };

export const READINGS_MAX = 500;

function readingOf(line: number, cells: readonly string[], known: ReadonlySet<string>): Reading | Wrong {
	const [municipality = '', day = '', users = '', privately = ''] = cells;
	if (cells.length < 3 || cells.length > 4) return { line, what: 'columns', value: cells.join(';') };
	if (!known.has(municipality)) return { line, what: 'municipality', value: municipality };
	if (!/^\d{4}-\d\d-\d\d$/.test(day) || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return { line, what: 'day', value: day };
	const all = scaled(users, 0), some = privately === '' ? 0 : scaled(privately, 0);
	if (all === null || all < 0) return { line, what: 'users', value: users };
	if (some === null || some < 0 || some > all) return { line, what: 'private_users', value: privately };
	return { line, municipality, day, users: all, private_users: some };
}

/** "kommunkod;dag;användare;varav privata": a head is passed over; each line that is wrong is told of, not only the first. */
export function readings(text: string, known: ReadonlySet<string>): { rows: Reading[]; wrong: Wrong[] } {
	const rows: Reading[] = [], wrong: Wrong[] = [];
	const seen = new Set<string>();
	for (const [i, line] of text.replace(BOM, '').split(/\r\n|\n|\r/).entries()) {
		const cells = line.split(line.includes(';') ? ';' : /[,\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
		if (line.trim() === '' || (i === 0 && !/\d/.test(cells[0] ?? ''))) continue;
		const row = readingOf(i + 1, cells, known);
		if ('what' in row) {
			wrong.push(row);
		} else if (rows.length === READINGS_MAX) {
			wrong.push({ line: row.line, what: 'too_many', value: String(READINGS_MAX) });
			break;
		} else if (seen.has(`${row.municipality} ${row.day}`)) {
			wrong.push({ line: row.line, what: 'twice', value: `${row.municipality} ${row.day}` });
		} else {
			seen.add(`${row.municipality} ${row.day}`);
			rows.push(row);
		}
	}
	return { rows, wrong };
}
