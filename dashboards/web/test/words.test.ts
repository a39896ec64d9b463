// Both languages have the same keys and the same placeholders, and no text is left over that nothing says.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import en from '../i18n/en.json';
import sv from '../i18n/sv.json';
import { fill } from '../src/i18n';

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
// keys made of a group and one of the API's words: choice('status', …) and t(`state.${…}`)
const composed = (source: string) => [...source.matchAll(/(?:choice\('|t\(`)([\w.]+?)(?:'|\.\$)/g)].map(([, group]) => `${group}.`);

test('same keys, same placeholders', () => {
	assert.deepEqual(Object.keys(sv), Object.keys(en));
	for (const [key, text] of Object.entries(sv)) assert.equal(placeholders(text), placeholders((en as Record<string, string>)[key] ?? ''), key);
});

test('every text is said somewhere', () => {
	const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
	const source = files.map((name) => readFileSync(join('src', name), 'utf8')).join('\n');
	const groups = composed(source);
	const unused = Object.keys(sv).filter((key) => !source.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)));
	assert.deepEqual(unused, []);
});

test('one or many', () => {
	assert.equal(fill('{n} ärende|{n} ärenden', { n: 1 }), '1 ärende');
	assert.equal(fill('{n} ärende|{n} ärenden', { n: 0 }), '0 ärenden');
	assert.equal(fill('till {at}', {}), 'till {at}');
});
