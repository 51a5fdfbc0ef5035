/**
 * Follows a ranking through a count that is over, here in the browser: nobody's ranking is sent anywhere
 * (docs/counting.md 8.6 and 10.1).
 * @module
 */

/**
 * @typedef {object} Round
 * @property {string} action
 * @property {readonly number[]} moving whose papers move
 * @property {readonly number[]} elected
 * @property {readonly number[]} excluded
 * @property {string} [tally] of the one whose surplus moves, in units
 * @property {string} [surplus] in units
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
  const continuing = new Set(trail.names.keys());
  for (const one of trail.withdrawn) continuing.delete(one);
  /** @type {Stop[]} */
  const stops = [];
  /** @type {Map<number, bigint>} */
  const kept = new Map();
  let value = 10n ** BigInt(trail.places);
  let lost = 0n;
  let place = ranking.findIndex((one) => continuing.has(one));
  let holder = ranking[place] ?? null;
  if (holder === null) return stops;
  kept.set(holder, value);
  for (const round of trail.stages) {
    for (const one of round.excluded) continuing.delete(one);
    const passed = holder !== null && round.moving.includes(holder) ? passesOn(trail, round, value) : null;
    if (holder !== null && passed !== null) {
      const from = place + 1;
      const ahead = ranking.slice(from).findIndex((one) => continuing.has(one));
      kept.set(holder, value - passed);
      value = passed;
      place = from + ahead;
      holder = ahead < 0 ? null : (ranking[place] ?? null);
      if (holder === null) lost = passed;
      else kept.set(holder, passed);
    }
    for (const one of round.elected) continuing.delete(one);
    stops.push({ holder, shares: [...kept].filter(([, units]) => units > 0n), lost });
  }
  return stops;
}

/**
 * @param {Trail} trail
 * @param {Round} round
 * @param {bigint} value
 * @returns {bigint | null} at which value a paper goes on; null if none moves
 */
function passesOn(trail, round, value) {
  if (round.action === "exclusion") return value;
  if (round.tally === undefined || round.surplus === undefined) return null;
  const [tally, surplus] = [BigInt(round.tally), BigInt(round.surplus)];
  if (tally === 0n) return 0n;
  // counting.md 1, r48 (cut once), and 8.4 W1 (cut after the product and after the quotient).
  if (trail.rule === "scottish-stv") return (surplus * value) / tally;
  const vote = 10n ** BigInt(trail.places);
  return (((value * surplus) / vote) * vote) / tally;
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
