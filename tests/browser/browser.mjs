// What the checks of pages share: Debian's Chromium without a net, and axe.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// `hosts`: what may be reached, such as "127.0.0.1"; nothing else is.
export function launch(executablePath, hosts = []) {
	const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-dev-shm-usage", `--host-resolver-rules=MAP * ~NOTFOUND${hosts.map((host) => `, EXCLUDE ${host}`).join("")}`];
	if (process.getuid() === 0) // only in a container: Chromium's own sandbox refuses root
		args.push("--no-sandbox");
	return chromium.launch({ executablePath, args });
}

export async function accessibility(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate((runOnly) => globalThis.axe.run({ runOnly }), RULES);
	return violations.map(({ id, help, nodes }) => `axe ${id} (${nodes.length}): ${help}: ${nodes[0].html.slice(0, 200)}`);
}

// Looks at each subject in each look, prints what is found, and tells how it went as the exit code. `findings` gives a list of complaints.
export async function judge(browser, subjects, looks, nameOf, findings) {
	let passed = 0, failed = 0;
	for (const subject of subjects)
		for (const look of looks) {
			const found = await findings(browser, subject, look);
			for (const line of found)
				console.log(`${nameOf(subject)}, ${look.name}: ${line}`);
			found.length > 0 ? failed++ : passed++;
		}
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	return failed > 0 ? 1 : 0;
}
