// Cards by stage. What one does is on screen at once; the server confirms or the card goes back.
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Card } from "./card.jsx";
import { useDrag } from "./drag.jsx";
import { decimals, preferences, useFormat } from "./format.jsx";
import { Icon, Pie } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { ahead, later, useRest } from "./later.jsx";
import { newOp } from "./live.jsx";
import { usePhone } from "./media.jsx";
import { Item, place as placePopover, walk } from "./menu.jsx";
import { useOptimistic } from "./overlay.jsx";
import { Failed } from "./states.jsx";
import { sameLists, useLikeBefore, useSteadyCall } from "./steady.jsx";
import { useText } from "./text.jsx";

// Asked for now and then; brings what every dialog needs, which the board itself does not.
const loadReason = () => import("./reason.jsx");
const Reason = later(loadReason, "Reason");
ahead(loadReason);
const TOTALS_MS = 400, LATE_MS = 10000, NOTHING = [], NOBODY = new Set();
// At least how much of the window what is above a stage's cards takes, and each of them: a screenful is drawn first.
const HEAD_PX = 180, CARD_PX = 109;
const byId = (a, b) => (a.id < b.id ? -1 : 1);
const byPosition = (a, b) => (a.position ?? 0) - (b.position ?? 0) || byId(a, b);
const VALUES = { next: (c) => (c.next?.due_at ? Date.parse(c.next.due_at) : null), "-amount_minor": (c) => (c.amount_minor ?? null) && c.amount_minor / 10 ** decimals(c.currency), expected_close_on: (c) => c.expected_close_on, "-created_at": (c) => c.created_at };
/** How cards are ordered: by hand, or by a fact of theirs; those without it stand last. Pure. */
export function inOrder(sort) {
  const value = VALUES[sort];
  if (!value) return byPosition;
  const down = sort.startsWith("-") ? -1 : 1;
  return (a, b) => {
    const x = value(a) ?? null, y = value(b) ?? null;
    if (x === y) return byId(a, b);
    if (x === null || y === null) return x === null ? 1 : -1;
    return (x < y ? -1 : 1) * down;
  };
}
/** Whether a closed card belongs to the span that its stage shows. Pure. */
export const inSight = (card, stages) => { const since = stages.find((s) => s.id === card.stage)?.since; return !since || !card.closed_on || card.closed_on >= since; };

/** Shown cards by stage, in order. Pure. */
export function byStage(cards, stages, order = byPosition) {
  const lanes = new Map(stages.map((s) => [s.id, []]));
  for (const card of cards) lanes.get(card.stage)?.push(card);
  for (const lane of lanes.values()) lane.sort(order);
  return lanes;
}
/** A position between the cards at index-1 and index of a lane. Pure. */
export function between(lane, index) {
  const above = lane[index - 1]?.position, below = lane[index]?.position;
  if (above === undefined && below === undefined) return 0;
  if (above === undefined) return below - 1;
  return below === undefined ? above + 1 : (above + below) / 2;
}
/** Heads after what happened since the server counted: `then` and `now` are cards. Pure. */
export function recount(heads, then, now, home) {
  const change = {};
  const add = (card, sign) => {
    const c = (change[card.stage] ??= { count: 0, sum: 0 });
    c.count += sign;
    if (!card.currency || card.currency === home) c.sum += sign * (card.amount_minor ?? 0);
  };
  const before = new Map(then.map((c) => [c.id, c]));
  const after = new Map(now.map((c) => [c.id, c]));
  for (const card of then) { const c = after.get(card.id); if (c !== card) { add(card, -1); if (c) add(c, 1); } }
  for (const card of now) if (!before.has(card.id)) add(card, 1);
  return heads.map((h) => (change[h.id] ? { ...h, count: h.count + change[h.id].count, sum_minor: h.sum_minor + change[h.id].sum } : h));
}

export function Board({ stages: given, topic, route, filtered, canEdit = true, reasons, loaded = true, more, sort = "", onMove, onCreate, onMore, onOpen, onTotals, onReload, onEarlier, heads }) {
  const t = useText(), go = useNavigate(), phone = usePhone();
  const stages = useMemo(() => given ?? [], [given]);
  const first = useMemo(() => stages.flatMap((s) => s.cards ?? []), [stages]);
  // Cards that were asked for beyond the first ones, until a new board comes.
  const [extra, setExtra] = useState({ stages, serial: more?.serial, cards: NOTHING, ends: {} });
  if (extra.stages !== stages) setExtra({ stages, serial: more?.serial, cards: NOTHING, ends: {} });
  else if (more?.serial !== undefined && extra.serial !== more.serial) {
    setExtra({ stages, serial: more.serial, cards: [...extra.cards, ...(more.cards ?? [])], ends: { ...extra.ends, [more.stage]: !more.more } });
  }
  const totals = useRef(0);
  const askTotals = useCallback(() => { clearTimeout(totals.current); totals.current = setTimeout(() => onTotals?.(), TOTALS_MS); }, [onTotals]);
  useEffect(() => () => clearTimeout(totals.current), []);
  const known = useRef(new Set());
  const place = useCallback((all, row) => (filtered || !inSight(row, stages) ? all : [...all, { ...row, _fresh: true }]), [filtered, stages]);
  const { shown, pending, apply, base } = useOptimistic({
    rows: first, more: extra.cards, topic, place, onGap: onReload,
    onPatch: (patch) => { if ((patch.rows ?? []).some((r) => !known.current.has(r.id)) || (patch.gone ?? []).some((g) => !known.current.has(g.id))) askTotals(); },
  });
  useEffect(() => { known.current = new Set(base.map((c) => c.id)); }, [base]);

  // Heads are the server's count plus what has happened since it counted.
  const counted = useMemo(() => {
    const fresh = new Map((heads?.rows ?? []).map((h) => [h.stage, h]));
    return stages.map((s) => ({ id: s.id, count: s.count ?? 0, sum_minor: s.sum_minor ?? 0, others: s.others ?? NOTHING, earlier: s.earlier ?? 0, ...fresh.get(s.id), probability: s.probability }));
  }, [stages, heads]);
  // The cards that are among those counted: the ones asked for beyond the first are, too.
  const [anchor, setAnchor] = useState({ counted, stages, cards: first, extra: extra.cards });
  if (anchor.counted !== counted) setAnchor({ counted, stages, cards: anchor.stages === stages ? base : first, extra: extra.cards });
  else if (anchor.extra !== extra.cards) {
    const counted = new Set(anchor.cards.map((c) => c.id));
    setAnchor({ ...anchor, cards: [...anchor.cards, ...extra.cards.filter((c) => !counted.has(c.id))], extra: extra.cards });
  }
  const counts = useLikeBefore(useMemo(() => recount(anchor.counted, anchor.cards, shown, preferences().currency), [anchor, shown]));
  const sums = useMemo(() => new Map(counts.map((h) => [h.id, h])), [counts]);
  const byHand = !VALUES[sort];
  const former = useRef(null);
  const lanes = useMemo(() => (former.current = sameLists(former.current, byStage(shown, stages, inOrder(sort)))), [shown, stages, sort]);

  const [asking, setAsking] = useState(null);     // a move that needs a reason first
  const wanted = useRef(null);                    // the card that has the focus again once it stands in its new place
  const move = useCallback((card, stageId, index, reason, note, follow = false) => {
    const stage = stages.find((s) => s.id === stageId);
    if (!stage || !canEdit) return;
    if (stage.kind === "lost" && card.stage !== stageId && reasons?.length && !reason) {
      if (follow) focusCard(card.id);   // the dialog gives the focus back to where it was
      return setAsking({ card, stageId, index, follow });
    }
    // In another order than by hand a card finds its own place, and by hand it then stands on top.
    if (!byHand && card.stage === stageId) return;
    const lane = byHand ? (lanes.get(stageId) ?? []).filter((c) => c.id !== card.id) : NOTHING;
    const position = between(lane, index);
    const op = newOp();
    apply(op, [card.id], { stage: stageId, position });
    if (follow) wanted.current = card.id;
    onMove?.(op, card.id, stageId, byHand ? lane[index - 1]?.id ?? "" : "", reason ?? "", note ?? "");
  }, [stages, lanes, apply, onMove, canEdit, reasons, byHand]);

  const moveAlong = (card, stageId, index) => move(card, stageId, index, "", "", true);   // the focus goes with the card
  const open = useSteadyCall((card) => (onOpen ? onOpen(card.id) : go(`${route}/${card.id}`)));
  const drag = useDrag({ onDrop: move, enabled: canEdit });
  const [menu, setMenu] = useState(null);
  // Each opening is another menu: one that has just been closed hears of it late, and would close the next with it.
  const openMenu = useCallback((of) => setMenu((was) => ({ ...of, n: (was?.n ?? 0) + 1 })), []);

  const key = useSteadyCall((e, card) => {
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[e.code], upright = { ArrowUp: -1, ArrowDown: 1 }[e.code];
    if (!sideways && !upright) return;
    const at = stages.findIndex((s) => s.id === card.stage), lane = lanes.get(card.stage) ?? [], index = lane.findIndex((c) => c.id === card.id);
    e.preventDefault(); e.stopPropagation();
    if (e.shiftKey && sideways) {
      const to = stages[at + sideways * (document.dir === "rtl" ? -1 : 1)];
      if (to) moveAlong(card, to.id, 0);
    } else if (e.shiftKey) {
      const next = index + upright;
      if (next >= 0 && next < lane.length) moveAlong(card, card.stage, next);
    } else if (upright) focusCard(lane[index + upright]?.id);
    else {
      const step = sideways * (document.dir === "rtl" ? -1 : 1);
      for (let i = at + step; i >= 0 && i < stages.length; i += step) { const side = lanes.get(stages[i].id); if (side?.length) { focusCard(side[Math.min(index, side.length - 1)].id); break; } }
    }
  });
  // A card that an undo or a colleague puts elsewhere is drawn anew there, and takes the focus along that it had.
  const focused = globalThis.document?.activeElement?.closest(".card")?.dataset.id;
  useLayoutEffect(() => {
    focusCard(wanted.current ?? (document.activeElement === document.body ? focused : null));
    wanted.current = null;
  }, [lanes]); // eslint-disable-line react-hooks/exhaustive-deps -- what had the focus just before these lanes

  // The cards answer these keys themselves; here they are named for the sheet of all keys.
  useKeys(canEdit ? { "shift+ArrowRight": { label: "ui.keys.move", run: () => false } } : null);
  const [picked, setPicked] = useState(null);
  // A phone shows one stage: at first the earliest that holds a card, and that one until another is picked.
  const start = useRef(null);
  if (!start.current && stages.length) start.current = (stages.find((s) => s.count) ?? stages[0]).id;
  const current = stages.find((s) => s.id === (picked ?? start.current)) ?? stages[0];
  // First what one sees; the cards below the fold follow.
  const whole = useRest(stages.length > 0);
  const [late, setLate] = useState(false);
  useEffect(() => { if (loaded) return setLate(false); const timer = setTimeout(() => setLate(true), LATE_MS); return () => clearTimeout(timer); }, [loaded]);
  if (!loaded && !stages.length) return late ? <Failed onRetry={onReload} /> : <BoardSkeleton />;
  return (
    <>
      {phone ? (
        <div className="stagepick" role="group" aria-label={t("ui.board.stages")}>
          {stages.map((s) => <button type="button" key={s.id} className="chip pick" aria-pressed={s.id === current?.id} onClick={() => setPicked(s.id)}><span><Pie value={s.probability} kind={s.kind} /><b dir="auto">{stageName(s, t.lang)}</b><span className="num muted" style={{ padding: 0 }}>{sums.get(s.id)?.count ?? 0}</span></span></button>)}
        </div>
      ) : null}
      <div className="board" ref={drag.board}>
        {stages.map((s) => <Stage key={s.id} stage={s} hasMore={s.more && !extra.ends[s.id]} sum={sums.get(s.id)} lane={lanes.get(s.id)} whole={whole} shown={s.id === current?.id} over={drag.over?.stage === s.id ? drag.over : null} dragged={drag.card?.id} pending={lanes.get(s.id).some((c) => pending.has(c.id)) ? pending : NOBODY} {...{ route, open, key_: key, onCreate: canEdit ? onCreate : null, onMore, onEarlier, start: drag.start, openMenu: canEdit ? openMenu : null }} />)}
      </div>
      {drag.card ? <div className="card drag" ref={drag.ghost} style={{ inlineSize: drag.size.width, left: 0 }} aria-hidden="true"><Card card={drag.card} stage={stages.find((s) => s.id === drag.card.stage)} plain /></div> : null}
      {menu ? <MoveMenu key={menu.n} {...menu} stages={stages} onClose={() => setMenu((now) => (now === menu ? null : now))} onMove={(stageId) => { setMenu(null); moveAlong(menu.card, stageId, 0); }} /> : null}
      {asking ? <Reason reasons={reasons} title={asking.card.title} onClose={() => setAsking(null)} onPick={(reason, note) => { const { card, stageId, index, follow } = asking; setAsking(null); move(card, stageId, index, reason, note, follow); }} /> : null}
    </>
  );
}
const LANES = [3, 4, 2, 3, 1], LINES = [84, 132, 56];
/** Lanes and cards in outline, until the board is there. */
export function BoardSkeleton() {
  const t = useText();
  return (
    <div className="board" role="status" aria-label={t("ui.loading")}>
      {LANES.map((cards, lane) => (
        <div className={`stage ${lane ? "" : "shown"}`} key={lane} aria-hidden="true">
          <header><span className="sk" style={{ inlineSize: 92, marginBlock: 4 }} /><span className="sk" style={{ inlineSize: 64, marginBlockStart: 10, marginBlockEnd: 2 }} /></header>
          <div className="cards">
            {Array.from({ length: cards }, (_, i) => <div className="skcard" key={i} style={{ opacity: 1 - i * .22 }}>{LINES.map((px) => <span className="sk" key={px} style={{ inlineSize: px }} />)}</div>)}
          </div>
        </div>
      ))}
    </div>
  );
}
const focusCard = (id) => id && document.querySelector(`.card[data-id="${CSS.escape(id)}"] a`)?.focus();
const stageName = (s, lang) => (lang === "ar" && s.name_ar) || s.name;

const Stage = memo(function Stage({ stage, hasMore, sum, lane, whole, shown, over, dragged, pending, route, open, key_, onCreate, onMore, onEarlier, start, openMenu }) {
  const t = useText(), f = useFormat();
  const name = stageName(stage, t.lang), last = lane.at(-1);
  const drawn = whole ? lane : lane.slice(0, Math.ceil((innerHeight - HEAD_PX) / CARD_PX));
  const cards = drawn.filter((c) => c.id !== dragged).map((card) => <Entry key={card.id} waits={pending.has(card.id)} {...{ card, stage, route, open, key_, start, openMenu }} />);
  if (over) cards.splice(over.index, 0, <li key="ghost" role="presentation" className="ghostcard" style={{ blockSize: over.height }} />);
  const goal = stage.goal_minor ? (sum?.sum_minor ?? 0) / stage.goal_minor : 0;
  const weighted = ((sum?.sum_minor ?? 0) * (stage.probability ?? 0)) / 100;
  return (
    <section className={`stage ${shown ? "shown" : ""} ${over ? "over" : ""}`} data-stage={stage.id} aria-label={name}>
      <header>
        <div className="row" style={{ gap: 7 }}>
          <Pie value={stage.probability} kind={stage.kind} /><h2 className="trunc" dir="auto">{stage.since ? t("ui.board.in_month", { stage: name, month: f.shortMonth(stage.since) }) : name}</h2><span className="muted num sm">{f.number(sum?.count ?? 0)}</span>
          {onCreate ? <button type="button" className="btn ic ghost sm end" aria-label={t("ui.board.create_in", { stage: name })} onClick={() => onCreate(stage.id)}><Icon name="plus" /></button> : null}
        </div>
        <div className="sum"><b className="num"><bdi>{f.shortMoney(sum?.sum_minor ?? 0)}</bdi></b>{(sum?.others ?? NOTHING).map(([currency, minor]) => <span className="num muted" key={currency}>+ <bdi>{f.shortMoney(minor, currency)}</bdi></span>)}{stage.goal_minor ? <span className={`num trunc ${goal >= 1 ? "ok" : "muted"}`}>{t("ui.board.of_goal", { share: f.percent(goal) })}</span> : stage.kind === "won" || stage.kind === "lost" ? null : <span className="num muted trunc">{t("ui.board.weighted", { amount: f.shortAmount(weighted) })}</span>}</div>
      </header>
      <ul className="cards" role="list" aria-label={name}>
        {cards}
      </ul>
      {hasMore && onMore ? <div className="more"><button type="button" className="btn ghost sm wide" onClick={() => onMore(stage.id, last?.id ?? "")}>{t("ui.board.more", { n: Math.max(0, (sum?.count ?? 0) - lane.length) })}</button></div> : null}
      {sum?.earlier && onEarlier ? <div className="more"><button type="button" className="btn ghost sm wide" onClick={() => onEarlier(stage)}>{t("ui.board.earlier", { n: sum.earlier })}</button></div> : null}
    </section>
  );
});

const Entry = memo(function Entry({ card, stage, waits, route, open, key_, start, openMenu }) {
  return (
    <li role="listitem" className={`card ${waits ? "pending" : ""} ${card._fresh ? "fresh" : ""}`} data-id={card.id}
      onPointerDown={(e) => start(e, card)} onKeyDown={(e) => key_(e, card)} onClick={(e) => { if (!e.target.closest("a, button") && !e.defaultPrevented) open(card); }}>
      <Card card={card} stage={stage} route={route} open={open} onMenu={openMenu} />
    </li>
  );
});

/** The way to move a card without dragging it. */
function MoveMenu({ card, anchor, stages, onClose, onMove }) {
  const t = useText(), pop = useRef(null);
  useLayoutEffect(() => {
    const element = pop.current;
    element.showPopover();
    placePopover(element, anchor, "end");
    element.querySelector("button:not(:disabled)")?.focus();
    const closed = (e) => { if (e.newState === "closed") { anchor.focus?.(); onClose(); } };
    element.addEventListener("toggle", closed);
    return () => element.removeEventListener("toggle", closed);
  }, [anchor]); // eslint-disable-line react-hooks/exhaustive-deps -- opens once for each card
  return (
    <div ref={pop} popover="auto" className="menu" role="menu" aria-label={t("ui.board.move", { title: card.title })} onKeyDown={walk}>
      <div className="ttl">{t("ui.board.move_to")}</div>
      {stages.map((s) => <Item key={s.id} role="menuitemradio" ticked={s.id === card.stage} disabled={s.id === card.stage} onPick={() => onMove(s.id)}><span className="row"><Pie value={s.probability} kind={s.kind} /><bdi className="trunc">{stageName(s, t.lang)}</bdi></span></Item>)}
    </div>
  );
}
