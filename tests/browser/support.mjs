// What the specs share: the build on a static host, and a page that must not complain.
//
//   import { expect, test } from "./support.mjs";
//   test("…", async ({ page }) => { await page.goto("./"); … });

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { serve } from "./server.mjs";

export { expect };

export const test = base.extend({
  /** The build, under a subfolder of a static host: `{ origin, url }`. */
  site: [
    async ({}, use) => {
      const site = await serve();
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],

  baseURL: ({ site }, use) => use(site.url),

  /** What the pages of this test have complained of. A test that provokes a complaint allows it: `complaints.allow(/…/)`. */
  complaints: async ({}, use) => use(new Complaints()),

  context: async ({ context, site, complaints }, use) => {
    complaints.listen(context, site.origin);
    await use(context);
    expect(complaints.list, "complaints of the page").toEqual([]);
  },
});

/** Console errors, refusals by the policy, exceptions, failed requests and requests to another host. */
export class Complaints {
  #all = [];
  #allowed = [];

  allow(pattern) {
    this.#allowed.push(pattern);
  }

  get list() {
    return this.#all.filter((complaint) => !this.#allowed.some((pattern) => pattern.test(complaint)));
  }

  listen(context, origin) {
    const add = (complaint) => this.#all.push(complaint);
    context.on("weberror", (error) => add(`exception: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      const refusal = /Content.Security.Policy/i.test(message.text());
      if (message.type() === "error" || refusal) add(`console: ${message.text()}`);
    });
    context.on("request", (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      const isLocal = asked === origin || ["data:", "blob:", "about:"].includes(protocol);
      if (!isLocal) add(`request to another host: ${request.url()}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 400) add(`status ${response.status()}: ${response.url()}`);
    });
  }
}

/** Opens the app and waits until it has replaced the loading state. */
export async function open(page, address = "./") {
  await page.goto(address);
  await expect(page.locator("#loading")).toHaveCount(0, { timeout: 20_000 });
}

/** The run stands still. */
export async function pause(page) {
  if ((await page.getByTestId("play").getAttribute("aria-label")).match(/pause/i)) await page.getByTestId("play").click();
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", /play/i);
}

/** Plays at ten times real time. */
export async function playFast(page) {
  await page.locator("h1").click();
  for (let notch = 0; notch < 20; notch++) {
    if ((await page.getByTestId("speed").getAttribute("aria-valuetext")).startsWith("10 times")) break;
    await page.keyboard.press("ArrowUp");
  }
  if ((await page.getByTestId("play").getAttribute("aria-label")).match(/play/i)) await page.getByTestId("play").click();
}

/** Fails on violations that axe-core calls serious or critical. */
export async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
  expect(lines, "serious violations found by axe-core").toEqual([]);
}
