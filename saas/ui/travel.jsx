// Back and Forward, for what a page has put into the browser's history itself. The frame imports this, so it hears of a step
// before the router, which reads the page anew at each.
const takers = new Set();
if (typeof window !== "undefined") addEventListener("popstate", (e) => { if ([...takers].some((take) => take(e))) e.stopImmediatePropagation(); });

/** `take(event)` is asked at each step, and says whether it was a step of its own; gives the way to stop. */
export function onTravel(take) {
  takers.add(take);
  return () => { takers.delete(take); };
}
