#include "domain/json.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "domain/json_read.h"
#include "domain/json_write.h"
#include "domain/names.h"

namespace pim {
namespace {

template <class T>
std::string written(const T& value, std::size_t expected_size) {
  std::string out;
  out.reserve(expected_size);
  json::write(out, value);
  return out;
}

// Reads a T out of our own history.
template <class T>
Result<T, JsonError> from_history(std::string_view text) {
  json::Document document;
  const auto root = document.parse(text);
  if (!root) return Err{root.error()};
  json::Reader reader(json::Mode::history);
  T value;
  if (!reader.read(*root, value)) return Err{reader.take_error()};
  return value;
}

template <class T>
Result<StreamState, JsonError> state_from_history(std::string_view text) {
  auto value = from_history<T>(text);
  if (!value) return Err{value.error()};
  return StreamState{*std::move(value)};
}

template <std::size_t I>
Result<Event, JsonError> event_from_history(std::string_view text) {
  auto event = from_history<std::variant_alternative_t<I, Event>>(text);
  if (!event) return Err{event.error()};
  return Event{*std::move(event)};
}

template <std::size_t... I>
Result<Event, JsonError> event_at(std::size_t index, std::string_view text,
                                  std::index_sequence<I...>) {
  using Read = Result<Event, JsonError> (*)(std::string_view);
  constexpr std::array<Read, sizeof...(I)> kRead{&event_from_history<I>...};
  return kRead[index](text);
}

}  // namespace

namespace json {

Result<simdjson::dom::element, JsonError> Document::parse(std::string_view json) {
  simdjson::dom::element root;
  auto error = parser_.allocate(json.size() + simdjson::SIMDJSON_PADDING, kMaxDepth);
  if (error == simdjson::SUCCESS) error = parser_.parse(json.data(), json.size()).get(root);
  if (error == simdjson::SUCCESS) return root;
  if (error == simdjson::DEPTH_ERROR) {
    return Err{JsonError{"", "is nested deeper than " + std::to_string(kMaxDepth) + " levels"}};
  }
  if (error == simdjson::UTF8_ERROR) return Err{JsonError{"", "is not valid UTF-8"}};
  return Err{JsonError{"", std::string("is not valid JSON: ") + simdjson::error_message(error)}};
}

}  // namespace json

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t clean_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(clean_from, i - clean_from);
    clean_from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 0x0F];
    }
  }
  out += text.substr(clean_from);
  out += '"';
}

std::string event_to_json(const Event& event) {
  return std::visit([](const auto& each) { return written(each, 512); }, event);
}

Result<Event, JsonError> event_from_json(std::string_view type, std::string_view json) {
  const auto index = index_of(kEventTypes, type);
  if (!index) return Err{JsonError{"", "is of an unknown event type"}};
  return event_at(*index, json, std::make_index_sequence<std::variant_size_v<Event>>{});
}

std::string state_to_json(const StreamState& state) {
  return std::visit(
      [](const auto& each) -> std::string {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(each)>, std::monostate>) {
          return "null";
        } else {
          return written(each, 1024);
        }
      },
      state);
}

Result<StreamState, JsonError> state_from_json(StreamKind kind, std::string_view json) {
  if (json == "null") return StreamState{};
  switch (kind) {
    case StreamKind::patient:
      return state_from_history<Patient>(json);
    case StreamKind::provider:
      return state_from_history<Provider>(json);
    case StreamKind::facility:
      return state_from_history<Facility>(json);
  }
  return Err{JsonError{"", "is of an unknown stream kind"}};
}

std::string to_json(const PatientFacts& facts) { return written(facts, 256); }
std::string to_json(const Encounter& encounter) { return written(encounter, 2048); }
std::string to_json(const Bill& bill) { return written(bill, 1024); }
std::string to_json(const Provider& provider) { return written(provider, 256); }
std::string to_json(const Facility& facility) { return written(facility, 256); }

Result<PatientFacts, JsonError> patient_facts_from_json(std::string_view json) {
  return from_history<PatientFacts>(json);
}
Result<Encounter, JsonError> encounter_from_json(std::string_view json) {
  return from_history<Encounter>(json);
}

}  // namespace pim
