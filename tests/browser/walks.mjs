// What people do from sign-in to result, with sessions of their own: node walks.mjs CHROMIUM BASE PEOPLE.json
// PEOPLE.json: {month, monthName, password, finance, second, line: {name, code}}. Prints {act, ticket}: what was decided and entered, for who started it to look up.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch } from "./browser.mjs";

const [executablePath, base, list] = process.argv.slice(2);
const people = JSON.parse(readFileSync(list, "utf8"));
const browser = await launch(executablePath, ["127.0.0.1"]);
const errors = [];

// Somebody's own browser: no cookie is shared.
async function sitDown() {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "sv-SE", timezoneId: "Europe/Stockholm" });
	const page = await context.newPage();
	page.setDefaultTimeout(60000);
	page.on("pageerror", (error) => errors.push(error.message));
	return page;
}

// Whoever is not signed in is asked who it is, and comes to the page that was wanted.
async function signIn(page, name, path) {
	await page.goto(base + path, { waitUntil: "domcontentloaded" });
	await page.getByLabel("Konto").fill(name);
	await page.getByLabel("Lösenord").fill("fel " + people.password);
	await page.getByRole("button", { name: "Logga in" }).click();
	await page.getByRole("alert").filter({ hasText: "Konto eller lösenord stämmer inte" }).waitFor();
	await page.getByLabel("Lösenord").fill(people.password);
	await page.getByRole("button", { name: "Logga in" }).click();
	await page.waitForURL(base + path);
	await page.getByRole("banner").getByText(name).waitFor();
	const cookies = await page.context().cookies();
	assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]), [["vinga", true, "Strict"]]);
}

// How far a month has come, as its page says first.
function standing(page, word) {
	return page.locator("main .fees > p").filter({ hasText: new RegExp(`^\\S? ?${word}( |$)`) }).waitFor();
}

async function closeMonth() {
	const proposer = await sitDown(), second = await sitDown();
	const month = `/avgifter/${people.month}`, closing = `Fastställa ${people.monthName}`;
	await signIn(proposer, people.finance, month);
	await standing(proposer, "Preliminär");
	await proposer.getByRole("button", { name: "Föreslå fastställande" }).click();
	await proposer.getByRole("dialog").getByLabel("Skäl").fill("femte arbetsdagen");
	await proposer.getByRole("dialog").getByRole("button", { name: "Lämna förslaget" }).click();
	await proposer.getByRole("status").getByRole("link", { name: "Väntar på mig" }).click();
	const own = proposer.getByRole("listitem").filter({ hasText: closing });
	await own.getByText("En annan måste godkänna").waitFor();
	assert.equal(await own.getByRole("button", { name: "Godkänn" }).count(), 0, "nobody approves its own");
	await proposer.goBack();
	await standing(proposer, "Preliminär");

	await signIn(second, people.second, "/vantar");
	const waiting = second.getByRole("listitem").filter({ hasText: closing });
	const act = (await waiting.getByRole("heading").innerText()).split(" ").at(-1);
	await waiting.getByRole("button", { name: "Godkänn" }).click();
	await waiting.waitFor({ state: "detached" });
	// the proposer's page hears of it
	await standing(proposer, "Fastställd");
	assert.equal(await proposer.getByRole("button", { name: "Föreslå fastställande" }).count(), 0, "there is nothing left to close");
	await second.goto(base + month, { waitUntil: "domcontentloaded" });
	await standing(second, "Fastställd");
	return act;
}

async function escalate() {
	const page = await sitDown();
	const link = `${base}/logga-in#konto=${people.line.name}&kod=${people.line.code}`;
	await page.goto(link, { waitUntil: "domcontentloaded" });
	await page.waitForURL(`${base}/kommun/1489`);
	await page.getByRole("navigation", { name: "Meny" }).getByRole("link", { name: "Ärenden" }).click();
	await page.getByRole("link", { name: "Nytt ärende" }).click();
	await page.getByLabel("Tjänst").selectOption({ label: "Remiss och svar" });
	await page.getByLabel("Rubrik").fill("Remisser går inte att öppna");
	await page.getByRole("button", { name: "Registrera" }).click();
	await page.waitForURL(/\/arenden\/V-\d+$/);
	const ticket = page.url().split("/").pop();
	await page.getByRole("heading", { name: `Ärende ${ticket}` }).waitFor();
	await page.getByRole("button", { name: "Eskalera" }).click();
	await page.getByRole("dialog").getByLabel("Vad är gjort hittills?").fill("omstart av klienten");
	await page.getByRole("dialog").getByRole("button", { name: "Eskalera" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Eskalera" }).waitFor({ state: "detached" });

	await page.getByRole("button", { name: "Logga ut" }).click();
	await page.waitForURL(`${base}/logga-in`);
	await page.goto("about:blank");
	await page.goto(link, { waitUntil: "domcontentloaded" });
	await page.getByRole("alert").filter({ hasText: "Länken gäller inte längre" }).waitFor();
	return ticket;
}

console.log(JSON.stringify({ act: await closeMonth(), ticket: await escalate() }));
assert.deepEqual(errors, []);
await browser.close();
