// A chapter of the outline: sections of facts, tables, findings, and what is not known.
import { Roadmap } from "./actions";
import { SchemaDiagram } from "./diagram/schema-diagram";
import { FactList, FactTableView } from "./facts";
import { FindingItem } from "./finding";
import { plural } from "./format";
import { useReport } from "./state";
import type { Chapter, Finding, Section } from "./types";

export function ChapterView({ chapter, number }: { chapter: Chapter; number: number }) {
  return (
    <section class="chapter" id={chapter.id} aria-labelledby={`${chapter.id}-title`}>
      <h2 id={`${chapter.id}-title`}><span class="ordinal">{number}</span>{chapter.title}</h2>
      {chapter.sections.map((section) => (
        <SectionView key={section.id} section={section}
                     titled={section.title !== chapter.title &&
                             section.title !== chapter.title.replace(/ with .*/, "")} />
      ))}
    </section>
  );
}

function SectionView({ section, titled }: { section: Section; titled: boolean }) {
  const { page } = useReport();
  const findings = section.areas.flatMap((area) => page.findingsOfArea.get(area) ?? []);
  const bare = findings.length === 0 && section.facts.length === 0 && section.tables.length === 0 &&
    section.draws === "" && section.not_known.length === 0;
  return (
    <section class="section">
      {titled && <h3>{section.title}</h3>}
      <FactList facts={section.facts} />
      {section.draws === "diagram" && <SchemaDiagram />}
      {section.draws === "actions" && <Roadmap />}
      {section.tables.map((table) => <FactTableView key={table.title} table={table} />)}
      <SectionFindings section={section} findings={findings} />
      {section.areas.length > 0 && findings.length === 0 && section.not_known.length === 0 &&
        <p class="clear">Nothing to point at.</p>}
      {section.not_known.map((sentence) => <p key={sentence} class="unknown">{sentence}</p>)}
      {bare && section.areas.length === 0 && <p class="unknown">Nothing of this was looked at.</p>}
    </section>
  );
}

const shown = 8;

function SectionFindings({ section, findings }: { section: Section; findings: Finding[] }) {
  const { showFindings } = useReport();
  if (findings.length === 0) return null;
  return (
    <>
      <ul class="findings" aria-label={`Findings: ${section.title}`}>
        {findings.slice(0, shown).map((finding) => (
          <FindingItem key={finding.fingerprint} finding={finding} brief />
        ))}
      </ul>
      {findings.length > shown && (
        <p class="more">
          <button type="button" class="link" onClick={() => showFindings({ areas: section.areas })}>
            All {plural(findings.length, "finding")} of this section
          </button>
        </p>
      )}
    </>
  );
}
