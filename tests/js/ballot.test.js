import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";

import { NONE, SealedBallot, check, checkOpening, readCast, seal, tracker } from "../../governance/web/client/ballot.js";
import { dump, parse } from "../../governance/web/client/canonical.js";
import { readElection, styleOf } from "../../governance/web/client/election.js";
import { fromHex, fromUtf8, hex, utf8 } from "../../governance/web/client/encoding.js";
import { readBallot } from "../../governance/web/client/entries.js";
import { MalformedError, ProofError } from "../../governance/web/client/errors.js";
import { G, ORDER, plus, point, pointBytes, scalar, scalarBytes, times } from "../../governance/web/client/group.js";
import { embed, encode } from "../../governance/web/client/ranking.js";
import { nonces } from "../../governance/web/client/random.js";
import { CREDENTIAL, OTHER, aBallot, aSealedBallot, anElection, styleNumber } from "./builders.js";
import { PROTOCOL, load, needed, record } from "./shared.js";

const ELECTION = anElection();
const STYLE = styleNumber(ELECTION);
const BALLOT = aBallot();

/** The election of the vectors' ballots, which come without a manifest. @param {any} given */
function vectorElection({ ctx, Y, contests, without_proof: text }) {
  const own = contests.map((/** @type {any} */ { id, n, m }) => ({
    id,
    most: m,
    candidates: Array.from({ length: n }, (_, i) => ({ id: `c${i}` })),
  }));
  const { election: id } = JSON.parse(text);
  const election = { ...anElection(), id, ctx: fromHex(ctx), key: point(fromHex(Y)), contests: own };
  return { election, style: { contests: own, sha256: "", size: 0 } };
}

/** @param {any} given */
function vectorVote(given) {
  const secret = scalar(fromHex(given.sk));
  const rankings = given.contests.map((/** @type {any} */ { id, ranking }) => [id, ranking.map((/** @type {number} */ i) => `c${i}`)]);
  return {
    ...vectorElection(given),
    credential: { secret, point: times(secret, G) },
    previous: fromHex(given.previous),
    rankings: Object.fromEntries(rankings),
    nonces: given.contests.map((/** @type {any} */ { r }) => scalar(fromHex(r))),
  };
}

test("ballots are sealed and proven as in the vectors", needed, () => {
  for (const given of PROTOCOL.ballot) {
    const sealed = seal(vectorVote(given));
    assert.equal(fromUtf8(sealed.bytes), given.without_proof);
    assert.equal(sealed.tracker, given.tracker);
    assert.equal(hex(sha256(sealed.bytes)), given.sha256_without_proof);
    for (const { ranking, n, m, M } of given.contests) assert.equal(hex(pointBytes(embed(encode(ranking, n, m)))), M);

    const bytes = sealed.prove(given.w.map((/** @type {string} */ w) => scalar(fromHex(w))));

    assert.equal(fromUtf8(bytes), given.entry);
    assert.equal(hex(readCast(bytes).digest), given.sha256);
    assert.equal(readCast(bytes).tracker, given.tracker);
  }
});

test("the vectors' ballots are checked, and opened seals of them", needed, () => {
  for (const given of PROTOCOL.ballot) {
    const { election, style } = vectorElection(given);
    check(election, style, fromHex(given.previous), utf8(given.entry));

    assert.equal(checkOpening(election, style, seal(vectorVote(given)).open()).tracker, given.tracker);
  }
});

/**
 * Check every ballot of a record, as far as a ballot can be checked by itself.
 * @param {string} file
 * @returns {number} how many there were
 */
function checkAll(file) {
  const { entries, blob } = record(file);
  const kinds = entries.map((entry) => ({ entry, kind: JSON.parse(new TextDecoder().decode(entry)).kind }));
  const [manifest] = kinds.filter(({ kind }) => kind === "manifest");
  const election = readElection(manifest?.entry ?? new Uint8Array());
  const lists = election.styles.map(({ sha256: digest }) => blob(digest));
  const last = new Map();
  let seen = 0;
  for (const { entry } of kinds.filter(({ kind }) => kind === "ballot")) {
    const { ballot, digest, tracker: shown } = readCast(entry);
    const style = styleOf(election, point(fromHex(ballot.credential)), lists);
    assert.ok(style, "not listed");
    check(election, style, last.get(ballot.credential) ?? NONE, entry);
    last.set(ballot.credential, digest);

    assert.deepEqual(dump(/** @type {any} */ (ballot)), entry);
    const { proof: _, ...rest } = ballot;
    assert.equal(shown, tracker(dump(rest)));
    seen += 1;
  }
  return seen;
}

for (const [name, ballots] of /** @type {const} */ ([["extended", 9], ["tiny", 6], ["two", 45], ["void", 15]])) {
  test(`every ballot of the good record ref-${name} is made of our bytes, and its proof holds`, needed, () => {
    assert.equal(checkAll(`protocol-v1/good/ref-${name}.record.zip`), ballots);
  });
}

test("the ballots that the vectors refuse are refused", needed, () => {
  const files = (load("protocol-v1/refused/manifest.json") ?? []).map((/** @type {any} */ { file }) => file);
  const ours = ["r02-ballot-z0-plus-q", "r03-other-credential", "r03-other-election-ctx", "r04-previous-not-zeros"];
  for (const name of ours) {
    assert.ok(files.includes(`${name}.record.zip`), name);
    assert.throws(() => checkAll(`protocol-v1/refused/${name}.record.zip`), MalformedError, name);
  }
});

/** A ranking for each contest of the first style. */
const votes = fc.record(
  {
    board: fc.shuffledSubarray(["board-0", "board-1", "board-2", "board-3", "board-4"]),
    audit: fc.shuffledSubarray(["audit-0", "audit-1", "audit-2"], { maxLength: 2 }),
  },
  { noNullPrototype: true },
);
const few = { numRuns: 15 };

test("every vote can be sealed, proven and checked", () => {
  fc.assert(fc.property(votes, fc.uint8Array({ minLength: 32, maxLength: 32 }), (rankings, previous) => {
    const sealed = aSealedBallot({ rankings, previous, nonces: nonces(2) });
    const bytes = sealed.prove(nonces(3));

    check(ELECTION, STYLE, previous, bytes);
    assert.equal(readCast(bytes).tracker, sealed.tracker);
    assert.match(sealed.tracker, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  }), few);
});

test("every seal that is opened shows what was sealed", () => {
  fc.assert(fc.property(votes, (rankings) => {
    const sealed = aSealedBallot({ rankings, nonces: nonces(2) });

    assert.deepEqual(checkOpening(ELECTION, STYLE, sealed.open()), { tracker: sealed.tracker, rankings });
  }), few);
});

test("a seal is proven or opened, once", () => {
  const [proven, opened, twice] = [aSealedBallot(), aSealedBallot(), aSealedBallot()];
  proven.prove([1n, 2n, 3n]);
  opened.open();
  twice.open();

  assert.throws(() => proven.open(), RangeError);
  assert.throws(() => proven.prove([1n, 2n, 3n]), RangeError);
  assert.throws(() => opened.prove([1n, 2n, 3n]), RangeError);
  assert.throws(() => twice.open(), RangeError);
});

test("what can be seen of a seal holds no secret", () => {
  const sealed = aSealedBallot();

  assert.deepEqual(Object.keys(sealed).sort(), ["bytes", "tracker"]);
  assert.ok(!fromUtf8(sealed.bytes).includes("board-3"));
  assert.ok(!fromUtf8(sealed.bytes).includes("proof"));
});

for (const [what, changes] of Object.entries({
  "a candidate twice": { rankings: { board: ["board-1", "board-1"], audit: [] } },
  "a candidate that there is not": { rankings: { board: ["audit-0"], audit: [] } },
  "more candidates than may be ranked": { rankings: { board: [], audit: ["audit-0", "audit-1", "audit-2"] } },
  "a contest missing": { rankings: { board: [] } },
  "a contest too many": { rankings: { board: [], audit: [], other: [] } },
  "another contest": { rankings: { board: [], constructor: [] } },
  "a nonce missing": { nonces: [1n] },
  "a nonce of 0": { nonces: [1n, 0n] },
  "a short previous": { previous: new Uint8Array(31) },
  "an earlier vote where nobody votes twice": {
    election: anElection({ revotes: false }),
    previous: new Uint8Array(32).fill(1),
  },
})) {
  test(`a vote with ${what} cannot be sealed`, () => {
    assert.throws(() => aSealedBallot(/** @type {any} */ (changes)), RangeError);
  });
}

test("a proof takes one nonce more than there are contests", () => {
  for (const ws of [[1n, 2n], [1n, 2n, 3n, 4n]]) assert.throws(() => aSealedBallot().prove(ws), RangeError);
});

test("nonces of 0 in a proof make commitments that are the identity, which may be", () => {
  const bytes = aSealedBallot().prove([0n, 0n, 0n]);

  assert.equal(readBallot(bytes).proof.commitments[0], "00".repeat(32));
  check(ELECTION, STYLE, NONE, bytes);
});

/** @param {string} given @returns {string} another point */
const nextPoint = (given) => hex(pointBytes(plus(point(fromHex(given)), G)));
/** @param {string} given @returns {string} another scalar */
const nextScalar = (given) => hex(scalarBytes((scalar(fromHex(given)) + 1n) % ORDER));
/** @param {string} given @returns {string} the same scalar, badly written */
const unreduced = (given) => hex(fromHex((BigInt(`0x${hex(fromHex(given).reverse())}`) + ORDER).toString(16).padStart(64, "0")).reverse());

/** @type {{ [what: string]: (ballot: any) => void }} */
const PROOF_CHANGES = {
  "another credential": (ballot) => (ballot.credential = hex(pointBytes(OTHER.point))),
  "another A of the first contest": (ballot) => (ballot.contests[0].a = nextPoint(ballot.contests[0].a)),
  "another A of the second contest": (ballot) => (ballot.contests[1].a = nextPoint(ballot.contests[1].a)),
  "another B of the first contest": (ballot) => (ballot.contests[0].b = nextPoint(ballot.contests[0].b)),
  "another B of the second contest": (ballot) => (ballot.contests[1].b = nextPoint(ballot.contests[1].b)),
  "the ciphertexts of two contests swapped": ({ contests: [one, two] }) => {
    [one.a, one.b, two.a, two.b] = [two.a, two.b, one.a, one.b];
  },
  "another commitment for the credential": ({ proof }) => (proof.commitments[0] = nextPoint(proof.commitments[0])),
  "another commitment for a contest": ({ proof }) => (proof.commitments[2] = nextPoint(proof.commitments[2])),
  "another response for the credential": ({ proof }) => (proof.responses[0] = nextScalar(proof.responses[0])),
  "another response for the first contest": ({ proof }) => (proof.responses[1] = nextScalar(proof.responses[1])),
  "another response for the second contest": ({ proof }) => (proof.responses[2] = nextScalar(proof.responses[2])),
  "two responses swapped": ({ proof }) => proof.responses.reverse(),
};

/** @type {{ [what: string]: (ballot: any) => void }} */
const FORM_CHANGES = {
  "another kind": (ballot) => (ballot.kind = "notice"),
  "another election": (ballot) => (ballot.election = "other"),
  "another previous": (ballot) => (ballot.previous = "11".repeat(32)),
  "a credential that is the identity": (ballot) => (ballot.credential = "00".repeat(32)),
  "an A that is the identity": (ballot) => (ballot.contests[0].a = "00".repeat(32)),
  "an A that is no point": (ballot) => (ballot.contests[0].a = "01".repeat(32)),
  "a point in capitals": (ballot) => (ballot.contests[0].a = ballot.contests[0].a.toUpperCase()),
  "a contest too few": (ballot) => ballot.contests.pop(),
  "a contest twice": (ballot) => (ballot.contests[1] = ballot.contests[0]),
  "the contests in another order": (ballot) => ballot.contests.reverse(),
  "another contest's id": (ballot) => (ballot.contests[1].id = "other"),
  "a commitment too few": ({ proof }) => proof.commitments.pop(),
  "a commitment too many": ({ proof }) => proof.commitments.push(proof.commitments[0]),
  "a response too few": ({ proof }) => proof.responses.pop(),
  "a response too many": ({ proof }) => proof.responses.push(proof.responses[0]),
  "a response plus the order": ({ proof }) => (proof.responses[0] = unreduced(proof.responses[0])),
  "no proof": (ballot) => delete ballot.proof,
  "no contests": (ballot) => delete ballot.contests,
  "a further field": (ballot) => (ballot.at = "2026-03-01T09:00:00Z"),
  "a further field in a contest": (ballot) => (ballot.contests[0].c = 1),
  "a number for a point": (ballot) => (ballot.contests[0].a = 1),
};

for (const [what, change] of Object.entries(PROOF_CHANGES)) {
  test(`the proof does not hold for ${what}`, () => {
    const ballot = JSON.parse(fromUtf8(BALLOT));
    change(ballot);

    assert.throws(() => check(ELECTION, STYLE, NONE, dump(ballot)), ProofError);
  });
}

for (const [what, change] of Object.entries(FORM_CHANGES)) {
  test(`a ballot with ${what} is malformed`, () => {
    const ballot = JSON.parse(fromUtf8(BALLOT));
    change(ballot);

    assert.throws(() => check(ELECTION, STYLE, NONE, dump(ballot)), MalformedError);
  });
}

for (const [what, changes] of Object.entries({
  "another manifest": { title: "Another title" },
  "another key": { public_key: hex(pointBytes(G)) },
})) {
  test(`the proof does not hold under ${what}`, () => {
    const other = anElection(changes);

    assert.throws(() => check(other, styleNumber(other), NONE, BALLOT), ProofError);
  });
}

test("a ballot that follows another than it says is refused", () => {
  const previous = sha256(BALLOT);
  const bytes = aBallot({ previous });

  check(ELECTION, STYLE, previous, bytes);
  assert.throws(() => check(ELECTION, STYLE, NONE, bytes), MalformedError);
  assert.throws(() => check(ELECTION, STYLE, previous, BALLOT), MalformedError);
});

test("a ballot of another style is refused", () => {
  assert.throws(() => check(ELECTION, styleNumber(ELECTION, 1), NONE, BALLOT), MalformedError);
});

test("an A that is the identity is refused also where the proof holds", () => {
  const whole = /** @type {any} */ (parse(aSealedBallot().bytes));
  whole.contests[1].a = "00".repeat(32);
  const secrets = { election: ELECTION, credential: CREDENTIAL, unproven: whole, nonces: [11n, 0n], rankings: {} };
  const bytes = new SealedBallot(secrets).prove([1n, 2n, 3n]);

  assert.throws(() => check(ELECTION, STYLE, NONE, bytes), /8: the identity/);
});

test("a B that is the identity may be", () => {
  // B = M + r·Y is the identity if M happens to be −r·Y; nobody can bring that about, and nobody has to rule it out.
  const ballot = /** @type {any} */ (parse(BALLOT));
  ballot.contests[0].b = "00".repeat(32);

  assert.throws(() => check(ELECTION, STYLE, NONE, dump(ballot)), ProofError);
});

/** @type {{ [what: string]: (opened: any) => void }} */
const OPENING_CHANGES = {
  "another ranking": ({ rankings }) => rankings[0].reverse(),
  "a blank for a ranking": ({ rankings }) => (rankings[0] = []),
  "a candidate twice": ({ rankings }) => (rankings[0] = ["board-3", "board-3"]),
  "a candidate of another contest": ({ rankings }) => (rankings[0] = ["audit-0"]),
  "too many candidates": ({ rankings }) => (rankings[1] = ["audit-0", "audit-1", "audit-2"]),
  "another nonce": (opened) => (opened.nonces[0] = nextScalar(opened.nonces[0])),
  "another A": ({ ballot }) => (ballot.contests[0].a = nextPoint(ballot.contests[0].a)),
  "another B": ({ ballot }) => (ballot.contests[0].b = nextPoint(ballot.contests[0].b)),
};

/** @type {{ [what: string]: (opened: any) => void }} */
const OPENING_FORM_CHANGES = {
  "another election": ({ ballot }) => (ballot.election = "other"),
  "a proof": ({ ballot }) => (ballot.proof = { commitments: [], responses: [] }),
  "a nonce too few": ({ nonces: list }) => list.pop(),
  "a ranking too few": ({ rankings }) => rankings.pop(),
  "a text for a ranking": ({ rankings }) => (rankings[0] = "board-3"),
  "a text for the rankings": (opened) => (opened.rankings = "board-3"),
  "a number for a candidate": ({ rankings }) => (rankings[0] = [3]),
  "a number for a nonce": (opened) => (opened.nonces[0] = 11),
  "a text for the ballot": (opened) => (opened.ballot = "ballot"),
  "a list for the ballot": (opened) => (opened.ballot = []),
  "no nonces": (opened) => delete opened.nonces,
  "a further field": (opened) => (opened.further = 1),
  "a further field in the ballot": ({ ballot }) => (ballot.further = 1),
};

for (const [what, change] of Object.entries(OPENING_CHANGES)) {
  test(`an opened seal with ${what} is refused`, () => {
    const opened = JSON.parse(fromUtf8(aSealedBallot().open()));
    change(opened);

    assert.throws(() => checkOpening(ELECTION, STYLE, dump(opened)), ProofError);
  });
}

for (const [what, change] of Object.entries(OPENING_FORM_CHANGES)) {
  test(`an opened seal with ${what} is malformed`, () => {
    const opened = JSON.parse(fromUtf8(aSealedBallot().open()));
    change(opened);

    assert.throws(() => checkOpening(ELECTION, STYLE, dump(opened)), MalformedError);
  });
}

for (const value of [1, true, "x", [], {}]) {
  test(`${JSON.stringify(value)} is no opened seal and no ballot`, () => {
    assert.throws(() => checkOpening(ELECTION, STYLE, dump(value)), MalformedError);
    assert.throws(() => readCast(dump(value)), MalformedError);
  });
}

test("another credential in an opened seal gives another tracker", () => {
  const sealed = aSealedBallot();
  const opened = JSON.parse(fromUtf8(sealed.open()));
  assert.equal(opened.ballot.credential, hex(pointBytes(CREDENTIAL.point)));
  opened.ballot.credential = hex(pointBytes(OTHER.point));

  assert.notEqual(checkOpening(ELECTION, STYLE, dump(opened)).tracker, sealed.tracker);
});
