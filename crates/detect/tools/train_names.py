"""Trains the model that tells generated names from chosen ones: src/names/generated.bin.

    python3 -m venv v && v/bin/pip install numpy
    v/bin/python train_names.py CHOSEN_LIST... --out ../src/names/generated.bin

CHOSEN_LIST is a text file of names that people chose, one a line (a popularity list and, better,
a sample of ordinary names that nobody has heard of). What was used, with its licence, stands in
docs/decisions/0006-a-model-of-made-up-names.md.

The other side is not taken from any malware: `invented` makes names in the ways that such programs
commonly do (letters at random, hexadecimal digits, syllables, words put together, changed names).

The model is a logistic regression over the 1- to 4-grams of the registrable label, hashed into
65,536 weights of 8 bits. `hashes` and `src/names.rs` must agree.
"""

import argparse
import random

import numpy as np

SLOTS = 1 << 16
GRAM_MAX = 4
EPOCHS = 6
SEED = 7
VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def hashes(label):
    """The slots of a label's n-grams: FNV-1a of each, with `^` before and `$` behind."""
    data = b"^" + label.encode("ascii", "replace")[:63] + b"$"
    slots = []
    for start in range(len(data)):
        value = 0x811C9DC5
        for byte in data[start : start + GRAM_MAX]:
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
            slots.append((value ^ (value >> 16)) & (SLOTS - 1))
    return slots


def syllables(chance, n):
    parts = []
    for _ in range(n):
        kind = chance.random()
        parts.append(chance.choice(CONSONANTS) + chance.choice(VOWELS))
        if kind < 0.25:
            parts.append(chance.choice(CONSONANTS))
        elif kind < 0.35:
            parts.append(chance.choice(VOWELS))
    return "".join(parts)


def invented(chance, words):
    """One name in one of the ways that programs make names."""
    way = chance.random()
    if way < 0.26:
        return "".join(chance.choices(LETTERS, k=chance.randint(5, 28)))
    if way < 0.30:
        return "".join(chance.choices(LETTERS + chance.choice(["", DIGITS]), k=chance.randint(4, 6)))
    if way < 0.38:
        return "".join(chance.choices(LETTERS + DIGITS, k=chance.randint(6, 30)))
    if way < 0.43:
        return "".join(chance.choices(DIGITS + "abcdef", k=chance.randint(7, 32)))
    if way < 0.50:
        some = chance.sample(LETTERS, chance.randint(8, 20))
        return "".join(chance.choices(some, k=chance.randint(6, 20)))
    if way < 0.72:
        return spoken(chance)
    if way < 0.76:
        weights = [3 if letter in VOWELS else 1 for letter in LETTERS]
        return "".join(chance.choices(LETTERS, weights, k=chance.randint(6, 16)))
    if way < 0.88:
        joint = chance.choice(["", "", "", "-"])
        return joint.join(chance.choice(words) for _ in range(chance.randint(2, 3)))[:40]
    if way < 0.94:
        name = list(chance.choice(words))
        for _ in range(2):
            name[chance.randrange(len(name))] = chance.choice(LETTERS + DIGITS)
        return "".join(name)
    if way < 0.97:
        return chance.choice(words)[:6] + "".join(chance.choices(LETTERS, k=chance.randint(3, 9)))
    return "".join(chance.choices(LETTERS, k=chance.randint(2, 5))) + "".join(
        chance.choices(DIGITS, k=chance.randint(3, 10))
    )


def spoken(chance):
    """A name that can be said aloud: vowels and consonants by turns, more or less strictly."""
    strict = chance.choice([1.0, 0.9, 0.75])
    letters, is_vowel = [], chance.random() < 0.4
    for _ in range(chance.randint(6, 16)):
        letters.append(chance.choice(VOWELS if is_vowel else CONSONANTS))
        is_vowel = not is_vowel if chance.random() < strict else is_vowel
    return "".join(letters)


def label_of(line):
    """The label that somebody registered, without knowledge of public suffixes."""
    labels = line.strip().lower().rstrip(".").split(".")
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    at = 3 if is_second_level else 2
    return labels[-at] if at <= len(labels) else ""


def is_usable(label):
    return 3 <= len(label) and label.isascii() and not label.startswith("xn--")


def features(labels):
    lists = [hashes(label) for label in labels]
    lengths = np.array([len(each) for each in lists])
    flat = np.fromiter((slot for each in lists for slot in each), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return flat, starts, lengths


def scores(weights, bias, labels):
    flat, starts, lengths = features(labels)
    return np.add.reduceat(weights[flat], starts) / np.sqrt(lengths) + bias


def train(labels, targets, chance):
    flat, starts, lengths = features(labels)
    ends = starts + lengths
    weights, bias, squares = np.zeros(SLOTS), 0.0, np.full(SLOTS, 1e-3)
    order = np.arange(len(labels))
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        for batch in np.array_split(order, max(1, len(order) // 512)):
            index = np.concatenate([flat[starts[each] : ends[each]] for each in batch])
            owner = np.repeat(np.arange(len(batch)), lengths[batch])
            scale = 1 / np.sqrt(lengths[batch])
            sums = np.bincount(owner, weights[index], len(batch)) * scale + bias
            errors = 1 / (1 + np.exp(-np.clip(sums, -30, 30))) - targets[batch]
            gradient = np.bincount(index, (errors * scale)[owner], SLOTS) / len(batch)
            squares += gradient**2
            weights -= 0.05 * (gradient / np.sqrt(squares)) + 1e-6 * weights
            bias -= 0.05 * errors.mean()
    return weights, bias


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("lists", nargs="+")
    arguments.add_argument("--out", required=True)
    options = arguments.parse_args()
    chance = random.Random(SEED)
    chosen = set()
    for path in options.lists:
        with open(path) as lines:
            chosen.update(filter(is_usable, map(label_of, lines)))
    chosen = sorted(chosen)
    words = [label for label in chosen if label.isalpha() and len(label) <= 9]
    made = [invented(chance, words) for _ in range(len(chosen))]
    labels = chosen + made
    targets = np.concatenate([np.zeros(len(chosen)), np.ones(len(made))])
    weights, bias = train(labels, targets, np.random.default_rng(SEED))
    step = np.abs(weights).max() / 127
    small = np.round(weights / step).astype(np.int8)
    with open(options.out, "wb") as file:
        file.write(np.array([step, bias], dtype="<f4").tobytes())
        file.write(small.tobytes())
    print(f"{len(chosen)} chosen, {len(made)} invented, step {step:.6f}, bias {bias:.3f}")


if __name__ == "__main__":
    main()
