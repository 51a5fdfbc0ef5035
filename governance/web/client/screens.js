/**
 * The steps of the booth as people read them: each is made of what it is handed, and calls back what the voter chose.
 * @module
 */

import { tracked, written } from "./dom.js";

/** @typedef {import("./dom.js").Maker} Maker */
/** @typedef {import("./election.js").Contest} Contest */
/** @typedef {import("./ballot.js").Rankings} Rankings */
/** @typedef {() => void} Act */

/**
 * @param {Maker} h
 * @param {string} text
 * @param {Act} click
 * @param {string} [kind]
 */
export function button(h, text, click, kind = "first") {
  return h("button", { type: "button", class: kind, click }, text);
}

/**
 * @param {Maker} h
 * @param {{ readonly wrong: string, readonly typed: string, readonly enter: (typed: string) => void }} given what was
 *   wrong with the last one, and how it was typed
 */
export function codeScreen(h, { wrong, typed, enter }) {
  const input = /** @type {HTMLInputElement} */ (
    h("input", {
      id: "code",
      class: "code",
      type: "text",
      value: typed,
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      "aria-describedby": wrong ? "wrong code-help" : "code-help",
      "aria-invalid": wrong ? "true" : false,
    })
  );
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    enter(input.value);
  };
  return [
    h("h2", { tabindex: "-1" }, "Your voting code"),
    h(
      "form",
      { submit, novalidate: true },
      h("label", { for: "code" }, "Type the code that the registrar sent you"),
      h(
        "p",
        { id: "code-help", class: "quiet" },
        "Or open the link in the registrar’s mail once more: it brings the code with it. The code has 26 letters and digits. Small letters, spaces and hyphens make no difference. It never leaves this page.",
      ),
      wrong ? h("p", { id: "wrong", class: "wrong", role: "alert" }, wrong) : "",
      input,
      h("p", {}, h("button", { class: "first" }, "Continue")),
    ),
  ];
}

/**
 * @param {Maker} h
 * @param {{ readonly tracker: string, readonly again: boolean, readonly contact: string, readonly goOn: Act }} given
 */
export function earlierScreen(h, { tracker, again, contact, goOn }) {
  const kept = "This is the tracker of the ballot that is there. Compare it with the one that you kept:";
  if (!again) {
    return [
      h("h2", { tabindex: "-1" }, "You have voted already"),
      h("p", {}, "In this election nobody can vote a second time, so your ballot stays as it is. ", kept),
      h("p", {}, tracked(h, tracker)),
      h("p", {}, "If that was not you, tell us at once: ", contact),
    ];
  }
  const told = h(
    "div",
    { class: "note", hidden: true, tabindex: "-1" },
    h("p", {}, "Then somebody else has used your code. Please tell us at once: ", contact),
    h("p", {}, "You can still vote now. Your new ballot replaces the one that is there: only the last one counts."),
    h("p", {}, button(h, "Vote now", goOn)),
  );
  const no = () => {
    told.hidden = false;
    told.focus();
  };
  return [
    h("h2", { tabindex: "-1" }, "There is a ballot of yours already"),
    h("p", {}, kept),
    h("p", {}, tracked(h, tracker)),
    h("p", { class: "lead" }, "Did you cast that ballot yourself?"),
    h(
      "div",
      { class: "actions" },
      button(h, "Yes, and I want to vote again", goOn),
      button(h, "No, that was not me", no, "second"),
    ),
    h("p", { class: "quiet" }, "If you are content with it, there is nothing to do: close this page. A new ballot replaces it."),
    told,
  ];
}

/**
 * @param {Maker} h
 * @param {readonly HTMLElement[]} sections
 * @param {Act} review
 * @param {boolean} shuffled
 */
export function rankingScreen(h, sections, review, shuffled) {
  return [
    h("h2", { tabindex: "-1" }, "Rank the names"),
    h(
      "p",
      {},
      "Tap the name that you like best, then the next, and so on. The number shows your order. Stop whenever you like: a later name can never harm an earlier one.",
    ),
    h("p", { class: "quiet" }, shuffled ? "The names are shuffled anew for each voter. " : "", "Nothing is sent while you choose."),
    ...sections,
    h("div", { class: "actions" }, button(h, "Look over my vote", review)),
  ];
}

/**
 * @param {Maker} h
 * @param {object} given
 * @param {readonly Contest[]} given.contests
 * @param {Rankings} given.rankings
 * @param {Act} given.cast
 * @param {Act} given.back
 * @param {Act | null} given.open opens the seal; null where nothing is sealed
 */
export function reviewScreen(h, { contests, rankings, cast, back, open }) {
  const tracker = h("p", { id: "tracker" }, "Sealing …");
  const test = h("button", { type: "button", class: "second", click: open ?? (() => {}), disabled: true }, "Open this sealed vote");
  const parts = [
    h("h2", { tabindex: "-1" }, "Is this your vote?"),
    ...contests.map((contest) => summary(h, contest, rankings[contest.id] ?? [])),
    h("div", { class: "actions" }, button(h, "Cast my vote", cast), button(h, "Change it", back, "second")),
    open
      ? h(
          "details",
          { class: "test" },
          h("summary", {}, "Test the seal first (nobody has to)"),
          h(
            "p",
            {},
            "Is what you see above really what is sealed? You can make sure. Your vote has just been sealed, and this is the tracker of the sealed vote. Write it down:",
          ),
          tracker,
          h(
            "p",
            {},
            "Then, instead of casting it, have it opened. Another device can check what was in it. A sealed vote that was opened can never be cast: yours is sealed anew afterwards.",
          ),
          h("p", {}, test),
        )
      : "",
  ];
  return { parts, test, tracker };
}

/**
 * @param {Maker} h
 * @param {Contest} contest
 * @param {readonly string[]} ranking
 */
function summary(h, { title, candidates }, ranking) {
  const names = new Map(candidates.map(({ id, name }) => [id, name]));
  return h(
    "section",
    { class: "vote" },
    h("h3", {}, written(h, title)),
    ranking.length
      ? h("ol", {}, ...ranking.map((id) => h("li", {}, written(h, names.get(id) ?? id))))
      : h("p", {}, "A blank vote: you ranked nobody. It is counted as a blank vote."),
  );
}

/**
 * @param {Maker} h
 * @param {{ readonly tracker: string, readonly download: HTMLElement, readonly back: Act }} given
 */
export function openedScreen(h, { tracker, download, back }) {
  return [
    h("h2", { tabindex: "-1" }, "The seal is open"),
    h("p", {}, "This sealed vote had the tracker"),
    h("p", {}, tracked(h, tracker)),
    h(
      "p",
      {},
      "The file holds all that was in it: the ranking and the numbers that sealed it. Take it to a device that you trust, and check it there with the election's record. The tracker must be the one that you wrote down. Then delete the file: it shows how you meant to vote.",
    ),
    h("p", {}, download),
    h("p", { class: "note" }, "Nothing was cast. Your ranking is still here, and will be sealed anew."),
    h("div", { class: "actions" }, button(h, "Back to my vote", back)),
  ];
}

/** @param {Maker} h */
export function castingScreen(h) {
  return [
    h("h2", { tabindex: "-1" }, "Casting your vote …"),
    h("p", {}, "Your vote is sealed and on its way to the ballot box. Please leave this page open."),
  ];
}

/**
 * @param {Maker} h
 * @param {{ readonly out: boolean, readonly signIn: string, readonly why: string, readonly again: Act }} given
 */
export function waitingScreen(h, { out, signIn, why, again }) {
  return [
    h("h2", { tabindex: "-1" }, out ? "Please sign in again" : "No answer from the ballot box yet"),
    h("p", {}, why || "The connection was lost before the ballot box answered."),
    h(
      "p",
      {},
      "Your sealed vote is kept on this device. Sending it again does no harm: it is the same ballot, and it counts once.",
    ),
    out
      ? h("p", {}, h("a", { class: "first", href: signIn }, "Sign in, and send my vote"))
      : h("p", {}, button(h, "Send it again", again)),
    out ? "" : h("p", { class: "quiet" }, "This page also tries by itself every few seconds."),
  ];
}

/**
 * @param {Maker} h
 * @param {{ readonly why: string, readonly contact: string, readonly again: Act }} given
 */
export function refusedScreen(h, { why, contact, again }) {
  return [
    h("h2", { tabindex: "-1" }, "The ballot box did not take this ballot"),
    h("p", {}, why || "It said no, and gave no reason."),
    h("p", {}, "Your ranking is still here."),
    h("div", { class: "actions" }, button(h, "Go back and try once more", again)),
    h("p", { class: "quiet" }, "If it happens again, please tell us: ", contact),
  ];
}

/**
 * @param {Maker} h
 * @param {object} given
 * @param {string} given.tracker
 * @param {string} given.index
 * @param {string} given.receiptPage
 * @param {string} given.boardPage
 * @param {string} given.closes
 * @param {boolean} given.again
 * @param {HTMLElement} given.download
 */
export function doneScreen(h, { tracker, index, receiptPage, boardPage, closes, again, download }) {
  return [
    h("h2", { tabindex: "-1", class: "done" }, "Your vote is in the ballot box"),
    h("p", {}, "Your browser has checked it: your sealed ballot is on the public board, as entry number ", index, "."),
    h("p", { class: "lead" }, "Your tracker"),
    h("p", {}, tracked(h, tracker)),
    h(
      "p",
      {},
      "Write it down or save the receipt. Nobody can see from them how you voted. Whoever holds your tracker can see that your ballot is there, and nothing else.",
    ),
    h("p", {}, download),
    h("h3", {}, "To check later"),
    h(
      "ul",
      {},
      h("li", {}, h("a", { href: receiptPage }, "Is my vote in the box?"), " shows it at any time, on this device at once, elsewhere with the saved receipt."),
      h("li", {}, "On ", h("a", { href: boardPage }, "the public board"), " you find your tracker with your own eyes."),
      again ? h("li", {}, "Until voting closes, ", closes, ", you can vote again. Only your last ballot counts.") : "",
    ),
    h("p", {}, "You can close this page now."),
  ];
}

/**
 * @param {Maker} h
 * @param {string} signIn
 */
export function signInScreen(h, signIn) {
  return [
    h("h2", { tabindex: "-1" }, "First, please sign in"),
    h(
      "p",
      {},
      "We send you six digits by mail. Type them here, in this tab: it remembers your voting code.",
    ),
    h("p", {}, h("a", { class: "first", href: signIn }, "Sign in to vote")),
  ];
}

/**
 * @param {Maker} h
 * @param {Act} again
 */
export function practisedScreen(h, again) {
  return [
    h("h2", { tabindex: "-1", class: "done" }, "That was it. Nothing was sent"),
    h(
      "p",
      {},
      "In a real election this page would now say “Your vote is in the ballot box”, and show a tracker with which you can check it. This was practice, with made-up choices: no vote was sealed, sent or kept.",
    ),
    h("div", { class: "actions" }, button(h, "Practise again", again)),
  ];
}

/**
 * @param {Maker} h
 * @param {{ readonly why: string, readonly rest: string, readonly contact: string, readonly again: Act }} given
 */
export function brokenScreen(h, { why, rest, contact, again }) {
  return [
    h("h2", { tabindex: "-1" }, "This did not work"),
    h("p", {}, why),
    h("p", {}, rest),
    h("div", { class: "actions" }, button(h, "Try again", again)),
    h("p", { class: "quiet" }, "If it happens again, please tell us: ", contact),
  ];
}
