// Judges patterns with recheck: reads {patterns, modules, exceptions} from standard input, and writes a verdict for
// each. `modules` are files that compute patterns when they are imported; of `exceptions` each is a file and the beginning
// of a pattern that is not judged.

import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { check } from "recheck";

const { patterns, modules, exceptions } = JSON.parse(await text(process.stdin));

const Native = globalThis.RegExp;
for (const module of modules) {
  globalThis.RegExp = class extends Native {
    constructor(...given) {
      super(...given);
      patterns.push({ where: module, pattern: this.source, source: this.source, flags: this.flags });
    }
  };
  await import(pathToFileURL(resolve(module)).href);
  globalThis.RegExp = Native;
}

// With more repetitions recheck would only guess (its fuzzer); and its own time is no verdict.
const limits = { maxRepeatCount: 1000, timeout: 120_000 };
const judged = new Map();
const verdicts = [];
for (const { where, pattern, source, flags } of patterns) {
  if (exceptions.some(([file, beginning]) => where === file && pattern.startsWith(beginning))) {
    verdicts.push({ where, pattern, verdict: "excepted" });
    continue;
  }
  const key = `/${source}/${flags}`;
  if (!judged.has(key)) {
    const { status, complexity, error } = await check(source, flags, limits);
    judged.set(key, complexity?.summary ?? error?.kind ?? status);
  }
  verdicts.push({ where, pattern, verdict: judged.get(key) });
}
process.stdout.write(JSON.stringify(verdicts));
process.exit();
