// How a person arranged a list, kept in this browser: widths, order, pins, sums.
import { useCallback, useMemo, useSyncExternalStore } from "react";

const listeners = new Set();
const unkept = {};             // private window: remembered while the page lives
const subscribe = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
const read = (key) => { try { return localStorage.getItem(key) ?? unkept[key]; } catch { return unkept[key]; } };
const parsed = (said) => { try { return JSON.parse(said) ?? {}; } catch { return {}; } };

/** Gives [kept, keep]: `keep(change)` merges it in and remembers it. Empty until the page is alive. */
export function useHabits(name) {
  const key = `wasl.grid.${name}`;
  const said = useSyncExternalStore(subscribe, () => read(key) ?? "{}", () => "{}");
  const keep = useCallback((change) => {
    const old = parsed(read(key));
    const next = JSON.stringify({ ...old, ...(typeof change === "function" ? change(old) : change) });
    try { localStorage.setItem(key, next); } catch { unkept[key] = next; }
    listeners.forEach((listener) => listener());
  }, [key]);
  return [useMemo(() => parsed(said), [said]), keep];
}
