// Parts that a page can live without at first: fetched when the browser is at rest, shown when asked for.
import { lazy, Suspense } from "react";

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
