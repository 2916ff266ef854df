"""Exhaustive checks of the Merkle tree against a naive reference and against pymerkle."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from bridge.deletion_log import tree

SIZE = 130
ENTRIES = [f"entry {number}".encode() for number in range(SIZE)]
LEAVES = [hashlib.sha256(b"\x00" + entry).digest() for entry in ENTRIES]


@cache
def naive_root(start: int, end: int) -> bytes:
    """RFC 9162, 2.1.1, written down as it stands there."""
    if start == end:
        return hashlib.sha256().digest()
    if end - start == 1:
        return LEAVES[start]
    split = 1
    while split * 2 < end - start:
        split *= 2
    left, right = naive_root(start, start + split), naive_root(start + split, end)
    return hashlib.sha256(b"\x01" + left + right).digest()


def naive_inclusion(index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    split = 1
    while split * 2 < end - start:
        split *= 2
    middle = start + split
    if index < middle:
        return [*naive_inclusion(index, start, middle), naive_root(middle, end)]
    return [*naive_inclusion(index, middle, end), naive_root(start, middle)]


def naive_consistency(first: int, start: int, end: int, whole: bool) -> list[bytes]:
    if first == end:
        return [] if whole else [naive_root(start, end)]
    split = 1
    while split * 2 < end - start:
        split *= 2
    middle = start + split
    if first <= middle:
        return [*naive_consistency(first, start, middle, whole), naive_root(middle, end)]
    return [*naive_consistency(first, middle, end, False), naive_root(start, middle)]


class Stored:
    """Complete subtrees in memory; counts how often it is asked."""

    def __init__(self, size: int) -> None:
        self.nodes: dict[tree.Node, bytes] = {}
        self.reads = 0
        frontier = tree.Frontier()
        for leaf in LEAVES[:size]:
            self.nodes.update(frontier.append(leaf))

    def read(self, nodes: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        self.reads += 1
        return {node: self.nodes[node] for node in nodes}


STORED = Stored(SIZE)


def test_one_stored_row_for_each_complete_subtree() -> None:
    assert len(STORED.nodes) == sum((SIZE >> level) for level in range(SIZE.bit_length()))
    for (level, index), node in STORED.nodes.items():
        assert node == naive_root(index << level, (index + 1) << level)


def test_every_root_is_that_of_the_definition_however_it_is_computed() -> None:
    frontier = tree.Frontier()
    for size in range(SIZE + 1):
        expected = naive_root(0, size)
        assert tree.root(size, STORED.read) == expected
        assert frontier.root() == expected
        assert tree.Frontier.load(size, STORED.read).root() == expected
        if size < SIZE:
            frontier.append(LEAVES[size])


def test_a_loaded_frontier_goes_on_like_one_that_was_built() -> None:
    for size in range(SIZE):
        frontier = tree.Frontier.load(size, STORED.read)
        assert dict(frontier.append(LEAVES[size])).items() <= STORED.nodes.items()
        assert frontier.root() == naive_root(0, size + 1)


def test_the_nodes_that_a_leaf_completes_are_those_of_the_frontier_and_only_siblings_are_read() -> None:
    frontier = tree.Frontier()
    for index, leaf in enumerate(LEAVES):
        stored = Stored(index)
        assert tree.completed(index, leaf, stored.read) == frontier.append(leaf)
        assert stored.reads == index % 2


def test_every_inclusion_proof_up_to_130_entries() -> None:
    for size in range(1, SIZE + 1):
        root = naive_root(0, size)
        for index in range(size):
            proof = tree.inclusion_proof(index, size, STORED.read)
            assert proof == naive_inclusion(index, 0, size)
            assert tree.verify_inclusion(LEAVES[index], index, size, proof, root)


def test_every_consistency_proof_up_to_130_entries() -> None:
    for second in range(1, SIZE + 1):
        for first in range(1, second + 1):
            proof = tree.consistency_proof(first, second, STORED.read)
            assert proof == naive_consistency(first, 0, second, True)
            assert tree.verify_consistency(first, second, naive_root(0, first), naive_root(0, second), proof)


def test_pymerkle_has_the_same_roots_and_inclusion_proofs_and_proves_them_consistent() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, 1):
        oracle.append_entry(entry)
        assert oracle.get_root() == tree.root(size, STORED.read)
    for size in range(1, SIZE + 1, 7):
        for index in range(0, size, 3):
            theirs = oracle.prove_inclusion(index + 1, size)
            verify_inclusion(LEAVES[index], naive_root(0, size), theirs)
            ours = tree.inclusion_proof(index, size, STORED.read)
            assert set(theirs.path) == {LEAVES[index], *ours}
    for first in range(1, SIZE, 11):
        proof = oracle.prove_consistency(first, SIZE)
        verify_consistency(naive_root(0, first), naive_root(0, SIZE), proof)


def test_a_proof_costs_one_read() -> None:
    stored = Stored(SIZE)
    tree.inclusion_proof(77, SIZE, stored.read)
    tree.consistency_proof(77, SIZE, stored.read)
    tree.root(SIZE, stored.read)
    assert stored.reads == 3


def wrong_variants(proof: list[bytes]) -> list[list[bytes]]:
    """Every way to bend a proof by one step."""
    bent = [[*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))]
    shortened = [proof[:at] + proof[at + 1 :] for at in range(len(proof))]
    swapped = [
        [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]
        for at in range(len(proof) - 1)
        if proof[at] != proof[at + 1]
    ]
    return [*bent, *shortened, *swapped, [*proof, bytes(32)], [bytes(31), *proof]]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33, 64, 130])
def test_a_bent_inclusion_proof_is_refused(size: int) -> None:
    root = naive_root(0, size)
    for index in range(size):
        proof = tree.inclusion_proof(index, size, STORED.read)
        assert not any(
            tree.verify_inclusion(LEAVES[index], index, size, bad, root) for bad in wrong_variants(proof)
        )
        assert not tree.verify_inclusion(bytes(32), index, size, proof, root)
        others = [other for other in range(size) if other != index]
        assert not any(tree.verify_inclusion(LEAVES[index], other, size, proof, root) for other in others)
    assert not tree.verify_inclusion(LEAVES[0], -1, size, [], root)
    assert not tree.verify_inclusion(LEAVES[0], size, size, [], root)


@pytest.mark.parametrize("second", [2, 3, 7, 8, 9, 33, 64])
def test_a_bent_consistency_proof_is_refused(second: int) -> None:
    new = naive_root(0, second)
    for first in range(1, second):
        old = naive_root(0, first)
        proof = tree.consistency_proof(first, second, STORED.read)
        assert not any(tree.verify_consistency(first, second, old, new, bad) for bad in wrong_variants(proof))
        assert not tree.verify_consistency(first, second, bytes(32), new, proof)
        assert not tree.verify_consistency(first, second, old, bytes(32), proof)


def test_the_ends_of_consistency() -> None:
    root = naive_root(0, 5)
    assert tree.verify_consistency(5, 5, root, root, [])
    assert not tree.verify_consistency(5, 5, root, bytes(32), [])
    assert not tree.verify_consistency(5, 5, root, root, [bytes(32)])
    assert tree.verify_consistency(0, 5, tree.EMPTY_ROOT, root, [])
    assert not tree.verify_consistency(0, 5, bytes(32), root, [])
    assert not tree.verify_consistency(6, 5, root, root, [])
    assert tree.consistency_proof(0, 5, STORED.read) == tree.consistency_proof(5, 5, STORED.read) == []


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        tree.inclusion_proof(index, size, STORED.read)


def test_no_proof_from_a_larger_to_a_smaller_tree() -> None:
    with pytest.raises(ValueError, match="larger"):
        tree.consistency_proof(6, 5, STORED.read)


def test_a_frontier_needs_as_many_subtrees_as_its_size_has_bits() -> None:
    with pytest.raises(ValueError, match="set bit"):
        tree.Frontier(3, [bytes(32)])
