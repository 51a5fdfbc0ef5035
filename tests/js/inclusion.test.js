import assert from "node:assert/strict";
import { test } from "node:test";

import { dump } from "../../governance/web/client/canonical.js";
import { readElection } from "../../governance/web/client/election.js";
import { fromUtf8, hex, utf8 } from "../../governance/web/client/encoding.js";
import { MalformedError, ProofError } from "../../governance/web/client/errors.js";
import { checkLater, checkReceipt, hasQuorum, readReceipt } from "../../governance/web/client/inclusion.js";
import { EMPTY } from "../../governance/web/client/merkle.js";
import {
  LOG, WITNESSES, aBallot, aCheckpoint, aSigner, anElection, consistencyProof, hashesOf, inclusionProof, rootOf, someEntries,
} from "./builders.js";
import { needed, record } from "./shared.js";

const { board } = anElection();
const INDEX = 5;
const ENTRIES = someEntries(20);
const BALLOT = aBallot();
ENTRIES[INDEX] = BALLOT;
const HASHES = hashesOf(ENTRIES);

/** @param {number} size @param {object} [changes] */
function checkpointOf(size, changes = {}) {
  return aCheckpoint({ size, root: rootOf(HASHES.slice(0, size)), ...changes });
}

const RECEIPT = { index: INDEX, proof: inclusionProof(INDEX, HASHES.slice(0, 11)), checkpoint: checkpointOf(11) };

/** @param {object} changes */
function receiptWith(changes) {
  const fields = { ...RECEIPT, proof: RECEIPT.proof.map(hex), ...changes };
  return dump(fields);
}

test("a ballot with a good receipt is in the box", () => {
  const head = checkReceipt(board, BALLOT, readReceipt(receiptWith({})));

  assert.equal(head.size, 11);
  assert.ok(hasQuorum(board, head));
});

for (const name of ["ref-extended", "ref-tiny", "ref-two", "ref-void"]) {
  test(`every entry of ${name} has its receipt`, needed, () => {
    const { entries, checkpoint } = record(`protocol-v1/good/${name}.record.zip`);
    const manifest = entries.find((entry) => new TextDecoder().decode(entry).includes('"kind":"manifest"'));
    const election = readElection(manifest ?? new Uint8Array());
    const hashes = hashesOf(entries);
    entries.forEach((entry, index) => {
      const proof = inclusionProof(index, hashes);

      assert.equal(checkReceipt(election.board, entry, { index, proof, checkpoint }).size, entries.length);
      assert.throws(() => checkReceipt(election.board, utf8("other"), { index, proof, checkpoint }), ProofError);
    });
  });
}

const [first = EMPTY, ...rest] = RECEIPT.proof;
for (const [what, changes] of Object.entries({
  "another index": { index: INDEX + 1 },
  "an index beyond the tree": { index: 11 },
  "a proof with another hash": { proof: [EMPTY, ...rest].map(hex) },
  "a proof with its hashes in another order": { proof: [...rest, first].map(hex) },
  "a proof that lacks a hash": { proof: rest.map(hex) },
  "a proof with a hash too many": { proof: [first, ...rest, EMPTY].map(hex) },
  "a proof with a short hash": { proof: [first.slice(1), ...rest].map(hex) },
  "a checkpoint of another size": { checkpoint: checkpointOf(12) },
  "a checkpoint of another size that says this one": { checkpoint: aCheckpoint({ size: 11, root: rootOf(HASHES.slice(0, 12)) }) },
  "a checkpoint from before the ballot": { checkpoint: checkpointOf(INDEX) },
  "a checkpoint of another root": { checkpoint: aCheckpoint({ size: 11, root: EMPTY }) },
  "a checkpoint of another log": { checkpoint: checkpointOf(11, { log: aSigner("log.example/other", 1) }) },
  "a checkpoint that another signed": { checkpoint: checkpointOf(11, { log: { ...aSigner("x", 1), name: LOG.name } }) },
  "a checkpoint whose signature is changed": {
    checkpoint: RECEIPT.checkpoint.replace(/(\u2014 log\S+ \S{20})(.)/u, (_, before, c) => before + (c === "A" ? "B" : "A")),
  },
})) {
  test(`a receipt with ${what} is refused`, () => {
    assert.throws(() => checkReceipt(board, BALLOT, readReceipt(receiptWith(changes))), ProofError);
  });
}

test("a receipt is of one ballot", () => {
  const other = aBallot({ rankings: { board: [], audit: [] } });

  assert.throws(() => checkReceipt(board, other, RECEIPT), ProofError);
  assert.throws(() => checkReceipt(board, utf8(`${fromUtf8(BALLOT)}\n`), RECEIPT), ProofError);
});

for (const [what, changes] of Object.entries({
  "a text for its index": { index: "5" },
  "a negative index": { index: -1 },
  "a number for its checkpoint": { checkpoint: 11 },
  "no checkpoint": { checkpoint: "" },
  "a text for its proof": { proof: "00" },
  "a number in its proof": { proof: [1] },
  "capitals in its proof": { proof: RECEIPT.proof.map((node) => hex(node).toUpperCase()) },
  "a further field": { further: 1 },
})) {
  test(`a receipt with ${what} is refused`, () => {
    assert.throws(() => checkReceipt(board, BALLOT, readReceipt(receiptWith(changes))), MalformedError);
  });
}

for (const value of [1, "x", [], {}, true]) {
  test(`${JSON.stringify(value)} is no receipt`, () => assert.throws(() => readReceipt(dump(value)), MalformedError));
}

test("a later checkpoint extends the receipt's", () => {
  const later = checkLater(board, RECEIPT.checkpoint, checkpointOf(20), consistencyProof(11, HASHES));

  assert.equal(later.size, 20);
  assert.equal(checkLater(board, RECEIPT.checkpoint, checkpointOf(11), []).size, 11);
});

test("the quorum is asked of the later checkpoint alone", () => {
  const bare = checkpointOf(11, { witnesses: [] });
  const proof = consistencyProof(11, HASHES);

  assert.equal(checkLater(board, bare, checkpointOf(20, { witnesses: WITNESSES.slice(1) }), proof).cosigned.length, 2);
  for (const witnesses of [[], WITNESSES.slice(2), [WITNESSES[0], WITNESSES[0]]]) {
    assert.throws(() => checkLater(board, RECEIPT.checkpoint, checkpointOf(20, { witnesses }), proof), /not enough witnesses/);
  }
});

test("a board without witnesses has no quorum to meet", () => {
  const alone = anElection({ board: { ...boardOf(), witnesses: [], quorum: 0 } }).board;
  const proof = consistencyProof(11, HASHES);

  assert.equal(checkLater(alone, RECEIPT.checkpoint, checkpointOf(20, { witnesses: [] }), proof).size, 20);
});

/** The board of the manifest, as it is written there. */
function boardOf() {
  const { log } = board;
  return { origin: log.name, key: `${log.name}+${hex(log.id)}+${Buffer.from([1, ...log.key]).toString("base64")}` };
}

const FORKED = HASHES.map((hash, i) => (i === 3 ? EMPTY : hash));
for (const [what, later, proof] of /** @type {[string, string, Uint8Array[]][]} */ ([
  ["an earlier one", checkpointOf(8), consistencyProof(8, HASHES.slice(0, 11))],
  ["one of the same size with another root", aCheckpoint({ size: 11, root: EMPTY }), []],
  ["one of another history", aCheckpoint({ size: 20, root: rootOf(FORKED) }), consistencyProof(11, FORKED)],
  ["one with another's proof", checkpointOf(20), consistencyProof(10, HASHES)],
  ["one without a proof", checkpointOf(20), []],
  ["one that the log did not sign", checkpointOf(20, { log: { ...aSigner("x", 1), name: LOG.name } }), consistencyProof(11, HASHES)],
])) {
  test(`in place of a later checkpoint ${what} is refused`, () => {
    assert.throws(() => checkLater(board, RECEIPT.checkpoint, later, proof), ProofError);
  });
}

test("a kept checkpoint that the log did not sign is refused", () => {
  const kept = checkpointOf(11, { log: { ...aSigner("x", 1), name: LOG.name } });

  assert.throws(() => checkLater(board, kept, checkpointOf(20), consistencyProof(11, HASHES)), ProofError);
});
