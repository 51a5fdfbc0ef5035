import assert from "node:assert/strict";
import { test } from "node:test";

import { G, times } from "../../governance/web/client/group.js";
import { candidateOrder } from "../../governance/web/client/order.js";
import { CREDENTIAL, aContest, anElection } from "./builders.js";

const election = anElection({ contests: [aContest("board", 5), aContest("audit", 5)] });
const [board, audit] = /** @type {[any, any]} */ (election.contests);

/** @param {import("../../governance/web/client/election.js").Candidate[]} candidates */
const ids = (candidates) => candidates.map(({ id }) => id);

test("the order is the same for one voter every time, and has everybody once", () => {
  const order = ids(candidateOrder(election, board, CREDENTIAL.point));

  assert.deepEqual(ids(candidateOrder(election, board, CREDENTIAL.point)), order);
  assert.deepEqual([...order].sort(), ids(board.candidates));
});

test("other voters, contests and elections have other orders", () => {
  const people = Array.from({ length: 40 }, (_, i) => times(BigInt(i + 1), G));
  const orders = people.map((person) => ids(candidateOrder(election, board, person)).join());
  const other = anElection({ title: "Another", contests: [aContest("board", 5), aContest("audit", 5)] });

  assert.ok(new Set(orders).size > 25);
  assert.notDeepEqual(
    people.map((person) => ids(candidateOrder(other, board, person)).join()),
    orders,
  );
  assert.notDeepEqual(
    people.map((person) => ids(candidateOrder(election, audit, person)).map((id) => id.slice(-1)).join()),
    people.map((person) => ids(candidateOrder(election, board, person)).map((id) => id.slice(-1)).join()),
  );
});

test("everybody is first about as often as the next", () => {
  const firsts = new Map();
  for (let i = 1; i <= 1000; i++) {
    const [first] = candidateOrder(election, board, times(BigInt(i), G));
    firsts.set(first?.id, (firsts.get(first?.id) ?? 0) + 1);
  }

  assert.equal(firsts.size, 5);
  for (const count of firsts.values()) assert.ok(count > 150 && count < 250, String(count)); // four sigma from 200
});

test("re-open nominations stays last", () => {
  const candidates = [{ id: "ron", name: "Re-open nominations", reopen: true }, ...board.candidates];

  assert.equal(candidateOrder(election, { ...board, candidates }, CREDENTIAL.point).at(-1)?.id, "ron");
});
