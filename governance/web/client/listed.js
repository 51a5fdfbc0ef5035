/**
 * The contests as the page of the booth lists them, so that people can read and rank the names at once. What is sealed is
 * what the manifest says: `sameContests` tells whether the page said the same.
 * @module
 */

/** @typedef {import("./election.js").Contest} Contest */

/**
 * @param {HTMLElement} root
 * @returns {Contest[]} none, if the page lists nothing
 */
export function listedContests(root) {
  return all(root, "[data-contest]").map((section) => ({
    id: section.dataset["contest"] ?? "",
    title: all(section, "h3").map(({ textContent }) => textContent)[0] ?? "",
    seats: Number(section.dataset["seats"]),
    most: Number(section.dataset["most"]),
    candidates: all(section, "[data-candidate]").map((one) => ({
      id: one.dataset["candidate"] ?? "",
      name: one.textContent ?? "",
      reopen: one.dataset["reopen"] !== undefined,
    })),
  }));
}

/**
 * @param {readonly Contest[]} one
 * @param {readonly Contest[]} other
 */
export function sameContests(one, other) {
  return told(one) === told(other);
}

/** @param {readonly Contest[]} contests */
function told(contests) {
  return JSON.stringify(
    contests.map(({ id, title, seats, most, candidates }) => [
      [id, title, seats, most],
      ...candidates.map((one) => [one.id, one.name, one.reopen]),
    ]),
  );
}

/**
 * @param {HTMLElement} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all(within, selector) {
  return /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)]);
}
