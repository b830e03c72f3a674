// The stack of the thread that a signal interrupted, by its frame pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pim::telemetry {

// Where the main thread's stack ends; call it once before a handler walks. Not for handlers.
void find_main_stack();

// Async-signal-safe, and cannot fault: it reads only between the interrupted stack pointer and the
// end of the thread's stack. Writes the interrupted address and then return addresses, innermost
// first, and says how many. Code without frame pointers hides its callers, or puts in their place
// an address that is no code.
std::size_t walk_stack(const void* ucontext, std::span<std::uintptr_t> frames) noexcept;

}  // namespace pim::telemetry
