/**
 * Signed heads of the board's tree, and those who signed them.
 * Source: docs/protocol.md, sections 7 and 13; C2SP signed-note, tlog-checkpoint, tlog-cosignature.
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { isGoodSignature } from "./ed25519.js";
import { concat, equal, fromBase64, fromUtf8, hex, utf8 } from "./encoding.js";
import { MalformedError, ProofError } from "./errors.js";

/** The type byte of a log's key, and of a witness's. */
export const LOG = 0x01;
export const WITNESS = 0x04;

/** Bytes of a checkpoint at most. */
export const LARGEST = 2 ** 16;

/**
 * @typedef {object} VerifierKey
 * @property {string} name
 * @property {Uint8Array} id 4 bytes
 * @property {Uint8Array} key 32 bytes
 */

/**
 * @typedef {object} Checkpoint
 * @property {number} size of the tree
 * @property {Uint8Array} root
 * @property {readonly string[]} cosigned the names of the listed witnesses whose cosignature verifies
 */

const NAME = /^[^\p{White_Space}+]+$/u;
const NOTE = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n)\n((?:[^\n]+\n)+)$/u;
const LINE = /^\u2014 ([^\p{White_Space}+]+) (\S+)$/u;

/**
 * @param {string} text name+id+base64
 * @param {number} type the byte that the key must have
 * @returns {VerifierKey} whether the key is a good one is not looked at
 * @throws {MalformedError}
 */
export function readVerifierKey(text, type) {
  const [name = "", id = "", ...rest] = text.split("+");
  const bytes = fromBase64(rest.join("+")); // the alphabet of base64 has the plus
  if (!NAME.test(name) || bytes.length !== 33 || bytes[0] !== type) throw new MalformedError("7: no verifier key");
  const expected = sha256(concat([utf8(`${name}\n`), bytes])).slice(0, 4);
  if (hex(expected) !== id) throw new MalformedError("7: a verifier key whose id is another's");
  return { name, id: expected, key: bytes.slice(1) };
}

/**
 * Read a checkpoint, and check the log's signature.
 * @param {string} note its whole text
 * @param {{ readonly log: VerifierKey, readonly witnesses: readonly VerifierKey[] }} board
 * @returns {Checkpoint}
 * @throws {MalformedError} if it is none
 * @throws {ProofError} if it is another log's, or not signed by the log
 */
export function openCheckpoint(note, { log, witnesses }) {
  const { text, origin, size, root, signatures } = readNote(note);
  if (origin !== log.name) throw new ProofError("13: the checkpoint is of another log");
  const logs = signatures.filter(by(log));
  const message = utf8(text);
  if (!logs.length || !logs.every(({ body }) => isGoodSignature(log.key, message, body))) {
    throw new ProofError("13: the checkpoint is not signed by the log");
  }
  return { size, root, cosigned: cosigners(note, witnesses) };
}

/**
 * Which of these witnesses have cosigned; a line of theirs that does not verify counts for nothing.
 * @param {string} note
 * @param {readonly VerifierKey[]} witnesses
 * @returns {string[]} their names
 * @throws {MalformedError} if it is no checkpoint
 */
export function cosigners(note, witnesses) {
  const { text, signatures } = readNote(note);
  return witnesses
    .filter((key) => signatures.filter(by(key)).some(({ body }) => isGoodCosignature(key, text, body)))
    .map(({ name }) => name);
}

/**
 * @typedef {object} Signature
 * @property {string} name
 * @property {Uint8Array} id 4 bytes
 * @property {Uint8Array} body what follows them
 */

/** @param {string} note */
function readNote(note) {
  const bytes = utf8(note);
  const parts = NOTE.exec(note);
  // A lone surrogate has no bytes of its own, so the text is not what was signed.
  if (!parts || bytes.length > LARGEST || fromUtf8(bytes) !== note) throw new MalformedError("13: no checkpoint");
  const [, text = "", origin = "", digits = "", root64 = "", lines = ""] = parts;
  const [size, root] = [Number(digits), fromBase64(root64)];
  if (root.length !== 32 || !Number.isSafeInteger(size)) throw new MalformedError("13: no checkpoint");
  return { text, origin, size, root, signatures: lines.split("\n").slice(0, -1).map(readSignature) };
}

/**
 * @param {string} line
 * @returns {Signature}
 */
function readSignature(line) {
  const [, name = "", base64 = ""] = LINE.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (bytes.length < 5) throw new MalformedError("13: a line of the checkpoint is no signature");
  return { name, id: bytes.slice(0, 4), body: bytes.slice(4) };
}

/**
 * @param {VerifierKey} key
 * @returns {(signature: Signature) => boolean}
 */
function by(key) {
  return ({ name, id }) => name === key.name && equal(id, key.id);
}

/**
 * @param {VerifierKey} witness
 * @param {string} text
 * @param {Uint8Array} body u64 time, then the signature
 */
function isGoodCosignature(witness, text, body) {
  if (body.length !== 72) return false;
  const time = new DataView(body.buffer, body.byteOffset).getBigUint64(0);
  return isGoodSignature(witness.key, utf8(`cosignature/v1\ntime ${time}\n${text}`), body.slice(8));
}
