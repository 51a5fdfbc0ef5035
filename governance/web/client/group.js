/**
 * The group ristretto255: the only module that knows which library multiplies, and the only decoder of points and
 * scalars. Source: docs/protocol.md, section 1; RFC 9496.
 *
 * Multiplication by a secret goes through the library's fixed sequence of additions. It is as even in time as big
 * integers in JavaScript allow, which is not quite; the voter's own device is not shared with an attacker who measures.
 * @module
 */

import { ristretto255 } from "@noble/curves/ed25519.js";

import { fromHex, hex } from "./encoding.js";
import { MalformedError } from "./errors.js";

/** @typedef {InstanceType<typeof ristretto255.Point>} Point a point that is already checked: only `point` makes one */

/** The order q of the group. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The base point. */
export const G = ristretto255.Point.BASE;

/**
 * The one way in for a point that came from outside. The identity is a point.
 * @param {Uint8Array} bytes
 * @returns {Point}
 * @throws {MalformedError} if this is not the canonical encoding of a point
 */
export function point(bytes) {
  try {
    return ristretto255.Point.fromBytes(bytes);
  } catch {
    throw new MalformedError("1: not the encoding of a point");
  }
}

/**
 * @param {Point} p
 * @returns {Uint8Array} its 32 bytes
 */
export function pointBytes(p) {
  return p.toBytes();
}

/**
 * The one way in for a scalar that came from outside.
 * @param {Uint8Array} bytes
 * @returns {bigint}
 * @throws {MalformedError} if these are not 32 bytes, little-endian, of a value < q
 */
export function scalar(bytes) {
  const value = littleEndian(bytes);
  if (bytes.length !== 32 || value >= ORDER) throw new MalformedError("1: not the encoding of a scalar");
  return value;
}

/**
 * @param {bigint} value 0 <= value < q
 * @returns {Uint8Array} 32 bytes, little-endian
 */
export function scalarBytes(value) {
  return fromHex(value.toString(16).padStart(64, "0")).reverse();
}

/**
 * 64 bytes that are close to uniform, as a scalar that is.
 * @param {Uint8Array} bytes 64 of them
 * @returns {bigint} LE(bytes) mod q
 */
export function reduced(bytes) {
  return littleEndian(bytes) % ORDER;
}

/**
 * For a secret scalar.
 * @param {bigint} secret 0 <= secret < q
 * @param {Point} p
 * @returns {Point}
 */
export function times(secret, p) {
  return secret === 0n ? ristretto255.Point.ZERO : p.multiply(secret); // the library refuses 0, the protocol does not
}

/**
 * For a scalar that everybody may know: faster, and its time tells the scalar.
 * @param {bigint} value 0 <= value < q
 * @param {Point} p
 * @returns {Point}
 */
export function timesPublic(value, p) {
  return p.multiplyUnsafe(value);
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {Point}
 */
export function plus(one, other) {
  return one.add(other);
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {boolean}
 */
export function same(one, other) {
  return one.equals(other);
}

/**
 * @param {Point} p
 * @returns {boolean}
 */
export function isIdentity(p) {
  return p.is0();
}

/**
 * @param {Uint8Array} bytes
 * @returns {bigint}
 */
function littleEndian(bytes) {
  return bytes.length ? BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`) : 0n;
}
