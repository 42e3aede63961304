// Importing in four steps: the file, its columns, what will happen, and the import with its outcome.
import { useEffect, useRef, useState } from "react";
import { Icon } from "./icon.jsx";
import { CheckStep } from "./import_check.jsx";
import { ColumnsStep, FileLine, FileStep } from "./import_file.jsx";
import { Earlier, Outcome } from "./import_outcome.jsx";
import { address, isUnderWay } from "./import_run.jsx";
import { useLive } from "./live.jsx";
import { Empty, Skeleton } from "./states.jsx";
import { useArrival } from "./step.jsx";
import { useText } from "./text.jsx";
import { may, useViewer } from "./viewer.jsx";

const STEPS = ["file", "columns", "check", "import"];
const STEP_OF = { mapping: 1, checking: 2, checked: 2, queued: 3, running: 3, done: 3, failed: 3, cancelled: 3, undone: 3 };
const ASK_EACH_MS = 3000;

export function ImportDesk({ run, earlier, limitMb, loaded, onOpen, onClose, onKind, onSheet, onMap, onCheck, onFix, onMissing, onDuplicates, onOrder, onGoBack, onStart, onCancel, onUndo, onForget }) {
  const t = useText(), viewer = useViewer();
  const [news, setNews] = useState({});              // id -> the newest row from the live stream
  const [busy, setBusy] = useState("");              // the step that waits for the server
  const shown = run?.id ? fresher(run, news[run.id]) : null;
  const [wishes, setWishes] = useState({});          // what was just chosen, shown until the server has answered
  const settled = () => { setBusy(""); setWishes({}); };
  useEffect(settled, [run]);
  useLive("import.run", (patch) => {
    for (const row of patch.rows ?? []) {
      setNews((old) => ({ ...old, [row.id]: row }));
      // The row tells how far it is; the page of a finished import needs more than the row.
      if (row.id === run?.id && row.state !== run.state) onOpen(row.id);
    }
  }, () => { if (run?.id) onOpen(run.id); });
  useLive("ack", (ack) => { if (ack.ok === false) settled(); });

  // The stream tells how far it is; should a message get lost, the page asks.
  const waiting = shown && isUnderWay(shown) ? shown.id : null;
  useEffect(() => {
    if (!waiting) return undefined;
    const asking = setInterval(() => onOpen(waiting), ASK_EACH_MS);
    return () => clearInterval(asking);
  }, [waiting]);

  const go = (id) => { history.replaceState(history.state, "", address(id)); if (id) onOpen(id); else onClose(); };
  const act = (name, call) => (...rest) => { setBusy(name); call(shown.id, ...rest); };
  // A choice shows in the same frame; `key` names it among the wishes, the last argument is its value.
  const pick = (key, call) => (...rest) => { setWishes((old) => ({ ...old, [key + rest.slice(0, -1).join()]: rest.at(-1) })); act("choice", call)(...rest); };
  const wished = (key, now) => (key in wishes ? wishes[key] : now);
  const box = useRef(null), step = shown ? STEP_OF[shown.state] ?? 0 : 0;
  // Waiting for the check and for the rows to be written are steps as well.
  useArrival(loaded ? shown?.state === "checking" ? 1.5 : step : null, box);
  if (viewer && !may(viewer, "workspace.import")) return <div className="body"><Empty icon="lock" title={t("ui.refused.title")} text={t("ui.refused.text")} /></div>;
  if (!loaded) return <div className="body"><Skeleton rows={6} /></div>;
  const parts = { run: shown, busy, go, wished };
  return (
    <div className="body pad">
      <div className="import" ref={box}>
        <Steps at={step} />
        {shown ? <FileLine {...parts} onSheet={pick("sheet", onSheet)} onForget={() => { onForget(shown.id); history.replaceState(history.state, "", address("")); }} /> : null}
        {step === 0 ? <FileStep limitMb={limitMb} onArrived={go} /> : null}
        {step === 1 ? <ColumnsStep {...parts} onKind={pick("kind", onKind)} onMap={pick("map", onMap)} onCheck={act("check", onCheck)} /> : null}
        {shown?.state === "checking" ? <Outcome {...parts} onCancel={act("cancel", onCancel)} /> : null}
        {shown?.state === "checked" ? <CheckStep {...parts} onFix={pick("fix", onFix)} onMissing={pick("missing", onMissing)} onDuplicates={pick("duplicates", onDuplicates)} onOrder={pick("order", onOrder)} onGoBack={act("back", onGoBack)} onStart={act("start", onStart)} /> : null}
        {step === 3 ? <Outcome {...parts} onCancel={act("cancel", onCancel)} onUndo={act("undo", onUndo)} onCheck={act("check", onCheck)} /> : null}
        {step === 0 || !isUnderWay(shown) ? <Earlier rows={(earlier ?? []).map((row) => fresher(row, news[row.id]))} current={shown?.id} onOpen={go} /> : null}
      </div>
    </div>
  );
}

const fresher = (row, newer) => (newer && newer.version >= row.version ? { ...row, ...newer, by: newer.by || row.by } : row);

function Steps({ at }) {
  const t = useText();
  return (
    <ol className="waypoints" aria-label={t("imports.step.steps")}>
      {STEPS.map((key, i) => (
        <li key={key} className={i < at ? "past" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}>
          <span className="n" aria-hidden="true">{i < at ? <Icon name="check" size="s" /> : i + 1}</span>{t(`imports.step.${key}`)}
        </li>
      ))}
    </ol>
  );
}
