/**
 * Loads the booth's second script, sealing.js, once the page is of use: it would take the line from what is read first.
 *
 * It stands in the page, in a <template>, with its hash. So the browser refuses any other, and whoever compares the page
 * with a release sees it. No script makes an address of a script (Trusted Types).
 * @module
 */

/** @typedef {import("./sealing.js").Sealing} Sealing */

/** It will not come any more: the page has to be loaded again. */
export const LACKING = new Error("A part of this page did not arrive.");

/**
 * @param {Window} window
 * @param {number} patience milliseconds
 * @returns {Promise<Sealing>} refused with LACKING
 */
export function secondScript(window, patience) {
  /** @type {Promise<Sealing>} */
  const there = new Promise((resolve, reject) => {
    window.document.addEventListener("sealing", (event) => resolve(/** @type {CustomEvent<Sealing>} */ (event).detail));
    // A script that could not be fetched, or is not the one of that hash; what goes wrong within one is not its own.
    window.addEventListener("error", ({ target }) => target !== window && reject(LACKING), true);
    window.setTimeout(() => reject(LACKING), patience);
    const template = /** @type {HTMLTemplateElement | null} */ (window.document.querySelector("#second"));
    if (template) window.setTimeout(() => window.document.head.append(window.document.importNode(template.content, true)));
  });
  there.catch(() => {}); // whoever waits for it says so
  return there;
}
