#include "telemetry/symbolizer.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

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

// From the outermost function to the innermost inlined call that has the address.
void find_calls(Dwarf_Die parent, Dwarf_Addr address, std::vector<Dwarf_Die>& calls) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (is_scope_of_names(tag)) {
      find_calls(child, address, calls);
      if (!calls.empty()) return;
    }
    const bool function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
    if (!function && tag != DW_TAG_lexical_block) continue;
    if (dwarf_haspc(&child, address) <= 0) continue;
    if (function) calls.push_back(child);
    return find_calls(child, address, calls);
  } while (dwarf_siblingof(&child, &child) == 0);
}

const char* symbol_of(Dwarf_Die& function) {
  Dwarf_Attribute attribute;
  const char* linkage =
      dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
  return linkage != nullptr ? linkage : dwarf_diename(&function);
}

std::optional<Dwarf_Word> number_of(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr(&die, name, &attribute), &value) != 0) return std::nullopt;
  return value;
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

  std::vector<SourceFrame> frames_at(std::uintptr_t address) const {
    Dwfl_Module* module = ::dwfl_addrmodule(dwfl_.get(), address);
    if (module == nullptr) return {};
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = ::dwfl_module_addrdie(module, address, &bias);
    std::vector<Dwarf_Die> calls;
    if (unit != nullptr) find_calls(*unit, address - bias, calls);
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
      SourceFrame frame = frame_named(symbol_of(*call));
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

  explicit operator bool() const { return dwfl_ != nullptr; }

 private:
  static int no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                           GElf_Word, char**) {
    return -1;  // the standard search may ask servers
  }
  static constexpr Dwfl_Callbacks kCallbacks{&::dwfl_linux_proc_find_elf, &no_debug_file, nullptr,
                                             nullptr};

  std::unique_ptr<Dwfl, decltype(&::dwfl_end)> dwfl_;
};

Symbolizer::Symbolizer(const SymbolizerOptions& options) : options_(options) {}
Symbolizer::~Symbolizer() = default;

Symbolizer::Symbols Symbolizer::resolve(std::span<const std::uintptr_t> addresses) {
  const std::lock_guard lock(mutex_);
  const auto deadline = steady_clock::now() + options_.patience;
  Symbols symbols;
  std::optional<Session> session;
  for (const std::uintptr_t address : addresses) {
    if (symbols.at.contains(address)) continue;
    if (const auto known = known_.find(address); known != known_.end()) {
      symbols.at.emplace(address, known->second);
      continue;
    }
    if (!session) {
      session.emplace();
      for (CodeModule& module : session->modules()) {  // what was loaded since
        if (std::ranges::find(modules_, module.start, &CodeModule::start) == modules_.end()) {
          modules_.push_back(std::move(module));
        }
      }
    }
    const auto module = std::ranges::find_if(modules_, [&](const CodeModule& each) {
      return each.start <= address && address < each.end;
    });
    if (module == modules_.end() || !*session) continue;
    auto location = std::make_shared<Location>();
    location->module = static_cast<std::size_t>(module - modules_.begin());
    const bool late = steady_clock::now() >= deadline;
    location->frames = late ? session->linker_name(address) : session->frames_at(address);
    if (!late) {
      if (known_.size() >= options_.remembered) known_.clear();
      known_.emplace(address, location);
    }
    symbols.at.emplace(address, std::move(location));
  }
  symbols.modules = modules_;
  return symbols;
}

}  // namespace pim::telemetry
