/**
 * A ranking followed through a count: the stops are those that the server's own rules tell (tests/report/test_trail.py
 * checks this very file against them).
 * @module
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { travel, votes } from "../../governance/web/client/travel.js";

/** @typedef {import("../../governance/web/client/travel.js").Trail} Trail */

/** @type {{trail: Trail, travels: [number[], unknown[]][]}[]} */
const COUNTS = JSON.parse(readFileSync(new URL("../vectors/travels.json", import.meta.url), "utf8"));

for (const rule of ["scottish-stv", "meek-prf", "wigm-prf", "wigm-prf-batch", "ers97", "irv"]) {
  test(`a paper travels as ${rule} says`, () => {
    const counts = COUNTS.filter(({ trail }) => trail.rule === rule);
    assert.ok(counts.length >= 4);
    for (const { trail, travels } of counts) {
      for (const [ranking, stops] of travels) {
        const found = travel(trail, ranking).map(({ holder, shares, lost }) => [
          holder,
          shares.map(([one, units]) => [one, String(units)]),
          String(lost),
        ]);

        assert.deepEqual(found, stops);
      }
    }
  });
}

test("votes are written without zeros at the end", () => {
  assert.equal(votes(100000n, 5), "1");
  assert.equal(votes(28571n, 5), "0.28571");
  assert.equal(votes(50000n, 5), "0.5");
  assert.equal(votes(1n, 5), "0.00001");
  assert.equal(votes(10n, 0), "10");
});
