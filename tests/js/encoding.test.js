import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { base64, concat, equal, fromBase64, fromHex, fromUtf8, hex, u32, u64, utf8 } from "../../governance/web/client/encoding.js";
import { MalformedError } from "../../governance/web/client/errors.js";

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(fromHex(hex(bytes)), bytes);
      assert.deepEqual(fromBase64(base64(bytes)), bytes);
      assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
    }),
  );
});

test("any text that is read as base64 is the text of what was read", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9+/= \n]{0,12}$/), (text) => {
      let bytes;
      try {
        bytes = fromBase64(text);
      } catch (error) {
        assert.ok(error instanceof MalformedError);
        return;
      }
      assert.equal(base64(bytes), text);
    }),
  );
});

for (const text of ["A", "AA", "AAA", "AB==", "AAB=", "AAAA\n", " AAAA", "AA==AA==", "A-A_", "AAAA="]) {
  test(`${JSON.stringify(text)} is no base64`, () => assert.throws(() => fromBase64(text), MalformedError));
}

for (const text of ["a", "AB", "0x00", "0g", " 00", "00\n"]) {
  test(`${JSON.stringify(text)} is no hex`, () => assert.throws(() => fromHex(text), MalformedError));
}

test("numbers are big-endian", () => {
  assert.equal(hex(u32(0x01020304)), "01020304");
  assert.equal(hex(u64(2 ** 53 - 1)), "001fffffffffffff");
  assert.equal(hex(concat([u32(1), u32(2)])), "0000000100000002");
});

test("a byte order mark is kept, and what is not UTF-8 refused", () => {
  assert.equal(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
  assert.throws(() => fromUtf8(Uint8Array.of(0xff)), MalformedError);
  assert.equal(hex(utf8("é")), "c3a9");
});

test("bytes are equal if all of them are", () => {
  assert.ok(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equal(Uint8Array.of(1, 2), Uint8Array.of(1)));
});
