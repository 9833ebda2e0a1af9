// What makes a partition hot is seen, with its capacity; and a lag that never drains says so, and why.

import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
/** One key takes four fifths of 400 records a second; a broker can append 300, and a consumer process 200. */
const hot =
  "./#v1;scenario=world-cup;seed=7;rate=400;keys=hot:80;consumers=4;broker.records.per.second=300;processing.ms=5;at=24.000";

async function pause(page) {
  if ((await id(page, "play").getAttribute("aria-label")).match(/pause/i)) await id(page, "play").click();
  await expect(id(page, "play")).toHaveAttribute("aria-label", /play/i);
}

async function set(page, name, value) {
  await id(page, `setting-${name}`).fill(value);
  await id(page, `setting-${name}`).press("Enter");
}

/** What the rows say of their heat, in per cent; empty where nothing is said. */
const heats = async (page) =>
  (await page.locator("[data-testid^='heat-P']").allTextContents()).map((text) => Number(text.replace(/\D/g, "")));

test("a hot key's partition is over its leader's capacity, in figures, in words and on the edge", async ({ page }) => {
  await open(page, hot);
  await pause(page);
  await expect.poll(async () => Math.max(0, ...(await heats(page))), { timeout: 20_000 }).toBeGreaterThan(100);
  expect(Math.min(...(await heats(page))), "and others are not").toBeLessThan(60);
  await expect(page.locator(".heat-bar .beyond").first()).toBeAttached();
  const over = page.locator(".cell.leader:has(.heat-sign)");
  await expect(over).toHaveCount(1);
  await expect(over).toContainText("over");
  await expect(page.locator("[data-testid^='broker-B']").filter({ hasText: /\d{3}\s%/ }).first()).toBeVisible();
  await expect(id(page, "stage-summary")).toContainText(/hot: asks for 1\d\d\s% of what its leader can do/, { timeout: 5_000 });
  await expectAccessible(page);

  await set(page, "broker-records-per-second", "0");
  await expect(page.locator("[data-testid^='heat-P']")).toHaveCount(0, { timeout: 20_000 });
  await expect(page.locator(".heat-sign, .heat-bar, .warm-edge")).toHaveCount(0);
  await expect(id(page, "share-P0")).toBeVisible();
});

test("a lag that never drains says so on the stage, in the table and in the description, until consumers are faster", async ({
  page,
}) => {
  await open(page, hot.replace("broker.records.per.second=300;", ""));
  await pause(page);
  const consumer = page.locator("[data-testid^='consumer-']").filter({ hasText: /never|∞/ });
  await expect(consumer.first()).toBeVisible({ timeout: 20_000 });
  await id(page, "panel-tab-1").click();
  await expect(id(page, "lag-gone")).toHaveText("never drains");
  await id(page, "lag").locator("summary").click();
  await expect(id(page, "lag")).toContainText("as much comes in as is processed, or more");
  await expect(id(page, "lag-group")).toContainText("never");
  await expect(id(page, "stage-summary")).toContainText("never gone", { timeout: 5_000 });
  await expectAccessible(page);

  await id(page, "panel-tab-0").click();
  await set(page, "processing-ms", "0");
  await expect(consumer).toHaveCount(0, { timeout: 20_000 });
});

test("a rule for keys is chosen, and filled in; the letters on the tiles stay their subject's", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;rate=200;at=12.000");
  await pause(page);
  const rule = id(page, "setting-key");
  await rule.selectOption({ label: "salted" });
  await expect(id(page, "setting-key-text")).toHaveValue("salt:8");
  await id(page, "setting-key-text").fill("salt:nonsense");
  await id(page, "setting-key-text").press("Enter");
  await expect(page.locator("#setting-key-problem")).toContainText("salt:8");
  await id(page, "setting-key-text").fill("salt:4");
  await id(page, "setting-key-text").press("Enter");
  await expect(page.locator("#setting-key-problem")).toHaveCount(0);
  await rule.selectOption({ label: "what it is about" });
  await expect(id(page, "setting-key-text")).toHaveCount(0);
});
