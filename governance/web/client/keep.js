/**
 * What a page keeps in the browser; a browser that keeps nothing loses a convenience, never a vote.
 * @module
 */

/** Values as JSON under names of ours. */
export class Keep {
  #storage;

  /** @param {Storage | null} storage null where the browser has none for us */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {string} name
   * @returns {unknown} null if there is none
   */
  get(name) {
    try {
      return /** @type {unknown} */ (JSON.parse(this.#storage?.getItem(`governance ${name}`) ?? "null"));
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    try {
      this.#storage?.setItem(`governance ${name}`, JSON.stringify(value));
    } catch {
      // Full or forbidden: then a reload loses it.
    }
  }

  /** @param {string} name */
  drop(name) {
    try {
      this.#storage?.removeItem(`governance ${name}`);
    } catch {
      // It was never kept.
    }
  }

  /**
   * @param {string} beginning
   * @returns {unknown[]} the values of all names that begin so
   */
  all(beginning) {
    try {
      const names = Object.keys(this.#storage ?? {}).filter((name) => name.startsWith(`governance ${beginning}`));
      return names.map((name) => this.get(name.slice("governance ".length)));
    } catch {
      return [];
    }
  }
}

/**
 * @param {string} id of the election
 * @returns {string} under which the session keeps the draft
 */
export function draftName(id) {
  return `draft ${id}`;
}

/**
 * @param {string} id of the election
 * @param {string} member
 * @returns {string} under which the device keeps what was handed in and not acknowledged yet
 */
export function pendingName(id, member) {
  return `pending ${id} ${member}`;
}

/**
 * A kept receipt: the cast bytes and what proves that they are in the box. It holds no vote.
 * @typedef {{ readonly election: string, readonly ballot: string, readonly receipt: string }} KeptReceipt
 */

/**
 * @param {unknown} value
 * @returns {value is KeptReceipt}
 */
export function isReceipt(value) {
  return (
    typeof value === "object" &&
    value !== null &&
    ["election", "ballot", "receipt"].every((name) => typeof (/** @type {Record<string, unknown>} */ (value)[name]) === "string")
  );
}

/**
 * @param {() => Storage} storage asks the browser, which may refuse
 */
export function kept(storage) {
  try {
    return new Keep(storage());
  } catch {
    return new Keep(null);
  }
}
