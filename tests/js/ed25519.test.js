import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { isGoodKey, isGoodSignature } from "../../governance/web/client/ed25519.js";
import { concat, fromHex, hex, utf8 } from "../../governance/web/client/encoding.js";
import { ORDER, reduced, scalarBytes } from "../../governance/web/client/group.js";
import { PROTOCOL, load, needed } from "./shared.js";

const { Point } = ed25519;
const SMALL = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];
const UNREDUCED = [
  "0100000000000000000000000000000000000000000000000000000000000080", // x = 0 with the sign bit
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // so here
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 3, a point of large order
];

test("the verdicts of Wycheproof are ours", needed, () => {
  const { testGroups, numberOfTests } = load("wycheproof/ed25519_test.json");
  let seen = 0;
  for (const { publicKey, tests } of testGroups) {
    for (const { tcId, msg, sig, result, comment } of tests) {
      const good = isGoodSignature(fromHex(publicKey.pk), fromHex(msg), fromHex(sig));

      assert.equal(good, result === "valid", `${tcId} ${comment}`);
      seen += 1;
    }
  }
  assert.equal(seen, numberOfTests);
});

test("the vectors' signatures are good, and those they reject are not", needed, () => {
  const { public: key, entry_without_signature: entry, signature } = PROTOCOL.signature;
  const { registrar_identity: registrar, lists } = PROTOCOL.credentials_signature;

  assert.ok(isGoodSignature(fromHex(key), utf8(entry), fromHex(signature)));
  for (const list of lists) assert.ok(isGoodSignature(fromHex(registrar), utf8(list.signed), fromHex(list.signature)));
  for (const bad of PROTOCOL.ed25519_reject) {
    assert.ok(!isGoodSignature(fromHex(bad.public), fromHex(bad.message), fromHex(bad.signature)), bad.why);
  }
});

test("points of small order are no keys", () => {
  for (const key of SMALL) assert.ok(!isGoodKey(fromHex(key)), key);
});

test("encodings that are not canonical are no keys", () => {
  for (const key of UNREDUCED) assert.ok(!isGoodKey(fromHex(key)), key);
  assert.ok(!isGoodKey(new Uint8Array(31)));
  assert.ok(isGoodKey(Point.BASE.toBytes()));
});

test("the equation is not multiplied by the cofactor", () => {
  // A key with a part of order 8: S = r + h·a satisfies 8·S·B = 8·R + 8·h·A, and only sometimes the equation itself.
  const [a, r] = [12345n, 67890n];
  const small = Point.fromBytes(fromHex(/** @type {string} */ (SMALL[4])));
  const key = Point.BASE.multiply(a).add(small).toBytes();
  const first = Point.BASE.multiply(r).toBytes();
  assert.ok(isGoodKey(key));
  const seen = new Set();
  for (let i = 0; i < 40; i++) {
    const message = utf8(`message ${i}`);
    const h = reduced(sha512(concat([first, key, message])));
    const signature = concat([first, scalarBytes((r + h * a) % ORDER)]);
    const good = isGoodSignature(key, message, signature);

    assert.ok(ed25519.verify(signature, message, key, { zip215: false }), "the library accepts all of them");
    assert.equal(good, h % 8n === 0n);
    seen.add(good);
  }
  assert.equal(seen.size, 2, hex(key));
});

test("a signature of another length is none", () => {
  const secret = new Uint8Array(32).fill(1);
  const [key, signature] = [ed25519.getPublicKey(secret), ed25519.sign(utf8("m"), secret)];

  assert.ok(isGoodSignature(key, utf8("m"), signature));
  assert.ok(!isGoodSignature(key, utf8("m"), signature.slice(0, 63)));
  assert.ok(!isGoodSignature(key, utf8("m"), concat([signature, Uint8Array.of(0)])));
  assert.ok(!isGoodSignature(key, utf8("n"), signature));
});
