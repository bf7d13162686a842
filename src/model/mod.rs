//! The model of the locking protocols and its exhaustive checker. Pure: no clock,
//! no I/O; [`verdict_table`] alone starts threads, to explore several cases at once.
//!
//! The review of the series that brought per-VMA locks to `/proc/PID/maps`
//! argued each way a VMA can be split or merged by hand. Here the argument is
//! made by visiting every interleaving.
//!
//! # What is modelled
//!
//! * **The address space** ([`AddressSpace`](address_space::AddressSpace)): VMA structures with `vm_start`,
//!   `vm_end`, flags, `vm_refcnt` (attached or not, and who reads) and
//!   `vm_lock_seq`; the leaf of the maple tree ([`Node`](node::Node)), whose updates are
//!   the steps that the kernel makes separately visible: a new node is
//!   published and then the old one marked dead, or a pointer and a pivot are
//!   written in place.
//! * **The iterator** ([`VmaIterator`](reader::VmaIterator)) is state of the reader. It stands in a
//!   slot of a node; in a node that was replaced it reads the old slots until
//!   that is marked dead; then it searches for the last page it covered and
//!   steps on (`mas_next_slot()`, `mas_rewalk()`, lib/maple_tree.c). Where a
//!   reader without `mmap_lock` searches for a page that is not mapped, that is
//!   two steps: the walk to the empty slot, in which it stands then, and the
//!   step on (`mas_find()`).
//! * **The writer** does the operations of a scenario of the catalogue, over
//!   and over, in the kernel's order of steps (`vma_merge_existing_range()`,
//!   `vma_merge_new_range()`, `__split_vma()`, `vms_gather_munmap_vmas()` in
//!   mm/vma.c, `mremap_to()` in mm/mremap.c). Its steps are worked out from
//!   the system calls; a test compares the result with the catalogue.
//! * **The locks**: `mmap_lock`; the mm's sequence, odd while a writer holds
//!   it; the lock of one VMA with `vma_start_read()`'s two looks at
//!   `vm_lock_seq` and `vma_start_write()` that waits for readers.
//! * **Reuse**: what is freed may at once be handed out again to the writer,
//!   or to another process, while a reader still has a pointer to it
//!   (`SLAB_TYPESAFE_BY_RCU`).
//! * **The readers** ([`PROTOCOLS`](protocols::PROTOCOLS)), as data; a chunk may end after any line.
//!
//! # What is abstracted
//!
//! * The writer alone changes the address space, and in the same way in every
//!   cycle: so the address space is a function of the writer's step
//!   ([`ModelCase::frames`](case::ModelCase::frames)), and a state is that step and what the readers
//!   remember.
//! * The sequence never wraps: a reader's note of it is "odd or even" and
//!   "moved since or not". A freed structure loses its name at the end of a
//!   cycle and holds anything from then on.
//! * One leaf, no tree above it; a search that comes to a VMA at once, or to the
//!   gap that reaches to the end, is one step, and so is one under `mmap_lock`;
//!   memory is sequentially consistent. Everything is anonymous and unfaulted, as in the catalogue.
//! * The source of a move lies outside, but for `remap`. A fence of one page
//!   stands before the site, and one behind it, unless the site is the last
//!   that is mapped: by the catalogue, or because it was asked for
//!   ([`ModelCase::at_the_end`](case::ModelCase::at_the_end)).
//!
//! # The holes, and their cures
//!
//! A page that every state has mapped is left out by three mechanisms
//! ([`HoleCause`](judge::HoleCause)) in what was merged; each cure removes its own and no other.
//!
//! * **H1**: a search in the middle of a move finds the destination empty, and
//!   the gap check's second search finds the same and is believed. Cure: a gap
//!   while the sequence is odd or has moved means fallback, without a second
//!   search. The same belief, and the same cure, where nothing is moved: a
//!   search comes to an empty slot, something grows over that slot's last page,
//!   the search steps on past that, and in another round of the writer the
//!   second search does too. That takes two races in one line.
//! * **H2**: the VMA that was printed grows or shrinks before the sequence is
//!   noted for the next line, or it is made, in front of the one that was found, of
//!   that one's structure; the iterator steps on from where the slot ended of what
//!   was found, past what a search from the position would find, and the sequence
//!   has not moved since it was noted. Cure: each search starts from the
//!   position. Readers that search afresh for each line never have it
//!   ([`Protocol::steps_on`](protocols::Protocol::steps_on)).
//! * **H3**: the same as in H1, but with nothing mapped behind: where nothing is
//!   found there is no gap to check, and the end is believed. So one race is
//!   enough: the last VMA is unmapped by a move, or it grows downwards over the
//!   gap that a search has come to. Cure: nothing found while the sequence is
//!   odd or has moved means fallback.
//!
//! A lost tail comes of H2 where the iterator steps on from the line before and
//! the leaf that was read has more behind the position, else of H3: no third
//! way leads to one.
//!
//! # What the result proves
//!
//! For these cases, this writer and these steps: everything. A protocol that
//! holds has no interleaving that breaks it, however long the writer goes on,
//! and a shortest trace is the shortest there is. It proves nothing about
//! cases that are not in the catalogue, about weaker memory ordering, or about
//! a kernel that does not do what the model says; `vmascope check` looks at
//! that.
//!
//! [`Walks`](walk::Walks) that are drawn prove nothing; they find, where there are
//! more interleavings than can be visited.
//!
//! A walk ends ([`Liveness`](liveness::Liveness)) unless the states have a cycle with a reader's
//! step in it. As merged there is one, as the review said: a reader whose VMA
//! is detached between finding and locking it searches again at once, and a
//! writer may do that to it for ever. Version 4 fell back instead.

pub(crate) mod address_space;
pub(crate) mod case;
pub(crate) mod describe;
pub(crate) mod explore;
pub(crate) mod interleaving;
pub(crate) mod judge;
pub(crate) mod liveness;
pub(crate) mod machine;
pub(crate) mod merge;
pub(crate) mod node;
pub(crate) mod protocol_options;
pub(crate) mod protocols;
pub(crate) mod pseudo_code;
pub(crate) mod reader;
pub(crate) mod reader_search;
pub(crate) mod reader_steps;
pub(crate) mod step_that_matters;
pub(crate) mod timeline;
pub(crate) mod trace;
pub(crate) mod verdict;
pub(crate) mod verdict_table;
pub(crate) mod vma_diagram;
pub(crate) mod walk;
pub(crate) mod writer;
