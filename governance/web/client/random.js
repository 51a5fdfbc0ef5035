/**
 * The only module that draws. (The library draws too, from the same source, to blind the multiplications of the base
 * point; that changes how long they take, never what they give.)
 * @module
 */

import { reduced } from "./group.js";

/**
 * Secrets for one use each.
 * @param {number} count
 * @returns {bigint[]} uniform in 1..q-1
 */
export function nonces(count) {
  return Array.from({ length: count }, nonce);
}

/** @returns {bigint} */
function nonce() {
  const value = reduced(crypto.getRandomValues(new Uint8Array(64)));
  return value === 0n ? nonce() : value;
}
