// A drawing that is panned by dragging or the arrow keys and zoomed by buttons, + and −, or the
// wheel with Ctrl, so that scrolling the page stays scrolling the page.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Layout } from "./layout";

interface View { x: number; y: number; scale: number }

export function Viewport({ size, label, printing, children }:
    { size: Layout; label: string; printing: boolean; children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  const [view, setView] = useState<View | null>(null);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth || 900));
    observer.observe(element);
    setWidth(element.clientWidth || 900);
    return () => observer.disconnect();
  }, []);
  useEffect(() => setView(null), [size.width, size.height]);

  // As wide as the page, but never so small that it can't be read.
  const fitted = Math.min(1, Math.max(width / size.width, width < 600 ? 0.62 : 0.5));
  const height = Math.min(Math.max(size.height * fitted, 80), Math.max(innerHeight * 0.72, 320));

  // What does not fit whole begins at the table that most others hang on.
  const begin = (middle: number, all: number, seen: number) =>
    all <= seen ? (all - seen) / 2 : Math.min(Math.max(0, middle - seen / 2), all - seen);
  const now: View = view ?? {
    x: begin(size.hub.x, size.width, width / fitted), y: begin(size.hub.y, size.height, height / fitted),
    scale: fitted,
  };

  const move = (x: number, y: number) => setView({ ...now, x: now.x + x / now.scale, y: now.y + y / now.scale });
  const zoom = (factor: number, x = width / 2, y = height / 2) => {
    const scale = Math.min(3, Math.max(0.1, now.scale * factor));
    setView({ scale, x: now.x + x / now.scale - x / scale, y: now.y + y / now.scale - y / scale });
  };
  const whole = () => {
    const scale = Math.min(1, width / size.width, height / size.height);
    setView({ scale, x: (size.width - width / scale) / 2, y: Math.min(0, (size.height - height / scale) / 2) });
  };
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = frame.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element?.getBoundingClientRect();
      latest.current(Math.exp(-event.deltaY / 300), event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  const key = (event: KeyboardEvent) => {
    const acts: Record<string, () => void> = {
      "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": whole,
      ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0),
      ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  // What the keyboard reaches comes into view.
  const follow = (event: FocusEvent) => {
    const target = event.target as Element;
    if (target === event.currentTarget || !target.matches(":focus-visible")) return;
    const seen = frame.current?.getBoundingClientRect();
    const box = (target.closest("g[transform]") ?? target).getBoundingClientRect();
    if (!seen || (box.left >= seen.left && box.right <= seen.right && box.top >= seen.top && box.bottom <= seen.bottom)) return;
    move((box.left + box.right - seen.left - seen.right) / 2, (box.top + box.bottom - seen.top - seen.bottom) / 2);
  };

  if (printing) {
    return <div class="drawing"><svg width={size.width} viewBox={`0 0 ${size.width} ${size.height}`} role="group" aria-label={label}>{children}</svg></div>;
  }
  return (
    <div class="drawing" ref={frame} onKeyDown={key}>
      <svg width={width} height={height} role="group" aria-label={label} tabindex={0}
           viewBox={`${now.x} ${now.y} ${width / now.scale} ${height / now.scale}`}
           onFocusIn={follow}
           onPointerDown={(event) => {
             if (event.button !== 0 || (event.target as Element).closest(".press")) return;
             drag.current = { x: event.clientX, y: event.clientY, view: now };
             event.currentTarget.setPointerCapture(event.pointerId);
           }}
           onPointerMove={(event) => {
             const from = drag.current;
             if (!from) return;
             setView({ scale: from.view.scale, x: from.view.x - (event.clientX - from.x) / from.view.scale,
                       y: from.view.y - (event.clientY - from.y) / from.view.scale });
           }}
           onPointerUp={() => { drag.current = null; }} onPointerCancel={() => { drag.current = null; }}>
        {children}
      </svg>
      {(view || fitted < 1 || size.height > height) && (
        <div class="zoom" role="group" aria-label="Zoom">
          <button type="button" class="quiet" aria-label="Zoom in" onClick={() => zoom(1.25)}>+</button>
          <button type="button" class="quiet" aria-label="Zoom out" onClick={() => zoom(0.8)}>−</button>
          <button type="button" class="quiet" onClick={whole}>Whole</button>
        </div>
      )}
    </div>
  );
}
