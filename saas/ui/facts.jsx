// The facts of a record, each edited where it stands.
import { useEffect, useId, useMemo, useState } from "react";
import { CellEditor, Value, valueOf } from "./cells.jsx";
import { Clash } from "./clash.jsx";
import { useClashes, writing } from "./clashes.jsx";
import { Icon } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { newOp, useAck } from "./live.jsx";
import { Peer, usePeers } from "./peers.jsx";
import { useText } from "./text.jsx";

// Their values are links, and a link cannot stand inside a button.
const LINKS = new Set(["phone", "email", "link", "ref"]);

/**
 * `columns` as a list's; `onEdit(op, field, value, version)`. A change shows at once; a refusal puts the old value
 * back and marks the fact; a clash with a colleague (`topic` names the kind of record, `href` its place) shows both
 * values. `keys`: E opens the first one. `children` are rows of the page's own (dt and dd).
 */
export function Facts({ columns, record, options, topic, href, onLookup, onEdit, canEdit, keys, children }) {
  const t = useText(), here = useId(), clashOf = useClashes(topic), peers = usePeers(topic)(record?.id);
  const [editing, setEditing] = useState(null);
  const [mine, setMine] = useState([]);          // {op, key, field, value}
  const [refused, setRefused] = useState({});
  useEffect(() => { setMine([]); }, [record?.id, record?.version]);
  useEffect(() => { setRefused({}); setEditing(null); }, [record?.id]);
  useAck((ack) => {
    const op = mine.find((m) => m.op === ack.op);
    if (!op) return;
    setMine((all) => all.filter((m) => m.op !== ack.op));
    if (!ack.ok && !ack.clash) setRefused((old) => ({ ...old, [op.field]: { key: ack.key, params: ack.params } }));
  });
  const shown = useMemo(() => mine.reduce((r, m) => ({ ...r, [m.key]: m.value }), record ?? {}), [record, mine]);
  const listed = columns.filter((c) => !c.only_form);
  const editable = (c) => canEdit && onEdit && c.editable;
  const write = (c, { sent, shown: value }, begun) => {
    const op = newOp(), key = c.kind === "money" && record[c.key] === undefined ? `${c.key}_minor` : c.key;
    setMine((all) => [...all, { op, field: c.key, key, value }]);
    setRefused((old) => ({ ...old, [c.key]: undefined }));
    writing(op, { topic, id: record.id, column: c, sent, shown: value, change: { [key]: value }, at: here, href });
    onEdit(op, c.key, sent, begun.version ?? 0, record.id);
  };
  const save = (c, value, how, begun) => { write(c, value, begun); follow(c, how); };
  const follow = (c, how) => {
    const order = listed.filter(editable), at = order.findIndex((x) => x.key === c.key);
    setEditing(how === "next" ? order[at + 1]?.key ?? null : how === "previous" ? order[at - 1]?.key ?? null : null);
  };
  useKeys(keys ? { KeyE: { label: "ui.edit", run: () => setEditing(listed.find(editable)?.key ?? null) } } : null);
  return (
    <dl className="kv">
      {listed.map((c) => {
        const label = t(c.label), fault = refused[c.key], can = editable(c), clash = can ? clashOf(record?.id, c.key) : null;
        const value = valueOf(shown, c), blank = [null, "", undefined].includes(value) || (Array.isArray(value) && !value.length);
        return (
          <div key={c.key} style={{ display: "contents" }}>
            <dt>{label}</dt>
            <dd className={fault ? "bad" : ""} title={fault ? t(fault.key, fault.params) : undefined}>
              {!can ? <Value column={c} row={shown} full /> : LINKS.has(c.kind) && !blank && (c.kind !== "ref" || c.href) ? (
                <><span className="row g3 grow"><Value column={c} row={shown} full /></span><button type="button" className="btn ghost ic sm pen" aria-label={t("ui.edit_field", { field: label })} onClick={() => setEditing(c.key)}><Icon name="pencil" size="s" /></button></>
              ) : (
                <button type="button" className="val" onClick={() => setEditing(c.key)}>
                  {blank ? <span className="muted">{t("ui.add")}</span> : <Value column={c} row={shown} full />}<span className="vh">{t("ui.edit_field", { field: label })}</span>
                </button>
              )}
              {clash ? <Clash clash={clash} here={here} onMine={(k) => write(c, k, k.row)} /> : null}
              {peers.filter((p) => p.field === c.key).map((p) => <Peer key={p.tab} by={p.by} />)}
              {editing === c.key ? <CellEditor topic={topic} column={c} row={shown} name={label} options={options} onLookup={onLookup} onSave={(value, how, begun) => save(c, value, how, begun)} onCancel={(how) => follow(c, how)} /> : null}
            </dd>
          </div>
        );
      })}
      {children}
    </dl>
  );
}
