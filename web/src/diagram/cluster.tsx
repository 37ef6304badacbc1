// The entity-relationship diagram of one cluster. A line ends in a crow's foot at the child, and
// at the parent in a bar (each child has one) or a ring (a child may have none). Tables of other
// clusters that this one refers to are drawn as dashed names.
import { useMemo, useState } from "preact/hooks";
import { plural } from "../format";
import { useReport } from "../state";
import type { PageData } from "../types";
import { layout, path } from "./layout";
import { columnRow, TableBox, tableSize } from "./table-box";
import { pressed } from "./text";
import { Viewport } from "./viewport";

export function ClusterDiagram({ cluster, onOpen, printing }:
    { cluster: number; onOpen(cluster: number): void; printing: boolean }) {
  const { page } = useReport();
  const { schema } = page;
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [marked, setMarked] = useState<number | null>(null);
  const { tables, relations, drawn } = useMemo(() => arrange(schema, cluster, unfolded),
                                               [schema, cluster, unfolded]);
  const near = useMemo(() => neighbours(marked, relations), [marked, relations]);
  const faded = (table: number) => near !== null && !near.has(table);
  const toggle = (table: number) => {
    const next = new Set(unfolded);
    if (!next.delete(table)) next.add(table);
    setUnfolded(next);
  };
  return (
    <Viewport size={drawn} printing={printing}
              label={`Diagram of ${schema.clusters[cluster]?.name}: ${plural(tables.length, "table")}`}>
      <Ends />
      {relations.map((relation, index) => (
        <path key={index} d={path(drawn.routes[index]!)}
              class={`line${marked !== null ? (relation.from === marked || relation.to === marked ? " strong" : " faded") : ""}`}
              marker-start={`url(#${relation.unique ? "one" : "many"})`}
              marker-end={`url(#${relation.not_null ? "one" : "maybe"})`}>
          <title>{`${schema.tables[relation.from]?.name} (${relation.columns.join(", ")}) → ${schema.tables[relation.to]?.name} (${relation.references.join(", ")})`}</title>
        </path>
      ))}
      {tables.map((index, place) => {
        const table = schema.tables[index]!;
        const box = drawn.boxes[place]!;
        const mark = () => setMarked(index);
        const unmark = () => setMarked(null);
        if (table.cluster !== cluster) {
          const open = () => onOpen(table.cluster);
          return (
            <g key={index} class={`outside press${faded(index) ? " faded" : ""}`} role="button" tabindex={0}
               transform={`translate(${box.x} ${box.y})`} onPointerEnter={mark} onPointerLeave={unmark}
               aria-label={`${table.id}, in the cluster ${schema.clusters[table.cluster]?.name}`}
               onFocus={mark} onBlur={unmark} onClick={open} onKeyDown={pressed(open)}>
              <rect width={box.width} height={box.height} rx={2} />
              <text x={10} y={17}>{table.name}</text>
            </g>
          );
        }
        return (
          <g key={index} class={faded(index) ? "faded" : undefined} transform={`translate(${box.x} ${box.y})`}
             onPointerEnter={mark} onPointerLeave={unmark} onFocusIn={mark} onFocusOut={unmark}>
            <TableBox table={table} findings={page.tableFindings[index] ?? 0} size={box}
                      open={unfolded.has(index)} onToggle={() => toggle(index)} />
          </g>
        );
      })}
    </Viewport>
  );
}

function Ends() {
  const marker = { markerUnits: "userSpaceOnUse" as const, orient: "auto-start-reverse", refY: 6 };
  return (
    <defs>
      <marker id="many" {...marker} markerWidth={12} markerHeight={12} refX={12}>
        <path d="M12 1L2 6L12 11" />
      </marker>
      <marker id="one" {...marker} markerWidth={12} markerHeight={12} refX={12}>
        <path d="M6 1V11" />
      </marker>
      <marker id="maybe" {...marker} markerWidth={12} markerHeight={12} refX={12}>
        <circle cx={7} cy={6} r={3.5} />
      </marker>
    </defs>
  );
}

function arrange(schema: PageData["schema"], cluster: number, unfolded: ReadonlySet<number>) {
  const inside = (table: number) => schema.tables[table]?.cluster === cluster;
  const relations = schema.relations.filter((relation) => inside(relation.from));
  const tables = [...new Set([...(schema.clusters[cluster]?.tables ?? []),
                              ...relations.map((relation) => relation.to)])];
  const place = new Map(tables.map((table, index) => [table, index]));
  const sizes = tables.map((index) => {
    const table = schema.tables[index]!;
    return tableSize(table, unfolded.has(index), !inside(index));
  });
  const rowOf = (table: number, column: string | undefined) =>
    columnRow(schema.tables[table]!, column, unfolded.has(table), !inside(table));
  const edges = relations.map(({ from, to, columns, references }) => ({
    from: place.get(from)!, to: place.get(to)!,
    fromRow: rowOf(from, columns[0]), toRow: rowOf(to, references[0]),
  }));
  return { tables, relations, drawn: layout(sizes, edges, 900) };
}

function neighbours(marked: number | null, relations: PageData["schema"]["relations"]) {
  if (marked === null) return null;
  const near = new Set([marked]);
  for (const { from, to } of relations) {
    if (from === marked) near.add(to);
    if (to === marked) near.add(from);
  }
  return near;
}
