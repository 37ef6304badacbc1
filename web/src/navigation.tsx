// The outline at the side, or on top of a narrow page; it marks where the reader is.
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "./format";
import { useReport } from "./state";
import { ThemeToggle } from "./theme";

export function Navigation() {
  const { page } = useReport();
  const entries = [
    { id: "summary", title: "Summary" },
    ...page.chapters.map(({ id, title }) => ({ id, title })),
    { id: "findings", title: "Findings and fixes" },
  ];
  const here = useHere(entries.map((entry) => entry.id));
  // On a narrow page the outline is a line that follows the reader.
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = line.current?.querySelector<HTMLElement>("[aria-current]");
    if (link) line.current?.scrollTo({ left: link.offsetLeft - line.current.offsetLeft });
  }, [here]);
  return (
    <header class="side">
      <p class="brand"><a href="#summary">Architrave</a></p>
      <nav aria-label="Chapters" ref={line}>
        <ol>
          {entries.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} aria-current={here === id ? "true" : undefined}>
                {title}
                {id === "findings" && <span class="tally">{count(page.findings.length)}</span>}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <ThemeToggle />
    </header>
  );
}

// The last of the elements whose top has passed a quarter of the window's height.
function useHere(ids: string[]): string {
  const [here, setHere] = useState(ids[0] ?? "");
  const key = ids.join(" ");
  useEffect(() => {
    let asked = 0;
    const look = () => {
      asked = 0;
      let last = ids[0] ?? "";
      for (const id of ids) {
        const top = document.getElementById(id)?.getBoundingClientRect().top;
        if (top !== undefined && top < innerHeight / 4) last = id;
      }
      setHere(last);
    };
    const scrolled = () => { asked ||= requestAnimationFrame(look); };
    addEventListener("scroll", scrolled, { passive: true });
    look();
    return () => {
      removeEventListener("scroll", scrolled);
      cancelAnimationFrame(asked);
    };
  }, [key]);
  return here;
}
