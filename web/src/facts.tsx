import { show } from "./format";
import type { Fact, FactTable, Unit, Value } from "./types";

export function FactList({ facts }: { facts: Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <dl class="facts grid">
      {facts.map((fact) => (
        <div key={fact.name}><dt>{fact.name}</dt><dd><Cell value={fact.value} unit={fact.unit} /></dd></div>
      ))}
    </dl>
  );
}

export function FactTableView({ table }: { table: FactTable }) {
  if (table.rows.length === 0) return null;
  return (
    <div class="wide" role="region" tabIndex={0} aria-label={table.title}>
      <table>
        <caption>{table.title}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.name} scope="col" class={isNumber(column.unit) ? "figure" : undefined}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, cell) => {
                const unit = table.columns[cell]?.unit ?? "text";
                return (
                  <td key={cell} class={isNumber(unit) ? "figure" : undefined}>
                    <Cell value={value} unit={unit} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value, unit }: { value: Value; unit: Unit }) {
  if (value === null) return <span class="untried">not known</span>;
  return unit === "code" ? <code>{show(value)}</code> : <>{show(value, unit)}</>;
}

const isNumber = (unit: Unit): boolean =>
  unit === "count" || unit === "bytes" || unit === "seconds" || unit === "percent";
