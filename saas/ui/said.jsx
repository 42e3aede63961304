// What the server says without words of its own, in the reader's.
import { useCallback } from "react";
import { formatValue, useFormat } from "./format.jsx";
import { useText } from "./text.jsx";

/** A value of the catalogue's form in the reader's way: money, number, date, instant or text key. */
export function useSaid() {
  const t = useText(), f = useFormat();
  return useCallback((value, short) => {
    if (value === null || value === undefined || value === "") return "";
    if (typeof value !== "object") return String(value);
    if (value.key) return t(value.key, value.params);
    return short && value.minor !== undefined ? f.shortAmount(value.minor, value.currency) : formatValue(t.lang, value);
  }, [t, f]);
}
