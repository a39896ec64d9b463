// Addresses: what fits which pattern.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, languageOf, match } from '../src/router';
import { worst } from '../src/state';

test('patterns', () => {
	assert.deepEqual(match('/arenden/:id', '/arenden/V-12'), { id: 'V-12' });
	assert.deepEqual(match('/kommun/:code', '/kommun/'), null);
	assert.deepEqual(match('/kommun/:code', '/kommun/1489/x'), null);
	assert.deepEqual(match('/larm/:id', '/larm/%E0%A4%A'), null);
	assert.deepEqual(match('/vagg', '/vagg'), {});
});

test('languages', () => {
	assert.equal(languageOf('/en/vagg'), 'en');
	assert.equal(languageOf('/england'), 'sv');
	assert.equal(address('/vagg', 'en'), '/en/vagg');
	assert.equal(address('/', 'en'), '/en');
});

test('the worst of several states', () => {
	assert.equal(worst(['ok', 'maint', 'unknown']), 'unknown');
	assert.equal(worst(['ok', 'down', 'degraded']), 'down');
	assert.equal(worst([]), 'ok');
});
