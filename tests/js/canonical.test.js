import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { DEPTH, dump, parse } from "../../governance/web/client/canonical.js";
import { fromHex, fromUtf8, utf8 } from "../../governance/web/client/encoding.js";
import { MalformedError } from "../../governance/web/client/errors.js";
import { PROTOCOL, needed } from "./shared.js";

/** @typedef {import("../../governance/web/client/canonical.js").Json} Json */

/** Values that entries may hold. */
const { value: values } = fc.letrec((/** @type {(key: string) => fc.Arbitrary<unknown>} */ tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4 }),
  ),
}));

test("the vectors that are canonical are accepted", needed, () => {
  for (const given of PROTOCOL.json.accept) assert.deepEqual(dump(parse(fromHex(given))), fromHex(given));
});

test("the vectors that are not are refused", needed, () => {
  for (const { hex, why } of PROTOCOL.json.reject) assert.throws(() => parse(fromHex(hex)), MalformedError, why);
});

test("what is dumped is parsed again, and dumped to the same bytes", () => {
  fc.assert(fc.property(/** @type {fc.Arbitrary<Json>} */ (values), (value) => {
    const bytes = dump(value);

    assert.deepEqual(dump(parse(bytes)), bytes);
    assert.deepEqual(JSON.parse(fromUtf8(bytes)), JSON.parse(JSON.stringify(value)));
  }));
});

test("no two byte strings are one value", () => {
  const changes = fc.tuple(/** @type {fc.Arbitrary<Json>} */ (values), fc.nat(), fc.constantFrom(...utf8(" \n\t0,\"")));
  fc.assert(fc.property(changes, ([value, at, byte]) => {
    const bytes = dump(value);
    const changed = Uint8Array.of(...bytes.slice(0, at % bytes.length), byte, ...bytes.slice(at % bytes.length));
    let parsed;
    try {
      parsed = parse(changed);
    } catch (error) {
      assert.ok(error instanceof MalformedError);
      return;
    }
    assert.deepEqual(dump(parsed), changed);
  }));
});

test("an object may have a field by the name of a method", () => {
  const text = '{"__proto__":1,"constructor":2,"toString":3}';

  assert.equal(fromUtf8(dump(parse(utf8(text)))), text);
});

for (const value of [null, undefined, 0.5, -0, 2 ** 53, NaN, Infinity, 1n, "\ud800", { "\udc00": 1 }, [null], () => 1]) {
  test(`${typeof value} ${String(value)} is never written`, () => {
    assert.throws(() => dump(/** @type {any} */ (value)), MalformedError);
  });
}

test("nesting ends at sixteen", () => {
  const nested = (/** @type {number} */ depth) => utf8("[".repeat(depth) + "]".repeat(depth));

  assert.deepEqual(dump(parse(nested(DEPTH))), nested(DEPTH));
  assert.throws(() => parse(nested(DEPTH + 1)), MalformedError);
  assert.throws(() => parse(nested(500_000)), MalformedError);
});
