import assert from "node:assert/strict";
import { test } from "node:test";

import { candidateOrder } from "../../governance/web/client/order.js";
import { aContest, anElection } from "./builders.js";

const election = anElection({ contests: [aContest("board", 5), aContest("audit", 5)] });
const [board, audit] = /** @type {[any, any]} */ (election.contests);

const CODE = "ETN2VZ1EN8YT3JRQNHCV0KF76K";

/** @param {import("../../governance/web/client/election.js").Candidate[]} candidates */
const ids = (candidates) => candidates.map(({ id }) => id);

test("the order is the same for one voter every time, and has everybody once", () => {
  const order = ids(candidateOrder(election.ctx, board, CODE));

  assert.deepEqual(ids(candidateOrder(election.ctx, board, CODE)), order);
  assert.deepEqual([...order].sort(), ids(board.candidates));
});

test("other voters, contests and elections have other orders", () => {
  const people = Array.from({ length: 40 }, (_, i) => `${CODE}${i}`);
  const orders = people.map((person) => ids(candidateOrder(election.ctx, board, person)).join());
  const other = anElection({ title: "Another", contests: [aContest("board", 5), aContest("audit", 5)] });

  assert.ok(new Set(orders).size > 25);
  assert.notDeepEqual(
    people.map((person) => ids(candidateOrder(other.ctx, board, person)).join()),
    orders,
  );
  assert.notDeepEqual(
    people.map((person) => ids(candidateOrder(election.ctx, audit, person)).map((id) => id.slice(-1)).join()),
    people.map((person) => ids(candidateOrder(election.ctx, board, person)).map((id) => id.slice(-1)).join()),
  );
});

test("everybody is first about as often as the next", () => {
  const firsts = new Map();
  for (let i = 1; i <= 1000; i++) {
    const [first] = candidateOrder(election.ctx, board, `${CODE}${i}`);
    firsts.set(first?.id, (firsts.get(first?.id) ?? 0) + 1);
  }

  assert.equal(firsts.size, 5);
  for (const count of firsts.values()) assert.ok(count > 150 && count < 250, String(count)); // four sigma from 200
});

test("re-open nominations stays last", () => {
  const candidates = [{ id: "ron", name: "Re-open nominations", reopen: true }, ...board.candidates];

  assert.equal(candidateOrder(election.ctx, { ...board, candidates }, CODE).at(-1)?.id, "ron");
});
