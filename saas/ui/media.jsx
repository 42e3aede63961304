// What the screen is like.
import { useSyncExternalStore } from "react";

const watched = {};
function watch(query) {
  return (watched[query] ??= {
    list: null,
    subscribe(changed) { this.list ??= matchMedia(query); this.list.addEventListener("change", changed); return () => this.list.removeEventListener("change", changed); },
    now() { return (this.list ??= matchMedia(query)).matches; },
  });
}
const no = () => false;
export function useMedia(query) {
  const w = watch(query);
  return useSyncExternalStore((c) => w.subscribe(c), () => w.now(), no);
}
/** Under 720 px: one thing at a time. */
export const usePhone = () => useMedia("(max-width: 719px)");
