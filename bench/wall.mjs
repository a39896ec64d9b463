// The wall in Chromium: node wall.mjs CHROMIUM BASE TOKEN CODE (bench/wall.py starts it)
// Cold loads until the tiles stand there, beside a page of the same daemon that needs no script; then, for each line on stdin, how long it takes
// from the stream's message to the tile's new colour on the screen. JSON on stdout.
import { createInterface } from "node:readline";
import { launch } from "./browser.mjs";

const LOADS = 7;
const [executablePath, base, token, code] = process.argv.slice(2);
const browser = await launch(executablePath, ["127.0.0.1"]);
const fresh = async () => {
	const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
	return { context, page: await context.newPage() };
};
async function load(path, selector) {
	const times = [];
	for (let i = 0; i < LOADS; i++) {
		const { context, page } = await fresh();
		const start = performance.now();
		await page.goto(base + path, { waitUntil: "commit" });
		await page.waitForSelector(selector);
		times.push(performance.now() - start);
		await context.close();
	}
	return times.sort((a, b) => a - b);
}
console.log(JSON.stringify({ wall: await load("/vagg", ".tile"), plain: await load("/status", "main h1") }));

const { page } = await fresh();
await page.addInitScript(() => {
	const Stream = globalThis.EventSource;
	globalThis.EventSource = class extends Stream {
		addEventListener(name, listener) {
			super.addEventListener(name, (event) => {
				if (name === "state") globalThis.toldAt = performance.now();
				listener(event);
			});
		}
	};
});
await page.goto(`${base}/vagg`, { waitUntil: "commit" });
await page.waitForSelector(`.tile[href="/kommun/${code}"]`);
for await (const state of createInterface({ input: process.stdin })) {
	const took = page.evaluate(({ code, state }) => new Promise((resolve) => {
		const look = () => {
			if (document.querySelector(`.tile.${state}[href="/kommun/${code}"]`) === null) return requestAnimationFrame(look);
			requestAnimationFrame(() => resolve(performance.now() - globalThis.toldAt)); // the frame after it is on the screen
		};
		look();
	}), { code, state });
	console.log("watching");
	console.log(String(await took));
}
await browser.close();
