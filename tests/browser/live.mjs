// The wall while things happen: node live.mjs CHROMIUM BASE TOKEN CODE
// Says what it sees, a line each ("ready", "down", "stale", "well"), with the instant in ms; who started it makes it happen. The page is never
// loaded anew.
import { launch } from "./browser.mjs";

const [executablePath, base, token, code] = process.argv.slice(2);
const say = (what) => console.log(`${what} ${Date.now()}`);
const browser = await launch(executablePath, ["127.0.0.1"]);
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
const errors = [], asked = [];
page.on("requestfinished", (request) => asked.push(`done ${request.url()}`));
page.on("requestfailed", (request) => asked.push(`failed ${request.url()}`));
page.on("pageerror", (error) => errors.push(error.message));
await page.goto(`${base}/vagg`, { waitUntil: "domcontentloaded" });
await page.evaluate(() => { globalThis.sameDocument = true; });

const tile = (state) => page.waitForSelector(`.tile.${state}[href="/kommun/${code}"]`, { timeout: 60000 });
await tile("ok");
// what was heard last is shown to the second: when it moves, the stream is there
await page.waitForFunction(() => /\d\d\.\d\d\.\d\d/.test(document.querySelector(".asof")?.textContent ?? ""), null, { timeout: 30000 });
say("ready");
await tile("down");
say("down");
await page.waitForFunction(() => /^\(\d+\) /.test(document.title), null, { timeout: 10000 });
await page.waitForSelector(".banner[role=alert]", { timeout: 60000 });
if (!await page.evaluate(() => document.body.classList.contains("stale") && document.querySelectorAll(".tile").length > 0))
	throw new Error("stale: expected hatched tiles that are still there");
say("stale");
await page.waitForSelector(".banner", { state: "detached", timeout: 120000 }).catch((error) => {
	throw new Error(`${error.message}; asked last: ${asked.slice(-10).join(", ")}`);
});
await page.waitForSelector(".tile", { timeout: 10000 });
say("well");
if (!await page.evaluate(() => globalThis.sameDocument === true))
	throw new Error("the page was loaded anew");
if (errors.length > 0)
	throw new Error(errors.join("; "));
await browser.close();
