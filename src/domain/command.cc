#include "domain/command.h"

#include <variant>

#include "domain/names.h"

namespace pim {

std::string_view command_name(const Command& command) { return kCommandNames[command.index()]; }

StreamKind stream_kind_of(const Command& command) {
  return std::visit([]<class C>(const C&) { return stream_kind_for<C>(); }, command);
}

}  // namespace pim
