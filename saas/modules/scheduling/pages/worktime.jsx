// Times of day as they are typed and shown, and the working hours that they lie in.
import { latin } from "$/public/external/saas/ui/library/format.jsx";

const DAY_MS = 86400000, DAY_MIN = 1440;
export const STEP_MIN = 15;
const pad = (n) => String(n).padStart(2, "0");
const weekdayOf = (ms) => (new Date(ms).getUTCDay() + 6) % 7;

/** Minutes since midnight as 08:00. */
export const clock = (minutes) => `${pad(Math.floor(minutes / 60) % 24)}:${pad(minutes % 60)}`;
/** Minutes since midnight of a time of day as typed, null when it is none. */
export function minutesOf(time) {
  const at = latin(time).trim().match(/^(\d{1,2})(?:[:.](\d{2}))?$/);
  return !at || Number(at[1]) > 23 || Number(at[2] ?? 0) > 59 ? null : Number(at[1]) * 60 + Number(at[2] ?? 0);
}
/** {day, open, opens, closes} of the first day on which the span is not wholly within the hours (Monday first); null: it is. */
export function outside(hours, day, begins, minutes) {
  for (let at = Date.parse(day), from = begins, left = minutes; left > 0; at += DAY_MS) {
    const until = Math.min(from + left, DAY_MIN), of = hours[weekdayOf(at)];
    if (!of.open || from < of.opens || until > of.closes) return { ...of, day: new Date(at).toISOString().slice(0, 10) };
    left -= until - from;
    from = 0;
  }
  return null;
}
/**
 * Where a new appointment of so many minutes begins: the first quarter of an hour, of `day` or of a day after it, from which it
 * lies wholly within the hours, and which `now` {day, minute} has not passed. {day, start_min}, null when there is none.
 */
export function firstSlot(hours, day, minutes, now) {
  for (let n = 0; n <= 7; n++) {
    const on = new Date(Date.parse(day) + n * DAY_MS).toISOString().slice(0, 10), of = hours[weekdayOf(Date.parse(on))];
    const begins = on === now.day ? Math.max(of.opens, Math.ceil(now.minute / STEP_MIN) * STEP_MIN) : of.opens;
    if (of.open && begins < of.closes && !outside(hours, on, begins, minutes)) return { day: on, start_min: begins };
  }
  return null;
}
