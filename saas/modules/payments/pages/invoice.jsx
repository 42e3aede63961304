// One invoice: as a draft it is written here, once issued it is shown as the customer has it.
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useBegun } from "$/public/external/saas/ui/library/begun.jsx";
import { Composer } from "$/public/external/saas/ui/library/composer.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { parseDate, parseMoney, parseNumber, typedDate, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { useHeld, useOutdated } from "$/public/external/saas/ui/library/held.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { about, claim, newOp, useAck, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { Badge, Button, Tile } from "$/public/external/saas/ui/library/parts.jsx";
import { Picker } from "$/public/external/saas/ui/library/picker.jsx";
import { CopyLink, StarButton } from "$/public/external/saas/ui/library/star.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { Timeline } from "$/public/external/saas/ui/library/timeline.jsx";
import { Walking, useTrail } from "$/public/external/saas/ui/library/trail.jsx";
import { may, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";

const TONES = { issued: "acc", overdue: "bad", draft: "", void: "" };
const DAY_MS = 86400000;
const blankLine = () => ({ key: newOp(), id: null, product: null, description: "", quantity: "1", price: "", tax: "" });
const named = (party, lang) => party && { ...party, label: (lang === "ar" && party.name_ar) || party.label };

/** The sums of typed lines, exact, by the rule of the server: each line rounded half up, tax line by line. */
export function sums(lines, currency) {
  let net = 0n, tax = 0n;
  const each = lines.map((line) => {
    const quantity = line.quantity.trim() === "" ? 1 : parseNumber(line.quantity);
    const price = line.price.trim() === "" ? 0 : parseMoney(line.price, currency);
    const rate = line.tax.trim() === "" ? 0 : parseNumber(line.tax.replace(/[%٪]/g, ""));
    if (![quantity, price, rate].every(Number.isFinite)) return null;
    const lineNet = (BigInt(Math.round(quantity * 1000)) * BigInt(Math.round(price)) + 500n) / 1000n;
    const lineTax = (lineNet * BigInt(Math.round(rate * 1000)) + 50000n) / 100000n;
    net += lineNet;
    tax += lineTax;
    return Number(lineNet);
  });
  return { each, net: Number(net), tax: Number(tax), total: Number(net + tax) };
}

const TOPIC = "payments.invoice", ROUTE = "/payments/invoices";

export function InvoicePage({ found: now, record: newest, ...rest }) {
  const t = useText();
  const { found, record } = useHeld({ found: now, record: newest }, now !== "loading", useLocation().pathname), outdated = useOutdated(record?.id);
  if (found === "loading" || outdated) return <><Top title="" crumbs={[{ label: t("payments.invoices.title"), href: ROUTE }]} /><Skeleton rows={8} /></>;
  if (found === "missing") {
    return <><Top title={t("payments.invoices.one")} crumbs={[{ label: t("payments.invoices.title"), href: ROUTE }]} /><Empty icon="receipt" title={t("payments.invoice.missing")} text={t("errors.not_found")}><Button href={ROUTE} label={t("ui.record.back", { list: t("payments.invoices.title") })} /></Empty></>;
  }
  return <Invoice key={record.id} record={record} {...rest} />;
}

function Invoice({ record, options, timeline, columns, onComment, onRemoveComment, onEarlier, onSave, onIssue, onVoid, onArchive, onRefresh, onLookup, onProducts }) {
  const t = useText(), f = useFormat(), viewer = useViewer(), go = useNavigate(), trail = useTrail(ROUTE, record.id);
  const draft = record.state === "draft" && may(viewer, "payments.edit_invoices");
  const saved = useMemo(() => opened(record, t.lang), [record, t.lang]);
  const [kept, keep] = useBegun(`${TOPIC}/${record.id}/form`);
  const written = draft ? kept : null;
  const [form, setForm] = useState(written?.form ?? saved);
  const [dirty, setDirty] = useState(!!written);
  const [waiting, setWaiting] = useState(null);
  const [problem, setProblem] = useState(null);
  const [voiding, setVoiding] = useState(false);
  const begun = useRef(written?.version ?? record.version), own = useRef(false);
  useEffect(() => keep(draft && dirty ? { form, version: begun.current } : null), [keep, draft, dirty, form]);
  useEffect(() => {
    // What is being written stays when the page is read anew; saving says whether a colleague came first.
    if (dirty && !own.current) return;
    own.current = false; begun.current = record.version;
    setForm(saved); setDirty(false);
  }, [saved]); // eslint-disable-line react-hooks/exhaustive-deps -- each reading once
  useLive(TOPIC, (message) => {
    if (!dirty && message.rows?.some((row) => row.id === record.id && row.version > record.version)) onRefresh?.();
  }, onRefresh);
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    setProblem(ack.ok ? null : ack);
    if (ack.ok) { setVoiding(false); own.current = true; keep(null); }
  });
  // The focus goes to what was refused.
  const sheet = useRef(null);
  useEffect(() => { if (problem) sheet.current.querySelector("[aria-invalid=true]")?.focus(); }, [problem]);
  const change = (part) => { setForm((old) => ({ ...old, ...part })); setDirty(true); setProblem(null); };
  const send = (how) => {
    if (waiting) return;
    const due = form.due.trim() ? parseDate(form.due) : "";
    if (due === undefined) return setProblem({ key: "payments.errors.not_date", params: { text: form.due }, field: "due_on" });
    const op = claim(newOp());
    setWaiting(op);
    how(op, begun.current, {
      party: form.party?.id ?? null, due_on: due ?? "", note: form.note,
      lines: form.lines.map(({ id, product, description, quantity, price, tax }) => ({ id, product, description, quantity, price, tax })),
    }, record.id);
  };
  const label = record.number || t("payments.invoices.draft");
  return (
    <>
      <Top title={label} crumbs={[{ label: t("payments.invoices.title"), href: ROUTE }]} badge={<Badge tone={TONES[record.standing]}>{t(`payments.standing.${record.standing}`)}</Badge>} note={dueWords(t, record)}>
        <StarButton topic={TOPIC} id={record.id} starred={record.starred} />
        <CopyLink href={`${ROUTE}/${record.id}`} />
        {draft ? null : <Button kind="ghost" size="sm" icon="printer" className="only-wide" name={t("payments.invoice.print")} onClick={() => print()} />}
        {draft && !dirty ? <Button kind="ghost" icon="archive" className="only-wide" name={t("payments.invoice.archive")} onClick={() => onArchive?.(newOp(), record.id)} /> : null}
        {draft && dirty ? <Button kind="ghost" icon="undo" label={t("payments.invoice.discard")} onClick={() => { setForm(saved); setDirty(false); setProblem(null); }} /> : null}
        {draft ? <Button label={t("payments.invoice.save")} keys="ctrl+Enter" disabled={!dirty} reason={t("payments.invoice.saved")} busy={!!waiting} onClick={() => send(onSave)} /> : null}
        {draft && may(viewer, "payments.issue_invoices") ? <Button kind="pri" icon="check" className="only-wide" label={t("payments.invoice.issue")} busy={!!waiting} onClick={() => send(onIssue)} /> : null}
        {record.state === "issued" && may(viewer, "payments.void_invoices") ? <Button kind="danger" label={t("payments.invoice.void")} onClick={() => setVoiding(true)} /> : null}
        <Walking neighbour={trail} walk={(id) => { if (!id) return false; go(`${ROUTE}/${id}`); }} />
      </Top>
      <div className="body inv">
        <div className="sheet" ref={sheet}>
          {problem ? <div className="help err inv-refused" role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
          <section className="panel">
            <Letterhead record={record} label={label} />
            <Head {...{ record, draft, form, change, problem, options, onLookup }} />
            <Lines {...{ record, draft, form, change, problem, options, onProducts }} />
            <Foot {...{ record, draft, form, change }} />
            {draft ? (
              <div className="only-phone inv-issue">
                {may(viewer, "payments.issue_invoices") ? <><p className="help">{t("payments.invoice.issue_hint")}</p><Button kind="pri" icon="check" label={t("payments.invoice.issue")} busy={!!waiting} onClick={() => send(onIssue)} /></> : null}
                {dirty ? null : <Button icon="archive" label={t("payments.invoice.archive")} onClick={() => onArchive?.(newOp(), record.id)} />}
              </div>
            ) : null}
          </section>
          <section className="inv-story" aria-label={t("ui.timeline.title")}>
            {may(viewer, "payments.edit_invoices") ? <Composer about={`${TOPIC}/${record.id}`} options={options} onLookup={onLookup} onComment={about(record, onComment)} /> : null}
            <Timeline entries={timeline} {...{ columns, onEarlier }} onRemoveComment={about(record, onRemoveComment)} />
          </section>
        </div>
        <aside className="rail">
          <section className="sec">
            <div className="muted sm">{t(record.state === "issued" ? "payments.invoice.amount_due" : "payments.invoice.total")}</div>
            <div className="kpi"><bdi className="num">{f.money(draft ? sums(form.lines, record.currency).total : record.total, record.currency)}</bdi></div>
          </section>
          <section className="sec">
            <dl className="kv">
              <dt>{t("payments.invoice.status")}</dt><dd><Badge tone={TONES[record.standing]}>{t(`payments.standing.${record.standing}`)}</Badge></dd>
              {record.owner ? <><dt>{t("payments.invoices.owner")}</dt><dd><bdi className="trunc">{record.owner.label}</bdi></dd></> : null}
              {record.source_title ? <><dt>{t("payments.invoice.from_deal")}</dt><dd><DealLink record={record} /></dd></> : null}
              {record.voided_on ? <><dt>{t("payments.invoice.voided")}</dt><dd className="num">{f.fullDate(record.voided_on)}</dd><dt>{t("payments.invoice.void_reason")}</dt><dd><bdi className="wrap">{record.void_reason}</bdi></dd></> : null}
            </dl>
            {draft ? <p className="help only-wide">{t("payments.invoice.issue_hint")}</p> : null}
          </section>
        </aside>
      </div>
      {voiding ? <Voiding label={record.number} busy={!!waiting} problem={problem} onClose={() => setVoiding(false)} onVoid={(reason) => { const op = claim(newOp()); setWaiting(op); onVoid?.(op, reason, record.id); }} /> : null}
    </>
  );
}

const opened = (record, lang) => ({
  party: named(record.party, lang), due: typedDate(record.due_on), note: record.note ?? "",
  lines: (record.lines ?? []).map((line) => ({ ...line, key: line.id, product: line.product || null })),
});
function dueWords(t, record) {
  if (record.state !== "issued" || !record.due_on) return null;
  const days = Math.round((Date.parse(record.due_on) - Date.parse(record.today)) / DAY_MS);
  if (days === 0) return t("payments.invoice.due_today");
  return days > 0 ? t("payments.invoice.due_in", { n: days }) : t("payments.invoice.late_by", { n: -days });
}
function DealLink({ record }) {
  const viewer = useViewer();
  return record.source_deal && may(viewer, "crm.see_deals") && viewer?.modules?.includes("crm") ? <a className="link trunc" dir="auto" href={`/crm/deals/${record.source_deal}`}>{record.source_title}</a> : <bdi className="trunc">{record.source_title}</bdi>;
}

/** On paper: whose invoice it is, what it is called in both languages, its number. */
function Letterhead({ record, label }) {
  const t = useText(), viewer = useViewer();
  return (
    <header className="only-print inv-paper">
      <div><bdi className="b6 fs16">{viewer?.company}</bdi></div>
      <div className="ta-e"><h1 className="kpi">{t("payments.invoices.one")}</h1><div className="muted" lang={t.lang === "ar" ? "en" : "ar"}>{t("payments.invoices.one_other")}</div><bdi className="num">{record.number ? label : t(`payments.standing.${record.standing}`)}</bdi></div>
    </header>
  );
}

function Head({ record, draft, form, change, problem, options, onLookup }) {
  const t = useText(), f = useFormat();
  const party = named(record.party, t.lang);
  return (
    <div className="inv-head">
      <div>
        <div className="lab" id="bill-to">{t("payments.invoice.bill_to")}</div>
        {draft ? (
          <Picker name={t("payments.invoice.bill_to")} field="party" value={form.party} options={options} onLookup={onLookup} placeholder={t("payments.invoice.find_customer")} invalid={problem?.field === "party"} onPick={(item) => change({ party: item && named(item, t.lang) })} />
        ) : party ? <div className="row top-aligned g5"><Tile name={party.label} size="m" /><div><div className="b6"><bdi>{party.label}</bdi></div>{record.party.city ? <div className="muted sm"><bdi>{record.party.city}</bdi></div> : null}</div></div> : <span className="muted">{t("payments.invoice.no_customer")}</span>}
      </div>
      <div>
        <div className="lab">{t("payments.invoice.issued")}</div>
        <div className="num">{record.issued_on ? f.fullDate(record.issued_on) : <span className="muted">{t("payments.invoice.not_issued")}</span>}</div>
      </div>
      <div>
        <label className="lab" htmlFor="due">{t("payments.invoice.due")}</label>
        {draft ? <input id="due" className="inp field" dir="auto" value={form.due} placeholder={t("payments.invoice.due_on_issue")} aria-invalid={problem?.field === "due_on" || undefined} onChange={(e) => change({ due: e.target.value })} /> : <div className="num">{record.due_on ? f.fullDate(record.due_on) : "–"}</div>}
      </div>
    </div>
  );
}

function Lines({ record, draft, form, change, problem, options, onProducts }) {
  const t = useText(), f = useFormat();
  const shown = draft ? form.lines : record.lines ?? [];
  const typed = sums(form.lines, record.currency);
  const edit = (key, part) => change({ lines: form.lines.map((line) => (line.key === key ? { ...line, ...part } : line)) });
  const wrong = (place, field) => problem?.field === `lines.${place}.${field}` || undefined;
  return (
    <>
      <table className="lined inv-lines">
        <thead>
          <tr>
            <th scope="col" className="no">#</th><th scope="col">{t("payments.invoice.item")}</th><th scope="col" className="e qty">{t("payments.invoice.quantity")}</th>
            <th scope="col" className="e price">{t("payments.invoice.price")}</th><th scope="col" className="e tax">{t("payments.invoice.tax")}</th><th scope="col" className="e amount">{t("payments.invoice.amount")}</th>{draft ? <th scope="col" className="rm"><span className="vh">{t("ui.remove")}</span></th> : null}
          </tr>
        </thead>
        <tbody>
          {shown.map((line, place) => (
            <tr key={line.key ?? line.id}>
              <td className="muted num no">{f.number(place + 1)}</td>
              {draft ? (
                <>
                  <td className="item"><LineItem {...{ line, place, options, onProducts, wrong: wrong(place, "description") }} onChange={(part) => edit(line.key, part)} /></td>
                  {[["quantity", "qty"], ["price", "price"], ["tax", "tax"]].map(([field, cls]) => (
                    <td key={field} className={`e ${cls}`} data-label={t(`payments.invoice.${field}`)}><input className="inp cell" inputMode="decimal" dir="ltr" aria-label={`${t(`payments.invoice.${field}`)}, ${t("payments.invoice.line", { n: place + 1 })}`} aria-invalid={wrong(place, field)} value={line[field]} onChange={(e) => edit(line.key, { [field]: e.target.value })} /></td>
                  ))}
                  <td className="e b5 amount"><bdi className="num">{typed.each[place] === null ? "–" : f.amount(typed.each[place], record.currency)}</bdi></td>
                  <td className="rm"><Button kind="ghost" size="sm" icon="x" name={t("payments.invoice.remove_line", { n: place + 1 })} onClick={() => change({ lines: form.lines.filter((other) => other.key !== line.key) })} /></td>
                </>
              ) : (
                <>
                  <td className="item"><bdi className="b5">{line.description}</bdi>{line.sku ? <span className="muted sm"> <bdi className="ltr">{line.sku}</bdi></span> : null}</td>
                  <td className="e qty" data-label={t("payments.invoice.quantity")}><bdi className="num">{f.number(Number(line.quantity), { maximumFractionDigits: 3 })}</bdi></td>
                  <td className="e price" data-label={t("payments.invoice.price")}><bdi className="num">{f.amount(line.price_minor, record.currency)}</bdi></td>
                  <td className="e muted tax" data-label={t("payments.invoice.tax")}><bdi className="num">{f.percent(Number(line.tax) / 100, 3)}</bdi></td>
                  <td className="e b5 amount" data-label={t("payments.invoice.amount")}><bdi className="num">{f.amount(line.net_minor, record.currency)}</bdi></td>
                </>
              )}
            </tr>
          ))}
          {shown.length ? null : <tr><td colSpan={7} className="muted">{t("payments.invoice.no_lines")}</td></tr>}
        </tbody>
      </table>
      {draft ? <div className="inv-add"><Button kind="ghost" size="sm" icon="plus" label={t("payments.invoice.add_line")} onClick={() => change({ lines: [...form.lines, blankLine()] })} /></div> : null}
    </>
  );
}

/** What a line is for: free words, or a product picked while they are typed. */
function LineItem({ line, place, options, onProducts, wrong, onChange }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const items = options?.field === "product" ? options.items ?? [] : [];
  useEffect(() => {
    if (!open) return;
    const timer = setTimeout(() => onProducts?.(line.description), 100);
    return () => clearTimeout(timer);
  }, [open, line.description, onProducts]);
  const pick = (item) => {
    setOpen(false);
    onChange({ product: item.id, description: (t.lang === "ar" && item.name_ar) || item.label, ...(item.price ? { price: item.price } : {}), ...(item.tax ? { tax: item.tax } : {}) });
  };
  const listed = open && line.description && items.length > 0;
  return (
    <span className="inv-item" onBlur={() => setTimeout(() => setOpen(false), 120)}>
      <input className="inp cell" dir="auto" role="combobox" aria-expanded={listed} aria-controls={`goods-${line.key}`} aria-label={`${t("payments.invoice.item")}, ${t("payments.invoice.line", { n: place + 1 })}`} aria-invalid={wrong} value={line.description} maxLength={300} autoComplete="off"
        onChange={(e) => { setOpen(true); onChange({ description: e.target.value, product: null }); }} onKeyDown={(e) => { if (e.key === "Escape" && open) { e.stopPropagation(); setOpen(false); } else if (e.key === "ArrowDown" && listed) { e.preventDefault(); e.currentTarget.parentNode.querySelector("[role=option]")?.focus(); } }} />
      <span className="goods menu" role="listbox" id={`goods-${line.key}`} aria-label={t("payments.invoice.item")} hidden={!listed}>
        {listed ? items.map((item) => (
          <button key={item.id} type="button" role="option" aria-selected={item.id === line.product} className="it" onMouseDown={(e) => { e.preventDefault(); pick(item); }} onClick={() => pick(item)}>
            <bdi className="trunc grow">{(t.lang === "ar" && item.name_ar) || item.label}</bdi>{item.note ? <bdi className="muted sm ltr">{item.note}</bdi> : null}
          </button>
        )) : null}
      </span>
    </span>
  );
}

function Foot({ record, draft, form, change }) {
  const t = useText(), f = useFormat();
  const sum = draft ? sums(form.lines, record.currency) : { net: record.net_minor, tax: record.tax_minor, total: record.total };
  const line = (label, minor, cls = "") => <div className={`row between ${cls}`}><span className={cls ? "" : "muted"}>{t(label)}</span><bdi className="num">{f.money(minor, record.currency)}</bdi></div>;
  return (
    <div className="inv-foot">
      <div>
        <label className="lab" htmlFor="note">{t("payments.invoice.note")}</label>
        {draft ? <textarea id="note" className="inp field" dir="auto" maxLength={2000} value={form.note} onChange={(e) => change({ note: e.target.value })} /> : <p className="muted sm wrap"><bdi>{record.note || "–"}</bdi></p>}
      </div>
      <div className="inv-sums">
        {line("payments.invoice.subtotal", sum.net)}
        {line("payments.invoice.vat", sum.tax)}
        <hr className="hr" />
        {line("payments.invoice.total", sum.total, "b6 fs16")}
      </div>
    </div>
  );
}

function Voiding({ label, busy, problem, onClose, onVoid }) {
  const t = useText();
  const [reason, setReason] = useState("");
  return (
    <Dialog title={t("payments.invoice.void_title", { label })} role="alertdialog" onClose={onClose}>
      <form className="in" id="voiding" onSubmit={(e) => { e.preventDefault(); onVoid(reason); }}>
        <h2>{t("payments.invoice.void_title", { label })}</h2>
        <p>{t("payments.invoice.void_text")}</p>
        <label className="fld"><span className="lab">{t("payments.invoice.void_reason")}</span><input className="inp field" dir="auto" maxLength={200} required value={reason} onChange={(e) => setReason(e.target.value)} /></label>
        {problem ? <div className="help err" role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
      </form>
      <div className="acts"><Button label={t("payments.invoice.void_keep")} onClick={onClose} /><Button kind="destroy" type="submit" form="voiding" label={t("payments.invoice.void")} busy={busy} /></div>
    </Dialog>
  );
}
