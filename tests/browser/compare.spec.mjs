// Two runs side by side: one clock, two stages, and a table of what differs.

import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const side = (page, name) => id(page, `side-${name}`);
const value = async (page, name) => Number(await id(page, name).getAttribute("data-value"));
const digest = (page, name) => side(page, name).getAttribute("data-digest");
const header = { position: { x: 40, y: 20 } };
const plan = "v1;scenario=world-cup;seed=42;rate=400;key=subject;partitions=6";

async function pause(page) {
  if ((await id(page, "play").getAttribute("aria-label")).match(/pause/i)) await id(page, "play").click();
  await expect(id(page, "play")).toHaveAttribute("aria-label", /play/i);
}

/** A page in which the run stands at the moment of its link. */
async function arrived(page, fragment, clock) {
  await open(page, `./#${fragment}`);
  await expect(id(page, "clock")).toHaveText(clock, { timeout: 20_000 });
  await expect(page.locator(".seeking")).toHaveCount(0);
}

test("a link opens two runs, and each is what it would be alone", async ({ page, context }) => {
  test.slow(); // Three pages, one after the other.
  await arrived(page, `${plan};at=8.000;vs.partitions=12;vs.acks=1`, "00:08.000");
  await expect(id(page, "title-left")).toHaveText("partitions = 6, acks = all");
  await expect(id(page, "title-right")).toHaveText("partitions = 12, acks = 1");
  await expect(side(page, "left").getByTestId("row-P6")).toHaveCount(0);
  await expect(side(page, "right").getByTestId("row-P11")).toBeVisible();

  const digests = { left: await digest(page, "left"), right: await digest(page, "right") };
  for (const [name, settings] of [["left", ""], ["right", ";partitions=12;acks=1"]]) {
    const alone = await context.newPage();
    await arrived(alone, `${plan.replace(settings && ";partitions=6", "")}${settings};at=8.000`, "00:08.000");
    await expect(id(alone, "digest")).toHaveText(digests[name]);
    if (await id(alone, "panel-tab-3").count() === 0) await id(alone, "fold-panel").click();
    await id(alone, "panel-tab-3").click();
    for (const column of ["sent", "acknowledged", "refused", "lost", "duplicated", "retried"]) {
      expect(await value(page, `${name}-${column}`), `${name} ${column}`).toBe(await value(alone, `ledger-${column}`));
    }
    expect(await value(page, `${name}-sent`)).toBeGreaterThan(1000);
    await alone.close();
  }
  expect(await value(page, "right-moved-keys")).toBeGreaterThan(0);
  await expectAccessible(page);
});

test("Compare puts the same run beside this one, and one setting makes the difference", async ({ page }) => {
  await arrived(page, `${plan};at=10.000`, "00:10.000");
  const before = await id(page, "digest").innerText();
  await id(page, "compare").click();
  await expect(id(page, "pair")).toBeVisible();
  await expect(id(page, "title-right")).toHaveText("the same so far");
  for (const name of ["left", "right"]) await expect(side(page, name)).toHaveAttribute("data-digest", before);

  await id(page, "setting-partitions").fill("12");
  await id(page, "setting-partitions").press("Enter");
  await expect(id(page, "toast")).toContainText("the right one with partitions 12");
  await expect(id(page, "title-right")).toHaveText("partitions = 12");
  await expect(id(page, "differs-partitions")).toContainText("6");
  await expect(id(page, "clock")).toHaveText("00:10.000");
  await expect(side(page, "left"), "the left run is what it was").toHaveAttribute("data-digest", before);
  await expect(side(page, "right")).not.toHaveAttribute("data-digest", before);
  expect(page.url()).toContain("vs.partitions=12");

  // Both, and then only the left.
  await id(page, "on-both").click();
  await id(page, "setting-rate").fill("600");
  await id(page, "setting-rate").press("Enter");
  await expect(id(page, "differs-rate")).toHaveCount(0);
  await id(page, "on-left").click();
  await id(page, "setting-rate").fill("100");
  await id(page, "setting-rate").press("Enter");
  await expect(id(page, "title-left")).toHaveText("partitions = 6, rate = 100");
  await id(page, "differs-rate").getByRole("button", { name: /right value on both/ }).click();
  await expect(id(page, "differs-rate")).toHaveCount(0);
});

test("both sides play, pause and step together, and nothing on the page jumps", async ({ page }) => {
  await arrived(page, `${plan};at=5.000;vs.key=none`, "00:05.000");
  const boxes = async () => Promise.all(["side-left", "side-right", "compared"].map((name) => id(page, name).boundingBox()));
  const before = await boxes();
  expect(before[0].width).toBeCloseTo(before[1].width, -1);
  await page.keyboard.press("Space");
  await page.waitForTimeout(1500);
  expect(await boxes(), "while it plays").toEqual(before);
  await page.keyboard.press("Space");
  await expect(id(page, "play")).toHaveAttribute("aria-label", /play/i);
  const [clock, left, right] = [await id(page, "clock").innerText(), await digest(page, "left"), await digest(page, "right")];
  expect(clock).not.toBe("00:05.000");
  await expect(async () => {
    await page.keyboard.press(".");
    expect(await digest(page, "left")).not.toBe(left);
    expect(await digest(page, "right")).not.toBe(right);
  }).toPass();
  expect(await boxes()).toEqual(before);
});

test("a broker is crashed on both sides by one click, and what one side refuses is told", async ({ page }) => {
  await arrived(page, `${plan};at=5.000;vs.brokers=4`, "00:05.000");
  await side(page, "left").getByTestId("broker-B3").click(header);
  await page.getByRole("menuitem", { name: /^Crash/ }).click();
  for (const name of ["left", "right"]) await expect(side(page, name).getByTestId("broker-B3")).toContainText(/crashed/i);
  await side(page, "right").getByTestId("broker-B4").click(header);
  await page.getByRole("menuitem", { name: /^Crash/ }).click();
  await expect(id(page, "toast")).toContainText(/Done on the right only\. Left: /);
  const link = new URL(page.url()).hash;
  expect(link).toMatch(/;@5\.000=crash:b3;/);
  expect(link).toMatch(/;vs\.@5\.000=crash:b4$/);
});

test("the right run is kept, and the browser's way back leads to the one from which it came", async ({ page }) => {
  await arrived(page, `${plan};at=5.000`, "00:05.000");
  const alone = await id(page, "digest").innerText();
  await id(page, "compare").focus();
  await page.keyboard.press("Enter");
  await id(page, "setting-partitions").fill("9");
  await id(page, "setting-partitions").press("Enter");
  await expect(side(page, "right").getByTestId("row-P8")).toBeVisible();
  await expect(page.locator(".seeking")).toHaveCount(0);
  const right = await digest(page, "right");
  await id(page, "keep-right").click();
  await expect(id(page, "pair")).toHaveCount(0);
  await expect(id(page, "row-P8")).toBeVisible();
  await expect(id(page, "digest")).toHaveText(right);
  expect(page.url()).toContain("partitions=9");
  expect(page.url()).not.toContain("vs");

  await page.goBack();
  await expect(id(page, "row-P8")).toHaveCount(0);
  await expect(id(page, "digest")).toHaveText(alone, { timeout: 20_000 });
});

test("what can be tried can be tried side by side", async ({ page }) => {
  await arrived(page, `${plan};at=5.000`, "00:05.000");
  if (await id(page, "panel-tab-3").count() === 0) await id(page, "fold-panel").click();
  await id(page, "panel-tab-3").click();
  await id(page, "trial").selectOption({ label: "acks=1" });
  await id(page, "try-beside").click();
  await expect(id(page, "title-left")).toHaveText("acks = all");
  await expect(id(page, "title-right")).toHaveText("acks = 1");
});

test("a damaged right side is told, and what could be read is open", async ({ page }) => {
  await open(page, `./#${plan};at=5.000;vs.partitons=12;vs.acks=1`);
  await expect(id(page, "problems")).toContainText("vs.partitons=12");
  await expect(id(page, "title-right")).toHaveText("acks = 1");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  for (const colorScheme of ["dark", "light"]) {
    test(`one thing at a time: left, right, or the table (${colorScheme})`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await arrived(page, `${plan};at=5.000;vs.partitions=12`, "00:05.000");
      await expect(side(page, "left")).toBeVisible();
      await expect(side(page, "right")).toBeHidden();
      await id(page, "pane-right").click();
      await expect(side(page, "right").getByTestId("row-P11")).toBeVisible();
      await expect(side(page, "left")).toBeHidden();
      await id(page, "pane-table").click();
      await expect(id(page, "right-sent")).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await expectAccessible(page);
    });
  }
});
