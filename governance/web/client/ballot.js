/**
 * Seal a ballot, then prove it or open it; check those of others. Source: docs/protocol.md, section 8.
 *
 * The caller draws the nonces (random.js), so that vectors reproduce.
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { fingerprint } from "./base32.js";
import { dump, parse } from "./canonical.js";
import { equal, fromHex, hex } from "./encoding.js";
import { readBallot } from "./entries.js";
import { MalformedError, ProofError } from "./errors.js";
import { G, ORDER, isIdentity, plus, point, pointBytes, same, scalar, scalarBytes, times, timesPublic } from "./group.js";
import { embed, encode } from "./ranking.js";
import { Transcript } from "./transcript.js";

/** @typedef {import("./credentials.js").Credential} Credential */
/** @typedef {import("./election.js").Contest} Contest */
/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Style} Style */
/** @typedef {import("./entries.js").Ballot} Ballot */
/** @typedef {import("./entries.js").UnprovenBallot} UnprovenBallot */
/** @typedef {import("./group.js").Point} Point */

/**
 * For each contest's id the ids of the candidates, first preference first; none for a blank vote.
 * @typedef {{ readonly [contest: string]: readonly string[] }} Rankings
 */

/** What `previous` is where there is no earlier ballot of the credential. */
export const NONE = new Uint8Array(32);

/**
 * @typedef {object} Secrets
 * @property {Election} election
 * @property {Credential} credential
 * @property {UnprovenBallot} unproven
 * @property {readonly bigint[]} nonces
 * @property {Rankings} rankings
 */

/** A ballot that nobody has proven yet. It is either proven, once, or opened, once: what was opened can never be cast. */
export class SealedBallot {
  /** @type {Secrets | null} */
  #secrets;

  /** @param {Secrets} secrets */
  constructor(secrets) {
    /** The ballot without its proof: what the tracker names. */
    this.bytes = dump(secrets.unproven);
    /** What the voter keeps, and writes down before the seal is opened. */
    this.tracker = tracker(this.bytes);
    this.#secrets = secrets;
  }

  /**
   * Make the proof, and so the ballot that can be cast; forget the secrets.
   * @param {readonly bigint[]} nonces w_0, w_1, …: one more than there are contests, uniform, used once
   * @returns {Uint8Array} the bytes of the `ballot` entry
   * @throws {RangeError} if it has been proven or opened already
   */
  prove(nonces) {
    const { election, credential, unproven, nonces: r } = this.#take();
    if (nonces.length !== r.length + 1) throw new RangeError("not as many nonces as the proof has parts");
    const commitments = nonces.map((w) => hex(pointBytes(times(w, G))));
    const c = challenge(election, unproven, commitments);
    const responses = [credential.secret, ...r].map((secret, t) => ((nonces[t] ?? 0n) + c * secret) % ORDER);
    return dump({ ...unproven, proof: { commitments, responses: responses.map((z) => hex(scalarBytes(z))) } });
  }

  /**
   * Test the seal: hand out all that is in it; forget the secrets.
   * @returns {Uint8Array} what `checkOpening` takes
   * @throws {RangeError} if it has been proven or opened already
   */
  open() {
    const { unproven, nonces, rankings } = this.#take();
    return dump({
      ballot: unproven,
      nonces: nonces.map((r) => hex(scalarBytes(r))),
      rankings: unproven.contests.map(({ id }) => rankings[id] ?? []),
    });
  }

  #take() {
    const secrets = this.#secrets;
    if (secrets === null) throw new RangeError("this seal has been used");
    this.#secrets = null;
    return secrets;
  }
}

/**
 * Seal a vote.
 * @param {object} vote
 * @param {Election} vote.election
 * @param {Style} vote.style the credential's
 * @param {Credential} vote.credential
 * @param {Uint8Array} vote.previous SHA-256 of the credential's last ballot entry, or NONE
 * @param {Rankings} vote.rankings one for each contest of the style
 * @param {readonly bigint[]} vote.nonces r_t: one for each contest of the style, uniform in 1..q-1, used once
 * @returns {SealedBallot}
 * @throws {RangeError} if this vote cannot be: a contest missing, a candidate twice, too many ranked, a second vote
 *   where none is allowed
 */
export function seal({ election, style, credential, previous, rankings, nonces }) {
  const { contests } = style;
  if (nonces.length !== contests.length || nonces.includes(0n)) throw new RangeError("not one nonce for each contest");
  if (previous.length !== 32) throw new RangeError("previous is not 32 bytes");
  if (!election.revotes && !equal(previous, NONE)) throw new RangeError("nobody votes twice in this election");
  if (Object.keys(rankings).length !== contests.length) throw new RangeError("not one ranking for each contest");
  const unproven = {
    kind: /** @type {const} */ ("ballot"),
    election: election.id,
    credential: hex(pointBytes(credential.point)),
    previous: hex(previous),
    contests: contests.map((contest, t) => {
      if (!Object.hasOwn(rankings, contest.id)) throw new RangeError("not one ranking for each contest");
      return encrypt(election, contest, rankings[contest.id] ?? [], nonces[t] ?? 0n);
    }),
  };
  return new SealedBallot({ election, credential, unproven, nonces, rankings });
}

/**
 * @param {Uint8Array} bytes of a ballot without its proof
 * @returns {string} what the voter keeps to find the ballot again
 */
export function tracker(bytes) {
  return fingerprint(sha256(bytes));
}

/**
 * The tracker of a ballot on the board: of a voter's earlier one, say, with `sha256` of its bytes as the next `previous`.
 * @param {Uint8Array} bytes of the `ballot` entry
 * @returns {{ ballot: Ballot, tracker: string, digest: Uint8Array }}
 * @throws {MalformedError}
 */
export function readCast(bytes) {
  const ballot = readBallot(bytes);
  const { proof: _, ...unproven } = ballot;
  return { ballot, tracker: tracker(dump(unproven)), digest: sha256(bytes) };
}

/**
 * Check a ballot by itself. Whether it stands between `open` and `close`, and its credential on the list of this style,
 * only the record tells.
 * @param {Election} election
 * @param {Style} style the credential's
 * @param {Uint8Array} previous what its `previous` must be
 * @param {Uint8Array} bytes of the `ballot` entry
 * @returns {void}
 * @throws {MalformedError} if it is no ballot of this election
 * @throws {ProofError} if its proof does not hold
 */
export function check(election, style, previous, bytes) {
  const ballot = readBallot(bytes);
  const { commitments, responses } = ballot.proof;
  checkPlace(election, style, ballot);
  if (ballot.previous !== hex(previous)) throw new MalformedError("8: the ballot does not follow the last one");
  if (commitments.length !== ballot.contests.length + 1 || responses.length !== commitments.length) {
    throw new MalformedError("8: the proof has not one part more than there are contests");
  }
  const c = challenge(election, ballot, commitments);
  [ballot.credential, ...ballot.contests.map(({ a }) => a)].forEach((statement, t) => {
    const left = timesPublic(scalar(fromHex(responses[t] ?? "")), G);
    const right = plus(point(fromHex(commitments[t] ?? "")), timesPublic(c, point(fromHex(statement))));
    if (!same(left, right)) throw new ProofError("8: the ballot's proof does not hold");
  });
}

/**
 * Check an opened seal, on a device and with a manifest that did not come from who sealed it.
 * @param {Election} election
 * @param {Style} style the credential's, by `styleOf`
 * @param {Uint8Array} bytes as `open` gave them
 * @returns {{ tracker: string, rankings: Rankings }} what was in it; the tracker is to be compared with the one shown
 *   before the seal was opened
 * @throws {MalformedError} if this is no opened seal
 * @throws {ProofError} if it does not hold what it says
 */
export function checkOpening(election, style, bytes) {
  const { ballot, nonces, rankings } = readOpening(bytes);
  checkPlace(election, style, ballot);
  if (nonces.length !== ballot.contests.length || rankings.length !== nonces.length) {
    throw new MalformedError("8: not one nonce and ranking for each contest");
  }
  style.contests.forEach((contest, t) => {
    let again;
    try {
      again = encrypt(election, contest, rankings[t] ?? [], nonces[t] ?? 0n);
    } catch (error) {
      if (error instanceof RangeError) throw new ProofError("8: the seal holds no ranking of this contest");
      throw error;
    }
    if (again.a !== ballot.contests[t]?.a || again.b !== ballot.contests[t]?.b) {
      throw new ProofError("8: the seal does not hold this ranking");
    }
  });
  return {
    tracker: tracker(dump(ballot)),
    rankings: Object.fromEntries(style.contests.map(({ id }, t) => [id, rankings[t] ?? []])),
  };
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ ballot: UnprovenBallot, nonces: bigint[], rankings: string[][] }}
 */
function readOpening(bytes) {
  const value = /** @type {{ ballot: UnprovenBallot, nonces: string[], rankings: string[][] }} */ (parse(bytes));
  const lists = [value?.nonces, value?.rankings, ...(Array.isArray(value?.rankings) ? value.rankings : [])];
  if (Object.keys(value).join() !== "ballot,nonces,rankings" || !lists.every(Array.isArray)) {
    throw new MalformedError("8: no opened seal");
  }
  // The form of a ballot is that of an entry, whose proof this one must not have.
  const { ballot, nonces, rankings } = value;
  if (typeof ballot !== "object" || Object.hasOwn(ballot, "proof")) throw new MalformedError("8: no opened seal");
  readBallot(dump({ ...ballot, proof: { commitments: [], responses: [] } }));
  if (![...nonces, ...rankings.flat()].every((item) => typeof item === "string")) {
    throw new MalformedError("8: no opened seal");
  }
  return { ballot, nonces: nonces.map((r) => scalar(fromHex(r))), rankings };
}

/**
 * @param {Election} election
 * @param {Style} style
 * @param {UnprovenBallot} ballot
 */
function checkPlace(election, style, ballot) {
  if (ballot.election !== election.id) throw new MalformedError("8: a ballot of another election");
  if (ballot.contests.map(({ id }) => id).join() !== style.contests.map(({ id }) => id).join()) {
    throw new MalformedError("8: the ballot's contests are not those of its style");
  }
  if ([ballot.credential, ...ballot.contests.map(({ a }) => a)].some((p) => isIdentity(point(fromHex(p))))) {
    throw new MalformedError("8: the identity where it may not be");
  }
}

/**
 * @param {Election} election
 * @param {Contest} contest
 * @param {readonly string[]} ranking ids
 * @param {bigint} r
 * @returns {{ id: string, a: string, b: string }}
 */
function encrypt({ key }, { id, candidates, most }, ranking, r) {
  const numbers = ranking.map((candidate) => candidates.findIndex((each) => each.id === candidate));
  const message = embed(encode(numbers, candidates.length, most));
  const [a, b] = [times(r, G), plus(message, times(r, key))];
  return { id, a: hex(pointBytes(a)), b: hex(pointBytes(b)) };
}

/**
 * @param {Election} election
 * @param {UnprovenBallot} ballot
 * @param {readonly string[]} commitments
 * @returns {bigint} c
 */
function challenge(election, ballot, commitments) {
  return new Transcript("governance/v1/ballot")
    .absorb("ctx", election.ctx)
    .absorb("credential", fromHex(ballot.credential))
    .absorb("previous", fromHex(ballot.previous))
    .absorb("key", pointBytes(election.key))
    .absorb("ciphertexts", ballot.contests.flatMap(({ a, b }) => [fromHex(a), fromHex(b)]))
    .absorb("commitments", commitments.map(fromHex))
    .scalar("c");
}
