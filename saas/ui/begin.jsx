// Something new that begins with a party: the module that makes it says which form it is, and `?new=<id>` in the address of
// that form's page whom it begins with, so that a reload and another tab open the same.
import { useCallback, useEffect, useState } from "react";
import { useLocation } from "react-router";
import { inAddress, setInAddress } from "./address.jsx";
import { isCertain, useViewer } from "./viewer.jsx";

const NEW = "new", ID = /^[0-9a-f-]{36}$/;
/** The path of the page on screen, and how its form is opened. */
export const forms = new Map();

/**
 * On the page of such a form: `[party, close]`, the party {id, label, name_ar} that it begins with, or null. `onBegin(field,
 * id)` asks for one of whom the address knows the id alone, `begun` is the answer; without `field` nothing begins here.
 */
export function useBeginning(field, begun, onBegin) {
  const { key, pathname, state } = useLocation(), certain = isCertain(useViewer());
  const [party, setParty] = useState(null);
  const open = useCallback((one) => { setParty(one); setInAddress({ [NEW]: one.id }); }, []);
  const close = useCallback(() => { setParty(null); setInAddress({ [NEW]: "" }); }, []);
  useEffect(() => {
    if (!field) return;
    forms.set(pathname, open);
    return () => { forms.delete(pathname); };
  }, [field, pathname, open]);
  useEffect(() => {
    const id = inAddress(NEW);
    if (!field || !certain || !ID.test(id)) return;
    const known = [state?.party, begun].find((one) => one?.id === id);
    if (known) setParty(known); else onBegin(field, id);
  }, [key, field, certain, begun]); // eslint-disable-line react-hooks/exhaustive-deps -- once for each entry of the browser's history, and once it is answered
  return [party, close];
}
