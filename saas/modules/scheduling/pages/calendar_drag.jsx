// Taking an appointment to another time or person with the pointer. It is there at once; a refusal brings it back.
import { useCallback, useEffect, useRef, useState } from "react";
import { newOp, useAck, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { clock } from "./worktime.jsx";

const SLOP = 5, HOLD_MS = 260, EDGE = 36;

/** Rows with what was dragged and not yet answered: {rows, move(row, {day, person, start_min})}. */
export function useMoved(rows, onMove) {
  const [moved, setMoved] = useState([]);          // {op, id, place}
  const drop = (op) => setMoved((all) => (all.some((m) => m.op === op) ? all.filter((m) => m.op !== op) : all));
  useLive("scheduling.appointment", (patch) => { if (patch.op) drop(patch.op); });
  useAck((ack) => { if (!ack.ok || ack.repeated) drop(ack.op); });
  const move = useCallback((row, place) => {
    const op = newOp();
    setMoved((all) => [...all, { op, id: row.id, place }]);
    onMove(op, row.id, place.person, `${place.day}T${clock(place.start_min)}`);
  }, [onMove]);
  const shown = !moved.length ? rows : rows.map((row) => {
    const place = moved.filter((m) => m.id === row.id).at(-1)?.place;
    return place ? { ...row, ...place, end_min: place.start_min + row.end_min - row.start_min, moving: true } : row;
  });
  return { rows: shown, move };
}

/**
 * `minuteAt(lane, y)` gives the minute of the day that a pixel of a lane stands for; `onDrop(row, place)`.
 * Gives {row, over: {day, person, start_min} | null, start(event, row)}; lanes carry data-day and data-person.
 */
export function useAppointmentDrag({ enabled, stepMin, minuteAt, onDrop }) {
  const [held, setHeld] = useState(null);
  const [over, setOver] = useState(null);
  const latest = useRef({});
  useEffect(() => { latest.current = { minuteAt, onDrop }; });
  const start = useCallback((e, row) => {
    if (!enabled || e.button !== 0 || row.state !== "booked") return;
    const box = e.currentTarget.getBoundingClientRect(), grabbed = e.clientY - box.top, scroller = e.currentTarget.closest(".cal");
    const run = { x0: e.clientX, y0: e.clientY, lifted: false, over: null };
    const lift = () => { run.lifted = true; setHeld(row); document.documentElement.classList.add("dragging-now"); };
    const hold = e.pointerType === "mouse" ? 0 : setTimeout(lift, HOLD_MS);
    const move = (m) => {
      const far = Math.hypot(m.clientX - run.x0, m.clientY - run.y0) > SLOP;
      if (!run.lifted && far) { if (hold) return end(); lift(); }
      if (!run.lifted) return;
      if (m.cancelable) m.preventDefault();
      const area = scroller.getBoundingClientRect();
      scroller.scrollTop += m.clientY < area.top + EDGE * 2 ? -10 : m.clientY > area.bottom - EDGE ? 10 : 0;
      const lane = document.elementsFromPoint(m.clientX, m.clientY).map((el) => el.closest?.("[data-person]")).find(Boolean);
      if (!lane) return;
      const minute = latest.current.minuteAt(lane, m.clientY - grabbed);
      const start_min = Math.max(0, Math.min(1440 - stepMin, Math.round(minute / stepMin) * stepMin));
      const place = { day: lane.dataset.day, person: lane.dataset.person, start_min };
      if (["day", "person", "start_min"].every((k) => place[k] === run.over?.[k])) return;
      run.over = place; setOver(place);
    };
    const end = (up) => {
      clearTimeout(hold);
      removeEventListener("pointermove", move); removeEventListener("pointerup", end); removeEventListener("pointercancel", cancel); removeEventListener("keydown", escape, true); removeEventListener("touchmove", still);
      document.documentElement.classList.remove("dragging-now");
      if (run.lifted && up?.type === "pointerup") {
        // The click that follows the release must not open the appointment.
        const swallow = (c) => { c.preventDefault(); c.stopPropagation(); };
        addEventListener("click", swallow, true);
        setTimeout(() => removeEventListener("click", swallow, true), 0);
        const to = run.over;
        if (to && (to.day !== row.day || to.person !== row.person || to.start_min !== row.start_min)) latest.current.onDrop(row, to);
      }
      setHeld(null); setOver(null);
    };
    const cancel = () => end();
    const escape = (k) => { if (k.key === "Escape") { k.stopPropagation(); end(); } };
    const still = (m) => { if (run.lifted) m.preventDefault(); };
    addEventListener("pointermove", move); addEventListener("pointerup", end); addEventListener("pointercancel", cancel); addEventListener("keydown", escape, true); addEventListener("touchmove", still, { passive: false });
  }, [enabled, stepMin]);
  return { row: held, over, start };
}
