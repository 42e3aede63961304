// A page that reads itself anew when the live stream says that what it shows has changed.
import { useEffect, useRef } from "react";
import { useLive } from "./live.jsx";
import { useViewer } from "./viewer.jsx";

const SOON_MS = 150, OWN_MS = 1000, OTHERS_MS = 5000;
const carries = (message) => message.resync || message.rows?.length || message.gone?.length;

/**
 * Calls `onChange()` once for a burst of changes of the topics ("*": any records), `wait` ms after the first, or after as many
 * as `wait(message)` says of the most urgent; a hidden page waits until it is seen.
 */
export function useFollow(topics, onChange, wait = SOON_MS) {
  const timer = useRef(0), due = useRef(Infinity), call = useRef(onChange);
  useEffect(() => { call.current = onChange; });
  const soon = (message) => {
    const ms = typeof wait === "function" ? wait(message) : wait, at = Date.now() + ms;
    if (!call.current || at >= due.current) return;
    const run = () => {
      // Whatever comes meanwhile is part of it.
      due.current = 0;
      if (document.hidden) return document.addEventListener("visibilitychange", run, { once: true });
      due.current = Infinity;
      call.current?.();
    };
    clearTimeout(timer.current);
    due.current = at;
    timer.current = setTimeout(run, ms);
  };
  useLive(topics, (message) => { if (carries(message)) soon(message); }, () => soon());
  useEffect(() => () => { clearTimeout(timer.current); due.current = Infinity; call.current = null; }, []);
}

/**
 * The same for numbers that cost the server a walk through many records: soon after what the member did, at leisure after what
 * others did, and not in all their tabs at once.
 */
export function useRecount(topics, onChange) {
  const me = useViewer()?.id;
  useFollow(topics, onChange, (message) => (me && message?.by_id === me ? OWN_MS : OTHERS_MS * (1 + Math.random())));
}

/** The same as a part of a page that Python writes. Draws nothing. */
export function Follow({ topics, wait, onChange }) {
  useFollow(topics, onChange, wait);
  return null;
}
