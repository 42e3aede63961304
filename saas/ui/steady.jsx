// What stays the same from render to render, so that rows and cards which it is given to are not drawn again.
import { useCallback, useLayoutEffect, useRef } from "react";

/** One function for as long as the part is there; it does what the newest `fn` says. For events, not while drawing. */
export function useSteadyCall(fn) {
  const newest = useRef(fn);
  useLayoutEffect(() => { newest.current = fn; });
  return useCallback((...args) => newest.current?.(...args), []);
}
/** `next`, with every part that says the same as in `last` being that very part; parts with an id are known by it. Pure. */
export function likeBefore(last, next) {
  if (Object.is(last, next) || !last || !next || typeof last !== "object" || typeof next !== "object") return next;
  const isList = Array.isArray(next);
  if (isList !== Array.isArray(last)) return next;
  const former = isList && next[0]?.id !== undefined ? new Map(last.map((one) => [one?.id, one])) : null;
  const keys = Object.keys(next), made = isList ? [] : {};
  let same = keys.length === Object.keys(last).length;
  for (const key of keys) {
    made[key] = likeBefore(former ? former.get(next[key]?.id) : last[key], next[key]);
    if (made[key] !== last[key]) same = false;
  }
  return same ? last : made;
}
/** The value, with what in it is as it was at the render before. */
export function useLikeBefore(value) {
  const former = useRef(null);
  return (former.current = likeBefore(former.current, value));
}
/** A new list, for it is a new answer, whose members are those of `last` where they are as before. Pure. */
export const listLikeBefore = (last, next) => [...likeBefore(last, next)];
/** `next`, with each list that holds the same as before in `last` being that very list. Both are Maps of lists. Pure. */
export function sameLists(last, next) {
  for (const [key, list] of next) {
    const was = last?.get(key);
    if (was?.length === list.length && list.every((one, i) => one === was[i])) next.set(key, was);
  }
  return next;
}
