// The drawing's share of a frame, with the stage of the issue: 12 partitions, 3 brokers, 300 records in flight.

import { expect, open, test } from "./support.mjs";

test("script time of a frame, p95, with 12 partitions and some 300 records in flight", async ({ page }) => {
  // 10 ms one way and 10 000 records a second: produce, two copies and a read, each some 10 ms on the way.
  const settings = "partitions=12;rate=10000;key=subject;network.latency.ms=10;linger.ms=5;processing.ms=0";
  await open(page, `./#v1;scenario=world-cup;${settings};t=3`);
  await page.waitForTimeout(500);
  if ((await page.getByTestId("play").getAttribute("aria-label")).match(/play/i)) await page.keyboard.press("Space");
  // Ten seconds of frames are kept: after twelve, those in which the run was brought to its moment are forgotten.
  await page.waitForTimeout(12_000);
  const p95 = Number(await page.evaluate(() => document.documentElement.dataset.frameP95));
  console.log(`script time of a frame: p95 ${p95} ms`);
  expect(p95).toBeGreaterThan(0);
  expect(p95).toBeLessThanOrEqual(8);
});
