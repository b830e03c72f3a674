#include "telemetry/symbolizer.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace pim::telemetry {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLongestName = 256;

std::string demangled(const char* symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol, nullptr, nullptr, &status), &std::free);
  std::string name = status == 0 ? text.get() : symbol;
  if (name.size() > kLongestName) {
    name.resize(kLongestName - 3);
    name += "...";
  }
  return name;
}

SourceFrame frame_named(const char* symbol) {
  if (symbol == nullptr) return {};
  return {demangled(symbol), symbol, {}, 0};
}

// What contains others without having addresses itself.
bool is_scope_of_names(int tag) {
  return tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
         tag == DW_TAG_union_type;
}

// Code of one function of a compilation unit.
struct FunctionRange {
  Dwarf_Addr start = 0;
  Dwarf_Addr end = 0;
  Dwarf_Die function{};
};

void list_functions(Dwarf_Die parent, std::vector<FunctionRange>& ranges) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (is_scope_of_names(tag)) list_functions(child, ranges);
    if (tag != DW_TAG_subprogram) continue;
    Dwarf_Addr base = 0;
    Dwarf_Addr start = 0;
    Dwarf_Addr end = 0;
    for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&child, at, &base, &start, &end)) > 0;) {
      ranges.push_back({start, end, child});
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

// The inlined calls below `parent` that have the address, from the outermost to the innermost.
void find_inlined(Dwarf_Die parent, Dwarf_Addr address, std::vector<Dwarf_Die>& calls) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) continue;
    if (dwarf_haspc(&child, address) <= 0) continue;
    if (tag == DW_TAG_inlined_subroutine) calls.push_back(child);
    return find_inlined(child, address, calls);
  } while (dwarf_siblingof(&child, &child) == 0);
}

// Null where the compiler wrote none: of what is local to a file.
const char* symbol_of(Dwarf_Die& function) {
  Dwarf_Attribute attribute;
  return dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
}

std::optional<Dwarf_Word> number_of(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr(&die, name, &attribute), &value) != 0) return std::nullopt;
  return value;
}

// How often something was loaded into the process so far.
unsigned long long loads_of_process() {
  unsigned long long loads = 0;
  const auto read = [](dl_phdr_info* info, std::size_t, void* out) {
    *static_cast<unsigned long long*>(out) = info->dlpi_adds;
    return 1;  // all entries say the same
  };
  ::dl_iterate_phdr(read, &loads);
  return loads;
}

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : text; }

}  // namespace

// The open files.
class Symbolizer::Session {
 public:
  Session() : dwfl_(::dwfl_begin(&kCallbacks), &::dwfl_end) {
    if (!dwfl_) return;
    ::dwfl_report_begin(dwfl_.get());
    ::dwfl_linux_proc_report(dwfl_.get(), ::getpid());
    ::dwfl_report_end(dwfl_.get(), nullptr, nullptr);
  }

  std::vector<CodeModule> modules() const {
    std::vector<CodeModule> modules;
    const auto add = [](Dwfl_Module* module, void**, const char* name, Dwarf_Addr, void* out) {
      CodeModule found;
      Dwarf_Addr start = 0;
      Dwarf_Addr end = 0;
      const char* file = nullptr;
      ::dwfl_module_info(module, nullptr, &start, &end, nullptr, nullptr, &file, nullptr);
      found.start = start;
      found.end = end;
      GElf_Addr symbol_bias = 0;
      (void)::dwfl_module_getelf(module, &symbol_bias);  // else its file's name is not known
      ::dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, &file, nullptr);
      found.file = file != nullptr ? file : text_or_empty(name);
      const unsigned char* id = nullptr;
      GElf_Addr at = 0;
      constexpr char kDigits[] = "0123456789abcdef";
      for (int i = 0, size = ::dwfl_module_build_id(module, &id, &at); i < size; ++i) {
        found.build_id += kDigits[id[i] >> 4U];
        found.build_id += kDigits[id[i] & 15U];
      }
      static_cast<std::vector<CodeModule>*>(out)->push_back(std::move(found));
      return static_cast<int>(DWARF_CB_OK);
    };
    if (dwfl_) ::dwfl_getmodules(dwfl_.get(), add, &modules, 0);
    return modules;
  }

  std::vector<SourceFrame> frames_at(std::uintptr_t address) {
    Dwfl_Module* module = ::dwfl_addrmodule(dwfl_.get(), address);
    if (module == nullptr) return {};
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = ::dwfl_module_addrdie(module, address, &bias);
    if (unit == nullptr) return linker_name(address);
    std::vector<Dwarf_Die> calls = calls_at(*unit, address - bias);
    if (calls.empty()) return linker_name(address);

    std::vector<SourceFrame> frames;
    Dwarf_Line* line = ::dwarf_getsrc_die(unit, address - bias);
    std::string file =
        line == nullptr ? std::string() : text_or_empty(::dwarf_linesrc(line, nullptr, nullptr));
    int number = 0;
    if (line != nullptr) ::dwarf_lineno(line, &number);
    Dwarf_Files* files = nullptr;
    ::dwarf_getsrcfiles(unit, &files, nullptr);
    for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
      const char* symbol = symbol_of(*call);
      if (symbol == nullptr && call + 1 == calls.rend()) {
        symbol = ::dwfl_module_addrname(module, address);  // the linker has its whole name
      }
      SourceFrame frame = frame_named(symbol != nullptr ? symbol : dwarf_diename(&*call));
      frame.file = std::move(file);
      frame.line = number;
      frames.push_back(std::move(frame));
      // Where it stands in the next one: the place of the call.
      const auto call_file = number_of(*call, DW_AT_call_file);
      const auto call_line = number_of(*call, DW_AT_call_line);
      file = files != nullptr && call_file
                 ? text_or_empty(::dwarf_filesrc(files, *call_file, nullptr, nullptr))
                 : std::string();
      number = static_cast<int>(call_line.value_or(0));
    }
    return frames;
  }

  std::vector<SourceFrame> linker_name(std::uintptr_t address) const {
    Dwfl_Module* module = ::dwfl_addrmodule(dwfl_.get(), address);
    const char* name = module == nullptr ? nullptr : ::dwfl_module_addrname(module, address);
    if (name == nullptr) return {};
    return {frame_named(name)};
  }

  // From the function to the innermost inlined call.
  std::vector<Dwarf_Die> calls_at(Dwarf_Die& unit, Dwarf_Addr address) {
    const auto [known, added] = functions_.try_emplace(unit.addr);
    std::vector<FunctionRange>& ranges = known->second;
    if (added) {
      list_functions(unit, ranges);
      std::ranges::sort(ranges, {}, &FunctionRange::start);
    }
    auto after = std::ranges::upper_bound(ranges, address, {}, &FunctionRange::start);
    if (after == ranges.begin() || std::prev(after)->end <= address) return {};
    std::vector<Dwarf_Die> calls{std::prev(after)->function};
    find_inlined(calls.front(), address, calls);
    return calls;
  }

  unsigned long long loads() const { return loads_; }
  explicit operator bool() const { return dwfl_ != nullptr; }

 private:
  static int no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                           GElf_Word, char**) {
    return -1;  // the standard search may ask servers
  }
  static constexpr Dwfl_Callbacks kCallbacks{&::dwfl_linux_proc_find_elf, &no_debug_file, nullptr,
                                             nullptr};

  const unsigned long long loads_ = loads_of_process();
  std::unique_ptr<Dwfl, decltype(&::dwfl_end)> dwfl_;
  // By unit: a unit has thousands of functions, and is asked for many addresses.
  std::unordered_map<const void*, std::vector<FunctionRange>> functions_;
};

Symbolizer::Symbolizer(const SymbolizerOptions& options) : options_(options) {}
Symbolizer::~Symbolizer() = default;

Symbolizer::Symbols Symbolizer::resolve(std::span<const std::uintptr_t> addresses) {
  const std::lock_guard lock(mutex_);
  const auto deadline = steady_clock::now() + options_.patience;
  Symbols symbols;
  if (session_ && session_->loads() != loads_of_process()) session_.reset();
  bool looked_for_new = false;
  const auto module_of = [this](std::uintptr_t address) {
    return std::ranges::find_if(modules_, [&](const CodeModule& each) {
      return each.start <= address && address < each.end;
    });
  };
  for (const std::uintptr_t address : addresses) {
    if (symbols.at.contains(address)) continue;
    if (const auto known = known_.find(address); known != known_.end()) {
      symbols.at.emplace(address, known->second);
      continue;
    }
    if (!session_) session_ = std::make_unique<Session>();
    if (!*session_) break;
    auto module = module_of(address);
    if (module == modules_.end() && !std::exchange(looked_for_new, true)) {
      for (CodeModule& loaded : session_->modules()) {
        if (module_of(loaded.start) == modules_.end()) modules_.push_back(std::move(loaded));
      }
      module = module_of(address);
    }
    if (module == modules_.end()) continue;
    auto location = std::make_shared<Location>();
    location->module = static_cast<std::size_t>(module - modules_.begin());
    const bool late = steady_clock::now() >= deadline;
    location->frames = late ? session_->linker_name(address) : session_->frames_at(address);
    if (!late) {
      if (known_.size() >= options_.remembered) known_.clear();
      known_.emplace(address, location);
    }
    symbols.at.emplace(address, std::move(location));
  }
  if (!options_.keep_open) session_.reset();
  symbols.modules = modules_;
  return symbols;
}

}  // namespace pim::telemetry
