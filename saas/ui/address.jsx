// What a list shows stands in its address, so that a reload and a copied link show the same: its query, its layout, and
// `?open=<id>`, the record that is open beside it. None of it is a navigation, which would load the page again.
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { onTravel } from "./travel.jsx";

const OPEN = "open", SETTLE_MS = 150;

/** What the address says under this name, or null. */
export const inAddress = (name) => new URLSearchParams(location.search).get(name);
let shown = "";                 // the address's query as the list last had it, without the open record
const without = (search) => { const params = new URLSearchParams(search); params.delete(OPEN); return params.toString(); };

function addressWith(params) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value); else url.searchParams.delete(name);
  return url;
}
/** Write these into the address; an empty one leaves it. */
export function setInAddress(params) {
  const url = addressWith(params);
  history.replaceState(history.state, "", url);
  shown = without(url.search);
}
/** What the address says is told when the drawer stands on the screen: the browser takes as long for it as for the drawer. */
const afterPaint = (run) => (document.hidden ? setTimeout(run) : requestAnimationFrame(() => setTimeout(run)));
/** An entry of the router's own, told from those that differ from it by the open record alone. */
const keyOf = (state) => state?.key ?? "default";

/**
 * Which record is open beside the list: `{open, show(id), step(id), close()}`. Opening one is a step that Back takes back
 * and Forward makes again; going on to its neighbour is none. `enabled`: lists without a drawer leave the address alone.
 */
export function useOpened(enabled) {
  const { key } = useLocation();
  const [open, setOpen] = useState(null);
  const timer = useRef(0), owed = useRef(null);        // {id, isNew}: what the address does not say yet
  const waiting = useRef(null);                        // {then}: on the way back, and what was opened meanwhile
  const push = (id) => history.pushState({ ...history.state, idx: (history.state?.idx ?? 0) + 1, beside: true }, "", addressWith({ [OPEN]: id }));
  const forget = () => { clearTimeout(timer.current); owed.current = null; };
  const settle = useCallback(() => {
    const due = owed.current;
    owed.current = null;
    if (due?.isNew) push(due.id); else if (due) setInAddress({ [OPEN]: due.id });
  }, []);
  useEffect(() => {
    if (!enabled) return;
    const path = location.pathname;
    shown = without(location.search);
    setOpen(inAddress(OPEN));
    const ours = (e) => {
      // Any other step of the browser's history is the router's.
      if (keyOf(e.state) !== key || location.pathname !== path) return false;
      forget();
      // What was searched for since is still searched for.
      if (without(location.search) !== shown) {
        const id = inAddress(OPEN), url = new URL(location.href);
        url.search = shown;
        if (id) url.searchParams.set(OPEN, id);
        history.replaceState(history.state, "", url);
      }
      const then = waiting.current?.then;
      waiting.current = null;
      if (then) push(then); else setOpen(inAddress(OPEN));
      return true;
    };
    const leave = onTravel(ours);
    return () => { leave(); forget(); waiting.current = null; };
  }, [enabled, key]);
  const step = useCallback((id) => {
    setOpen(id);
    if (waiting.current) { waiting.current.then = id; return; }
    if (owed.current?.isNew) { owed.current.id = id; return; }
    owed.current = { id };
    // Browsers refuse an address that changes with every stroke of a key held down.
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, SETTLE_MS);
  }, [settle]);
  const show = useCallback((id) => {
    if (inAddress(OPEN) || waiting.current || owed.current) return step(id);
    setOpen(id);
    owed.current = { id, isNew: true };
    afterPaint(settle);
  }, [step, settle]);
  const close = useCallback(() => {
    setOpen(null);
    forget();
    if (waiting.current) waiting.current.then = null;
    else if (history.state?.beside) { waiting.current = {}; history.back(); }
    else setInAddress({ [OPEN]: "" });
  }, []);
  return { open, show, step, close };
}
