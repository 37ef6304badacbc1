// A table of a diagram: its name, its key columns, and the rest folded away.
import { plural } from "../format";
import { useReport } from "../state";
import type { Column, Table } from "../types";
import type { Size } from "./layout";
import { cut, letter, pressed } from "./text";

const head = 26;
const row = 17;
const nameLetters = 26;
const typeLetters = 18;

const isKey = (column: Column) => column.pk || column.fk;
const visible = (table: Table, open: boolean) => (open ? table.columns : table.columns.filter(isKey));
const hidden = (table: Table) => table.columns.length - table.columns.filter(isKey).length;

// Short words for the types that fill most of a schema.
const type = (column: Column): string => cut(column.type
  .replace("character varying", "varchar").replace("timestamp without time zone", "timestamp")
  .replace("timestamp with time zone", "timestamptz").replace("double precision", "double")
  .replace("time without time zone", "time"), typeLetters);

export function tableSize(table: Table, open: boolean, nameOnly: boolean): Size {
  if (nameOnly) return { width: table.name.length * letter + 20, height: head };
  const columns = visible(table, open);
  const names = Math.max(6, ...columns.map((column) => cut(column.name, nameLetters).length));
  const types = Math.max(4, ...columns.map((column) => type(column).length));
  const width = Math.max((names + types) * letter + 62, cut(table.name, 30).length * (letter + 0.8) + 60);
  return { width, height: head + 6 + columns.length * row + (hidden(table) > 0 ? row + 2 : 2) };
}

// How far below the box's top a column's line of text has its middle.
export function columnRow(table: Table, column: string | undefined, open: boolean, nameOnly: boolean): number {
  const place = nameOnly ? -1 : visible(table, open).findIndex(({ name }) => name === column);
  return place < 0 ? head / 2 : head + 12 + place * row;
}

export function TableBox({ table, findings, size, open, onToggle }:
    { table: Table; findings: number; size: Size; open: boolean; onToggle(): void }) {
  const { showFindings } = useReport();
  const columns = visible(table, open);
  const rest = hidden(table);
  const look = () => showFindings({ text: table.id.toLowerCase() });
  return (
    <g class="table" aria-label={table.id} role="group">
      <title>{table.comment ? `${table.id}: ${table.comment}` : table.id}</title>
      <rect width={size.width} height={size.height} rx={2} />
      <path class="ruler" d={`M0 ${head}H${size.width}`} />
      <text x={10} y={17.5} class="title">{cut(table.name, 30)}</text>
      {findings > 0 && (
        <g class="badge press" role="button" tabindex={0} onClick={look} onKeyDown={pressed(look)}
           aria-label={`${plural(findings, "finding")} about ${table.id}`}>
          <title>{plural(findings, "finding")}</title>
          <rect x={size.width - 30} y={4} width={26} height={18} rx={2} />
          <text x={size.width - 17} y={17}>{findings}</text>
        </g>
      )}
      {columns.map((column, index) => (
        <g key={column.name} transform={`translate(0 ${head + 16 + index * row})`}>
          {column.comment && <title>{column.comment}</title>}
          <text x={10} class="faint key">{column.pk ? "PK" : column.fk ? "FK" : ""}</text>
          <text x={34} class={column.pk ? "strong" : undefined}>{cut(column.name, nameLetters)}</text>
          <text x={size.width - 10} class="faint type">{type(column)}{column.not_null ? "" : "?"}</text>
        </g>
      ))}
      {rest > 0 && (
        <g class="fold press" role="button" tabindex={0} aria-expanded={open} onClick={onToggle}
           onKeyDown={pressed(onToggle)} aria-label={`${open ? "Fold" : "Show"} the other columns of ${table.id}`}
           transform={`translate(0 ${head + columns.length * row + 3})`}>
          <rect width={size.width} height={row + 2} />
          <text x={34} y={13}>{open ? "fewer" : `${rest} more`}</text>
        </g>
      )}
    </g>
  );
}
