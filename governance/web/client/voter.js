/**
 * Who votes with a code, and in what. It is asked once for a code, and again only if that failed.
 * @module
 */

import { hex } from "./encoding.js";

/** @typedef {import("./credentials.js").Credential} Credential */
/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Style} Style */
/** @typedef {import("./sealing.js").Sealing} Sealing */
/** @typedef {import("./server.js").Server} Server */

/**
 * @typedef {object} Voter
 * @property {Election} election as the manifest says it
 * @property {Credential} credential
 * @property {Style} style
 * @property {ReturnType<Sealing["readCast"]> | null} last the ballot that is in the box
 */

export class Voters {
  #server;
  #sealing;
  #code = "";
  /** @type {Promise<Voter> | null} */
  #asked = null;

  /**
   * @param {Server} server
   * @param {Promise<Sealing>} sealing
   */
  constructor(server, sealing) {
    this.#server = server;
    this.#sealing = sealing;
    /** @type {Voter | null} the one of the last code, once it is known */
    this.found = null;
  }

  /** What was answered is no longer so. */
  forget() {
    this.#asked = this.found = null;
  }

  /**
   * @param {string} code as `readCode` gives it
   * @returns {Promise<Voter>}
   */
  of(code) {
    if (code !== this.#code) this.forget();
    this.#code = code;
    this.#asked ??= this.#ask(code);
    return this.#asked;
  }

  /** @param {string} code */
  async #ask(code) {
    try {
      const found = await this.#look(code);
      if (code === this.#code) this.found = found;
      return found;
    } catch (error) {
      if (code === this.#code) this.#asked = null;
      throw error;
    }
  }

  /**
   * @param {string} code
   * @returns {Promise<Voter>}
   */
  async #look(code) {
    const [part, bytes] = await Promise.all([this.#sealing, this.#server.manifest()]);
    const election = part.readElection(bytes);
    const credential = part.deriveCredential(election.ceremony, code);
    const point = hex(part.pointBytes(credential.point));
    const { contests, ballot } = await this.#server.credential(point);
    const style = election.styles.find((one) => one.contests.map(({ id }) => id).join() === contests.join());
    const last = ballot && part.readCast(ballot);
    if (!style || (last && last.ballot.credential !== point)) {
      throw new part.MalformedError("the answer about this code does not fit the election");
    }
    return { election, credential, style, last };
  }
}
