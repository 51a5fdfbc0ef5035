/**
 * Crockford's base 32, in which people read codes and trackers. Source: docs/protocol.md, sections 5 and 8.
 * @module
 */

/** Digits, then letters without I, L, O and U. */
export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @param {Uint8Array} bytes
 * @param {number} length how many characters, each of 5 bits, from the first bit on
 * @returns {string}
 */
export function base32(bytes, length) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length }, (_, i) => ALPHABET[parseInt(bits.slice(5 * i, 5 * i + 5), 2)]).join("");
}

/**
 * @param {string} text
 * @returns {string} in groups of four, joined by hyphens
 */
export function grouped(text) {
  return text.replace(/(.{4})(?=.)/g, "$1-");
}

/**
 * The first 120 bits of a digest, as people compare them.
 * @param {Uint8Array} digest at least 15 bytes
 * @returns {string} six groups of four
 */
export function fingerprint(digest) {
  return grouped(base32(digest, 24));
}
