// Blocks made by many threads, written in order: the bytes do not depend on how many there are.
//
// Memory is bounded: nobody begins a block that lies more than two blocks a thread ahead of the one
// that is to be written next, and a block that grows too large waits for its turn.
#pragma once

#include <cstdint>
#include <functional>

#include "data/generate/block_source.h"

namespace pim::data::generate {

// Takes a block's texts, or a part of them; one call at a time, in order. False: stop.
using Take = std::function<bool(const Texts& texts)>;
// After each block: how many are done. One call at a time.
using OnBlock = std::function<void(std::uint64_t done)>;

// Blocks `first` up to `end`. `threads` 1: all of it on the caller's. False where `take` said stop.
bool write_in_order(const BlockSource& source, std::uint64_t first, std::uint64_t end,
                    unsigned threads, const Take& take, const OnBlock& on_block = {});

}  // namespace pim::data::generate
