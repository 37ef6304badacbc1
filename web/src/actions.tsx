// What to do, in order: the five on the first page, and the whole roadmap.
import { effort, level, plural, risk } from "./format";
import type { Page } from "./data";
import { useReport } from "./state";
import type { Action } from "./types";

export function ActionList({ actions }: { actions: Action[] }) {
  return <ol class="actions">{actions.map((item) => <ActionItem key={item.rule + item.title} action={item} />)}</ol>;
}

function ActionItem({ action }: { action: Action }) {
  const { page, showFindings } = useReport();
  return (
    <li>
      <h3>{action.title}</h3>
      <p>{action.why}</p>
      <p class="terms">
        <span class={`severity ${action.severity}`}>{action.severity}</span>
        <span title={risk(action.risk)}>risk {level(action.risk)}</span>
        <span title={effort(action.effort)}>effort {level(action.effort)}</span>
        <button type="button" class="link" onClick={() => showFindings({ rule: action.rule })}>
          {action.proposals.length > 0 && "mends "}{plural(action.findings, "finding")}
        </button>
        <ProofState action={action} page={page} />
      </p>
    </li>
  );
}

function ProofState({ action, page }: { action: Action; page: Page }) {
  const all = action.proposals.length;
  if (all === 0) return <span class="untried">no script</span>;
  const proved = action.proposals
    .filter((id) => page.proposalOf.get(id)?.proof.status === "proved").length;
  if (proved === all) return <span class="proved">✓ proved</span>;
  if (proved === 0) return <span class="untried">not tried</span>;
  return <span class="untried">{proved} of {all} proved</span>;
}

export function Roadmap() {
  const { page } = useReport();
  const { actions } = page.summary;
  if (actions.length === 0) return <p>Nothing has to be done.</p>;
  return (
    <>
      <p class="legend">
        Risk: low is none to speak of; medium may fail or block for a moment; high wants a plan.
        Effort: low is to run it; medium is to run it in a quiet hour; high changes the
        application too.
      </p>
      <ActionList actions={actions} />
    </>
  );
}
