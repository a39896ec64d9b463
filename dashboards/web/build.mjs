// Bundles the application: build.mjs [--out DIR] [--test]
//
// Assets are named by their own hash, so that the daemon may let browsers keep them for ever; each has a .gz beside it. Nothing of it
// needs a network. Fails when all JavaScript together is larger than it may be.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const JS_GZIP_MAX = 60_000;
const here = fileURLToPath(new URL('.', import.meta.url));
const argument = (name, fallback) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? fallback : process.argv[at + 1];
};
const common = {
	absWorkingDir: here, bundle: true, charset: 'utf8', target: 'es2022', logLevel: 'warning', tsconfigRaw: '{}',
	jsx: 'transform', jsxFactory: 'h', jsxFragment: 'Fragment', inject: ['src/jsx.ts'],
};

async function tests() {
	rmSync(join(here, 'build/test'), { recursive: true, force: true });
	const entryPoints = readdirSync(join(here, 'test')).filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`);
	await build({ ...common, entryPoints, outdir: join(here, 'build/test'), inject: [...common.inject, 'test/setup.ts'], platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' } });
}

// Words have speaking keys in the source and short ones in what browsers fetch. A key that is put together when the page runs, of a group
// and one of the API's words, keeps its own.
function shortKeys(words) {
	const files = readdirSync(join(here, 'src'), { recursive: true }).filter((name) => /\.tsx?$/.test(name));
	const source = files.map((name) => readFileSync(join(here, 'src', name), 'utf8')).join('\n');
	const groups = [...source.matchAll(/(?:choice\('|t\(`)([\w.]+?)(?:'|\.\$)/g)].map(([, group]) => `${group}.`);
	const plain = Object.keys(words).filter((key) => key.includes('.') && !groups.some((group) => key.startsWith(group)));
	return new Map(plain.map((key, i) => [key, i.toString(36)]));
}

async function application(out) {
	rmSync(out, { recursive: true, force: true });
	mkdirSync(join(out, 'assets'), { recursive: true });
	const { outputFiles } = await build({
		...common,
		entryPoints: { app: 'src/main.tsx', style: 'src/style.css' },
		outdir: join(out, 'assets'),
		entryNames: '[name]',
		assetNames: '[name].[hash]',
		loader: { '.woff2': 'file' },
		format: 'iife',
		minify: true,
		legalComments: 'none',
		define: { 'process.env.NODE_ENV': '"production"' },
		write: false,
	});
	const names = {};
	const put = (name, contents) => {
		const [base, extension] = name.split('.');
		const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
		const small = gzipSync(contents, { level: 9 });
		names[name] = `/assets/${base}.${hash}.${extension}`;
		writeFileSync(join(out, names[name]), contents);
		writeFileSync(join(out, `${names[name]}.gz`), small);
		return small.length;
	};
	const words = Object.fromEntries(['sv', 'en'].map((language) => [language, JSON.parse(readFileSync(join(here, `i18n/${language}.json`), 'utf8'))]));
	const short = shortKeys(words.sv);
	let scripts = 0;
	for (const file of outputFiles) {
		const name = file.path.split('/').pop();
		if (name.endsWith('.woff2')) { // the style sheet names it with its hash already, and it is packed
			writeFileSync(join(out, 'assets', name), file.contents);
			continue;
		}
		const packed = put(name, name.endsWith('.js') ? file.text.replace(/(["'`])([\w.]+)\1/g, (text, quote, key) => short.has(key) ? `${quote}${short.get(key)}${quote}` : text) : file.contents);
		if (name.endsWith('.js')) scripts += packed;
	}
	for (const [language, texts] of Object.entries(words)) put(`${language}.json`, JSON.stringify(Object.fromEntries(Object.entries(texts).map(([key, text]) => [short.get(key) ?? key, text]))));
	const page = readFileSync(join(here, 'src/index.html'), 'utf8').replace(/\{(\w+\.\w+)\}/g, (_, name) => {
		if (names[name] === undefined) throw new Error(`index.html asks for ${name}; there are ${Object.keys(names)}`);
		return names[name];
	});
	writeFileSync(join(out, 'theme.css'), '/* An installation puts its own colours here: :root { --brand: … } */\n');
	writeFileSync(join(out, 'index.html'), page);
	writeFileSync(join(out, 'index.html.gz'), gzipSync(page, { level: 9 }));
	console.log(`JavaScript ${scripts} bytes gzip of at most ${JS_GZIP_MAX}`);
	if (scripts > JS_GZIP_MAX) throw new Error('more JavaScript than a page may cost');
}

await (process.argv.includes('--test') ? tests() : application(argument('--out', join(here, 'build/web'))));
