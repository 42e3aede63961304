// What happened to a record: changes field by field, comments, files, and what modules add.
import { choiceOf } from "./cells.jsx";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { newOp } from "./live.jsx";
import { Item, Popover } from "./menu.jsx";
import { useText } from "./text.jsx";

const ICONS = { change: "pencil", created: "plus", deleted: "archive", comment: "note", file: "paperclip", note: "note", call: "phone-outgoing", email: "mail", meeting: "calendar", message: "message", task: "circle-check" };

/** `entries` newest first as `RecordState.timeline`; `columns` name the values of choices; `onEarlier(at)`. */
export function Timeline({ entries, columns, onEarlier, onRemoveComment, pageSize = 30 }) {
  const t = useText();
  if (!entries?.length) return <p className="muted">{t("ui.timeline.empty")}</p>;
  return (
    <>
      <ol className="tl" aria-label={t("ui.timeline.title")}>{entries.map((e) => <Entry key={e.id} entry={e} columns={columns ?? []} onRemoveComment={onRemoveComment} />)}</ol>
      {onEarlier && entries.length >= pageSize ? <button type="button" className="btn ghost sm wide" onClick={() => onEarlier(entries.at(-1).at)}>{t("ui.timeline.earlier")}</button> : null}
    </>
  );
}

function Entry({ entry, columns, onRemoveComment }) {
  const t = useText(), f = useFormat();
  const by = entry.by || t("ui.product");
  return (
    <li>
      <span className="node"><Icon name={ICONS[entry.kind] ?? "activity"} size="s" /></span>
      <div>
        <div className="head">
          <span className="trunc"><b><bdi>{by}</bdi></b> {saying(t, f, entry)}</span>
          <time dateTime={entry.at} title={f.fullDate(entry.at)}>{f.dateTime(entry.at)}</time>
          {entry.kind === "comment" && entry.mine && onRemoveComment ? <Popover className="btn ghost ic sm" iconOnly name={t("ui.more_actions")} label={<Icon name="more" size="s" />} align="end">{(close) => <Item icon="trash" danger close={close} onPick={() => onRemoveComment(newOp(), entry.id)}>{t("ui.timeline.remove_comment")}</Item>}</Popover> : null}
        </div>
        {entry.changes?.map((c) => <div className="diff" key={c.field}><span className="f">{t(c.label)}</span>{blank(c.old) ? null : <><s><Plain change={c} value={c.old} columns={columns} /></s><Icon name="arrow-right" size="s" /></>}<b><Plain change={c} value={c.new} columns={columns} /></b></div>)}
        {entry.body ? <div className="bubble" dir="auto"><Mentions text={entry.body} /></div> : null}
      </div>
    </li>
  );
}
function saying(t, f, e) {
  if (e.text) return t(e.text, e.params);
  const params = { subject: e.subject ?? "", person: e.person ?? "", n: e.changes?.length ?? 0 };
  const known = { change: "ui.timeline.change", created: "ui.timeline.created", deleted: "ui.timeline.deleted", comment: "ui.timeline.comment", note: "ui.timeline.comment", file: "ui.timeline.file", call: "ui.timeline.call", email: "ui.timeline.email", meeting: "ui.timeline.meeting", message: "ui.timeline.message", task: "ui.timeline.task" }[e.kind];
  const said = known ? t(known, params) : e.kind;
  const rest = [e.subject && e.kind !== "task" ? e.subject : null, e.person, e.duration_min ? f.duration(e.duration_min) : null].filter(Boolean);
  return <>{said}{rest.map((r, i) => <span key={i}>{i ? t("ui.list_sep") : " "}<bdi>{r}</bdi></span>)}</>;
}
const blank = (v) => v === null || v === undefined || v === "";
/** One value of a change, by its kind; `columns` name the values of choices. */
export function Plain({ change, value, columns }) {
  const t = useText(), f = useFormat();
  if (blank(value)) return "–";
  const column = columns.find((c) => c.key === change.field);
  if (change.kind === "money") return <bdi className="num">{f.money(Number(value), change.currency)}</bdi>;
  if (change.kind === "date" || change.kind === "datetime") return f.shortDate(String(value));
  if (change.kind === "choice") { const label = change.texts?.[value] ?? (column && choiceOf(column, value)?.label); return label ? t(label) : String(value); }
  if (change.kind === "country") return <bdi>{f.country(String(value))}</bdi>;
  if (change.kind === "bool") return t(value ? "ui.yes" : "ui.no");
  if (change.kind === "number" || change.kind === "percent") return f.number(Number(value));
  return <bdi>{Array.isArray(value) ? value.join(t("ui.list_sep")) : String((t.lang === "ar" && change.arabic?.[value]) || value)}</bdi>;
}
/** A name that was picked holds no-break spaces, so a mention ends at the first common one. */
function Mentions({ text }) {
  return text.split(/(@[^ \n\t.,،؛;:!?؟()]+)/).map((part, i) => (part.startsWith("@") && i % 2 ? <span key={i} className="mention"><bdi>{part}</bdi></span> : part));
}
