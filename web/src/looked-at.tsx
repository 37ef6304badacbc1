// The source, and what of it could not be looked at.
import { plural, sentence } from "./format";
import { engineName } from "./first-page";
import { useReport } from "./state";

const kinds = {
  live: "live database", file: "file", folder: "folder of files", twin: "twin",
};

export function LookedAt() {
  const { page } = useReport();
  const { source, catalog: counts } = page;
  return (
    <>
      <dl class="facts">
        <div><dt>Source</dt><dd><code>{source.name}</code> ({kinds[source.kind]})</dd></div>
        <div><dt>Engine</dt><dd>{engineName(source.engine)} {source.server_version}</dd></div>
        <div>
          <dt>Schema</dt>
          <dd>
            {plural(counts.tables, "table")} in {plural(counts.schemas, "schema")},{" "}
            {plural(counts.columns, "column")}, {plural(counts.indexes, "index", "indexes")},{" "}
            {plural(counts.foreign_keys, "foreign key")}, {plural(counts.views, "view")},{" "}
            {plural(counts.functions, "function")}
          </dd>
        </div>
        {page.proof_note && <div><dt>Proof</dt><dd>{sentence(page.proof_note)}</dd></div>}
      </dl>
      <NotLookedAt />
    </>
  );
}

function NotLookedAt() {
  const { page, printing } = useReport();
  const { problems, notes, skipped } = page;
  const total = problems.length + notes.length + skipped.length;
  if (total === 0) return null;
  return (
    <details open={printing || total <= 4}>
      <summary>What could not be looked at ({total})</summary>
      <ul class="plain">
        {notes.map((note) => <li key={note}>{sentence(note)}</li>)}
        {skipped.map(({ rule, why }) => (
          <li key={rule + why}>Rule <code>{rule}</code> was skipped: {why.replace(/\.$/, "")}.</li>
        ))}
        {problems.slice(0, 200).map((problem, index) => (
          <li key={index}>
            <code>{problem.file}:{problem.line}</code> {problem.message}
            {problem.hint && <> ({problem.hint})</>}
            {problem.statement && <pre class="clip">{problem.statement}</pre>}
          </li>
        ))}
        {problems.length > 200 && <li>{problems.length - 200} more problems are in the JSON report.</li>}
      </ul>
    </details>
  );
}
