// The last that was whole: a server that has been started again begins with empty states, and fills them.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

// Longer than this, and it is a record that one has gone away from.
const BLINK_MS = 150;

/** `value` when it is `ready`, else the one before of the same `place`, so that what is being typed keeps its ground. */
export function useHeld(value, ready, place) {
  const last = useRef(null);
  if (ready) last.current = { value, place };
  return ready || last.current?.place !== place ? value : last.current.value;
}

/**
 * Whether the record `id` stands under the address of another one for longer than a blink: on the way from one to the
 * next the old one may stay for a moment, but nobody writes on it because the answer is slow.
 */
export function useOutdated(id) {
  const { pathname } = useLocation();
  const other = !!id && !pathname.endsWith(`/${id}`);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!other) return setLate(false);
    const timer = setTimeout(() => setLate(true), BLINK_MS);
    return () => clearTimeout(timer);
  }, [other]);
  return other && late;
}
