// A page that reads itself anew when the live stream says that what it shows has changed.
import { useEffect, useRef } from "react";
import { useLive } from "./live.jsx";

const SOON_MS = 150;
const carries = (message) => message.resync || message.rows?.length || message.gone?.length;

/** Calls `onChange()` once for a burst of changes of the topics ("*": any records); a hidden page waits until it is seen. */
export function useFollow(topics, onChange, wait = SOON_MS) {
  const timer = useRef(0), call = useRef(onChange);
  useEffect(() => { call.current = onChange; });
  const soon = () => {
    if (timer.current || !call.current) return;
    const run = () => {
      if (document.hidden) return document.addEventListener("visibilitychange", run, { once: true });
      timer.current = 0;
      call.current?.();
    };
    timer.current = setTimeout(run, wait);
  };
  useLive(topics, (message) => { if (carries(message)) soon(); }, soon);
  useEffect(() => () => { clearTimeout(timer.current); timer.current = 0; }, []);
}

/** The same as a part of a page that Python writes. Draws nothing. */
export function Follow({ topics, wait, onChange }) {
  useFollow(topics, onChange, wait);
  return null;
}
