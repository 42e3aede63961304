// Who is looking: what the shell was given, for every part inside it.
import { createContext, useContext } from "react";

export const ViewerContext = createContext(null);
/** {tenant, member, permissions, modules, trial_days, currency, tz, ...} or null before it is known. */
export const useViewer = () => useContext(ViewerContext);
/** What the viewer can begin with a party in hand: [{module, text, short, icon, href}]. */
export const BeginsContext = createContext([]);
/** Whether the server has said so, not the browser's memory of its last page: what belongs to one member waits for it. */
export const isCertain = (viewer) => !!viewer?.signed_in && !viewer.recalled;
export const may = (viewer, permission) => !permission || !!viewer?.permissions?.includes(permission);
export const isOn = (viewer, module) => !module || !!viewer?.modules?.includes(module);

const KEY = "wasl.viewer";
/** The viewer of this browser's last page, so that the frame is whole before the server has answered. */
export function recall() {
  try { const said = JSON.parse(localStorage.getItem(KEY)); return said && { ...said, recalled: true }; } catch { return null; }
}
export function remember(viewer) {
  try { if (viewer) localStorage.setItem(KEY, JSON.stringify(viewer)); else localStorage.removeItem(KEY); } catch { /* private window: the frame waits for the server */ }
}
/** The columns of a form in which the record is the viewer's own, if nobody says else. */
export const ownedBy = (viewer, columns) => (viewer?.id ? columns.map((c) => (c.key === "owner" ? { ...c, initial: { id: viewer.id, label: viewer.name } } : c)) : columns);
