// One card: whose, what, how much, what next.
import { nameOf } from "./cells.jsx";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Avatar, Tile } from "./parts.jsx";
import { useText } from "./text.jsx";

const NEXT_ICON = { call: "phone", meeting: "calendar", email: "mail", message: "message", note: "note", task: "circle-check" };
const DAY_MS = 86400000;

/** Whole days without a sign of life, or 0 while within the stage's limit. */
export function idleDays(card, stage, now = Date.now()) {
  if (!stage?.idle_days || !card.last_active_at || stage.kind === "won" || stage.kind === "lost") return 0;
  const days = Math.floor((now - Date.parse(card.last_active_at)) / DAY_MS);
  return days > stage.idle_days ? days : 0;
}

export function Card({ card, stage, route, open, onMenu, plain }) {
  const t = useText(), f = useFormat();
  const who = nameOf(card.party, t.lang), owner = nameOf(card.owner, t.lang), idle = idleDays(card, stage);
  const closed = stage?.kind === "won" || stage?.kind === "lost";
  const follow = (e) => { if (e.ctrlKey || e.metaKey || e.shiftKey) return; e.preventDefault(); open?.(card); };
  const amount = card.amount_minor === null || card.amount_minor === undefined ? <span className="muted">{t("ui.board.no_amount")}</span> : <bdi className="amt num">{f.money(card.amount_minor, card.currency)}</bdi>;
  // A board has hundreds of these, and what it costs is its elements: none is here for the order's sake.
  return (
    <>
      <div className="who">{who ? <><Tile name={who} /><span className="trunc grow" dir="auto">{who}</span></> : <span className="muted grow">{t("ui.board.nobody")}</span>}
        {onMenu ? <button type="button" className="cardmenu" aria-label={t("ui.board.move", { title: card.title })} onClick={(e) => onMenu({ card, anchor: e.currentTarget })} /> : null}
      </div>
      {plain ? <div className="t trunc" dir="auto">{card.title}</div> : <a className="t trunc" dir="auto" href={`${route}/${card.id}`} onClick={follow} draggable={false}>{card.title}</a>}
      {card.tags?.length ? <div className="tagrow">{card.tags.map((tag) => <span className="bdg" key={tag}><bdi>{tag}</bdi></span>)}</div> : null}
      <div className="amtrow">{amount}{idle ? <span className="bdg warn"><Icon name="hourglass" />{t("ui.board.idle", { n: idle })}</span> : null}</div>
      <Next next={card.next} closed={closed} card={card}>{owner ? <Avatar name={owner} named /> : null}</Next>
    </>
  );
}

function Next({ next, closed, card, children }) {
  const t = useText(), f = useFormat();
  if (closed && !next) return <div className="next"><Icon name="circle-check" size="s" /><span className="trunc">{card.closed_on ? t("ui.board.closed", { on: f.shortDate(card.closed_on) }) : ""}</span>{children}</div>;
  if (!next) return <div className="next none"><Icon name="alert" size="s" /><span className="trunc">{t("ui.board.no_next")}</span>{children}</div>;
  const days = next.due_at ? f.daysApart(next.due_at) : null;
  const late = days !== null && days < 0;
  const word = (iso) => (t.lang === "en" ? f.date(iso).toLowerCase() : f.date(iso));
  // The weekday gives way first where a lane is narrow.
  const [weekday, ...date] = days !== null && Math.abs(days) > 1 ? f.weekday(next.due_at).split(" ") : [];
  const due = days === null ? "" : weekday ? <><span className="wd">{weekday} </span>{date.join(" ")}</> : days === 0 && !next.all_day ? `${word(next.due_at)} ${f.time(next.due_at)}` : word(next.due_at);
  return <div className={`next ${late ? "late" : ""}`}><Icon name={NEXT_ICON[next.kind] ?? "calendar"} size="s" /><bdi className="trunc">{next.subject}</bdi> <span className="when">{late ? t("ui.board.late", { n: -days }) : due}</span>{children}</div>;
}
