import assert from "node:assert/strict";
import { test } from "node:test";

import { showLocalTimes } from "../../governance/web/client/local_times.js";
import { browsersZone } from "../../governance/web/client/zone.js";

/** A stand-in for a page's moment: what the module touches of an element, and no more. */
class Node {
  /** @param {{ [name: string]: string }} attributes */
  constructor(attributes) {
    this.attributes = attributes;
    this.text = "";
  }
  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  /** @param {string} name */
  hasAttribute(name) {
    return name in this.attributes;
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  /** @param {...(Node | string)} children */
  append(...children) {
    this.text += children.map((child) => (typeof child === "string" ? child : child.text)).join("");
  }
}

/** @param {Node[]} times @returns {Document} */
function page(times) {
  const made = { querySelectorAll: () => times, createElement: () => new Node({}) };
  return /** @type {Document} */ (/** @type {unknown} */ (made));
}

const MOMENT = "2026-07-01T22:30:00+00:00";

test("the reader's own time is put behind each moment, once", () => {
  const times = [new Node({ datetime: MOMENT }), new Node({ datetime: "soon" })];
  const zone = { say: (/** @type {string} */ moment) => `here ${moment}`, differs: (/** @type {string} */ moment) => moment === MOMENT };

  showLocalTimes(page(times), zone);
  showLocalTimes(page(times), zone);

  assert.deepEqual(times.map((one) => one.text), [` (here ${MOMENT}, your time)`, ""]);
});

test("the browser's zone writes the date that its clock shows, and is silent where that is UTC", () => {
  const before = process.env["TZ"];
  try {
    process.env["TZ"] = "Asia/Tokyo";
    const tokyo = browsersZone("en-GB");
    assert.equal(tokyo.say(MOMENT).replace(/ at |, /, " "), "2 July 2026 07:30 GMT+9");
    assert.equal(tokyo.differs(MOMENT), true);
    assert.equal(tokyo.differs("soon"), false);
    process.env["TZ"] = "Europe/London";
    assert.equal(browsersZone("en-GB").differs(MOMENT), true);
    assert.equal(browsersZone("en-GB").differs("2026-01-01T09:00:00Z"), false);
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});
