import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { fromHex, hex } from "../../governance/web/client/encoding.js";
import { isIdentity, point, pointBytes } from "../../governance/web/client/group.js";
import { MOST, decode, embed, encode, extract, total } from "../../governance/web/client/ranking.js";
import { PROTOCOL, needed } from "./shared.js";

/** @param {string} payload */
const numberOf = (payload) => BigInt(`0x${hex(fromHex(payload).reverse())}`);

/** A contest that fits, and a ranking in it. */
const votes = fc
  .integer({ min: 1, max: 54 })
  .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n })))
  .chain(([n, most]) =>
    fc.record({
      n: fc.constant(n),
      most: fc.constant(most),
      ranking: fc.shuffledSubarray(Array.from({ length: n }, (_, i) => i), { maxLength: most }),
    }),
  );

test("small contests are numbered as in the vectors", needed, () => {
  for (const { n, m, total: expected, all } of PROTOCOL.codec.cases) {
    assert.equal(String(total(n, m)), expected);
    (all ?? []).forEach((/** @type {number[]} */ ranking, /** @type {number} */ code) => {
      assert.equal(encode(ranking, n, m), BigInt(code));
      assert.deepEqual(decode(BigInt(code), n, m), ranking);
    });
    if (all) assert.equal(all.length, Number(expected));
  }
});

test("examples in large contests have the numbers of the vectors", needed, () => {
  let seen = 0;
  for (const { n, m, examples, invalid_codes: invalid } of PROTOCOL.codec.cases) {
    for (const { ranking, code, payload } of examples ?? []) {
      assert.equal(String(encode(ranking, n, m)), code);
      assert.deepEqual(decode(BigInt(code), n, m), ranking);
      if (payload) assert.equal(numberOf(payload), BigInt(code));
      seen += 1;
    }
    for (const code of invalid ?? []) assert.equal(decode(BigInt(code), n, m), null);
  }
  assert.ok(seen > 10);
});

test("54 candidates fit in full, 55 do not", needed, () => {
  const { limit } = PROTOCOL.codec;

  assert.equal(String(total(54, 54)), limit["total(54,54)"]);
  assert.equal(String(total(55, 55)), limit["total(55,55)"]);
  assert.ok(total(54, 54) <= MOST);
  assert.ok(total(55, 55) > MOST);
});

test("every ranking has one code, and comes back from it and from its point", () => {
  fc.assert(fc.property(votes, ({ n, most, ranking }) => {
    const code = encode(ranking, n, most);

    assert.ok(code >= 0n && code < total(n, most));
    assert.deepEqual(decode(code, n, most), ranking);
    assert.equal(extract(embed(code)), code);
  }));
});

test("every code is of one ranking, and codes beyond the total of none", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.bigInt(-3n, 2100n), (n, code) => {
    const ranking = decode(code, n, n);

    if (code < 0n || code >= total(n, n)) assert.equal(ranking, null);
    else assert.equal(encode(/** @type {number[]} */ (ranking), n, n), code);
  }));
});

test("what is no ranking has no code", () => {
  for (const ranking of [[0, 0], [3], [-1], [0.5], [0, 1, 2]]) assert.throws(() => encode(ranking, 3, 2), RangeError);
});

test("payloads are embedded as in the vectors", needed, () => {
  for (const { payload, point: expected } of PROTOCOL.embedding.payload_to_point) {
    const p = embed(numberOf(payload));

    assert.equal(hex(pointBytes(p)), expected);
    assert.equal(extract(p), numberOf(payload));
  }
  assert.equal(hex(pointBytes(embed(0n))), PROTOCOL.embedding.blank);
  assert.ok(!isIdentity(embed(0n)));
});

test("other points are no plaintexts", needed, () => {
  for (const { point: given, why } of PROTOCOL.embedding.invalid_for_n5_m5) {
    const code = extract(point(fromHex(given)));

    assert.equal(code === null ? null : decode(code, 5, 5), null, why);
  }
});
