// What is to be done, by how soon: tick it, put it off, open what it is about, plan another.
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { parseDate, today, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { FormDialog } from "$/public/external/saas/ui/library/formdialog.jsx";
import { Link } from "$/public/external/saas/ui/library/link.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { newOp } from "$/public/external/saas/ui/library/live.jsx";
import { Item, Popover } from "$/public/external/saas/ui/library/menu.jsx";
import { useOptimistic } from "$/public/external/saas/ui/library/overlay.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { Avatar, Button, Segment } from "$/public/external/saas/ui/library/parts.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { may, ownedBy, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { Done, Due } from "./tasks.jsx";

const ICONS = { call: "phone", meeting: "calendar", email: "mail", message: "message", note: "note", task: "circle-check" };
const RELOAD_MS = 300;
const nameIn = (lang, one) => (lang === "ar" && one?.name_ar) || one?.name || "";
/** Late, today, tomorrow, this week, later or without a date. Pure but for the clock in `daysApart`. */
export function groupOf(task, daysApart) {
  if (!task.due_at) return "no_date";
  const days = daysApart(task.due_at);
  return days < 0 ? "late" : days === 0 ? "today" : days === 1 ? "tomorrow" : days < 7 ? "this_week" : "later";
}
const ORDER = ["late", "today", "tomorrow", "this_week", "later", "no_date"];
const plus = (iso, days) => { const d = new Date(`${iso}T12:00:00Z`); d.setUTCDate(d.getUTCDate() + days); return d.toISOString().slice(0, 10); };

export function ActivitiesPage({ tasks, sums, columns, options, onComplete, onReschedule, onCreate, onLookup, onMore, onReload }) {
  const t = useText(), f = useFormat(), viewer = useViewer(), go = useNavigate();
  const canEdit = may(viewer, "crm.edit_activities");
  const [creating, setCreating] = useState(false);
  const timer = useRef(0);
  const later = () => { clearTimeout(timer.current); timer.current = setTimeout(onReload, RELOAD_MS); };
  useEffect(() => () => clearTimeout(timer.current), []);
  const { shown, apply } = useOptimistic({ rows: tasks, topic: "crm.activity", onGap: onReload, onPatch: later });
  const key = JSON.stringify(columns);
  const fields = useMemo(() => ownedBy(viewer, JSON.parse(key).filter((c) => c.in_form !== false)).map((c) => (c.key === "kind" ? { ...c, initial: "task" } : c)), [key, viewer?.id, viewer?.name]); // eslint-disable-line react-hooks/exhaustive-deps -- of the viewer these alone
  const done = sums.shown === "done";
  const complete = (op, id) => { apply(op, [id], { done_at: done ? null : new Date().toISOString() }); onComplete(op, id); };
  const reschedule = (task, on, at) => { const op = newOp(); apply(op, [task.id], { due_at: on, all_day: !at }); onReschedule(op, task.id, on, at ?? ""); };
  const groups = useMemo(() => {
    if (done) return [["done", shown]];
    const found = new Map(ORDER.map((name) => [name, []]));
    for (const task of shown) found.get(groupOf(task, f.daysApart)).push(task);
    return [...found].filter(([, list]) => list.length);
  }, [shown, done, f]);
  // In the address, so that a reload and a link show the same.
  const pick = (whose, which) => go(`?whose=${whose}${which === "done" ? "&shown=done" : ""}`, { replace: true });
  return (
    <>
      <Top title={t("crm.activities.title")}>
        {canEdit ? <Button kind="pri" icon="plus" label={t("crm.activities.new")} keys="KeyC" onClick={() => setCreating(true)} /> : null}
      </Top>
      <div className="views">
        <div role="tablist" aria-label={t("crm.activities.title")}>
          {[["mine", t("crm.activities.my")], ["all", t("crm.activities.team")]].map(([value, label]) => (
            <button key={value} type="button" role="tab" className="tab" aria-selected={sums.whose === value} onClick={() => pick(value, sums.shown)}>{label}{sums.counts ? <span className="c num">{f.number(sums.counts[value])}</span> : null}</button>
          ))}
        </div>
      </div>
      <div className="tools">
        {sums.late ? <span className="bdg bad"><Icon name="alert" />{t("crm.activities.late_n", { n: sums.late })}</span> : null}
        <div className="acts"><Segment name={t("crm.activities.title")} value={sums.shown} onChange={(which) => pick(sums.whose, which)} options={[{ value: "open", label: t("crm.activities.to_do") }, { value: "done", label: t("crm.activities.done") }]} /></div>
      </div>
      <div className="body"><div className="tasklist grow" style={{ overflow: "hidden auto", paddingInline: 16, paddingBlockEnd: 24 }}>
        {!sums.loaded ? <Skeleton rows={10} /> : !shown.length ? (
          <Empty icon="circle-check" title={t("crm.activities.empty_title")} text={t("crm.activities.empty_text")}>{canEdit ? <Button kind="pri" icon="plus" label={t("ui.empty.first")} onClick={() => setCreating(true)} /> : null}</Empty>
        ) : groups.map(([name, list]) => (
          <section key={name} aria-label={t(`crm.activities.${name}`)}>
            <h2 className={`h3 ${name === "late" ? "bad" : ""}`} style={{ marginBlock: "16px 4px" }}>{t(`crm.activities.${name}`)}<span className="muted num" style={{ fontWeight: 500 }}>{f.number(list.length)}</span></h2>
            <ul style={{ listStyle: "none", padding: 0, margin: 0 }}>
              {list.map((task) => <Row key={task.id} {...{ task, t, f, canEdit, done, complete, reschedule }} />)}
            </ul>
          </section>
        ))}
        {sums.more ? <button type="button" className="btn ghost sm wide" onClick={() => onMore()}>{t("ui.board.more", { n: sums.more })}</button> : null}
      </div></div>
      <FormDialog open={creating} title={t("crm.activities.new")} submitLabel={t("crm.activities.create")} columns={fields} options={options} onLookup={onLookup} onSubmit={onCreate} onClose={() => setCreating(false)} />
    </>
  );
}

function Row({ task, t, f, canEdit, done, complete, reschedule }) {
  const party = nameIn(t.lang, task.party);
  return (
    <li className="mini task">
      <Done task={task} checked={!!task.done_at} onComplete={canEdit ? complete : null} />
      <span className="muted row" title={t(`crm.kind.${task.kind}`)}><Icon name={ICONS[task.kind]} size="s" /><span className="vh">{t(`crm.kind.${task.kind}`)}</span></span>
      <span className="grow whose"><span className="b5 trunc" dir="auto">{task.subject || task.body}</span>{task.deal || party ? <span className="whose muted">{task.deal ? <Link className="trunc" dir="auto" to={`/crm/deals/${task.deal.id}`}>{task.deal.title}</Link> : null}{task.deal && party ? <span className="dot tiny" aria-hidden="true" /> : null}{party ? <span className="trunc" dir="auto">{party}</span> : null}</span> : null}</span>
      {done ? <time className="muted sm num" dateTime={task.done_at}>{f.dateTime(task.done_at)}</time> : <Due task={task} />}
      {task.owner ? <Avatar name={task.owner.name} /> : null}
      {canEdit && !done ? <Later task={task} t={t} onPick={(on, at) => reschedule(task, on, at)} /> : null}
    </li>
  );
}

/** Another day: tomorrow, in a week, or one that is typed. */
function Later({ task, t, onPick }) {
  const f = useFormat();
  const [on, setOn] = useState(""), [at, setAt] = useState(task.all_day || !task.due_at ? "" : f.time(task.due_at));
  return (
    <Popover iconOnly className="btn ghost ic sm" role="dialog" align="end" name={t("crm.activities.reschedule")} label={<Icon name="calendar" size="s" />}>
      {(close) => (
        <form className="pane" onSubmit={(e) => { e.preventDefault(); const day = parseDate(on); if (day) { close(); onPick(day, at); } }}>
          <Item role="button" icon="calendar" close={close} onPick={() => onPick(plus(today(), 1), at)}>{t("crm.activities.tomorrow")}</Item>
          <Item role="button" icon="calendar-days" close={close} onPick={() => onPick(plus(today(), 7), at)}>{t("crm.activities.in_a_week")}</Item>
          <label className="fld"><span className="lab">{t("crm.activities.due_on")}</span><input className="inp field" value={on} onChange={(e) => setOn(e.target.value)} /></label>
          <label className="fld"><span className="lab">{t("crm.activities.due_time")}</span><input className="inp field" dir="ltr" placeholder="14:30" value={at} onChange={(e) => setAt(e.target.value)} /></label>
          <button type="submit" className="btn pri" disabled={!parseDate(on)}>{t("crm.activities.reschedule")}</button>
        </form>
      )}
    </Popover>
  );
}
