// Whom to call: who holds now, for those who are hit, the first step first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called, contactsOf, inOrder, type Register } from '../src/pages/operations/calls';

const row = (key: string, municipality: string, value: Record<string, unknown> | null, from: string | null = null, to: string | null = null): Register['rows'][number] =>
	({ key, municipality, value, valid_from: from, valid_to: to });
const at = Date.parse('2026-11-22T00:00:00Z');

test('those of the municipality and everybody\'s, while they hold', () => {
	const rows = [
		row('duty', '', { role: 'Driftledare', level: '3', phone: '010' }), row('first', '1489', { name: 'Första linjen', level: 1 }), row('other', '1480', { level: 1 }),
		row('left', '1489', { level: 1 }, null, '2026-11-22T00:00:00Z'), row('new', '1489', { level: 1 }, '2026-11-23T00:00:00Z'), row('bare', '1489', null),
	];
	const found = inOrder(contactsOf(rows, ['1489'], at));
	assert.deepEqual(found.map((one) => one.key), ['first', 'duty', 'bare']);
	assert.deepEqual(found.map(called), ['Första linjen', 'Driftledare', 'bare']);
	assert.equal(found[1]?.phone, '010');
});
