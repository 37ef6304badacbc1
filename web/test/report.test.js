// The built page in a real browser: run `npm run build` first.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { builtPage, exampleData, launch, open } from "./page.js";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

// Runs `look` on the page and holds it to silence: no request, nothing on the console.
async function on(look, { data = exampleData(), ...options } = {}) {
  const report = await open(browser, data, { reducedMotion: "reduce", ...options });
  try {
    await look(report.page, data);
    assert.deepEqual(report.requests, [], "requests");
    assert.deepEqual(report.complaints, [], "console");
  } finally {
    await report.close();
  }
}

const list = (page) => page.locator("#findings .findings > li");
const counted = (page) => page.locator("#findings [data-count]").getAttribute("data-count").then(Number);
const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("the first page says what matters", () => on(async (page, data) => {
  const first = page.locator("#summary");
  assert.equal(await first.locator(".verdict").textContent(), data.summary.verdict);
  assert.equal(await first.locator(".score b").textContent(), String(data.summary.score));
  assert.equal(await first.locator(".scores li").count(), data.summary.areas.length);
  assert.deepEqual(await first.locator(".actions h3").allTextContents(),
                   data.summary.actions.slice(0, 5).map((action) => action.title));
  assert.deepEqual(await page.locator(".chapter > h2").allTextContents(),
                   [...data.chapters.map(({ title }) => title), "Findings and fixes"]
                     .map((title, index) => `${index + 1}${title}`));
  for (const sentence of data.chapters.flatMap(({ sections }) => sections.flatMap((item) => item.not_known))) {
    assert.equal(await page.getByText(sentence).count(), 1, sentence);
  }
}));

test("the search finds as one types, and / goes to it", () => on(async (page, data) => {
  await page.keyboard.press("/");
  await page.keyboard.type("Order_Lines");
  const wanted = data.findings.filter((finding) =>
    `${finding.message}\n${finding.object}\n${finding.rule}`.toLowerCase().includes("order_lines"));
  assert.ok(wanted.length > 0 && wanted.length < data.findings.length);
  assert.equal(await counted(page), wanted.length);
  assert.equal(await list(page).count(), wanted.length);
  await page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await counted(page), data.findings.length);
}));

test("severity, area, rule and fix filter", () => on(async (page, data) => {
  const expect = async (keep) => assert.equal(await counted(page), data.findings.filter(keep).length);
  await page.getByRole("button", { name: /^Error/ }).click();
  await expect((finding) => finding.severity === "error");
  await page.getByRole("button", { name: /^Warning/ }).click();
  await expect((finding) => finding.severity !== "info");
  await page.getByLabel("Area").selectOption("indexes");
  await expect((finding) => finding.severity !== "info" && finding.area === "indexes");
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Rule").selectOption("no-primary-key");
  await expect((finding) => finding.rule === "no-primary-key");
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Only with a fix").check();
  await expect((finding) => finding.proposal !== null);
}));

test("the keyboard unfolds a finding to its fix and proof, and folds it", () => on(async (page, data) => {
  const index = data.findings.findIndex((finding) => finding.proposal);
  const fix = data.proposals.find(({ id }) => id === data.findings[index].proposal);
  const item = list(page).nth(index);
  await item.locator("summary").focus();
  await page.keyboard.press("Enter");
  const text = (await item.textContent()).replace(/\s+/g, " ");
  for (const statement of [...fix.up, ...fix.down]) assert.ok(text.includes(statement.replace(/\s+/g, " ")), statement);
  for (const claim of fix.proof.claims) assert.ok(text.includes(claim.seen), claim.seen);
  assert.equal(await item.locator(".mark").count(), fix.proof.claims.length);
  await page.keyboard.press("Enter");
  assert.equal(await item.locator(".fix").count(), 0);
}));

test("an action leads to its findings", () => on(async (page, data) => {
  const action = data.summary.actions.find(({ proposals }) => proposals.length > 0);
  await page.locator("#summary .actions > li").nth(data.summary.actions.indexOf(action)).getByRole("button").click();
  assert.equal(await counted(page), data.findings.filter(({ rule }) => rule === action.rule).length);
}));

test("the diagram draws clusters, opens them, unfolds tables, marks neighbours", () => on(async (page, data) => {
  const { clusters, tables } = data.schema;
  assert.equal(await page.locator(".cluster").count(), clusters.length);
  assert.equal(await page.locator(".drawing .table").count(), clusters[0].tables.length);
  await page.locator(".cluster").nth(1).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual((await page.locator(".drawing .table > .title").allTextContents()).sort(),
                   clusters[1].tables.map((index) => tables[index].name).sort());
  const rows = await page.locator(".drawing .table .key").count();
  await page.locator(".fold").first().focus();
  await page.keyboard.press(" ");
  assert.ok(await page.locator(".drawing .table .key").count() > rows);
  assert.ok(await page.locator(".line.strong").count() > 0);
  assert.ok(await page.locator(".drawing .faded").count() > 0);
}));

test("light and dark, by the system and by the reader", async () => {
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  let light;
  await on(async (page) => {
    light = await paper(page);
    await page.getByRole("button", { name: "Dark page" }).click();
    assert.notEqual(await paper(page), light);
  }, { colorScheme: "light" });
  await on(async (page) => {
    assert.notEqual(await paper(page), light);
    await page.getByRole("button", { name: "Light page" }).click();
    assert.equal(await paper(page), light);
  }, { colorScheme: "dark" });
});

test("text stands out from the paper at 4.5 to 1", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await on(async (page) => {
      assert.deepEqual(await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        const light = (name) => {
          const hex = style.getPropertyValue(name).trim().slice(1);
          const parts = (hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g))
            .map((part) => parseInt(part, 16) / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
          return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        const weak = [];
        for (const back of ["--paper", "--sheet"]) {
          for (const text of ["--ink", "--soft", "--link", "--error", "--warning", "--info", "--good"]) {
            const [low, high] = [light(back), light(text)].sort((a, b) => a - b);
            if ((high + 0.05) / (low + 0.05) < 4.5) weak.push(`${text} on ${back}`);
          }
        }
        return weak;
      }), []);
    }, { colorScheme });
  }
});

test("a phone's page does not scroll sideways", () => on(async (page) => {
  assert.equal(await overflow(page), 0);
  for (const summary of await list(page).locator("summary").all()) await summary.click();
  assert.equal(await overflow(page), 0);
}, { viewport: { width: 390, height: 844 } }));

test("paper shows every fix, and no controls", () => on(async (page, data) => {
  await page.emulateMedia({ media: "print" });
  await page.locator("#findings .fix").first().waitFor();
  const text = (await page.locator("#findings").innerText()).replace(/\s+/g, " ");
  for (const { proposal } of data.findings) {
    const fix = data.proposals.find(({ id }) => id === proposal);
    for (const statement of fix?.up ?? []) assert.ok(text.includes(statement.replace(/\s+/g, " ")), statement);
  }
  assert.equal(await page.locator("button:visible:not(.link)").count(), 0);
  assert.equal(await page.locator(".drawing .table").count(), data.schema.tables.length);
  await page.emulateMedia({ media: "screen" });
  await page.locator("#findings .fix").first().waitFor({ state: "detached" });
}));

test("names with markup stay text", () => {
  const data = exampleData();
  const name = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";
  data.findings[0].message = name;
  data.summary.verdict = name;
  return on(async (page) => {
    assert.equal(await page.locator(".verdict").textContent(), name);
    assert.equal(await page.locator("img").count(), 0);
    assert.notEqual(await page.title(), "owned");
  }, { data });
});

test("thousands of findings are drawn a page at a time", () => {
  const data = exampleData();
  const some = data.findings;
  data.findings = Array.from({ length: 5000 }, (_, index) => ({
    ...some[index % some.length], fingerprint: `f${index}`, message: `Finding number ${index}.`,
  }));
  return on(async (page) => {
    assert.equal(await list(page).count(), 50);
    await page.getByRole("button", { name: "Show 50 more" }).click();
    assert.equal(await list(page).count(), 100);
    await page.getByLabel("Search findings").fill("number 4999");
    assert.equal(await list(page).count(), 1);
  }, { data });
});

test("a report of nothing is a page all the same", () => {
  const data = exampleData();
  Object.assign(data, { findings: [], proposals: [], skipped: [], problems: [], notes: [] });
  data.summary.actions = [];
  data.schema = { clusters: [], tables: [], relations: [] };
  delete data.generated_at;
  return on(async (page) => {
    assert.equal(await page.getByText("Nothing was found.").count(), 1);
  }, { data });
});

test("the page is small, and another build gives the same bytes", () => {
  assert.ok(statSync(builtPage).size < 200 * 1024);
  const bytes = readFileSync(builtPage);
  execFileSync("npx", ["vite", "build", "--logLevel", "error", "--outDir", "node_modules/.again"],
               { cwd: new URL("..", import.meta.url) });
  assert.ok(bytes.equals(readFileSync(new URL("../node_modules/.again/report.html", import.meta.url))),
            "dist/report.html is not what the sources give: npm run build");
});
