// Parts that a page can live without at first: fetched when the browser is at rest, shown when asked for.
import { lazy, startTransition, Suspense, useEffect, useState } from "react";

const LATEST_MS = 300;
const soonAtRest = (run) => (window.requestIdleCallback ? requestIdleCallback(run, { timeout: LATEST_MS }) : setTimeout(run, LATEST_MS));

/** A part that comes later: `load()` gives its module, `name` is what it exports; `wait` stands in until then. */
export function later(load, name, wait = null) {
  const Part = lazy(() => load().then((module) => ({ default: module[name] })));
  return function Later(props) { return <Suspense fallback={wait}><Part {...props} /></Suspense>; };
}
/** Fetch these modules once the browser is at rest, so that the first use does not wait. */
export function ahead(...loads) {
  if (typeof window === "undefined") return;
  const soon = window.requestIdleCallback ?? ((run) => setTimeout(run, 800));
  soon(() => loads.forEach((load) => load().catch(() => { /* asked for again at its first use */ })));
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
