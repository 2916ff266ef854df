"""The Merkle tree of RFC 9162, section 2.1, computed from stored complete subtrees.

A node `(level, index)` is the complete subtree over the leaves `index << level` up to (not including)
`(index + 1) << level`; level 0 are the leaves. A complete subtree never changes once its last leaf is there, so one
stored row for each is enough for every root and proof of every size. Functions that need stored nodes take a
`Read`: it is called once, with all nodes wanted, so that a proof costs one query.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

Node = tuple[int, int]
Read = Callable[[Sequence[Node]], Mapping[Node, bytes]]
Span = tuple[int, int]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()  # RFC 9162, 2.1.1: the hash of an empty list


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry; the prefix 0x00 keeps leaves apart from nodes (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one; prefix 0x01."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """Hold the roots of the complete subtrees of a growing tree: all that is needed for its root.

    Memory is O(log n). `append` returns every node that the new leaf completed, the leaf first.
    """

    __slots__ = ("_stack", "size")

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        self.size = size
        self._stack = list(subtrees)
        if len(self._stack) != size.bit_count():
            raise ValueError("a frontier needs one subtree for each set bit of its size")

    @classmethod
    def load(cls, size: int, read: Read) -> Frontier:
        """Start from the stored nodes of a tree of `size` leaves."""
        nodes = subtrees((0, size))
        found = read(nodes) if nodes else {}
        return cls(size, [found[node] for node in nodes])

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add the leaf hash; return the completed nodes from the leaf upwards."""
        index, level, current = self.size, 0, leaf
        made = [((0, index), current)]
        while index >> level & 1:
            current = node_hash(self._stack.pop(), current)
            level += 1
            made.append(((level, index >> level), current))
        self._stack.append(current)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Compute the root of the tree as it is now."""
        return _fold(self._stack) if self._stack else EMPTY_ROOT


def completed(index: int, leaf: bytes, read: Read) -> list[tuple[Node, bytes]]:
    """Return every node that the leaf at `index` completes, the leaf first.

    Only the left siblings on its way are read: none for an even index.
    """
    siblings = []
    level = 0
    while index >> level & 1:
        siblings.append((level, (index >> level) - 1))
        level += 1
    found = read(siblings) if siblings else {}
    made, current = [((0, index), leaf)], leaf
    for sibling in siblings:
        current = node_hash(found[sibling], current)
        made.append(((sibling[0] + 1, index >> sibling[0] + 1), current))
    return made


def subtrees(span: Span) -> list[Node]:
    """Cut the leaves `start <= i < end` into the fewest complete subtrees, from left to right."""
    start, end = span
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def root(size: int, read: Read) -> bytes:
    """Compute the root of the first `size` leaves."""
    return hashes([(0, size)], read)[0] if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3), from the leaf's sibling upwards."""
    if not 0 <= index < size:
        raise ValueError("the index lies outside the tree")
    return hashes(_inclusion_spans(index, size), read)


def consistency_proof(first: int, second: int, read: Read) -> list[bytes]:
    """Prove that the tree of `first` leaves is a prefix of that of `second` (RFC 9162, 2.1.4).

    Empty for an empty first tree and for equal sizes: there is nothing to prove.
    """
    if not 0 <= first <= second:
        raise ValueError("the first tree must not be larger than the second")
    if first in (0, second):
        return []
    return hashes(_consistency_spans(first, second), read)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """Check an inclusion proof (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _all_hashes(proof):
        return False
    node, last, current = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(step, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, step)
        node, last = node >> 1, last >> 1
    return last == 0 and current == expected_root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2)."""
    if not 0 <= first <= second or not _all_hashes(proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first & (first - 1) == 0:  # a complete first tree is its own starting point
        path.insert(0, first_root)
    return bool(path) and _walk_consistency(first - 1, second - 1, path) == (first_root, second_root)


def _walk_consistency(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _inclusion_spans(index: int, size: int) -> list[Span]:
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def _consistency_spans(first: int, second: int) -> list[Span]:
    spans: list[Span] = []
    start, end = 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # the verifier knows the subtree itself only when it is the whole first tree
        spans.append((start, end))
    return spans[::-1]


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def hashes(spans: Sequence[Span], read: Read) -> list[bytes]:
    """Compute the subtree hash of every span with one read of the stored nodes."""
    parts = [subtrees(span) for span in spans]
    found = read([node for nodes in parts for node in nodes]) if parts else {}
    return [_fold([found[node] for node in nodes]) for nodes in parts]


def _fold(parts: Sequence[bytes]) -> bytes:
    current = parts[-1]
    for part in reversed(parts[:-1]):
        current = node_hash(part, current)
    return current


def _all_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(step) == HASH_BYTES for step in proof)
