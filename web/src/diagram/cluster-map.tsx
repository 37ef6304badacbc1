// The map of the clusters: each a box with its number of tables, each line the foreign keys between
// two of them, thicker with their number.
import { useMemo } from "preact/hooks";
import { plural } from "../format";
import type { PageData } from "../types";
import { layout, path } from "./layout";
import { cut, letter, pressed } from "./text";
import { Viewport } from "./viewport";

export function ClusterMap({ schema, open, onOpen, printing }: {
  schema: PageData["schema"]; open: number; onOpen(cluster: number): void; printing: boolean;
}) {
  const { edges, drawn } = useMemo(() => arrange(schema), [schema]);
  // A map of rows shows the lines of the open cluster alone.
  const lined = (edge: { from: number; to: number }) =>
    drawn.layered || edge.from === open || edge.to === open;
  return (
    <Viewport size={drawn} label="Map of the clusters of tables" printing={printing}>
      {edges.map((edge, index) => lined(edge) && (
        <g key={index}>
          <path class="line" d={path(drawn.routes[index]!)} stroke-width={Math.min(6, 0.8 + Math.log2(edge.weight))}>
            <title>{plural(edge.weight, "foreign key")}</title>
          </path>
          {drawn.layered && <Weight route={drawn.routes[index]!.points} weight={edge.weight} />}
        </g>
      ))}
      {schema.clusters.map((cluster, index) => {
        const box = drawn.boxes[index]!;
        return (
          <g key={index} class={`cluster press${index === open ? " open" : ""}`} role="button" tabindex={0}
             transform={`translate(${box.x} ${box.y})`} aria-pressed={index === open}
             aria-label={`${cluster.name}: ${plural(cluster.tables.length, "table")}`}
             onClick={() => onOpen(index)} onKeyDown={pressed(() => onOpen(index))}>
            <rect width={box.width} height={box.height} rx={2} />
            <text x={12} y={20} class="title">{cut(cluster.name, 24)}</text>
            <text x={12} y={37} class="faint">{plural(cluster.tables.length, "table")}</text>
          </g>
        );
      })}
    </Viewport>
  );
}

function Weight({ route, weight }: { route: { x: number; y: number }[]; weight: number }) {
  const middle = route[Math.floor(route.length / 2)];
  if (!middle) return null;
  return <text class="weight" x={middle.x} y={middle.y + 4}>{weight}</text>;
}

function arrange(schema: PageData["schema"]) {
  const weights = new Map<string, { from: number; to: number; fromRow: number; toRow: number; weight: number }>();
  for (const relation of schema.relations) {
    const from = schema.tables[relation.from]?.cluster;
    const to = schema.tables[relation.to]?.cluster;
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${Math.min(from, to)} ${Math.max(from, to)}`;
    const edge = weights.get(key);
    if (edge) ++edge.weight;
    else weights.set(key, { from, to, fromRow: 24, toRow: 24, weight: 1 });
  }
  const edges = [...weights.values()];
  const letters = Math.max(...schema.clusters.map((cluster) => cut(cluster.name, 24).length));
  const size = { width: Math.max(110, letters * (letter + 0.6) + 24), height: 48 };
  const sizes = schema.clusters.map(() => size);
  return { edges, drawn: layout(sizes, edges, 900) };
}
