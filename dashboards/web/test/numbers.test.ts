// Numbers are cut, never rounded up to a target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, count, kronor, percent } from '../src/numbers';

test('ratios', () => {
	assert.equal(percent(998_999), '99,89\u00a0%');
	assert.equal(percent(999_999), '99,99\u00a0%');
	assert.equal(percent(1_000_000), '100,00\u00a0%');
	assert.equal(percent(5), '0,00\u00a0%');
	assert.equal(percent(998_000, 1), '99,8\u00a0%');
	assert.equal(percent(987_654, 0), '98\u00a0%');
	assert.equal(percent(null), '–');
});

test('money and counts', () => {
	assert.equal(kronor(123_450), '1\u00a0234,50\u00a0kr');
	assert.equal(kronor(-5), '−0,05\u00a0kr');
	assert.equal(kronor(100_000_000_00), '100\u00a0000\u00a0000,00\u00a0kr');
	assert.equal(count(1_234_567), '1\u00a0234\u00a0567');
	assert.equal(count(-999), '−999');
	assert.equal(bytes(3_400_000), '3,4\u00a0MB');
	assert.equal(bytes(8_589_934_592), '8,5\u00a0GB');
});
