// Something new that begins with a party: the module that makes it says which form it is, and `?new=<id>` in the address of
// that form's page whom it begins with, so that a reload and another tab open the same.
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { inAddress, setInAddress } from "./address.jsx";
import { isCertain, useViewer } from "./viewer.jsx";

const NEW = "new", ID = /^[0-9a-f-]{36}$/;
const forms = new Map();        // path of the page on screen -> how its form is opened

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

/**
 * On the page of such a form: `[party, close]`, the party {id, label, name_ar} that it begins with, or null. `onBegin(field,
 * id)` asks for one of whom the address knows the id alone, `begun` is the answer; without `field` nothing begins here.
 */
export function useBeginning(field, begun, onBegin) {
  const { key, pathname, state } = useLocation(), certain = isCertain(useViewer());
  const [party, setParty] = useState(null);
  const asked = useRef(null);
  const open = useCallback((one) => { setParty(one); setInAddress({ [NEW]: one.id }); }, []);
  const close = useCallback(() => { asked.current = null; setParty(null); if (inAddress(NEW)) setInAddress({ [NEW]: "" }); }, []);
  useEffect(() => {
    if (!field) return;
    forms.set(pathname, open);
    return () => { forms.delete(pathname); };
  }, [field, pathname, open]);
  useEffect(() => {
    const id = inAddress(NEW)?.toLowerCase();
    if (!field || !certain || !ID.test(id ?? "")) return;
    const known = [state?.party, begun].find((one) => one?.id === id);
    if (known) return setParty(known);
    asked.current = id;
    onBegin?.(field, id);
  }, [key, field, certain]); // eslint-disable-line react-hooks/exhaustive-deps -- once for each entry of the browser's history
  useEffect(() => { if (asked.current && begun?.id === asked.current) { asked.current = null; setParty(begun); } }, [begun]);
  return [party, close];
}
