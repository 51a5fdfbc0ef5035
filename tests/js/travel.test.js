/**
 * A ranking followed through a count: the stops are those that the server's own rules tell (tests/report/test_trail.py
 * checks this very file against them).
 * @module
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { travel, votes } from "../../governance/web/client/travel.js";

/** @type {{trail: import("../../governance/web/client/travel.js").Trail, ranking: number[], stops: unknown[]}[]} */
const TRAVELS = JSON.parse(readFileSync(new URL("../vectors/travels.json", import.meta.url), "utf8"));

test("a paper travels as the rules say", () => {
  assert.ok(TRAVELS.length >= 40);
  for (const { trail, ranking, stops } of TRAVELS) {
    const found = travel(trail, ranking).map(({ holder, shares, lost }) => [
      holder,
      shares.map(([one, units]) => [one, String(units)]),
      String(lost),
    ]);

    assert.deepEqual(found, stops);
  }
});

test("votes are written without zeros at the end", () => {
  assert.equal(votes(100000n, 5), "1");
  assert.equal(votes(28571n, 5), "0.28571");
  assert.equal(votes(50000n, 5), "0.5");
  assert.equal(votes(1n, 5), "0.00001");
  assert.equal(votes(10n, 0), "10");
});
