// A browser with the built page in it, filled as src/report/html.cc fills it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
export const builtPage = join(here, "../dist/report.html");
export const exampleData = () => JSON.parse(readFileSync(join(here, "page-data.json"), "utf8"));

export function fill(data) {
  const text = JSON.stringify(data).replace(/</g, "\\u003c");
  return readFileSync(builtPage, "utf8").replace('"ARCHITRAVE-REPORT-DATA"', () => text);
}

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// Opens the report in a window of its own. `requests` and `complaints` list what the page asked
// for besides itself and what it wrote to the console.
export async function open(browser, data, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "architrave-page-"));
  const file = join(folder, "report.html");
  writeFileSync(file, fill(data));
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => { if (request.url() !== url && request.url() !== "data:,") requests.push(request.url()); });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.waitForSelector("h1");
  const close = async () => { await context.close(); rmSync(folder, { recursive: true }); };
  return { page, requests, complaints, close };
}
