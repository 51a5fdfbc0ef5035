/**
 * The desk where sealed ballots are handed in: what goes there is kept on the device until its receipt is here.
 * Source: docs/protocol.md, sections 8 and 13.
 * @module
 */

import { readCast } from "./ballot.js";
import { readElection } from "./election.js";
import { base64, fromBase64, fromUtf8 } from "./encoding.js";
import { checkReceipt, readReceipt } from "./inclusion.js";
import { draftName, pendingName } from "./keep.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./keep.js").Keep} Keep */
/** @typedef {import("./keep.js").KeptReceipt} KeptReceipt */
/** @typedef {import("./server.js").Server} Server */

export class Desk {
  #server;
  #device;
  #session;
  #id;
  #name;
  #token;

  /**
   * @param {Server} server
   * @param {{ readonly device: Keep, readonly session: Keep }} kept the draft is in the session's, the ballot in the device's
   * @param {{ readonly id: string, readonly member: string, readonly token: string }} given the election, who is signed
   *   in, and what shows the server that it is asked by a page of its own
   */
  constructor(server, { device, session }, { id, member, token }) {
    this.#server = server;
    this.#device = device;
    this.#session = session;
    this.#id = id;
    this.#name = pendingName(id, member);
    this.#token = token;
  }

  /** What was handed in and not acknowledged yet; null if there is nothing. */
  get pending() {
    const kept = this.#device.get(this.#name);
    try {
      return typeof kept === "string" ? fromBase64(kept) : null;
    } catch {
      this.drop(); // somebody wrote it who is not us
      return null;
    }
  }

  /** Whether something waits here, whoever's it is. */
  get waits() {
    return this.#device.all(`pending ${this.#id} `).length > 0;
  }

  /** @param {Uint8Array} bytes */
  keep(bytes) {
    this.#device.set(this.#name, base64(bytes));
  }

  drop() {
    this.#device.drop(this.#name);
  }

  /**
   * Hand in a sealed ballot. The same bytes are the same ballot, however often, and get the same receipt.
   * @param {Uint8Array} bytes
   * @param {Election | null} known the election, where the page has it already
   * @returns {Promise<{ election: Election, kept: KeptReceipt }>} the receipt, checked; it is kept
   *   instead of the ballot, and the draft is erased
   * @throws {MalformedError} the receipt does not hold; the ballot stays kept
   * @throws {RefusedError} the ballot box answered, and did not take it
   */
  async handIn(bytes, known = null) {
    const receipt = await this.#server.cast(bytes, this.#token);
    const election = known ?? readElection(await this.#server.manifest());
    checkReceipt(election.board, bytes, readReceipt(receipt));
    const kept = { election: this.#id, ballot: base64(bytes), receipt: fromUtf8(receipt) };
    this.#device.set(`receipt ${this.#id} ${readCast(bytes).ballot.credential}`, kept);
    this.drop();
    this.#session.drop(draftName(this.#id));
    return { election, kept };
  }
}
