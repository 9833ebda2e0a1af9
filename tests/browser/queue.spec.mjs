// Queue or stream: the same records on a work queue, in the topic and in a share group, what becomes of them when somebody dies,
// and what a second reader gets.

import { expect, expectAccessible, open, playFast, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const value = async (page, name) => Number(await id(page, name).getAttribute("data-value"));
/** One record a second, two seconds of work on each: at any moment some worker has a message. */
const slow = "./#v1;scenario=broker-dies;rate=1;processing.ms=2000;queue.workers=3;queue.visibility.timeout.ms=5000;room=queue";
const busy = "./#v1;scenario=world-cup;queue.workers=3;share.groups=workers:3;room=queue";

test("messages go to workers and vanish; the topic keeps them", async ({ page }) => {
  await open(page, `${busy};at=5.000`);
  await expect.poll(() => value(page, "queue-deleted"), { timeout: 20_000 }).toBeGreaterThan(100);
  expect(await value(page, "queue-in-flight")).toBeLessThanOrEqual(3);
  const deleted = await value(page, "queue-deleted");
  expect(await value(page, "log-kept")).toBeGreaterThanOrEqual(deleted);
  await expect(id(page, "figure-replay").locator("td").first()).toContainText(/^0/);
  await expect(id(page, "queue-summary")).toContainText(/in flight and .* deleted/);
  await playFast(page);
  await expect.poll(() => value(page, "queue-deleted"), { timeout: 20_000 }).toBeGreaterThan(deleted + 50);
});

test("the message of a crashed worker comes back after the visibility timeout, for the second time", async ({ page }) => {
  await open(page, `${slow};at=9.500`);
  const works = page.locator(".q-hand.works[data-testid^='hand-w']").first();
  await expect(works).toBeVisible({ timeout: 20_000 });
  const name = (await works.getAttribute("data-testid")).replace("hand-", "");
  await works.getByRole("button", { name: /^Crash worker/ }).click();
  await expect(id(page, `hand-${name}`)).toHaveAttribute("data-state", "down");
  await expect(page).toHaveURL(new RegExp(`=crash:${name}`));
  const stuck = page.locator(".q-cell.stuck");
  await expect(stuck).toHaveCount(1);
  const [, record, left] = (await stuck.getAttribute("title")).match(/^(.+ #\d+), delivered 1 time, .* seen again in (\d+\.\d) s/);
  await expect(id(page, "figure-held").locator("td").first()).toContainText(/^1/);

  // It comes back behind the others, and waits for one of the two workers that are left: at most 2 s, and then has 2 s of work.
  const link = new URL(page.url()).hash.replace(/;at=[\d.]+/, "");
  const second = page.locator(`.q-cell.held[title^="${record}, delivered 2 times"]`);
  for (const later of [0.3, 1.2, 2.1, 3.0]) {
    const at = 9.5 + Number(left) + later;
    await open(page, `./${link};at=${at.toFixed(3)}`);
    await expect(id(page, "clock")).toContainText(at.toFixed(3), { timeout: 20_000 });
    await expect.poll(() => value(page, "queue-reappeared"), { timeout: 20_000 }).toBe(1);
    await expect(stuck).toHaveCount(0);
    if ((await second.count()) > 0) break;
    await expect(page.locator(`.q-cell.back[title="${record}, delivered 1 time"]`)).toHaveCount(1);
  }
  await expect(second.locator(".q-times")).toHaveText("×2");
  await id(page, `hand-${name}`).getByRole("button", { name: /^Start worker/ }).click();
  await expect(id(page, `hand-${name}`)).not.toHaveAttribute("data-state", "down");
});

test("a second group reads from the beginning, and is in the link", async ({ page }) => {
  await open(page, `${busy};at=6.000`);
  await expect(id(page, "band-topic")).toContainText("One group only", { timeout: 20_000 });
  const kept = await value(page, "log-kept");
  expect(kept).toBeGreaterThan(200);
  await id(page, "second-group").click();
  await expect(page).toHaveURL(/group:billing:3/);
  await expect(id(page, "log-P0")).toContainText(/billing has committed 0/);
  await playFast(page);
  await expect.poll(() => value(page, "group-billing"), { timeout: 30_000 }).toBeGreaterThan(kept);
  await expect(id(page, "figure-second").locator("td").nth(1)).toContainText("billing has read so far");
});

test("a share group's records are available, acquired and acknowledged; a crashed member's come back", async ({ page }) => {
  await open(page, `${busy};at=5.000`);
  await expect(id(page, "share-P0")).toBeVisible({ timeout: 20_000 });
  const band = id(page, "band-share");
  await expect(band.locator(".q-cell.acquired").first()).toHaveAttribute("title", /acquired by s[123], for \d+\.\d s, delivered/);
  await expect(band.locator(".q-cell.passed").first()).toHaveAttribute("title", /finished, before the start/);
  await expect(id(page, "share-P0")).toContainText(/start offset \d+, available: \d+, acquired: \d+/);
  await id(page, "hand-s1").getByRole("button", { name: "Crash share consumer 1" }).click();
  await expect(id(page, "hand-s1")).toHaveAttribute("data-state", "down");
  await expect(page).toHaveURL(/=crash:s1/);
  await expect(id(page, "figure-who").locator("td").nth(2)).toContainText("2 of 3 members");
  await playFast(page);
  const again = async () => Number((await id(page, "figure-again").locator("td").nth(2).locator("b").innerText()).replace(/\D/g, ""));
  await expect.poll(again, { timeout: 20_000 }).toBeGreaterThan(0);
});

test("what a run does not have, it can be played with; the room is in the link", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;at=4.000");
  await page.getByRole("button", { name: "Queue", exact: true }).click();
  await expect(page).toHaveURL(/;room=queue/);
  await expect(id(page, "band-work")).toContainText("no work queue");
  await id(page, "with-queue.workers").click();
  await expect(id(page, "hand-w3")).toBeVisible({ timeout: 20_000 });
  await id(page, "with-share.groups").click();
  await expect(id(page, "hand-s3")).toBeVisible({ timeout: 20_000 });
  await expect(page).toHaveURL(/queue\.workers=3/);
  await expect(page).toHaveURL(/share\.groups=workers:3/);
  await expectAccessible(page);
});

test("in a narrow window the bands stand one below the other, and nothing sticks out", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, `${busy};at=5.000`);
  await expect(id(page, "share-P0")).toBeVisible({ timeout: 20_000 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});

test("side by side, each run has its own bands, and gets what it lacks", async ({ page }) => {
  await open(page, `${busy};at=4.000;vs.queue.workers=0`);
  const [left, right] = [id(page, "side-left"), id(page, "side-right")];
  await expect(left.getByTestId("hand-w3")).toBeVisible({ timeout: 20_000 });
  await expect(right.getByTestId("band-work")).toContainText("no work queue");
  await expectAccessible(page);
  await right.getByTestId("with-queue.workers").click();
  await expect(right.getByTestId("hand-w3")).toBeVisible({ timeout: 20_000 });
});

test("a step shows the share groups from their head on", async ({ page }) => {
  await open(page, "./#v1;scenario=queue-or-stream;step=4");
  await expect(id(page, "band-share").locator(".q-here")).toHaveCount(1, { timeout: 30_000 });
  await expect(id(page, "hand-s6")).toBeVisible();
  const top = async (name) => (await id(page, name).boundingBox()).y;
  await expect.poll(async () => (await top("band-share")) - (await top("queues")), { timeout: 30_000 }).toBeLessThan(120);
  await id(page, "back").click();
  await expect(page.locator(".q-here")).toHaveCount(0);
});
