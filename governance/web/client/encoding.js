/**
 * Bytes and the texts that stand for them. Source: docs/protocol.md, section 1.
 * Pure, like every module here but random.js and the pages' own: no page, no network, no clock, no chance.
 * @module
 */

import { MalformedError } from "./errors.js";

const HEX = /^(?:[0-9a-f]{2})*$/;

/**
 * @param {string} text without lone surrogates
 * @returns {Uint8Array}
 */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/**
 * The text of these bytes, every one of them: a byte order mark is a character like any other.
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws {MalformedError} if they are not UTF-8
 */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedError("1: the bytes are not UTF-8");
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} lower-case digits
 */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {MalformedError} if it is not pairs of lower-case hex digits
 */
export function fromHex(text) {
  if (!HEX.test(text)) throw new MalformedError("1: not lower-case hex digits");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} standard alphabet, padded
 */
export function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {MalformedError} if it is not the one base64 text of some bytes: no spaces, padded, no stray bits
 */
export function fromBase64(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new MalformedError("7: not base64");
  }
  if (base64(bytes) !== text) throw new MalformedError("7: not canonical base64");
  return bytes;
}

/**
 * @param {number} value 0 <= value < 2^32
 * @returns {Uint8Array} 4 bytes, big-endian
 */
export function u32(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/**
 * @param {number} value 0 <= value < 2^53
 * @returns {Uint8Array} 8 bytes, big-endian
 */
export function u64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/**
 * @param {readonly Uint8Array[]} parts
 * @returns {Uint8Array}
 */
export function concat(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Compare public bytes; the time it takes tells where they differ.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean}
 */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
