// The room of the keys: one key, somebody's own data, and another number of partitions. Nothing leaves the page.

import { readFile, writeFile } from "node:fs/promises";
import { expect, expectAccessible, open, test } from "./support.mjs";

const id = (page, name) => page.getByTestId(name);
const room = "./#v1;scenario=world-cup;room=keys";

/** Types a number of partitions. */
async function partitions(page, n) {
  await id(page, "keys-n").fill(String(n));
  await id(page, "keys-n").press("Enter");
}

/** Opens a file from memory, as somebody who chooses it. */
const choose = (page, name, text) =>
  id(page, "keys-file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

/** Drops a file on the room. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name, { type: "text/csv" }));
      return data;
    },
    [name, text],
  );
  await id(page, "keys-room").dispatchEvent("drop", { dataTransfer: data });
}

test("a key that is typed goes where Kafka's own classes put it", async ({ page }) => {
  await open(page, room);
  const rows = (await readFile(new URL("../vectors/murmur2.csv", import.meta.url), "utf8")).trim().split(/\r?\n/);
  // Keys may have commas: the bytes, the hash and ten places are read from the end.
  const typed = rows
    .slice(1)
    .map((row) => /,([0-9a-f]*),(-?\d+)(?:,\d+){10}$/.exec(row))
    .filter(Boolean)
    .map(([, hex, hash]) => ({ key: Buffer.from(hex, "hex").toString("utf8"), hex, hash }))
    .filter(({ key, hex }) => Buffer.from(key).toString("hex") === hex && /^[^\p{C}\p{Z}]{1,40}$/u.test(key))
    .filter((_, place) => place % 40 === 0);
  expect(typed.length).toBeGreaterThan(5);
  for (const { key, hash } of typed) {
    await id(page, "keys-key").fill(key);
    await expect(id(page, "keys-hash")).toHaveAttribute("data-value", hash);
  }
  await id(page, "keys-key").fill("user-1");
  await partitions(page, 6);
  await expect(id(page, "keys-partition")).toHaveText("P2");
  await expect(id(page, "keys-P2")).toContainText("user-1");
  await partitions(page, 8);
  await expect(id(page, "keys-partition")).toHaveText("P4");
  await id(page, "keys-steps").click();
  await expect(id(page, "keys-room")).toContainText("Bytes 0 to 3: 75 73 65 72");
});

test("characters are shown as the bytes that they are", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-key").fill("日é");
  await expect(id(page, "keys-bytes")).toContainText("e6 97 a5");
  await expect(id(page, "keys-bytes")).toContainText("c3 a9");
  await id(page, "keys-key").fill("");
  await expect(id(page, "keys-room")).toContainText("an empty key is a key");
});

test("two services that would part a key are warned of", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-key").fill("user-1");
  await partitions(page, 7);
  await expect(id(page, "keys-clients")).toContainText("consistent_random");
  await expect(id(page, "keys-verdict")).toContainText("Java service sends this key to P3");
  await expect(id(page, "keys-verdict")).toContainText("P5");
});

test("the room is in the link, and the switch leads there and back", async ({ page }) => {
  await open(page);
  await id(page, "room-keys").click();
  await expect(id(page, "stage")).toHaveCount(0);
  await id(page, "keys-key").fill("my key");
  await expect.poll(() => page.url()).toContain("room=keys;room.key=my%20key");
  const address = page.url();
  await page.goto("about:blank");
  await open(page, address);
  await expect(id(page, "keys-key")).toHaveValue("my key");
  await id(page, "room-score").click();
  await expect(id(page, "stage")).toBeVisible();
  await expect.poll(() => page.url()).not.toContain("room=");
});

test("without data the room shows the open run", async ({ page }) => {
  await open(page, room);
  await expect(id(page, "keys-top").locator("tr")).not.toHaveCount(0);
  await expect(id(page, "keys-P0")).toBeVisible();
  await expect(id(page, "keys-hottest")).toContainText("of the load");
});

test("pasted keys are counted, and one celebrity makes its partition hot", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-own").click();
  await partitions(page, 6);
  await id(page, "keys-paste").fill(["user-1", "user-1", "user-1", "user-1", "a", "b"].join("\n"));
  await expect(id(page, "keys-summary")).toContainText("6 rows, 3 keys");
  await expect(id(page, "keys-P2")).toContainText("hot");
  await expect(id(page, "keys-hottest")).toContainText("Only splitting the key helps");
  await expect(id(page, "keys-top")).toContainText("user-1");
});

test("a dropped file is read by the column that is chosen, and its bad rows are shown", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-own").click();
  await drop(page, "clicks.csv", "ad,clicks\nad-1,60\nad-2,lots\nad-2,20\nad-3,20\n");
  await expect(id(page, "keys-file-name")).toHaveText("clicks.csv");
  await expect(id(page, "keys-layout")).toBeVisible();
  await id(page, "keys-weight").selectOption({ label: "clicks: 60" });
  await expect(id(page, "keys-bad")).toContainText("1 bad row");
  await id(page, "keys-bad").locator("summary").click();
  await expect(id(page, "keys-bad")).toContainText("line 3");
  await expect(id(page, "keys-bad")).toContainText("ad-2,lots");
  await expect(id(page, "keys-top").locator("tr").filter({ hasText: "ad-1" })).toContainText("60");
  await id(page, "keys-weight").selectOption({ label: "none" });
  await expect(id(page, "keys-bad")).toHaveCount(0);
  await expect(id(page, "keys-top").locator("tr").filter({ hasText: "ad-2" })).toContainText("50");
});

test("what is no text, and what has no rows, says so and keeps the page", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-own").click();
  await choose(page, "picture.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
  await expect(id(page, "keys-problem")).toContainText("not a text file");
  await choose(page, "empty.csv", "\n\n");
  await expect(id(page, "keys-problem")).toContainText("no rows");
  await choose(page, "good.txt", "a\nb\n");
  await expect(id(page, "keys-problem")).toHaveCount(0);
  await expect(id(page, "keys-summary")).toContainText("2 rows");
  await id(page, "keys-clear").click();
  await expect(id(page, "keys-paste")).toBeVisible();
});

test("another number of partitions moves keys, and can be played on the stage", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-m").fill("8");
  await id(page, "keys-m").press("Enter");
  await expect(id(page, "keys-moved")).toContainText("%");
  await expect(id(page, "keys-change")).toContainText("stay where they are");
  await id(page, "keys-play").click();
  await expect(id(page, "stage")).toBeVisible();
  await expect(id(page, "row-P7")).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => page.url()).toContain("add-partitions:8");
});

test("records without a key: the partitioners are a click away, side by side", async ({ page }) => {
  await open(page, room);
  await id(page, "without-adaptive").click();
  await expect(id(page, "title-right")).toHaveText("partitioner.class = uniform-sticky", { timeout: 20_000 });
  const acknowledged = async (side) => Number(await id(page, `${side}-acknowledged`).getAttribute("data-value"));
  await expect(id(page, "clock")).toHaveText("00:20.000", { timeout: 30_000 });
  await expect.poll(async () => (await acknowledged("left")) > (await acknowledged("right")) + 5000).toBe(true);
});

test("own keys become the workload of the run", async ({ page }) => {
  await open(page, room);
  await id(page, "keys-own").click();
  await id(page, "keys-paste").fill("anna\nanna\nanna\nbert\n");
  await expect(id(page, "keys-summary")).toContainText("2 keys");
  test.skip((await id(page, "keys-use").count()) === 0, "this build takes no weights");
  await id(page, "keys-use").click();
  await expect(id(page, "stage")).toBeVisible();
  await expect.poll(() => page.url()).toContain("own.weights=3,1");
  await expect.poll(() => page.url()).toContain("anna");
});

test("a million rows are read while the page stays alive, and nothing is asked of the network", async ({ page }, info) => {
  test.slow();
  await open(page, room);
  // A run that goes on rewrites the address now and then, and the browser asks for the icon again each time.
  await id(page, "play").click();
  await id(page, "keys-own").click();
  const file = info.outputPath("million.csv");
  let text = "user,weight\n";
  for (let i = 0; i < 1_000_000; i++) text += `user-${(i * 7919) % 200_003},${(i % 9) + 1}\n`;
  await writeFile(file, text);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ entryTypes: ["longtask"] });
    const input = document.querySelector("[data-testid=keys-file]");
    input.addEventListener("change", () => (window.began = performance.now()), { capture: true });
    new MutationObserver(() => {
      const said = document.querySelector("[data-testid=keys-summary]");
      if (said && !window.took) window.took = performance.now() - window.began;
    }).observe(document.body, { childList: true, subtree: true });
  });
  await id(page, "keys-file").setInputFiles(file);
  await expect(id(page, "keys-summary")).toContainText(/1.000.000 rows, 200.003 keys/, { timeout: 60_000 });
  const { took, longest } = await page.evaluate(() => ({ took: window.took, longest: window.longest }));
  console.log(`a million rows: ${Math.round(took)} ms; the longest task: ${Math.round(longest)} ms`);
  info.annotations.push({ type: "a million rows", description: `${Math.round(took)} ms, the longest task ${Math.round(longest)} ms` });
  expect(took, "milliseconds; 2 000 on a quiet machine").toBeLessThan(10_000);
  expect(asked).toEqual([]);
});

test("the room is accessible in both themes and all sizes, and works from the keyboard", async ({ page }) => {
  test.slow();
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    for (const colorScheme of ["dark", "light"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await open(page, room);
      await id(page, "keys-own").click();
      await id(page, "keys-paste").fill("a\na\na\nb\n");
      await expect(id(page, "keys-summary")).toBeVisible();
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, `horizontal scrolling at ${viewport.width}`).toBe(false);
      await page.goto("about:blank");
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, "./#v1;scenario=world-cup");
  await id(page, "room-keys").focus();
  await page.keyboard.press("Enter");
  await id(page, "keys-key").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("user-1");
  await expect(id(page, "keys-key")).toHaveValue("user-1");
});
