// Settings: the stages that deals go through, how likely each is, when a deal there is idle, what it must have.
import { useState } from "react";
import { Continued, useContinued } from "$/public/external/saas/ui/library/continued.jsx";
import { latin, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { FormDialog } from "$/public/external/saas/ui/library/formdialog.jsx";
import { Icon, Pie } from "$/public/external/saas/ui/library/icon.jsx";
import { newOp } from "$/public/external/saas/ui/library/live.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { Item, Popover } from "$/public/external/saas/ui/library/menu.jsx";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

const NAMES = [
  { key: "name", label: "crm.pipelines.name", kind: "text", required: true, longest: 80 },
  { key: "name_ar", label: "crm.pipelines.name_ar", kind: "text", longest: 80 },
];
const GOAL = { key: "goal_minor", label: "crm.pipelines.goal", kind: "money", help: "crm.pipelines.goal_help" };
const WITH_GOAL = [...NAMES, GOAL];
const FIELDS = ["amount", "party", "person", "expected_close_on", "source", "products"];
const nameIn = (lang, one) => (lang === "ar" && one?.name_ar) || one?.name || "";

export function PipelinesPage({ shown, loaded, onAdd, onRename, onRemove, onAddStage, onSaveStage, onPlaceStage, onRemoveStage }) {
  const t = useText();
  const [naming, setNaming] = useState(null);          // null, {} for a new pipeline, or the one being renamed
  const [stage, setStage] = useState(null);            // {pipeline, stage?}
  return (
    <div className="col g5">
      {!loaded ? <Skeleton rows={8} /> : shown.map((p) => (
        <section className="panel" key={p.id} aria-label={nameIn(t.lang, p)}>
          <div className="row g3" style={{ padding: "10px 16px", borderBlockEnd: "1px solid var(--line-1)" }}>
            <h3 className="trunc" dir="auto" style={{ fontSize: "var(--fs-14)" }}>{nameIn(t.lang, p)}</h3>
            {p.goal_minor ? <span className="muted sm num only-wide">{t("crm.pipelines.of_month", { amount: { minor: p.goal_minor } })}</span> : null}
            <span className="end row g2">
              <Button size="sm" icon="plus" label={t("crm.pipelines.new_stage")} onClick={() => setStage({ pipeline: p.id })} />
              <Popover iconOnly className="btn ghost ic sm" name={t("ui.more_actions")} label={<Icon name="more" size="s" />} align="end">
                {(close) => <><Item icon="pencil" close={close} onPick={() => setNaming(p)}>{t("ui.edit")}</Item><Item icon="archive" danger close={close} disabled={shown.length < 2} onPick={() => onRemove(newOp(), p.id)}>{t("crm.pipelines.remove_pipeline")}</Item></>}
              </Popover>
            </span>
          </div>
          <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>{p.stages.map((s, i) => <StageRow key={s.id} stage={s} first={i === 0} last={i === p.stages.length - 1} {...{ onPlaceStage, onRemoveStage }} onEdit={() => setStage({ pipeline: p.id, stage: s })} />)}</ul>
        </section>
      ))}
      {loaded ? <div><Button icon="plus" label={t("crm.pipelines.new")} onClick={() => setNaming({})} /></div> : null}
      <FormDialog key={naming?.id ?? "new"} open={naming !== null} title={t(naming?.id ? "crm.deals.pipeline" : "crm.pipelines.new")} columns={naming?.id ? WITH_GOAL : NAMES} initial={naming?.id ? naming : undefined}
        onSubmit={(op, v) => { if (naming.id) onRename(op, naming.id, v.name, v.name_ar ?? "", v.goal_minor ?? ""); else onAdd(op, v.name, v.name_ar ?? ""); }} onClose={() => setNaming(null)} />
      {stage ? <StageDialog {...stage} onClose={() => setStage(null)} onSave={(op, form) => (stage.stage ? onSaveStage(op, stage.stage.id, form) : onAddStage(op, stage.pipeline, form))} /> : null}
    </div>
  );
}

function StageRow({ stage, first, last, onPlaceStage, onRemoveStage, onEdit }) {
  const t = useText(), f = useFormat();
  const name = nameIn(t.lang, stage), open = stage.kind === "open";
  return (
    <li className="row wraps g5 stagerow">
      <Pie value={stage.probability} kind={open ? undefined : stage.kind} />
      <button type="button" className="btn ghost b5 name" onClick={onEdit}><bdi>{name}</bdi></button>
      <span className="num muted share">{f.percent(stage.probability / 100)}</span>
      {stage.idle_days ? <span className="bdg"><Icon name="hourglass" />{t("crm.pipelines.idle_after", { n: stage.idle_days })}</span> : null}
      <span className="muted sm grow needs">{stage.required.length ? `${t("crm.pipelines.required")}: ${stage.required.map((r) => t(`crm.required.${r}`)).join(t("ui.list_sep"))}` : ""}</span>
      <span className="row g1">
        <button type="button" className="btn ghost ic sm" aria-label={t("crm.pipelines.up", { stage: name })} disabled={first} onClick={() => onPlaceStage(newOp(), stage.id, false)}><Icon name="chevron-up" size="s" /></button>
        <button type="button" className="btn ghost ic sm" aria-label={t("crm.pipelines.down", { stage: name })} disabled={last} onClick={() => onPlaceStage(newOp(), stage.id, true)}><Icon name="chevron-down" size="s" /></button>
        <button type="button" className="btn ghost ic sm" aria-label={t("crm.pipelines.remove", { stage: name })} disabled={!open} onClick={() => onRemoveStage(newOp(), stage.id)}><Icon name="trash" size="s" /></button>
      </span>
    </li>
  );
}

function StageDialog({ pipeline, stage, onSave, onClose }) {
  const t = useText();
  const begun = useContinued(stage ? null : `crm.stage/${pipeline}`, () => ({ name: stage?.name ?? "", name_ar: stage?.name_ar ?? "", probability: String(stage?.probability ?? 50), idle_days: stage?.idle_days ? String(stage.idle_days) : "", required: stage?.required ?? [] }));
  const form = begun.values;
  const set = (key) => (e) => begun.set({ [key]: e.target.value });
  const send = (e) => {
    e.preventDefault();
    onSave(begun.send(), { ...form, probability: latin(form.probability), idle_days: latin(form.idle_days) });
    onClose();
  };
  const open = !stage || stage.kind === "open", title = stage ? nameIn(t.lang, stage) : t("crm.pipelines.new_stage");
  return (
    <Dialog title={title} className="wide" onClose={onClose}>
      <form className="in" id="stage" onSubmit={send}>
        <h2><bdi>{title}</bdi></h2>
        <Continued form={begun} />
        <div className="fields" style={{ marginBlockStart: 16 }}>
          <label className="fld"><span className="lab">{t("crm.pipelines.name")}</span><input className="inp form" required maxLength={80} dir="auto" value={form.name} onChange={set("name")} /></label>
          <label className="fld"><span className="lab">{t("crm.pipelines.name_ar")}</span><input className="inp form" maxLength={80} dir="auto" value={form.name_ar} onChange={set("name_ar")} /></label>
          {open ? <label className="fld"><span className="lab">{t("crm.pipelines.probability")}</span><input className="inp form" inputMode="numeric" value={form.probability} onChange={set("probability")} /></label> : null}
          {open ? <label className="fld"><span className="lab">{t("crm.pipelines.idle_days")}</span><input className="inp form" inputMode="numeric" placeholder={t("crm.pipelines.never")} value={form.idle_days} onChange={set("idle_days")} /></label> : null}
          <fieldset className="fld full" style={{ border: 0, padding: 0, margin: 0 }}><legend className="lab">{t("crm.pipelines.required")}</legend>
            <div className="row wraps g5">{FIELDS.map((field) => <label className="row g2" key={field}><input type="checkbox" className="chk" checked={form.required.includes(field)} onChange={(e) => begun.set({ required: e.target.checked ? [...form.required, field] : form.required.filter((r) => r !== field) })} />{t(`crm.required.${field}`)}</label>)}</div>
          </fieldset>
        </div>
      </form>
      <div className="acts"><Button label={t("ui.cancel")} onClick={onClose} /><Button kind="pri" type="submit" form="stage" label={t("crm.pipelines.save")} disabled={!form.name.trim()} /></div>
    </Dialog>
  );
}
