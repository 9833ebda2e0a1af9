// Consumers and their group: what can be done to them, what the stage says of it, and when offsets can be reset.

import { expect, expectAccessible, open, pause, playFast, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const choose = (page, name) => page.getByRole("menuitem", { name }).click();
const name = { position: { x: 30, y: 16 } };
const start = "./#v1;scenario=world-cup;seed=7;rate=40;session.timeout.ms=6000;at=4.000";

// Runs are played for ten virtual seconds and more, on machines that have other things to do as well.
test.setTimeout(120_000);

test("a consumer is crashed: its ghost stays, others take its rows, and it is started again", async ({ page }) => {
  await open(page, start);
  await pause(page);
  const first = id(page, "consumer-1");
  await expect(first).toContainText("owns P0 P1");
  await first.click(name);
  await expect(id(page, "menu")).toContainText("kill -9");
  await choose(page, /^Crash/);
  await expect(first).toContainText("crashed");
  await expect(first).toContainText("again…");
  await expect(first).toHaveAttribute("aria-label", /session\.timeout\.ms/);
  const cell = page.locator("[data-testid^='cell-P0-']").first();
  await expect(cell).toHaveAttribute("aria-label", /Committed \d+: the next record to read after a restart\. Nobody owns it/);
  await playFast(page);
  await expect(id(page, "group")).toContainText(/gen 2/, { timeout: 30_000 });
  await expect(id(page, "consumer-2")).toContainText("P0", { timeout: 30_000 });
  await expect(cell).toHaveAttribute("aria-label", /Position \d+: the next one to process/);
  await pause(page);
  await expect(first).toHaveClass(/crashed/);
  await first.click();
  await choose(page, /^Start again/);
  await playFast(page);
  await expect(first).toContainText(/P\d/, { timeout: 30_000 });
  await expect(first).not.toHaveClass(/gone/);
});

test("a member is added, an application hangs and goes on", async ({ page }) => {
  await open(page, start);
  await pause(page);
  await id(page, "group").click();
  await choose(page, /^Add a member/);
  await playFast(page);
  await expect(id(page, "consumer-4")).toContainText(/P\d/, { timeout: 30_000 });
  await pause(page);
  await id(page, "consumer-2").click(name);
  await choose(page, /^Stall/);
  await expect(id(page, "consumer-2")).toContainText("no poll()");
  await expect(id(page, "consumer-2")).toHaveAttribute("aria-label", /heartbeats go on until max\.poll\.interval\.ms/);
  await id(page, "consumer-2").click(name);
  await choose(page, /go on/);
  await expect(id(page, "consumer-2")).not.toContainText("no poll()");
});

test("offsets are reset when the group has no members, and not before", async ({ page }) => {
  await open(page, start);
  await pause(page);
  await id(page, "group").click();
  await choose(page, /^Reset offsets/);
  const earliest = page.getByRole("menuitem", { name: /^To earliest/ });
  await expect(earliest).toBeFocused();
  await expect(earliest).toHaveAttribute("aria-disabled", "true");
  await expect(earliest).toContainText("Refused while the group has members");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(id(page, "group")).toBeFocused();
  await id(page, "group").click();
  await choose(page, /^Close all consumers/);
  await playFast(page);
  await expect(id(page, "group")).toContainText("Empty", { timeout: 30_000 });
  await pause(page);
  const cell = page.locator("[data-testid^='cell-P0-']").first();
  await expect(cell).toHaveAttribute("aria-label", /Committed [1-9]/);
  await id(page, "group").click();
  await choose(page, /^Reset offsets/);
  await choose(page, /^To earliest/);
  await playFast(page);
  await expect(cell).toHaveAttribute("aria-label", /Committed 0:/, { timeout: 30_000 });
});

test("another group reads the same records for itself, and can be looked at", async ({ page }) => {
  await open(page, start);
  await pause(page);
  await id(page, "group").click();
  await choose(page, /^New group: billing/);
  await playFast(page);
  await expect(id(page, "group")).toHaveAttribute("aria-label", /Other groups on the topic: billing lag/, { timeout: 30_000 });
  await expect(id(page, "group")).toContainText("+ billing");
  await page.waitForTimeout(1_500);
  await pause(page);
  await id(page, "group").click();
  await choose(page, /^Show billing/);
  await expect(id(page, "group")).toContainText("group billing");
  await expect(id(page, "stage").locator("[data-testid^='consumer-']")).toHaveCount(1);
  await id(page, "group").click();
  await choose(page, /^Show page/);
  await expect(id(page, "stage").locator("[data-testid^='consumer-']")).toHaveCount(3);
});
