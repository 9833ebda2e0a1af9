// Before the app is there: how it arrives, what is shown until then, and what the page allows.

import { readdir } from "node:fs/promises";
import { dist } from "./server.mjs";
import { expect, expectAccessible, open, test } from "./support.mjs";

const loading = (page) => page.locator("#loading");
const trouble = (page) => page.getByRole("alert");

/** Holds back the wasm until the returned function is called. */
async function holdWasm(page) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("the app loads from a subfolder of a static host", async ({ page, site }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await open(page);
  await expect(page).toHaveTitle(/Partitura/);
  await expect(page.locator("body")).toContainText("Partitura");
  expect(asked.filter((url) => !url.startsWith(site.url) && !/^(data|blob):/.test(url))).toEqual([]);
  expect(asked.filter((url) => url.endsWith(".wasm"))).toHaveLength(1);
});

for (const colorScheme of ["dark", "light"]) {
  test(`the loading state is there before the wasm is (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const release = await holdWasm(page);
    await page.goto("./", { waitUntil: "domcontentloaded" });
    await expect(page.getByRole("heading", { name: "Partitura" })).toBeVisible();
    await expect(page.getByRole("status")).toHaveText("Loading the simulated Kafka …");
    await expect(loading(page)).toHaveCSS("background-color", colorScheme === "dark" ? "rgb(15, 18, 22)" : "rgb(250, 249, 246)");
    await expectAccessible(page);
    release();
    await expect(loading(page)).toHaveCount(0);
  });
}

test("nothing moves in the loading state for those who want less motion", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const release = await holdWasm(page);
  await page.goto("./", { waitUntil: "domcontentloaded" });
  await expect(page.locator("#loading circle").first()).toHaveCSS("animation-name", "none");
  release();
});

test("a wasm that does not arrive is explained, and can be tried again", async ({ page, complaints }) => {
  complaints.allow(/ERR_FAILED|did not arrive/);
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto("./#v1;seed=42");
  await expect(trouble(page)).toContainText("did not arrive");
  await expect(page.getByRole("status")).toBeHidden();
  await expectAccessible(page);

  await page.unroute("**/*.wasm");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(loading(page)).toHaveCount(0);
  expect(new URL(page.url()).hash, "the link that was opened").toBe("#v1;seed=42");
});

test("a wasm that the host does not have is explained", async ({ page, complaints }) => {
  complaints.allow(/404|did not arrive/);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto("./");
  await expect(trouble(page)).toContainText("status 404");
});

test("a browser without WebAssembly is told so", async ({ page, complaints }) => {
  complaints.allow(/no WebAssembly/);
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto("./");
  await expect(trouble(page)).toContainText("This browser has no WebAssembly");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the page says what it needs", async ({ page }) => {
    await page.goto("./");
    await expect(page.locator(".loading-noscript")).toBeVisible(); // `getByText` does not look into <noscript>.
    await expect(page.getByRole("status")).toBeHidden();
  });
});

test("the policy allows scripts from the page's own host only", async ({ page, complaints }) => {
  await open(page);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  const directives = new Map(policy.split(";").map((text) => text.trim().split(/\s+(.*)/)));
  expect(directives.get("default-src")).toBe("'none'");
  expect(directives.get("script-src")).toBe("'self' 'wasm-unsafe-eval'");
  expect(directives.get("style-src")).toBe("'self'");

  complaints.allow(/Content Security Policy/);
  const refused = await page.evaluate(async () => {
    const refusal = new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve, { once: true }));
    const script = document.createElement("script");
    script.textContent = "globalThis.injected = true";
    document.head.append(script);
    return [(await refusal).effectiveDirective, globalThis.injected];
  });
  expect(refused).toEqual(["script-src-elem", undefined]);
});

test("the policy allows what the app does to style", async ({ page }) => {
  await open(page);
  const width = await page.evaluate(() => {
    const element = document.createElement("div");
    element.setAttribute("style", "width: 123px");
    document.body.append(element);
    return getComputedStyle(element).width;
  });
  expect(width).toBe("123px");
});

test("every file of the build has a hash in its name, so that a cache cannot serve an old one", async () => {
  const files = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const plain = files.map((file) => file.name).filter((name) => !/-[0-9a-f]{8,}[._]/.test(name));
  expect(plain).toEqual(["index.html"]);
});

test("the host of these tests hands out nothing but the build", async ({ request, site }) => {
  for (const path of ["/", "/index.html", "/some/where/../../Cargo.toml", "/some/where/%2e%2e/Cargo.toml", "/some/where/..%2fCargo.toml"]) {
    expect((await request.get(site.origin + path)).status(), path).toBe(404);
  }
});
