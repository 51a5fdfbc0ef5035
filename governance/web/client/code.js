/**
 * A voter's code as people type it. Source: docs/protocol.md, section 5.
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { ALPHABET, base32, grouped } from "./base32.js";
import { utf8 } from "./encoding.js";
import { CodeError } from "./errors.js";

/** Characters of a code: 24 random ones and 2 of checksum. */
export const LENGTH = 26;

const CHECKED = 24;
const IGNORED = /[\p{White_Space}\p{Dash_Punctuation}]/gu;
const SPELLINGS = new Map([["I", "1"], ["L", "1"], ["O", "0"]]);

/**
 * Read a code as a person typed or pasted it.
 * @param {string} typed
 * @returns {string} its 26 characters, upper case
 * @throws {CodeError} if it cannot be a code; the message says what to look at
 */
export function readCode(typed) {
  const characters = [...typed.replace(IGNORED, "")].map((given) => {
    const upper = given.replace(/[a-z]/, (letter) => letter.toUpperCase());
    return { given, read: SPELLINGS.get(upper) ?? upper };
  });
  if (!characters.length) throw new CodeError("empty", "Please type the code that was sent to you.");
  if (characters.some(({ read }) => read === "U")) {
    throw new CodeError("u", "A code never has the letter U. Please look again: it may be a V.");
  }
  const stranger = characters.find(({ read }) => read.length !== 1 || !ALPHABET.includes(read));
  if (stranger) {
    throw new CodeError("character", `A code has only letters and digits, but this one has “${stranger.given}”.`);
  }
  if (characters.length !== LENGTH) {
    const [reason, what] =
      characters.length < LENGTH
        ? /** @type {const} */ (["short", `${LENGTH - characters.length} missing`])
        : /** @type {const} */ (["long", `${characters.length - LENGTH} too many`]);
    throw new CodeError(reason, `A code has ${LENGTH} letters and digits. This one has ${characters.length}: ${what}.`);
  }
  const code = characters.map(({ read }) => read).join("");
  if (checksum(code.slice(0, CHECKED)) !== code.slice(CHECKED)) {
    throw new CodeError("checksum", "One of the characters is not right. Please compare them with the code sent to you.");
  }
  return code;
}

/**
 * @param {string} code its 26 characters
 * @returns {string} as it is shown, in groups
 */
export function shownCode(code) {
  return grouped(code);
}

/**
 * @param {string} characters the first 24
 * @returns {string} the last 2: the first 10 bits of a hash, the high 5 first
 */
function checksum(characters) {
  return base32(sha256(utf8(characters)), LENGTH - CHECKED);
}
