/**
 * On the page of a result: "how did a paper like mine travel?" The ranking stays in this browser.
 * @module
 */

import { maker, written } from "./dom.js";
import { travel, votes } from "./travel.js";

/** @typedef {import("./travel.js").Trail} Trail */
/** @typedef {import("./travel.js").Stop} Stop */

const FIRST = 3;

for (const place of document.querySelectorAll("[data-trail]")) {
  const trail = /** @type {Trail} */ (JSON.parse(place.getAttribute("data-trail") ?? "null"));
  offer(place, trail, Number(place.getAttribute("data-most")));
}

/**
 * @param {Element} place
 * @param {Trail} trail
 * @param {number} most preferences of a paper
 */
function offer(place, trail, most) {
  const h = maker(document);
  const id = place.id;
  const choices = h("div", { class: "row" });
  const answer = h("div", { role: "status" });
  /** @type {HTMLSelectElement[]} */
  const selects = [];
  const more = h("button", { type: "button", class: "plain", click: add }, "Add a choice");

  function add() {
    const number = selects.length + 1;
    const label = h("label", { for: `${id}-${number}` }, `Choice ${number}`);
    const select = /** @type {HTMLSelectElement} */ (h("select", { id: `${id}-${number}` }));
    select.append(h("option", { value: "" }, "Nobody"));
    for (const [one, name] of trail.names.entries()) select.append(h("option", { value: String(one) }, name));
    selects.push(select);
    choices.append(h("div", { class: "field" }, label, select));
    if (selects.length >= most) more.remove();
    if (number > FIRST) select.focus();
  }

  /** @param {Event} event */
  function follow(event) {
    event.preventDefault();
    const ranking = selects.filter((select) => select.value !== "").map((select) => Number(select.value));
    const twice = ranking.find((one, at) => ranking.indexOf(one) !== at);
    if (twice !== undefined) {
      answer.replaceChildren(h("p", {}, written(h, trail.names[twice] ?? ""), " stands there twice. Choose each once."));
    } else if (ranking.length === 0) {
      answer.replaceChildren(h("p", {}, "Choose somebody first."));
    } else {
      answer.replaceChildren(...said(h, trail, travel(trail, ranking)));
    }
  }

  const form = h("form", { submit: follow }, choices, more, " ", h("button", { type: "submit" }, "Follow it"));
  while (selects.length < Math.min(FIRST, most)) add();
  place.append(form, answer);
}

/**
 * @param {import("./dom.js").Maker} h
 * @param {Trail} trail
 * @param {readonly Stop[]} stops
 * @returns {HTMLElement[]} a line for each round in which something changed
 */
function said(h, trail, stops) {
  if (stops.length === 0) {
    return [h("p", {}, "Such a paper counts for nobody: all whom it names had withdrawn.")];
  }
  const list = h("ol", { class: "rounds", role: "list" });
  let before = "";
  for (const [at, stop] of stops.entries()) {
    const now = JSON.stringify([stop.holder, stop.shares.map(([one, units]) => [one, String(units)]), String(stop.lost)]);
    if (now !== before) list.append(h("li", {}, h("b", {}, `Round ${at + 1}. `), ...where(h, trail, stop)));
    before = now;
  }
  return [list, h("p", { class: "quiet" }, "In the rounds between, nothing changed for it.")];
}

/**
 * @param {import("./dom.js").Maker} h
 * @param {Trail} trail
 * @param {Stop} stop
 * @returns {(Node | string)[]}
 */
function where(h, trail, stop) {
  /** @type {(Node | string)[]} */
  const parts = [];
  for (const [one, units] of stop.shares) {
    parts.push(parts.length === 0 ? "It counts for " : ", for ", written(h, trail.names[one] ?? ""));
    parts.push(` with ${votes(units, trail.places)}`);
  }
  if (parts.length > 0) parts.push(" of its vote.");
  if (stop.lost > 0n) parts.push(` ${votes(stop.lost, trail.places)} has no further choice.`);
  else if (stop.holder === null) parts.push(" It goes no further.");
  return parts;
}
