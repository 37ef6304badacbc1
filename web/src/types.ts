// The data of the page, as src/report/page_data.h writes it: what to_json gives, then the schema
// and the chapters. Unknown is null, never zero. Times are ISO strings or Unix seconds.

export type Severity = "error" | "warning" | "info";
export type AreaName = "keys" | "indexes" | "types" | "naming" | "model" | "security" | "performance"
  | "maintenance" | "settings" | "scaling" | "backup";   // lower case in findings and areas
export type Value = boolean | number | string | null;

export interface Finding {
  rule: string; severity: Severity; area: AreaName;
  object: string;          // "app.orders", as SQL would name it
  object_kind: string;     // "table", "column", "index", "setting", …
  message: string;
  evidence: { [name: string]: Value };   // in the order worth showing
  proposal: string | null; // id of a proposal in `proposals`
  fingerprint: string;
  file?: string; line?: number;
}

export interface Claim {
  claim: "loads" | "reverses" | "clears" | "cheaper" | "equivalent" | "isolates" | "restores" | "lossless";
  ran: string; seen: string;
  holds: boolean | null;   // null: not tried, `seen` says why
}

export interface Proposal {
  id: string; kind: string; title: string; why: string;
  up: string[]; down: string[];      // statements without semicolons
  transactional: boolean;
  impact: {
    lock: string;                    // "none", "SHARE", "ACCESS EXCLUSIVE", …
    rewrites: boolean;
    blocks: string;                  // "nothing", "writes", "schema changes", "reads and writes"
    seconds_estimate: number | null; bytes: number | null;  // bytes < 0: frees
  };
  effort: 1 | 2 | 3; risk: 1 | 2 | 3;
  proof: { status: "untried" | "proved" | "refuted"; claims: Claim[] };
}

export interface AreaScore {
  area: AreaName; score: number | null;   // 0..100; null where not judged
  judged: boolean; errors: number; warnings: number; infos: number;
  why: string;
}

export interface Action {               // the roadmap, most important first
  title: string; why: string; rule: string; severity: Severity;
  findings: number; proposals: string[]; risk: 1 | 2 | 3; effort: 1 | 2 | 3;
}

export interface Column {
  name: string; type: string; pk: boolean; fk: boolean; not_null: boolean; comment: string;
}

export interface Table {
  id: string;                // qualified and quoted as in Finding.object: "app.orders"
  schema: string; name: string;
  kind: "table" | "partitioned table" | "foreign table";
  comment: string; columns: Column[];
  rows: number | null; bytes: number | null;  // bytes with indexes and TOAST
  cluster: number;           // index into clusters
}

export interface Relation {  // a foreign key: child -> parent
  name: string;
  from: number; to: number;  // indexes into tables
  columns: string[]; references: string[];
  not_null: boolean;         // every column is: each child has its parent
  unique: boolean;           // at most one child per parent
}

// One cell: a number in the column's unit, or text, or null for unknown.
export type Unit = "text" | "code" | "count" | "bytes" | "seconds" | "percent" | "time" | "boolean";
export interface Fact { name: string; value: Value; unit: Unit }
export interface FactTable {
  title: string; columns: { name: string; unit: Unit }[]; rows: Value[][];
}

// The seven chapters in order, ids: overview, performance, schema, scalability, security, backup, roadmap.
// A section shows its facts, its tables, the findings whose area is in `areas`, and `not_known`:
// sentences that say what was not looked at and why. `draws` asks for something special:
// "diagram" = schema.clusters, "actions" = summary.actions.
export interface Section {
  id: string; title: string;
  facts: Fact[]; tables: FactTable[];
  areas: AreaName[];
  not_known: string[];
  draws: "" | "diagram" | "actions";
}
export interface Chapter { id: string; title: string; sections: Section[] }

export interface PageData {
  tool: { name: "architrave"; version: string };
  source: { kind: "live" | "file" | "folder" | "twin"; engine: string; server_version: string; name: string };
  generated_at?: string;     // "2026-11-21T01:30:00Z"
  catalog: { schemas: number; tables: number; columns: number; indexes: number; foreign_keys: number;
             views: number; functions: number };
  summary: {
    verdict: string; score: number; errors: number; warnings: number; infos: number;
    proposals: number; proved: number; refuted: number;   // refuted ones are not in `proposals`
    areas: AreaScore[]; actions: Action[];
  };
  proof_note: string;
  findings: Finding[];       // sorted: worst first, then rule, object
  proposals: Proposal[];
  skipped: { rule: string; why: string }[];
  problems: { file: string; line: number; statement: string; message: string; hint: string }[];
  notes: string[];
  gone?: Finding[];          // only with a baseline
  // beyond to_json:
  command: "assess" | "review";
  schema: { clusters: { name: string; tables: number[] }[]; tables: Table[]; relations: Relation[] };
  chapters: Chapter[];
}
