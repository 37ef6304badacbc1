import { useCallback, useMemo, useState } from "preact/hooks";
import { ChapterView } from "./chapter";
import type { Page } from "./data";
import { Findings } from "./findings";
import { sentence } from "./format";
import { FirstPage } from "./first-page";
import { Navigation } from "./navigation";
import { noFilter, StateContext, usePrinting, type Filter } from "./state";

export function App({ page }: { page: Page }) {
  const [filter, setFilter] = useState(noFilter);
  const printing = usePrinting();
  const showFindings = useCallback((wanted: Partial<Filter>) => {
    setFilter({ ...noFilter, ...wanted });
    const heading = document.getElementById("findings");
    heading?.scrollIntoView();
    heading?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }, []);
  const state = useMemo(() => ({ page, filter, setFilter, showFindings, printing }),
                        [page, filter, showFindings, printing]);
  return (
    <StateContext.Provider value={state}>
      <a class="skip" href="#report-start">Skip to the report</a>
      <div class="frame">
        <Navigation />
        <main id="report-start" tabIndex={-1}>
          <FirstPage />
          {page.chapters.map((chapter, index) => (
            <ChapterView key={chapter.id} chapter={chapter} number={index + 1} />
          ))}
          <Findings />
          <footer class="colophon">
            Made by {page.tool.name} {page.tool.version}. {sentence(page.proof_note)} This file holds all of
            its data and asks the network for nothing.
          </footer>
        </main>
      </div>
    </StateContext.Provider>
  );
}
