// The head of a page: title or crumbs at the start; trial, people here and actions at the end.
import { useEffect, useState } from "react";
import { Link } from "./link.jsx";
import { Icon } from "./icon.jsx";
import { Avatar } from "./parts.jsx";
import { chooseLanguage, useText } from "./text.jsx";
import { useFormat } from "./format.jsx";
import { useViewer } from "./viewer.jsx";

export function Top({ title, crumbs, badge, note, dated, present, children }) {
  const t = useText(), viewer = useViewer();
  useEffect(() => { document.title = title ? `${title} · ${t("ui.product")}` : t("ui.product"); }, [title, t]);
  return (
    <header className="top">
      <div className="crumb">
        {(crumbs ?? []).map((c) => <span className="crumb" key={c.href}><Link to={c.href}>{c.label}</Link><Icon name="chevron-right" size="s" /></span>)}
        <h1 className="trunc" dir="auto">{title}</h1>
      </div>
      {typeof badge === "string" && badge ? <span className="bdg">{badge}</span> : badge}
      {note ? <span className="muted num only-wide">{note}</span> : null}
      {dated ? <TodayNote /> : null}
      <div className="acts"><OtherLanguage className="only-phone" /><TrialPill /><Present people={present ?? viewer?.present?.filter((p) => p.id !== viewer.id && p.name !== viewer.name)} />{children}</div>
    </header>
  );
}
function TrialPill() {
  const t = useText(), viewer = useViewer();
  const days = viewer?.trial_days;
  if (viewer?.state !== "trialing") return null;
  return <Link to="/settings/billing" className={`pill ${days <= 3 ? "warn" : ""}`}><Icon name="clock" size="s" /><span>{t("ui.trial", { n: days })}</span></Link>;
}
export function Present({ people }) {
  const t = useText();
  if (!people?.length) return null;
  return <span className="avs" role="img" aria-label={t("ui.here_now", { names: people.map((p) => p.name).join(", ") })}>{people.slice(0, 4).map((p) => <Avatar key={p.name} name={p.name} size="m" live title={p.place ? `${p.name} · ${p.place}` : p.name} />)}</span>;
}
/** An icon that turns the whole page to the other language. */
export function OtherLanguage({ className = "", size = "" }) {
  const t = useText();
  return <button type="button" className={`btn ghost ic ${size} ${className}`} aria-label={t("ui.language")} title={t("ui.language")} onClick={() => chooseLanguage(t.lang === "ar" ? "en" : "ar")}><Icon name="languages" /></button>;
}
/** Today's date in words, for Home. */
function TodayNote() {
  const f = useFormat();
  // The page was drawn on the day of the build: only the browser knows today.
  const [here, setHere] = useState(false);
  useEffect(() => setHere(true), []);
  return here ? <span className="muted num only-wide">{f.longDate(new Date().toISOString())}</span> : null;
}
