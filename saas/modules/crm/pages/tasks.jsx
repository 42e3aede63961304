// What is to be done, each with a box that says it is done.
import { useEffect, useState } from "react";
import { compose } from "$/public/external/saas/ui/library/composer.jsx";
import { useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { Link } from "$/public/external/saas/ui/library/link.jsx";
import { newOp } from "$/public/external/saas/ui/library/live.jsx";
import { Avatar } from "$/public/external/saas/ui/library/parts.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

/** When it is due, in words and in the colour of its haste. */
export function Due({ task }) {
  const t = useText(), f = useFormat();
  if (!task.due_at) return <span className="muted sm">{t("crm.activities.no_date")}</span>;
  const days = f.daysApart(task.due_at), passed = !task.all_day && Date.parse(task.due_at) < Date.now();
  const tone = days < 0 || passed ? "bad" : days === 0 ? "warn" : "muted";
  const words = days < 0 ? t("crm.deals.late_days", { n: -days }) : days === 0 && !task.all_day ? f.time(task.due_at) : Math.abs(days) < 2 ? f.date(task.due_at) : f.weekday(task.due_at);
  return <time className={`sm num ${tone}`} dateTime={task.due_at} title={task.all_day ? f.fullDate(task.due_at) : f.dateTime(task.due_at)} style={{ whiteSpace: "nowrap" }}>{words}</time>;
}

/** The box of a task: ticked at once, the server follows. */
export function Done({ task, onComplete, checked = false }) {
  const t = useText();
  const [ticked, setTicked] = useState(checked);
  useEffect(() => setTicked(checked), [checked, task.version]);
  return <input type="checkbox" className="chk" aria-label={t("crm.activities.mark_done", { subject: task.subject || task.body || "" })} checked={ticked} disabled={!onComplete} onChange={() => { setTicked(!ticked); onComplete(newOp(), task.id); }} />;
}

/** A section of a rail or drawer; `canAdd`: beside a composer, in which a task is written. */
export function Tasks({ title, tasks, onComplete, canAdd, withDeal }) {
  const t = useText();
  return (
    <section className="sec">
      <h3>{title}<span className="c num">{tasks?.length || ""}</span>
        {canAdd ? <button type="button" className="btn ghost ic sm end" aria-label={t("crm.activities.new")} title={t("crm.activities.new")} onClick={() => compose("task")}><Icon name="plus" /></button> : null}
      </h3>
      {(tasks ?? []).map((task) => (
        <div className="mini todo" key={task.id}>
          <Done task={task} onComplete={onComplete} />
          <span className="grow">
            <span className="row"><span className="grow trunc" dir="auto" title={task.subject || task.body}>{task.subject || task.body}</span><Due task={task} />{task.owner ? <Avatar name={task.owner.name} /> : null}</span>
            {withDeal && task.deal ? <Link className="muted sm of" dir="auto" to={`/crm/deals/${task.deal.id}`}>{task.deal.title}</Link> : null}
          </span>
        </div>
      ))}
      {tasks?.length ? null : <p className="muted sm">{t("crm.deals.no_next")}</p>}
    </section>
  );
}
