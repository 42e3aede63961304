// What other modules know about a record: their sections in its rail or drawer, read after the record itself.
import { useEffect, useRef } from "react";
import { Link } from "./link.jsx";
import { Icon } from "./icon.jsx";
import { useLive } from "./live.jsx";
import { Avatar } from "./parts.jsx";
import { useSaid } from "./said.jsx";
import { useFormat } from "./format.jsx";
import { useText } from "./text.jsx";
import { useViewer } from "./viewer.jsx";

const AGAIN_MS = 400;

/** `related` as `RecordState.related`; `onRelated()` reads it for the record shown, and again when it has changed. */
export function Beside({ record, related, onRelated }) {
  const viewer = useViewer(), timer = useRef(0);
  const modules = viewer?.modules?.join();
  useEffect(() => { if (record?.id) onRelated?.(); }, [record?.id, record?.version, modules]); // eslint-disable-line react-hooks/exhaustive-deps -- the handler is a new one at each render
  const again = () => { clearTimeout(timer.current); timer.current = setTimeout(() => onRelated?.(), AGAIN_MS); };
  useLive(related?.topics ?? [], again);
  useEffect(() => () => clearTimeout(timer.current), []);
  return related?.id === record?.id ? related.sections.map((section) => <Section key={section.key} section={section} />) : null;
}

function Section({ section }) {
  const t = useText(), f = useFormat(), said = useSaid();
  return (
    <section className="sec beside" aria-label={t(section.title)}>
      <h3>{t(section.title)}<span className="c num">{f.number(section.total)}</span></h3>
      {section.rows.map((r) => (
        <div className="mini two" key={r.id}>
          <span className="muted"><Icon name={section.icon} size="s" /></span>
          <span className="grow">
            <span className="row g3"><Link to={r.href} className="grow trunc" dir="auto">{(t.lang === "ar" && r.title_ar) || r.title}</Link>{r.minor === undefined ? null : <bdi className="num">{f.money(r.minor, r.currency)}</bdi>}{r.member ? <Avatar name={r.member} /> : null}</span>
            <span className="row g3"><span className="muted sm grow trunc" dir="auto">{said(r.subtitle)}</span>{r.note ? <span className={`bdg ${r.tone ?? ""}`}>{said(r.note)}</span> : null}</span>
          </span>
        </div>
      ))}
    </section>
  );
}
