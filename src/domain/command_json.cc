#include "domain/command_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "domain/json_read.h"
#include "domain/json_write.h"
#include "domain/names.h"
#include "domain/procedure_code.h"

namespace pim {
namespace {

// Every integer in a command has its limits in bounds.h.
template <class C>
constexpr bool integers_are_bounded() {
  bool bounded = true;
  for_each_field<C>([&](const auto& field) {
    using Value = value_of_t<std::remove_cvref_t<decltype(std::declval<C>().*field.member)>>;
    if (IntegerType<Value> || std::same_as<Value, Cents>)
      bounded &= find_bound(field.name).has_value();
  });
  return bounded;
}

const std::string* find_preset(const PresetFields& preset, std::string_view name) {
  const auto found = std::find_if(preset.begin(), preset.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == preset.end() ? nullptr : &found->second;
}

// A preset is text even where the field is a number: it came out of a URL.
template <class T>
bool read_preset(json::Reader& reader, std::string_view name, const std::string& text, T& out) {
  if constexpr (OptionalType<T>) {
    return read_preset(reader, name, text, out.emplace());
  } else if constexpr (IntegerType<T>) {
    const char* end = text.data() + text.size();
    const auto [stopped_at, error] = std::from_chars(text.data(), end, out);
    if (error != std::errc{} || stopped_at != end) return reader.fail("must be an integer");
    return reader.within_bounds(name, out);
  } else if constexpr (TextType<T>) {
    return reader.from_text(text, out);
  } else {
    return reader.fail("cannot be preset");
  }
}

template <class C>
bool merge_presets(json::Reader& reader, const PresetFields& preset, C& command,
                   json::Reader::FieldSet& seen) {
  bool good = true;
  json::Reader::FieldSet bit = 1;
  for_each_field<C>([&](const auto& field) {
    const auto* text = good ? find_preset(preset, field.name) : nullptr;
    if (text) {
      auto& member = command.*field.member;
      std::remove_cvref_t<decltype(member)> value{};
      if (!read_preset(reader, field.name, *text, value)) {
        good = reader.fail_at(field.name, reader.take_error().message);
      } else if ((seen & bit) != 0 && member != value) {
        good = reader.fail_at(field.name, "differs from the one that the URL names");
      }
      member = std::move(value);
      seen |= bit;
    }
    bit <<= 1;
  });
  return good;
}

template <class C>
bool check_whole(json::Reader&, const C&) {
  return true;
}
bool check_whole(json::Reader& reader, const RecordProcedure& command) {
  if (is_procedure_code(command.system, command.code)) return true;
  return reader.fail_at("code", "must be " + std::string(procedure_code_hint(command.system)));
}

template <class C>
bool read_command(json::Reader& reader, std::string_view body, const PresetFields& preset,
                  C& command) {
  static_assert(integers_are_bounded<C>());
  json::Document document;
  json::Reader::FieldSet seen = 0;
  if (!body.empty()) {
    const auto root = document.parse(body);
    if (!root) return reader.fail(root.error().message);
    if (!reader.read_fields(*root, command, seen)) return false;
  }
  return merge_presets(reader, preset, command, seen) && reader.template require_fields<C>(seen) &&
         check_whole(reader, command);
}

using CommandResult = Result<Command, JsonError>;

template <std::size_t I>
CommandResult read_alternative(std::string_view body, const PresetFields& preset) {
  json::Reader reader(json::Mode::strict);
  std::variant_alternative_t<I, Command> command;
  if (!read_command(reader, body, preset, command)) return Err{reader.take_error()};
  return Command{std::move(command)};
}

template <std::size_t... I>
CommandResult read_at(std::size_t index, std::string_view body, const PresetFields& preset,
                      std::index_sequence<I...>) {
  using Read = CommandResult (*)(std::string_view, const PresetFields&);
  constexpr std::array<Read, sizeof...(I)> kRead{&read_alternative<I>...};
  return kRead[index](body, preset);
}

}  // namespace

CommandResult command_from_json(std::string_view name, std::string_view body,
                                const PresetFields& preset) {
  const auto index = index_of(kCommandNames, name);
  if (!index) return Err{JsonError{"", "is of an unknown command"}};
  return read_at(*index, body, preset, std::make_index_sequence<std::variant_size_v<Command>>{});
}

std::string command_to_json(const Command& command) {
  std::string out;
  out.reserve(512);
  std::visit([&](const auto& each) { json::write(out, each); }, command);
  return out;
}

}  // namespace pim
