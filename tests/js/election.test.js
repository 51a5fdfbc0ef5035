import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, sha512 } from "@noble/hashes/sha2.js";

import { dump } from "../../governance/web/client/canonical.js";
import { readElection, styleOf } from "../../governance/web/client/election.js";
import { concat, fromHex, hex } from "../../governance/web/client/encoding.js";
import { MalformedError } from "../../governance/web/client/errors.js";
import { G, point, pointBytes, times } from "../../governance/web/client/group.js";
import { CREDENTIAL, LISTS, LOG, OTHER, WITNESSES, aContest, aManifest, anElection, aSigner, verifierKey } from "./builders.js";
import { needed, record } from "./shared.js";

test("an election is what its manifest says", () => {
  const bytes = dump(aManifest());
  const election = readElection(bytes);

  assert.deepEqual(election.ctx, sha512(bytes));
  assert.deepEqual(election.contests.map(({ id, most, candidates }) => [id, most, candidates.length]), [["board", 5, 5], ["audit", 2, 3]]);
  assert.deepEqual(election.styles.map(({ contests }) => contests.map(({ id }) => id)), [["board", "audit"], ["board"]]);
  assert.equal(election.board.log.name, LOG.name);
  assert.equal(election.board.quorum, 2);
});

for (const name of ["ref-extended", "ref-tiny", "ref-two", "ref-void"]) {
  test(`the manifest of ${name} is read, and its lists are`, needed, () => {
    const { entries, blob } = record(`protocol-v1/good/${name}.record.zip`);
    const bytes = /** @type {Uint8Array} */ (entries.find((entry) => new TextDecoder().decode(entry).includes('"kind":"manifest"')));
    const election = readElection(bytes);
    const lists = election.styles.map(({ sha256 }) => blob(sha256));

    election.styles.forEach((style, i) => {
      const credential = /** @type {Uint8Array} */ (lists[i]).slice(0, 32);
      assert.equal(styleOf(election, point(credential), lists), style);
    });
    assert.equal(styleOf(election, G, lists), null);
  });
}

test("a credential has the style of its list", () => {
  const election = anElection();

  assert.equal(styleOf(election, CREDENTIAL.point, LISTS), election.styles[0]);
  assert.equal(styleOf(election, OTHER.point, LISTS), election.styles[1]);
  assert.equal(styleOf(election, G, LISTS), null);
});

test("other lists than the manifest's are refused", () => {
  const election = anElection();
  const [first = new Uint8Array(), second = new Uint8Array()] = LISTS;

  for (const lists of [[first], [second, first], [first, pointBytes(G)], [first, second, second], [first, second.slice(1)]]) {
    assert.throws(() => styleOf(election, CREDENTIAL.point, lists), MalformedError);
  }
});

for (const [what, lists, sizes] of /** @type {[string, Uint8Array[], number[]][]} */ ([
  ["that share a credential", [concat(LISTS), concat([...LISTS].reverse())], [64, 64]],
  ["one of which ends within a credential", [concat([...LISTS, Uint8Array.of(0)]), pointBytes(G)], [65, 32]],
  ["one of which has another size than the manifest says", LISTS, [64, 32]],
])) {
  test(`lists ${what} are refused`, () => {
    const credentials = aManifest().credentials.map((/** @type {object} */ given, /** @type {number} */ i) => {
      return { ...given, sha256: hex(sha256(lists[i] ?? new Uint8Array())), size: sizes[i] };
    });

    assert.throws(() => styleOf(anElection({ credentials }), CREDENTIAL.point, lists), MalformedError);
  });
}

const manifest = aManifest();
const small = { ...LOG, public: fromHex("01".padEnd(64, "0")) };

/** @param {object} changes */
const boardWith = (changes) => ({ board: { ...manifest.board, ...changes } });
/** @param {object} changes @param {number} [n] */
const contestWith = (changes, n = 5) => ({ contests: [aContest("board", n, changes), manifest.contests[1]] });
/** @param {unknown} contests */
const styleWith = (contests) => ({ credentials: [{ ...manifest.credentials[0], contests }] });

for (const [what, changes] of Object.entries({
  "another kind": { kind: "ballot" },
  "version 2": { version: 2 },
  "a text for the version": { version: "1" },
  "an election id with a dot": { election: "a.b" },
  "an election id of 65": { election: "a".repeat(65) },
  "an empty id": { election: "" },
  "a number for the title": { title: 1 },
  "a short ceremony": { ceremony: "00" },
  "a ceremony in capitals": { ceremony: "AA".repeat(64) },
  "a key that is no point": { public_key: "ff".repeat(32) },
  "a key that is the identity": { public_key: "00".repeat(32) },
  "the 30th of February": { opens: "2026-02-30T09:00:00Z" },
  "the 29th of February 1900": { opens: "1900-02-29T09:00:00Z" },
  "hour 24": { opens: "2026-03-01T24:00:00Z" },
  "second 60": { opens: "2026-03-01T09:00:60Z" },
  "a time zone": { opens: "2026-03-01T09:00:00+00:00" },
  "a time without seconds": { closes: "2026-03-01T09:00Z" },
  "month 13": { closes: "2026-13-01T09:00:00Z" },
  "day 0": { closes: "2026-01-00T09:00:00Z" },
  "1 for true": { revotes: 1 },
  "an unknown field": { further: 1 },
  "no contests": { contests: [] },
  "an object for the contests": { contests: {} },
  "a contest twice": { contests: [manifest.contests[0], manifest.contests[0]] },
  "a contest that is a list": { contests: [[]] },
  "a contest without a title": { contests: [{ ...manifest.contests[0], title: undefined }].map(({ title: _, ...rest }) => rest) },
  "max_ranks 0": contestWith({ max_ranks: 0 }),
  "max_ranks above the candidates": contestWith({ max_ranks: 6 }),
  "no candidates": contestWith({ candidates: [] }),
  "a candidate twice": contestWith({ candidates: [manifest.contests[0].candidates[0], manifest.contests[0].candidates[0]], max_ranks: 1 }),
  "55 candidates in full": contestWith({}, 55),
  "a rule with a parameter": contestWith({ rule: { id: "scottish-stv", places: 5 } }),
  "a constraint without a field": contestWith({ constraints: [{ attribute: "a" }] }),
  "a number in after": contestWith({ after: [1] }),
  "no credentials": { credentials: [] },
  "a style without contests": styleWith([]),
  "a style with its contests in another order": styleWith(["audit", "board"]),
  "a style with a contest twice": styleWith(["board", "board"]),
  "a style with a contest that there is not": styleWith(["board", "none"]),
  "another origin": boardWith({ origin: "log.example/other" }),
  "a witness's key for the log's": boardWith({ key: verifierKey({ ...LOG, type: 4 }) }),
  "a log's key for a witness's": boardWith({ witnesses: [verifierKey(aSigner("x", 1))], quorum: 1 }),
  "the log's key as a witness's": boardWith({ witnesses: [verifierKey({ ...LOG, type: 4, name: "x" })], quorum: 1 }),
  "the log's name as a witness's": boardWith({ witnesses: [verifierKey({ ...aSigner("x", 4), name: LOG.name })], quorum: 1 }),
  "a witness twice": boardWith({ witnesses: [WITNESSES[0], WITNESSES[0]].map((w) => verifierKey(w ?? LOG)), quorum: 1 }),
  "a log's key of small order": boardWith({ key: verifierKey(small) }),
  "a quorum above the witnesses": boardWith({ quorum: 4 }),
  "a quorum of 0 with witnesses": boardWith({ quorum: 0 }),
  "a quorum without witnesses": boardWith({ witnesses: [], quorum: 1 }),
})) {
  test(`a manifest with ${what} is refused`, () => {
    assert.throws(() => readElection(dump(/** @type {any} */ (aManifest(changes)))), MalformedError);
  });
}

for (const field of Object.keys(manifest)) {
  test(`a manifest without ${field} is refused`, () => {
    const { [field]: _, ...rest } = aManifest();

    assert.throws(() => readElection(dump(rest)), MalformedError);
  });
}

test("a large contest with few ranks is fine", () => {
  const election = anElection(contestWith({ max_ranks: 10 }, 300));

  assert.equal(election.contests[0]?.candidates.length, 300);
});

test("an entry has at most a mebibyte", () => {
  assert.throws(() => anElection({ title: "x".repeat(2 ** 20) }), /1 MiB/);
});

test("the 29th of February of leap years is a day", () => {
  for (const year of ["2024", "2000"]) assert.ok(anElection({ opens: `${year}-02-29T00:00:00Z` }));
});

test("the key of the election is a point", () => {
  assert.equal(hex(pointBytes(anElection().key)), hex(pointBytes(times(123456789n, G))));
});
