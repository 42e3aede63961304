// Parts that a page can live without at first: fetched when the browser is at rest, shown when asked for.
import { createContext, lazy, startTransition, Suspense, useContext, useEffect, useLayoutEffect, useState } from "react";
import { Failed } from "./states.jsx";
import { say } from "./toast.jsx";

const LATEST_MS = 300, HIDDEN_MS = 200, NEVER_MS = 8000;
const soonAtRest = (run) => (window.requestIdleCallback ? requestIdleCallback(run, { timeout: LATEST_MS }) : setTimeout(run, LATEST_MS));

const Again = createContext(null);

/** A part that comes later: `load()` gives its module, `name` is what it exports; `wait` stands in until then. */
export function later(load, name, wait = null) {
  const NotHere = (props) => <Absent {...props} hasPlace={!!wait} />;
  // What did not come is asked for anew at the next use: React would keep the failure for good.
  const fetched = () => lazy(() => load().then((module) => ({ default: module[name] }), () => { Part = fetched(); return { default: NotHere }; }));
  let Part = fetched();
  return function Later(props) {
    const [Mine, setMine] = useState(Part);
    return <Again value={() => setMine(Part)}><Suspense fallback={wait}><Mine {...props} /></Suspense></Again>;
  };
}
/** In place of a part that could not be fetched; what stands around it stays. A dialog is closed, so that it can be opened again. */
function Absent({ hasPlace, onClose }) {
  const again = useContext(Again), shows = hasPlace && !onClose;
  useEffect(() => {
    onClose?.();
    if (!shows) say({ kind: "error", key: "ui.failed.title", again: onClose ? undefined : again });
  }, []); // eslint-disable-line react-hooks/exhaustive-deps -- said once
  return shows ? <Failed onRetry={again} /> : null;
}
// Between its scripts and its data a page waits for the server; what is for later must not start just then.
let isFirst = true, settle;
const thePage = new Promise((done) => { settle = done; });
/** The frame says so when the first page has its data. */
export function pageIsThere() { isFirst = false; settle(); }
const afterwards = (run) => thePage.then(() => (window.requestIdleCallback ?? setTimeout)(run));
if (typeof window !== "undefined") setTimeout(pageIsThere, NEVER_MS);   // the server may be away
/** Fetch these modules once the page has what it was opened for, so that their first use does not wait. */
export function ahead(...loads) {
  if (typeof window === "undefined") return;
  for (const load of loads) afterwards(() => load().catch(() => { /* asked for again at its first use */ }));
}
/** True once the frame of a page stands on the screen: what takes long to draw comes right after, in one go. */
export function useFramed() {
  const [framed, setFramed] = useState(isFirst);   // that of the first page came with its document
  useLayoutEffect(() => {
    if (framed) return;
    const { port1, port2 } = new MessageChannel();
    let here = true;
    const draw = () => { if (here) { here = false; setFramed(true); } };
    port1.onmessage = draw;
    const frame = requestAnimationFrame(() => port2.postMessage(0));   // heard of when this frame has been painted
    const timer = setTimeout(draw, HIDDEN_MS);                         // a tab that nobody sees has no frames
    return () => { here = false; cancelAnimationFrame(frame); clearTimeout(timer); port1.close(); };
  }, []);
  return framed;
}
/** False until what was drawn first stands on the screen: what one cannot see yet is drawn after that. */
export function useRest(when = true) {
  const [rest, setRest] = useState(false);
  useEffect(() => {
    if (!when) return;
    let here = true;
    soonAtRest(() => here && startTransition(() => setRest(true)));
    return () => { here = false; };
  }, [when]);
  return rest;
}
