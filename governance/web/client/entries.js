/**
 * The entries that the browser reads: the manifest and ballots, strictly. Source: docs/protocol.md, section 1.1.
 * @module
 */

import { parse } from "./canonical.js";
import { fromHex } from "./encoding.js";
import { MalformedError } from "./errors.js";
import { point, scalar } from "./group.js";

/** @typedef {import("./canonical.js").Json} Json */
/** @typedef {(value: Json, at: string) => void} Check throws a MalformedError that names the place */

/** Bytes of an entry at most. */
export const LARGEST = 2 ** 20;

/**
 * @typedef {object} Proof
 * @property {string[]} commitments R_0, R_1, …: points
 * @property {string[]} responses z_0, z_1, …: scalars
 */

/**
 * @typedef {object} UnprovenBallot a ballot without its proof: what the tracker names
 * @property {"ballot"} kind
 * @property {string} election
 * @property {string} credential P
 * @property {string} previous
 * @property {{ id: string, a: string, b: string }[]} contests
 */

/** @typedef {UnprovenBallot & { proof: Proof }} Ballot */

/**
 * @typedef {object} Manifest
 * @property {"manifest"} kind
 * @property {number} version
 * @property {string} election
 * @property {string} title
 * @property {string} ceremony
 * @property {string} public_key
 * @property {string} opens
 * @property {string} closes
 * @property {boolean} revotes
 * @property {{ id: string, title: string, seats: number, max_ranks: number, min_ballots: number,
 *   candidates: { id: string, name: string, reopen: boolean }[], rule: { id: string },
 *   constraints: object[], after: string[] }[]} contests
 * @property {{ contests: string[], count: number, sha256: string, size: number, roll: { count: number, root: string },
 *   signature: string }[]} credentials
 * @property {{ origin: string, key: string, witnesses: string[], quorum: number }} board
 */

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const text = of("a text", (value) => typeof value === "string");
const int = of("an integer", (value) => typeof value === "number");
const bool = of("true or false", (value) => typeof value === "boolean");
const id = of("an id", (value) => typeof value === "string" && ID.test(value));
const time = of("a time", (value) => typeof value === "string" && isTime(value));
const pointHex = hexOf(32, point);
const scalarHex = hexOf(32, scalar);

/** @param {string} kind */
const kindOf = (kind) => of(`"${kind}"`, (value) => value === kind);

const ballot = object({
  kind: kindOf("ballot"),
  election: id,
  credential: pointHex,
  previous: hexOf(32),
  contests: listOf(object({ id, a: pointHex, b: pointHex })),
  proof: object({ commitments: listOf(pointHex), responses: listOf(scalarHex) }),
});

const manifest = object({
  kind: kindOf("manifest"),
  version: int,
  election: id,
  title: text,
  ceremony: hexOf(64),
  public_key: pointHex,
  opens: time,
  closes: time,
  revotes: bool,
  contests: listOf(
    object({
      id,
      title: text,
      seats: int,
      max_ranks: int,
      min_ballots: int,
      candidates: listOf(object({ id, name: text, reopen: bool })),
      rule: object({ id: text }),
      constraints: listOf(
        object({ attribute: text, value: text, min: int, max: int, candidates: listOf(id), seated: int }),
      ),
      after: listOf(id),
    }),
  ),
  credentials: listOf(
    object({
      contests: listOf(id),
      count: int,
      sha256: hexOf(32),
      size: int,
      roll: object({ count: int, root: hexOf(32) }),
      signature: hexOf(64),
    }),
  ),
  board: object({ origin: text, key: text, witnesses: listOf(text), quorum: int }),
});

/**
 * @param {Uint8Array} bytes of a `ballot` entry
 * @returns {Ballot} of the right form; nothing is said of its proof
 * @throws {MalformedError}
 */
export function readBallot(bytes) {
  return /** @type {Ballot} */ (read(bytes, ballot, "ballot"));
}

/**
 * @param {Uint8Array} bytes of a `manifest` entry
 * @returns {Manifest} of the right form; nothing is said of its values
 * @throws {MalformedError}
 */
export function readManifest(bytes) {
  return /** @type {Manifest} */ (read(bytes, manifest, "manifest"));
}

/**
 * @param {Uint8Array} bytes
 * @param {Check} check
 * @param {string} kind
 * @returns {unknown}
 */
function read(bytes, check, kind) {
  if (bytes.length > LARGEST) throw new MalformedError("1: an entry of more than 1 MiB");
  const value = parse(bytes);
  check(value, kind);
  return value;
}

/**
 * @param {string} what
 * @param {(value: Json) => boolean} holds
 * @returns {Check}
 */
function of(what, holds) {
  return (value, at) => {
    if (!holds(value)) throw new MalformedError(`1: ${at} is not ${what}`);
  };
}

/**
 * @param {number} length in bytes
 * @param {(bytes: Uint8Array) => unknown} [decode] throws if the bytes are not what they should be
 * @returns {Check}
 */
function hexOf(length, decode) {
  return of(`what ${length} bytes of hex should be here`, (value) => {
    if (typeof value !== "string" || value.length !== 2 * length) return false;
    try {
      const bytes = fromHex(value);
      decode?.(bytes);
      return true;
    } catch (error) {
      if (error instanceof MalformedError) return false;
      throw error;
    }
  });
}

/**
 * @param {Check} item
 * @returns {Check}
 */
function listOf(item) {
  return (value, at) => {
    if (!Array.isArray(value)) throw new MalformedError(`1: ${at} is not a list`);
    value.forEach((each, i) => item(each, `${at}.${i}`));
  };
}

/**
 * @param {{ [name: string]: Check }} fields every one of which stands, and no other
 * @returns {Check}
 */
function object(fields) {
  const names = Object.keys(fields);
  return (value, at) => {
    if (typeof value !== "object" || Array.isArray(value)) throw new MalformedError(`1: ${at} is not an object`);
    const members = /** @type {{ [name: string]: Json }} */ (value);
    const missing = names.find((name) => !Object.hasOwn(members, name));
    if (missing !== undefined) throw new MalformedError(`1: ${at} lacks ${missing}`);
    const unknown = Object.keys(members).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new MalformedError(`1: ${at} has an unknown field`);
    for (const name of names) fields[name]?.(/** @type {Json} */ (members[name]), `${at}.${name}`);
  };
}

/** @param {string} value */
function isTime(value) {
  const [, year = 0, month = 0, day = 0] = (TIME.exec(value) ?? []).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year >= 1 && day >= 1 && day <= days;
}
