import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { fromHex, hex, utf8 } from "../../governance/web/client/encoding.js";
import { ProofError } from "../../governance/web/client/errors.js";
import { EMPTY, checkConsistency, checkInclusion, leafHash } from "../../governance/web/client/merkle.js";
import { consistencyProof, hashesOf, inclusionProof, rootOf, someEntries } from "./builders.js";
import { PROTOCOL, jsonFiles, load, needed } from "./shared.js";

/** @param {string | null} text @returns {Uint8Array} lenient, as the data need it */
const decode = (text) => new Uint8Array(Buffer.from(text ?? "", "base64"));
/** @param {string[] | null} proof */
const decodeAll = (proof) => (proof ?? []).map((node) => decode(node));

const HASHES = hashesOf(someEntries(70));

/** A tree of up to 70 leaves and a smaller one. */
const sizes = fc.integer({ min: 1, max: 70 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

test("leaves, roots and proofs are those of the vectors", needed, () => {
  const { entries, leaves, roots, inclusion } = PROTOCOL.tree;
  const hashes = hashesOf(entries.map((/** @type {string} */ entry) => utf8(entry)));

  assert.deepEqual(hashes.map(hex), leaves);
  assert.deepEqual(roots, Array.from({ length: 8 }, (_, size) => hex(rootOf(hashes.slice(0, size)))));
  assert.equal(hex(EMPTY), roots[0]);
  for (const { index, size, proof } of inclusion) {
    const leaf = /** @type {Uint8Array} */ (hashes[index]);
    checkInclusion({ index, size, leaf, proof: proof.map(fromHex), root: fromHex(String(roots[size])) });
  }
});

test("inclusion: the verdicts of other people's data are ours", needed, () => {
  const files = jsonFiles("transparency-dev-merkle/inclusion");
  assert.ok(files.length > 50);
  for (const name of files) {
    const { leafIdx: index, treeSize: size, root, leafHash: leaf, proof, wantErr } = load(name);
    const claim = { index, size, root: decode(root), leaf: decode(leaf), proof: decodeAll(proof) };

    if (wantErr) assert.throws(() => checkInclusion(claim), ProofError, name);
    else checkInclusion(claim);
  }
});

test("consistency: the verdicts of other people's data are ours, but for what is no root", needed, () => {
  const files = jsonFiles("transparency-dev-merkle/consistency");
  assert.ok(files.length > 50);
  const [ours, theirs] = [new Set(), new Set()];
  for (const name of files) {
    const { size1, size2, root1, root2, proof, wantErr } = load(name);
    if (wantErr) theirs.add(name);
    try {
      checkConsistency({ size1, size2, root1: decode(root1), root2: decode(root2), proof: decodeAll(proof) });
    } catch (error) {
      assert.ok(error instanceof ProofError, name);
      ours.add(name);
    }
  }
  const differ = [...ours, ...theirs].filter((name) => ours.has(name) !== theirs.has(name));

  // Protocol, section 13: every tree extends the empty one. And a root has 32 bytes, also where it is not looked into.
  /** @param {any} data */
  const strange = ({ size1, root1, root2 }) => size1 === 0 || [root1, root2].some((root) => decode(root).length !== 32);
  assert.ok(differ.every((name) => strange(load(name))), differ.join());
});

test("every leaf of every tree is proven to be in it", () => {
  fc.assert(fc.property(sizes, ([size, index]) => {
    const hashes = HASHES.slice(0, size);
    const leaf = /** @type {Uint8Array} */ (hashes[index]);

    checkInclusion({ index, size, leaf, proof: inclusionProof(index, hashes), root: rootOf(hashes) });
  }));
});

test("every tree is proven to extend every smaller one", () => {
  fc.assert(fc.property(sizes, ([size2, size1]) => {
    const hashes = HASHES.slice(0, size2);
    const [root1, root2] = [rootOf(hashes.slice(0, size1)), rootOf(hashes)];

    checkConsistency({ size1, size2, root1, root2, proof: consistencyProof(size1, hashes) });
    checkConsistency({ size1: size2, size2, root1: root2, root2, proof: [] });
  }));
});

/** @param {Uint8Array[]} proof @param {number} bit */
function changes(proof, bit) {
  const changed = proof.map((node) => Uint8Array.from(node));
  if (changed.length) {
    const node = /** @type {Uint8Array} */ (changed[bit % changed.length]);
    node[bit % 32] = (node[bit % 32] ?? 0) ^ (1 << (bit % 8));
  }
  return [...(changed.length ? [changed, proof.slice(1), proof.slice(0, -1)] : []), [...proof, EMPTY], [EMPTY, ...proof]];
}

test("a changed part of a proof of inclusion is refused", () => {
  fc.assert(fc.property(sizes, fc.nat(), ([size, index], bit) => {
    const hashes = HASHES.slice(0, size);
    const proof = inclusionProof(index, hashes);
    const claim = { index, size, leaf: /** @type {Uint8Array} */ (hashes[index]), proof, root: rootOf(hashes) };

    for (const other of [
      { index: (index + 1) % 70 },
      { leaf: leafHash(utf8("no entry")) },
      { root: EMPTY },
      { size: index },
      ...changes(proof, bit).map((nodes) => ({ proof: nodes })),
    ]) {
      assert.throws(() => checkInclusion({ ...claim, ...other }), ProofError);
    }
  }));
});

test("a changed part of a proof of consistency is refused", () => {
  fc.assert(fc.property(sizes, fc.nat(), ([size2, size1], bit) => {
    const hashes = HASHES.slice(0, size2);
    const [root1, root2, proof] = [rootOf(hashes.slice(0, size1)), rootOf(hashes), consistencyProof(size1, hashes)];
    const claim = { size1, size2, root1, root2, proof };

    for (const other of [
      { root1: leafHash(utf8("no entry")) },
      ...(size1 ? [{ root2: EMPTY }, { size1: size2 + 1 }] : []),
      ...changes(proof, bit).map((nodes) => ({ proof: nodes })),
    ]) {
      assert.throws(() => checkConsistency({ ...claim, ...other }), ProofError);
    }
  }));
});

test("a proof that goes on above the root is refused, also where the hashes fit", () => {
  const [a, b, c, d] = /** @type {[Uint8Array, Uint8Array, Uint8Array, Uint8Array]} */ (/** @type {unknown} */ (HASHES));
  const above = (/** @type {Uint8Array} */ root) => rootOf([EMPTY, root]);
  const [three, four] = [rootOf([a, b, c]), rootOf([a, b, c, d])];
  const proof = [c, d, rootOf([a, b])];
  checkConsistency({ size1: 3, size2: 4, root1: three, root2: four, proof });

  assert.throws(() => checkInclusion({ index: 0, size: 1, leaf: a, proof: [EMPTY], root: above(a) }), ProofError);
  const roots = { root1: above(three), root2: above(four) };
  assert.throws(() => checkConsistency({ size1: 3, size2: 4, ...roots, proof: [...proof, EMPTY] }), ProofError);
});

for (const bad of [-1, 0.5, 2 ** 53, NaN]) {
  test(`${bad} is no size and no index`, () => {
    const root = EMPTY;

    assert.throws(() => checkInclusion({ index: bad, size: 3, leaf: root, proof: [], root }), ProofError);
    assert.throws(() => checkInclusion({ index: 0, size: bad, leaf: root, proof: [], root }), ProofError);
    assert.throws(() => checkConsistency({ size1: bad, size2: 3, root1: root, root2: root, proof: [] }), ProofError);
    assert.throws(() => checkConsistency({ size1: 0, size2: bad, root1: root, root2: root, proof: [] }), ProofError);
  });
}

test("trees beyond 32 bits are walked rightly", () => {
  // The last leaf of a tree of 2^40 + 1 has the whole first part as its one neighbour.
  const [leaf, left] = [leafHash(utf8("last")), leafHash(utf8("all before"))];
  const root = rootOf([left, leaf]);

  checkInclusion({ index: 2 ** 40, size: 2 ** 40 + 1, leaf, proof: [left], root });
  checkConsistency({ size1: 2 ** 40, size2: 2 ** 40 + 1, root1: left, root2: root, proof: [leaf] });
  assert.throws(() => checkInclusion({ index: 2 ** 40 - 1, size: 2 ** 40 + 1, leaf, proof: [left], root }), ProofError);
});
