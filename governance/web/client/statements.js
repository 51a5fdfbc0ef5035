/**
 * What a candidate says, as a reader of some languages would have it.
 * @module
 */

/** @typedef {import("./dom.js").Maker} Maker */
/** @typedef {import("./server.js").Said} Said */

/**
 * @param {readonly Said[]} said
 * @param {readonly string[]} languages that the reader's browser asks for, like "pt-BR", the dearest first
 * @returns {Said[]} the same, the one to read first in front
 */
export function inOrderFor(said, languages) {
  const wanted = languages.map((one) => one.toLowerCase().split("-")[0]);
  const place = (/** @type {Said} */ { language }) => (wanted.includes(language) ? wanted.indexOf(language) : wanted.length);
  return said.map((one, at) => ({ one, at })).sort((a, b) => place(a.one) - place(b.one) || a.at - b.at).map(({ one }) => one);
}

/**
 * The first to read at once, the others behind their names.
 * @param {Maker} h
 * @param {readonly Said[]} said
 */
export function statementParts(h, said) {
  const [first, ...others] = said;
  if (!first) return [h("p", {}, "There is no statement any more.")];
  return [text(first), ...others.map((one) => h("details", {}, h("summary", { lang: one.language, dir: one.dir }, one.name), text(one)))];

  /** @param {Said} one */
  function text({ language, dir, text: written }) {
    const lines = written.split(/\n+/).filter((line) => line.trim());
    return h("div", { lang: language, dir }, ...lines.map((line) => h("p", {}, line)));
  }
}
