// Statements with their words set apart, and a button that copies them.
import { CopyButton } from "./copy-button";

export const script = (statements: string[]): string =>
  statements.map((statement) => `${statement};\n`).join("");

export function Sql({ label, statements }: { label: string; statements: string[] }) {
  const text = script(statements);
  return (
    <figure class="sql">
      <figcaption>
        {label}
        {statements.length > 0 && <CopyButton text={text} label={`Copy ${label.toLowerCase()} script`} />}
      </figcaption>
      {statements.length === 0 ? <p class="untried">There is no way back.</p>
        : <pre tabIndex={0}><code>{coloured(text)}</code></pre>}
    </figure>
  );
}

// Comments, strings (also dollar-quoted), quoted names, words.
const tokens = /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\3)|("(?:[^"]|"")*")|([A-Za-z_]\w*)/g;
const keywords = new Set(`ADD ALL ALTER ALWAYS AND ANALYZE AS ASC ATTACH BEGIN BY CASCADE CASE CAST
CHECK COLLATE COLUMN COMMENT COMMIT CONCURRENTLY CONSTRAINT CREATE CURRENT DATABASE DEFAULT DEFERRABLE
DEFINER DELETE DESC DETACH DISABLE DO DOMAIN DROP ELSE ENABLE END EXCLUDE EXECUTE EXISTS EXTENSION FOR
FORCE FOREIGN FROM FUNCTION GENERATED GRANT HASH IDENTITY IF IN INCLUDE INDEX INHERIT INSERT INTO IS
KEY LEVEL LIST LOCK MATERIALIZED NO NOT NULL NULLS OF ON ONLY OR OWNED OWNER PARTITION POLICY PRIMARY
PRIVILEGES PROCEDURE PUBLIC RANGE REFERENCES REINDEX RENAME REPLACE RESET RESTRICT RETURNING RETURNS
REVOKE ROLE ROW SCHEMA SECURITY SELECT SEQUENCE SET STATISTICS SYSTEM TABLE THEN TO TRIGGER TRUNCATE
TYPE UNIQUE UPDATE USING VACUUM VALID VALIDATE VALUES VIEW WHEN WHERE WITH`.split(/\s+/));

function coloured(text: string) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const kind = match[1] ? "remark" : match[2] ? "string"
      : match[5] && keywords.has(match[5]) ? "word" : "";
    if (!kind) continue;
    parts.push(text.slice(end, match.index), <span class={kind}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}
