/**
 * What the modules throw when something expected is wrong. Anything else that is thrown is a mistake of ours.
 * @module
 */

/** Bytes from outside that do not have the form that docs/protocol.md gives them; the message begins with the section. */
export class MalformedError extends Error {
  name = "MalformedError";
}

/** Well-formed, but a proof, a signature or a hash does not hold; the message begins with the section. */
export class ProofError extends MalformedError {
  name = "ProofError";
}

/**
 * What can be wrong with a typed code.
 * @typedef {"empty" | "character" | "u" | "short" | "long" | "checksum"} CodeFault
 */

/** A voter's code that cannot be right; the message is for the voter, the reason for a page that says it in its own words. */
export class CodeError extends Error {
  name = "CodeError";

  /**
   * @param {CodeFault} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}
