/**
 * Where the test data of other people lies: beside the checkout, or at GOVERNANCE_SHARED; read there, never copied.
 * @module
 */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";

const BESIDE = fileURLToPath(new URL("../../../shared", import.meta.url));
const VECTORS = join(process.env["GOVERNANCE_SHARED"] || BESIDE, "vectors");

/** Options of a test that needs the data: it is skipped, and says why, where there is none. */
export const needed = existsSync(VECTORS) ? {} : { skip: `the test data of other people is not at ${VECTORS}` };

/**
 * @param {string} name below shared/vectors
 * @returns {any} what the JSON file holds; null where it is missing
 */
export function load(name) {
  return existsSync(join(VECTORS, name)) ? JSON.parse(readFileSync(join(VECTORS, name), "utf8")) : null;
}

/** @param {string} name */
export function bytesOf(name) {
  return new Uint8Array(readFileSync(join(VECTORS, name)));
}

/** @param {string} name */
export function textOf(name) {
  return readFileSync(join(VECTORS, name), "utf8");
}

/**
 * @param {string} folder below shared/vectors
 * @returns {string[]} the names of the JSON files in it, at any depth
 */
export function jsonFiles(folder) {
  if (!existsSync(join(VECTORS, folder))) return [];
  const names = readdirSync(join(VECTORS, folder), { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(".json")).map((name) => `${folder}/${name}`).sort();
}

/** @typedef {{ entries: Uint8Array[], checkpoint: string, blob: (digest: string) => Uint8Array }} Record */

/**
 * @param {string} name of a record file
 * @returns {Record}
 */
export function record(name) {
  const members = unzip(bytesOf(name));
  /** @param {string} member */
  const get = (member) => members.get(member) ?? new Uint8Array();
  const lines = get("entries.jsonl");
  const entries = [];
  for (let start = 0, end; (end = lines.indexOf(10, start)) >= 0; start = end + 1) entries.push(lines.slice(start, end));
  return {
    entries,
    checkpoint: new TextDecoder().decode(get("checkpoint")),
    blob: (digest) => get(`blobs/${digest}`),
  };
}

/** Our contract's deterministic vectors, made by an independent implementation. */
export const PROTOCOL = load("protocol-v1/vectors.json");

/**
 * Enough of a zip reader for well-formed records.
 * @param {Uint8Array} zip
 * @returns {Map<string, Uint8Array>}
 */
function unzip(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const end = zip.length - 22;
  const members = new Map();
  let at = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    const [method, size, nameLength, extra, comment, local] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 20, true),
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
      view.getUint16(at + 32, true),
      view.getUint32(at + 42, true),
    ];
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength));
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = zip.slice(start, start + size);
    members.set(name, method === 8 ? new Uint8Array(inflateRawSync(data)) : data);
    at += 46 + nameLength + extra + comment;
  }
  return members;
}
