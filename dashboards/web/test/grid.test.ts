// The matrix: the worst first, and one walk by keys that never leaves the grid.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MatrixCell } from '../src/pages/operations/answers';
import { rowsOf, step } from '../src/pages/operations/grid';
import type { State } from '../src/state';

const cell = (municipality: string, service: string, state: State): MatrixCell =>
	({ municipality, service, state, since: null, measured: 'up', pending: false, window: null, cause: null, record: null });
const NAMES: Record<string, string> = { 1489: 'Alingsås', 1492: 'Åmål', 1407: 'Öckerö', 1497: 'Hjo' };
const cells = [cell('1492', 'a', 'ok'), cell('1492', 'b', 'unknown'), cell('1489', 'a', 'ok'), cell('1407', 'a', 'ok'), cell('1407', 'b', 'down'), cell('1497', 'a', 'maint')];
const codes = (deviating: boolean, wanted = '') => rowsOf(cells, (code) => NAMES[code] ?? code, deviating, wanted).map((row) => row.code);

test('what deviates stands first, then by name', () => {
	assert.deepEqual(codes(false), ['1407', '1492', '1497', '1489']);
	assert.deepEqual(codes(true), ['1407', '1492', '1497']);
	assert.deepEqual(codes(false, 'Å'), ['1492', '1489']);
	assert.deepEqual(codes(false, '1497'), ['1497']);
	assert.deepEqual(codes(false, 'Borås'), []);
});

test('keys walk the grid and its heads, never the corner', () => {
	const rows = ['1', '2', '3'], columns = ['a', 'b'];
	const from = (row: string, column: string, key: string, far = false) => {
		const to = step(key, far, { row, column }, rows, columns);
		return to === null ? null : `${to.row}/${to.column}`;
	};
	assert.equal(from('1', 'a', 'ArrowDown'), '2/a');
	assert.equal(from('3', 'a', 'ArrowDown'), '3/a');
	assert.equal(from('1', 'a', 'ArrowUp'), '/a');
	assert.equal(from('1', '', 'ArrowUp'), '1/');
	assert.equal(from('', 'a', 'ArrowLeft'), '/a');
	assert.equal(from('1', 'a', 'ArrowLeft'), '1/');
	assert.equal(from('1', 'b', 'ArrowRight'), '1/b');
	assert.equal(from('2', 'b', 'Home'), '2/');
	assert.equal(from('2', 'a', 'End'), '2/b');
	assert.equal(from('2', 'b', 'Home', true), '1/');
	assert.equal(from('1', 'a', 'End', true), '3/b');
	assert.equal(from('1', 'a', 'PageDown'), '3/a');
	assert.equal(from('3', 'a', 'PageUp'), '1/a');
	assert.equal(from('1', 'a', 'Tab'), null);
	assert.equal(from('gone', 'gone', 'ArrowDown'), '1/');
});
