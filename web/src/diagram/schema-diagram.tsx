// The map of the clusters and the diagram of the one that is open; on paper, of each.
import { useRef, useState } from "preact/hooks";
import { plural } from "../format";
import { useReport } from "../state";
import { ClusterDiagram } from "./cluster";
import { ClusterMap } from "./cluster-map";

const mostOnPaper = 12;

export function SchemaDiagram() {
  const { page, printing } = useReport();
  const { schema } = page;
  const [open, setOpen] = useState(0);
  const title = useRef<HTMLHeadingElement>(null);
  const { clusters } = schema;
  if (clusters.length === 0) return <p class="unknown">There are no tables to draw.</p>;
  const follow = (cluster: number) => {
    setOpen(cluster);
    title.current?.scrollIntoView({ block: "nearest" });
  };
  const drawn = printing && clusters.length <= mostOnPaper ? clusters.map((_, index) => index) : [open];
  return (
    <div class="diagram">
      {clusters.length > 1 && (
        <>
          <p class="legend">
            {plural(schema.tables.length, "table")} in {plural(clusters.length, "cluster")} that
            foreign keys hold together; the lines between them are the foreign keys from one to another.
            {!printing && " Choose a cluster to draw it."}
          </p>
          <ClusterMap schema={schema} open={open} onOpen={follow} printing={printing} />
        </>
      )}
      {drawn.map((cluster) => (
        <div key={cluster} class="opened">
          <h4 ref={title}>
            Cluster {clusters[cluster]?.name}
            <span class="untried"> {plural(clusters[cluster]?.tables.length ?? 0, "table")}</span>
          </h4>
          <ClusterDiagram key={cluster} cluster={cluster} onOpen={follow} printing={printing} />
        </div>
      ))}
      <p class="legend">
        A crow’s foot marks the child’s end, a bar exactly one, a ring perhaps none; “?” a column
        that may be null; a dashed name a table of another cluster; the number in a table’s head
        its findings.
        {!printing && " Drag or use the arrow keys to pan, + and − or Ctrl with the wheel to zoom."}
      </p>
    </div>
  );
}
