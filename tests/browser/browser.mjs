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
