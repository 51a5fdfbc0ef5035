/**
 * The desk: what is handed in is kept until its receipt is here, whatever happens on the way.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readCast } from "../../governance/web/client/ballot.js";
import { dump } from "../../governance/web/client/canonical.js";
import { Desk } from "../../governance/web/client/desk.js";
import { hex } from "../../governance/web/client/encoding.js";
import { ProofError } from "../../governance/web/client/errors.js";
import { Keep, draftName } from "../../governance/web/client/keep.js";
import { RefusedError, Server } from "../../governance/web/client/server.js";
import { aBallot, aCheckpoint, aManifest, hashesOf, inclusionProof, rootOf, someEntries } from "./builders.js";

const BALLOT = aBallot();
const ENTRIES = someEntries(8);
ENTRIES[3] = BALLOT;
const HASHES = hashesOf(ENTRIES);
const RECEIPT = dump({
  index: 3,
  proof: inclusionProof(3, HASHES).map(hex),
  checkpoint: aCheckpoint({ size: 8, root: rootOf(HASHES) }),
});

/** @returns {Storage} as a browser has it: what is set can be listed by its keys */
function storage() {
  const methods = {
    getItem: (/** @type {string} */ name) => kept[name] ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void (kept[name] = value),
    removeItem: (/** @type {string} */ name) => void delete kept[name],
  };
  /** @type {any} */
  const kept = Object.create(methods);
  return kept;
}

/** @param {(url: string) => Uint8Array | number} answer bytes, or a status of a refusal */
function aDesk(answer, member = "m1") {
  const [device, session] = [storage(), storage()];
  /** @type {string[]} */
  const asked = [];
  const server = new Server(async (url, init) => {
    asked.push(`${init?.method ?? "GET"} ${url}`);
    const given = answer(url);
    return typeof given === "number" ? new Response('{"error":"No."}', { status: given }) : new Response(new Uint8Array(given));
  }, "/elections/e1");
  const keeps = { device: new Keep(device), session: new Keep(session) };
  const desk = (/** @type {string} */ who) => new Desk(server, keeps, { id: "e1", member: who, token: "t" });
  return { desk: desk(member), other: desk("m2"), device, keeps, asked };
}

const good = (/** @type {string} */ url) => (url.endsWith("/manifest") ? dump(aManifest()) : RECEIPT);

test("what was acknowledged is kept as a receipt, and as nothing else", async () => {
  const { desk, device, keeps, asked } = aDesk(good);
  keeps.session.set(draftName("e1"), { rankings: {} });
  desk.keep(BALLOT);

  const { kept } = await desk.handIn(BALLOT);

  assert.deepEqual(asked, ["POST /elections/e1/ballots", "GET /elections/e1/manifest"]);
  assert.deepEqual(Object.keys(device), [`governance receipt e1 ${readCast(BALLOT).ballot.credential}`]);
  assert.deepEqual(keeps.device.all("receipt e1 "), [kept]);
  assert.equal(keeps.session.get(draftName("e1")), null);
  assert.equal(desk.pending, null);
});

for (const [what, answer, error] of /** @type {const} */ ([
  ["refused", () => 409, RefusedError],
  ["not answered for now", () => 503, RefusedError],
  ["answered with another ballot's receipt", (/** @type {string} */ url) => (url.endsWith("/manifest") ? dump(aManifest()) : dump({
    index: 4, proof: inclusionProof(4, HASHES).map(hex), checkpoint: aCheckpoint({ size: 8, root: rootOf(HASHES) }),
  })), ProofError],
])) {
  test(`what was ${what} stays kept`, async () => {
    const { desk, keeps } = aDesk(answer);
    desk.keep(BALLOT);

    await assert.rejects(() => desk.handIn(BALLOT), error);

    assert.deepEqual(desk.pending, BALLOT);
    assert.deepEqual(keeps.device.all("receipt "), []);
  });
}

test("each member has a desk of their own, and anybody sees that something waits", () => {
  const { desk, other } = aDesk(good);
  desk.keep(BALLOT);

  assert.equal(other.pending, null);
  assert.ok(other.waits);
  desk.drop();
  assert.ok(!other.waits);
});

test("what somebody else wrote there is no ballot, and goes", () => {
  const { desk, keeps } = aDesk(good);
  for (const odd of ["not base 64!", 7, { a: 1 }]) {
    keeps.device.set("pending e1 m1", odd);

    assert.equal(desk.pending, null);
  }
  keeps.device.set("pending e1 m1", "not base 64!");
  assert.equal(desk.pending, null);
  assert.ok(!desk.waits);
});

test("a browser that keeps nothing hands in all the same", async () => {
  const none = { device: new Keep(null), session: new Keep(null) };
  const server = new Server(async (url) => new Response(new Uint8Array(good(url))), "/elections/e1");
  const desk = new Desk(server, none, { id: "e1", member: "m1", token: "t" });
  desk.keep(BALLOT);

  assert.equal((await desk.handIn(BALLOT)).kept.election, "e1");
  assert.equal(desk.pending, null);
});
