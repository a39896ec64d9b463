// Pages by keyboard alone: node keys.mjs CHROMIUM BASE TOKEN
// The matrix is one stop of Tab and its arrows walk it; Enter opens, Esc closes and gives the focus back; the queue by Tab, Enter and Esc; "/" goes to
// the filter; the skip link leads to the content. Exit code: 0 all of it holds.
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";

const [executablePath, base, token] = process.argv.slice(2);
const browser = await launch(executablePath, ["127.0.0.1"]);
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
const focus = () => page.evaluate(() => {
	const at = document.activeElement;
	return { spot: at?.dataset?.spot ?? null, tag: at?.tagName, name: at?.getAttribute("name"), href: at?.getAttribute("href"), inDialog: at?.closest("dialog") !== null };
});
const press = async (key) => {
	await page.keyboard.press(key);
	return focus();
};
// A walk that comes to no end is an error of its own.
async function tabUntil(what, holds, most = 80) {
	for (let i = 0; i < most; i++) {
		const at = await press("Tab");
		if (holds(at)) return at;
	}
	throw new Error(`no ${what} within ${most} stops of Tab`);
}

await page.goto(`${base}/matris`, { waitUntil: "domcontentloaded" });
await page.waitForSelector("[role=grid] [data-spot]");
assert.equal((await press("Tab")).href, "#main", "the first stop is the skip link");
const first = await tabUntil("grid", ({ spot }) => spot !== null);
const right = await press("ArrowRight");
assert.notEqual(right.spot, first.spot);
assert.equal((await press("ArrowLeft")).spot, first.spot);
const down = await press("ArrowDown");
assert.notEqual(down.spot, first.spot);
assert.equal((await press("ArrowUp")).spot, first.spot);
const end = await press("End"), home = await press("Home");
assert.notEqual(end.spot, home.spot);
await press("End");
const cell = await press("ArrowDown");
await page.keyboard.press("Enter");
await page.waitForSelector("dialog[open]");
assert.ok((await focus()).inDialog, "the focus is in the panel");
await page.keyboard.press("Escape");
await page.waitForSelector("dialog[open]", { state: "detached" });
assert.equal((await focus()).spot, cell.spot, "the focus comes back");
assert.equal((await press("Tab")).spot, null, "the grid is one stop");

await page.goto(`${base}/arenden`, { waitUntil: "domcontentloaded" });
await page.waitForSelector('tbody a[href^="/arenden/V-"]');
const filter = await press("/");
assert.equal(filter.tag, "INPUT", '"/" goes to the filter');
const ticket = await tabUntil("ticket", ({ href }) => /^\/arenden\/V-/.test(href ?? ""));
await page.keyboard.press("Enter");
await page.waitForSelector("dialog[open]");
assert.ok(page.url().endsWith(`=${ticket.href.split("/").pop()}`), "the address says what is open");
await page.keyboard.press("Escape");
await page.waitForSelector("dialog[open]", { state: "detached" });
assert.equal((await focus()).href, ticket.href, "the focus comes back");
console.log("the matrix and the queue, by keyboard: all of it holds");
await browser.close();
