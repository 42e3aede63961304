// Charts over time, drawn by recharts, each with the same figures as a table for screen readers. Loaded lazily.
import { Area, Bar, CartesianGrid, Cell, ComposedChart, BarChart, LabelList, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormat } from "./format.jsx";
import { useText } from "./text.jsx";

const HEIGHT = 186, WEEK = 7;
const AXIS = { axisLine: false, tickLine: false, fontSize: 11 };
// Labels stand in a drawing that runs left to right; each keeps the direction of its language.
const inLine = (t, label) => (t.lang === "ar" ? `\u2067${label}\u2069` : label);
// The last day is written under the end of its line, and whole.
const margin = (t) => ({ top: 18, right: t.lang === "ar" ? 26 : 14, bottom: 0, left: 0 });
// Round figures stand along an axis: 40k, not 40.0k.
const round = (t, f, currency) => (v) => inLine(t, f.shortAmount(v, currency).replace(/[.٫][0٠](?=\D|$)/, ""));

function Figures({ name, head, rows }) {
  return (
    <table className="vh">
      <caption>{name}</caption>
      <thead><tr>{head.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      <tbody>{rows.map((r) => <tr key={r[0]}>{r.map((cell, i) => <td key={i}>{cell}</td>)}</tr>)}</tbody>
    </table>
  );
}
function Tip({ active, payload, label, show }) {
  if (!active || !payload?.length) return null;
  return <div className="menu tip num" role="presentation"><span className="muted">{label}</span> <b>{show(payload[0].payload)}</b></div>;
}

/** Amounts by period; the last one is now. `points` [{label, value}], values in minor units. */
export function Columns({ points, currency, name }) {
  const f = useFormat(), t = useText();
  const last = points.length - 1;
  return (
    <div className="chart" style={{ blockSize: HEIGHT }}>
      <ResponsiveContainer>
        <BarChart data={points} margin={margin(t)} accessibilityLayer={false} aria-hidden="true">
          <CartesianGrid vertical={false} />
          <XAxis dataKey="label" {...AXIS} interval="preserveStartEnd" />
          <YAxis {...AXIS} width={t.lang === "ar" ? 62 : 42} tickCount={4} tickFormatter={round(t, f, currency)} />
          <Tooltip cursor={{ fill: "var(--hover)" }} content={<Tip show={(p) => f.money(p.value, currency)} />} />
          <Bar dataKey="value" radius={[3, 3, 0, 0]} isAnimationActive={false}>
            {points.map((p, i) => <Cell key={p.label} fill={i === last ? "var(--c1)" : "var(--c2)"} />)}
            <LabelList dataKey="value" position="top" className="last" content={({ x, y, width, value, index }) => (index === last ? <text className="last" x={x + width / 2} y={y - 6} textAnchor="middle">{inLine(t, f.shortAmount(value, currency))}</text> : null)} />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
      <Figures name={name} head={[t("home.period"), t("home.amount")]} rows={points.map((p) => [p.label, f.money(p.value, currency)])} />
    </div>
  );
}

/** What was won so far and what may come. `points` [{date, actual, forecast, low, high}], minor units or null. */
export function Forecast({ points, goal, currency, name }) {
  const f = useFormat(), t = useText();
  const data = points.map((p) => ({ ...p, label: inLine(t, f.shortDate(p.date)), range: p.low === null || p.low === undefined ? null : [p.low, p.high] }));
  const value = (p) => p.actual ?? p.forecast;
  return (
    <div className="chart" style={{ blockSize: HEIGHT }}>
      <ResponsiveContainer>
        <ComposedChart data={data} margin={margin(t)} accessibilityLayer={false} aria-hidden="true">
          <CartesianGrid vertical={false} />
          <XAxis dataKey="label" {...AXIS} interval={0} ticks={data.filter((_, i) => i % WEEK === 0).map((p) => p.label)} />
          <YAxis {...AXIS} width={t.lang === "ar" ? 62 : 42} tickCount={4} tickFormatter={round(t, f, currency)} />
          <Tooltip content={<Tip show={(p) => f.money(value(p), currency)} />} />
          <Area dataKey="range" fill="var(--c3)" fillOpacity={0.6} stroke="none" isAnimationActive={false} />
          <Line dataKey="forecast" stroke="var(--c1)" strokeDasharray="4 3" strokeWidth={1.5} dot={false} isAnimationActive={false} />
          <Line dataKey="actual" stroke="var(--c1)" strokeWidth={2} dot={false} isAnimationActive={false} />
          {goal ? <ReferenceLine y={goal} stroke="var(--c-base)" strokeDasharray="2 3" label={{ value: inLine(t, t("home.goal", { amount: f.shortAmount(goal, currency) })), position: "insideBottomLeft" }} /> : null}
        </ComposedChart>
      </ResponsiveContainer>
      <Figures name={name} head={[t("home.period"), t("home.amount")]} rows={points.map((p) => [f.fullDate(p.date), f.money(value(p), currency)])} />
    </div>
  );
}

/** The course of a figure, without axes. */
export function Spark({ values }) {
  return <LineChart width={72} height={24} data={values.map((v, i) => ({ i, v }))} margin={{ top: 3, right: 1, bottom: 3, left: 1 }} accessibilityLayer={false}><Line dataKey="v" stroke="var(--c-base)" strokeWidth={1.5} dot={false} isAnimationActive={false} /></LineChart>;
}
