// The room of what could not be processed: retry topics, dead letters, one record's journey, and what a policy costs.

import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const run = "./#v1;scenario=world-cup;partitions=2;rate=60;processing.ms=1";
const topics = `${run};failure.policy=retry-topics;retry.delays.ms=2000,5000`;
const value = async (locator) => Number(await locator.getAttribute("data-value"));
/** The room, when the run has come to that second. */
const room = async (page, settings, at, actions = "") => {
  await open(page, `${settings};at=${at}.000;room=retries${actions}`);
  await expect(id(page, "clock")).toHaveText(new RegExp(`^00:${String(at).padStart(2, "0")}`), { timeout: 30_000 });
};

/** Plays ahead to that second: a click on the timeline's axis is not exact, a link is. */
async function playTo(page, at) {
  const address = page.url().replace(/;at=[\d.]+/, `;at=${at}.000`);
  await page.goto("about:blank");
  await open(page, address);
  await expect(id(page, "clock")).toHaveText(new RegExp(`^00:${String(at).padStart(2, "0")}`), { timeout: 30_000 });
}

test("what meets an outage waits in the first tier with a due time, and is processed there", async ({ page }) => {
  await room(page, topics, 5, ";@4.000=downstream:down;@5.000=downstream:up");
  expect(await value(id(page, "flow-retry-1-waiting"))).toBeGreaterThan(20);
  const first = id(page, "flow-retry-1");
  await expect(first).toContainText(/head\s*due in [01]\.\d s/);
  await expect(first).toContainText(/P\d\s*paused \d\.\d s/);
  await expect(first.locator(".flow-cell")).toHaveCount(20);
  expect(await value(id(page, "flow-retry-1-processed"))).toBe(0);
  await playTo(page, 12);
  expect(await value(id(page, "flow-retry-1-waiting"))).toBe(0);
  expect(await value(id(page, "flow-retry-1-processed"))).toBeGreaterThan(20);
  expect(await value(id(page, "flow-dlq-waiting"))).toBe(0);
});

test("a poison record arrives among the dead letters with its whole journey, and comes back when the bug is mended", async ({ page }) => {
  await room(page, `${topics};poison=offset:1:20`, 16);
  expect(await value(id(page, "flow-dlq-waiting"))).toBe(1);
  const letter = id(page, "dead-letter");
  await expect(letter).toContainText("PoisonRecord");
  await expect(letter).toContainText("3 attempts");
  await letter.locator(".retries-record").click();
  const places = id(page, "journey-place");
  await expect(places).toHaveCount(4);
  await expect(places.nth(0)).toContainText("P1 @ 20");
  await expect(places.nth(1)).toContainText("retry-1");
  await expect(places.nth(3)).toContainText("dlq");
  await expect(id(page, "headers")).toContainText("retry-original-offset");
  await expect.poll(() => page.url()).toContain("room=retries;room.record=");
  // Why it was sent on is asked and answered.
  await places.nth(0).getByTestId("journey-why").first().click();
  await expect(id(page, "why")).toContainText("could not process record");
  // Mended and sent back, it is processed; both are in the link.
  await id(page, "mend").click();
  await id(page, "redrive-this").click();
  await expect.poll(() => page.url()).toContain("redrive:");
  expect(page.url()).toContain("poison:none");
  await playTo(page, 18);
  expect(await value(id(page, "flow-dlq-waiting"))).toBe(0);
  expect(await value(id(page, "flow-dlq-redriven"))).toBe(1);
  await expect(id(page, "journey-state")).toContainText("processed at");
});

test("a step follows the record that it tells of, and on a phone its text comes before the room", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "./#v1;scenario=retry-topics;step=4");
  await expect(id(page, "journey")).toContainText("order-9 #14");
  await expect(id(page, "journey-state")).toContainText("processed at 01:02", { timeout: 30_000 });
  await expect(id(page, "journey-place")).toHaveCount(6);
  const top = async (name) => (await id(page, name).boundingBox()).y;
  expect(await top("step-title")).toBeLessThan(await top("retries"));
  await id(page, "back").click();
  await expect(id(page, "journey-state")).toContainText("a dead letter", { timeout: 30_000 });
});

test("all dead letters go back at once, and what is still poison comes again", async ({ page }) => {
  const several = "poison=offset:1:20,offset:1:24,offset:0:20";
  await room(page, `${topics};${several}`, 16);
  await expect(id(page, "dead-letter")).toHaveCount(3);
  await id(page, "redrive-all").click();
  await playTo(page, 17);
  await expect(id(page, "dead-letter")).toHaveCount(0);
  await playTo(page, 28);
  await expect(id(page, "dead-letter")).toHaveCount(3);
  await expect(id(page, "dead-letter").first()).toContainText("sent back 1 time before");
  await id(page, "mend").click();
  await id(page, "redrive-all").click();
  await playTo(page, 30);
  await expect(id(page, "dead-letter")).toHaveCount(0);
});

test("with stop one partition stands still, and the room says at which record and who waits", async ({ page }) => {
  await room(page, `${run};failure.policy=stop;poison=offset:1:20`, 10);
  await expect(id(page, "stand")).toHaveCount(1);
  await expect(id(page, "stand")).toContainText("P1 stands still at offset 20");
  expect(await value(id(page, "behind"))).toBeGreaterThan(20);
  expect(await value(id(page, "cost-waited"))).toBe(await value(id(page, "behind")));
  // The same run beside it, with retry topics.
  await id(page, "compare-retry-topics").click();
  await expect(id(page, "title-right")).toHaveText("failure.policy = retry-topics", { timeout: 30_000 });
  const right = id(page, "side-right");
  await expect(right.getByTestId("flow-retry-1")).toBeVisible();
  await expect.poll(() => value(right.getByTestId("cost-waited")), { timeout: 30_000 }).toBe(0);
});

test("while nothing fails the room says what to switch on, and does it", async ({ page }) => {
  await room(page, topics, 4);
  await expect(id(page, "retries-empty")).toContainText("Nothing has failed");
  await id(page, "make-outage").click();
  await expect(id(page, "downstream-up")).toBeVisible();
  // The run is followed while it plays.
  await id(page, "play").click();
  await expect.poll(() => value(id(page, "flow-retry-1-waiting")), { timeout: 30_000 }).toBeGreaterThan(0);
  await id(page, "downstream-up").click();
  await expect(id(page, "downstream-up")).toHaveCount(0);
  await expect.poll(() => page.url()).toContain("downstream:up");
});

test("the room is in the link, and works from the keyboard", async ({ page }) => {
  await open(page, run);
  await id(page, "room-retries").focus();
  await page.keyboard.press("Enter");
  await expect(id(page, "retries")).toBeVisible();
  await expect(id(page, "stage")).toHaveCount(0);
  await expect.poll(() => page.url()).toContain("room=retries");
  await room(page, topics, 5, ";@4.000=downstream:down");
  const cell = id(page, "flow-retry-1").locator(".flow-cell").first();
  await cell.focus();
  await page.keyboard.press("Enter");
  await expect(cell).toHaveAttribute("aria-pressed", "true");
  await expect(id(page, "journey")).toContainText("DownstreamUnavailable");
  await expect(id(page, "journey-state")).toContainText("due in");
});

test("the room is accessible in both themes and all sizes", async ({ page }) => {
  test.slow();
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    for (const colorScheme of ["dark", "light"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await room(page, `${topics};poison=offset:1:20`, 16, ";@15.000=downstream:down");
      await id(page, "dead-letter").first().locator(".retries-record").click();
      await expect(id(page, "journey-place")).toHaveCount(4);
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, `horizontal scrolling at ${viewport.width}`).toBe(false);
      await page.goto("about:blank");
    }
  }
});
