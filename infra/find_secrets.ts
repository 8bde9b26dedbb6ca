// Looks for secrets in every version of every file that leads to HEAD, in the messages of its commits, and in what is not
// committed yet: `node infra/find_secrets.ts`, or `make lint`. It asks nobody, and never prints what it found.
//
// What only looks like a secret stands in known_secrets.json: the digest that this prints, and the reason.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { lintSource } from "@secretlint/core";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";

const KNOWN: Record<string, string> = JSON.parse(readFileSync(new URL("known_secrets.json", import.meta.url), "utf8"));
const MIB = 1024 * 1024;

// Secretlint knows the tokens of AWS, GitHub, npm and others. These are what this system has besides.
const OURS: Record<string, RegExp> = {
  "access token of Meta": /\bEAA[A-Za-z0-9]{60,}/g,
  "app secret of Meta": /(?<=["'`])[0-9a-f]{32}(?=["'`])/g,
  "long random text": /(?<=["'`])(?!sha512-)(?=[^"'`]*[0-9])(?=[^"'`]*[A-Za-z])[\w+/-]{40,}={0,2}(?=["'`])/g,
  "value of a secret's name":
    /(?<=(?:secret|token|password|sandi|credential|api_?key)["'`]?\s*[:=]\s*["'`])(?=[^"'`]*[0-9])(?=[^"'`]*[A-Za-z])[^\s"'`{}]{12,}(?=["'`])/gi,
};
// Without its rule for comments: one of those could silence the others, and needs no reason.
const SECRETLINT = {
  rules: rules
    .filter((rule) => rule.meta.id !== "@secretlint/secretlint-rule-filter-comments")
    .map((rule) => ({ id: rule.meta.id, rule })),
};

type Text = { where: string; text: string };

function git(args: string[], input = ""): Buffer {
  return execFileSync("git", args, { input, maxBuffer: 2048 * MIB });
}

/** Yield the messages and the versions of files that lead to HEAD, without pictures and the like. */
function* committed(): Generator<Text> {
  const paths = new Map<string, string>();
  for (const line of git(["rev-list", "--objects", "HEAD"]).toString().trimEnd().split("\n")) {
    paths.set(line.slice(0, 40), line.slice(41));
  }
  const objects = git(["cat-file", "--batch"], [...paths.keys()].join("\n"));
  for (let start = 0; start < objects.length; ) {
    const head = objects.indexOf("\n", start);
    const [id = "", type, size] = objects.toString("utf8", start, head).split(" ");
    const content = objects.subarray(head + 1, head + 1 + Number(size));
    start = head + 1 + content.length + 1;
    if (type !== "tree" && !isBinary(content))
      yield { where: `${type} ${id.slice(0, 12)} ${paths.get(id)}`, text: content.toString() };
  }
}

/** Yield the files of the working tree that are or may be committed. */
function* uncommitted(): Generator<Text> {
  const names = git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).toString().split("\0");
  for (const name of new Set(names.filter((name) => name && existsSync(name)))) {
    const content = readFileSync(name);
    if (!isBinary(content)) yield { where: name, text: content.toString() };
  }
}

function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}

/** Yield the kind and the text of whatever looks like a secret. */
async function* secretsIn({ where, text }: Text): AsyncGenerator<[kind: string, secret: string]> {
  const source = { content: text, filePath: where, ext: "", contentType: "text" as const };
  const { messages } = await lintSource({ source, options: { config: SECRETLINT, noPhysicFilePath: true } });
  for (const { messageId, range } of messages) yield [messageId, text.slice(...range)];
  for (const [kind, pattern] of Object.entries(OURS)) {
    for (const [secret] of text.matchAll(pattern)) yield [kind, secret];
  }
}

const found = new Map<string, string>();
let texts = 0;
for (const source of [committed, uncommitted]) {
  for (const text of source()) {
    texts += 1;
    for await (const [kind, secret] of secretsIn(text)) {
      const digest = createHash("sha256").update(secret).digest("hex").slice(0, 16);
      const line = text.text.slice(0, text.text.indexOf(secret)).split("\n").length;
      if (!KNOWN[digest]) found.set(digest, `${text.where}, line ${line}: ${kind}, digest ${digest}`);
    }
  }
}
for (const line of found.values()) console.error(`antrian: SECRET? ${line}`);
if (found.size > 0) process.exitCode = 1;
else console.log(`${texts} texts of the history and the working tree hold no secret`);
