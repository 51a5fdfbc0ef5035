/**
 * The one byte form of JSON: RFC 8785, limited to what entries use. Source: docs/protocol.md, section 1.
 * @module
 */

import { fromUtf8, utf8, equal } from "./encoding.js";
import { MalformedError } from "./errors.js";

/** How deep arrays and objects may be nested; the outermost is 1. */
export const DEPTH = 16;

/** @typedef {string | number | boolean | readonly Json[] | { readonly [key: string]: Json }} Json */

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical bytes of a value.
 * @param {Json} value
 * @returns {Uint8Array}
 * @throws {MalformedError} if the value, or one in it, is not among those that entries may hold
 */
export function dump(value) {
  return utf8(text(value, 1));
}

/**
 * The value of canonical bytes.
 *
 * JSON.parse forgives much (spaces, a key twice, 1.0 for 1); writing the value again and comparing forgives nothing.
 * @param {Uint8Array} bytes
 * @returns {Json}
 * @throws {MalformedError} if the bytes differ from their own canonical form
 */
export function parse(bytes) {
  const source = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(source);
  } catch {
    throw new MalformedError("1: not JSON");
  }
  if (!equal(dump(value), bytes)) throw new MalformedError("1: not in canonical form");
  return value;
}

/**
 * @param {unknown} value
 * @param {number} depth of the value, if it is an array or object
 * @returns {string}
 */
function text(value, depth) {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (typeof value !== "object" || value === null) throw new MalformedError("1: a value that entries may not hold");
  if (depth > DEPTH) throw new MalformedError(`1: nested more than ${DEPTH} deep`);
  if (Array.isArray(value)) return `[${value.map((item) => text(item, depth + 1)).join(",")}]`;
  const members = /** @type {Record<string, unknown>} */ (value);
  // Without an argument, sort() orders by UTF-16 code units, as RFC 8785 wants it.
  const keys = Object.keys(members).sort();
  return `{${keys.map((key) => `${quoted(key)}:${text(members[key], depth + 1)}`).join(",")}}`;
}

/**
 * @param {string} value
 * @returns {string} as JSON.stringify writes it, which is what RFC 8785 asks for
 */
function quoted(value) {
  if (LONE_SURROGATE.test(value)) throw new MalformedError("1: a lone surrogate");
  return JSON.stringify(value);
}
