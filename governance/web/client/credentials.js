/**
 * The key that a voter's code gives. Source: docs/protocol.md, section 5.
 * @module
 */

import { utf8 } from "./encoding.js";
import { G, times } from "./group.js";
import { Transcript } from "./transcript.js";

/** @typedef {{ readonly secret: bigint, readonly point: import("./group.js").Point }} Credential */

/**
 * @param {Uint8Array} ceremony cer, 64 bytes
 * @param {string} code as `readCode` (code.js) gives it
 * @returns {Credential}
 */
export function deriveCredential(ceremony, code) {
  const transcript = new Transcript("governance/v1/credential").absorb("ceremony", ceremony).absorb("code", utf8(code));
  const secret = transcript.scalar("sk");
  return { secret, point: times(secret, G) };
}
