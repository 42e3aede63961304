// What is wrong with a form, each at its field: marked, described, and the first of them focused.
import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "./icon.jsx";
import { useText } from "./text.jsx";

const NOTHING = {};

/**
 * Gives {refuse({field: {key, params}}) -> whether anything is wrong, mend(...fields): they are being typed anew, box: ref of
 * the form, tied(field) -> props of its control, said(field) -> the sentence under it}.
 */
export function useWrong() {
  const t = useText(), id = useId(), box = useRef(null);
  const [wrong, setWrong] = useState(NOTHING), [times, setTimes] = useState(0);
  useEffect(() => { if (times) box.current?.querySelector("[aria-invalid=true]")?.focus(); }, [times]);
  const refuse = (found) => {
    const any = Object.keys(found).length > 0;
    setWrong(found);
    if (any) setTimes((n) => n + 1);
    return any;
  };
  const mend = (...fields) => setWrong((old) => (fields.some((field) => field in old) ? Object.fromEntries(Object.entries(old).filter(([field]) => !fields.includes(field))) : old));
  const tied = (field) => ({ id: `${id}${field}`, ...(wrong[field] ? { "aria-invalid": true, "aria-describedby": `${id}${field}-why` } : null) });
  const said = (field) => (wrong[field] ? <div className="help err" id={`${id}${field}-why`} role="alert"><Icon name="alert" size="s" />{t(wrong[field].key, wrong[field].params)}</div> : null);
  return { refuse, mend, box, tied, said };
}
