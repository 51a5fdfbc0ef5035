/**
 * The booth's second script: what derives, seals and checks. It is two thirds of the booth, and a voter reads and ranks
 * without it; so it comes last (second_script.js), and tells the first script, booth.js, once it is there.
 * @module
 */

import { NONE, readCast, seal } from "./ballot.js";
import { deriveCredential } from "./credentials.js";
import { Desk } from "./desk.js";
import { readElection } from "./election.js";
import { MalformedError } from "./errors.js";
import { pointBytes } from "./group.js";
import { readReceipt } from "./inclusion.js";
import { nonces } from "./random.js";

const parts = { Desk, MalformedError, NONE, deriveCredential, nonces, pointBytes, readCast, readElection, readReceipt, seal };

/** @typedef {typeof parts} Sealing */

document.dispatchEvent(new CustomEvent("sealing", { detail: parts }));
