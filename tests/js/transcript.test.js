import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { fromHex, hex } from "../../governance/web/client/encoding.js";
import { scalarBytes } from "../../governance/web/client/group.js";
import { Transcript } from "../../governance/web/client/transcript.js";
import { PROTOCOL, needed } from "./shared.js";

test("the vectors", needed, () => {
  const { name, steps, scalar, scalars, after_drawing_digest_is_unchanged: after } = PROTOCOL.transcript;
  const transcript = new Transcript(name);
  assert.equal(hex(transcript.digest()), steps[0].digest_after_proto);
  for (const { label, data, digest } of steps.slice(1)) {
    assert.equal(hex(transcript.absorb(label, fromHex(data)).digest()), digest);
  }

  assert.equal(hex(scalarBytes(transcript.scalar(scalar.label))), scalar.value);
  assert.deepEqual(transcript.scalars(scalars.label, scalars.n).map((s) => hex(scalarBytes(s))), scalars.values);
  assert.equal(hex(transcript.digest()), after);
});

test("a byte on the other side of a border is another transcript", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), (one, other) => {
    const [here, there] = [new Transcript("t"), new Transcript("t")];
    here.absorb("a", one).absorb("b", other);
    there.absorb("a", one.slice(0, -1)).absorb("b", Uint8Array.of(one.at(-1) ?? 0, ...other));

    assert.notEqual(here.scalar("c"), there.scalar("c"));
  }));
});

test("a list is absorbed as its concatenation", () => {
  const [list, whole] = [new Transcript("t"), new Transcript("t")];
  list.absorb("a", [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)]);
  whole.absorb("a", Uint8Array.of(1, 2, 3));

  assert.equal(list.scalar("c"), whole.scalar("c"));
  assert.notEqual(list.scalar("c"), list.scalar("d"));
  assert.notEqual(new Transcript("t").scalar("c"), new Transcript("u").scalar("c"));
});
