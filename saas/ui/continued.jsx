// Forms for something new: what was typed is there again when the form is opened anew, until it is made or thrown away.
import { useEffect, useState } from "react";
import { useBegun } from "./begun.jsx";
import { Icon } from "./icon.jsx";
import { newOp } from "./live.jsx";
import { useText } from "./text.jsx";

const NOTHING = {};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** The values that are other than those one begins with. Pure. */
export const typedOf = (values, blank) => Object.fromEntries(Object.entries(values).filter(([key, value]) => !same(value, blank[key])));
/** Of what was typed before, what this form still asks for and what it was not opened with. Pure. */
export const stillAsked = (typed, blank, given) => Object.fromEntries(Object.entries(typed ?? NOTHING).filter(([key]) => key in blank && !(key in given)));

/**
 * The values of a form that makes `what`; null for one that changes what is there, which keeps nothing. `start()` gives
 * the values to begin with; those of `given` keys were said by where the form was opened, and win over what was typed
 * before. `secret` keys are never kept. Gives {values, set(part), continued, startOver(), send() -> op, refused(), done()};
 * `done` only for one whose answer does not name the op.
 */
export function useContinued(what, start, { given = NOTHING, secret } = NOTHING) {
  const [kept, keep] = useBegun(what);
  const [blank, setBlank] = useState(start);
  const [before] = useState(() => (what ? stillAsked(kept?.typed, blank, given) : NOTHING));
  const [values, setValues] = useState(() => ({ ...blank, ...before }));
  const [continued, setContinued] = useState(() => Object.keys(before).length > 0);
  // The same values go by the same name: what the server has done already, before the tab broke down, it does not do twice.
  const [op, setOp] = useState(() => (continued && same(before, kept.typed) ? kept.op ?? null : null));
  const store = (name) => {
    if (!what) return;
    const typed = typedOf(values, blank);
    for (const key of secret ?? []) delete typed[key];
    keep(Object.keys(typed).length || name ? { typed, op: name } : null);
  };
  useEffect(() => store(op), [what, keep, values, blank, op]); // eslint-disable-line react-hooks/exhaustive-deps -- what it reads is in the list
  const set = (part) => { setOp(null); setValues((old) => ({ ...old, ...part })); };
  const startOver = () => { const fresh = start(); setOp(null); setBlank(fresh); setValues(fresh); setContinued(false); };
  const send = () => { const name = op ?? newOp(); setOp(name); store(name); return name; };
  return { values, set, continued, startOver, send, refused: () => setOp(null), done: () => keep(null) };
}

/** The line that says so, with the way to begin afresh. */
export function Continued({ form, onStartOver }) {
  const t = useText();
  if (!form.continued) return null;
  const afresh = () => { form.startOver(); onStartOver?.(); };
  return <div className="help begun" role="status"><Icon name="history" size="s" /><span>{t("ui.form.continued")}</span><button type="button" className="link" onClick={afresh}>{t("ui.form.start_over")}</button></div>;
}
