/**
 * All that the pages of the booth and of the receipt build on, in one bundle. Nothing here touches a page.
 * @module
 */

export { fingerprint } from "./base32.js";
export { NONE, SealedBallot, check, checkOpening, readCast, seal, tracker } from "./ballot.js";
export { dump, parse } from "./canonical.js";
export { openCheckpoint } from "./checkpoint.js";
export { readCode, shownCode } from "./code.js";
export { deriveCredential } from "./credentials.js";
export { readElection, styleOf } from "./election.js";
export { base64, fromBase64, fromHex, hex } from "./encoding.js";
export { CodeError, MalformedError, ProofError } from "./errors.js";
export { checkLater, checkReceipt, hasQuorum, readReceipt } from "./inclusion.js";
export { candidateOrder } from "./order.js";
export { nonces } from "./random.js";
