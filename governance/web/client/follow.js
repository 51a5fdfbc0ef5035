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
  const little = 10n ** BigInt(trail.places) / 100n;
  /** @type {Stop | undefined} */
  let shown;
  let exact = true;
  for (const [at, stop] of stops.entries()) {
    const change = shown && changed(shown, stop);
    const last = at === stops.length - 1;
    if (change === undefined || change > little || (last && change > 0n)) {
      list.append(h("li", {}, h("b", {}, `Round ${at + 1}. `), ...where(h, trail, stop)));
      shown = stop;
    } else if (change > 0n) {
      exact = false;
    }
  }
  if (list.childElementCount === stops.length) return [list];
  const between = exact ? "nothing changed for it." : "less than a hundredth of its vote moved.";
  return [list, h("p", { class: "quiet" }, `In the rounds between, ${between}`)];
}

/**
 * @param {Stop} before
 * @param {Stop} now
 * @returns {bigint | undefined} the most by which a part of the paper has changed; undefined if it is with others now
 */
function changed(before, now) {
  const same = before.holder === now.holder && before.shares.length === now.shares.length;
  if (!same || before.shares.some(([one], at) => one !== now.shares[at]?.[0])) return undefined;
  const parts = before.shares.map(([, units], at) => units - (now.shares[at]?.[1] ?? 0n));
  return [...parts, before.lost - now.lost].map((part) => (part < 0n ? -part : part)).reduce((a, b) => (a > b ? a : b));
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
