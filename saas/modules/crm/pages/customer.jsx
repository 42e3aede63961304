// One customer, in the drawer beside the list or on a page: deals, people, legal entities, what is next.
import { useContext, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "react-router";
import { inAddress, setInAddress } from "$/public/external/saas/ui/library/address.jsx";
import { useBegin } from "$/public/external/saas/ui/library/beginning.jsx";
import { Beside } from "$/public/external/saas/ui/library/beside.jsx";
import { compose } from "$/public/external/saas/ui/library/composer.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { FormDialog } from "$/public/external/saas/ui/library/formdialog.jsx";
import { Link } from "$/public/external/saas/ui/library/link.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { newOp, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { Avatar, Button } from "$/public/external/saas/ui/library/parts.jsx";
import { Picker } from "$/public/external/saas/ui/library/picker.jsx";
import { RecordDrawer, RecordPage } from "$/public/external/saas/ui/library/record.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { BeginsContext, may, ownedBy, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { LOGS } from "./logging.jsx";
import { Tasks } from "./tasks.jsx";

const TOPIC = "crm.customer", ROUTE = "/crm/customers";
const nameIn = (lang, one) => (lang === "ar" && one?.name_ar) || one?.name || one?.label || "";
const ENTITY = [
  { key: "legal_name", label: "crm.customers.entity_name", kind: "text", required: true, longest: 200, full: true },
  { key: "registration", label: "crm.customers.registration", kind: "text", longest: 60 },
  { key: "tax", label: "crm.customers.tax", kind: "text", longest: 60 },
  { key: "since", label: "crm.customers.valid_from", kind: "date" },
];

const REFRESH_MS = 300;
const TABS = [{ kind: "comment", label: "ui.composer.comment", icon: "note", keys: "KeyN" }, ...LOGS];

/** Reads the customer again when a deal or a task of theirs has changed, or one that was theirs. */
function useDealings(record, onRefresh) {
  const timer = useRef(0);
  const shown = useMemo(() => new Set([...(record?.deals ?? []), ...(record?.tasks ?? [])].map((one) => one.id)), [record]);
  useLive(["crm.deal", "crm.activity"], (message) => {
    if (!(message.rows ?? []).some((r) => shown.has(r.id) || r.party?.id === record?.id) && !(message.gone ?? []).some((g) => shown.has(g.id))) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onRefresh?.(), REFRESH_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}
/** The form of a deal with this customer: `[open it, the form]`; null for whoever may not. */
function useNewDeal({ record, dealColumns, dealOptions, onCreateDeal, onFindForDeal }) {
  const t = useText(), viewer = useViewer();
  const [open, setOpen] = useState(false);
  const initial = useMemo(() => ({ party: { id: record?.id, label: nameIn(t.lang, record) } }), [record, t.lang]);
  if (!record?.id || !may(viewer, "crm.edit_deals")) return [null, null];
  return [() => setOpen(true), <FormDialog key={record.id} open={open} title={t("crm.deals.new")} submitLabel={t("crm.deals.create")} columns={ownedBy(viewer, dealColumns)} initial={initial} options={dealOptions} onLookup={onFindForDeal} onSubmit={onCreateDeal} onClose={() => setOpen(false)} />];
}
/** `?write=call` in the address opens that tab of the composer, once. */
function useAskedToWrite(record, tabs) {
  const { key, pathname } = useLocation();
  useEffect(() => {
    const kind = inAddress("write");
    if (!kind || !record?.id || !pathname.endsWith(record.id)) return;
    setInAddress({ write: "" });
    if (tabs.some((tab) => tab.kind === kind)) compose(kind);
  }, [key, pathname, record?.id, tabs]);
}
function Reach({ record, onDeal }) {
  const t = useText(), begin = useBegin(), begins = useContext(BeginsContext);
  return (
    <>
      {record.phone ? <Button size="sm" icon="phone" label={t("crm.customers.call")} href={`tel:${record.phone.replace(/[^\d+]/g, "")}`} /> : null}
      {record.email ? <Button size="sm" icon="mail" label={t("crm.customers.write")} href={`mailto:${record.email}`} /> : null}
      {onDeal ? <Button size="sm" icon="plus" label={t("crm.customers.deal")} name={t("crm.deals.new")} onClick={onDeal} /> : null}
      {begins.filter((b) => b.short).map((b) => <Button key={b.href} size="sm" icon="plus" label={t(b.short)} name={t(b.text, { name: nameIn(t.lang, record) })} onClick={() => begin(b.href, { id: record.id, label: record.name, name_ar: record.name_ar })} />)}
    </>
  );
}
function Deals({ record, onDeal }) {
  const t = useText(), f = useFormat();
  return (
    <section className="sec">
      <h3>{t("crm.customers.open_deals")}<span className="c num">{record.deals?.length || ""}</span>
        {onDeal ? <button type="button" className="btn ghost ic sm end" aria-label={t("crm.deals.new")} title={t("crm.deals.new")} onClick={onDeal}><Icon name="plus" /></button> : null}</h3>
      {(record.deals ?? []).map((d) => (
        <div className="mini two" key={d.id}>
          <span className="dot acc" />
          <span className="grow">
            <span className="row g3"><Link className="grow trunc" dir="auto" to={`/crm/deals/${d.id}`}>{d.title}</Link>{d.amount_minor === null ? null : <bdi className="num b5">{f.money(d.amount_minor, d.currency)}</bdi>}</span>
            <span className="row muted sm"><bdi className="trunc" title={nameIn(t.lang, d.in_stage)}>{nameIn(t.lang, d.in_stage)}</bdi></span>
          </span>
        </div>
      ))}
      {record.deals?.length ? null : <p className="muted sm">{t("crm.deals.none")}</p>}
    </section>
  );
}
function People({ record }) {
  const t = useText();
  return (
    <section className="sec">
      <h3>{t("crm.customers.people")}<span className="c num">{record.people?.length || ""}</span></h3>
      {(record.people ?? []).map((p) => <div className="mini" key={p.id}><Avatar name={nameIn(t.lang, p)} size="m" /><span className="grow trunc" dir="auto"><Link className="b5" to={`/crm/people/${p.id}`}>{nameIn(t.lang, p)}</Link> <span className="muted sm"><bdi>{p.title}</bdi></span></span></div>)}
      {record.people?.length ? null : <p className="muted sm">{t("crm.deals.none")}</p>}
    </section>
  );
}
function Entities({ record, canEdit, onAddEntity }) {
  const t = useText(), f = useFormat();
  const [adding, setAdding] = useState(false);
  const span = (e) => (e.valid_from || e.valid_to ? `${e.valid_from ? f.shortDate(e.valid_from) : "…"} – ${e.valid_to ? f.shortDate(e.valid_to) : t("crm.customers.now")}` : "");
  return (
    <section className="sec">
      <h3>{t("crm.customers.entities")}<span className="c num">{record.entities?.length || ""}</span>
        {canEdit ? <button type="button" className="btn ghost ic sm end" aria-label={t("crm.customers.add_entity")} onClick={() => setAdding(true)}><Icon name="plus" /></button> : null}</h3>
      {(record.entities ?? []).map((e) => <div className="mini" key={e.id}><span className="grow"><bdi className="trunc b5">{e.legal_name}</bdi>{e.tax_number || e.registration_number ? <span className="muted sm ltr" dir="ltr" style={{ display: "block" }}>{[e.registration_number, e.tax_number].filter(Boolean).join(" · ")}</span> : null}</span><span className="muted sm num">{span(e)}</span></div>)}
      {record.entities?.length ? null : <p className="muted sm">{t("crm.deals.none")}</p>}
      <FormDialog open={adding} title={t("crm.customers.add_entity")} columns={ENTITY} onSubmit={(op, v) => onAddEntity(op, v.legal_name ?? "", v.registration ?? "", v.tax ?? "", v.since ?? "", record.id)} onClose={() => setAdding(false)} />
    </section>
  );
}
function Merge({ record, options, onLookup, onMerge }) {
  const t = useText();
  const [open, setOpen] = useState(false), [into, setInto] = useState(null);
  const title = t("crm.customers.merge_title", { name: nameIn(t.lang, record) });
  return (
    <>
      <Button size="sm" label={t("crm.customers.merge")} onClick={() => setOpen(true)} />
      {open ? (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <form className="in" id="merge" onSubmit={(e) => { e.preventDefault(); if (into && into.id !== record.id) { onMerge(newOp(), into.id, record.id); setOpen(false); } }}>
            <h2>{title}</h2><p>{t("crm.customers.merge_text")}</p>
            <div className="fld" style={{ marginBlockStart: 12 }}><span className="lab">{t("crm.customers.title")}</span><Picker form autoFocus name={t("crm.customers.title")} field="parent" value={into} options={options} onLookup={onLookup} onPick={setInto} /></div>
          </form>
          <div className="acts"><Button label={t("ui.cancel")} onClick={() => setOpen(false)} /><Button kind="pri" type="submit" form="merge" label={t("crm.customers.merge_do")} disabled={!into || into.id === record.id} /></div>
        </Dialog>
      ) : null}
    </>
  );
}

export function CustomerDrawer({ columns, record, timeline, files, options, related, onRelated, onEdit, onLookup, onRefresh, onRemoveFile, onComplete, ...dealings }) {
  const t = useText(), viewer = useViewer();
  const [onDeal, form] = useNewDeal({ record, ...dealings });
  useDealings(record, onRefresh);
  return (
    <><RecordDrawer {...{ columns, record, timeline, files, options, onEdit, onLookup, onRefresh, onRemoveFile }} topic={TOPIC} route={ROUTE} titleField="name" editPermission="crm.edit_customers"
      subtitle={[record?.segment, record?.city].filter(Boolean).join(t("ui.list_sep"))} actions={record?.id ? <Reach {...{ record, onDeal }} /> : null}>
      {record?.id ? <><Deals {...{ record, onDeal }} /><People record={record} /><Tasks title={t("crm.deals.next_activities")} tasks={record.tasks} onComplete={may(viewer, "crm.edit_activities") ? onComplete : null} withDeal /><Beside {...{ record, related, onRelated }} /></> : null}
    </RecordDrawer>{form}</>
  );
}
export function CustomerPage({ columns, record, found, timeline, files, options, related, onRelated, onEdit, onLookup, onRefresh, onEarlier, onComment, onRemoveComment, onRemoveFile, onArchive, onLog, onAddEntity, onMerge, onComplete, ...dealings }) {
  const t = useText(), viewer = useViewer();
  const tabs = useMemo(() => (may(viewer, "crm.edit_activities") ? TABS : TABS.slice(0, 1)), [viewer]);
  useAskedToWrite(record, tabs);
  const [onDeal, form] = useNewDeal({ record, ...dealings });
  useDealings(record, onRefresh);
  return (
    <><RecordPage {...{ columns, record, found, timeline, files, options, onEdit, onLookup, onRefresh, onEarlier, onComment, onRemoveComment, onRemoveFile, onArchive, onLog, tabs }} topic={TOPIC} titleField="name" crumb={t("crm.customers.title")} route={ROUTE} editPermission="crm.edit_customers"
      actions={record?.id ? <><Reach {...{ record, onDeal }} />{may(viewer, "crm.delete_customers") ? <Merge key={record.id} {...{ record, options, onLookup, onMerge }} /> : null}</> : null}
      side={record?.id ? <Entities key={record.id} record={record} canEdit={may(viewer, "crm.edit_customers")} onAddEntity={onAddEntity} /> : null}
      rail={record?.id ? <><Deals {...{ record, onDeal }} /><Tasks title={t("crm.deals.next_activities")} tasks={record.tasks} onComplete={may(viewer, "crm.edit_activities") ? onComplete : null} withDeal /><People record={record} /><Beside {...{ record, related, onRelated }} /></> : null} />{form}</>
  );
}
