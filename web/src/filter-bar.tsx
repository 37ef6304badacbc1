// The search and the filters over the list of findings.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { CopyButton } from "./copy-button";
import { severities } from "./data";
import { capital, count, plural } from "./format";
import { script } from "./sql";
import { noFilter, useReport } from "./state";
import type { AreaName, Finding, Severity } from "./types";

export function FilterBar({ found }: { found: Finding[] }) {
  const { page, filter, setFilter } = useReport();
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => focusOnSlash(search), []);
  const rules = useMemo(() => tally(page.findings.map((finding) => finding.rule)), [page]);
  const tallies = useMemo(() => tally(page.findings.map((finding) => finding.severity)), [page]);
  const toggle = (severity: Severity) => {
    const on = filter.severities.includes(severity);
    setFilter({ ...filter, severities: on ? filter.severities.filter((item) => item !== severity)
      : [...filter.severities, severity] });
  };
  const filtered = filter.text || filter.severities.length || filter.areas.length || filter.rule ||
    filter.onlyFixed;
  return (
    <div class="filters" role="search">
      <label class="search">
        <span class="unseen">Search findings</span>
        <input ref={search} type="search" placeholder="Search message, object, rule" value={filter.text}
               aria-keyshortcuts="/" onInput={(event) => setFilter({ ...filter, text: event.currentTarget.value })} />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="group" role="group" aria-label="Severity">
        {severities.map((severity) => (
          <button type="button" key={severity} class={`chip ${severity}`}
                  aria-pressed={filter.severities.includes(severity)} onClick={() => toggle(severity)}>
            {capital(severity)} <span class="tally">{count(tallies.get(severity) ?? 0)}</span>
          </button>
        ))}
      </div>
      <select aria-label="Area" value={filter.areas.length > 1 ? "several" : filter.areas[0] ?? ""}
              onChange={(event) => setFilter({ ...filter, areas: event.currentTarget.value === "" ? []
                : [event.currentTarget.value as AreaName] })}>
        <option value="">All areas</option>
        {filter.areas.length > 1 && <option value="several">{filter.areas.map(capital).join(", ")}</option>}
        {[...page.findingsOfArea.keys()].sort().map((area) => (
          <option key={area} value={area}>{capital(area)} ({page.findingsOfArea.get(area)?.length})</option>
        ))}
      </select>
      <select aria-label="Rule" value={filter.rule}
              onChange={(event) => setFilter({ ...filter, rule: event.currentTarget.value })}>
        <option value="">All rules</option>
        {[...rules.keys()].sort().map((rule) => (
          <option key={rule} value={rule}>{rule} ({rules.get(rule)})</option>
        ))}
      </select>
      <label class="check">
        <input type="checkbox" checked={filter.onlyFixed}
               onChange={(event) => setFilter({ ...filter, onlyFixed: event.currentTarget.checked })} />
        Only with a fix
      </label>
      <p class="count">
        <span aria-live="polite" data-count={found.length}>
          {found.length === page.findings.length ? plural(found.length, "finding")
            : `${count(found.length)} of ${plural(page.findings.length, "finding")}`}
        </span>
        {filtered ? <button type="button" class="link" onClick={() => setFilter(noFilter)}>Clear</button> : null}
        <CopyAll found={found} />
      </p>
    </div>
  );
}

// Every proved fix of the findings that are shown, as one script.
function CopyAll({ found }: { found: Finding[] }) {
  const { page } = useReport();
  const fixes = [...new Set(found.map((finding) => finding.proposal))]
    .flatMap((id) => (id ? page.proposalOf.get(id) ?? [] : []))
    .filter((fix) => fix.proof.status === "proved");
  if (fixes.length === 0) return null;
  const text = fixes.map((fix) => `-- ${fix.title}\n${script(fix.up)}`).join("\n");
  return <CopyButton text={text} label={`Copy the scripts of ${plural(fixes.length, "proved fix", "proved fixes")}`}
                     shown={`Copy ${plural(fixes.length, "proved fix", "proved fixes")} as SQL`} />;
}

function tally<Key>(keys: Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function focusOnSlash(search: { current: HTMLInputElement | null }) {
  const press = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    event.preventDefault();
    search.current?.focus();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
