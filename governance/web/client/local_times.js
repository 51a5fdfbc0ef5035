/**
 * Puts the reader's own time beside each moment that a page shows in UTC: `<time datetime="…" data-local>`.
 *
 * What the page says stays; without this script it stands alone.
 * @module
 */

import { maker } from "./dom.js";

/**
 * @typedef {object} Zone
 * @property {(moment: string) => string} say a moment in the reader's zone and the page's language; its zone's name with it
 * @property {(moment: string) => boolean} differs whether the reader's clock shows another time than UTC's then
 */

/**
 * @param {Document} document
 * @param {Zone} zone
 */
export function showLocalTimes(document, zone) {
  const h = maker(document);
  for (const time of document.querySelectorAll("time[data-local]")) {
    const moment = time.getAttribute("datetime") ?? "";
    if (!time.hasAttribute("data-shown") && zone.differs(moment)) {
      time.append(" ", h("span", { class: "local" }, `(${zone.say(moment)}, your time)`));
    }
    time.setAttribute("data-shown", "");
  }
}
