/**
 * The tree of the board: leaves, inclusion, consistency. Source: docs/protocol.md, section 13; RFC 6962, RFC 9162 2.1.
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal } from "./encoding.js";
import { ProofError } from "./errors.js";

/** The root of a tree without leaves. */
export const EMPTY = sha256(new Uint8Array());

/**
 * @param {Uint8Array} entry
 * @returns {Uint8Array}
 */
export function leafHash(entry) {
  return sha256(concat([Uint8Array.of(0), entry]));
}

/**
 * Check that a leaf stands in a tree (RFC 9162, 2.1.3.2).
 * @param {object} claim
 * @param {number} claim.index of the leaf, from 0
 * @param {number} claim.size of the tree
 * @param {Uint8Array} claim.leaf its hash
 * @param {readonly Uint8Array[]} claim.proof
 * @param {Uint8Array} claim.root
 * @returns {void}
 * @throws {ProofError}
 */
export function checkInclusion({ index, size, leaf, proof, root }) {
  if (!isSize(index) || !isSize(size) || index >= size) throw new ProofError("13: the tree has no such leaf");
  checkNodes([leaf, root, ...proof]);
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const node of proof) {
    if (sn === 0) throw new ProofError("13: the inclusion proof is too long");
    if (isOdd(fn) || fn === sn) {
      hash = parent(node, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = parent(hash, node);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) throw new ProofError("13: the inclusion proof is too short");
  if (!equal(hash, root)) throw new ProofError("13: the entry is not in the tree");
}

/**
 * Check that one tree begins with the leaves of an earlier one (RFC 9162, 2.1.4.2).
 * @param {object} claim
 * @param {number} claim.size1 of the earlier tree; 0 is the empty tree, of which all trees are extensions
 * @param {number} claim.size2 of the later tree
 * @param {Uint8Array} claim.root1
 * @param {Uint8Array} claim.root2
 * @param {readonly Uint8Array[]} claim.proof empty if the sizes are equal or the earlier is 0
 * @returns {void}
 * @throws {ProofError}
 */
export function checkConsistency({ size1, size2, root1, root2, proof }) {
  if (!isSize(size1) || !isSize(size2) || size1 > size2) throw new ProofError("13: the later tree is the smaller");
  checkNodes([root1, root2, ...proof]);
  if (size1 === 0 && !equal(root1, EMPTY)) throw new ProofError("13: the empty tree has another root");
  if (size1 === size2 && !equal(root1, root2)) throw new ProofError("13: two trees of one size with two roots");
  if (size1 === 0 || size1 === size2) {
    if (proof.length) throw new ProofError("13: the consistency proof is too long");
    return;
  }
  // A first tree that is whole (a power of two) is itself the first node, and is not sent.
  const [first, ...rest] = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  if (first === undefined) throw new ProofError("13: the consistency proof is too short");
  let [fn, sn] = [size1 - 1, size2 - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [hash1, hash2] = [first, first];
  for (const node of rest) {
    if (sn === 0) throw new ProofError("13: the consistency proof is too long");
    if (isOdd(fn) || fn === sn) {
      [hash1, hash2] = [parent(node, hash1), parent(node, hash2)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash2 = parent(hash2, node);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) throw new ProofError("13: the consistency proof is too short");
  if (!equal(hash1, root1) || !equal(hash2, root2)) throw new ProofError("13: the later tree does not extend the earlier");
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
function parent(left, right) {
  return sha256(concat([Uint8Array.of(1), left, right]));
}

/** @param {readonly Uint8Array[]} nodes */
function checkNodes(nodes) {
  if (nodes.some((node) => node.length !== 32)) throw new ProofError("13: a hash that is not of 32 bytes");
}

// Sizes go up to 2^53, and the operators on bits only to 2^32.

/** @param {number} value */
function isSize(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

/** @param {number} value */
function isOdd(value) {
  return value % 2 === 1;
}

/** @param {number} value */
function half(value) {
  return Math.floor(value / 2);
}

/**
 * @param {number} value >= 1
 * @returns {boolean}
 */
function isPowerOfTwo(value) {
  return value === 1 || (!isOdd(value) && isPowerOfTwo(half(value)));
}
