// What the parts of the page tell one another.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Page } from "./data";
import type { AreaName, Severity } from "./types";

export interface Filter {
  text: string;
  severities: Severity[];   // none chosen: all
  areas: AreaName[];        // none chosen: all
  rule: string;             // "": all
  onlyFixed: boolean;
}
export const noFilter: Filter = { text: "", severities: [], areas: [], rule: "", onlyFixed: false };

export interface State {
  page: Page;
  filter: Filter;
  setFilter(filter: Filter): void;
  showFindings(filter: Partial<Filter>): void;   // sets the filter and goes to the list
  printing: boolean;
}
export const StateContext = createContext<State | null>(null);

export function useReport(): State {
  const state = useContext(StateContext);
  if (!state) throw new Error("outside of the page");
  return state;
}

// True while the page is set for paper: everything that matters is drawn then.
export function usePrinting(): boolean {
  const query = "print";
  const [printing, setPrinting] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => setPrinting(media.matches);
    const before = () => setPrinting(true);
    const after = () => setPrinting(false);
    media.addEventListener("change", change);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      media.removeEventListener("change", change);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return printing;
}
