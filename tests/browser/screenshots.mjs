// Pictures of the built page in every size and theme, to be looked at.
//
//   node tests/browser/screenshots.mjs [fragment] [--wait MILLISECONDS] [--name NAME]
//
// They go to target/screenshots/ as NAME-WIDTHxHEIGHT-THEME.png. `cargo xtask build` makes the page that is pictured.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { launchOptions } from "./chromium.mjs";
import { dist, serve } from "./server.mjs";
import { Complaints } from "./support.mjs";

const sizes = [[1440, 900], [1920, 1080], [390, 844]];
const themes = ["dark", "light"];
const folder = fileURLToPath(new URL("../../target/screenshots", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { wait: { type: "string", default: process.env.WAIT ?? "1500" }, name: { type: "string", default: "page" } },
});
const fragment = (positionals[0] ?? "").replace(/^#?(?=.)/, "#");

if (!existsSync(join(dist, "index.html"))) {
  console.error("There is no build: run `cargo xtask build` first.");
  process.exit(1);
}
await mkdir(folder, { recursive: true });
const site = await serve();
const browser = await chromium.launch(launchOptions);
let complained = false;
for (const colorScheme of themes) {
  for (const [width, height] of sizes) {
    const complaints = new Complaints();
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch: width < 500, isMobile: width < 500 });
    complaints.listen(context, site.origin);
    const page = await context.newPage();
    await page.goto(site.url + fragment);
    await page.waitForTimeout(Number(values.wait));
    const file = `${values.name}-${width}x${height}-${colorScheme}.png`;
    await page.screenshot({ path: join(folder, file) });
    console.log(`target/screenshots/${file}`);
    for (const complaint of complaints.list) console.log(`  ✗ ${complaint}`);
    complained ||= complaints.list.length > 0;
    await context.close();
  }
}
await browser.close();
await site.stop();
process.exitCode = complained ? 1 : 0;
