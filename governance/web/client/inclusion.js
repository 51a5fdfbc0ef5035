/**
 * Whether a ballot is in the box, and stays there. Source: docs/protocol.md, section 13.
 * @module
 */

import { parse } from "./canonical.js";
import { openCheckpoint } from "./checkpoint.js";
import { fromHex } from "./encoding.js";
import { MalformedError, ProofError } from "./errors.js";
import { checkConsistency, checkInclusion, leafHash } from "./merkle.js";

/** @typedef {import("./checkpoint.js").Checkpoint} Checkpoint */
/** @typedef {import("./election.js").Board} Board */

/**
 * @typedef {object} Receipt
 * @property {number} index of the entry, from 0
 * @property {readonly Uint8Array[]} proof of its inclusion in the checkpoint's tree
 * @property {string} checkpoint
 */

/**
 * @param {Uint8Array} bytes canonical JSON {checkpoint: text, index: integer, proof: [hex of 32 bytes]}
 * @returns {Receipt}
 * @throws {MalformedError}
 */
export function readReceipt(bytes) {
  const value = /** @type {{ checkpoint: string, index: number, proof: string[] }} */ (parse(bytes));
  const { checkpoint, index, proof } = value;
  if (
    Object.keys(value).join() !== "checkpoint,index,proof" ||
    typeof checkpoint !== "string" ||
    typeof index !== "number" ||
    !Array.isArray(proof) ||
    !proof.every((node) => typeof node === "string")
  ) {
    throw new MalformedError("13: no receipt");
  }
  return { checkpoint, index, proof: proof.map(fromHex) };
}

/**
 * Check that an entry is on the board. Only then is the vote in the box.
 *
 * This says what the log has promised under its signature. That everybody is shown the same board is what `checkLater`
 * tells, with the witnesses.
 * @param {Board} board from the election's manifest
 * @param {Uint8Array} entry the bytes that were cast
 * @param {Receipt} receipt
 * @returns {Checkpoint}
 * @throws {MalformedError} also a ProofError: it is not
 */
export function checkReceipt(board, entry, { index, proof, checkpoint }) {
  const head = openCheckpoint(checkpoint, board);
  checkInclusion({ index, size: head.size, leaf: leafHash(entry), proof, root: head.root });
  return head;
}

/**
 * Check that a later checkpoint extends one that was kept, and that enough witnesses have seen it.
 * @param {Board} board
 * @param {string} kept
 * @param {string} later
 * @param {readonly Uint8Array[]} proof of consistency
 * @returns {Checkpoint} the later one, which may now be kept in place of the other
 * @throws {MalformedError} also a ProofError: it does not. If both are signed by the log and both
 *   stand for one tree, the two are the evidence that it shows different boards
 */
export function checkLater(board, kept, later, proof) {
  const head = openCheckpoint(later, board);
  checkExtends(board, kept, head, proof);
  if (!hasQuorum(board, head)) throw new ProofError("13: not enough witnesses have cosigned the checkpoint");
  return head;
}

/**
 * Whether enough witnesses have cosigned. Without witnesses none are needed, and nothing stops a server from showing
 * two boards to two readers.
 * @param {Board} board
 * @param {Checkpoint} checkpoint
 * @returns {boolean}
 */
export function hasQuorum(board, checkpoint) {
  return checkpoint.cosigned.length >= board.quorum;
}

/**
 * @param {Board} board
 * @param {string} kept
 * @param {Checkpoint} head
 * @param {readonly Uint8Array[]} proof
 */
function checkExtends(board, kept, head, proof) {
  const earlier = openCheckpoint(kept, board);
  checkConsistency({ size1: earlier.size, size2: head.size, root1: earlier.root, root2: head.root, proof });
}
