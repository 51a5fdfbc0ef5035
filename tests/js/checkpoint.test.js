import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519 } from "@noble/curves/ed25519.js";

import { LOG as LOG_TYPE, WITNESS, cosigners, openCheckpoint, readVerifierKey } from "../../governance/web/client/checkpoint.js";
import { base64, concat, hex, u64, utf8 } from "../../governance/web/client/encoding.js";
import { MalformedError, ProofError } from "../../governance/web/client/errors.js";
import { EMPTY, leafHash } from "../../governance/web/client/merkle.js";
import { LOG, WITNESSES, aCheckpoint, aSigner, signatureLine, verifierKey } from "./builders.js";
import { PROTOCOL, load, needed, textOf } from "./shared.js";

const BOARD = { log: readVerifierKey(verifierKey(LOG), LOG_TYPE), witnesses: WITNESSES.map(witnessKey) };
const HEAD = { size: 7, root: leafHash(utf8("root")) };
const NOTE = aCheckpoint(HEAD);
const ALL = WITNESSES.map(({ name }) => name);
const [ONE] = /** @type {[import("./builders.js").Signer]} */ (/** @type {unknown} */ (WITNESSES));

/** @param {import("./builders.js").Signer} signer */
function witnessKey(signer) {
  return readVerifierKey(verifierKey(signer), WITNESS);
}

test("the vectors' checkpoints are opened", needed, () => {
  const { verifier_key: log, checkpoint, origin } = PROTOCOL.checkpoint;
  const { verifier_key: witness, cosigned_checkpoint: cosigned, name } = PROTOCOL.cosignature;
  const board = { log: readVerifierKey(log, LOG_TYPE), witnesses: [readVerifierKey(witness, WITNESS)] };

  assert.equal(board.log.name, origin);
  assert.equal(hex(board.log.key), PROTOCOL.checkpoint.public);
  assert.equal(hex(openCheckpoint(checkpoint, board).root), PROTOCOL.tree.roots[7]);
  assert.deepEqual(openCheckpoint(checkpoint, board).cosigned, []);
  assert.deepEqual(openCheckpoint(cosigned, board).cosigned, [name]);
});

test("another log's checkpoints are opened with its key", needed, () => {
  const log = readVerifierKey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", LOG_TYPE);

  for (const size of [1, 8, 15]) {
    assert.equal(openCheckpoint(textOf(`tessera-testlog/checkpoint.${size}`), { log, witnesses: [] }).size, size);
  }
});

test("another witness's cosignatures verify", needed, () => {
  const folder = "sunlight-skylight-witness";
  const log = "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706";
  for (const [file, description] of [
    [`${folder}/${log}/checkpoint`, `${folder}/witness.v0.json`],
    [`${folder}/mirror/${log}/checkpoint`, `${folder}/mirror/mirror.v0.json`],
  ]) {
    const { name, verifier_keys: keys } = load(String(description));
    const witness = readVerifierKey(keys[0], WITNESS);

    assert.deepEqual(cosigners(textOf(String(file)), [witness]), [name]);
    assert.deepEqual(cosigners(textOf(String(file)).replace("\n300\n", "\n301\n"), [witness]), []);
  }
});

test("a checkpoint says its size, its root, and who has seen it", () => {
  assert.deepEqual(openCheckpoint(NOTE, BOARD), { ...HEAD, cosigned: ALL });
  assert.deepEqual(openCheckpoint(aCheckpoint({ ...HEAD, witnesses: [] }), BOARD).cosigned, []);
  assert.equal(openCheckpoint(aCheckpoint({ size: 0, root: EMPTY }), BOARD).size, 0);
});

test("cosignatures that do not verify, of others, or twice count for nothing", () => {
  const stranger = aSigner("stranger.example", 4);
  const old = aCheckpoint({ ...HEAD, size: 6, witnesses: [ONE] }).split("\n").at(-2);
  const plain = signatureLine(ONE, ed25519.sign(utf8(NOTE.slice(0, NOTE.indexOf("\n\n") + 1)), ONE.secret));

  assert.deepEqual(openCheckpoint(aCheckpoint({ ...HEAD, witnesses: [stranger, ONE, ONE] }), BOARD).cosigned, [ONE.name]);
  assert.deepEqual(openCheckpoint(`${aCheckpoint({ ...HEAD, witnesses: [] })}${old}\n${plain}`, BOARD).cosigned, []);
  assert.deepEqual(openCheckpoint(`${NOTE}${old}\n`, BOARD).cosigned, ALL);
});

test("a cosignature has 72 bytes", () => {
  const bare = aCheckpoint({ ...HEAD, witnesses: [] });
  const good = new Uint8Array(Buffer.from(NOTE.split("\n").at(-4)?.split(" ").at(-1) ?? "", "base64")).slice(4);
  assert.equal(good.length, 72);
  assert.deepEqual(openCheckpoint(bare + signatureLine(ONE, good), BOARD).cosigned, [ONE.name]);

  for (const body of [good.slice(0, 1), good.slice(0, 71), concat([good, Uint8Array.of(0)])]) {
    assert.deepEqual(openCheckpoint(bare + signatureLine(ONE, body), BOARD).cosigned, []);
  }
});

test("the time of a cosignature is a number of 64 bits, and signed", () => {
  const text = NOTE.slice(0, NOTE.indexOf("\n\n") + 1);
  const bare = aCheckpoint({ ...HEAD, witnesses: [] });
  const last = 2n ** 64n - 1n;
  const good = ed25519.sign(utf8(`cosignature/v1\ntime ${last}\n${text}`), ONE.secret);
  const line = signatureLine(ONE, concat([new Uint8Array(8).fill(255), good]));
  const other = signatureLine(ONE, concat([u64(1), good]));

  assert.deepEqual(openCheckpoint(bare + line, BOARD).cosigned, [ONE.name]);
  assert.deepEqual(openCheckpoint(bare + other, BOARD).cosigned, []);
});

const impostor = { ...aSigner("impostor", 1), name: LOG.name };
for (const [what, note] of Object.entries({
  "another origin": aCheckpoint({ ...HEAD, origin: "log.example/other" }),
  "another log": aCheckpoint({ ...HEAD, log: aSigner("log.example/other", 1), origin: LOG.name }),
  "another key of the log's name": aCheckpoint({ ...HEAD, log: impostor }),
  "only witnesses": NOTE.replace(/\n\u2014 log[^\n]*/u, ""),
  "another size": NOTE.replace("\n7\n", "\n8\n"),
  "another root": NOTE.replace(base64(HEAD.root), base64(EMPTY)),
  "a second signature of the log's that does not verify":
    NOTE + signatureLine(LOG, ed25519.sign(utf8("other"), LOG.secret)),
  "a longer signature": aCheckpoint({ ...HEAD, witnesses: [] }).replace(/(\S+)\n$/, (_, line) => {
    return `${base64(concat([new Uint8Array(Buffer.from(line, "base64")), Uint8Array.of(0)]))}\n`;
  }),
})) {
  test(`${what} is refused`, () => assert.throws(() => openCheckpoint(note, BOARD), ProofError));
}

for (const [what, note] of Object.entries({
  nothing: "",
  "no signature": NOTE.slice(0, NOTE.indexOf("\n\n") + 2),
  "no empty line": NOTE.replace("\n\n", "\n"),
  "an extension line": NOTE.replace("\n\n", "\nextension\n\n"),
  "no last line feed": NOTE.slice(0, -1),
  "an empty line at the end": `${NOTE}\n`,
  "carriage returns": NOTE.replaceAll("\n", "\r\n"),
  "a leading zero": NOTE.replace("\n7\n", "\n07\n"),
  "a negative size": NOTE.replace("\n7\n", "\n-7\n"),
  "a size beyond 2^53": NOTE.replace("\n7\n", "\n9007199254740992\n"),
  "a root of 31 bytes": NOTE.replace(base64(HEAD.root), base64(HEAD.root.slice(1))),
  "a root in another base64": NOTE.replace(base64(HEAD.root), base64(HEAD.root).replace("=", "")),
  "a hyphen for the dash": NOTE.replace("\u2014", "-"),
  "two spaces": NOTE.replace(`${LOG.name} `, `${LOG.name}  `),
  "a short signature": `${NOTE}\u2014 other AAAAAA==\n`,
  "a signature that is no base64": `${NOTE}\u2014 other *\n`,
  "a lone surrogate": `${NOTE}\u2014 \ud800 AAAAAAAA\n`,
  "64 KiB": NOTE + signatureLine(aSigner("filler", 1), new Uint8Array(50_000)),
})) {
  test(`${what} is no checkpoint`, () => assert.throws(() => openCheckpoint(note, BOARD), MalformedError));
}

const KEY = verifierKey(LOG);
for (const [what, key] of Object.entries({
  nothing: "",
  "no name": KEY.slice(LOG.name.length),
  "a name with a space": KEY.replace("/", " "),
  "a name with a no-break space": KEY.replace("/", "\u00a0"),
  "an id in capitals": KEY.replace(/\+[0-9a-f]{8}\+/, (id) => id.toUpperCase()),
  "another's id": KEY.replace(/\+[0-9a-f]{8}\+/, "+00000000+"),
  "another name": KEY.replace("test", "rest"),
  "another key": verifierKey({ ...LOG, public: EMPTY }).replace(/\+[0-9a-f]{8}\+/, KEY.slice(-54, -44)),
  "a witness's type": verifierKey({ ...LOG, type: 4 }),
  "a byte too many": verifierKey({ ...LOG, public: concat([LOG.public, Uint8Array.of(0)]) }),
  "no padding where it belongs": `${KEY}=`,
  "a line feed": `${KEY}\n`,
})) {
  test(`${what}: no key of a log`, () => assert.throws(() => readVerifierKey(key, LOG_TYPE), MalformedError));
}

test("a key whose base64 has a plus is read", () => {
  const signers = Array.from({ length: 50 }, (_, i) => aSigner(`log${i}`, 1));
  const plus = signers.filter((signer) => verifierKey(signer).split("+").length > 3);

  assert.ok(plus.length > 5);
  for (const signer of plus) assert.deepEqual(readVerifierKey(verifierKey(signer), LOG_TYPE).key, signer.public);
});
