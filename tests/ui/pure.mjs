// Bundles the kit's own files as the build does, for Node: `node pure.mjs <.web> <saas/ui> <out.mjs>`.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [web, kit, out] = process.argv.slice(2);
const { rolldown } = await import(pathToFileURL(`${web}/node_modules/rolldown/dist/index.mjs`));
const entry = `${out}.entry.mjs`;
const files = ["board", "cells", "card", "format", "icon", "live", "overlay", "palette", "parts", "steady", "text"];
await writeFile(entry, files.map((f) => `export * as ${f} from ${JSON.stringify(`${kit}/${f}.jsx`)};`).join("\n"));
const made = await rolldown({
  input: entry,
  platform: "node",
  // What the build resolves by its own folder: Reflex is among it, for the outbox hears what it sends.
  resolve: { modules: [`${web}/node_modules`], alias: { "$/utils": `${web}/utils`, "$/env.json": `${web}/env.json`, "$/reflex.json": `${web}/reflex.json` } },
  transform: { define: { "import.meta.env.SSR": "false" }, jsx: "react-jsx" },
  logLevel: "silent",
});
// One file, though the board asks for a dialog of its own when it needs it.
await made.write({ file: out, format: "esm", codeSplitting: false });
