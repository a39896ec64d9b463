// Templates, and the promise of the next message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paragraphs, promiseAt, stateOf, TEMPLATES, told } from '../src/pages/support/disturbances';

test('each template says its service in both languages', () => {
	for (const template of TEMPLATES) {
		const texts = told(template, 'Journal');
		assert.ok(texts.title.includes('Journal') && texts.title_en.includes('Journal') && texts.text.includes('Journal') && texts.text_en.includes('Journal'), template);
		assert.ok(!Object.values(texts).join('').includes('{'), template);
		assert.equal(texts.advice === '', texts.advice_en === '', template);
	}
});

test('the next message is promised within an hour and a quarter', () => {
	assert.equal(promiseAt(Date.parse('2026-11-22T10:01:00Z')), Date.parse('2026-11-22T11:15:00Z'));
	assert.equal(promiseAt(Date.parse('2026-11-22T10:00:00Z')), Date.parse('2026-11-22T11:00:00Z'));
});

test('as the public page shows it', () => {
	assert.equal(stateOf({ kind: 'disturbance', state: 'published' }), 'degraded');
	assert.equal(stateOf({ kind: 'planned', state: 'published' }), 'maint');
	assert.equal(stateOf({ kind: 'planned', state: 'closed' }), 'ok');
	assert.deepEqual(paragraphs('ett\r\ntvå\n\n\ntre\n'), [['ett', 'två'], ['tre']]);
	assert.deepEqual(paragraphs(''), []);
});
