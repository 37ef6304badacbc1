import { useEffect, useState } from "preact/hooks";

export function CopyButton({ text, label, shown = "Copy" }:
    { text: string; label: string; shown?: string }) {
  const [state, setState] = useState("");
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(""), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const press = async () => setState((await copy(text)) ? "Copied" : "Select it and copy");
  return (
    <button type="button" class="quiet copy" aria-label={state || label} onClick={press}>
      <span aria-live="polite">{state || shown}</span>
    </button>
  );
}

// The clipboard needs a page that the browser trusts, which a file is not everywhere.
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
