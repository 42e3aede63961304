// Files on a record: shown, dropped in, taken off. They go by their own routes, with limits.
import { useId, useState } from "react";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { newOp } from "./live.jsx";
import { useText } from "./text.jsx";
import { say } from "./toast.jsx";
import { useViewer } from "./viewer.jsx";

function size(f, bytes) {
  const unit = bytes >= 1048576 ? "megabyte" : "kilobyte";
  return f.unit(bytes / (unit === "megabyte" ? 1048576 : 1024), unit);
}

/** `files` [{id, name, type, size_bytes, at, by}]; `subject` the resource's key; `onChanged()` after an upload. */
export function Files({ files, subject, record, canEdit, onRemove, onChanged }) {
  const t = useText(), f = useFormat(), viewer = useViewer(), id = useId();
  const [busy, setBusy] = useState(0);
  const [over, setOver] = useState(false);
  const upload = async (list) => {
    for (const file of list) {
      setBusy((n) => n + 1);
      try {
        const answer = await fetch(`/files/${subject}/${record}`, { method: "POST", body: file, headers: { "x-csrf": viewer?.csrf ?? "", "x-file-name": encodeURIComponent(file.name), "content-type": file.type || "application/octet-stream" } });
        if (!answer.ok) { const { errors } = await answer.json(); say({ kind: "error", key: errors[0].key, params: errors[0].params }); }
        else onChanged?.();
      } catch { say({ kind: "error", key: "ui.files.failed", params: { name: file.name } }); }
      finally { setBusy((n) => n - 1); }
    }
  };
  const drop = canEdit ? {
    onDragOver: (e) => { e.preventDefault(); setOver(true); }, onDragLeave: () => setOver(false),
    onDrop: (e) => { e.preventDefault(); setOver(false); upload(e.dataTransfer.files); },
  } : {};
  return (
    <section className={`sec ${over ? "drop over" : ""}`} {...drop}>
      <h3>{t("ui.files.title")}<span className="c num">{files?.length || ""}</span>
        {canEdit ? <label className="end btn ghost ic sm" htmlFor={id} title={t("ui.files.add")}><Icon name="plus" /><span className="vh">{t("ui.files.add")}</span></label> : null}
      </h3>
      {canEdit ? <input id={id} type="file" multiple className="vh" aria-label={t("ui.files.add")} onChange={(e) => { upload(e.target.files); e.target.value = ""; }} /> : null}
      {(files ?? []).map((file) => (
        <div className="file" key={file.id}>
          <Icon name="paperclip" size="s" /><a className="grow trunc" dir="auto" href={`/files/${file.id}`} target="_blank" rel="noreferrer">{file.name}</a>
          <span className="muted sm num">{size(f, file.size_bytes)}</span>
          {canEdit && onRemove ? <button type="button" className="btn ghost ic sm" aria-label={t("ui.files.remove", { name: file.name })} onClick={() => onRemove(newOp(), file.id)}><Icon name="x" size="s" /></button> : null}
        </div>
      ))}
      {busy ? <div className="file muted" role="status"><span className="spin" />{t("ui.files.sending", { n: busy })}</div> : null}
      {!files?.length && !busy ? <p className="muted sm">{t(canEdit ? "ui.files.empty" : "ui.none")}</p> : null}
    </section>
  );
}
