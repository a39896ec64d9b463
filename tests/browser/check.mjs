// Opens pages of ours as readers do, and says what is wrong with each: node check.mjs CHROMIUM PAGE...
// In light, dark and forced colours: nothing that axe finds. At 320 px: no sideways scrolling. Always: a language, a title,
// no message on the console, and nothing asked of any server. Exit code: 0 nothing is wrong, 1 something is, 2 not run.
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { accessibility, judge, launch } from "./browser.mjs";

const [executablePath, ...pages] = process.argv.slice(2);
if (pages.length === 0) {
	console.error("usage: node check.mjs CHROMIUM PAGE...");
	process.exit(2);
}

const LOOKS = [
	{ name: "light", options: { colorScheme: "light" }, width: 1200 },
	{ name: "dark", options: { colorScheme: "dark" }, width: 1200 },
	{ name: "forced colours", options: { forcedColors: "active" }, width: 1200 },
	{ name: "320 px", options: { colorScheme: "light" }, width: 320 },
];

// What the page says about itself, with everything that is folded laid open.
function survey() {
	for (const details of document.querySelectorAll("details"))
		details.open = true;
	return { language: document.documentElement.lang, title: document.title,
		width: document.documentElement.scrollWidth, wide: document.documentElement.clientWidth };
}

async function findings(browser, path, look) {
	const found = [];
	const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, locale: "sv-SE",
		timezoneId: "Europe/Stockholm", ...look.options });
	const page = await context.newPage();
	page.on("console", (message) => found.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => found.push(`script: ${error.message}`));
	page.on("request", (request) => {
		if (!request.url().startsWith("file:") && !request.url().startsWith("data:"))
			found.push(`asks for ${request.url()}`);
	});
	await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
	const said = await page.evaluate(survey);
	if (!/^(sv|en)$/.test(said.language))
		found.push(`lang is "${said.language}"`);
	if (said.title === "")
		found.push("no title");
	if (said.width > said.wide)
		found.push(`scrolls sideways: ${said.width} px wide in ${said.wide}`);
	found.push(...await accessibility(page));
	await context.close();
	return found;
}

process.exit(await judge(await launch(executablePath), pages, LOOKS, basename, findings));
