"""A small prover for tests, written from protocol.md: it makes whole records, honest or changed where a test asks.

Randomness is a hash of a counter, so records are the same every time. Never for real elections.

`hook(name, value)` is called wherever something is about to be signed, hashed or written, and returns what is used
in its place; what follows is made honestly from the changed value, signatures and tree included.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from governance.verifier import board, canonical, constraints, count, ed25519, group, proofs, ranking
from governance.verifier.group import Extended
from governance.verifier.msm import sum_affine
from governance.verifier.transcript import ORDER, Transcript

Hook = Callable[[str, Any], Any]


def keep(_name: str, value: Any) -> Any:
    """Change nothing."""
    return value


class Fixed:
    """Multiples of one point by a table of 64 windows of four bits."""

    def __init__(self, point: Extended) -> None:
        self.table = []
        for _ in range(64):
            row = [group.IDENTITY]
            for _ in range(15):
                row.append(group.add(row[-1], point))
            self.table.append(row)
            point = group.add(row[-1], point)

    def __call__(self, scalar: int) -> Extended:
        scalar %= ORDER
        total = group.IDENTITY
        for row in self.table:
            if scalar & 15:
                total = group.add(total, row[scalar & 15])
            scalar >>= 4
        return total


times_g = Fixed(group.BASE)
times_h = Fixed(group.hash_to_group("governance/v1/h", b""))
encode = group.encode


def le(scalar: int) -> bytes:
    return (scalar % ORDER).to_bytes(32, "little")


def point(data: bytes) -> Extended:
    """Decode; what a test has made undecodable goes on as G, so that a record can be made with it."""
    return group.from_affine(group.decode(data) or group.to_affine([group.BASE]))


@cache
def public_of(seed: bytes) -> bytes:
    return ed25519.encode_point(group.multiply(_expand(seed)[0], ed25519.B))


def _expand(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    secret = int.from_bytes(digest[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    return secret, digest[32:]


def sign(seed: bytes, message: bytes) -> bytes:
    secret, prefix = _expand(seed)
    key = public_of(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ORDER
    first = ed25519.encode_point(group.multiply(r, ed25519.B))
    h = int.from_bytes(hashlib.sha512(first + key + message).digest(), "little") % ORDER
    return first + le(r + h * secret)


def verifier_key(name: str, kind: int, key: bytes) -> str:
    material = bytes((kind,)) + key
    key_id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(material).decode()}"


def candidates(*names: str, reopen: str = "") -> list[dict[str, Any]]:
    return [{"id": name, "name": name, "reopen": name == reopen} for name in names]


def contest(name: str, *names: str, **changes: Any) -> dict[str, Any]:
    reopen = changes.pop("reopen", "")
    value: dict[str, Any] = {
        "id": name,
        "title": name,
        "seats": 1,
        "max_ranks": len(names),
        "min_ballots": 2,
        "candidates": candidates(*names, reopen=reopen),
        "rule": {"id": "scottish-stv"},
        "constraints": [],
        "after": [],
    }
    return value | changes


@dataclass
class Plan:
    """What election to make. `votes` are (voter, {contest: ranking or bytes of a plaintext}); styles[i] of voter i."""

    contests: list[dict[str, Any]] = field(default_factory=lambda: [contest("board", "a", "b", "c")])
    styles: list[tuple[str, ...]] = field(default_factory=lambda: [("board",)] * 4)
    votes: list[tuple[int, dict[str, Any]]] = field(
        default_factory=lambda: [(i, {"board": r}) for i, r in enumerate([(0,), (1, 0), (), (0, 2, 1)])]
    )
    trustees: int = 3
    threshold: int = 2
    mixers: tuple[int, ...] = (1, 2)
    decrypters: tuple[int, ...] = (1, 2)
    witnesses: int = 0
    quorum: int = 0
    revotes: bool = True
    seed: str = "test"
    withdraw: list[tuple[str, str]] = field(default_factory=list)
    cancel: bool = False


class Maker:
    """Makes one record; entries and blobs pile up in `entries` and `blobs`."""

    def __init__(self, plan: Plan, hook: Hook = keep) -> None:
        self.plan, self.hook = plan, hook
        self.counter = 0
        self.entries: list[bytes] = []
        self.blobs: dict[str, bytes] = {}
        n = plan.trustees
        self.identity_seeds = {j: self.secret_bytes(f"identity{j}") for j in range(1, n + 1)}
        self.registrar_seed = self.secret_bytes("registrar")
        self.log_seed = self.secret_bytes("log")
        self.witness_seeds = [self.secret_bytes(f"witness{i}") for i in range(plan.witnesses)]
        self.coefficients = {j: [self.random() for _ in range(plan.threshold)] for j in range(1, n + 1)}
        self.x = {
            j: sum(a * j**e for poly in self.coefficients.values() for e, a in enumerate(poly)) % ORDER
            for j in range(1, n + 1)
        }
        self.secrets = [self.random() for _ in plan.styles]
        self.credentials = [encode(times_g(sk)) for sk in self.secrets]
        self.elected: dict[str, list[str]] = {}
        self.origin = f"log.example/{plan.seed}"

    def secret_bytes(self, label: str) -> bytes:
        return hashlib.sha256(f"{self.plan.seed}/{label}".encode()).digest()

    def random(self) -> int:
        self.counter += 1
        digest = hashlib.sha512(f"{self.plan.seed}#{self.counter}".encode()).digest()
        return int.from_bytes(digest, "little") % ORDER

    def put(self, name: str, value: Any, seed: bytes | None = None) -> bytes:
        value = self.hook(name, value)
        if value is None:
            return b""
        if seed is not None:
            value = value | {"signature": sign(seed, canonical.write(value)).hex()}
            value = self.hook(name + " signed", value)
        raw = value if isinstance(value, bytes) else canonical.write(value)
        self.entries.append(raw)
        return raw

    def ref(self, data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return {"sha256": digest, "size": len(data)}

    # --- the ceremony and the manifest

    def ceremony(self) -> None:
        plan = self.plan
        trustees = [
            {"index": j, "name": f"T{j}", "identity": public_of(seed).hex(), "box": self.secret_bytes(f"box{j}").hex()}
            for j, seed in self.identity_seeds.items()
        ]
        raw = self.put(
            "ceremony",
            {
                "kind": "ceremony",
                "election": plan.seed,
                "threshold": plan.threshold,
                "registrar": {"name": "R", "identity": public_of(self.registrar_seed).hex()},
                "trustees": trustees,
            },
        )
        self.cer = hashlib.sha512(raw).digest()
        keys = {}
        commitments = {j: [times_g(a) for a in poly] for j, poly in self.coefficients.items()}
        for j, seed in self.identity_seeds.items():
            encoded = [encode(each) for each in commitments[j]]
            w = self.random()
            t = Transcript("governance/v1/trustee-key").absorb("ceremony", self.cer)
            t.absorb("index", j.to_bytes(4, "big")).absorb("commitments", b"".join(encoded))
            first = encode(times_g(w))
            c = t.absorb("R", first).scalar("c")
            value = self.hook(
                "trustee-key",
                {
                    "kind": "trustee-key",
                    "index": j,
                    "commitments": [e.hex() for e in encoded],
                    "proof": {"commitment": first.hex(), "response": le(w + c * self.coefficients[j][0]).hex()},
                },
            )
            value["signature"] = sign(seed, canonical.write(value)).hex()
            keys[j] = canonical.write(self.hook("trustee-key signed", value))
        for j, seed in self.identity_seeds.items():
            commit = hashlib.sha512(keys[j]).hexdigest()
            self.put("trustee-commit", {"kind": "trustee-commit", "index": j, "commit": commit}, seed)
        self.entries += keys.values()
        together = hashlib.sha512(b"".join(keys[j] for j in sorted(keys))).hexdigest()
        for j, seed in self.identity_seeds.items():
            self.put("trustee-confirm", {"kind": "trustee-confirm", "index": j, "keys": together}, seed)
        self.y = times_g(sum(poly[0] for poly in self.coefficients.values()))
        self.times_y = Fixed(self.y)

    def manifest(self) -> None:
        plan = self.plan
        lists = []
        for style in dict.fromkeys(plan.styles):
            members = sorted(p for p, s in zip(self.credentials, plan.styles, strict=True) if s == style)
            blob = self.hook("credentials blob", b"".join(members))
            value = {
                "contests": list(style),
                "count": len(blob) // 32,
                **self.ref(blob),
                "roll": {"count": len(members), "root": hashlib.sha256(str(style).encode()).hexdigest()},
            }
            value = self.hook("credentials", value)
            signed = {"ceremony": self.cer.hex(), "election": plan.seed, "kind": "credentials", **value}
            value["signature"] = sign(
                self.registrar_seed, canonical.write(self.hook("credentials signed", signed))
            ).hex()
            lists.append(value)
        raw = self.put(
            "manifest",
            {
                "kind": "manifest",
                "version": 1,
                "election": plan.seed,
                "title": "Test",
                "ceremony": self.cer.hex(),
                "public_key": encode(self.y).hex(),
                "opens": "2026-03-01T09:00:00Z",
                "closes": "2026-03-08T18:00:00Z",
                "revotes": plan.revotes,
                "contests": plan.contests,
                "credentials": lists,
                "board": {
                    "origin": self.origin,
                    "key": verifier_key(self.origin, 1, public_of(self.log_seed)),
                    "witnesses": [verifier_key(f"w{i}", 4, public_of(s)) for i, s in enumerate(self.witness_seeds)],
                    "quorum": plan.quorum,
                },
            },
        )
        self.ctx = hashlib.sha512(raw).digest()
        for name, candidate in plan.withdraw:
            self.put("withdraw", {"kind": "withdraw", "contest": name, "candidate": candidate})
        for j, seed in self.identity_seeds.items():
            w, share = self.random(), times_g(self.x[j])
            t = Transcript("governance/v1/ready").absorb("ctx", self.ctx).absorb("index", j.to_bytes(4, "big"))
            first = encode(times_g(w))
            c = t.absorb("share", encode(share)).absorb("R", first).scalar("c")
            self.put(
                "trustee-ready",
                {
                    "kind": "trustee-ready",
                    "index": j,
                    "manifest": self.ctx.hex(),
                    "proof": {"commitment": first.hex(), "response": le(w + c * self.x[j]).hex()},
                },
                seed,
            )

    # --- ballots

    def seal(self, voter: int, rankings: dict[str, Any], previous: bytes) -> dict[str, Any]:
        shapes = {c["id"]: c for c in self.plan.contests}
        secrets, parts, pairs = [self.secrets[voter]], [], b""
        for name in self.plan.styles[voter]:
            choice, shape = rankings[name], shapes[name]
            plaintext = (
                choice
                if isinstance(choice, bytes)
                else ranking.embed(code_of(choice, len(shape["candidates"])).to_bytes(30, "little"))
            )
            r = self.random()
            a, b = encode(times_g(r)), encode(group.add(point(plaintext), self.times_y(r)))
            secrets.append(r)
            parts.append({"id": name, "a": a.hex(), "b": b.hex()})
            pairs += a + b
        secrets = self.hook("secrets", secrets)
        ws = [self.random() for _ in secrets]
        firsts = [encode(times_g(w)) for w in ws]
        t = Transcript("governance/v1/ballot").absorb("ctx", self.ctx).absorb("credential", self.credentials[voter])
        t.absorb("previous", previous).absorb("key", encode(self.y)).absorb("ciphertexts", pairs)
        c = t.absorb("commitments", b"".join(firsts)).scalar("c")
        return {
            "kind": "ballot",
            "election": self.plan.seed,
            "credential": self.credentials[voter].hex(),
            "previous": previous.hex(),
            "contests": parts,
            "proof": {
                "commitments": [f.hex() for f in firsts],
                "responses": [le(w + c * s).hex() for w, s in zip(ws, secrets, strict=True)],
            },
        }

    def poll(self) -> None:
        self.put("open", {"kind": "open", "at": "2026-03-01T09:00:00Z"})
        last: dict[int, bytes] = {}
        for voter, rankings in self.plan.votes:
            raw = self.put(
                "ballot",
                self.seal(voter, rankings, hashlib.sha256(last[voter]).digest() if voter in last else bytes(32)),
            )
            last.pop(voter, None)
            last[voter] = raw
        self.put("close", {"kind": "close", "at": "2026-03-08T18:00:00Z", "ballots": len(self.plan.votes)})
        self.lists = {c["id"]: b"" for c in self.plan.contests}
        for raw in last.values():
            for part in json.loads(raw)["contests"] if raw else []:
                if part["id"] in self.lists:
                    self.lists[part["id"]] += bytes.fromhex(part["a"] + part["b"])

    # --- mixing

    def mix(self, name: str, mixer: int, trustee: int, before: bytes) -> bytes:
        n = len(before) // 64
        points = [point(before[at : at + 32]) for at in range(0, len(before), 32)]
        psi = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.random() % (i + 1)
            psi[i], psi[j] = psi[j], psi[i]
        rp = [self.random() for _ in range(n)]
        tmp = [
            (group.add(points[2 * i], times_g(rp[i])), group.add(points[2 * i + 1], self.times_y(rp[i])))
            for i in range(n)
        ]
        out = [tmp[p] for p in psi]
        after = b"".join(encode(a) + encode(b) for a, b in out)
        proof = self.prove_mix(name, mixer, before, after, psi, rp, out)
        after = self.hook("output", after)
        proof = self.hook("proof", proof)
        self.put(
            "shuffle",
            {
                "kind": "shuffle",
                "contest": name,
                "mixer": mixer,
                "trustee": trustee,
                "input": self.ref(before),
                "output": self.ref(after),
                "proof": self.ref(proof),
            },
            self.identity_seeds[trustee],
        )
        return bytes(after)

    def prove_mix(
        self,
        name: str,
        mixer: int,
        before: bytes,
        after: bytes,
        psi: list[int],
        rp: list[int],
        out: list[tuple[Extended, Extended]],
    ) -> bytes:
        n = len(psi)
        h_i = [group.hash_to_group("governance/v1/h_i", i.to_bytes(8, "big")) for i in range(n)]
        r, rho, omega_hat, omega_prime = [0] * n, *([self.random() for _ in range(n)] for _ in range(3))
        c: list[Extended] = [group.IDENTITY] * n
        for i, p in enumerate(psi):
            r[p] = self.random()
            c[p] = group.add(times_g(r[p]), h_i[i])
        c_blob = b"".join(map(encode, c))
        t = Transcript("governance/v1/shuffle").absorb("ctx", self.ctx).absorb("contest", name.encode())
        t.absorb("mixer", mixer.to_bytes(4, "big")).absorb("key", encode(self.y)).absorb("n", n.to_bytes(8, "big"))
        u = t.absorb("e", before).absorb("e2", after).absorb("c", c_blob).scalars("u", n)
        up = [u[p] for p in psi]
        chain, that, big_r, big_u = [], [], 0, 1
        for i in range(n):
            # ĉ_{i-1} is R·G + U·H of the step before.
            that.append(group.add(times_g(omega_hat[i] + omega_prime[i] * big_r), times_h(omega_prime[i] * big_u)))
            big_r, big_u = (rho[i] + up[i] * big_r) % ORDER, up[i] * big_u % ORDER
            chain.append(group.add(times_g(big_r), times_h(big_u)))
        w1, w2, w3, w4 = (self.random() for _ in range(4))
        sums = [
            sum_affine(omega_prime, group.to_affine(pts)) for pts in (h_i, [a for a, _ in out], [b for _, b in out])
        ]
        ts = [
            times_g(w1),
            times_g(w2),
            group.add(times_g(w3), sums[0]),
            group.add(times_g(-w4), sums[1]),
            group.add(self.times_y(-w4), sums[2]),
        ]
        ts = self.hook("t", ts)
        blobs = [b"".join(map(encode, pts)) for pts in (chain, ts, that)]
        x = t.absorb("chain", blobs[0]).absorb("t", blobs[1]).absorb("that", blobs[2]).scalar("x")
        v = [1] * n
        for i in range(n - 1, 0, -1):
            v[i - 1] = up[i] * v[i] % ORDER
        s = [w1 + x * sum(r), w2 + x * dot(rho, v), w3 + x * dot(r, u), w4 + x * dot(rp, u)]
        s_hat = [omega_hat[i] + x * rho[i] for i in range(n)]
        s_prime = [omega_prime[i] + x * up[i] for i in range(n)]
        return c_blob + blobs[0] + blobs[2] + blobs[1] + b"".join(le(each) for each in (*s, *s_hat, *s_prime))

    # --- decryption and count

    def decrypt(self, name: str, trustee: int, blob: bytes) -> bytes:
        a = [blob[at : at + 32] for at in range(0, len(blob), 64)]
        x = self.x[trustee]
        factors = self.hook("factors", b"".join(encode(group.multiply(x, point(each))) for each in a))
        digests = hashlib.sha256(blob).digest() + hashlib.sha256(factors).digest()
        digests = self.hook("digests", digests)
        listed = []
        key = encode(times_g(x))
        for run in range(-(-len(a) // proofs.RUN)):
            cs, ds = (
                b"".join(a[run * proofs.RUN : (run + 1) * proofs.RUN]),
                factors[32 * run * proofs.RUN : 32 * (run + 1) * proofs.RUN],
            )
            context = proofs.decryption_context(self.ctx, name, trustee, run, digests)
            weights = proofs.composite_weights(key, cs, ds, context)
            affine = group.decode_all(cs)
            assert isinstance(affine, bytes)
            m = sum_affine(weights, affine)
            z, r = group.multiply(x, m), self.random()
            c = proofs.equality_challenge(key, [encode(p) for p in (m, z, times_g(r), group.multiply(r, m))], context)
            listed.append({"c": le(c).hex(), "s": le(r - c * x).hex()})
        self.put(
            "decrypt",
            {
                "kind": "decrypt",
                "contest": name,
                "trustee": trustee,
                "input": self.ref(blob),
                "factors": self.ref(factors),
                "proofs": listed,
            },
            self.identity_seeds[trustee],
        )
        return bytes(factors)

    def finish(self, shape: dict[str, Any], blob: bytes, factors: dict[int, bytes]) -> None:
        name, ids = shape["id"], [c["id"] for c in shape["candidates"]]
        chosen = list(factors)[: self.plan.threshold]
        lam = {}
        for j in chosen:
            f = Fraction(1)
            for other in chosen:
                if other != j:
                    f *= Fraction(other, other - j)
            lam[j] = f.numerator * pow(f.denominator, -1, ORDER) % ORDER
        alike: dict[tuple[str, ...], int] = {}
        blank = invalid = 0
        for i in range(len(blob) // 64):
            m = point(blob[64 * i + 32 : 64 * i + 64])
            for j in chosen:
                m = group.add(m, group.multiply(-lam[j] % ORDER, point(factors[j][32 * i : 32 * i + 32])))
            code = ranking.code_of(encode(m))
            found = None if code is None else ranking.ranking_of(code, len(ids), shape["max_ranks"])
            if found is None:
                invalid += 1
            elif not found:
                blank += 1
            else:
                key = tuple(ids[p] for p in found)
                alike[key] = alike.get(key, 0) + 1
        papers = sorted(alike.items())
        result = self.hook(
            "result blob", {"blank": blank, "invalid": invalid, "papers": [[k, list(p)] for p, k in papers]}
        )
        result_blob = canonical.write(result)
        self.put("result", {"kind": "result", "contest": name, "ballots": self.ref(result_blob)})
        seed = hashlib.sha512(
            b"governance/v1/lots" + self.ctx + len(name).to_bytes(4, "big") + name.encode() + result_blob
        ).digest()
        order = tuple(sorted(ids, key=lambda each: hashlib.sha512(seed + each.encode()).digest()))
        before = {
            e
            for other in shape["after"]
            for e in self.elected.get(other, [])
            if not any(
                c["id"] == e and c["reopen"] for s in self.plan.contests if s["id"] == other for c in s["candidates"]
            )
        }
        withdrawn = {c for k, c in self.plan.withdraw if k == name} | before
        terms = count.Terms(
            shape["seats"],
            tuple(ids),
            order,
            frozenset(withdrawn & set(ids)),
            next((c["id"] for c in shape["candidates"] if c["reopen"]), ""),
            tuple(
                (
                    constraints.Bound(
                        k["min"] - k["seated"] - len(before & set(k["candidates"])),
                        k["max"] - k["seated"] - len(before & set(k["candidates"])),
                    ),
                    frozenset(k["candidates"]),
                )
                for k in shape["constraints"]
            ),
        )
        counted = count.count([(k, p) for p, k in papers], terms, shape["rule"]["id"])
        counted = self.hook("count blob", counted)
        self.elected[name] = counted["elected"]
        self.put(
            "count",
            {
                "kind": "count",
                "contest": name,
                "rule": shape["rule"]["id"],
                "elected": counted["elected"],
                "stages": self.ref(canonical.write(counted)),
            },
        )

    def tally(self) -> None:
        for shape in self.plan.contests:
            name = shape["id"]
            blob = self.hook("list_0", self.lists[name])
            if len(blob) // 64 < shape["min_ballots"]:
                self.put("void", {"kind": "void", "contest": name, "ballots": len(blob) // 64})
                continue
            for mixer, trustee in enumerate(self.plan.mixers, 1):
                blob = self.mix(name, mixer, trustee, blob)
            factors = {j: self.decrypt(name, j, blob) for j in self.plan.decrypters}
            self.finish(shape, blob, factors)

    # --- the record

    def make(self) -> "Maker":
        self.ceremony()
        self.manifest()
        if self.plan.cancel:
            self.put("open", {"kind": "open", "at": "2026-03-01T09:00:00Z"})
            self.put("cancel", {"kind": "cancel", "at": "2026-03-02T09:00:00Z", "reason": "test"})
        else:
            self.poll()
            self.tally()
        return self

    def checkpoint(self, entries: list[bytes]) -> bytes:
        root = board.root(b"".join(map(board.leaf_hash, entries)))
        text = f"{self.origin}\n{len(entries)}\n{base64.b64encode(root).decode()}\n"
        text = self.hook("checkpoint text", text)
        lines = [self.line(verifier_key(self.origin, 1, public_of(self.log_seed)), sign(self.log_seed, text.encode()))]
        for i, seed in enumerate(self.witness_seeds):
            signature = sign(seed, f"cosignature/v1\ntime 1772999000\n{text}".encode())
            lines.append(
                self.line(verifier_key(f"w{i}", 4, public_of(seed)), (1772999000).to_bytes(8, "big") + signature)
            )
        lines = self.hook("lines", lines)
        return f"{text}\n{''.join(lines)}".encode()

    @staticmethod
    def line(key: str, signature: bytes) -> str:
        name, digits, _ = key.split("+", 2)
        return f"\u2014 {name} {base64.b64encode(bytes.fromhex(digits) + signature).decode()}\n"

    def files(self) -> dict[str, bytes]:
        entries = self.hook("entries", self.entries)
        text = b"".join(raw + b"\n" for raw in entries)
        used = {digest: data for digest, data in self.blobs.items() if digest.encode() in text}
        return {
            "entries.jsonl": text,
            "checkpoint": self.checkpoint(entries),
            **{f"blobs/{digest}": data for digest, data in used.items()},
        }

    def zip(self) -> bytes:
        return zipped(self.files())


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def dot(one: list[int], two: list[int]) -> int:
    return sum(a * b for a, b in zip(one, two, strict=True))


def code_of(choice: tuple[int, ...], size: int) -> int:
    """Encode a ranking as section 4 says."""
    code, arrangements = 0, 1
    for length in range(len(choice)):
        code += arrangements
        arrangements *= size - length
    unused, value = list(range(size)), 0
    for place, number in enumerate(choice):
        value = value * (size - place) + unused.index(number)
        unused.remove(number)
    return code + value
