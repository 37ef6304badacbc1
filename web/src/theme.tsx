// Light or dark: the system's choice until the reader makes one, which lives as long as the page.
import { useEffect, useState } from "preact/hooks";

export function ThemeToggle() {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const [chosen, setChosen] = useState(false);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => { if (!chosen) setDark(media.matches); };
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [chosen]);
  const toggle = () => {
    document.documentElement.dataset["theme"] = dark ? "light" : "dark";
    setDark(!dark);
    setChosen(true);
  };
  return (
    <button type="button" class="quiet theme" onClick={toggle}
            aria-label={dark ? "Light page" : "Dark page"}>{dark ? "Light" : "Dark"}</button>
  );
}
