/**
 * A ranking <-> a number <-> a point of the group. Source: docs/protocol.md, section 4.
 * @module
 */

import { equal } from "./encoding.js";
import { MalformedError } from "./errors.js";
import { point, pointBytes } from "./group.js";

/** @typedef {import("./group.js").Point} Point */

/** A contest with more rankings than this is refused: 30 bytes hold no more. */
export const MOST = 2n ** 240n;

const PAYLOAD = 30;

/**
 * How many rankings there are of at most `most` of n candidates, the empty one included.
 * @param {number} n candidates, >= 1
 * @param {number} most how many may be ranked, 1..n
 * @returns {bigint}
 */
export function total(n, most) {
  let sum = 0n;
  let product = 1n; // n! / (n - j)!
  for (let j = 0; j <= most; j++) {
    sum += product;
    product *= BigInt(n - j);
  }
  return sum;
}

/**
 * @param {readonly number[]} ranking numbers of candidates from 0, first preference first
 * @param {number} n
 * @param {number} most
 * @returns {bigint} 0 <= code < total(n, most)
 * @throws {RangeError} if it is no ranking: too long, a number twice or out of range
 */
export function encode(ranking, n, most) {
  if (ranking.length > most) throw new RangeError(`a ranking of more than ${most}`);
  const left = numbers(n);
  let value = 0n;
  for (const candidate of ranking) {
    const digit = left.indexOf(candidate);
    if (digit < 0) throw new RangeError("a candidate that there is not, or ranked twice");
    value = value * BigInt(left.length) + BigInt(digit);
    left.splice(digit, 1);
  }
  return ranking.length ? total(n, ranking.length - 1) + value : 0n;
}

/**
 * @param {bigint} code
 * @param {number} n
 * @param {number} most
 * @returns {number[] | null} null if no ranking has this code: INVALID
 */
export function decode(code, n, most) {
  let value = code;
  let length = 0;
  for (; length <= most && value >= arrangements(n, length); length++) value -= arrangements(n, length);
  if (length > most || code < 0n) return null;

  const digits = [];
  for (let size = n - length + 1; size <= n; size++) {
    digits.unshift(Number(value % BigInt(size)));
    value /= BigInt(size);
  }
  const left = numbers(n);
  return digits.flatMap((digit) => left.splice(digit, 1));
}

/**
 * @param {bigint} code 0 <= code < 2^240
 * @returns {Point} never the identity
 */
export function embed(code) {
  const bytes = new Uint8Array(PAYLOAD + 2);
  for (let i = 1, rest = code; i <= PAYLOAD; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return embedded(bytes);
}

/**
 * @param {Point} p
 * @returns {bigint | null} the code of which this point is the embedding, null if it is of none
 */
export function extract(p) {
  const bytes = pointBytes(p);
  if (!equal(pointBytes(embedded(bytes)), bytes)) return null;
  return bytes.slice(1, PAYLOAD + 1).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/**
 * The first candidate that is a point and not the identity, around the payload in bytes 1..30.
 * @param {Uint8Array} given
 * @returns {Point}
 */
function embedded(given) {
  const bytes = Uint8Array.from(given);
  for (let h = 0; h < 64; h++) {
    for (let j = 0; j < 128; j++) {
      bytes[0] = 2 * j;
      bytes[PAYLOAD + 1] = h;
      if (bytes.every((byte) => byte === 0)) continue;
      try {
        return point(bytes);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error; // else: the next one
      }
    }
  }
  throw new RangeError("no candidate is a point"); // odds of 1 in 4^8192
}

/**
 * @param {number} n
 * @param {number} j
 * @returns {bigint} n! / (n - j)!
 */
function arrangements(n, j) {
  let product = 1n;
  for (let i = 0; i < j; i++) product *= BigInt(n - i);
  return product;
}

/** @param {number} n */
function numbers(n) {
  return Array.from({ length: n }, (_, i) => i);
}
