// How a person arranged a list, kept in this browser: widths, order, pins, sums.
import { useCallback, useEffect, useState } from "react";

const read = (key) => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } };

/** Gives [kept, keep]: `keep(change)` merges it in and remembers it. Empty until the page is alive. */
export function useHabits(name) {
  const key = `wasl.grid.${name}`;
  const [kept, setKept] = useState({});
  useEffect(() => setKept(read(key)), [key]);
  const keep = useCallback((change) => setKept((old) => {
    const next = { ...old, ...(typeof change === "function" ? change(old) : change) };
    try { localStorage.setItem(key, JSON.stringify(next)); } catch { /* private window: kept while the page lives */ }
    return next;
  }), [key]);
  return [kept, keep];
}
