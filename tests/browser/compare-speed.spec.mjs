// The page's share of a frame with two runs side by side: 12 partitions, 3 brokers, some 400 records in flight on each.

import { expect, open, test } from "./support.mjs";

test("script time of a frame, p95, with two runs and some 400 records in flight on each side", async ({ page }) => {
  // 10 ms one way and 13 000 records a second: produce, two copies and a read, each some 10 ms on the way.
  const settings = "partitions=12;rate=13000;key=subject;network.latency.ms=10;linger.ms=5;processing.ms=0";
  await open(page, `./#v1;scenario=world-cup;${settings};at=3.000;vs.key=none`);
  await expect(page.getByTestId("pair")).toBeVisible();
  await expect(page.getByTestId("clock")).toHaveText("00:03.000", { timeout: 20_000 });
  await page.keyboard.press("Space");
  // Ten seconds of frames are kept: after twelve, those in which the run was brought to its moment are forgotten.
  await page.waitForTimeout(12_500);
  const p95 = Number(await page.evaluate(() => document.documentElement.dataset.frameP95));
  console.log(`script time of a frame, two runs: p95 ${p95} ms`);
  expect(p95).toBeGreaterThan(0);
  expect(p95).toBeLessThanOrEqual(12);
});
