// Opens the public pages of a daemon as readers do, without JavaScript, and says what is wrong with each: node status.mjs CHROMIUM
// PICTURES URL... In light, dark and forced colours, at 1280, 390 and 320 px: nothing that axe finds, no sideways scrolling, nothing
// asked of another server, no message on the console, which is also where the page's own policy would complain. A picture of each is
// put into the folder PICTURES. Exit code: 0 nothing is wrong, 1 something is, 2 not run.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { accessibility, judge, launch } from "./browser.mjs";

const [executablePath, pictures, ...urls] = process.argv.slice(2);
if (urls.length === 0) {
	console.error("usage: node status.mjs CHROMIUM PICTURES URL...");
	process.exit(2);
}
mkdirSync(pictures, { recursive: true });

const LOOKS = [
	{ name: "light-1280", options: { colorScheme: "light" }, width: 1280 },
	{ name: "dark-1280", options: { colorScheme: "dark" }, width: 1280 },
	{ name: "light-390", options: { colorScheme: "light" }, width: 390 },
	{ name: "dark-390", options: { colorScheme: "dark" }, width: 390 },
	{ name: "forced-1280", options: { forcedColors: "active" }, width: 1280 },
	{ name: "light-320", options: { colorScheme: "light" }, width: 320 },
];
// What the page says about itself, with everything that is folded laid open.
function survey() {
	for (const details of document.querySelectorAll("details"))
		details.open = true;
	return { language: document.documentElement.lang, title: document.title,
		width: document.documentElement.scrollWidth, wide: document.documentElement.clientWidth,
		scripts: document.scripts.length, styled: document.querySelectorAll("[style], style").length };
}

function nameOf(url) {
	return new URL(url).pathname.slice(1).replaceAll("/", "_");
}

async function findings(browser, url, look) {
	const found = [];
	const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, locale: "sv-SE",
		timezoneId: "Europe/Stockholm", ...look.options });
	const page = await context.newPage();
	page.on("console", (message) => found.push(`console: ${message.text()}`));
	page.on("request", (request) => {
		if (new URL(request.url()).origin !== new URL(url).origin)
			found.push(`asks for ${request.url()}`);
	});
	await page.goto(url, { waitUntil: "load" });
	const said = await page.evaluate(survey);
	if (said.language !== (new URL(url).pathname.startsWith("/en/") ? "en" : "sv"))
		found.push(`lang is "${said.language}"`);
	if (said.title === "")
		found.push("no title");
	if (said.scripts + said.styled > 0)
		found.push(`${said.scripts} scripts, ${said.styled} inline styles`);
	if (said.width > said.wide)
		found.push(`scrolls sideways: ${said.width} px wide in ${said.wide}`);
	await page.screenshot({ path: join(pictures, `${nameOf(url)}-${look.name}.png`), fullPage: true });
	found.push(...await accessibility(page));
	await context.close();
	return found;
}

process.exit(await judge(await launch(executablePath, ["127.0.0.1"]), urls, LOOKS, nameOf, findings));
