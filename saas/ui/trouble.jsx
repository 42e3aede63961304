// A script of ours failed: the person hears what helps, and the server what it was.
import { Component } from "react";
import { Failed } from "./states.jsx";
import { say } from "./toast.jsx";
import { useText } from "./text.jsx";

const MOST = 5, SAID_MS = 20000;
const FOREIGN = /-extension:\/\//;
let told = 0, saidAt = -SAID_MS;

/** To the log of the server, the first few of a page. Gives the code by which support finds it there. */
function report(error) {
  const code = crypto.randomUUID().slice(0, 8);
  if (told++ < MOST) {
    const body = JSON.stringify({ code, text: `${error.name}: ${error.message}`.slice(0, 500), stack: String(error.stack ?? "").slice(0, 3000), path: location.pathname.slice(0, 500) });
    fetch("/trouble", { method: "POST", body, keepalive: true }).catch(() => { /* the server may be what is away */ });
  }
  return code;
}

// Neither the end of a request that nobody waits for, nor what an extension does on our page, nor a note of the
// browser that carries no error, is trouble of the page.
function heard(event, error) {
  // Reflex would send it to a handler that the gate refuses.
  event.stopImmediatePropagation();
  if (!(error instanceof Error) || error.name === "AbortError" || FOREIGN.test(error.stack) || !navigator.onLine) return;
  report(error);
  if (performance.now() - saidAt < SAID_MS) return;
  saidAt = performance.now();
  say({ kind: "error", key: "ui.broken.text", act: { label: "ui.broken.reload", run: () => location.reload() } });
}
if (typeof window !== "undefined") {
  addEventListener("error", (event) => heard(event, event.error));
  addEventListener("unhandledrejection", (event) => heard(event, event.reason));
}

/** What is inside failed to be drawn: says so in its place. Another `of`, such as the address, is tried anew. */
export class Boundary extends Component {
  state = { code: null };
  static getDerivedStateFromError() { return { code: "" }; }
  componentDidCatch(error) { this.setState({ code: report(error) }); }
  componentDidUpdate(before) { if (before.of !== this.props.of && this.state.code !== null) this.setState({ code: null }); }
  render() { return this.state.code === null ? this.props.children : <Broken code={this.state.code} />; }
}
function Broken({ code }) {
  const t = useText();
  return <Failed title={t("ui.broken.title")} text={t("ui.broken.text")} label={t("ui.broken.reload")} code={code} onRetry={() => location.reload()} />;
}
