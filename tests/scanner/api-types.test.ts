import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { generateApiTypes, RESULT } from "../../scanner/generate-api-types.ts";

test("the API's types are those of docs/openapi.yaml; make format brings them up to date", async () => {
  assert.equal(readFileSync(RESULT, "utf8"), await generateApiTypes());
});
