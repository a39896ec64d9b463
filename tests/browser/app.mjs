// Every page of the application as people see it: node app.mjs CHROMIUM BASE OUT PAGES.json
// PAGES.json: [{name, path, who, refused}]; `who` is the token that the requests carry, `refused` pages are answered 403 and say so. In light, dark and forced colours, at four widths, in both languages:
// nothing that axe finds, nothing that scrolls sideways, one heading, a title, the language, no message on the console, no answer of an error.
// Pictures go to OUT for people to judge. Exit code: 0 nothing is wrong, 1 something is.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { accessibility, launch } from "./browser.mjs";

const [executablePath, base, out, list] = process.argv.slice(2);
const pages = JSON.parse(readFileSync(list, "utf8"));
const LOOKS = [
	{ name: "light-1280", width: 1280, options: { colorScheme: "light" } },
	{ name: "dark-1920", width: 1920, options: { colorScheme: "dark" } },
	{ name: "forced-1280", width: 1280, options: { forcedColors: "active" } },
	{ name: "light-320", width: 320, options: { colorScheme: "light" } },
	{ name: "dark-390-en", width: 390, options: { colorScheme: "dark" }, language: "en" },
	{ name: "light-1920-en", width: 1920, options: { colorScheme: "light" }, language: "en" },
];
const AT_ONCE = 2;

// What has come, has come: no skeleton is left.
function arrived() {
	return document.querySelector("h1") !== null && document.querySelector("[aria-busy=true]") === null && / – Vinga$/.test(document.title);
}

function survey() {
	return { language: document.documentElement.lang, title: document.title, headings: document.querySelectorAll("h1").length,
		width: document.documentElement.scrollWidth, wide: document.documentElement.clientWidth, text: document.body.innerText,
		main: document.querySelector("main").innerText };
}

async function look_at(context, { name, path, refused }, look) {
	const found = [];
	const page = await context.newPage();
	const fits = (status) => refused && status === 403;
	page.on("console", (message) => refused && / 403 /.test(message.text()) || found.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => found.push(`script: ${error.message}`));
	page.on("response", (response) => response.status() >= 400 && !fits(response.status()) && found.push(`${response.status()} ${response.url()}`));
	try {
		await page.goto(base + (look.language === "en" ? "/en" : "") + path, { waitUntil: "domcontentloaded" });
		await page.waitForFunction(arrived, null, { timeout: 20000 });
		const said = await page.evaluate(survey);
		if (said.language !== (look.language ?? "sv"))
			found.push(`lang is "${said.language}"`);
		if (!/ – Vinga$/.test(said.title) || said.headings !== 1)
			found.push(`title "${said.title}", ${said.headings} first headings`);
		if (refused && !/Alingsås/.test(said.main))
			found.push("does not say which municipality one belongs to");
		if (said.width > said.wide)
			found.push(`scrolls sideways: ${said.width} px wide in ${said.wide}`);
		if (/undefined|NaN|\[object|\{\w+\}/.test(said.text))
			found.push(`shows ${said.text.match(/.{0,40}(undefined|NaN|\[object|\{\w+\}).{0,40}/)[0]}`);
		found.push(...await accessibility(page));
	} catch (error) {
		found.push(error.message.split("\n")[0]);
	}
	await page.screenshot({ path: join(out, `${name}-${look.name}.png`), fullPage: look.width < 1000 });
	await page.close();
	return found;
}

mkdirSync(out, { recursive: true });
const browser = await launch(executablePath, ["127.0.0.1"]);
let passed = 0, failed = 0;
for (const look of LOOKS) {
	const contexts = new Map();
	for (const who of new Set(pages.map((page) => page.who)))
		contexts.set(who, await browser.newContext({ viewport: { width: look.width, height: look.width > 1000 ? 1080 : 844 }, locale: "sv-SE", timezoneId: "America/New_York",
			extraHTTPHeaders: { Authorization: `Bearer ${who}` }, ...look.options }));
	const waiting = [...pages];
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
			const found = await look_at(contexts.get(page.who), page, look);
			for (const line of found)
				console.log(`${page.name}, ${look.name}: ${line}`);
			found.length > 0 ? failed++ : passed++;
		}
	}));
	for (const context of contexts.values())
		await context.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed; pictures in ${out}`);
process.exit(failed > 0 ? 1 : 0);
