"""Trains the models that tell generated names from chosen ones: src/names/generated.bin.

    python3 -m venv v && v/bin/pip install numpy
    apt-get download scowl && dpkg -x scowl_*.deb x
    v/bin/python train_names.py --words x/usr/share/dict/scowl --top LIST... --tail LIST...

LIST is a text file of names that people chose, one a line: popular ones, and ordinary ones that
nobody has heard of. What was used, with its licence, stands in
docs/decisions/0017-names-are-judged-by-what-they-have-in-common.md.

The other side is not taken from any malware: `way_of` fixes a way of making names, as a program
has one, out of the ways that are common (letters at random, hexadecimal digits, syllables, words
put together, changed names, ...), and each group of ten names is made in one way.

Three parts, of which `src/names/score.rs` is the other half:

- a logistic regression over the 1- to 4-grams of a label, hashed into 65,536 weights of 8 bits;
- a Bloom filter of English words and names;
- a small network over what the ten names of a group have in common.
"""

import argparse
import base64
import glob
import os
import random

import numpy as np

SLOTS = 1 << 16
GRAM_MAX = 4
EPOCHS = 6
SEED = 7
GROUP = 10
HIDDEN = 24
N_GROUPS = 14_000
WORD_BITS = 1 << 20
WORD_PROBES = 4
WORD_LETTERS = (3, 14)
MULTIPLIER = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
SUFFIXES = [
    "com",
    "net",
    "org",
    "info",
    "biz",
    "ru",
    "cc",
    "tk",
    "pw",
    "in",
    "eu",
    "me",
    "tv",
    "us",
    "co",
    "name",
    "de",
    "nl",
    "fr",
    "it",
    "pl",
    "cn",
    "kz",
    "xyz",
    "top",
    "site",
    "online",
    "club",
    "su",
    "ga",
    "ml",
    "cf",
    "gq",
    "mobi",
    "pro",
    "ws",
    "to",
    "sc",
    "la",
    "im",
    "io",
    "ac",
    "sh",
    "co.uk",
    "com.br",
    "co.in",
    "be",
    "ch",
    "at",
    "se",
    "no",
    "fi",
    "cz",
    "es",
    "pt",
    "ro",
    "hu",
    "gr",
    "bg",
    "lt",
    "life",
    "live",
    "store",
    "shop",
    "space",
    "website",
    "tech",
    "fun",
    "icu",
    "work",
    "link",
    "click",
    "bid",
    "date",
    "win",
    "stream",
    "download",
    "review",
    "trade",
    "party",
    "science",
]
AFFIXES_FRONT = "re un in im dis en em non over mis sub pre inter fore de trans super semi anti mid under out up bi tri uni multi auto co ex extra hyper micro mini mono neo omni para photo poly post pro pseudo tele ultra vice demi".split()
AFFIXES_BACK = "able ible al ial ed en er est ful ic ing ion tion ation ition ity ty ive ative itive less ly ment ness ous eous ious s y ance ence ancy ency dom hood ship ism ist ize ify ward wise ess age ure".split()


def matrix(labels):
    data = np.zeros((len(labels), 65), np.uint32)
    lengths = np.array([len(l) + 2 for l in labels])
    for i, l in enumerate(labels):
        b = b"^" + l.encode("ascii", "replace") + b"$"
        data[i, : len(b)] = np.frombuffer(b, np.uint8)
    return data, lengths


def grams(labels):
    """Slots of all 1- to 4-grams: (flat, starts, counts)."""
    labels = [l[:63] for l in labels]
    data, lengths = matrix(labels)
    n, width = data.shape
    value = np.full((n, width), 0x811C9DC5, np.uint32)
    parts = []
    for k in range(GRAM_MAX):
        shifted = np.zeros_like(data)
        shifted[:, : width - k] = data[:, k:]
        value = (value ^ shifted) * np.uint32(0x01000193)
        slot = (value ^ (value >> np.uint32(16))) & np.uint32(SLOTS - 1)
        ok = np.arange(width)[None, :] + k < lengths[:, None]
        parts.append(np.where(ok, slot.astype(np.int64), -1))
    all_ = np.stack(parts, 2).reshape(n, -1)
    mask = all_ >= 0
    counts = mask.sum(1)
    flat = all_[mask]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return flat, starts, counts


def way_of(chance, words, chosen):
    """Fixes one way of making names, as one program has one; returns a function that makes one."""
    kind = chance.choices(
        [
            "letters",
            "short",
            "alnum",
            "hex",
            "some",
            "spoken",
            "syll",
            "vowelly",
            "words",
            "changed",
            "stem",
            "permuted",
            "coded",
            "wordrand",
            "letdig",
            "tailed",
            "affixed",
        ],
        [9, 4, 5, 4, 5, 12, 10, 4, 16, 12, 4, 3, 2, 3, 2, 3, 5],
    )[0]
    lo = chance.randint(5, 20)
    hi = lo if chance.random() < 0.4 else chance.randint(lo, min(30, lo + chance.randint(1, 10)))
    size = lambda: chance.randint(lo, hi)
    if kind == "letters":
        return lambda: "".join(chance.choices(LETTERS, k=size()))
    if kind == "short":
        n = chance.randint(4, 6)
        alphabet = LETTERS + chance.choice(["", DIGITS])
        m = n + chance.randint(0, 1)
        return lambda: "".join(chance.choices(alphabet, k=chance.randint(n, m)))
    if kind == "alnum":
        return lambda: "".join(chance.choices(LETTERS + DIGITS, k=size()))
    if kind == "hex":
        n = chance.choice([7, 8, 10, 12, 13, 16, 20, 24, 32])
        return lambda: "".join(chance.choices(DIGITS + "abcdef", k=n))
    if kind == "some":
        some = chance.sample(
            LETTERS + (DIGITS if chance.random() < 0.3 else ""), chance.randint(6, 20)
        )
        return lambda: "".join(chance.choices(some, k=size()))
    if kind == "spoken":
        strict = chance.choice([1, 0.95, 0.9, 0.8, 0.7])
        first = chance.choice([0, 0.3, 0.5, 1])
        lo2 = chance.randint(5, 10)
        hi2 = lo2 + chance.choice([0, 0, 2, 4, 6])
        cons = chance.sample(CONSONANTS, chance.randint(8, 21))
        vow = VOWELS + chance.choice(["", "y"])

        def spoken():
            out, v = [], chance.random() < first
            for _ in range(chance.randint(lo2, hi2)):
                out.append(chance.choice(vow if v else cons))
                v = not v if chance.random() < strict else v
            return "".join(out)

        return spoken
    if kind == "syll":

        def syllable():
            s = chance.choice(CONSONANTS) + chance.choice(VOWELS)
            r = chance.random()
            return (
                s + chance.choice(CONSONANTS)
                if r < 0.25
                else s + chance.choice(VOWELS)
                if r < 0.35
                else s
            )

        few = [syllable() for _ in range(chance.randint(10, 60))]
        ends = [syllable() for _ in range(chance.randint(3, 12))] if chance.random() < 0.5 else few
        joint = chance.choice(["", "", "-"])
        n = chance.randint(2, 4)
        parts = chance.randint(1, 3) if joint else 1
        return lambda: joint.join(
            "".join(chance.choice(few) for _ in range(chance.randint(n - 1, n)))
            + chance.choice(ends)
            for _ in range(chance.randint(1, parts))
        )[:40]
    if kind == "affixed":
        front = chance.sample(AFFIXES_FRONT, chance.randint(4, 12))
        back = chance.sample(AFFIXES_BACK, chance.randint(4, 12))
        joint = chance.choice(["", "-"])
        parts = chance.randint(1, 3) if joint else 1
        n = chance.randint(1, 4)
        bare = chance.random() < 0.3

        def one():
            mid = "".join(
                chance.choice(CONSONANTS) + chance.choice(VOWELS)
                for _ in range(chance.randint(1, n))
            )
            return (
                ("" if bare and chance.random() < 0.4 else chance.choice(front))
                + mid
                + ("" if bare and chance.random() < 0.4 else chance.choice(back))
            )

        return lambda: joint.join(one() for _ in range(chance.randint(1, parts)))[:60]
    if kind == "vowelly":
        weights = [chance.choice([2, 3, 4]) if l in VOWELS else 1 for l in LETTERS]
        return lambda: "".join(chance.choices(LETTERS, weights, k=size()))
    if kind == "words":
        some = chance.sample(words, chance.choice([60, 200, 400, 1000, 4000]))
        other = some if chance.random() < 0.6 else chance.sample(words, 300)
        joint = chance.choice(["", "", "-"])
        either = chance.random() < 0.4
        n = 3 if chance.random() < 0.2 else 2

        def put():
            j = chance.choice(["", "-"]) if either else joint
            return j.join(chance.choice(some if i % 2 == 0 else other) for i in range(n))[:60]

        return put
    if kind == "changed":
        n = chance.choice([1, 2, 2, 3])
        alphabet = LETTERS + chance.choice(["", DIGITS])

        def changed():
            name = list(chance.choice(chosen))
            for _ in range(n):
                name[chance.randrange(len(name))] = chance.choice(alphabet)
            return "".join(name)

        return changed
    if kind == "stem":
        stem = (
            "".join(chance.choice(words) for _ in range(chance.randint(1, 3)))[
                : chance.randint(8, 24)
            ]
            if chance.random() < 0.6
            else "".join(chance.choices(LETTERS, k=chance.randint(7, 14)))
        )
        n = chance.randint(2, 4)
        front = chance.random() < 0.7

        def stemmed():
            part = "".join(chance.choices(LETTERS, k=n))
            return part + stem if front else stem + part

        return stemmed
    if kind == "permuted":
        base = chance.choices(LETTERS, k=chance.randint(5, 12))
        return lambda: "".join(chance.sample(base, len(base)))
    if kind == "coded":
        n = chance.randint(6, 12)
        return lambda: (
            base64.b64encode("".join(chance.choices(DIGITS, k=n)).encode())
            .decode()
            .lower()
            .rstrip("=")
        )
    if kind == "wordrand":
        k = chance.randint(3, 8)
        front = chance.random() < 0.5

        def wordrand():
            w, r = chance.choice(words)[:7], "".join(chance.choices(LETTERS, k=k))
            return w + r if front else r + w

        return wordrand
    if kind == "tailed":
        stem = chance.choice(words)[: chance.randint(2, 5)]
        k = chance.randint(5, 10)
        alphabet = chance.choice([LETTERS, LETTERS + DIGITS, DIGITS])
        return lambda: stem + "".join(chance.choices(alphabet, k=k))
    a, b = chance.randint(1, 5), chance.randint(3, 8)
    return lambda: "".join(chance.choices(LETTERS, k=a)) + "".join(chance.choices(DIGITS, k=b))


def suffixes_of(chance):
    r = chance.random()
    if r < 0.4:
        one = chance.choice(SUFFIXES[:20] if chance.random() < 0.7 else SUFFIXES)
        return lambda: one
    if r < 0.8:
        some = chance.sample(
            SUFFIXES[:25] if chance.random() < 0.6 else SUFFIXES, chance.randint(2, 10)
        )
        return lambda: chance.choice(some)
    return lambda: chance.choice(SUFFIXES)


def group_of(chance, way, suffix, several):
    names, seen = [], set()
    for _ in range(400):
        if len(names) == GROUP:
            break
        label = way()
        for _ in range(chance.randint(1, several)):
            name = (label, suffix())
            if 3 <= len(label) and name not in seen and len(names) < GROUP:
                seen.add(name)
                names.append(name)
    return names if len(names) == GROUP else None


def split(line):
    labels = line.strip().lower().rstrip(".").split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    at = 3 if second else 2
    return (labels[-at], ".".join(labels[-at + 1 :])) if at <= len(labels) else ("", "")


def usable(label):
    return 3 <= len(label) and label.isascii() and not label.startswith(("xn--", "_"))


def train(labels, targets, chance):
    flat, starts, lengths = grams(labels)
    ends = starts + lengths
    weights, bias, squares = np.zeros(SLOTS), 0.0, np.full(SLOTS, 1e-3)
    order = np.arange(len(labels))
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        for batch in np.array_split(order, max(1, len(order) // 512)):
            index = np.concatenate([flat[starts[e] : ends[e]] for e in batch])
            owner = np.repeat(np.arange(len(batch)), lengths[batch])
            scale = 1 / np.sqrt(lengths[batch])
            sums = np.bincount(owner, weights[index], len(batch)) * scale + bias
            errors = 1 / (1 + np.exp(-np.clip(sums, -30, 30))) - targets[batch]
            gradient = np.bincount(index, (errors * scale)[owner], SLOTS) / len(batch)
            squares += gradient**2
            weights -= 0.05 * (gradient / np.sqrt(squares)) + 1e-6 * weights
            bias -= 0.05 * errors.mean()
    return weights, bias


def scores(weights, bias, labels):
    flat, starts, lengths = grams(labels)
    return np.add.reduceat(weights[flat], starts) / np.sqrt(lengths) + bias


class Words:
    """Tells words, and labels that are one or two of them."""

    def __init__(self, words):
        self.words = set(words)

    def parts(self, label):
        """How a label is put together: whether of two words or one, and how much words cover."""
        bare = label.replace("-", "")[:63]
        lower, upper = WORD_LETTERS
        fronts = [i for i in range(lower, min(upper, len(bare)) + 1) if bare[:i] in self.words]
        backs = [i for i in range(lower, min(upper, len(bare)) + 1) if bare[-i:] in self.words]
        is_one = len(bare) in fronts
        is_two = not is_one and any(len(bare) - i in backs for i in fronts)
        cover = (max(fronts, default=0) + max(backs, default=0)) / len(bare) if bare else 0
        return is_two, is_one, min(1.0, cover)

    def bits(self):
        """A Bloom filter: a polynomial hash of the letters, then four probes out of its mix."""
        bits = np.zeros(WORD_BITS // 8, np.uint8)
        for word in sorted(self.words):
            value = 0
            for byte in word.encode():
                value = (value * MULTIPLIER + byte) & MASK
            for probe in probes(value):
                bits[probe >> 3] |= 1 << (probe & 7)
        return bits


def probes(value):
    value = ((value ^ (value >> 32)) * MULTIPLIER) & MASK
    value ^= value >> 29
    first, step = value & 0xFFFFFFFF, (value >> 32) | 1
    return [(first + n * step & 0xFFFFFFFF) & (WORD_BITS - 1) for n in range(WORD_PROBES)]


def turns(label):
    """The share of neighbours of which one is a vowel, and the longest run of consonants."""
    n_turns, longest, run = 0, 0, 0
    for first, after in zip(label, label[1:]):
        n_turns += (first in VOWELS) != (after in VOWELS)
    for letter in label:
        run = run + 1 if letter in CONSONANTS else 0
        longest = max(longest, run)
    return n_turns / max(1, len(label) - 1), longest


def of_label(label, score, words):
    is_two, is_one, cover = words.parts(label)
    n_turns, run = turns(label)
    digits = sum(letter.isdigit() for letter in label)
    vowels = sum(letter in VOWELS for letter in label)
    return [score, is_two, is_one, len(label), digits, vowels, "-" in label, n_turns, run, cover]


def features(groups, model, words):
    """What the names of each group have in common, in the order of `Common` in score.rs."""
    labels = [label for group in groups for label, _ in group]
    known = scores(*model, labels)
    table = np.array([of_label(*each, words) for each in zip(labels, known)], float)
    table = table.reshape(-1, GROUP, 10)
    score, two, one, length, digits, vowels, hyphen, turn, run, cover = table.transpose(2, 0, 1)
    ordered = np.sort(score, 1)
    share = vowels / length
    columns = [
        score.mean(1),
        ordered[:, 0],
        ordered[:, 1],
        score.std(1),
        two.mean(1),
        one.mean(1),
        length.mean(1) / 10,
        length.std(1) / 3,
        digits.sum(1) / length.sum(1),
        share.mean(1),
        share.std(1) * 5,
        hyphen.mean(1),
        (digits > 0).mean(1),
        turn.mean(1),
        turn.std(1) * 5,
        run.mean(1) / 3,
        cover.mean(1),
        cover.std(1),
        (length * two).sum(1) / np.maximum(1, two.sum(1)) / 10,
    ]
    texts = np.array([in_common(group) for group in groups])
    return np.column_stack(columns + list(texts.T))


def in_common(group):
    labels = [label for label, _ in group]
    most = lambda texts: max(map(texts.count, texts)) / GROUP
    return [
        len({suffix for _, suffix in group}) / GROUP,
        len(set("".join(labels))) / 20,
        most([label[:3] for label in labels]),
        most([label[-3:] for label in labels]),
        len(set(labels)) / GROUP,
    ]


def mlp(x, y, weight, hidden, rng, epochs=40, l2=3e-4):
    mean, sd = x.mean(0), x.std(0) + 1e-6
    z = (x - mean) / sd
    d = z.shape[1]
    p = [
        rng.normal(0, 1 / np.sqrt(d), (d, hidden)),
        np.zeros(hidden),
        rng.normal(0, 1 / np.sqrt(hidden), hidden),
        0.0,
    ]
    m = [np.zeros_like(q) for q in p]
    v = [np.zeros_like(q) for q in p]
    t = 0
    for e in range(epochs):
        order = rng.permutation(len(z))
        rate = 5e-3 * (1 - e / epochs) + 2e-4
        for batch in np.array_split(order, len(order) // 512):
            a, target, w = z[batch], y[batch], weight[batch]
            h = np.tanh(a @ p[0] + p[1])
            o = h @ p[2] + p[3]
            err = (1 / (1 + np.exp(-np.clip(o, -40, 40))) - target) * w / len(batch)
            gh = np.outer(err, p[2]) * (1 - h * h)
            g = [a.T @ gh + l2 * p[0], gh.sum(0), h.T @ err + l2 * p[2], err.sum()]
            t += 1
            for i in range(4):
                m[i] = 0.9 * m[i] + 0.1 * g[i]
                v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2
                p[i] = p[i] - rate * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    w0 = p[0] / sd[:, None]
    b0 = p[1] - (mean / sd) @ p[0]
    return w0, b0, p[2], p[3]


def judge(net, x):
    return np.tanh(x @ net[0] + net[1]) @ net[2] + net[3]


def lines(paths):
    return [line for path in paths for line in open(path, encoding="latin1")]


def words_of(folder):
    """The words of sizes up to 50 and the names, without rare words of three letters."""
    found = set()
    for path in glob.glob(os.path.join(folder, "*")):
        name, _, size = os.path.basename(path).rpartition(".")
        is_wanted = name.split("-", 1)[0] in ("english", "american")
        is_wanted &= name.split("-", 1)[-1] in ("words", "upper", "proper-names")
        if is_wanted and int(size) <= 50:
            found.update(line.strip().lower() for line in lines([path]))
    lower, upper = WORD_LETTERS
    return {
        word for word in found if word.isascii() and word.isalpha() and lower <= len(word) <= upper
    }


def common_words_of(folder):
    paths = [
        os.path.join(folder, f"{kind}-words.{size}")
        for kind in ("english", "american")
        for size in (10, 20)
    ]
    words = {line.strip() for line in lines(paths)}
    return sorted(
        word
        for word in words
        if word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 12
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--words", required=True)
    arguments.add_argument("--top", nargs="+", required=True)
    arguments.add_argument("--tail", nargs="+", required=True)
    arguments.add_argument("--out", default="../src/names/generated.bin")
    options = arguments.parse_args()
    chance = random.Random(SEED)
    names = lambda paths: sorted({name for name in map(split, lines(paths)) if usable(name[0])})
    top, tail = names(options.top), names(options.tail)
    every, common = Words(words_of(options.words)), common_words_of(options.words)
    wide = sorted(every.words)
    chosen = sorted({label for label, _ in top + tail})
    short = [label for label in chosen if 4 <= len(label) <= 12]
    way = lambda: way_of(chance, common if chance.random() < 0.7 else wide, short)
    made = []
    while len(made) < len(chosen):
        one = way()
        made += [label for label in (one() for _ in range(20)) if 3 <= len(label)]
    targets = np.concatenate([np.zeros(len(chosen)), np.ones(len(made))])
    weights, bias = train(chosen + made, targets, np.random.default_rng(SEED))
    step = np.abs(weights).max() / 127
    small = np.round(weights / step).astype(np.int8)
    model = (small * step, bias)
    print(f"{len(chosen)} chosen, {len(made)} made, {len(wide)} words", flush=True)

    groups = []
    while len(groups) < N_GROUPS:
        one, suffix, several = way(), suffixes_of(chance), chance.choice([1, 1, 1, 1, 3, 5])
        for _ in range(2):
            group = group_of(chance, one, suffix, several)
            if group:
                groups.append(group)
    ordinary = lambda pool, n: [chance.sample(pool, GROUP) for _ in range(n)]
    quiet = ordinary(top, N_GROUPS) + ordinary(tail, 3 * N_GROUPS)
    by_suffix = {}
    for name in top + tail:
        by_suffix.setdefault(name[1], []).append(name)
    for suffix in ("com", "net", "org", "ru", "de"):
        quiet += ordinary(by_suffix[suffix], N_GROUPS // 10)
    table = np.concatenate([features(groups, model, every), features(quiet, model, every)])
    targets = np.concatenate([np.ones(len(groups)), np.zeros(len(quiet))])
    net = mlp(table, targets, np.ones(len(targets)), HIDDEN, np.random.default_rng(3))
    with open(options.out, "wb") as file:
        file.write(
            np.array([step, bias], "<f4").tobytes() + small.tobytes() + every.bits().tobytes()
        )
        for values in (net[0], net[1], net[2], np.array([net[3]])):
            file.write(np.ascontiguousarray(values, "<f4").tobytes())
    fresh = np.sort(judge(net, features(ordinary(tail, 40_000), model, every)))[::-1]
    print("highest of 40,000 groups of ordinary names:", fresh[[0, 3, 39]].round(2))


if __name__ == "__main__":
    main()
