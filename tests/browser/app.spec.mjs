// The run as a person meets it: it plays, stops, steps, changes, and travels in a link.

import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const text = (page, name) => id(page, name).innerText();
const digest = async (page) => (await text(page, "digest")).match(/[0-9a-f]{16}/)[0];
const events = async (page) => Number((await text(page, "events")).replace(/\D/g, ""));

/** Leaves the run standing still. */
async function pause(page) {
  if ((await id(page, "play").getAttribute("aria-label")).match(/pause/i)) await id(page, "play").click();
  await expect(id(page, "play")).toHaveAttribute("aria-label", /play/i);
}

/** Sets a setting of the panel, as somebody who types and presses Enter. */
async function set(page, name, value) {
  await id(page, `setting-${name}`).fill(String(value));
  await id(page, `setting-${name}`).press("Enter");
}

/** How many pixels of the flights' canvas are not empty. */
const dots = (page) =>
  id(page, "flights").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
    return painted;
  });

test("records move: the clock runs, records are on their way, tiles fill the cells", async ({ page }) => {
  await open(page);
  const before = await text(page, "clock");
  await expect.poll(() => dots(page), { message: "records in flight" }).toBeGreaterThan(50);
  await expect.poll(() => text(page, "clock")).not.toBe(before);
  await expect(id(page, "stage")).toContainText("leader");
  await expect(id(page, "row-P0")).toContainText("P0");
});

test("pause stands still, and a step lets exactly one more thing happen", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Space");
  await pause(page);
  const [clock, count] = [await text(page, "clock"), await events(page)];
  await page.waitForTimeout(400);
  expect([await text(page, "clock"), await events(page)]).toEqual([clock, count]);
  await expect.poll(async () => {
    await page.keyboard.press(".");
    return events(page);
  }).toBeGreaterThan(count);
});

test("restart with the same seed comes to the same digest at the same moment", async ({ page }) => {
  await open(page);
  await id(page, "next").click();
  await pause(page);
  await id(page, "replay-step").click();
  await pause(page);
  const link = await page.evaluate(() => location.hash);
  const first = await digest(page);
  await page.goto("about:blank");
  await open(page, `./${link}`);
  await expect.poll(() => digest(page), { timeout: 20_000 }).toBe(first);
});

test("more partitions make more rows, and keys move", async ({ page }) => {
  await open(page);
  await set(page, "partitions", 8);
  await expect(id(page, "row-P7")).toBeVisible();
  await expect(id(page, "row-P8")).toHaveCount(0);
  await set(page, "brokers", 5);
  await expect(id(page, "broker-B5")).toBeVisible();
});

test("a link opened in a new page replays the run, with what was changed and done", async ({ page, context }) => {
  await open(page);
  await set(page, "partitions", 6);
  await set(page, "rate", 300);
  await id(page, "send-key").fill("my own key");
  await id(page, "send-value").fill("hello");
  await id(page, "send").click();
  await page.waitForTimeout(800);
  await pause(page);
  const [shared, clock] = [await digest(page), await text(page, "clock")];
  await id(page, "share").click();
  await expect(id(page, "toast")).toBeVisible();
  const address = page.url();
  expect(address).toContain("#v1;scenario=world-cup");
  expect(address).toContain("partitions=6");
  expect(address).toContain("my%20own%20key");

  const other = await context.newPage();
  await open(other, address);
  await expect.poll(() => digest(other), { timeout: 20_000 }).toBe(shared);
  expect(await text(other, "clock")).toBe(clock);
});

test("a damaged or newer link says what is wrong, and keeps what could be read", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;seed=7;partitons=8;brokers=99;@nonsense=rate:1");
  const problems = id(page, "problems");
  await expect(problems).toContainText("partitons");
  await expect(problems).toContainText("brokers");
  await expect(id(page, "seed")).toContainText("7");
  await id(page, "problems-close").click();
  await expect(problems).toHaveCount(0);

  await page.goto("about:blank");
  await open(page, "./#v9;scenario=world-cup;partitions=5");
  await expect(id(page, "problems")).toContainText(/v9|newer/);
  await expect(id(page, "row-P4")).toBeVisible();

  await page.evaluate(() => (location.hash = "#v1z;abc"));
  await expect(id(page, "problems")).toContainText("the run that was open stays");
  await expect(id(page, "row-P4")).toBeVisible();
});

test("bad values are refused where they are typed, and the run stays as it is", async ({ page }) => {
  await open(page);
  await pause(page);
  const before = await digest(page);
  await set(page, "partitions", 0);
  await expect(id(page, "setting-partitions")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#setting-partitions-problem")).toContainText("1 to 64");
  expect(await digest(page)).toBe(before);
});

test("own keys, pasted, become what the records are about", async ({ page }) => {
  await open(page);
  await id(page, "own-keys").fill("anna\nbert\n\ncarla\ndora\nanna");
  await expect(id(page, "own-keys-count")).toContainText("4");
  await id(page, "own-keys-use").click();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.url()).toContain("anna");
});

test("a key keeps its letter when others come", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;step=3");
  await pause(page);
  const letters = () =>
    page.locator(".cell.leader .letters").evaluateAll((texts) => texts.map((text) => text.textContent).sort().join(" "));
  const before = await letters();
  expect(before.length).toBeGreaterThan(6);
  await id(page, "panel-tab-0").click();
  await id(page, "own-keys").fill("anna\nbert");
  await id(page, "own-keys-use").click();
  await page.waitForTimeout(300);
  expect(await letters()).toBe(before);
});

test("the record limit is said where the records come from", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;records.max=100;rate=5000");
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowUp");
  await expect(id(page, "producers")).toContainText("stopped at 100 records", { timeout: 20_000 });
});

test("the reader drives the run: next, back, fold", async ({ page }) => {
  await open(page);
  const title = await text(page, "step-title");
  await id(page, "next").click();
  await expect(id(page, "step-number")).toContainText("2");
  expect(await text(page, "step-title")).not.toBe(title);
  await id(page, "back").click();
  await expect(id(page, "step-title")).toHaveText(title);
  await id(page, "fold-reader").first().click();
  await expect(id(page, "step-title")).toHaveCount(0);
});

test("every step of the walkthrough can be reached, and its clock stands at its moment", async ({ page }) => {
  await open(page);
  const steps = Number((await text(page, "step-number")).match(/\d+\s*$/)[0]);
  let last = -1;
  for (let step = 2; step <= steps; step++) {
    await id(page, "next").click();
    await expect(id(page, "step-number")).toContainText(new RegExp(`step ${step}`, "i"));
    await expect.poll(() => events(page), { timeout: 15_000 }).toBeGreaterThan(last);
    last = await events(page);
  }
  await expect(id(page, "next")).toBeDisabled();
});

test("the themes are accessible, on a large screen and on a phone", async ({ page }) => {
  test.slow();
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    for (const colorScheme of ["dark", "light"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await open(page);
      await pause(page);
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, `horizontal scrolling at ${viewport.width}`).toBe(false);
    }
  }
});

test("everything works from the keyboard: help, play, speed, and focus that can be seen", async ({ page }) => {
  await open(page);
  await page.keyboard.press("?");
  await expect(id(page, "help-dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(id(page, "help-dialog")).toBeHidden();
  const speed = await id(page, "speed").getAttribute("aria-valuetext");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => id(page, "speed").getAttribute("aria-valuetext")).not.toBe(speed);
  for (let tabs = 0; tabs < 40; tabs++) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      // A slider shows it on its thumb, the stage in a ring of its own: no outline that a script could ask for.
      const thumb = document.activeElement.matches("body, input[type=range], svg g");
      return thumb || style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    expect(outline, await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120))).toBe(true);
  }
});
