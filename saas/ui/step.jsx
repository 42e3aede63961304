// Pages of several steps: whoever goes on is put at the beginning of the next one, not left where the last one was.
import { useEffect, useRef } from "react";

/** Once `of` is another, the focus goes to the heading (or the file field) that `box` begins with; null: not known yet. */
export function useArrival(of, box) {
  const before = useRef(of);
  useEffect(() => {
    const known = before.current !== null && before.current !== of;
    before.current = of;
    const first = box.current?.querySelector("h2, [type=file]");
    if (!known || !first || box.current.contains(document.activeElement)) return;
    if (first.matches("h2")) first.tabIndex = -1;
    first.focus();
  }, [of, box]);
}

export function Step({ of, children }) {
  const box = useRef(null);
  useArrival(of, box);
  return <div ref={box}>{children}</div>;
}
