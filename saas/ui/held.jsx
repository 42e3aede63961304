// The last that was whole: a server that has been started again begins with empty states, and fills them.
import { useRef } from "react";

/** `value` when it is `ready`, else the one before of the same `place`, so that what is being typed keeps its ground. */
export function useHeld(value, ready, place) {
  const last = useRef(null);
  if (ready) last.current = { value, place };
  return ready || last.current?.place !== place ? value : last.current.value;
}
