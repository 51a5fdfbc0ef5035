import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { count, fitting, howMany, inOrder, ordinal, place, tap } from "../../governance/web/client/paper.js";

const IDS = ["a", "b", "c", "d"];
const paper = { most: 3, names: new Map(IDS.map((id) => [id, id.toUpperCase()])) };

test("a tap gives the next preference, and takes it away again", () => {
  const one = tap(paper, [], "b");
  const two = tap(paper, one.ranking, "a");

  assert.deepEqual(two, { ranking: ["b", "a"], says: "A is now your second preference." });
  assert.deepEqual(tap(paper, two.ranking, "b").ranking, ["a"]);
  assert.equal(tap(paper, ["b"], "b").says, "B is no longer ranked. You have ranked nobody.");
});

test("a full ranking takes no other name, and says why", () => {
  const { ranking, says } = tap(paper, ["a", "b", "c"], "d");

  assert.deepEqual(ranking, ["a", "b", "c"]);
  assert.match(says, /three, which is all you may\. To choose D, take another name out first\./);
});

test("nothing moves beyond either end", () => {
  assert.deepEqual(place(paper, ["a", "b"], "b", 3).ranking, ["a", "b"]);
  assert.match(place(paper, ["a", "b"], "b", 3).says, /cannot move further/);
});

test("whatever is done, nobody is ranked twice, and never too many", () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...IDS), fc.integer({ min: -1, max: 6 })));
  fc.assert(
    fc.property(steps, (all) => {
      let ranking = /** @type {readonly string[]} */ ([]);
      for (const [id, to] of all) {
        const before = ranking;
        ({ ranking } = to < 0 ? tap(paper, ranking, id) : place(paper, ranking, id, to));
        assert.equal(new Set(ranking).size, ranking.length);
        assert.ok(ranking.length <= paper.most);
        const others = (/** @type {readonly string[]} */ list) => list.filter((other) => other !== id);
        assert.deepEqual(others(ranking), others(before));
      }
    }),
  );
});

test("order and drafts keep what fits", () => {
  assert.deepEqual(inOrder(["d", "c", "b", "a"], ["a", "c"]), ["a", "c", "d", "b"]);
  const contest = { most: 2, candidates: IDS.map((id) => ({ id })) };
  assert.deepEqual(fitting(["c", "x", "c", 7, "a", "b"], contest), ["c", "a"]);
  assert.deepEqual(fitting("abc", contest), []);
});

test("numbers are words where people read words", () => {
  assert.deepEqual([1, 2, 11, 21, 22, 23, 112].map(ordinal), ["first", "second", "11th", "21st", "22nd", "23rd", "112th"]);
  assert.deepEqual([count(7), count(21)], ["seven", "21"]);
  const contest = { seats: 2, most: 3, candidates: IDS.map((name) => ({ name, reopen: false })) };
  assert.equal(howMany(contest), "Two places are to be filled. You may rank up to three of these four.");
  assert.match(howMany({ ...contest, seats: 1, most: 4 }), /^One place is to be filled\. You may rank all four/);
  const people = [{ name: "Ada", reopen: false }, { name: "Re-open nominations", reopen: true }];
  assert.match(howMany({ seats: 1, most: 2, candidates: people }), /“Re-open nominations” is not a person: /);
  assert.doesNotMatch(howMany({ seats: 1, most: 1, candidates: people.slice(0, 1) }), /not a person/);
});
