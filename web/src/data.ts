// The page's data with what the components look up in it.
import type { AreaName, Finding, PageData, Proposal, Severity } from "./types";

export interface Page extends PageData {
  proposalOf: Map<string, Proposal>;
  haystacks: string[];                  // findings as lower-case text, for the search
  tableFindings: number[];              // of each table of the schema, how many findings
  findingsOfArea: Map<AreaName, Finding[]>;
}

export const severities: Severity[] = ["error", "warning", "info"];

export function readPage(text: string): Page | null {
  let data: PageData;
  try {
    data = JSON.parse(text) as PageData;
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null || !data.summary) return null;
  const tableIndex = new Map(data.schema.tables.map((table, index) => [table.id, index]));
  const tableFindings = data.schema.tables.map(() => 0);
  const findingsOfArea = new Map<AreaName, Finding[]>();
  for (const finding of data.findings) {
    const table = tableOf(finding, tableIndex);
    if (table !== undefined) tableFindings[table] = (tableFindings[table] ?? 0) + 1;
    const list = findingsOfArea.get(finding.area);
    if (list) list.push(finding);
    else findingsOfArea.set(finding.area, [finding]);
  }
  return {
    ...data,
    proposalOf: new Map(data.proposals.map((proposal) => [proposal.id, proposal])),
    haystacks: data.findings.map((finding) => haystack(finding)),
    tableFindings,
    findingsOfArea,
  };
}

function haystack(finding: Finding): string {
  const table = finding.evidence["table"];
  return [finding.message, finding.object, finding.rule, typeof table === "string" ? table : ""]
    .join("\n").toLowerCase();
}

// The table that a finding is about: its object, or the longest prefix of it that is a table
// ("shop.orders.id"), or the table that its evidence names (an index's).
function tableOf(finding: Finding, tables: Map<string, number>): number | undefined {
  const named = finding.evidence["table"];
  if (typeof named === "string" && tables.has(named)) return tables.get(named);
  for (let end = finding.object.length; end > 0; end = finding.object.lastIndexOf(".", end - 1)) {
    const table = tables.get(finding.object.slice(0, end));
    if (table !== undefined) return table;
  }
  return undefined;
}
