// The way to a form that begins with a party, for whoever offers it.
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { forms } from "./begin.jsx";

export const leadTo = (href, party) => href.replace("{party}", party.id);
/** `begin(href, party)`: what a `PartyAction` leads to, with {id, label, name_ar}; on its own page without leaving it. */
export function useBegin() {
  const go = useNavigate();
  return useCallback((href, party) => {
    const to = new URL(leadTo(href, party), location.href);
    const open = forms.get(to.pathname);
    if (open) open(party); else go(to.pathname + to.search, { state: { party }, replace: to.pathname === location.pathname });
  }, [go]);
}
