/**
 * “Is my vote in the box?”: checks a kept receipt against the board as it is now. Source: docs/protocol.md, section 13.
 *
 * A sealed vote that was cast here and never acknowledged is handed in again first: the same bytes, so it is one ballot.
 * @module
 */

import { readCast } from "./ballot.js";
import { openCheckpoint } from "./checkpoint.js";
import { Desk } from "./desk.js";
import { maker, tracked } from "./dom.js";
import { readElection } from "./election.js";
import { fromBase64, fromHex, fromUtf8, utf8 } from "./encoding.js";
import { MalformedError } from "./errors.js";
import { checkLater, checkReceipt, hasQuorum, readReceipt } from "./inclusion.js";
import { isReceipt, kept } from "./keep.js";
import { RefusedError, Server } from "./server.js";

/** @typedef {import("./keep.js").KeptReceipt} KeptReceipt */

const root = /** @type {HTMLElement} */ (document.getElementById("receipt"));
const { base = "", id = "", contact = "", member = "", token = "", signIn = "" } = root.dataset;
const h = maker(document);
const server = new Server((url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }), base);
const device = kept(() => localStorage);
const desk = new Desk(server, { device, session: kept(() => sessionStorage) }, { id, member, token });

takeUp(start());

/** @returns {HTMLElement} where answers are shown */
function start() {
  const answers = h("div", { "aria-live": "polite" });
  const input = /** @type {HTMLInputElement} */ (h("input", { id: "file", type: "file", accept: ".json,application/json" }));
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    answers.replaceChildren(await answer(await read(file)));
  });
  const receipts = device.all(`receipt ${id} `).filter(isReceipt);
  root.replaceChildren(
    h("div", { class: "actions", hidden: receipts.length === 0 }, h("button", { type: "button", class: "first", click: all }, "Check now")),
    h("p", { hidden: receipts.length > 0 }, "This browser has kept no receipt of this election. If you saved one, choose its file:"),
    h("p", {}, h("label", { for: "file" }, "A saved receipt"), " ", input),
    answers,
  );
  return answers;

  async function all() {
    answers.replaceChildren(h("p", {}, "Checking …"));
    answers.replaceChildren(...(await Promise.all(receipts.map(answer))));
  }
}

/**
 * Hand in what was cast here and never acknowledged.
 * @param {HTMLElement} answers
 */
async function takeUp(answers) {
  const bytes = desk.pending;
  if (!member && desk.waits) {
    answers.replaceChildren(late("Sign in, and it is sent. It is the same ballot however often it is sent, and counts once.", toSignIn()));
  }
  if (!member || !bytes) return;
  answers.replaceChildren(said("A vote is on its way", "A sealed vote that you cast on this device had no answer yet. It is being sent …"));
  try {
    const { kept: receipt } = await desk.handIn(bytes);
    start().replaceChildren(await answer(receipt));
  } catch (error) {
    answers.replaceChildren(notTaken(error, answers));
  }
}

/**
 * @param {unknown} error
 * @param {HTMLElement} answers
 */
function notTaken(error, answers) {
  if (error instanceof MalformedError) {
    return said("This does not hold", `The ballot box answered with a receipt that does not hold. Your sealed vote is kept on this device. Please tell us: ${contact}`, "wrong");
  }
  if (error instanceof RefusedError && !error.passing) {
    desk.drop();
    const why = error.message || "The ballot box said no, and gave no reason.";
    return said("Your sealed vote was not taken", `${why} It had waited on this device. If you have voted since, that vote counts. Questions: ${contact}`, "wrong");
  }
  if (error instanceof RefusedError && error.status === 401) return late("You were signed out meanwhile. Sign in, and it is sent.", toSignIn());
  const again = h("button", { type: "button", class: "first", click: () => takeUp(answers) }, "Send it again");
  return late("The ballot box did not answer. Sending it again does no harm: it is the same ballot, and counts once.", again);
}

/**
 * @param {string} text
 * @param {HTMLElement} act
 */
function late(text, act) {
  return h("section", { class: "answer" }, h("h2", {}, "A sealed vote waits on this device"), h("p", { class: "note" }, text), h("p", {}, act));
}

function toSignIn() {
  return h("a", { class: "first", href: signIn }, "Sign in, and send my vote");
}

/**
 * @param {File} file
 * @returns {Promise<KeptReceipt | null>}
 */
async function read(file) {
  try {
    const value = /** @type {unknown} */ (JSON.parse(await file.text()));
    return isReceipt(value) ? value : null;
  } catch {
    return null;
  }
}

/** @param {KeptReceipt | null} kept */
async function answer(kept) {
  if (!kept) return said("This is no receipt", "The file is not one that the booth has saved.");
  if (kept.election !== id) return said("This receipt is of another election", "Open that election's page to check it.");
  try {
    return await check(kept);
  } catch (error) {
    if (error instanceof RefusedError || error instanceof TypeError || error instanceof DOMException) {
      return said("No answer", "The board could not be reached. Your receipt is still here: try again later.");
    }
    if (!(error instanceof MalformedError)) throw error;
    const what = `Keep the receipt, it is the evidence, and tell us and the auditors: ${contact}`;
    return said("This does not hold", `What the board shows does not fit your receipt (${error.message}). ${what}`, "wrong");
  }
}

/** @param {KeptReceipt} kept */
async function check(kept) {
  const bytes = fromBase64(kept.ballot);
  const { ballot, tracker } = readCast(bytes);
  const old = readReceipt(utf8(kept.receipt));
  const { board } = readElection(await server.manifest());
  const then = checkReceipt(board, bytes, old);
  const [newest, extension, standing] = await Promise.all([
    server.receipt(old.index),
    server.extension(then.size),
    server.credential(ballot.credential),
  ]);
  const now = checkReceipt(board, bytes, readReceipt(newest));
  const witnessed = hasQuorum(board, openCheckpoint(extension.checkpoint, board));
  if (witnessed) checkLater(board, old.checkpoint, extension.checkpoint, extension.proof.map(fromHex));
  // With witnesses the first promise is kept: what they confirm is a while behind the newest.
  if (!board.quorum) device.set(`receipt ${id} ${ballot.credential}`, { ...kept, receipt: fromUtf8(newest) });
  const later = standing.index > old.index;
  return h(
    "section",
    { class: "answer" },
    h("h2", { class: "done" }, later ? "It is in the box, and a later one replaced it" : "Yes, your vote is in the ballot box"),
    h("p", {}, "Tracker ", tracked(h, tracker)),
    h("p", {}, `It is number ${old.index} of the ${now.size} entries that the board has now.`),
    later
      ? h("p", { class: "note" }, `A newer ballot was cast with the same code, number ${standing.index}. Only that one counts. If you did not cast it, tell us at once: ${contact}`)
      : h("p", {}, "It is the last ballot that was cast with your code, so it is the one that counts."),
    witnessed
      ? h("p", {}, "The board has only grown since you voted: nothing in it was changed.")
      : h("p", { class: "note" }, "The independent witnesses have not confirmed the newest state of the board yet. Check again later."),
  );
}

/**
 * @param {string} title
 * @param {string} text
 * @param {string} [kind]
 */
function said(title, text, kind = "note") {
  return h("section", { class: "answer" }, h("h2", {}, title), h("p", { class: kind }, text));
}
