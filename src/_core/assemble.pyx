# cython: language_level=3
"""Makes the file of a phrase automaton from the trie that pyahocorasick built.

In: the phrases in the order of an ahocorasick.Automaton's trie. Out: the bytes of the file that automaton.pyx maps.
Runs when the rule bundle is built, never on mail; the same phrases give the same bytes.
The trie is walked by its items, since ahocorasick's own dump of 100,000 phrases takes half a gigabyte.
"""

import hashlib
from array import array

from libc.stdint cimport int32_t, uint8_t, uint32_t

from bartizan._core.automaton import DIGEST_AT, FIELDS, HEADER, MAGIC, SECTIONS

cdef enum:
    TOP = 0x80000000u
    MASK = 0x7FFFFFFF
    DENSE_BYTES = 1 << 20       # of the rows: more is not faster on mail text, since it no longer fits into the caches


def assemble(items, Py_ssize_t nodes, list entries, Py_ssize_t dense_bytes=DENSE_BYTES):
    """The bytes of an automaton file.

    `items` yields (key, index) for every phrase, in the order of the trie: each character of the key is one byte of the
    folded phrase, 1 to 65,535 of them, and `entries[index]` its (text, weight, file, line). `nodes` is the number of
    the trie's nodes with the root. Rows take at most `dense_bytes`, but for the root's. Raises ValueError when items
    and nodes do not fit together.
    """
    cdef Py_ssize_t k, width, dense_states, phrases = len(entries)
    parents, letters, phrase_at, lengths = _walk(items, nodes, phrases)
    classes, width = _classes(letters)
    child, label, order = _breadth_first(parents, letters, classes, width)
    fail = _fail_links(child, label)
    chain_phrase, chain_next, outputs = _outputs(order, phrase_at, fail)
    dense_states = min(nodes, max(1, dense_bytes // (4 * width)))
    if dense_states * width + nodes > MASK:
        raise ValueError("too many phrases")
    dense = _rows(child, label, fail, outputs, width, dense_states)
    cdef int32_t[::1] output = outputs
    cdef uint32_t[::1] link = fail, child_of = child
    for k in range(nodes):
        if output[k] >= 0:
            link[k] |= TOP

    names = sorted({file for _, _, file, _ in entries})
    if len(names) > 65535:
        raise ValueError("too many phrase files")
    at = {file: k for k, file in enumerate(names)}
    texts = [text.encode() for text, _, _, _ in entries]
    contents = {
        "classes": classes, "dense": dense, "fail": fail, "label": label,
        "first": child[::256], "offset": array("H", [child_of[k] - child_of[k & ~255] for k in range(nodes + 1)]),
        "out_state": array("I", [k for k in range(nodes) if output[k] >= 0]),
        "out_first": array("I", [output[k] for k in range(nodes) if output[k] >= 0]),
        "chain_phrase": chain_phrase, "chain_next": chain_next,
        "weight": array("d", [weight for _, weight, _, _ in entries]),
        "line": array("I", [line for _, _, _, line in entries]),
        "length": lengths,
        "source": array("H", [at[file] for _, _, file, _ in entries]),
        "text_at": _offsets(texts), "source_at": _offsets([name.encode() for name in names]),
        "text": b"".join(texts), "source_name": b"".join(name.encode() for name in names),
    }
    fields = {
        "states": nodes, "dense_states": dense_states, "width": width, "outs": len(contents["out_state"]),
        "phrases": phrases, "sources": len(names), "longest": max(lengths, default=0),
        "text_bytes": len(contents["text"]), "source_bytes": len(contents["source_name"]),
    }
    return _file(fields, contents)


cdef tuple _walk(items, Py_ssize_t nodes, Py_ssize_t phrases):
    """(parent of each node, byte that leads to it, its phrase or -1, length of each phrase), nodes in order of discovery."""
    parents, letters, phrase_at = array("i", [0]), array("B", [0]), array("i", [-1])
    lengths = array("H", bytes(2 * phrases))
    path = array("i", [0])      # nodes of the prefixes of the word before
    cdef bytes word, before = b""
    cdef Py_ssize_t shared, k, index, count = 1
    for key, index in items:
        word = key.encode("latin-1")
        if not 0 < len(word) < 65536 or not 0 <= index < phrases or lengths[index]:
            raise ValueError("an empty, overlong or repeated phrase")
        shared = 0
        while shared < min(len(word), len(before)) and word[shared] == before[shared]:
            shared += 1
        del path[shared + 1 :]
        for k in range(shared, len(word)):
            parents.append(path[k])
            letters.append(word[k])
            phrase_at.append(-1)
            path.append(count)
            count += 1
        if phrase_at[path[len(word)]] >= 0:
            raise ValueError("a repeated phrase")
        phrase_at[path[len(word)]] = index
        lengths[index] = len(word)
        before = word
    if count != nodes or not all(lengths):
        raise ValueError("the phrases are not those of the trie, or not in its order")
    return parents, letters, phrase_at, lengths


cdef tuple _classes(const uint8_t[::1] letters):
    """(class of each byte, number of classes). The commonest come first, so that busy columns of rows share cache lines."""
    cdef Py_ssize_t k
    cdef list uses = [0] * 256
    for k in range(1, letters.shape[0]):
        uses[letters[k]] += 1
    used = sorted((byte for byte in range(256) if uses[byte]), key=lambda byte: (-uses[byte], byte))
    if len(used) > 255:
        raise ValueError("phrases use every byte there is")
    classes = array("B", bytes(256))
    for k, byte in enumerate(used):
        classes[byte] = k + 1
    return classes, len(used) + 1


cdef tuple _breadth_first(
    const int32_t[::1] parent, const uint8_t[::1] letter, const uint8_t[::1] classes, Py_ssize_t width
):
    """Numbers the nodes breadth first, children by class: (first child of each state, labels, the node of each state)."""
    cdef Py_ssize_t count = parent.shape[0], k, c, at, tail = 1
    # Nodes sorted by class and then, which keeps that order, by parent: two counting sorts.
    cdef int32_t[::1] starts = array("i", bytes(4 * (width + 1))), by_class = array("i", bytes(4 * count))
    cdef int32_t[::1] first = array("i", bytes(4 * (count + 2))), sibling = array("i", bytes(4 * count))
    for k in range(1, count):
        starts[classes[letter[k]] + 1] += 1
        first[parent[k] + 2] += 1
    for c in range(1, width + 1):
        starts[c] += starts[c - 1]
    for k in range(2, count + 2):
        first[k] += first[k - 1]
    for k in range(1, count):
        c = classes[letter[k]]
        by_class[starts[c]] = k
        starts[c] += 1
    for k in range(count - 1):
        at = parent[by_class[k]] + 1
        sibling[first[at]] = by_class[k]
        first[at] += 1
    children, labels, nodes = array("I", bytes(4 * (count + 1))), array("B", bytes(count)), array("i", bytes(4 * count))
    cdef uint32_t[::1] child = children
    cdef uint8_t[::1] label = labels
    cdef int32_t[::1] node = nodes
    for k in range(count):
        child[k] = tail
        for at in range(first[node[k]], first[node[k] + 1]):
            node[tail] = sibling[at]
            label[tail] = classes[letter[node[tail]]]
            tail += 1
    child[count] = tail
    return children, labels, nodes


cdef _fail_links(const uint32_t[::1] child, const uint8_t[::1] label):
    """For each state the longest proper suffix that is a state too. Parents come before children, so theirs are known."""
    cdef Py_ssize_t count = label.shape[0], s, c
    cdef uint32_t f, t
    links = array("I", bytes(4 * count))
    cdef uint32_t[::1] fail = links
    for s in range(count):
        for c in range(child[s], child[s + 1]):
            f = s
            while f:
                f = fail[f]
                for t in range(child[f], child[f + 1]):
                    if label[t] == label[c]:
                        fail[c] = t
                        f = 0
                        break
    return links


cdef tuple _outputs(const int32_t[::1] node, const int32_t[::1] phrase_at, const uint32_t[::1] fail):
    """(phrase of each link, next link of each, first link of each state or -1): what ends at a state, longest first."""
    cdef Py_ssize_t count = node.shape[0], k
    chain_phrase, chain_next, outputs = array("i"), array("i"), array("i", [-1]) * count
    cdef int32_t[::1] output = outputs
    for k in range(1, count):
        output[k] = output[fail[k]]
        if phrase_at[node[k]] >= 0:
            chain_phrase.append(phrase_at[node[k]])
            chain_next.append(output[k])
            output[k] = len(chain_phrase) - 1
    return chain_phrase, chain_next, outputs


cdef _rows(
    const uint32_t[::1] child, const uint8_t[::1] label, const uint32_t[::1] fail, const int32_t[::1] output,
    Py_ssize_t width, Py_ssize_t dense_states,
):
    """The codes of the next states for the first `dense_states`, fail links followed."""
    cdef Py_ssize_t k, c, code, rows = dense_states * width
    result = array("I", bytes(4 * rows))
    cdef uint32_t[::1] dense = result
    for k in range(dense_states):
        if k:
            for c in range(width):
                dense[k * width + c] = dense[fail[k] * width + c]
        for c in range(child[k], child[k + 1]):
            code = c * width if c < dense_states else rows + c - dense_states
            dense[k * width + label[c]] = code | (TOP if output[c] >= 0 else 0)
    return result


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
