// Makes src/api-types.ts of the schemas in docs/openapi.yaml: `node scanner/generate-api-types.ts`, or `make format`.
// The result is committed, so that builds and type checks need no generator; a test fails when the two differ.

import { readFileSync, writeFileSync } from "node:fs";
import { load } from "js-yaml";
import { compile, type JSONSchema } from "json-schema-to-typescript";

const SOURCE = new URL("../docs/openapi.yaml", import.meta.url);
export const RESULT = new URL("src/api-types.ts", import.meta.url);
const BANNER =
  "// What the API says. Generated from docs/openapi.yaml by scanner/generate-api-types.ts: change that, not this.";

/** Return the types of the API's requests and responses as TypeScript. */
export async function generateApiTypes(): Promise<string> {
  const text = readFileSync(SOURCE, "utf8").replaceAll("#/components/schemas/", "#/$defs/");
  const { components } = load(text) as { components: { schemas: Record<string, JSONSchema> } };
  const schemas = components.schemas;
  // "Exactly one of these" becomes no type; api.ts says it.
  delete schemas.CheckInRequest?.oneOf;
  const names = Object.keys(schemas);
  const all: JSONSchema = {
    type: "object",
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }])),
    $defs: schemas,
  };
  return compile(all, "Schemas", {
    additionalProperties: false,
    bannerComment: BANNER,
    style: { printWidth: 120 },
  });
}

if (import.meta.main) writeFileSync(RESULT, await generateApiTypes());
