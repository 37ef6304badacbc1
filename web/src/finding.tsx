// A finding: one line that folds open to its evidence, its fix and the proof.
import { useState } from "preact/hooks";
import { Fix } from "./fix";
import { bytes, show, words } from "./format";
import { useReport } from "./state";
import type { Finding, Proposal, Value } from "./types";

// `brief`: stands in a chapter; on paper it stays one line there, since the list of all findings
// at the end prints it in full. `repeated`: its fix stands at an earlier finding of the list.
export function FindingItem({ finding, brief = false, full = false, repeated = false }:
    { finding: Finding; brief?: boolean; full?: boolean; repeated?: boolean }) {
  const { page } = useReport();
  const [opened, setOpened] = useState(false);
  const fix = finding.proposal ? page.proposalOf.get(finding.proposal) : undefined;
  const open = brief ? opened : opened || full;
  return (
    <li class="finding" id={brief ? undefined : `f-${finding.fingerprint}`}>
      <details open={open}>
        <summary onClick={(event) => { event.preventDefault(); setOpened(!opened); }}>
          <span class={`severity ${finding.severity}`}>{finding.severity}</span>
          <span class="message">{finding.message}</span>
          <span class="state"><FixState fix={fix} /></span>
        </summary>
        {open && <Body finding={finding} fix={fix} repeated={repeated && full && !opened} />}
      </details>
    </li>
  );
}

function FixState({ fix }: { fix: Proposal | undefined }) {
  if (!fix) return <span class="untried">no fix</span>;
  if (fix.proof.status === "proved") return <span class="proved">✓ proved fix</span>;
  if (fix.proof.status === "refuted") return <span class="refuted">✗ refuted fix</span>;
  return <span class="untried">untried fix</span>;
}

function Body({ finding, fix, repeated }:
    { finding: Finding; fix: Proposal | undefined; repeated: boolean }) {
  const evidence = Object.entries(finding.evidence);
  return (
    <div class="body">
      <dl class="facts evidence">
        <div><dt>{finding.object_kind}</dt><dd><code>{finding.object}</code></dd></div>
        <div><dt>rule</dt><dd><code>{finding.rule}</code> ({finding.area})</dd></div>
        {finding.file && (
          <div><dt>stands in</dt><dd><code>{finding.file}:{finding.line}</code></dd></div>
        )}
        {evidence.map(([name, value]) => (
          <div key={name}><dt>{words(name)}</dt><dd>{seen(name, value)}</dd></div>
        ))}
      </dl>
      {fix && repeated && <p class="untried">Mended by “{fix.title}”, which is set out above.</p>}
      {fix && !repeated && <Fix fix={fix} />}
      {!fix && <p class="untried">No script mends this: it is for people to decide.</p>}
    </div>
  );
}

const seen = (name: string, value: Value): string =>
  typeof value === "number" && /(^|_)bytes$/.test(name) ? bytes(value) : show(value);
