// What somebody has begun to write: it outlives a reload and a walk away, in its tab and for its writer, until they
// sign out.
import { useCallback, useState } from "react";
import { useViewer } from "./viewer.jsx";

const PREFIX = "wasl.draft.";
const awaited = new Map();      // op -> slot: sent, and kept until the server has done it

const read = (slot) => { try { return JSON.parse(sessionStorage.getItem(slot)); } catch { return null; } };
function write(slot, value) {
  try {
    if (value === null) sessionStorage.removeItem(slot); else sessionStorage.setItem(slot, JSON.stringify(value));
  } catch { /* storage may be forbidden: it lives as long as the page then */ }
}

/** `[kept, keep]`: what had been begun of `what` when the page opened, or null; `keep(value)` keeps it, `keep(null)` lets it go. */
export function useBegun(what) {
  // A member is one person in one company: nobody else's, and no other company's, is ever found.
  const viewer = useViewer(), slot = `${PREFIX}${viewer?.id}.${what}`;
  const [kept] = useState(() => read(slot));
  const keep = useCallback((value) => { if (value?.op) awaited.set(value.op, slot); write(slot, value); }, [slot]);
  return [kept, keep];
}

/** What the server said of a change, as the frame hears it: what was begun with this `op` is done, its form may be closed by now. */
export function answered({ op, ok }) {
  const slot = awaited.get(op);
  if (!slot) return;
  awaited.delete(op);
  if (ok !== false && read(slot)?.op === op) write(slot, null);
}

/** At sign-out nothing of it stays in this tab. */
export function forgetBegun() {
  try {
    for (const slot of Object.keys(sessionStorage)) if (slot.startsWith(PREFIX)) sessionStorage.removeItem(slot);
  } catch { /* nothing was kept */ }
}
