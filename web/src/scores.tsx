import { capital, plural } from "./format";
import { useReport } from "./state";
import type { AreaScore } from "./types";

export function Scores({ areas }: { areas: AreaScore[] }) {
  return <ul class="scores">{areas.map((area) => <Score key={area.area} area={area} />)}</ul>;
}

function Score({ area }: { area: AreaScore }) {
  const { showFindings } = useReport();
  const findings = area.errors + area.warnings + area.infos;
  const judged = area.judged && area.score !== null;
  return (
    <li class={judged ? undefined : "unjudged"}>
      {findings > 0
        ? <button type="button" class="link name" title={plural(findings, "finding")}
                  onClick={() => showFindings({ areas: [area.area] })}>{capital(area.area)}</button>
        : <span class="name">{capital(area.area)}</span>}
      <span class="number">{judged ? area.score : "–"}</span>
      <span class="bar" aria-hidden="true">
        <span class={rank(area.score ?? 0)} style={{ width: `${judged ? area.score : 0}%` }} />
      </span>
      <span class="why">{judged ? area.why : `Not judged: ${area.why}`}</span>
    </li>
  );
}

const rank = (score: number): string => (score < 60 ? "poor" : score < 80 ? "fair" : "good");
