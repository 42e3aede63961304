// One product: its stock against the mark at which to buy, what was moved, and the four ways to move it.
import { useState } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { Facts } from "$/public/external/saas/ui/library/facts.jsx";
import { useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { about, claim, newOp, useAck, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { Item, Popover } from "$/public/external/saas/ui/library/menu.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { Badge, Button } from "$/public/external/saas/ui/library/parts.jsx";
import { CopyLink, StarButton } from "$/public/external/saas/ui/library/star.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { Walking, useTrail } from "$/public/external/saas/ui/library/trail.jsx";
import { may, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { useOutdated } from "$/public/external/saas/ui/library/held.jsx";
import { Level } from "$/public/external/saas/ui/library/level.jsx";

const TONES = { fine: "ok", low: "warn", out: "bad", none: "" };
const REASON_ICONS = { receive: "download", ship: "truck", adjust: "sliders", count: "tasks" };

const TOPIC = "warehouse.product", ROUTE = "/warehouse/products";

export function ProductPage({ found, record, columns, options, onEdit, onLookup, onArchive, onReceive, onShip, onAdjust, onCount, onOlder, onRefresh }) {
  const t = useText(), viewer = useViewer();
  const [moving, setMoving] = useState(null);
  const go = useNavigate(), trail = useTrail(ROUTE, record.id), outdated = useOutdated(record.id);
  const crumbs = [{ label: t("warehouse.products.title"), href: ROUTE }];
  useLive(TOPIC, (message) => { if (found === "found" && message.rows?.some((row) => row.id === record.id)) onRefresh?.(); }, () => found === "found" && onRefresh?.());
  if (found === "loading" || outdated) return <><Top title="" crumbs={crumbs} /><Skeleton rows={8} /></>;
  if (found === "missing") return <><Top title={t("warehouse.products.name")} crumbs={crumbs} /><Empty icon="package" title={t("warehouse.product.missing")} text={t("errors.not_found")}><Button href={crumbs[0].href} label={t("ui.record.back", { list: t("warehouse.products.title") })} /></Empty></>;
  const name = (t.lang === "ar" && record.name_ar) || record.name;
  const verbs = { receive: onReceive, ship: onShip, adjust: onAdjust, count: onCount };
  const edit = may(viewer, "warehouse.edit_products"), move = may(viewer, "warehouse.move_stock"), adjust = may(viewer, "warehouse.adjust_stock");
  return (
    <>
      <Top title={name} crumbs={crumbs} badge={<Badge tone={TONES[record.standing]}>{t(`warehouse.standing.${record.standing}`)}</Badge>}>
        <StarButton topic={TOPIC} id={record.id} starred={record.starred} />
        <CopyLink href={`${ROUTE}/${record.id}`} />
        {edit || adjust ? (
          <Popover className={`btn ghost ic sm ${edit ? "" : "only-phone"}`} iconOnly name={t("ui.more_actions")} label={<Icon name="more" />} align="end">
            {(close) => (
              <>
                {adjust ? (
                  <div className="only-phone" role="group">
                    <Item icon="tasks" close={close} onPick={() => setMoving("count")}>{t("warehouse.product.count")}</Item>
                    <Item icon="sliders" close={close} onPick={() => setMoving("adjust")}>{t("warehouse.product.adjust")}</Item>
                    {edit ? <hr /> : null}
                  </div>
                ) : null}
                {edit ? <Item icon="archive" danger close={close} onPick={() => onArchive(newOp(), record.id)}>{t("ui.archive.do")}</Item> : null}
              </>
            )}
          </Popover>
        ) : null}
        {adjust ? <Button icon="tasks" label={t("warehouse.product.count")} className="only-wide" onClick={() => setMoving("count")} /> : null}
        {adjust ? <Button icon="sliders" label={t("warehouse.product.adjust")} className="only-wide" onClick={() => setMoving("adjust")} /> : null}
        {move ? <Button icon="truck" label={t("warehouse.product.ship")} onClick={() => setMoving("ship")} /> : null}
        {move ? <Button kind="pri" icon="download" label={t("warehouse.product.receive")} keys="KeyR" onClick={() => setMoving("receive")} /> : null}
        <Walking neighbour={trail} walk={(id) => { if (!id) return false; go(`${ROUTE}/${id}`); }} />
      </Top>
      <div className="recbody norail">
        <About {...{ record, columns, options, onEdit, onLookup }} />
        <Ledger ledger={record.ledger} onOlder={onOlder} />
      </div>
      {moving ? <Move key={moving} {...{ kind: moving, name, send: about(record, verbs[moving]) }} onClose={() => setMoving(null)} /> : null}
    </>
  );
}

function About({ record, columns, options, onEdit, onLookup }) {
  const t = useText(), f = useFormat(), viewer = useViewer();
  return (
    <div className="facts">
      <section className="sec">
        <div className="muted sm">{t("warehouse.product.on_hand")}</div>
        <div className="kpi num">{f.number(record.on_hand)}{record.unit ? <span className="muted fs14"> <bdi>{record.unit}</bdi></span> : null}</div>
        <div style={{ marginBlock: 10 }}><Level now={record.on_hand} mark={record.reorder_at} wide label={t("warehouse.products.bar", { n: record.on_hand, reorder: record.reorder_at })} /></div>
        <div className="muted sm">{record.reorder_at ? t("warehouse.product.low_from", { n: record.reorder_at }) : t("warehouse.product.never_warns")}</div>
      </section>
      <section className="sec">
        <h2 className="h3">{t("warehouse.product.facts")}</h2>
        <Facts topic={TOPIC} {...{ columns, record, options, onEdit, onLookup }} canEdit={may(viewer, "warehouse.edit_products")} keys />
      </section>
    </div>
  );
}

function Ledger({ ledger, onOlder }) {
  const t = useText(), f = useFormat();
  const moves = ledger?.moves ?? [];
  if (!moves.length) return <div className="story"><Empty icon="package" title={t("warehouse.product.no_moves")} text={t("warehouse.products.empty_text")} /></div>;
  return (
    <div className="story ledger">
      <h2 className="h3">{t("warehouse.product.ledger")}</h2>
      <table className="lined">
        <thead><tr><th scope="col">{t("warehouse.product.at")}</th><th scope="col">{t("warehouse.product.reason")}</th><th scope="col" className="e">{t("warehouse.product.quantity")}</th><th scope="col" className="e only-wide">{t("warehouse.product.after")}</th><th scope="col">{t("warehouse.product.note")}</th><th scope="col" className="only-wide">{t("warehouse.product.by")}</th></tr></thead>
        <tbody>
          {moves.map((move) => (
            <tr key={move.id}>
              <td className="num ink2"><time dateTime={move.at} title={f.fullDate(move.at)}>{f.dateTime(move.at)}</time></td>
              <td><span className="row g3"><Icon name={REASON_ICONS[move.reason]} size="s" />{t(`warehouse.reason.${move.reason}`)}</span></td>
              <td className={`e b5 ${move.quantity > 0 ? "ok" : ""}`}><bdi className="num" dir="ltr">{move.quantity > 0 ? "+" : ""}{f.number(move.quantity)}</bdi></td>
              <td className="e only-wide"><bdi className="num">{f.number(move.after)}</bdi></td>
              <td className="muted"><bdi>{move.note || "–"}</bdi></td>
              <td className="ink2 only-wide"><bdi>{move.by || "–"}</bdi></td>
            </tr>
          ))}
        </tbody>
      </table>
      {ledger.earlier ? <Button kind="ghost" label={t("warehouse.product.earlier")} onClick={() => onOlder?.(ledger.earlier)} /> : null}
    </div>
  );
}

function Move({ kind, name, send, onClose }) {
  const t = useText();
  const [quantity, setQuantity] = useState("");
  const [note, setNote] = useState("");
  const [waiting, setWaiting] = useState(null);
  const [problem, setProblem] = useState(null);
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    if (ack.ok) onClose(); else setProblem(ack);
  });
  const submit = (e) => { e.preventDefault(); if (waiting) return; const op = claim(newOp()); setWaiting(op); setProblem(null); send(op, quantity, note); };
  const title = t(`warehouse.product.${kind}_title`, { name });
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="in" id="move" onSubmit={submit} noValidate>
        <h2>{title}</h2>
        <div className="col g5" style={{ marginBlockStart: 16 }}>
          <label className="fld"><span className="lab">{t(`warehouse.product.${kind}_quantity`)}</span><input className="inp form" autoFocus inputMode={kind === "adjust" ? "text" : "numeric"} dir="ltr" autoComplete="off" aria-invalid={problem?.field === "quantity" || undefined} aria-describedby={problem ? "move-problem" : undefined} value={quantity} onChange={(e) => { setQuantity(e.target.value); setProblem(null); }} /></label>
          {problem ? <div className="help err" id="move-problem" role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
          <label className="fld"><span className="lab">{t("warehouse.product.note")}</span><input className="inp form" dir="auto" maxLength={200} placeholder={t("warehouse.product.note_hint")} value={note} onChange={(e) => setNote(e.target.value)} /></label>
        </div>
      </form>
      <div className="acts"><Button label={t("ui.cancel")} onClick={onClose} /><Button kind="pri" type="submit" form="move" label={t(`warehouse.product.${kind}`)} busy={!!waiting} /></div>
    </Dialog>
  );
}
