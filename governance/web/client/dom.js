/**
 * Builds nodes: by createElement and text alone, so that no text from outside can become markup.
 * @module
 */

/** @typedef {string | boolean | ((event: Event) => void)} Value */
/** @typedef {(tag: string, attributes?: { readonly [name: string]: Value }, ...children: readonly (Node | string)[]) => HTMLElement} Maker */

/**
 * @param {Document} document
 * @returns {Maker} makes an element: a function becomes a listener, true an empty attribute, false none
 */
export function maker(document) {
  return (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };
}

/**
 * A name as people wrote it, whatever the direction of its script.
 * @param {Maker} h
 * @param {string} name
 */
export function written(h, name) {
  return h("bdi", {}, name);
}

/**
 * A tracker that no line breaks in the middle of a group.
 * @param {Maker} h
 * @param {string} tracker
 */
export function tracked(h, tracker) {
  return h("code", { class: "tracker" }, tracker);
}
