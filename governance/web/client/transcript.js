/**
 * The only source of challenges. Source: docs/protocol.md, section 2.
 * @module
 */

import { sha512 } from "@noble/hashes/sha2.js";

import { concat, u32, u64, utf8 } from "./encoding.js";
import { reduced } from "./group.js";

/** What has been said so far, each item with its label and length; drawing from it does not change it. */
export class Transcript {
  #state = sha512.create();

  /** @param {string} name one of section 14 */
  constructor(name) {
    this.absorb("proto", utf8(name));
  }

  /**
   * @param {string} label
   * @param {Uint8Array | readonly Uint8Array[]} data a list is absorbed as its concatenation
   * @returns {this}
   */
  absorb(label, data) {
    const bytes = data instanceof Uint8Array ? data : concat(data);
    this.#state.update(labelled(label)).update(u64(bytes.length)).update(bytes);
    return this;
  }

  /** @returns {Uint8Array} D, the digest of all absorbed so far */
  digest() {
    return this.#state.clone().digest();
  }

  /**
   * @param {string} label
   * @returns {bigint}
   */
  scalar(label) {
    return reduced(this.#seed(label));
  }

  /**
   * @param {string} label
   * @param {number} n
   * @returns {bigint[]}
   */
  scalars(label, n) {
    const seed = this.#seed(label);
    return Array.from({ length: n }, (_, i) => reduced(sha512(concat([seed, u64(i)]))));
  }

  /** @param {string} label */
  #seed(label) {
    return sha512(concat([this.digest(), labelled(label)]));
  }
}

/** @param {string} label */
function labelled(label) {
  const bytes = utf8(label);
  return concat([u32(bytes.length), bytes]);
}
