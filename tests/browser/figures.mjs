// What pages say, for a program to compare: node figures.mjs CHROMIUM BASE PAGES.json
// PAGES.json: [{path, who, forge}]; `who` is the token that the requests carry. `forge`: {asked, list, where, member} adds one to that member
// of that row in the API's answer, as a wrong figure would. Prints one JSON list: for each page its tables by caption (rows by their heads),
// its facts, its paragraphs, and what it says of its sum. What is hidden from screen readers is left out.
import { readFileSync } from "node:fs";
import { launch } from "./browser.mjs";

const [executablePath, base, list] = process.argv.slice(2);
const pages = JSON.parse(readFileSync(list, "utf8"));

// What has come, has come: no skeleton is left.
function arrived() {
	return document.querySelector("main h1") !== null && document.querySelector("[aria-busy=true]") === null;
}

function said() {
	const raw = (node) => {
		if (node.nodeType === Node.TEXT_NODE)
			return node.data;
		if (node.getAttribute("aria-hidden") === "true")
			return "";
		const text = [...node.childNodes].map(raw).join("");
		return node.tagName === "DIV" ? `\n${text}\n` : text;
	};
	const textOf = (node) => raw(node).replace(/[ \n\t]+/g, " ").replace(/^ | $/g, "");
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const tables = {};
	for (const table of all("main table")) {
		const heads = all("th[scope=col]", table).map(textOf);
		tables[textOf(table.caption)] = all("tbody tr", table).map((row) => Object.fromEntries([...row.cells].map((cell, i) => [heads[i], textOf(cell)])));
	}
	return { title: textOf(document.querySelector("main h1")), tables, paragraphs: all("main p").map(textOf),
		facts: Object.fromEntries(all("main dt").map((name) => [textOf(name), textOf(name.nextElementSibling)])),
		sum: all(".sum").map((line) => ({ role: line.getAttribute("role"), text: textOf(line) })) };
}

async function forged(page, { asked, list, where, member }) {
	await page.route((url) => url.pathname === asked, async (route) => {
		const response = await route.fetch();
		const body = await response.json();
		const row = body[list].find((item) => Object.entries(where).every(([name, value]) => item[name] === value));
		row[member]++;
		await route.fulfill({ response, json: body });
	});
}

async function read(context, { path, forge }) {
	const page = await context.newPage();
	if (forge)
		await forged(page, forge);
	await page.goto(base + path, { waitUntil: "domcontentloaded" });
	await page.waitForFunction(arrived, null, { timeout: 60000 }).catch((error) => {
		throw new Error(`${path}: ${error.message}`);
	});
	const text = await page.evaluate(said);
	await page.close();
	return text;
}

const browser = await launch(executablePath, ["127.0.0.1"]);
const contexts = new Map();
for (const who of new Set(pages.map((page) => page.who)))
	contexts.set(who, await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: "sv-SE", timezoneId: "America/New_York",
		extraHTTPHeaders: { Authorization: `Bearer ${who}` } }));
const found = [];
for (const page of pages)
	found.push(await read(contexts.get(page.who), page));
console.log(JSON.stringify(found));
await browser.close();
