// Builds the scanner page into a folder: `node scanner/build.mjs <folder>`. The same sources always give the same
// bytes. What has a hash in its name may be kept for ever; index.html, sw.js, the manifest and the icons may not.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const into = process.argv[2];
if (!into) {
  console.error("usage: node scanner/build.mjs <folder>");
  process.exit(2);
}
mkdirSync(into, { recursive: true });

/** Bundle one source of the page under this name; tells the file that came of it. */
async function bundle(source, name, { format = "iife", define = {} } = {}) {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: [`src/${source}`],
    outdir: into,
    entryNames: name,
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format,
    target: ["es2022", "safari16.4"],
    charset: "utf8",
    legalComments: "eof",
    loader: { ".wasm": "file" },
    define: Object.fromEntries(Object.entries(define).map(([key, value]) => [key, JSON.stringify(value)])),
    metafile: true,
    logLevel: "warning",
  });
  const made = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === `src/${source}`);
  return basename(made[0]);
}

const decoder = await bundle("decoder.worker.ts", "decoder-[hash]");
// In the document, hence relative to it: it is one level above the other files.
const app = await bundle("main.tsx", "app-[hash]", { format: "esm", define: { DECODER: `scanner/${decoder}` } });
const style = await bundle("page.css", "page-[hash]");

const index = readFileSync(join(here, "src/index.html"), "utf8")
  .replace("scanner/main.tsx", `scanner/${app}`)
  .replace("scanner/page.css", `scanner/${style}`);
writeFileSync(join(into, "index.html"), index);
for (const file of readdirSync(join(here, "public"))) copyFileSync(join(here, "public", file), join(into, file));

const files = readdirSync(into)
  .filter((file) => file !== "index.html" && file !== "sw.js")
  .sort();
const version = createHash("sha256");
for (const file of ["index.html", ...files]) version.update(file).update(readFileSync(join(into, file)));
const define = { FILES: files, NAMED_BY_DOCUMENT: [app, style], VERSION: version.digest("hex").slice(0, 16) };
await bundle("sw.ts", "sw", { define });
