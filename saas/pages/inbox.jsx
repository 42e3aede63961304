// What one was called to or handed, and what is due: newest first, what is unread marked by more than its colour.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { setInAddress } from "$/public/external/saas/ui/library/address.jsx";
import { useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { useHeld } from "$/public/external/saas/ui/library/held.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { useKeys } from "$/public/external/saas/ui/library/keys.jsx";
import { Link } from "$/public/external/saas/ui/library/link.jsx";
import { newOp, useAck, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { usePhone } from "$/public/external/saas/ui/library/media.jsx";
import { Item, Popover } from "$/public/external/saas/ui/library/menu.jsx";
import { overlaid } from "$/public/external/saas/ui/library/overlay.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { Avatar, Button, Capped } from "$/public/external/saas/ui/library/parts.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

const SOON_MS = 120, MINUTE_MS = 60000;

/** How long ago, said anew each minute. */
function Ago({ at }) {
  const f = useFormat();
  const [, again] = useState(0);
  useEffect(() => { const timer = setInterval(() => again((n) => n + 1), MINUTE_MS); return () => clearInterval(timer); }, []);
  return <time className="muted sm num" dateTime={at} title={`${f.fullDate(at)} ${f.time(at)}`} suppressHydrationWarning>{f.ago(at)}</time>;
}

export function Inbox({ rows: given, meta: about, onShow, onRefresh, onOpen, onMark, onReadAll, onArchive }) {
  const t = useText(), go = useNavigate();
  const { rows, meta } = useHeld({ rows: given, meta: about }, !!about?.loaded, "inbox");
  const [ops, setOps] = useState([]);                // done here, and not yet in the server's rows
  const [base, setBase] = useState(rows);
  if (base !== rows) { setBase(rows); setOps([]); }
  const [current, setCurrent] = useState(null);
  const list = useRef(null), timer = useRef(0);
  const soon = useCallback(() => { clearTimeout(timer.current); timer.current = setTimeout(() => onRefresh(), SOON_MS); }, [onRefresh]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive("inbox", soon, soon);
  // A refusal drops what was shown ahead of it.
  useAck((ack) => { if (!ack.ok) setOps((all) => all.filter((one) => one.op !== ack.op)); });
  const shown = useMemo(() => overlaid(rows, ops), [rows, ops]);
  const ahead = (ids, change) => { const op = newOp(); setOps((all) => [...all, { op, ids, change }]); return op; };
  const open = (row) => { if (!row.read) onOpen(ahead([row.id], { read: true }), row.id); };
  const mark = (row) => onMark(ahead([row.id], { read: !row.read }), row.id, !row.read);
  const archive = (row) => {
    const at = shown.indexOf(row), next = shown[at + 1] ?? shown[at - 1];
    setCurrent(next?.id ?? null);
    onArchive(ahead([row.id], null), row.id);
  };
  const unread = Math.max(0, (meta.unread ?? 0) - ops.filter((one) => one.change?.read).length);
  const readAll = () => onReadAll(ahead(shown.map((row) => row.id), { read: true }));
  const pick = (part) => { setInAddress({ part: part === "unread" ? part : "" }); setCurrent(null); onShow(part, "", false); };
  const here = shown.find((row) => row.id === current);
  const step = (by) => {
    const at = shown.findIndex((row) => row.id === current);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))];
    if (!next) return false;
    setCurrent(next.id);
    list.current?.querySelector(`[data-id="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const withHere = (run) => () => (here ? run(here) : false);
  useKeys({
    KeyJ: { label: "ui.keys.next", run: () => step(1) }, KeyK: { label: "ui.keys.previous", run: () => step(-1) },
    ArrowDown: { run: () => step(1) }, ArrowUp: { run: () => step(-1) },
    Enter: { label: "inbox.keys.open", run: (e) => { if (!here?.href || e.target.closest?.("button, a, summary, [role=tab]")) return false; open(here); go(here.href); } },
    KeyU: { label: "inbox.keys.read", run: withHere(mark) }, KeyE: { label: "inbox.keys.archive", run: withHere(archive) },
  });
  const parts = [["all", t("inbox.all")], ["unread", t("inbox.unread")]];
  return (
    <>
      <Top title={t("inbox.title")}>
        <Button icon="check" label={t("inbox.read_all")} keys="shift+KeyU" disabled={!unread} reason={t("inbox.empty.unread")} onClick={readAll} />
      </Top>
      <div className="views">
        <div role="tablist" aria-label={t("inbox.title")}>
          {parts.map(([part, label]) => <button key={part} type="button" role="tab" className="tab" aria-selected={meta.part === part} onClick={() => pick(part)}>{label}{part === "unread" && unread ? <span className="c num"><Capped n={unread} /></span> : null}</button>)}
        </div>
      </div>
      <div className="body"><div className="inbox scrolls" ref={list}>
        {!meta.loaded ? <Skeleton rows={8} /> : !shown.length ? <Empty icon="inbox" title={t(meta.part === "unread" ? "inbox.empty.unread" : "inbox.empty.title")} text={t("inbox.empty.text")} /> : (
          <ul className="plain" aria-label={t("inbox.title")}>{shown.map((row) => <Row key={row.id} {...{ row, open, mark, archive }} current={row.id === current} onCurrent={setCurrent} />)}</ul>
        )}
        {meta.previous || meta.next ? (
          <div className="row g3 pager">
            <button type="button" className="btn sm" disabled={!meta.previous} onClick={() => onShow(meta.part, meta.previous, true)}><Icon name="chevron-left" size="s" />{t("inbox.newer")}</button>
            <button type="button" className="btn sm" disabled={!meta.next} onClick={() => onShow(meta.part, meta.next, false)}>{t("inbox.older")}<Icon name="chevron-right" size="s" /></button>
          </div>
        ) : null}
      </div></div>
    </>
  );
}

const FACES = { reminder: "bell", handed: "arrow-right", mentioned: "at" };

function Row({ row, open, mark, archive, current, onCurrent }) {
  const t = useText(), go = useNavigate(), phone = usePhone();
  const does = [row.read ? ["mail", "inbox.mark_unread", mark] : ["check", "inbox.mark_read", mark], ["archive", "inbox.archive", archive]];
  const title = (t.lang === "ar" && row.title_ar) || row.title;
  const several = row.n > 1;
  const said = row.kind === "handed" ? t(`${row.subject}.handed`, { n: row.n }) : t(`inbox.${row.kind}`);
  const name = !row.known ? t("inbox.hidden") : several ? t("inbox.see_them") : title;
  const click = (e) => {
    if (e.target.closest("a, button")) return;
    onCurrent(row.id);
    if (row.href) { open(row); go(row.href); }
  };
  return (
    <li className={`ping ${row.read ? "" : "new"} ${current ? "cur" : ""} ${row.href ? "opens" : ""}`} data-id={row.id} aria-current={current || undefined} onClick={click}>
      <span className="mark1">{row.read ? null : <><span className="dot acc" aria-hidden="true" /><span className="vh">{t("inbox.is_new")}</span></>}</span>
      {row.by ? <Avatar name={row.by} size="m" /> : <span className="av m"><Icon name={FACES[row.kind]} size="s" /></span>}
      <div className="grow">
        <div className="said"><span className="what">{row.by ? <><b><bdi>{row.by}</bdi></b> </> : null}{said}</span><Ago at={row.at} /></div>
        <div className="about">{row.href ? <Link to={row.href} dir="auto" className="trunc" onClick={() => { onCurrent(row.id); open(row); }}>{name}</Link> : <span className="muted">{name}</span>}</div>
        {row.body ? <p className="quote"><bdi>{row.body}</bdi></p> : null}
      </div>
      {phone ? (
        <Popover iconOnly className="btn ghost ic sm" align="end" name={t("ui.more_actions")} label={<Icon name="more" />}>
          {(close) => does.map(([icon, label, run]) => <Item key={label} icon={icon} close={close} onPick={() => run(row)}>{t(label)}</Item>)}
        </Popover>
      ) : <span className="row g1 does">{does.map(([icon, label, run]) => <Button key={icon} kind="ghost" size="sm" icon={icon} name={t(label)} onClick={() => run(row)} />)}</span>}
    </li>
  );
}
