# cython: language_level=3
"""Makes the file of a phrase automaton from the trie that pyahocorasick built.

In: the dump of an ahocorasick.Automaton and its phrases. Out: the bytes of the file that automaton.pyx maps and describes.
Runs when the rule bundle is built, never on mail; the same phrases give the same bytes.
"""

import hashlib
from array import array

from libc.stdint cimport int32_t, uint8_t, uint32_t

from bartizan._core.automaton import DIGEST_AT, FIELDS, HEADER, MAGIC, SECTIONS

cdef enum:
    TOP = 0x80000000u
    MASK = 0x7FFFFFFF
    DENSE_BYTES = 1 << 20       # of the rows: more is not faster on mail text, since it no longer fits into the caches


def assemble(
    list nodes, list edges, list fails, list folded, list entries, Py_ssize_t dense_bytes=DENSE_BYTES
):
    """The bytes of an automaton file.

    `nodes`, `edges` and `fails` are what ahocorasick.Automaton.dump() gives, `folded` the phrases as they were added (each
    once, 1 to 65,535 bytes), `entries` their (text, weight, file, line). Rows take at most `dense_bytes`, but for the root's.
    Raises ValueError when the dump is inconsistent.
    """
    cdef Py_ssize_t count = len(nodes), k, tail, at
    number = {node: k for k, (node, _) in enumerate(nodes)}
    if len(number) != count or len(edges) != count - 1:
        raise ValueError("the trie's dump is ambiguous")

    # Byte classes, the commonest first so that the busy columns of a row share cache lines.
    cdef list uses = [0] * 256
    for _, letter, _ in edges:
        uses[letter[0]] += 1
    used = sorted((byte for byte in range(256) if uses[byte]), key=lambda byte: (-uses[byte], byte))
    if len(used) > 255:
        raise ValueError("phrases use every byte there is")
    classes_ = array("B", bytes(256))
    for k, byte in enumerate(used):
        classes_[byte] = k + 1
    cdef uint8_t[::1] classes = classes_
    cdef Py_ssize_t width = len(used) + 1

    # Children of each node, in the order of their classes: a counting sort, by class and then by parent.
    cdef list by_class = [[] for _ in range(width)]
    for parent, letter, child in edges:
        by_class[classes[letter[0]]].append((number[parent], number[child]))
    cdef int32_t[::1] first = array("i", bytes(4 * (count + 2)))
    for pairs in by_class:
        for a, _ in pairs:
            first[<Py_ssize_t>a + 2] += 1
    for k in range(2, count + 2):
        first[k] += first[k - 1]
    cdef int32_t[::1] target = array("i", bytes(4 * count))
    cdef uint8_t[::1] via = array("B", bytes(count))
    for k, pairs in enumerate(by_class):
        for a, b in pairs:
            at = first[<Py_ssize_t>a + 1]
            target[at] = b
            via[at] = k
            first[<Py_ssize_t>a + 1] = at + 1
    del by_class

    # Breadth-first numbering.
    child_, label_, fail_ = array("I", bytes(4 * (count + 1))), array("B", bytes(count)), array("I", bytes(4 * count))
    cdef uint32_t[::1] child_of = child_, fail = fail_
    cdef uint8_t[::1] label = label_
    cdef int32_t[::1] order = array("i", bytes(4 * count)), rank = array("i", bytes(4 * count))
    tail = 1
    for k in range(count):
        if k >= tail:
            raise ValueError("the trie's dump is not a tree")
        child_of[k] = tail
        for at in range(first[order[k]], first[order[k] + 1]):
            rank[target[at]] = tail
            order[tail] = target[at]
            label[tail] = via[at]
            tail += 1
    child_of[count] = tail
    for node, suffix in fails:
        at = rank[<Py_ssize_t>number[node]]
        fail[at] = rank[<Py_ssize_t>number[suffix]]
        if at and fail[at] >= at:
            raise ValueError("the trie's fail links do not lead to shorter suffixes")
    del number

    # Outputs: a chain of phrases for each state at which one ends.
    cdef int32_t[::1] phrase_at = array("i", [-1]) * count, output = array("i", [-1]) * count
    cdef uint32_t s, c
    for k, word in enumerate(folded):
        s = 0
        for byte in word:
            for c in range(child_of[s], child_of[s + 1]):
                if label[c] == classes[<Py_ssize_t>byte]:
                    break
            else:
                raise ValueError("a phrase is not in the trie")
            s = c
        if phrase_at[s] >= 0 or s == 0:
            raise ValueError("a phrase occurs twice or is empty")
        phrase_at[s] = k
    chain_phrase, chain_next, out_state, out_first = array("i"), array("i"), array("I"), array("I")
    for k in range(count):
        output[k] = output[fail[k]] if k else -1
        if phrase_at[k] >= 0:
            chain_phrase.append(phrase_at[k])
            chain_next.append(output[k])
            output[k] = len(chain_phrase) - 1
        if output[k] >= 0:
            out_state.append(k)
            out_first.append(output[k])

    # Rows with the fail links followed.
    cdef Py_ssize_t dense_states = min(count, max(1, dense_bytes // (4 * width))), rows = dense_states * width
    if rows + count > MASK:
        raise ValueError("too many phrases")
    dense_ = array("I", bytes(4 * rows))
    cdef uint32_t[::1] dense = dense_
    for k in range(dense_states):
        if k:
            for at in range(width):
                dense[k * width + at] = dense[<Py_ssize_t>fail[k] * width + at]
        for at in range(child_of[k], child_of[k + 1]):
            dense[k * width + label[at]] = (
                (at * width if at < dense_states else rows + at - dense_states) | (TOP if output[at] >= 0 else 0)
            )
    for k in range(count):
        if output[k] >= 0:
            fail[k] |= TOP

    offsets = array("H", [child_of[k] - child_of[k & ~255] for k in range(count + 1)])

    names = sorted({file for _, _, file, _ in entries})
    if len(names) > 65535:
        raise ValueError("too many phrase files")
    place = {file: k for k, file in enumerate(names)}
    texts = [text.encode() for text, _, _, _ in entries]
    contents = {
        "classes": classes_, "dense": dense_, "fail": fail_, "label": label_,
        "first": child_[::256], "offset": offsets,
        "out_state": out_state, "out_first": out_first, "chain_phrase": chain_phrase, "chain_next": chain_next,
        "weight": array("d", [weight for _, weight, _, _ in entries]),
        "line": array("I", [line for _, _, _, line in entries]),
        "length": array("H", [len(word) for word in folded]),
        "source": array("H", [place[file] for _, _, file, _ in entries]),
        "text_at": _offsets(texts), "source_at": _offsets([name.encode() for name in names]),
        "text": b"".join(texts), "source_name": b"".join(name.encode() for name in names),
    }
    fields = {
        "states": count, "dense_states": dense_states, "width": width, "outs": len(out_state), "phrases": len(folded),
        "sources": len(names), "longest": max(map(len, folded), default=0),
        "text_bytes": len(contents["text"]), "source_bytes": len(contents["source_name"]),
    }
    return _file(fields, contents)


cdef _offsets(list texts):
    """Where each of the texts begins when they are joined, and the end."""
    offsets = array("I", [0])
    for text in texts:
        offsets.append(offsets[len(offsets) - 1] + len(text))
    return offsets


cdef bytes _file(dict fields, dict contents):
    """Header, digest and sections; every section begins at a multiple of 8."""
    body, table, at = [], [], HEADER.size + -HEADER.size % 8
    body.append(bytes(at - HEADER.size))
    for name, _, _ in SECTIONS:
        content = contents[name]
        data = bytes(content)
        table += [at, len(content)]
        body.append(data + bytes(-len(data) % 8))
        at += len(body[len(body) - 1])
    fields["size"] = at
    numbers = [fields[name] for name in FIELDS] + table
    covered = HEADER.pack(MAGIC, bytes(32), *numbers)[DIGEST_AT:] + b"".join(body)
    return MAGIC + hashlib.sha256(covered).digest() + covered
