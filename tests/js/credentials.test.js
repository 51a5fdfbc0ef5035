import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { ALPHABET, base32, fingerprint } from "../../governance/web/client/base32.js";
import { readCode, shownCode } from "../../governance/web/client/code.js";
import { deriveCredential } from "../../governance/web/client/credentials.js";
import { fromHex, hex } from "../../governance/web/client/encoding.js";
import { CodeError } from "../../governance/web/client/errors.js";
import { pointBytes, scalarBytes } from "../../governance/web/client/group.js";
import { PROTOCOL, needed } from "./shared.js";

const CODE = "ETN2VZ1EN8YT3JRQNHCV0KF76K";

test("codes and keys are those of the vectors", needed, () => {
  for (const { random, code, cer, sk, P } of PROTOCOL.credential.cases) {
    const { secret, point } = deriveCredential(fromHex(cer), readCode(code));

    assert.equal(base32(fromHex(random), 24), code.slice(0, 24));
    assert.equal(hex(scalarBytes(secret)), sk);
    assert.equal(hex(pointBytes(point)), P);
  }
});

test("spellings of one code are one code", needed, () => {
  const { code, spellings } = PROTOCOL.credential.same;

  for (const spelling of spellings) assert.equal(readCode(spelling), code);
});

test("what the vectors reject is refused", needed, () => {
  for (const code of PROTOCOL.credential.rejected) assert.throws(() => readCode(code), CodeError);
});

test("a pasted code may have any spaces and dashes", () => {
  assert.equal(readCode(` ${CODE.slice(0, 8)}\u00a0\u2013\n${CODE.slice(8)}\u2011\t`), CODE);
  assert.equal(readCode(shownCode(CODE)), CODE);
  assert.equal(shownCode(CODE), "ETN2-VZ1E-N8YT-3JRQ-NHCV-0KF7-6K");
});

for (const [typed, reason, message] of /** @type {const} */ ([
  ["", "empty", /type the code/],
  [" - ", "empty", /type the code/],
  [CODE.slice(1), "short", /26 .* has 25: 1 missing/],
  [`${CODE}00`, "long", /26 .* has 28: 2 too many/],
  [CODE.replace("V", "U"), "u", /may be a V/],
  [CODE.replace("V", "u"), "u", /may be a V/],
  [CODE.replace("V", "*"), "character", /“\*”/],
  [CODE.replace("V", "😀"), "character", /“😀”/],
  [CODE.replace("V", "ı"), "character", /“ı”/],
  [CODE.replace("V", "ß"), "character", /“ß”/],
  [CODE.replace("T", "F"), "checksum", /not right/],
])) {
  test(`${JSON.stringify(typed)} is refused because: ${reason}`, () => {
    assert.throws(() => readCode(typed), (error) => {
      assert.ok(error instanceof CodeError);
      assert.equal(error.reason, reason);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("a changed character is noticed, but for one in a thousand", () => {
  let unnoticed = 0;
  for (let i = 0; i < 26; i++) {
    for (const character of ALPHABET) {
      if (character === CODE[i]) continue;
      try {
        readCode(CODE.slice(0, i) + character + CODE.slice(i + 1));
        unnoticed += 1;
      } catch (error) {
        assert.ok(error instanceof CodeError);
      }
    }
  }
  assert.ok(unnoticed <= 4, String(unnoticed));
});

test("no text is read as anything but a code or an error for the voter", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (typed) => {
    try {
      assert.match(readCode(typed), /^[0-9A-HJKMNP-TV-Z]{26}$/);
    } catch (error) {
      assert.ok(error instanceof CodeError);
    }
  }));
});

test("a fingerprint has six groups of four", () => {
  assert.equal(fingerprint(new Uint8Array(32).fill(255)), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
});
