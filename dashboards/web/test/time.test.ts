// Instants on both sides of the clock's changes, whatever the browser's own zone is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, dayOf, duration, field, instant, monthName } from '../src/time';

const at = (iso: string) => Date.parse(iso);

test('the zone is the region\'s', () => {
	assert.equal(clock(at('2026-11-22T09:14:05Z')), '10.14');
	assert.equal(clock(at('2026-07-01T09:14:05Z'), true), '11.14.05');
	assert.equal(dayOf(at('2026-12-31T23:30:00Z')), '2027-01-01');
});

test('the hour that comes twice says which it is', () => {
	assert.equal(clock(at('2025-10-26T00:30:00Z')), '02.30 (sommartid)');
	assert.equal(clock(at('2025-10-26T01:30:00Z')), '02.30 (normaltid)');
	assert.equal(clock(at('2025-10-26T02:00:00Z')), '03.00');
});

test('what is typed in is the first of two, and after a gap', () => {
	assert.equal(instant('2025-10-26T02:30'), at('2025-10-26T00:30:00Z'));
	assert.equal(instant('2025-03-30T02:30'), at('2025-03-30T01:30:00Z'));
	assert.equal(instant('2026-11-22T10:14'), at('2026-11-22T09:14:00Z'));
	assert.equal(instant('22/11'), null);
	for (const iso of ['2026-01-01T00:00:00Z', '2026-06-30T21:59:00Z', '2025-10-26T03:00:00Z']) assert.equal(instant(field(at(iso))), at(iso));
});

test('durations are cut, never rounded', () => {
	assert.equal(duration(59), '59 s');
	assert.equal(duration(3_599), '59 min');
	assert.equal(duration(-4_320), '1 h 12 min');
	assert.equal(duration(90_000), '1 d 1 h');
	assert.equal(monthName('2026-10'), 'oktober 2026');
});
