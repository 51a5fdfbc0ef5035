/**
 * Follows a ranking through a count that is over, here in the browser: nobody's ranking is sent anywhere
 * (docs/counting.md 8.6 and 10.1).
 * @module
 */

/**
 * What is empty or 0 is left out (governance/report/trail.py).
 * @typedef {object} Round
 * @property {readonly number[]} [moving] whose papers move, under the rules that move papers
 * @property {readonly number[]} [elected]
 * @property {readonly number[]} [excluded]
 * @property {string} [tally] of the one whose surplus moves, in units
 * @property {string} [surplus] in units
 * @property {number} [value] ERS97: at which the papers of a surplus go on, in units
 * @property {number} [since] ERS97: the round in which these had come
 * @property {number} [before] ERS97: the value at which they had
 * @property {number} [least] ERS97: papers of a lower value wait for a later round
 * @property {readonly number[]} [keeps] Meek: of each vote, what each who was elected in an earlier round keeps, in units
 */

/**
 * @typedef {object} Trail
 * @property {string} rule
 * @property {number} places one vote is 10 ** places units
 * @property {readonly string[]} names
 * @property {readonly number[]} withdrawn
 * @property {readonly Round[]} stages
 */

/**
 * @typedef {object} Stop where the paper is at the end of a round
 * @property {number | null} holder who would take it along; null once it is with nobody
 * @property {readonly (readonly [number, bigint])[]} shares what of it counts for whom, in the order in which it came to them
 * @property {bigint} lost what counts for nobody
 */

/**
 * @param {Trail} trail
 * @param {readonly number[]} ranking candidates, none twice
 * @returns {Stop[]} one for each round; none if the paper ranks nobody who stood
 */
export function travel(trail, ranking) {
  const standing = new Set(trail.names.keys());
  for (const one of trail.withdrawn) standing.delete(one);
  if (!ranking.some((one) => standing.has(one))) return [];
  return trail.rule === "meek-prf" ? shared(trail, ranking, standing) : moved(trail, ranking, standing);
}

/**
 * One holder at a time, who may pass on a part and keep the rest.
 * @param {Trail} trail
 * @param {readonly number[]} ranking
 * @param {Set<number>} continuing
 * @returns {Stop[]}
 */
function moved(trail, ranking, continuing) {
  /** @type {Stop[]} */
  const stops = [];
  /** @type {Map<number, bigint>} */
  const kept = new Map();
  let value = 10n ** BigInt(trail.places);
  let since = 1;
  let lost = 0n;
  let place = ranking.findIndex((one) => continuing.has(one));
  let holder = ranking[place] ?? null;
  if (holder !== null) kept.set(holder, value);
  for (const round of trail.stages) {
    for (const one of round.excluded ?? []) continuing.delete(one);
    const from = place + 1;
    const ahead = ranking.slice(from).findIndex((one) => continuing.has(one));
    const moves = holder !== null && round.moving?.includes(holder);
    const passed = moves ? passesOn(trail, round, { value, since, goesOn: ahead >= 0 }) : null;
    if (holder !== null && passed !== null) {
      kept.set(holder, value - passed);
      value = passed;
      since = stops.length + 1;
      place = from + ahead;
      holder = ahead < 0 ? null : (ranking[place] ?? null);
      if (holder === null) lost = passed;
      else kept.set(holder, passed);
    }
    for (const one of round.elected ?? []) continuing.delete(one);
    stops.push({ holder, shares: [...kept].filter(([, units]) => units > 0n), lost });
  }
  return stops;
}

/**
 * @param {Trail} trail
 * @param {Round} round
 * @param {{value: bigint, since: number, goesOn: boolean}} paper its value, since which round, whether it names a next
 * @returns {bigint | null} at which value it goes on; null if it does not move
 */
function passesOn(trail, round, { value, since, goesOn }) {
  // counting.md 8.4 E8 and E2: the last bundle alone; then the papers of an exclusion, the highest value first.
  if (round.value !== undefined && round.before !== undefined) {
    return goesOn && since === round.since && value === BigInt(round.before) ? BigInt(round.value) : null;
  }
  if (round.tally === undefined || round.surplus === undefined) return value >= BigInt(round.least ?? 0) ? value : null;
  const [tally, surplus] = [BigInt(round.tally), BigInt(round.surplus)];
  // counting.md 1, r48 (cut once), and 8.4 W1 (cut after the product and after the quotient).
  if (trail.rule === "scottish-stv") return (surplus * value) / tally;
  const vote = 10n ** BigInt(trail.places);
  return (((value * surplus) / vote) * vote) / tally;
}

/**
 * Meek: in every round the paper is shared out anew (counting.md 8.4 M2); in one without factors nothing changes.
 * @param {Trail} trail
 * @param {readonly number[]} ranking
 * @param {Set<number>} continuing
 * @returns {Stop[]}
 */
function shared(trail, ranking, continuing) {
  const vote = 10n ** BigInt(trail.places);
  /** @type {Stop[]} */
  const stops = [];
  /** @type {number[]} */
  const elected = [];
  /** @type {Stop} */
  let stop = { holder: null, shares: [], lost: vote };
  for (const { excluded = [], keeps, elected: now = [] } of trail.stages) {
    for (const one of excluded) continuing.delete(one);
    if (keeps !== undefined) {
      const factors = new Map(elected.map((one, at) => [one, BigInt(keeps[at] ?? 0)]));
      for (const one of continuing) factors.set(one, vote);
      /** @type {[number, bigint][]} */
      const shares = [];
      let left = vote;
      for (const one of ranking) {
        const units = (left * (factors.get(one) ?? 0n) + vote - 1n) / vote;
        if (units > 0n) shares.push([one, units]);
        left -= units;
      }
      const holder = shares.find(([one]) => continuing.has(one))?.[0] ?? null;
      stop = { holder, shares, lost: left };
    }
    stops.push(stop);
    for (const one of now) {
      continuing.delete(one);
      elected.push(one);
    }
  }
  return stops;
}

/**
 * @param {bigint} units at least 0
 * @param {number} places
 * @returns {string} votes, without zeros at the end
 */
export function votes(units, places) {
  const digits = units.toString().padStart(places + 1, "0");
  const part = digits.slice(digits.length - places).replace(/0+$/u, "");
  const whole = digits.slice(0, digits.length - places);
  return places > 0 && part !== "" ? `${whole}.${part}` : whole;
}
