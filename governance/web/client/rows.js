/**
 * One contest on the page: a row for each name. Rows stay where they are until the voter asks to put them in order.
 * @module
 */

import { written } from "./dom.js";
import { howMany, inOrder, place, tap } from "./paper.js";

/** @typedef {import("./dom.js").Maker} Maker */
/** @typedef {import("./election.js").Candidate} Candidate */
/** @typedef {import("./election.js").Contest} Contest */

/** Milliseconds in which a second click on the same name is the other half of a double click. */
const TWICE = 400;

/**
 * @typedef {object} Given
 * @property {Maker} h
 * @property {Contest} contest
 * @property {readonly Candidate[]} candidates as this voter sees them
 * @property {readonly string[]} ranking
 * @property {readonly string[]} order of the rows, as they were left
 * @property {(id: string) => (() => Promise<readonly Node[]>) | null} statement fetches what they say; null if there is
 *   nothing
 * @property {(ranking: readonly string[], order: readonly string[], says: string) => void} changed
 */

/**
 * @param {Given} given
 * @returns {HTMLElement}
 */
export function contestSection({ h, contest, candidates, ranking: kept, order: left, statement, changed }) {
  const paper = { most: contest.most, names: new Map(candidates.map(({ id, name }) => [id, name])) };
  let ranking = kept;
  let order = inOrder(candidates.map(({ id }) => id), left);
  const sum = h("p", { class: "sum" });
  const list = h("ul", { class: "rows" });
  const rows = new Map(candidates.map((one) => [one.id, row(one)]));
  const tidy = h("button", { type: "button", class: "second", click: putInOrder }, "Put the names in my order");
  refresh();
  arrange();
  return h(
    "section",
    { class: "contest" },
    h("h3", {}, written(h, contest.title)),
    h("p", {}, howMany(contest)),
    list,
    h("div", { class: "below" }, sum, tidy),
  );

  /** @param {import("./paper.js").Change} change */
  function change({ ranking: next, says }) {
    ranking = next;
    refresh();
    changed(ranking, order, says);
  }

  function putInOrder() {
    order = inOrder(order, ranking);
    arrange();
    changed(ranking, order, "The names are now in your order, those without a number last.");
  }

  function arrange() {
    for (const id of order) {
      const node = rows.get(id)?.node;
      if (node) list.append(node);
    }
  }

  function refresh() {
    rows.forEach(({ show }) => show());
    sum.textContent = ranking.length
      ? `You have ranked ${ranking.length}. You may rank up to ${contest.most}.`
      : "You have ranked nobody here. Left like this, it is a blank vote in this contest.";
    tidy.hidden = ranking.length === 0;
  }

  /** @param {Candidate} candidate */
  function row({ id, name }) {
    /** @param {number} to */
    const move = (to) => change(place(paper, ranking, id, to));
    const select = /** @type {HTMLSelectElement} */ (
      h("select", { "aria-label": `Preference for ${name}`, change: () => move(Number(select.value)) })
    );
    const pick = h("button", { type: "button", class: "pick", click: onPick }, written(h, name));
    const [up, down] = [tool("↑", "Move up", () => move(at() - 1)), tool("↓", "Move down", () => move(at() + 1))];
    const out = tool("✕", "Take out", () => {
      pick.focus();
      move(0);
    });
    const tools = h("div", { class: "tools" }, up, down, out);
    let picked = -Infinity;
    const node = h("li", { class: "row" }, select, pick, said(), tools);
    return { node, show };

    function at() {
      return ranking.indexOf(id) + 1;
    }

    /** @param {Event} event */
    function onPick(event) {
      // The second half of a double click would take out again what the first has put in.
      const twice = event.timeStamp - picked < TWICE;
      picked = event.timeStamp;
      if (!twice) change(tap(paper, ranking, id));
    }

    /**
     * @param {string} sign
     * @param {string} says
     * @param {() => void} click
     */
    function tool(sign, says, click) {
      const act = () => {
        // Up from the first place would be "none": it is no move at all.
        if (sign === "↑" && at() === 1) changed(ranking, order, `${name} is your first preference already.`);
        else click();
      };
      return h("button", { type: "button", "aria-label": `${says}: ${name}`, title: says, click: act }, sign);
    }

    function said() {
      const text = statement(id);
      if (!text) return h("span", { class: "nothing" });
      const body = h("div", { class: "statement" }, h("p", {}, "Fetching the statement …"));
      let fetched = false;
      /** @param {Event} event */
      const toggle = async (event) => {
        if (fetched || !(/** @type {HTMLDetailsElement} */ (event.target).open)) return;
        try {
          body.replaceChildren(...(await text()));
          fetched = true;
        } catch {
          body.replaceChildren(h("p", {}, "The statement could not be fetched. Close and open it to try again."));
        }
      };
      const about = h("span", { class: "hidden" }, ` of ${name}`);
      return h("details", { toggle }, h("summary", {}, "Statement", about), body);
    }

    function show() {
      const mine = at();
      const choices = Math.min(contest.most, ranking.length + (mine ? 0 : 1));
      const option = (/** @type {number} */ n) => h("option", { value: String(n), selected: n === mine }, n ? String(n) : "–");
      select.replaceChildren(...Array.from({ length: choices + 1 }, (_, n) => option(n)));
      select.value = String(mine);
      node.classList.toggle("ranked", mine > 0);
      pick.setAttribute("aria-pressed", String(mine > 0));
      tools.hidden = mine === 0;
      up.setAttribute("aria-disabled", String(mine === 1));
      down.setAttribute("aria-disabled", String(mine === ranking.length));
    }
  }
}
