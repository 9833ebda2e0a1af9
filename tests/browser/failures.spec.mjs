// What breaks, why, and what became of the records: by mouse, by keyboard, and in a narrow window.

import { readFileSync } from "node:fs";
import { expect, expectAccessible, open, pause, playFast, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const digest = async (page) => (await id(page, "digest").innerText()).match(/[0-9a-f]{16}/)[0];
const choose = (page, name) => page.getByRole("menuitem", { name }).click();
const header = { position: { x: 40, y: 20 } };
const worldCup = readFileSync(new URL("../../scenarios/world-cup.toml", import.meta.url), "utf8");

/** A run in which broker 3 was crashed, and the controller has noticed. */
async function crashed(page) {
  await open(page, "./#v1;scenario=world-cup;step=4");
  await pause(page);
  await id(page, "broker-B3").click(header);
  await choose(page, /^Crash/);
  await playFast(page);
  await expect(id(page, "broker-B3")).toContainText("fenced", { timeout: 30_000 });
  await page.waitForTimeout(700);
  await pause(page);
}

test("a broker is crashed by click; the controller notices; the ledger says what became of the records", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;step=4");
  await pause(page);
  await id(page, "broker-B3").click(header);
  await expect(id(page, "menu")).toContainText("kill -9");
  await choose(page, /^Crash/);
  await expect(id(page, "menu")).toHaveCount(0);
  await expect(id(page, "broker-B3")).toContainText("crashed");
  await expect(id(page, "broker-B3")).not.toContainText("fenced");
  await playFast(page);
  await expect(id(page, "broker-B3")).toContainText("fenced", { timeout: 30_000 });
  await expect(id(page, "row-P0")).toContainText(/Under/);
  await page.waitForTimeout(500);
  await pause(page);
  await id(page, "panel-tab-3").click();
  const count = async (name) => Number(await id(page, `ledger-${name}`).getAttribute("data-value"));
  await expect.poll(() => count("sent")).toBeGreaterThan(100);
  expect(await count("acknowledged")).toBeGreaterThan(100);
  expect(await count("lost"), "acks=all, and two of three copies are left").toBe(0);
  await id(page, "ledger-sent").click();
  await expect(id(page, "ledger-rows").getByRole("button")).toHaveCount(200);
  await expect(id(page, "ledger-rows")).toContainText("more records");

  await id(page, "broker-B3").click(header);
  await choose(page, /^Start again/);
  await playFast(page);
  await expect(id(page, "broker-B3")).not.toContainText(/crashed|fenced/, { timeout: 30_000 });
});

test("the same from the keyboard alone: the menu opens, closes, gives the focus back, and acts", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;step=4");
  await pause(page);
  await id(page, "broker-B2").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(id(page, "menu")).toHaveCount(0);
  await expect(id(page, "broker-B2")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(id(page, "broker-B2")).toContainText("crashed");
  await expect(id(page, "broker-B2")).toBeFocused();
  await page.keyboard.press("ContextMenu");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(id(page, "menu"), "what is refused does nothing, and says why").toContainText("It is not running.");
  await page.keyboard.press("Escape");
  await expect(id(page, "menu")).toHaveCount(0);
});

test("why: asked of an event, of a mark and of a crown, the chain ends with what you did", async ({ page }) => {
  await crashed(page);
  const why = id(page, "why");
  await id(page, "panel-tab-2").click();
  await id(page, "events-panel").getByRole("button", { name: /fenced broker 3/ }).first().click();
  await expect(why).toContainText("no heartbeat for broker.session.timeout.ms");
  await expect(why).toContainText("You crashed broker 3");
  await page.keyboard.press("Escape");
  await expect(id(page, "events-panel")).toBeVisible();

  await page.locator(".mark button", { hasText: /→ broker|broker 3 fenced/ }).first().click();
  await expect(why).toContainText("You crashed broker 3");
  await id(page, "why-close").click();

  // Broker 3 led a partition: its crown is somewhere else now.
  await page.locator(".mark button", { hasText: "→ broker" }).first().evaluate((mark) => mark.click());
  const row = (await why.innerText()).match(/leader of P(\d)/)[1];
  await id(page, "why-close").click();
  await page.locator(`[data-testid^="cell-P${row}-"].leader`).click({ position: { x: 20, y: 20 } });
  await expect(why).toContainText(`the leader of P${row}`);
  await expect(why).toContainText("You crashed broker 3");

  const clock = await id(page, "clock").innerText();
  await why.locator(".go").last().click();
  await expect.poll(() => id(page, "clock").innerText()).not.toBe(clock);
  await why.getByRole("button", { name: /broker.session.timeout.ms/ }).first().click();
  await expect(id(page, "setting-broker-session-timeout-ms")).toBeFocused();
});

test("the same run with another setting keeps the first ledger beside it, until it is closed", async ({ page }) => {
  await crashed(page);
  await id(page, "panel-tab-3").click();
  const first = await id(page, "ledger-sent").getAttribute("data-value");
  await id(page, "trial").selectOption("acks=1");
  await id(page, "try").click();
  await expect(id(page, "ledger-first-sent")).toBeVisible();
  expect((await id(page, "ledger-first-sent").innerText()).replace(/\D/g, "")).toBe(first);
  await expect.poll(() => page.url()).toContain("acks=1");
  await expect(id(page, "broker-B3"), "what was done is done again").toContainText("crashed", { timeout: 20_000 });
  await id(page, "ledger-close").click();
  await expect(id(page, "ledger-first-sent")).toHaveCount(0);
});

test("another walkthrough is opened from the menu, and the browser goes back to the one before", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;seed=7;partitions=6");
  await id(page, "walkthroughs").click();
  await choose(page, /^World Cup/);
  await expect(id(page, "row-P4")).toHaveCount(0);
  await page.goBack();
  await expect(id(page, "row-P5")).toBeVisible();
});

test("a file takes the place of the run; a broken one says where, and the run stays", async ({ page }) => {
  await open(page);
  await pause(page);
  const before = await digest(page);
  const give = (text) => id(page, "file").setInputFiles({ name: "mine.toml", mimeType: "text/plain", buffer: Buffer.from(text) });
  await give(worldCup.replace(/^title = .*/m, 'titel = "x"'));
  await expect(id(page, "problems")).toContainText(/mine\.toml.*line \d+, column \d+/s);
  expect(await digest(page)).toBe(before);
  await id(page, "problems-close").click();

  await give(worldCup.replace(/^title = .*/m, 'title = "My own run"'));
  await expect(page.locator("header.top")).toContainText("My own run");
  await id(page, "share").click();
  await expect(id(page, "toast")).toContainText("No link can carry a file");
  expect(page.url()).not.toContain("#");
});

test("a file can be dropped on the page", async ({ page }) => {
  await open(page);
  const text = worldCup.replace(/^title = .*/m, 'title = "Dropped"');
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "dropped.toml"));
    return data;
  }, text);
  await page.locator(".page").dispatchEvent("drop", { dataTransfer: transfer });
  await expect(page.locator("header.top")).toContainText("Dropped");
});

test("menus, the chain of causes and the ledger are accessible in both themes", async ({ page }) => {
  test.slow();
  await crashed(page);
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await id(page, "broker-B3").click(header);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await id(page, "row-P0").click({ position: { x: 8, y: 8 } });
    await choose(page, /^Why does/);
    await expectAccessible(page);
    await id(page, "panel-tab-3").click();
    await id(page, "ledger-acknowledged").click();
    await expectAccessible(page);
    await id(page, "ledger-acknowledged").click();
  }
});

test("by touch, in a narrow window: a fault, and the way to why", async ({ browser, site }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await open(page, `${site.url}#v1;scenario=world-cup;step=4`);
  await id(page, "broker-B1").tap(header);
  await page.getByRole("menuitem", { name: /^Pause/ }).tap();
  await expect(id(page, "broker-B1")).toContainText("paused");
  await id(page, "row-P1").tap({ position: { x: 8, y: 8 } });
  await page.getByRole("menuitem", { name: /^Why does/ }).tap();
  await expect(id(page, "why")).toBeInViewport();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide).toBe(false);
  await context.close();
});
