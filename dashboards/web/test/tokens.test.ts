// Contrast of every pair of colours that text or a border is seen against, computed from the tokens of style.css (WCAG 2.2: 4.5 for text, 3
// for borders and the focus ring; what ui.md asks of states is more). axe cannot tell for tiles with patterns.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync('src/style.css', 'utf8');

function tokens(block: string): Record<string, string> {
	return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name, value]));
}
function block(start: string): string {
	const from = css.indexOf(start);
	assert.notEqual(from, -1, start);
	return css.slice(from, css.indexOf('}', from));
}
const light = tokens(block(':root {'));
const dark = { ...light, ...tokens(block(':root[data-theme=dark] {')) };

function luminance(hex: string): number {
	const digits = hex.length === 4 ? [...hex.slice(1)].map((d) => d + d) : hex.slice(1).match(/../g) as string[];
	const [r, g, b] = digits.map((d) => parseInt(d, 16) / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4) as [number, number, number];
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
	const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

// ink, ground, at least
const PAIRS: readonly (readonly [string, string, number])[] = [
	...['down', 'degraded', 'maint', 'unknown', 'ok'].map((state) => [`${state}-ink`, state, state === 'down' ? 6.5 : 7] as const),
	...['page', 'card', 'hover'].flatMap((ground) => [['ink', ground, 7], ['muted', ground, 4.5], ['link', ground, 4.5], ['focus', ground, 7], ['edge', ground, 3]] as const),
	...['page', 'card'].flatMap((ground) => [['good', ground, 4.5], ['bad', ground, 4.5], ['degraded-edge', ground, 3], ['maint-edge', ground, 3], ['unknown-edge', ground, 3],
		['down-edge', ground, 3], ['link', ground, 7]] as const),
	['brand-ink', 'brand', 7],
];

for (const [name, theme] of [['light', light], ['dark', dark]] as const) {
	test(`contrast, ${name}`, () => {
		for (const [ink, ground, least] of PAIRS) {
			const found = contrast(theme[ink] ?? '', theme[ground] ?? '');
			assert.ok(found >= least, `--${ink} on --${ground}: ${found.toFixed(2)}, wanted ${least}`);
		}
	});
	test(`an outage is what one sees first, ${name}`, () => {
		const from = (state: string) => contrast(theme[state] ?? '', theme.page ?? '');
		assert.ok(from('down') > from('degraded') && from('degraded') > from('ok'), `${from('down')} ${from('degraded')} ${from('ok')}`);
	});
}

test('dark is the same by choice and by the system', () => {
	assert.deepEqual(tokens(block(':root:not([data-theme=light]) {')), tokens(block(':root[data-theme=dark] {')));
});
