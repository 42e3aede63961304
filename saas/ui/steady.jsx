// What stays the same from render to render, so that rows and cards which it is given to are not drawn again.
import { useCallback, useLayoutEffect, useRef } from "react";

/** One function for as long as the part is there; it does what the newest `fn` says. For events, not while drawing. */
export function useSteadyCall(fn) {
  const newest = useRef(fn);
  useLayoutEffect(() => { newest.current = fn; });
  return useCallback((...args) => newest.current?.(...args), []);
}
/** `next`, with each list that holds the same as before in `last` being that very list. Both are Maps of lists. Pure. */
export function sameLists(last, next) {
  for (const [key, list] of next) {
    const was = last?.get(key);
    if (was?.length === list.length && list.every((one, i) => one === was[i])) next.set(key, was);
  }
  return next;
}
