// The room of the groups: who owned what over time, what a rebalance costs, and the tables of Kafka's tool.

import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
/** Four partitions, two consumers, a short session; a third consumer at 12 s, and the first one killed at 30 s. */
const run = (at, more = "") =>
  `./#v1;scenario=world-cup;partitions=4;consumers=2;session.timeout.ms=10000;at=${at};room=groups;@12=consumers:3;@30=crash:c1${more}`;
/** Waits until the run stands at the moment of its link. */
const arrived = (page) => expect(page.locator(".seeking")).toHaveCount(0, { timeout: 30_000 });

test("somebody joins: a band, its reason, and new bars", async ({ page }) => {
  await open(page, run(11));
  await arrived(page);
  await expect(id(page, "groups")).toBeVisible();
  await expect(page.locator("[data-lane]")).toHaveCount(2);
  await open(page, run(20));
  await arrived(page);
  await expect(page.locator('[data-lane="c3"] [data-end="goes on"]')).not.toHaveCount(0);
  await expect(page.locator('[data-lane="c1"] [data-end="revoked"]')).not.toHaveCount(0);
  const band = id(page, "groups-band").last();
  await expect(band).toContainText("consumer 3 joined");
  await expect(band).toContainText("moved");
  await expect(id(page, "groups-stopped")).toContainText("2 of 2 stopped");
  await expect(id(page, "groups-state")).toContainText("Stable");
  await band.click();
  await expect(id(page, "why")).toBeVisible();
  await expectAccessible(page);
});

test("a crash ends a bar, and nobody reads on until the session is over", async ({ page }) => {
  await open(page, run(34));
  await arrived(page);
  await expect(page.locator('[data-lane="c1"] [data-end="crashed"]')).not.toHaveCount(0);
  await id(page, "groups-reading-by partition").click();
  await expect(page.locator("[data-lane]")).toHaveCount(4);
  const gaps = page.locator("[data-gap]");
  await expect(page.locator('[data-end="crashed"]')).not.toHaveCount(0);
  await expect(gaps.filter({ hasText: "nobody owned it for 4" })).not.toHaveCount(0);
  await open(page, run(45));
  await arrived(page);
  await expect(id(page, "groups-band").last()).toContainText("session of consumer 1 ended");
  await expect(id(page, "groups-unowned")).toContainText("worst");
});

test("the tables are those of Kafka's tool", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, run(20));
  await arrived(page);
  const offsets = id(page, "groups-offsets");
  await expect(offsets.locator("tbody tr")).toHaveCount(4);
  await expect(offsets.locator("thead")).toContainText("CURRENT-OFFSET");
  await id(page, "groups-copy-offsets").click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const [head, first] = text.split("\n");
  expect(head).toMatch(/^GROUP +TOPIC +PARTITION +CURRENT-OFFSET +LOG-END-OFFSET +LAG +CONSUMER-ID +HOST +CLIENT-ID$/);
  expect(first.split(/ +/)).toHaveLength(9);
  await expect(id(page, "groups-members").locator("tbody tr")).toHaveCount(3);
});

test("the room is in the link, and names open menus", async ({ page }) => {
  await open(page);
  await id(page, "room-groups").click();
  await expect(id(page, "groups")).toBeVisible();
  await expect(id(page, "stage")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => location.hash)).toContain("room=groups");
  await page.reload();
  await expect(id(page, "groups")).toBeVisible();
  await id(page, "groups-lane-c1").click();
  await expect(id(page, "menu")).toContainText("Crash");
  await page.keyboard.press("Escape");
  await expect(id(page, "groups-lane-c1")).toBeFocused();
  await id(page, "groups-menu").click();
  await id(page, "menu").getByText("New group: billing").click();
  await id(page, "groups-show-billing").click();
  await expect(id(page, "groups-menu")).toContainText("billing");
  await expect.poll(() => page.evaluate(() => location.hash)).toContain("room.group=billing");
  await page.reload();
  await expect(id(page, "groups-menu")).toContainText("billing");
});

test("an empty group can be deleted, and is dead then", async ({ page }) => {
  await open(page, "./#v1;scenario=world-cup;at=6;room=groups;@1=consumers:0");
  await arrived(page);
  await id(page, "groups-menu").click();
  await id(page, "menu").getByText("Delete the group").click();
  await id(page, "play").click();
  await expect(id(page, "groups-state")).toContainText("Dead", { timeout: 20_000 });
  await expect(id(page, "groups")).toContainText("does not exist");
});

test("the same run with another assignor stands beside it", async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await open(page, run(20));
  await arrived(page);
  await id(page, "groups-with-cooperative-sticky").click();
  await expect(id(page, "gantt")).toHaveCount(2);
  await arrived(page);
  const [left, right] = [id(page, "side-left"), id(page, "side-right")];
  await expect(left.getByTestId("groups-stopped")).toContainText("2 of 2 stopped");
  await expect(right.getByTestId("groups-stopped")).toContainText("0 of");
  await expect(id(page, "left-stopped")).not.toHaveAttribute("data-value", "0");
  await expect(id(page, "right-stopped")).toHaveAttribute("data-value", "0");
});
