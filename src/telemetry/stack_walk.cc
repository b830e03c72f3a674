#include "telemetry/stack_walk.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>

namespace pim::telemetry {
namespace {

constexpr std::uintptr_t kLargestStack = 64U << 20U;  // beyond it the pointer is not on the stack

std::atomic<std::uintptr_t> main_stack_end{0};

struct Registers {
  std::uintptr_t pc = 0;
  std::uintptr_t frame = 0;
  std::uintptr_t stack = 0;
};

Registers registers_of(const void* ucontext) noexcept {
  const auto& machine = static_cast<const ucontext_t*>(ucontext)->uc_mcontext;
#if defined(__x86_64__)
  return {static_cast<std::uintptr_t>(machine.gregs[REG_RIP]),
          static_cast<std::uintptr_t>(machine.gregs[REG_RBP]),
          static_cast<std::uintptr_t>(machine.gregs[REG_RSP])};
#elif defined(__aarch64__)
  return {machine.pc, machine.regs[29], machine.sp};
#else
#error "frame pointers are not known on this machine"
#endif
}

// glibc puts a thread's own block (what the thread pointer points at) into the mapping of its
// stack, above it: everything between the stack pointer and the thread pointer can be read. The
// main thread's stack is the system's.
std::uintptr_t stack_end() noexcept {
  if (::syscall(SYS_gettid) == ::getpid()) return main_stack_end.load(std::memory_order_relaxed);
  return reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
}

}  // namespace

void find_main_stack() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with("[stack]")) continue;
    main_stack_end.store(std::stoull(line.substr(line.find('-') + 1), nullptr, 16),
                         std::memory_order_relaxed);
  }
}

__attribute__((no_sanitize_address, no_sanitize_thread)) std::size_t walk_stack(
    const void* ucontext, std::span<std::uintptr_t> frames) noexcept {
  constexpr std::uintptr_t kRecord = 2 * sizeof(std::uintptr_t);  // caller's frame, return address
  const Registers at = registers_of(ucontext);
  if (frames.empty()) return 0;
  std::size_t depth = 0;
  frames[depth++] = at.pc;
  const std::uintptr_t end = stack_end();
  if (at.stack >= end || end - at.stack > kLargestStack) return depth;
  std::uintptr_t low = at.stack;
  std::uintptr_t frame = at.frame;
  while (depth < frames.size() && frame >= low && frame <= end - kRecord &&
         frame % sizeof(std::uintptr_t) == 0) {
    const auto* record = reinterpret_cast<const volatile std::uintptr_t*>(frame);
    const std::uintptr_t return_address = record[1];
    if (return_address == 0) break;  // the outermost
    frames[depth++] = return_address;
    low = frame + kRecord;  // only ever outwards: it ends
    frame = record[0];
  }
  return depth;
}

}  // namespace pim::telemetry
