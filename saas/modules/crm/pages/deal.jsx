// One deal: its stages, facts, products and people, what was said, and what is next.
import { useMemo, useState } from "react";
import { Beside } from "$/public/external/saas/ui/library/beside.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { Mail } from "$/public/external/saas/ui/library/cells.jsx";
import { decimals, parseMoney, parseNumber, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Link } from "$/public/external/saas/ui/library/link.jsx";
import { Icon, Pie } from "$/public/external/saas/ui/library/icon.jsx";
import { about, newOp } from "$/public/external/saas/ui/library/live.jsx";
import { Avatar, Button } from "$/public/external/saas/ui/library/parts.jsx";
import { Picker } from "$/public/external/saas/ui/library/picker.jsx";
import { RecordPage, StagePath } from "$/public/external/saas/ui/library/record.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { may, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { LOGS } from "./logging.jsx";
import { Tasks } from "./tasks.jsx";

const ROUTE = "/crm/deals";
const TABS = [
  { kind: "note", label: "crm.kind.note", icon: "note", keys: "KeyN", placeholder: "crm.activities.note_hint" },
  ...LOGS,
];
const nameIn = (lang, one) => (lang === "ar" && one?.name_ar) || one?.name || "";

export function DealPage({ columns, record, found, timeline, files, options, reasons, products, related, onEdit, onLookup, onRefresh, onEarlier, onComment, onRemoveComment, onRemoveFile, onArchive, onMove, onWin, onLose, onReopen, onLog, onComplete, onSetLines, onFindProducts, onRelated }) {
  const t = useText(), f = useFormat(), viewer = useViewer();
  const canMove = may(viewer, "crm.move_deals"), canEdit = may(viewer, "crm.edit_deals");
  const [of, setLosing] = useState(null), losing = of && of === record?.id;   // the deal that is asked about
  const open = record?.outcome === "open";
  const now = record?.path?.find((s) => s.now);
  const badge = record?.place && now ? t("crm.deals.place", { n: record.place.n, total: record.place.total, stage: nameIn(t.lang, now) }) : open || !record?.outcome ? null : t(`crm.outcome.${record.outcome}`);
  const actions = canMove && record?.id ? (
    open
      ? <><Button label={t("crm.deals.lose")} onClick={() => setLosing(record.id)} /><Button kind="pri" icon="check" label={t("crm.deals.win")} onClick={() => onWin(newOp(), record.id)} /></>
      : <Button icon="restore" label={t("crm.deals.reopen")} onClick={() => onReopen(newOp(), record.id)} />
  ) : null;
  const move = (op, stage) => (record.path.find((s) => s.id === stage)?.kind === "lost" ? setLosing(record.id) : onMove(op, stage, "", "", record.id));
  return (
    <>
      <RecordPage {...{ columns, record, found, timeline, files, options, actions, badge, onEdit, onLookup, onRefresh, onEarlier, onComment, onRemoveComment, onRemoveFile, onArchive, onLog }}
        topic="crm.deal" titleField="title" crumb={t("crm.deals.title")} route={ROUTE} editPermission="crm.edit_deals" tabs={TABS}
        note={record?.amount_minor === null || record?.amount_minor === undefined ? null : <bdi className="num">{f.money(record.amount_minor, record.currency)}</bdi>}
        side={record?.id ? <><Worth record={record} /><Products key={record.id} {...{ record, products, canEdit, onSetLines, onFindProducts }} /><People people={record.people} /></> : null}
        rail={record?.id ? <><Tasks title={t("crm.deals.next_activities")} tasks={record.tasks} canAdd={canEdit} onComplete={may(viewer, "crm.edit_activities") ? about(record, onComplete) : null} /><Beside record={record} related={related} onRelated={onRelated} /></> : null}>
        {record?.path ? <StagePath path={record.path} canEdit={canMove} onMove={move} /> : null}
        {record?.outcome === "lost" ? <p className="muted sm" style={{ marginBlockStart: 8 }}>{t(`crm.lost_reason.${record.lost_reason}`)}{record.lost_note ? <> · <bdi>{record.lost_note}</bdi></> : null}</p> : null}
      </RecordPage>
      {losing ? <LoseDialog title={record.title} reasons={reasons} onClose={() => setLosing(null)} onPick={(reason, note) => { setLosing(null); onLose(newOp(), reason, note, record.id); }} /> : null}
    </>
  );
}

/** What follows from the stage: probability and the weighted amount, and where to reach them. */
function Worth({ record }) {
  const t = useText(), f = useFormat();
  return (
    <section className="sec">
      <dl className="kv">
        <dt>{t("crm.deals.probability")}</dt><dd><Pie value={record.probability} kind={record.outcome === "open" ? undefined : record.outcome} /><span className="num">{f.percent(record.probability / 100)}</span></dd>
        <dt>{t("crm.deals.weighted")}</dt><dd>{record.weighted_minor === null ? <span className="muted">–</span> : <bdi className="num">{f.money(record.weighted_minor, record.currency)}</bdi>}</dd>
        {record.contact?.phone ? <><dt>{t("crm.deals.phone")}</dt><dd><a className="ltr" dir="ltr" href={`tel:${record.contact.phone.replace(/[^\d+]/g, "")}`}>{record.contact.phone}</a></dd></> : null}
        {record.contact?.email ? <><dt>{t("crm.deals.email")}</dt><dd><a className="ltr trunc" dir="ltr" href={`mailto:${record.contact.email}`}><Mail address={record.contact.email} /></a></dd></> : null}
      </dl>
    </section>
  );
}

function People({ people }) {
  const t = useText();
  return (
    <section className="sec">
      <h3>{t("crm.deals.people")}<span className="c num">{people?.length || ""}</span></h3>
      {(people ?? []).map((p) => (
        <div className="mini" key={p.id}><Avatar name={nameIn(t.lang, p)} size="m" /><span className="grow trunc" dir="auto"><Link className="b5" to={`/crm/people/${p.id}`}>{nameIn(t.lang, p)}</Link> <span className="muted sm"><bdi>{p.title}</bdi></span></span></div>
      ))}
      {people?.length ? null : <p className="muted sm">{t("crm.deals.none")}</p>}
    </section>
  );
}

/** Lines with quantity and price, edited in place and sent as a whole. */
function Products({ record, products, canEdit, onSetLines, onFindProducts }) {
  const t = useText(), f = useFormat();
  const [draft, setDraft] = useState(null);                // null: shown; a list: being edited
  const places = decimals(record.currency);
  const begin = (extra) => setDraft([...(record.lines ?? []).map((l) => ({ product: l.product, quantity: l.quantity, price: (l.unit_price_minor / 10 ** places).toFixed(places) })), ...(extra ?? [])]);
  const change = (i, part) => setDraft((old) => old.map((l, j) => (j === i ? { ...l, ...part } : l)));
  const bad = (l) => !l.product?.id || !(parseNumber(l.quantity) > 0) || (l.price !== "" && !Number.isFinite(parseMoney(l.price, record.currency)));
  const save = () => {
    const kept = draft.filter((l) => l.product?.id);
    onSetLines(newOp(), kept.map((l) => ({ product: l.product.id, quantity: String(parseNumber(l.quantity)), price: l.price === "" ? "" : (parseMoney(l.price, record.currency) / 10 ** places).toFixed(places) })), record.id);
    setDraft(null);
  };
  const options = useMemo(() => ({ field: "product", text: products?.text, items: products?.items ?? [] }), [products]);
  return (
    <section className="sec">
      <h3>{t("crm.deals.products")}<span className="c num">{record.lines?.length || ""}</span>
        {canEdit && !draft ? <button type="button" className="btn ghost ic sm end" aria-label={t("crm.deals.add_product")} onClick={() => begin([{ product: null, quantity: "1", price: "" }])}><Icon name="plus" /></button> : null}
      </h3>
      {draft ? (
        <div className="col g3">
          {draft.map((l, i) => (
            <div className="col g2" key={i}>
              <Picker name={t("crm.deals.products")} field="product" value={l.product ? { id: l.product.id, label: nameIn(t.lang, l.product) || l.product.label } : null} options={options} clearable={false} autoFocus={!l.product}
                onLookup={(_, text) => onFindProducts(text)} onPick={(p) => change(i, { product: p && { id: p.id, name: p.label, name_ar: p.label_ar }, price: p?.price_minor === null || p?.price_minor === undefined ? l.price : (p.price_minor / 10 ** places).toFixed(places) })} />
              <span className="row g2">
                <input className="inp field" style={{ inlineSize: 56 }} inputMode="decimal" aria-label={t("crm.deals.quantity")} aria-invalid={!(parseNumber(l.quantity) > 0) || undefined} value={l.quantity} onChange={(e) => change(i, { quantity: e.target.value })} />
                <span className="muted" aria-hidden="true">×</span>
                <input className="inp field grow" inputMode="decimal" dir="ltr" aria-label={t("crm.deals.price")} value={l.price} onChange={(e) => change(i, { price: e.target.value })} />
                <button type="button" className="btn ghost ic sm" aria-label={t("ui.remove")} onClick={() => setDraft((old) => old.filter((_, j) => j !== i))}><Icon name="x" size="s" /></button>
              </span>
            </div>
          ))}
          <div className="row g3"><Button size="sm" icon="plus" label={t("crm.deals.add_product")} onClick={() => setDraft((old) => [...old, { product: null, quantity: "1", price: "" }])} /><span className="end row g2"><Button size="sm" label={t("ui.cancel")} onClick={() => setDraft(null)} /><Button size="sm" kind="pri" label={t("ui.save")} disabled={draft.some((l) => l.product && bad(l))} onClick={save} /></span></div>
        </div>
      ) : (
        <>
          {(record.lines ?? []).map((l) => (
            <div className="mini" key={l.id}><span className="grow trunc" dir="auto">{nameIn(t.lang, l.product)}</span><span className="muted num sm">× {f.number(Number(l.quantity))}</span><bdi className="num" dir="ltr" style={{ minInlineSize: 76, textAlign: "end" }}>{f.amount(l.total_minor, record.currency)}</bdi></div>
          ))}
          {record.lines?.length ? <div className="mini b6" style={{ borderBlockStart: "1px solid var(--line-1)", marginBlockStart: 4, paddingBlockStart: 8 }}><span className="grow">{t("crm.deals.total")}</span><bdi className="num">{f.money(record.lines_total_minor, record.currency)}</bdi></div> : <p className="muted sm">{t("crm.deals.none")}</p>}
          {record.lines?.length && canEdit ? <button type="button" className="btn ghost sm" onClick={() => begin()}><Icon name="pencil" size="s" />{t("ui.edit")}</button> : null}
        </>
      )}
    </section>
  );
}

function LoseDialog({ title, reasons, onPick, onClose }) {
  const t = useText();
  const [reason, setReason] = useState(""), [note, setNote] = useState("");
  const heading = t("crm.deals.lose_title", { deal: title });
  return (
    <Dialog title={heading} onClose={onClose}>
      <form className="in" id="lose" onSubmit={(e) => { e.preventDefault(); if (reason) onPick(reason, note); }}>
        <h2>{heading}</h2>
        <div className="col" role="radiogroup" aria-label={t("crm.deals.reason")} style={{ marginBlockStart: 12 }}>
          {reasons.map((r) => <label key={r.value} className="mchoice"><input type="radio" name="reason" value={r.value} checked={reason === r.value} onChange={() => setReason(r.value)} />{t(r.label)}</label>)}
        </div>
        <label className="fld" style={{ marginBlockStart: 12 }}><span className="lab">{t("crm.deals.reason_note")}</span><textarea className="inp form" dir="auto" maxLength={2000} value={note} onChange={(e) => setNote(e.target.value)} /></label>
      </form>
      <div className="acts"><Button label={t("crm.deals.keep")} onClick={onClose} /><Button kind="pri" type="submit" form="lose" label={t("crm.deals.lose_do")} disabled={!reason} /></div>
    </Dialog>
  );
}
