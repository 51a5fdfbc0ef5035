import assert from "node:assert/strict";
import { test } from "node:test";

import { ORDER } from "../../governance/web/client/group.js";
import { nonces } from "../../governance/web/client/random.js";

test("nonces are scalars other than 0, and no two are alike", () => {
  const drawn = nonces(100);

  assert.equal(new Set(drawn).size, 100);
  assert.ok(drawn.every((value) => value > 0n && value < ORDER));
});

test("a nonce of 0 is drawn again", (t) => {
  let calls = 0;
  t.mock.method(crypto, "getRandomValues", (/** @type {Uint8Array} */ bytes) => bytes.fill(calls++ ? 1 : 0));

  assert.notEqual(nonces(1)[0], 0n);
  assert.equal(calls, 2);
});
