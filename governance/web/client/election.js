/**
 * An election as its manifest says it, for those who seal a ballot or check a receipt.
 * Source: docs/protocol.md, sections 4 and 7.
 *
 * Checked is what sealing and receipts rest on. The registrar's signatures, the constraints, the rules of counting and
 * the keys of the ceremony are for those who verify the whole record.
 * @module
 */

import { sha256, sha512 } from "@noble/hashes/sha2.js";

import { isGoodKey } from "./ed25519.js";
import { equal, fromHex, hex } from "./encoding.js";
import { readManifest } from "./entries.js";
import { MalformedError } from "./errors.js";
import { isIdentity, point, pointBytes } from "./group.js";
import { LOG, WITNESS, readVerifierKey } from "./checkpoint.js";
import { MOST, total } from "./ranking.js";

/** @typedef {import("./checkpoint.js").VerifierKey} VerifierKey */
/** @typedef {import("./group.js").Point} Point */
/** @typedef {{ readonly id: string, readonly name: string, readonly reopen: boolean }} Candidate */

/**
 * @typedef {object} Contest
 * @property {string} id
 * @property {string} title
 * @property {number} seats
 * @property {number} most how many candidates may be ranked, >= 1
 * @property {readonly Candidate[]} candidates in manifest order: their numbers in the codec
 */

/** @typedef {{ readonly contests: readonly Contest[], readonly sha256: string, readonly size: number }} Style */

/**
 * @typedef {object} Board
 * @property {VerifierKey} log its name is the origin of every checkpoint
 * @property {readonly VerifierKey[]} witnesses
 * @property {number} quorum how many witnesses must have cosigned
 */

/**
 * @typedef {object} Election
 * @property {string} id
 * @property {string} title
 * @property {Uint8Array} ctx what all is bound to: SHA-512 of the manifest
 * @property {Uint8Array} ceremony cer: SHA-512 of the ceremony entry
 * @property {Point} key Y
 * @property {string} opens
 * @property {string} closes
 * @property {boolean} revotes
 * @property {readonly Contest[]} contests
 * @property {readonly Style[]} styles who may vote in which contests, in the order of the manifest's credentials
 * @property {Board} board
 */

/**
 * @param {Uint8Array} bytes of the manifest entry
 * @returns {Election}
 * @throws {MalformedError}
 */
export function readElection(bytes) {
  const manifest = readManifest(bytes);
  need(manifest.version === 1, "version is not 1");
  const contests = manifest.contests.map((given) => {
    const n = given.candidates.length;
    need(given.max_ranks >= 1 && given.max_ranks <= n, "max_ranks is not from 1 to the number of candidates", 4);
    need(total(n, given.max_ranks) <= MOST, "a contest has too many rankings", 4);
    need(distinct(given.candidates.map(({ id }) => id)), "a candidate's id stands twice in a contest");
    const { id, title, seats, max_ranks: most, candidates } = given;
    return { id, title, seats, most, candidates };
  });
  need(contests.length >= 1, "there is no contest");
  need(distinct(contests.map(({ id }) => id)), "a contest's id stands twice");

  const styles = manifest.credentials.map(({ contests: ids, sha256, size }) => {
    const own = contests.filter(({ id }) => ids.includes(id));
    need(own.length >= 1 && own.map(({ id }) => id).join() === ids.join(), "a style's contests are not in order");
    return { contests: own, sha256, size };
  });
  need(styles.length >= 1, "there are no credentials");

  const key = point(fromHex(manifest.public_key));
  need(!isIdentity(key), "public_key is the identity");
  return {
    id: manifest.election,
    title: manifest.title,
    ctx: sha512(bytes),
    ceremony: fromHex(manifest.ceremony),
    key,
    opens: manifest.opens,
    closes: manifest.closes,
    revotes: manifest.revotes,
    contests,
    styles,
    board: readBoard(manifest.board),
  };
}

/**
 * The style of a credential: the one list in which it stands.
 * @param {Election} election
 * @param {Point} credential
 * @param {readonly Uint8Array[]} lists the credentials blobs, in the order of the styles
 * @returns {Style | null} null if it stands in none: then it is not a credential of this election
 * @throws {MalformedError} if a list is not the one that the manifest names
 */
export function styleOf(election, credential, lists) {
  need(lists.length === election.styles.length, "there are not as many lists as styles");
  const wanted = pointBytes(credential);
  const found = election.styles.filter(({ sha256: digest, size }, i) => {
    const list = lists[i] ?? new Uint8Array();
    need(list.length === size && size % 32 === 0 && hex(sha256(list)) === digest, "a list is not the manifest's");
    return Array.from({ length: size / 32 }, (_, j) => list.subarray(32 * j, 32 * j + 32)).some((p) => equal(p, wanted));
  });
  need(found.length <= 1, "a credential stands in two lists");
  return found[0] ?? null;
}

/**
 * @param {import("./entries.js").Manifest["board"]} given
 * @returns {Board}
 */
function readBoard(given) {
  const log = readVerifierKey(given.key, LOG);
  const witnesses = given.witnesses.map((key) => readVerifierKey(key, WITNESS));
  const all = [log, ...witnesses];
  need(given.origin === log.name, "the origin is not the name of the log's key");
  need(distinct(all.map(({ name }) => name)), "two keys of the board have one name");
  need(distinct(all.map(({ key }) => hex(key))), "a key stands twice on the board");
  need(all.every(({ key }) => isGoodKey(key)), "a key of the board is no good key");
  const [least, most] = witnesses.length ? [1, witnesses.length] : [0, 0];
  need(given.quorum >= least && given.quorum <= most, "the quorum does not fit the witnesses");
  return { log, witnesses, quorum: given.quorum };
}

/**
 * @param {boolean} holds
 * @param {string} otherwise
 * @param {number} [section]
 */
function need(holds, otherwise, section = 7) {
  if (!holds) throw new MalformedError(`${section}: ${otherwise}`);
}

/** @param {readonly string[]} items */
function distinct(items) {
  return new Set(items).size === items.length;
}
