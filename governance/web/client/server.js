/**
 * What the pages ask the server. The function that fetches comes from the page.
 * @module
 */

import { fromBase64, fromUtf8 } from "./encoding.js";
import { MalformedError } from "./errors.js";

/** The server answered, and refused. */
export class RefusedError extends Error {
  name = "RefusedError";

  /**
   * @param {number} status
   * @param {string} message a plain sentence, or empty
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether the same thing sent again may be taken: the server is busy or ill, or nobody is signed in any more. */
  get passing() {
    return this.status >= 500 || [401, 408, 425, 429].includes(this.status);
  }
}

/** @typedef {(url: string, init?: RequestInit) => Promise<Response>} Fetch */
/** @typedef {{ readonly contests: readonly string[], readonly index: number, readonly ballot: Uint8Array | null }} Standing */
/** @typedef {{ readonly language: string, readonly name: string, readonly dir: string, readonly text: string }} Said */
/** @typedef {{ readonly checkpoint: string, readonly proof: readonly string[] }} Extension */

/** The public board of one election, and the desk where ballots are handed in. */
export class Server {
  #fetch;
  #base;

  /**
   * @param {Fetch} fetch
   * @param {string} base the election's address
   */
  constructor(fetch, base) {
    this.#fetch = fetch;
    this.#base = base;
  }

  manifest() {
    return this.#bytes("manifest");
  }

  /**
   * @param {string} credential public, in hex
   * @returns {Promise<Standing>} its contests, and its last ballot with its place (-1 if there is none)
   */
  async credential(credential) {
    const value = /** @type {{ contests: string[], index: number, ballot: string }} */ (
      await this.#json(`credentials/${credential}`)
    );
    return { ...value, ballot: value.ballot ? fromBase64(value.ballot) : null };
  }

  /**
   * @param {string} candidate
   * @returns {Promise<readonly Said[]>} what they say, in each of their languages
   */
  async statements(candidate) {
    const value = /** @type {{ said: Said[] }} */ (await this.#json(`candidates/${candidate}/statements`));
    return value.said;
  }

  /**
   * @param {Uint8Array} ballot
   * @param {string} token against requests from other sites
   * @returns {Promise<Uint8Array>} the receipt
   */
  cast(ballot, token) {
    const headers = { "Content-Type": "application/octet-stream", "X-CSRF-Token": token };
    return this.#bytes("ballots", { method: "POST", headers, body: new Uint8Array(ballot) });
  }

  /**
   * @param {number} index
   * @returns {Promise<Uint8Array>} the receipt at the newest checkpoint
   */
  receipt(index) {
    return this.#bytes(`ballots/${index}/receipt`);
  }

  /**
   * @param {number} size of the tree that is known
   * @returns {Promise<Extension>} the newest checkpoint, and the proof that it extends that tree
   */
  async extension(size) {
    return /** @type {Extension} */ (await this.#json(`consistency?from=${size}`));
  }

  /** @param {string} path */
  async #json(path) {
    const text = fromUtf8(await this.#bytes(path));
    try {
      return /** @type {unknown} */ (JSON.parse(text));
    } catch {
      throw new MalformedError("the server's answer is no JSON");
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  async #bytes(path, init = {}) {
    const answer = await this.#fetch(`${this.#base}/${path}`, { redirect: "error", ...init });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!answer.ok) throw new RefusedError(answer.status, sentence(bytes));
    return bytes;
  }
}

/** @param {Uint8Array} bytes */
function sentence(bytes) {
  try {
    const { error } = JSON.parse(fromUtf8(bytes));
    return typeof error === "string" ? error : "";
  } catch {
    return "";
  }
}
