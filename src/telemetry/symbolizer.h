// Names for addresses of this process: functions, files and lines, inlined calls included, from the
// DWARF of what is loaded (libdw). Separate debug files are not looked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace pim::telemetry {

// One level of source. Inlined calls give several of them at one address.
struct SourceFrame {
  std::string function;  // demangled; at most 256 bytes
  std::string symbol;    // as the linker knows it
  std::string file;      // empty where the debug information has none
  int line = 0;          // 0: not known
};

struct CodeModule {
  std::uintptr_t start = 0;
  std::uintptr_t end = 0;
  std::string file;
  std::string build_id;  // lower-case hex
};

struct SymbolizerOptions {
  std::size_t remembered = 32'768;           // addresses; beyond it all are forgotten
  std::chrono::milliseconds patience{1000};  // a call; beyond it only the linker's names are given
};

// Thread-safe; one call at a time works.
class Symbolizer {
 public:
  explicit Symbolizer(const SymbolizerOptions& options = {});
  ~Symbolizer();
  Symbolizer(const Symbolizer&) = delete;
  Symbolizer& operator=(const Symbolizer&) = delete;

  struct Location {
    std::size_t module = 0;           // of Symbols::modules
    std::vector<SourceFrame> frames;  // innermost first; empty: no name is known
  };
  struct Symbols {
    std::vector<CodeModule> modules;
    // Of each address that lies in a module; the others are no code.
    std::unordered_map<std::uintptr_t, std::shared_ptr<const Location>> at;
  };
  // May take `patience`. The files are open, and their memory held, only within the call.
  Symbols resolve(std::span<const std::uintptr_t> addresses);

 private:
  class Session;

  const SymbolizerOptions options_;
  std::mutex mutex_;
  std::vector<CodeModule> modules_;  // guarded by mutex_, as below; places stay
  std::unordered_map<std::uintptr_t, std::shared_ptr<const Location>> known_;
};

}  // namespace pim::telemetry
