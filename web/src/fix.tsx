// A proposal: what it does, what it costs, and what its trial showed.
import { bytes, effort, level, risk, seconds } from "./format";
import { ProofTable } from "./proof";
import { Sql } from "./sql";
import type { Proposal } from "./types";

export function Fix({ fix }: { fix: Proposal }) {
  return (
    <section class="fix" aria-label={`Fix: ${fix.title}`}>
      <h4>{fix.title}</h4>
      <p>{fix.why}</p>
      <div class="scripts">
        <Sql label="Up" statements={fix.up} />
        <Sql label="Down" statements={fix.down} />
      </div>
      <ImpactList fix={fix} />
      <ProofTable proof={fix.proof} />
    </section>
  );
}

function ImpactList({ fix }: { fix: Proposal }) {
  const { impact } = fix;
  return (
    <dl class="facts impact">
      <div><dt>Lock</dt><dd>{impact.lock}</dd></div>
      <div><dt>Blocks</dt><dd>{impact.blocks || "nothing"}</dd></div>
      <div><dt>Rewrites the table</dt><dd>{impact.rewrites ? "yes" : "no"}</dd></div>
      <div>
        <dt>Takes</dt>
        <dd>{impact.seconds_estimate === null ? "not known" : `about ${seconds(impact.seconds_estimate)}`}</dd>
      </div>
      {impact.bytes !== null && (
        <div><dt>Disk</dt><dd>{impact.bytes < 0 ? `frees ${bytes(-impact.bytes)}` : bytes(impact.bytes)}</dd></div>
      )}
      <div><dt>In a transaction</dt><dd>{fix.transactional ? "yes" : "no"}</dd></div>
      <div><dt>Risk</dt><dd>{level(fix.risk)}: {risk(fix.risk)}</dd></div>
      <div><dt>Effort</dt><dd>{level(fix.effort)}: {effort(fix.effort)}</dd></div>
    </dl>
  );
}
