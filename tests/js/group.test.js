import assert from "node:assert/strict";
import { test } from "node:test";

import { ristretto255_hasher } from "@noble/curves/ed25519.js";
import fc from "fast-check";

import { fromHex, hex } from "../../governance/web/client/encoding.js";
import { MalformedError } from "../../governance/web/client/errors.js";
import {
  G, ORDER, isIdentity, plus, point, pointBytes, reduced, same, scalar, scalarBytes, times, timesPublic,
} from "../../governance/web/client/group.js";
import { load, needed } from "./shared.js";

const RFC = load("rfc9496-ristretto255.json");
const scalars = fc.bigInt(0n, ORDER - 1n);
const few = { numRuns: 20 };

test("the multiples of the base point are the RFC's", needed, () => {
  RFC.small_multiples.forEach((/** @type {string} */ encoding, /** @type {number} */ i) => {
    assert.equal(hex(pointBytes(times(BigInt(i), G))), encoding);
    assert.equal(hex(pointBytes(timesPublic(BigInt(i), G))), encoding);
    assert.equal(hex(pointBytes(point(fromHex(encoding)))), encoding);
  });
});

test("each bad encoding of the RFC is refused", needed, () => {
  assert.equal(RFC.bad_encodings.length, 29);
  for (const encoding of RFC.bad_encodings) assert.throws(() => point(fromHex(encoding)), MalformedError, encoding);
});

test("the library's one-way map is the RFC's", needed, () => {
  for (const { in: given, out } of RFC.uniform_bytes) {
    assert.equal(hex(pointBytes(/** @type {any} */ (ristretto255_hasher).deriveToCurve(fromHex(given)))), out);
  }
});

test("sums of multiples are multiples of sums", () => {
  fc.assert(fc.property(scalars, scalars, (a, b) => {
    assert.ok(same(plus(times(a, G), times(b, G)), times((a + b) % ORDER, G)));
    assert.ok(same(times(a, times(b, G)), timesPublic((a * b) % ORDER, G)));
    assert.ok(same(timesPublic(a, times(b, G)), times((a * b) % ORDER, G)));
  }), few);
});

test("the identity is a point like others", () => {
  const zero = point(new Uint8Array(32));

  assert.ok(isIdentity(zero));
  assert.ok(isIdentity(times(5n, zero)));
  assert.ok(isIdentity(timesPublic(5n, zero)));
  assert.ok(isIdentity(times(0n, G)));
  assert.ok(isIdentity(plus(times(ORDER - 1n, G), G)));
  assert.ok(!isIdentity(G));
});

test("a scalar is read as it was written", () => {
  fc.assert(fc.property(scalars, (value) => assert.equal(scalar(scalarBytes(value)), value)));
});

test("a scalar has 32 bytes and is below the order", () => {
  assert.throws(() => scalar(scalarBytes(ORDER)), MalformedError);
  assert.throws(() => scalar(scalarBytes(ORDER + 1n)), MalformedError);
  assert.throws(() => scalar(new Uint8Array(32).fill(255)), MalformedError);
  assert.throws(() => scalar(new Uint8Array(31)), MalformedError);
  assert.throws(() => scalar(new Uint8Array(33)), MalformedError);
  assert.throws(() => scalar(new Uint8Array()), MalformedError);
});

test("a point has 32 bytes", () => {
  assert.throws(() => point(pointBytes(G).slice(0, 31)), MalformedError);
  assert.throws(() => point(Uint8Array.of(...pointBytes(G), 0)), MalformedError);
});

test("64 bytes are reduced, little-endian", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i === 32 ? 1 : 0));

  assert.equal(reduced(bytes), 2n ** 256n % ORDER);
});
