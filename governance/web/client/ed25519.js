/**
 * Ed25519 signatures, as strictly as the protocol wants them. Source: docs/protocol.md, section 1; RFC 8032.
 *
 * The library's own `verify` multiplies the equation by the cofactor, and so accepts signatures that are refused here:
 * its points are used, its verdict is not.
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, equal } from "./encoding.js";
import { reduced, scalar } from "./group.js";

const { Point } = ed25519;

/**
 * Whether these are the canonical encoding of a point of the curve that is not of small order.
 * @param {Uint8Array} key
 * @returns {boolean}
 */
export function isGoodKey(key) {
  return keyPoint(key) !== null;
}

/**
 * Whether a signature is good: the key is, S < order, and S·B − h·A is encoded as the signature's first half.
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {boolean}
 */
export function isGoodSignature(key, message, signature) {
  const a = keyPoint(key);
  if (a === null || signature.length !== 64) return false;
  const r = signature.slice(0, 32);
  let s;
  try {
    s = scalar(signature.slice(32)); // the order of the group is the order of Ed25519's base point
  } catch {
    return false;
  }
  const h = reduced(sha512(concat([r, key, message])));
  return equal(Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(h)).toBytes(), r);
}

/**
 * @param {Uint8Array} key
 * @returns {InstanceType<typeof Point> | null}
 */
function keyPoint(key) {
  try {
    const a = Point.fromBytes(key, false);
    return a.isSmallOrder() ? null : a;
  } catch {
    return null;
  }
}
