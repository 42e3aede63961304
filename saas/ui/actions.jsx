// What the page on screen offers in the palette, besides its pages and records.
import { useEffect, useRef } from "react";

export const actions = new Set();
/** Offer actions in the palette while a part is on screen: [{id, label, icon, keys, run}] with label already a text. */
export function useActions(list) {
  const mine = useRef(list);
  useEffect(() => { mine.current = list; });
  useEffect(() => { actions.add(mine); return () => actions.delete(mine); }, []);
}
/** The same for pages written in Python: renders nothing. */
export function PaletteAction({ label, icon, keys, onPick }) {
  useActions([{ id: label, label, icon, keys, run: () => onPick?.() }]);
  return null;
}
