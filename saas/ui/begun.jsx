// What somebody has begun to write: it outlives a reload and a walk away, in its tab and for its writer.
import { useCallback, useState } from "react";
import { useViewer } from "./viewer.jsx";

const read = (slot) => { try { return JSON.parse(sessionStorage.getItem(slot)); } catch { return null; } };

/** `[kept, keep]`: what had been begun of `what` when the page opened, or null; `keep(value)` keeps it, `keep(null)` lets it go. */
export function useBegun(what) {
  const viewer = useViewer(), slot = `wasl.draft.${viewer?.id}.${what}`;
  const [kept] = useState(() => read(slot));
  const keep = useCallback((value) => {
    try {
      if (value === null) sessionStorage.removeItem(slot); else sessionStorage.setItem(slot, JSON.stringify(value));
    } catch { /* storage may be forbidden: it lives as long as the page then */ }
  }, [slot]);
  return [kept, keep];
}
