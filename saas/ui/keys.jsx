// Single keys and chords, by physical key, so that they work under an Arabic layout. Silent in fields.
import { useEffect, useRef } from "react";

const maps = [];       // the latest part on screen answers first
let pending = null;    // the first key of a chord such as G then D
let pendingTimer = 0;
let single = true;     // WCAG 2.1.4: single keys can be switched off

export function setSingleKeys(on) { single = on !== false; }
export const allShortcuts = () => maps.flatMap((m) => Object.entries(m.current).map(([combo, v]) => ({ combo, label: v.label, text: v.text, params: v.params }))).filter((s) => s.label || s.text);

const typing = (el) => el?.closest?.("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable=true]");

/** "ctrl+KeyK", "shift+KeyX", "g KeyD", "KeyC". */
export function comboOf(e) {
  const mods = [(e.ctrlKey || e.metaKey) && "ctrl", e.altKey && "alt", e.shiftKey && "shift"].filter(Boolean);
  return [...mods, e.code].join("+");
}
function onKey(e) {
  if (e.defaultPrevented || e.isComposing || e.repeat && e.code === "KeyG") return;
  const withCtrl = e.ctrlKey || e.metaKey;
  const inField = typing(e.target);
  if (!withCtrl && e.code !== "Escape" && (inField || !single || e.altKey)) return;
  if (document.querySelector("dialog[open]") && !withCtrl) return;
  let combo = comboOf(e);
  if (pending) { combo = `${pending} ${e.code}`; pending = null; }
  else if (combo === "KeyG") { pending = "g"; clearTimeout(pendingTimer); pendingTimer = setTimeout(() => { pending = null; }, 1200); return; }
  for (const { current: { [combo]: hit } } of maps.toReversed()) {
    if (!hit || (withCtrl && inField && !hit.inFields)) continue;
    if (hit.run(e) !== false) return e.preventDefault();
  }
}
if (typeof window !== "undefined") addEventListener("keydown", onKey);

/**
 * Register keys while a part is on screen: `{KeyC: {label: "text.key", run}, "g KeyD": {...}}`; `text` where it is said already.
 * `run` may give false to let the key through, to a part that came earlier or to the browser; `inFields` lets ctrl chords work while typing.
 */
export function useKeys(map) {
  const mine = useRef(map ?? {});
  useEffect(() => { mine.current = map ?? {}; });
  useEffect(() => {
    maps.push(mine);
    return () => { maps.splice(maps.indexOf(mine), 1); };
  }, []);
}
const NAMES = { Slash: "/", Escape: "Esc", Enter: "↵", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", ctrl: "Ctrl", shift: "Shift", "shift+Slash": "?" };
/** What to print for a combo: ["G", "D"], ["Ctrl", "K"]. */
export function printed(combo) {
  if (NAMES[combo]) return [NAMES[combo]];
  return combo.split(/[+ ]/).map((p) => NAMES[p] ?? p.replace(/^Key|^Digit/, "").toUpperCase());
}
export function Kbd({ combo }) {
  return printed(combo).map((k, i) => <kbd className="kbd" key={i} aria-hidden="true">{k}</kbd>);
}
