// All findings, searched and filtered. The list is drawn a page at a time, so that thousands of
// findings stay as quick as ten; on paper the first ones are set in full and the rest as lines.
import { useEffect, useMemo, useState } from "preact/hooks";
import { FindingItem } from "./finding";
import { FilterBar } from "./filter-bar";
import { count, plural } from "./format";
import type { Page } from "./data";
import { type Filter, useReport } from "./state";
import type { Finding } from "./types";

const step = 50;
const fullOnPaper = 150;

export function Findings() {
  const { page, filter, printing } = useReport();
  const [limit, setLimit] = useState(step);
  useEffect(() => setLimit(step), [filter]);
  const found = useMemo(() => select(page, filter), [page, filter]);
  const shown = printing ? found : found.slice(0, limit);
  const repeats = useMemo(() => repeatedFixes(found), [found]);
  return (
    <section class="chapter" id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title" tabIndex={-1}>
        <span class="ordinal">{page.chapters.length + 1}</span>Findings and fixes
      </h2>
      <FilterBar found={found} />
      <ul class="findings" aria-label="Findings">
        {shown.map((finding, index) => (
          <FindingItem key={finding.fingerprint + index} finding={finding}
                       full={printing && index < fullOnPaper} repeated={repeats.has(finding)} />
        ))}
      </ul>
      {printing && found.length > fullOnPaper && (
        <p class="untried">The first {fullOnPaper} findings are set in full; the page itself, or the
          JSON report, has the fixes of the others.</p>
      )}
      {found.length === 0 && <p class="clear">{page.findings.length === 0 ? "Nothing was found." : "No finding matches."}</p>}
      {!printing && found.length > limit && (
        <p class="more">
          <button type="button" onClick={() => setLimit(limit + step)}>
            Show {Math.min(step, found.length - limit)} more
          </button>{" "}
          <button type="button" class="quiet" onClick={() => setLimit(found.length)}>
            Show all {count(found.length)}
          </button>
        </p>
      )}
      <Gone />
    </section>
  );
}

function select(page: Page, filter: Filter): Finding[] {
  const terms = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return page.findings.filter((finding, index) =>
    (filter.severities.length === 0 || filter.severities.includes(finding.severity)) &&
    (filter.areas.length === 0 || filter.areas.includes(finding.area)) &&
    (filter.rule === "" || finding.rule === filter.rule) &&
    (!filter.onlyFixed || (finding.proposal !== null && page.proposalOf.has(finding.proposal))) &&
    terms.every((term) => page.haystacks[index]?.includes(term)));
}

// Findings whose fix an earlier one has shown already.
function repeatedFixes(findings: Finding[]): Set<Finding> {
  const met = new Set<string>();
  const repeated = new Set<Finding>();
  for (const finding of findings) {
    if (!finding.proposal) continue;
    if (met.has(finding.proposal)) repeated.add(finding);
    met.add(finding.proposal);
  }
  return repeated;
}

function Gone() {
  const { page, printing } = useReport();
  if (!page.gone) return null;
  return (
    <details open={printing}>
      <summary>{plural(page.gone.length, "finding")} of the baseline gone; above are only new ones</summary>
      <ul class="plain">
        {page.gone.map((finding) => <li key={finding.fingerprint}>{finding.message}</li>)}
      </ul>
    </details>
  );
}
