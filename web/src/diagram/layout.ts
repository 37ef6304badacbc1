// Where the boxes of a diagram stand: those with edges by dagre's layers, the rest in rows below.
import dagre from "@dagrejs/dagre";

export interface Size { width: number; height: number }
export interface Box extends Size { x: number; y: number }     // its upper left corner
// `fromRow` and `toRow` are how far below its box's top a line ends there, at the box's side.
export interface Edge { from: number; to: number; fromRow: number; toRow: number }
export interface Route { points: { x: number; y: number }[] }
export interface Layout extends Size {
  boxes: Box[]; routes: Route[];
  layered: boolean;                      // false: in rows, with lines straight across
  hub: { x: number; y: number };         // the middle of the box with the most lines
}

const margin = 16;
const gap = 24;
// Dagre takes seconds beyond this many boxes times lines, and what it draws then is a thicket:
// the boxes stand in rows instead.
const mostLayered = 8000;

export function layout(sizes: Size[], edges: Edge[], across: number): Layout {
  const joined = new Set(edges.filter((edge) => edge.from !== edge.to)
    .flatMap((edge) => [edge.from, edge.to]));
  const layered = joined.size * edges.length <= mostLayered;
  const boxes: Box[] = sizes.map((size) => ({ ...size, x: 0, y: 0 }));
  const routes: Route[] = edges.map(() => ({ points: [] }));
  let width = 0;
  let height = margin;
  if (layered && joined.size > 0) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 64, edgesep: 10, marginx: margin, marginy: margin });
    graph.setDefaultEdgeLabel(() => ({}));
    sizes.forEach((size, index) => { if (joined.has(index)) graph.setNode(String(index), { ...size }); });
    edges.forEach((edge, index) => {
      // The parent stands left of its children, as it is read first.
      if (edge.from !== edge.to) graph.setEdge(String(edge.to), String(edge.from), {}, String(index));
    });
    dagre.layout(graph);
    for (const index of joined) {
      const node = graph.node(String(index));
      const box = boxes[index];
      if (box) Object.assign(box, { x: node.x - box.width / 2, y: node.y - box.height / 2 });
    }
    edges.forEach((edge, index) => {
      if (edge.from === edge.to) return;
      const points = graph.edge(String(edge.to), String(edge.from), String(index)).points;
      routes[index] = { points: atSides([...points].reverse(), boxes[edge.from]!, boxes[edge.to]!, edge) };
    });
    width = graph.graph().width ?? 0;
    height = (graph.graph().height ?? 0) + gap - margin;
  }
  const rest = boxes.filter((_, index) => !layered || !joined.has(index));
  const below = rows(rest, Math.max(width, across), height);
  if (!layered) {
    edges.forEach((edge, index) => {
      const from = boxes[edge.from];
      const to = boxes[edge.to];
      if (from && to && from !== to) routes[index] = { points: [centre(from), centre(to)] };
    });
  }
  edges.forEach((edge, index) => {
    const box = boxes[edge.from];
    if (edge.from === edge.to && box) routes[index] = { points: loop(box, edge) };
  });
  const reach = Math.max(0, ...routes.flatMap(({ points }) => points.map(({ x }) => x + margin)));
  return { boxes, routes, layered, hub: layered ? hubOf(boxes, edges) : { x: 0, y: 0 },
           width: Math.max(width, below.width, reach), height: below.height };
}

function rows(boxes: Box[], across: number, top: number): Size {
  let x = margin;
  let y = top;
  let tallest = 0;
  let width = 0;
  for (const box of boxes) {
    if (x > margin && x + box.width + margin > across) {
      x = margin;
      y += tallest + gap;
      tallest = 0;
    }
    Object.assign(box, { x, y });
    x += box.width + gap;
    width = Math.max(width, x - gap + margin);
    tallest = Math.max(tallest, box.height);
  }
  return { width, height: y + tallest + margin };
}

// The ends of a line moved to the sides of its boxes, which it leaves straight.
function atSides(points: { x: number; y: number }[], from: Box, to: Box, edge: Edge) {
  const inner = points.slice(1, -1);
  const end = (box: Box, row: number, toward: { x: number } | undefined) => {
    const right = (toward?.x ?? 0) > box.x + box.width / 2;
    const x = right ? box.x + box.width : box.x;
    return [{ x, y: box.y + row }, { x: x + (right ? 20 : -20), y: box.y + row }];
  };
  return [...end(from, edge.fromRow, inner[0]), ...inner,
          ...end(to, edge.toRow, inner[inner.length - 1]).reverse()];
}

function hubOf(boxes: Box[], edges: Edge[]): { x: number; y: number } {
  const lines = boxes.map(() => 0);
  for (const { from, to } of edges) {
    ++lines[from]!;
    ++lines[to]!;
  }
  const hub = boxes[lines.indexOf(Math.max(...lines))];
  return hub ? centre(hub) : { x: 0, y: 0 };
}

const centre = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

// From a box to itself, at its right.
function loop(box: Box, { fromRow, toRow }: Edge) {
  const x = box.x + box.width;
  const from = box.y + fromRow;
  const to = box.y + (toRow === fromRow ? toRow - 12 : toRow);
  return [{ x, y: from }, { x: x + 28, y: from }, { x: x + 28, y: to }, { x, y: to }];
}

// A path through the points with rounded corners.
export function path({ points }: Route): string {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return "";
  const at = (point: { x: number; y: number }) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
  let d = `M${at(first)}`;
  for (let index = 1; index < points.length - 1; ++index) {
    const here = points[index]!;
    const next = points[index + 1]!;
    const end = index === points.length - 2 ? last : { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    d += `Q${at(here)} ${at(end)}`;
  }
  return points.length === 2 ? `${d}L${at(last)}` : d;
}
