// What can be done with all selected rows at once.
import { useState } from "react";
import { CellEditor } from "./cells.jsx";
import { Icon } from "./icon.jsx";
import { Item, Popover } from "./menu.jsx";
import { useText } from "./text.jsx";

export function Bulk({ n, columns, archived, options, onLookup, onEdit, onArchive, onClear }) {
  const t = useText();
  const editable = columns.filter((c) => c.editable && c.kind !== "money");
  // What is asked of many rows most often stands there by itself.
  const at = (kind) => editable.find((c) => c.kind === kind);
  const direct = [["person", "user", "ui.bulk.assign"], ["tags", "tag", "ui.bulk.tag"]].filter(([kind]) => onEdit && at(kind));
  return (
    <div className="bulk" role="toolbar" aria-label={t("ui.bulk.title")}>
      <span role="status"><span className="num">{t("ui.bulk.selected", { n })}</span></span>
      <i className="vr" />
      {direct.map(([kind, icon, label]) => (
        <Popover key={kind} className="" role="dialog" name={t(label)} label={<><Icon name={icon} size="s" />{t(label)}</>}>
          {(close) => <Change columns={editable} only={at(kind)} options={options} onLookup={onLookup} onDone={(column, value) => { close(); onEdit(column, value); }} onCancel={close} />}
        </Popover>
      ))}
      {onEdit && editable.length ? (
        <Popover className="" role="dialog" name={t("ui.bulk.edit")} label={<><Icon name="pencil" size="s" />{t("ui.bulk.edit")}</>}>
          {(close) => <Change columns={editable} options={options} onLookup={onLookup} onDone={(column, value) => { close(); onEdit(column, value); }} />}
        </Popover>
      ) : null}
      {onArchive ? <button type="button" onClick={onArchive}><Icon name={archived ? "restore" : "archive"} size="s" />{t(archived ? "ui.archive.restore" : "ui.archive.do")}</button> : null}
      <i className="vr" />
      <button type="button" onClick={onClear} aria-label={t("ui.bulk.clear")}><kbd className="kbd">Esc</kbd></button>
    </div>
  );
}

function Change({ columns, only, options, onLookup, onDone, onCancel }) {
  const t = useText();
  const [column, setColumn] = useState(only ?? null);
  if (!column) return columns.map((c) => <Item key={c.key} role="button" onPick={() => setColumn(c)}>{t(c.label)}</Item>);
  return (
    <div className="pane">
      <span className="lab">{t(column.label)}</span>
      <div className="inp field" style={{ position: "relative" }}><CellEditor column={column} row={null} name={t(column.label)} options={options} onLookup={onLookup} onSave={(value) => onDone(column, column.kind === "tags" ? { sent: value.sent.map((tag) => `+${tag}`), added: value.sent } : value)} onCancel={() => (only ? onCancel() : setColumn(null))} /></div>
      <p className="help">{t(column.kind === "tags" ? "ui.bulk.tags_hint" : "ui.bulk.hint")}</p>
    </div>
  );
}
