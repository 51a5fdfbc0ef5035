/**
 * “Is my vote in the box?”: checks a kept receipt against the board as it is now. Source: docs/protocol.md, section 13.
 * @module
 */

import { readCast } from "./ballot.js";
import { openCheckpoint } from "./checkpoint.js";
import { maker, tracked } from "./dom.js";
import { readElection } from "./election.js";
import { fromBase64, fromHex, fromUtf8, utf8 } from "./encoding.js";
import { MalformedError } from "./errors.js";
import { checkLater, checkReceipt, hasQuorum, readReceipt } from "./inclusion.js";
import { Keep, isReceipt } from "./keep.js";
import { RefusedError, Server } from "./server.js";

/** @typedef {import("./keep.js").KeptReceipt} KeptReceipt */

const root = /** @type {HTMLElement} */ (document.getElementById("receipt"));
const { base = "", id = "", contact = "" } = root.dataset;
const h = maker(document);
const server = new Server((url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }), base);
const device = new Keep(storage());

start();

function start() {
  const answers = h("div", { "aria-live": "polite" });
  const input = /** @type {HTMLInputElement} */ (h("input", { id: "file", type: "file", accept: ".json,application/json" }));
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    answers.replaceChildren(await answer(await read(file)));
  });
  const kept = device.all(`receipt ${id} `).filter(isReceipt);
  root.replaceChildren(
    h("div", { class: "actions", hidden: kept.length === 0 }, h("button", { type: "button", class: "first", click: all }, "Check now")),
    h("p", { hidden: kept.length > 0 }, "This browser has kept no receipt of this election. If you saved one, choose its file:"),
    h("p", {}, h("label", { for: "file" }, "A saved receipt"), " ", input),
    answers,
  );

  async function all() {
    answers.replaceChildren(h("p", {}, "Checking …"));
    answers.replaceChildren(...(await Promise.all(kept.map(answer))));
  }
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
  device.set(`receipt ${id} ${ballot.credential}`, { ...kept, receipt: fromUtf8(newest) });
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

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
