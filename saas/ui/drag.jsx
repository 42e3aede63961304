// Lifting a card with the pointer. Only the lifted copy moves with each frame; React hears of a new place alone.
import { useCallback, useEffect, useRef, useState } from "react";

const SLOP = 5, HOLD_MS = 260, EDGE = 48, GAP = 6;

/** `onDrop(card, stageId, index)`. Gives {card, over: {stage, index, height}, size, board, ghost (refs), start(event, card)}. */
export function useDrag({ onDrop, enabled }) {
  const [card, setCard] = useState(null);
  const [over, setOver] = useState(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const board = useRef(null), ghost = useRef(null), run = useRef(null);
  const drop = useRef(onDrop);
  useEffect(() => { drop.current = onDrop; });

  const paint = useCallback(() => {
    const r = run.current;
    if (!r?.lifted) return;
    const tilt = document.dir === "rtl" ? -1.6 : 1.6;
    if (ghost.current) ghost.current.style.transform = `translate(${r.x - r.dx}px, ${r.y - r.dy}px) rotate(${tilt}deg)`;
    const area = board.current?.getBoundingClientRect();
    if (area) board.current.scrollLeft += r.x < area.left + EDGE ? -12 : r.x > area.right - EDGE ? 12 : 0;
    const lane = document.elementsFromPoint(r.x, r.y).map((el) => el.closest?.("[data-stage]")).find(Boolean);
    if (lane) {
      const list = lane.querySelector(".cards"), box = list.getBoundingClientRect();
      list.scrollTop += r.y < box.top + 24 ? -10 : r.y > box.bottom - 24 ? 10 : 0;
      const cards = [...list.querySelectorAll(".card[data-id]")];
      let index = cards.findIndex((el) => { const b = el.getBoundingClientRect(); return r.y < b.top + b.height / 2 - GAP; });
      if (index < 0) index = cards.length;
      const place = { stage: lane.dataset.stage, index, height: r.height };
      if (place.stage !== r.over?.stage || place.index !== r.over?.index) { r.over = place; setOver(place); }
    }
    r.frame = requestAnimationFrame(paint);
  }, []);

  const start = useCallback((e, lifted) => {
    if (!enabled || e.button !== 0 || e.target.closest("button, input, select")) return;
    const element = e.currentTarget, box = element.getBoundingClientRect();
    const r = (run.current = { x: e.clientX, y: e.clientY, x0: e.clientX, y0: e.clientY, dx: e.clientX - box.left, dy: e.clientY - box.top, height: box.height, lifted: false });
    const touch = e.pointerType !== "mouse";
    const lift = () => {
      r.lifted = true;
      setSize({ width: box.width, height: box.height });
      setCard(lifted); setOver(null);
      document.documentElement.classList.add("dragging-now");
      r.frame = requestAnimationFrame(paint);
    };
    const hold = touch ? setTimeout(lift, HOLD_MS) : 0;
    const move = (m) => {
      r.x = m.clientX; r.y = m.clientY;
      const far = Math.hypot(r.x - r.x0, r.y - r.y0) > SLOP;
      if (!r.lifted && far) { if (touch) return end(); lift(); }
      if (r.lifted && m.cancelable) m.preventDefault();
    };
    const end = (up) => {
      clearTimeout(hold); cancelAnimationFrame(r.frame);
      removeEventListener("pointermove", move); removeEventListener("pointerup", end); removeEventListener("pointercancel", cancel); removeEventListener("keydown", escape, true); removeEventListener("touchmove", still);
      document.documentElement.classList.remove("dragging-now");
      if (r.lifted && up?.type === "pointerup") {
        // The click that follows the release must not open the card.
        const swallow = (c) => { c.preventDefault(); c.stopPropagation(); };
        addEventListener("click", swallow, true);
        setTimeout(() => removeEventListener("click", swallow, true), 0);
        if (r.over) drop.current(lifted, r.over.stage, r.over.index);
      }
      run.current = null; setCard(null); setOver(null);
    };
    const cancel = () => end();
    const escape = (k) => { if (k.key === "Escape") { k.stopPropagation(); end(); } };
    const still = (m) => { if (r.lifted) m.preventDefault(); };
    addEventListener("pointermove", move); addEventListener("pointerup", end); addEventListener("pointercancel", cancel); addEventListener("keydown", escape, true); addEventListener("touchmove", still, { passive: false });
  }, [enabled, paint]);
  return { card, over, size, board, ghost, start };
}
