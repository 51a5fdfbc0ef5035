/**
 * The order in which the booth lists the candidates: shuffled for each voter, the same for that voter on every device.
 * Nothing of it is in the ballot, and the protocol knows nothing of it.
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { concat, u32, utf8 } from "./encoding.js";

/** @typedef {import("./election.js").Candidate} Candidate */

/**
 * The manifest is part of the seed, so nobody can choose codes that put a candidate first.
 * @param {Uint8Array} ctx SHA-512 of the manifest
 * @param {{ readonly id: string, readonly candidates: readonly Candidate[] }} contest
 * @param {string} code as `readCode` gives it
 * @returns {Candidate[]} all of them; "re-open nominations" stays last
 */
export function candidateOrder(ctx, contest, code) {
  const seed = sha256(concat([utf8("governance booth order"), ctx, utf8(code), utf8(contest.id)]));
  const people = contest.candidates.filter(({ reopen }) => !reopen);
  const draw = below(seed);
  for (let i = people.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [people[i], people[j]] = [/** @type {Candidate} */ (people[j]), /** @type {Candidate} */ (people[i])];
  }
  return [...people, ...contest.candidates.filter(({ reopen }) => reopen)];
}

/**
 * @param {Uint8Array} seed
 * @returns {(limit: number) => number} each number below the limit as likely as the next
 */
function below(seed) {
  let drawn = 0;
  return (limit) => {
    const whole = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = new DataView(sha256(concat([seed, u32(drawn++)])).buffer).getUint32(0);
      if (value < whole) return value % limit;
    }
  };
}
