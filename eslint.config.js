import js from "@eslint/js";
import globals from "globals";

const CLIENT = "governance/web/client";
const PAGES = ["booth", "follow", "receipt", "sealing", "times", "zone"].map((name) => `${CLIENT}/${name}.js`);

const chance = { object: "Math", property: "random", message: "Predictable. Take the number as an argument, or random.js." };
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "write", "writeln"].map((property) => ({
  property,
  message: "Set textContent, or build nodes.",
}));
const evaluation = ["no-eval", "no-implied-eval", "no-new-func"];

export default [
  { ignores: ["**/dist/", ".venv/", "build/", "instance/", "bench-out/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-restricted-properties": ["error", chance, ...markup],
      "no-unused-vars": ["error", { varsIgnorePattern: "^_$", argsIgnorePattern: "^_$", destructuredArrayIgnorePattern: "^_$" }],
      ...Object.fromEntries(evaluation.map((rule) => [rule, "error"])),
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 400],
    },
  },
  {
    // A pure module knows the language and these names, no others: no page, no network, no storage, no clock, no chance.
    files: [`${CLIENT}/**/*.js`],
    ignores: PAGES,
    languageOptions: {
      globals: { TextDecoder: "readonly", TextEncoder: "readonly", atob: "readonly", btoa: "readonly" },
    },
    rules: {
      "no-restricted-globals": ["error", "Date", "Intl", "globalThis"],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
    },
  },
  { files: [`${CLIENT}/random.js`], languageOptions: { globals: { crypto: "readonly" } } },
  { files: PAGES, languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**/*.js", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
