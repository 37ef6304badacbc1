// The page that has to stand alone: the verdict, the scores, what to do first, what was looked at.
import { ActionList } from "./actions";
import { capital, plural, time } from "./format";
import { LookedAt } from "./looked-at";
import { Scores } from "./scores";
import { useReport } from "./state";

export function FirstPage() {
  const { page } = useReport();
  const { summary, source } = page;
  return (
    <section class="first" id="summary" aria-labelledby="title">
      <p class="kicker">
        {capital(page.command === "review" ? "review" : "assessment")} of a{" "}
        {engineName(source.engine)} database
        {page.generated_at && <>, {time(page.generated_at)}</>}
      </p>
      <h1 id="title">{shortName(source.name)}</h1>
      <div class="opening">
        <div>
          <p class="verdict">{summary.verdict}</p>
          <p class="sums">
            {plural(summary.errors, "error")}, {plural(summary.warnings, "warning")},{" "}
            {plural(summary.infos, "remark")}. {plural(summary.proposals, "fix", "fixes")} offered,{" "}
            {summary.proved} of them proved
            {summary.refuted > 0 && <>; {summary.refuted} refuted by {summary.refuted === 1 ? "its trial" : "their trials"} and left out</>}.
          </p>
        </div>
        <p class="score" aria-label={`Overall score ${summary.score} of 100`}>
          <b>{summary.score}</b><span>of 100</span>
        </p>
      </div>
      <div class="columns">
        <div>
          <h2>What matters most</h2>
          {summary.actions.length === 0 ? <p>Nothing has to be done.</p>
            : <ActionList actions={summary.actions.slice(0, 5)} />}
          {summary.actions.length > 5 && (
            <p class="more"><a href="#roadmap">All {summary.actions.length} actions, in order</a></p>
          )}
        </div>
        <div>
          <h2>Scores</h2>
          <Scores areas={summary.areas} />
          <h2>What was looked at</h2>
          <LookedAt />
        </div>
      </div>
    </section>
  );
}

const engines: Record<string, string> = { postgresql: "PostgreSQL", sqlite: "SQLite" };
export const engineName = (engine: string): string => engines[engine] ?? engine;

// The database's or file's own name: what follows the last slash of the source.
export function shortName(name: string): string {
  const path = name.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1) || name;
}
