/**
 * The booth: from the code to “Your vote is in the ballot box”. Source: docs/protocol.md, sections 5, 8 and 13.
 *
 * Nothing but a sealed ballot leaves the page. The draft and the code are in sessionStorage until the vote is cast; the
 * sealed bytes in localStorage until the ballot box has answered, then the receipt.
 *
 * The names are on the page, so ranking begins at once; what seals (sealing.js) and the manifest come meanwhile. Nothing
 * is sealed that the manifest does not say.
 * @module
 */

import { readCode } from "./code.js";
import { maker } from "./dom.js";
import { fromHex, hex, utf8 } from "./encoding.js";
import { CodeError } from "./errors.js";
import { draftName, kept, pendingName } from "./keep.js";
import { listedContests, sameContests } from "./listed.js";
import { showLocalTimes } from "./local_times.js";
import { candidateOrder } from "./order.js";
import { fitting } from "./paper.js";
import { contestSection } from "./rows.js";
import * as screens from "./screens.js";
import { LACKING, secondScript } from "./second_script.js";
import { RefusedError, Server } from "./server.js";
import { inOrderFor, statementParts } from "./statements.js";
import { Voters } from "./voter.js";
import { browsersZone } from "./zone.js";

/** @typedef {import("./ballot.js").SealedBallot} SealedBallot */
/** @typedef {import("./election.js").Contest} Contest */
/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./sealing.js").Sealing} Sealing */
/** @typedef {import("./voter.js").Voter} Voter */
/** @typedef {{ [contest: string]: readonly string[] }} Lists */
/** @typedef {{ member: string, code: string, rankings: Lists, orders: Lists }} Draft */

const PATIENCE = 30_000;
const PAUSE = 5_000;
const KEPT = "Your sealed vote is kept on this device, and may or may not be in the ballot box.";

const root = /** @type {HTMLElement} */ (document.getElementById("booth"));
const says = /** @type {HTMLElement} */ (document.getElementById("says"));
const { base = "", id = "", member = "", token = "", contact = "", signIn = "", closes = "", said = "" } = root.dataset;
const { practice, manifest = "", voted } = root.dataset;
const listed = listedContests(root);
const h = maker(document);
const server = new Server((url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE) }), base);
const [session, device] = [kept(() => sessionStorage), kept(() => localStorage)];

/** @type {Draft} */
let draft = { member, code: "", rankings: {}, orders: {} };
/** @type {Sealing | null} */
let part = null;
/** @type {InstanceType<Sealing["Desk"]> | null} */
let desk = null;
/** @type {SealedBallot | null} */
let sealed = null;
/** Whether to begin with what the page lists, before it is known who votes. */
let early = voted === "no" && manifest !== "" && listed.length > 0;
/** @type {Voter | null} of whom the voter was told what they have to know before they go on */
let told = null;
let waiting = 0;
/** @type {"ranking" | "review" | "broken" | "other"} */
let step = "other";

const sealing = secondScript(window, 2 * PATIENCE);
const voters = new Voters(server, sealing);
sealing.then((there) => {
  part = there;
  desk = new there.Desk(server, { device, session }, { id, member, token });
}, () => {});

showLocalTimes(document, browsersZone("en-GB"));
start();

// ---- the steps -------------------------------------------------------------------------------------------------------

function start() {
  addEventListener("popstate", () => {
    if (step === "review" || step === "broken") toRanking();
  });
  if (practice) {
    toRanking();
    return;
  }
  takeDraft();
  if (!member) show(screens.signInScreen(h, signIn));
  else if (device.get(pendingName(id, member)) !== null) sendPending();
  else enter(draft.code);
}

async function sendPending() {
  show(screens.castingScreen(h));
  try {
    await sealing;
  } catch (error) {
    broken(error, sendPending, KEPT);
    return;
  }
  const pending = desk?.pending;
  if (pending) send(pending);
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
  step = "other";
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
    if (early) {
      [early, draft.code] = [false, code];
      toRanking();
    }
    const known = await voters.of(code);
    draft.code = code;
    keepDraft();
    if (mayGoOn(known) && step === "other") toRanking();
  } catch (error) {
    if (error instanceof CodeError) toCode(error.message, typed);
    else if (error instanceof RefusedError && error.status === 404) toCode(error.message, typed);
    else if (step === "other") broken(error, () => enter(typed)); // else it is tried again before the vote is sealed
  }
}

/**
 * Whether the voter may go on with what is shown, now that it is known who votes; if not, they are told first.
 * @param {Voter} known
 */
function mayGoOn(known) {
  const { election, style, last } = known;
  if (known === told) return true;
  told = known;
  const listing = hex(election.ctx) === manifest && sameContests(style.contests, listed);
  if (last) {
    toEarlier(last.tracker, election.revotes);
  } else if (!listing && step !== "other") {
    toRanking();
    say("The names were not listed here as they were announced. Now they are: please look over your ranking.");
  } else {
    return true;
  }
  return false;
}

/**
 * @param {string} tracker
 * @param {boolean} again
 */
function toEarlier(tracker, again) {
  step = "other";
  show(screens.earlierScreen(h, { tracker, again, contact, goOn: toRanking }));
}

function toRanking() {
  [sealed, step] = [null, "ranking"];
  const sections = contests().map((contest) => {
    draft.rankings[contest.id] = fitting(draft.rankings[contest.id], contest);
    return contestSection({
      h,
      contest,
      candidates: practice ? contest.candidates : candidateOrder(voters.found?.election.ctx ?? fromHex(manifest), contest, draft.code),
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
  return voters.found?.style.contests ?? listed;
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
  // Sealed before it is known whether the seal will be tested, and after the page has been painted.
  setTimeout(async () => {
    try {
      const who = await voters.of(draft.code);
      if (step === "review" && tracker.isConnected && mayGoOn(who)) sealFor(who, rankings, tracker, test);
    } catch (error) {
      if (step !== "review" || !tracker.isConnected) return;
      step = "broken";
      broken(error, review);
    }
  }, 20);
}

/**
 * @param {Voter} voter
 * @param {Lists} rankings
 * @param {HTMLElement} tracker
 * @param {HTMLElement} test
 */
function sealFor({ election, style, credential, last }, rankings, tracker, test) {
  if (!part) return;
  const began = performance.now();
  const drawn = part.nonces(style.contests.length);
  sealed = part.seal({ election, style, credential, previous: last?.digest ?? part.NONE, rankings, nonces: drawn });
  performance.measure("seal", { start: began, end: performance.now() });
  tracker.replaceChildren(h("code", { class: "tracker" }, sealed.tracker));
  test.removeAttribute("disabled");
}

function openSeal() {
  if (!sealed) return;
  const { tracker } = sealed;
  const file = download("Save the opened seal", `${id}-opened-seal.json`, sealed.open());
  show(screens.openedScreen(h, { tracker, download: file, back: review }));
}

function cast() {
  if (step !== "review") return;
  if (!sealed || !part || !desk) {
    say("Sealing your vote …");
    setTimeout(cast, 50); // a slow device is still sealing, or what seals has only just been asked for
    return;
  }
  const bytes = sealed.prove(part.nonces((voters.found?.style.contests.length ?? 0) + 1));
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
  if (!part || !desk) return;
  clearTimeout(waiting);
  removeEventListener("online", again);
  if (!quiet) show(screens.castingScreen(h));
  try {
    const { election: known, kept: receipt } = await desk.handIn(bytes, voters.found?.election);
    draft = { member, code: "", rankings: {}, orders: {} };
    voters.forget();
    toDone(part, known, bytes, receipt);
  } catch (error) {
    if (error instanceof part.MalformedError) {
      broken(new Error("The ballot box answered with a receipt that does not hold."), () => send(bytes), KEPT);
    } else if (error instanceof RefusedError && !error.passing) {
      desk.drop();
      voters.forget();
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
 * @param {Sealing} part
 * @param {Election} known
 * @param {Uint8Array} bytes
 * @param {import("./keep.js").KeptReceipt} receipt
 */
function toDone({ readCast, readReceipt }, known, bytes, receipt) {
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
  // What never came is asked for anew with the whole page.
  show(screens.brokenScreen(h, { why: said, rest, contact, again: error === LACKING ? () => location.reload() : again }));
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
