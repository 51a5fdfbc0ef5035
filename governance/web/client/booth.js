/**
 * The booth: from the code to “Your vote is in the ballot box”. Source: docs/protocol.md, sections 5, 8 and 13.
 *
 * Nothing but a sealed ballot leaves the page. The draft and the code are in sessionStorage until the vote is cast; the
 * sealed bytes in localStorage until the ballot box has answered, then the receipt.
 * @module
 */

import { NONE, readCast, seal } from "./ballot.js";
import { deriveCredential, readCode } from "./credentials.js";
import { Desk, draftName } from "./desk.js";
import { maker } from "./dom.js";
import { readElection } from "./election.js";
import { hex, utf8 } from "./encoding.js";
import { CodeError, MalformedError } from "./errors.js";
import { pointBytes } from "./group.js";
import { readReceipt } from "./inclusion.js";
import { kept } from "./keep.js";
import { showLocalTimes } from "./local_times.js";
import { candidateOrder } from "./order.js";
import { fitting } from "./paper.js";
import { nonces } from "./random.js";
import { contestSection } from "./rows.js";
import * as screens from "./screens.js";
import { RefusedError, Server } from "./server.js";
import { inOrderFor, statementParts } from "./statements.js";
import { browsersZone } from "./zone.js";

/** @typedef {import("./ballot.js").SealedBallot} SealedBallot */
/** @typedef {import("./credentials.js").Credential} Credential */
/** @typedef {import("./election.js").Contest} Contest */
/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Style} Style */
/** @typedef {{ [contest: string]: readonly string[] }} Lists */
/** @typedef {{ member: string, code: string, rankings: Lists, orders: Lists }} Draft */

/**
 * @typedef {object} Voter
 * @property {Credential} credential
 * @property {Style} style
 * @property {ReturnType<typeof readCast> | null} last
 */

const PATIENCE = 30_000;
const PAUSE = 5_000;

const root = /** @type {HTMLElement} */ (document.getElementById("booth"));
const says = /** @type {HTMLElement} */ (document.getElementById("says"));
const { base = "", id = "", member = "", token = "", contact = "", signIn = "", closes = "", said = "", practice } = root.dataset;
const h = maker(document);
const server = new Server((url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE) }), base);
const [session, device] = [kept(() => sessionStorage), kept(() => localStorage)];
const desk = new Desk(server, { device, session }, { id, member, token });

/** @type {Draft} */
let draft = { member, code: "", rankings: {}, orders: {} };
/** @type {Election | null} */
let election = null;
/** @type {Voter | null} */
let voter = null;
/** @type {SealedBallot | null} */
let sealed = null;
let waiting = 0;
/** @type {"ranking" | "review" | "other"} */
let step = "other";

showLocalTimes(document, browsersZone("en-GB"));
start();

// ---- the steps -------------------------------------------------------------------------------------------------------

function start() {
  addEventListener("popstate", () => {
    if (step === "review") toRanking();
  });
  if (practice) {
    toRanking();
    return;
  }
  takeDraft();
  const pending = desk.pending;
  if (!member) show(screens.signInScreen(h, signIn));
  else if (pending) send(pending);
  else enter(draft.code);
}

/** The code from the link goes into the draft, and out of the address bar: what is after the # is never sent. */
function takeDraft() {
  const kept = /** @type {Draft | null} */ (session.get(draftName(id)));
  if (kept && (!kept.member || kept.member === member)) draft = { ...draft, ...kept, member };
  const given = new URLSearchParams(location.hash.slice(1)).get("code");
  if (given === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  if (draft.code && draft.code !== given) draft = { ...draft, rankings: {}, orders: {} };
  draft.code = given;
  keepDraft();
}

/**
 * @param {string} wrong
 * @param {string} [typed]
 */
function toCode(wrong, typed = "") {
  show(screens.codeScreen(h, { wrong, typed, enter }), wrong ? "#code" : "h2");
}

/** @param {string} typed */
async function enter(typed) {
  if (!typed && !draft.code && !root.querySelector("#code")) {
    toCode("");
    return;
  }
  try {
    const code = readCode(typed);
    election ??= readElection(await server.manifest());
    voter = await look(election, code);
    draft.code = code;
    keepDraft();
    if (voter.last) toEarlier(voter.last.tracker, election.revotes);
    else toRanking();
  } catch (error) {
    if (error instanceof CodeError) toCode(error.message, typed);
    else if (error instanceof RefusedError && error.status === 404) toCode(error.message, typed);
    else broken(error, () => enter(typed));
  }
}

/**
 * @param {Election} known
 * @param {string} code
 * @returns {Promise<Voter>}
 */
async function look(known, code) {
  const credential = deriveCredential(known.ceremony, code);
  const { contests, ballot } = await server.credential(hex(pointBytes(credential.point)));
  const style = known.styles.find((one) => one.contests.map((contest) => contest.id).join() === contests.join());
  const last = ballot && readCast(ballot);
  if (!style || (last && last.ballot.credential !== hex(pointBytes(credential.point)))) {
    throw new MalformedError("the answer about this code does not fit the election");
  }
  return { credential, style, last };
}

/**
 * @param {string} tracker
 * @param {boolean} again
 */
function toEarlier(tracker, again) {
  show(screens.earlierScreen(h, { tracker, again, contact, goOn: toRanking }));
}

function toRanking() {
  [sealed, step] = [null, "ranking"];
  const sections = contests().map((contest) => {
    draft.rankings[contest.id] = fitting(draft.rankings[contest.id], contest);
    return contestSection({
      h,
      contest,
      candidates: election && voter ? candidateOrder(election, contest, voter.credential.point) : contest.candidates,
      ranking: draft.rankings[contest.id] ?? [],
      order: fitting(draft.orders[contest.id], { ...contest, most: contest.candidates.length }),
      statement: (candidate) => (said.split(" ").includes(candidate) ? () => statement(candidate) : null),
      changed: (ranking, order, sentence) => {
        draft.rankings[contest.id] = ranking;
        draft.orders[contest.id] = order;
        keepDraft();
        say(sentence);
      },
    });
  });
  show(screens.rankingScreen(h, sections, toReview, !practice));
}

/** @returns {readonly Contest[]} */
function contests() {
  return practice ? /** @type {Contest[]} */ (JSON.parse(practice)) : (voter?.style.contests ?? []);
}

/** @param {string} candidate */
async function statement(candidate) {
  return statementParts(h, inOrderFor(await server.statements(candidate), navigator.languages));
}

function toReview() {
  history.pushState({ step: "review" }, "");
  review();
}

function review() {
  [sealed, step] = [null, "review"];
  const rankings = Object.fromEntries(contests().map((one) => [one.id, draft.rankings[one.id] ?? []]));
  const { parts, test, tracker } = screens.reviewScreen(h, {
    contests: contests(),
    rankings,
    cast: practice ? toPractised : cast,
    back: () => history.back(),
    open: practice ? null : openSeal,
  });
  show(parts);
  if (practice) return;
  const [known, who] = [election, voter];
  if (!known || !who) return;
  // Sealed before it is known whether the seal will be tested, and after the page has been painted.
  setTimeout(() => {
    if (step !== "review") return;
    const began = performance.now();
    const drawn = nonces(who.style.contests.length);
    const { style, credential, last } = who;
    sealed = seal({ election: known, style, credential, previous: last?.digest ?? NONE, rankings, nonces: drawn });
    performance.measure("seal", { start: began, end: performance.now() });
    tracker.replaceChildren(h("code", { class: "tracker" }, sealed.tracker));
    test.removeAttribute("disabled");
  }, 20);
}

function openSeal() {
  if (!sealed) return;
  const { tracker } = sealed;
  const file = download("Save the opened seal", `${id}-opened-seal.json`, sealed.open());
  show(screens.openedScreen(h, { tracker, download: file, back: review }));
}

function cast() {
  if (step !== "review") return;
  if (!sealed) {
    setTimeout(cast, 50); // a slow device is still sealing
    return;
  }
  const bytes = sealed.prove(nonces((voter?.style.contests.length ?? 0) + 1));
  [sealed, step] = [null, "other"];
  desk.keep(bytes);
  send(bytes);
}

// ---- the way to the ballot box ---------------------------------------------------------------------------------------

/**
 * Hand in a sealed ballot until the ballot box has answered. The same bytes are the same ballot, however often.
 * @param {Uint8Array} bytes
 * @param {boolean} [quiet] leave the page as it is meanwhile
 */
async function send(bytes, quiet = false) {
  clearTimeout(waiting);
  removeEventListener("online", again);
  if (!quiet) show(screens.castingScreen(h));
  try {
    const { election: known, kept: receipt } = await desk.handIn(bytes, election);
    [draft, voter] = [{ member, code: "", rankings: {}, orders: {} }, null];
    toDone(known, bytes, receipt);
  } catch (error) {
    if (error instanceof MalformedError) {
      const rest = "Your sealed vote is kept on this device, and may or may not be in the ballot box.";
      broken(new Error("The ballot box answered with a receipt that does not hold."), () => send(bytes), rest);
    } else if (error instanceof RefusedError && !error.passing) {
      desk.drop();
      voter = null;
      // 403: this page may be an older session's; a new one asks with what is good now.
      const again = error.status === 403 ? () => location.reload() : () => enter(draft.code);
      show(screens.refusedScreen(h, { why: error.message, contact, again }));
    } else {
      wait(error, quiet);
    }
  }

  function again() {
    send(bytes, true);
  }

  /**
   * @param {unknown} error
   * @param {boolean} shown already
   */
  function wait(error, shown) {
    const out = error instanceof RefusedError && error.status === 401;
    const why = error instanceof RefusedError && !out ? error.message : out ? "You were signed out meanwhile." : "";
    if (out || !shown) show(screens.waitingScreen(h, { out, signIn, why, again: () => send(bytes) }));
    if (out) return;
    waiting = window.setTimeout(again, PAUSE);
    addEventListener("online", again, { once: true });
  }
}

/**
 * @param {Election} known
 * @param {Uint8Array} bytes
 * @param {import("./keep.js").KeptReceipt} receipt
 */
function toDone(known, bytes, receipt) {
  show(
    screens.doneScreen(h, {
      tracker: readCast(bytes).tracker,
      index: String(readReceipt(utf8(receipt.receipt)).index),
      receiptPage: `${base}/receipt`,
      boardPage: `${base}/board`,
      closes,
      again: known.revotes,
      download: download("Save the receipt", `${id}-receipt.json`, utf8(JSON.stringify(receipt))),
    }),
  );
}

function toPractised() {
  step = "other";
  draft = { member, code: "", rankings: {}, orders: {} };
  show(screens.practisedScreen(h, toRanking));
}

// ---- the page --------------------------------------------------------------------------------------------------------

/**
 * @param {readonly (Node | string)[]} parts
 * @param {string} [focus]
 */
function show(parts, focus = "h2") {
  const first = root.dataset["ready"] === undefined;
  root.dataset["ready"] = "";
  say("");
  root.replaceChildren(...parts.filter((part) => part !== ""));
  const target = /** @type {HTMLElement | null} */ (root.querySelector(focus));
  // A reader who has only just come here starts at the top of the page, not in its middle.
  if (!first || focus !== "h2") target?.focus({ preventScroll: true });
  if (!first) root.scrollIntoView({ block: "start" });
}

/** @param {string} sentence */
function say(sentence) {
  says.textContent = sentence;
}

function keepDraft() {
  if (!practice) session.set(draftName(id), draft);
}

/**
 * @param {unknown} error
 * @param {() => void} again
 * @param {string} [rest] what became of the vote
 */
function broken(error, again, rest = "Nothing was cast, and nothing is lost.") {
  const lost = error instanceof TypeError || error instanceof DOMException;
  const own = error instanceof RefusedError || (error instanceof Error && error.constructor === Error);
  const why = lost ? "The connection was lost." : own ? error.message : "";
  if (!lost && !own) console.error(error);
  const said = why || "The page could not make sense of the server's answer.";
  show(screens.brokenScreen(h, { why: said, rest, contact, again }));
}

/**
 * @param {string} text
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function download(text, name, bytes) {
  const href = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/json" }));
  return h("a", { class: "second", href, download: name }, text);
}
