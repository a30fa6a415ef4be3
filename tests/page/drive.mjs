// Opens the page in Chromium and does what it is told: one JSON object per line in, one
// per line out. tests/python/page_driver.py speaks with it.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Where the packages are says the environment: they are not installed in this folder.
const require = createRequire(`${process.env.PAGE_TEST_PACKAGES}/`);
const { chromium } = require("playwright-core");
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({
  executablePath: process.argv[2],
  // Containers have no user namespaces; the only page it opens is our own.
  args: ["--no-sandbox", "--disable-gpu"],
});
let context = null;
let page = null;
let seen = null;

const commands = {
  /** Open a file in a window of its own. */
  async open({ file, hash = "", width = 1280, height = 900, language = "en", still = true }) {
    await context?.close();
    context = await browser.newContext({
      viewport: { width, height }, locale: language, acceptDownloads: true,
      reducedMotion: still ? "reduce" : "no-preference",
    });
    page = await context.newPage();
    seen = { requests: [], errors: [] };
    const address = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && request.url().split("#")[0] !== address)
        seen.requests.push(request.url());
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) seen.errors.push(message.text());
    });
    page.on("pageerror", (error) => seen.errors.push(String(error.stack ?? error)));
    page.on("dialog", (dialog) => {
      seen.errors.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    await page.goto(`${address}${hash}`);
    await shown();
    return null;
  },
  /** Change the address, as a link does. */
  async go({ hash }) {
    await page.evaluate((asked) => {
      delete document.documentElement.dataset.ready;
      location.hash = asked;
    }, hash);
    await shown();
    return null;
  },
  /** Load the page anew, at the address it has now. */
  async reload() {
    await page.reload();
    await shown();
    return null;
  },
  /** Give what an expression of the page gives. */
  async ask({ expression }) {
    return page.evaluate(expression);
  },
  /** Give the texts of all elements. */
  async texts({ selector }) {
    return page.locator(selector).allInnerTexts();
  },
  async click({ selector }) {
    await page.locator(selector).first().click();
    await settled();
    return null;
  },
  async clickAt({ selector, x, y }) {
    await page.locator(selector).first().click({ position: { x, y } });
    await settled();
    return null;
  },
  async choose({ selector, value }) {
    await page.locator(selector).first().selectOption(value);
    await settled();
    return null;
  },
  async fill({ selector, text }) {
    await page.locator(selector).first().fill(text);
    await settled();
    return null;
  },
  async press({ key, times = 1 }) {
    for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
    await settled();
    return null;
  },
  async focus({ selector }) {
    await page.locator(selector).first().focus();
    return null;
  },
  /** Click, and give name and content of the file that is saved. */
  async download({ selector }) {
    const [saved] = await Promise.all([
      page.waitForEvent("download"), page.locator(selector).first().click(),
    ]);
    return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
  },
  /** Wait until an expression of the page is true. */
  async until({ expression }) {
    // Not waitForFunction: it would evaluate a text in the page, which the policy refuses.
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const isTrue = await page.evaluate(expression).catch(() => false);
      if (isTrue) return null;
      await page.waitForTimeout(50);
    }
    throw new Error(`${expression} is not true after 20 seconds`);
  },
  /** Give what axe-core finds wrong, and where. */
  async axe() {
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    return found.violations.map((each) =>
      `${each.id}: ${each.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`).join(" | ")}`);
  },
  /** Take a picture. */
  async picture({ path, whole = false, height }) {
    if (height) await page.setViewportSize({ width: page.viewportSize().width, height });
    await settled();
    await page.screenshot({ path, fullPage: whole });
    return null;
  },
  /** Give what went wrong since the page was opened. */
  async seen() {
    return seen;
  },
};

async function shown() {
  await page.waitForFunction(() => document.documentElement.dataset.ready, null, { timeout: 60_000 });
  await settled();
}

/** Wait for what the page does at its next two pictures. */
async function settled() {
  await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { gives: await commands[name](given) };
  } catch (error) {
    answer = { fails: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
