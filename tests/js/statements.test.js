/**
 * What a candidate says in several languages: which is read first.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { inOrderFor } from "../../governance/web/client/statements.js";

const SAID = ["en", "ar", "pt"].map((language) => ({ language, name: language, dir: "ltr", text: language }));
/** @param {readonly string[]} languages */
const order = (languages) => inOrderFor(SAID, languages).map(({ language }) => language);

test("the reader's dearest language comes first, whatever its country", () => {
  assert.deepEqual(order(["pt-BR", "en"]), ["pt", "en", "ar"]);
  assert.deepEqual(order(["sw", "AR-eg"]), ["ar", "en", "pt"]);
});

test("without a language of the reader's, the order stays as it came", () => {
  assert.deepEqual(order([]), ["en", "ar", "pt"]);
  assert.deepEqual(order(["sw", "fr"]), ["en", "ar", "pt"]);
});

test("nothing said stays nothing", () => {
  assert.deepEqual(inOrderFor([], ["en"]), []);
});
