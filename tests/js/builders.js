/**
 * A valid election, ballot, tree and checkpoint, but for what a test names.
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { seal } from "../../governance/web/client/ballot.js";
import { dump } from "../../governance/web/client/canonical.js";
import { deriveCredential } from "../../governance/web/client/credentials.js";
import { readElection } from "../../governance/web/client/election.js";
import { base64, concat, hex, u64, utf8 } from "../../governance/web/client/encoding.js";
import { G, pointBytes, times } from "../../governance/web/client/group.js";
import { leafHash } from "../../governance/web/client/merkle.js";

/** @typedef {import("../../governance/web/client/election.js").Style} Style */
/** @typedef {{ name: string, secret: Uint8Array, public: Uint8Array, type: number }} Signer */

/**
 * @param {string} name
 * @param {number} type
 * @returns {Signer}
 */
export function aSigner(name, type) {
  const secret = sha256(utf8(name));
  return { name, secret, public: ed25519.getPublicKey(secret), type };
}

export const LOG = aSigner("log.example/test", 1);
export const WITNESSES = ["one", "two", "three"].map((name) => aSigner(`${name}.example/witness`, 4));

/** @param {Signer} signer */
function keyId(signer) {
  return sha256(concat([utf8(`${signer.name}\n`), Uint8Array.of(signer.type), signer.public])).slice(0, 4);
}

/** @param {Signer} signer */
export function verifierKey(signer) {
  return `${signer.name}+${hex(keyId(signer))}+${base64(concat([Uint8Array.of(signer.type), signer.public]))}`;
}

/**
 * @param {Signer} signer
 * @param {Uint8Array} body
 */
export function signatureLine(signer, body) {
  return `\u2014 ${signer.name} ${base64(concat([keyId(signer), body]))}\n`;
}

/**
 * @param {object} given
 * @param {number} given.size
 * @param {Uint8Array} given.root
 * @param {Signer} [given.log]
 * @param {Signer[]} [given.witnesses] who cosign
 * @param {string} [given.origin]
 * @returns {string}
 */
export function aCheckpoint({ size, root, log = LOG, witnesses = WITNESSES, origin = log.name }) {
  const text = `${origin}\n${size}\n${base64(root)}\n`;
  const lines = [
    signatureLine(log, ed25519.sign(utf8(text), log.secret)),
    ...witnesses.map((witness) => {
      const signature = ed25519.sign(utf8(`cosignature/v1\ntime 1772999000\n${text}`), witness.secret);
      return signatureLine(witness, concat([u64(1772999000), signature]));
    }),
  ];
  return `${text}\n${lines.join("")}`;
}

const CEREMONY = new Uint8Array(64).fill(7);
export const CREDENTIAL = deriveCredential(CEREMONY, "ETN2VZ1EN8YT3JRQNHCV0KF76K");
export const OTHER = deriveCredential(CEREMONY, "7JFTSPSR9F69CJ2H8P3M5J3SZ0");
const SECRET = 123456789n;

/**
 * @param {string} id
 * @param {number} n
 * @param {object} [changes]
 */
export function aContest(id, n, changes = {}) {
  return {
    id,
    title: `Contest ${id}`,
    seats: 1,
    max_ranks: n,
    min_ballots: 2,
    candidates: Array.from({ length: n }, (_, i) => ({ id: `${id}-${i}`, name: `Person ${i}`, reopen: false })),
    rule: { id: "scottish-stv" },
    constraints: [],
    after: [],
    ...changes,
  };
}

/** @param {Uint8Array} list of credentials @param {string[]} contests */
function aList(list, contests) {
  const count = list.length / 32;
  const roll = { count, root: "00".repeat(32) };
  return { contests, count, sha256: hex(sha256(list)), size: list.length, roll, signature: "00".repeat(64) };
}

export const LISTS = [pointBytes(CREDENTIAL.point), pointBytes(OTHER.point)];

/**
 * @param {object} [changes] fields of the manifest that are other than usual
 * @returns {any} a manifest: two contests, and one credential in each of two styles
 */
export function aManifest(changes = {}) {
  return {
    kind: "manifest",
    version: 1,
    election: "test-2026",
    title: "A test",
    ceremony: hex(CEREMONY),
    public_key: hex(pointBytes(times(SECRET, G))),
    opens: "2026-03-01T09:00:00Z",
    closes: "2026-03-08T18:00:00Z",
    revotes: true,
    contests: [aContest("board", 5), aContest("audit", 3, { max_ranks: 2 })],
    credentials: LISTS.map((list, i) => aList(list, [["board", "audit"], ["board"]][i] ?? [])),
    board: { origin: LOG.name, key: verifierKey(LOG), witnesses: WITNESSES.map(verifierKey), quorum: 2 },
    ...changes,
  };
}

/** @param {object} [changes] */
export function anElection(changes) {
  return readElection(dump(aManifest(changes)));
}

/** @param {ReturnType<typeof anElection>} election @param {number} [i] @returns {Style} */
export function styleNumber(election, i = 0) {
  return /** @type {Style} */ (election.styles[i]);
}

/**
 * @param {Partial<Parameters<typeof seal>[0]>} [changes]
 * @returns {import("../../governance/web/client/ballot.js").SealedBallot}
 */
export function aSealedBallot(changes = {}) {
  const election = changes.election ?? anElection();
  return seal({
    election,
    style: styleNumber(election),
    credential: CREDENTIAL,
    previous: new Uint8Array(32),
    rankings: { board: ["board-3", "board-0"], audit: [] },
    nonces: [11n, 12n],
    ...changes,
  });
}

/** @param {Parameters<typeof aSealedBallot>[0]} [changes] */
export function aBallot(changes) {
  return aSealedBallot(changes).prove([21n, 22n, 23n]);
}

// The tree as RFC 6962, section 2.1, defines it: by recursion, unlike the code under test.

/** @param {Uint8Array[]} hashes @returns {Uint8Array} */
export function rootOf(hashes) {
  const [first] = hashes;
  if (first === undefined) return sha256(new Uint8Array());
  if (hashes.length === 1) return first;
  const k = split(hashes.length);
  return sha256(concat([Uint8Array.of(1), rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k))]));
}

/** @param {number} m @param {Uint8Array[]} hashes @returns {Uint8Array[]} */
export function inclusionProof(m, hashes) {
  if (hashes.length <= 1) return [];
  const k = split(hashes.length);
  const [left, right] = [hashes.slice(0, k), hashes.slice(k)];
  return m < k ? [...inclusionProof(m, left), rootOf(right)] : [...inclusionProof(m - k, right), rootOf(left)];
}

/** @param {number} m @param {Uint8Array[]} hashes @param {boolean} [whole] @returns {Uint8Array[]} */
export function consistencyProof(m, hashes, whole = true) {
  if (m === 0) return [];
  if (m === hashes.length) return whole ? [] : [rootOf(hashes)];
  const k = split(hashes.length);
  const [left, right] = [hashes.slice(0, k), hashes.slice(k)];
  return m <= k
    ? [...consistencyProof(m, left, whole), rootOf(right)]
    : [...consistencyProof(m - k, right, false), rootOf(left)];
}

/** @param {number} n @returns {number} the largest power of two below n */
function split(n) {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** @param {number} size @returns {Uint8Array[]} entries that differ */
export function someEntries(size) {
  return Array.from({ length: size }, (_, i) => utf8(`entry ${i}`));
}

/** @param {Uint8Array[]} entries */
export function hashesOf(entries) {
  return entries.map(leafHash);
}
