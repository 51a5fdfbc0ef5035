/**
 * A voter's ranking of one contest: what each action makes of it, and the sentence that says so.
 * @module
 */

const COUNTS =
  "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );
const ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split(" ");

/**
 * @typedef {object} Paper
 * @property {number} most how many may be ranked
 * @property {ReadonlyMap<string, string>} names of the candidates, by id
 */

/** @typedef {{ readonly ranking: readonly string[], readonly says: string }} Change */

/**
 * @param {number} n
 * @returns {string} in words as far as people read them easily
 */
export function count(n) {
  return COUNTS[n] ?? String(n);
}

/**
 * @param {number} n from 1
 * @returns {string}
 */
export function ordinal(n) {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return ORDINALS[n] ?? `${n}${ending}`;
}

/**
 * How a contest is voted in, in words.
 * @param {object} contest
 * @param {number} contest.seats
 * @param {number} contest.most
 * @param {readonly { readonly name: string, readonly reopen: boolean }[]} contest.candidates
 * @returns {string}
 */
export function howMany({ seats, most, candidates }) {
  const n = candidates.length;
  const places = seats === 1 ? "One place is to be filled." : `${capital(count(seats))} places are to be filled.`;
  const limit = most === n ? `You may rank all ${count(n)}, or as few as you like.` : `You may rank up to ${count(most)} of these ${count(n)}.`;
  const reopen = candidates.find((one) => one.reopen);
  const empty = reopen ? ` “${reopen.name}” is not a person: rank it above those whom you would rather not see elected.` : "";
  return n === 1 ? `${places} There is one name: you may choose it, or leave it.` : `${places} ${limit}${empty}`;
}

/**
 * Tap on a name: it gets the next preference; if it has one, it loses it.
 * @param {Paper} paper
 * @param {readonly string[]} ranking
 * @param {string} id
 * @returns {Change}
 */
export function tap(paper, ranking, id) {
  return place(paper, ranking, id, ranking.includes(id) ? 0 : ranking.length + 1);
}

/**
 * Give a candidate a place among the preferences; the others close up.
 * @param {Paper} paper
 * @param {readonly string[]} ranking
 * @param {string} id
 * @param {number} to the place from 1; 0 for none
 * @returns {Change}
 */
export function place({ most, names }, ranking, id, to) {
  const name = names.get(id) ?? id;
  const at = ranking.indexOf(id);
  const others = ranking.filter((other) => other !== id);
  if (to === 0) return { ranking: others, says: `${name} is no longer ranked.${still(others.length)}` };
  if (at < 0 && ranking.length >= most) {
    const full = `You have ranked ${count(most)}, which is all you may.`;
    return { ranking, says: `${full} To choose ${name}, take another name out first.` };
  }
  const last = others.length + 1;
  if (to < 1 || to > last) {
    return { ranking, says: `${name} is your ${ordinal(at + 1)} preference, and cannot move further.` };
  }
  const moved = [...others.slice(0, to - 1), id, ...others.slice(to - 1)];
  return { ranking: moved, says: `${name} is now your ${ordinal(to)} preference.` };
}

/**
 * Names in the order of their preference, then the others as they stood.
 * @param {readonly string[]} order
 * @param {readonly string[]} ranking
 * @returns {string[]}
 */
export function inOrder(order, ranking) {
  return [...ranking, ...order.filter((id) => !ranking.includes(id))];
}

/**
 * What of a kept draft still fits a contest.
 * @param {unknown} kept
 * @param {{ readonly most: number, readonly candidates: readonly { readonly id: string }[] }} contest
 * @returns {string[]}
 */
export function fitting(kept, { most, candidates }) {
  const known = new Set(candidates.map(({ id }) => id));
  const ids = Array.isArray(kept) ? kept.filter((id) => known.has(id)) : [];
  return [...new Set(ids)].slice(0, most);
}

/** @param {number} left */
function still(left) {
  return left ? ` You have ranked ${count(left)}.` : " You have ranked nobody.";
}

/** @param {string} word */
function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
