// What the walkthroughs on consumers lean on: the ledger's side of the group, settings that are brought into sight, marked
// lanes, and a header that is on the page as a whole.

import { expect, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const arrived = (page) => expect(page.locator(".seeking")).toHaveCount(0, { timeout: 60_000 });
const value = async (page, name) => Number(await id(page, name).getAttribute("data-value"));

test("the step of the bill opens the ledger: repeated one way, lost the other", async ({ page }) => {
  test.setTimeout(90_000);
  await open(page, "./#v1;scenario=before-or-after;step=3");
  await arrived(page);
  await expect(id(page, "ledger")).toBeVisible();
  await expect.poll(() => value(page, "ledger-again")).toBeGreaterThan(0);
  expect(await value(page, "ledger-never")).toBe(0);
  await expect(id(page, "trial")).toHaveValue("Before the work");
  await id(page, "try").click();
  await arrived(page);
  await expect.poll(() => value(page, "ledger-never"), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await value(page, "ledger-again")).toBe(0);
});

test("a setting that a step points at is in sight, also where it is folded away", async ({ page }) => {
  await open(page, "./#v1;scenario=slow-not-dead;step=3");
  await arrived(page);
  const row = page.locator(".setting.pointed");
  await expect(row).toContainText("max.poll.records");
  await expect(row).toBeInViewport({ ratio: 0.9 });
  expect(await page.evaluate(() => document.scrollingElement.scrollTop)).toBe(0);
});

test("a step marks the lane of the consumer that it is about", async ({ page }) => {
  await open(page, "./#v1;scenario=one-owner;step=3");
  await arrived(page);
  await expect(id(page, "groups-lane-c4")).toHaveClass(/pointed/);
  await expect(id(page, "groups-lane-c1")).not.toHaveClass(/pointed/);
});

test("the header keeps all its buttons, at every width", async ({ page }) => {
  await open(page, "./#v1;scenario=acknowledged-invisible;step=1");
  for (const width of [1920, 1701, 1440, 1366, 1280, 1201, 1100, 1121, 1120, 1024, 901, 900, 800, 761, 760, 600, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const name of ["walkthroughs", "room-queue", "play", "share", "help"]) {
      await expect(id(page, name), `${name} at ${width}`).toBeInViewport({ ratio: 1 });
    }
    const over = await page.evaluate(() => {
      const top = document.querySelector(".top");
      return top.scrollWidth - top.clientWidth;
    });
    expect(over, `beyond the header at ${width}`).toBeLessThanOrEqual(0);
  }
});
