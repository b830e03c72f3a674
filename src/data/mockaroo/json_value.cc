#include "data/mockaroo/json_value.h"

#include <simdjson.h>

#include <charconv>

#include "data/mockaroo/value.h"
#include "domain/json.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::size_t kMaxJsonBytes = 4 << 20;
constexpr std::size_t kMaxJsonDepth = 32;

// The parser has bounded the depth.
JsonValue copy_of(simdjson::dom::element from) {
  JsonValue to;
  switch (from.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      break;
    case simdjson::dom::element_type::BOOL:
      to.kind = JsonValue::Kind::truth;
      to.truth = bool(from);
      break;
    case simdjson::dom::element_type::INT64:
      to.kind = JsonValue::Kind::whole;
      to.whole = std::int64_t(from);
      to.decimal = static_cast<double>(to.whole);
      break;
    case simdjson::dom::element_type::UINT64:  // beyond int64
      to.kind = JsonValue::Kind::decimal;
      to.decimal = static_cast<double>(std::uint64_t(from));
      break;
    case simdjson::dom::element_type::DOUBLE:
      to.kind = JsonValue::Kind::decimal;
      to.decimal = double(from);
      break;
    case simdjson::dom::element_type::STRING:
      to.kind = JsonValue::Kind::text;
      to.text = std::string_view(from);
      break;
    case simdjson::dom::element_type::ARRAY:
      to.kind = JsonValue::Kind::array;
      for (const auto item : simdjson::dom::array(from)) to.items.push_back(copy_of(item));
      break;
    case simdjson::dom::element_type::OBJECT:
      to.kind = JsonValue::Kind::object;
      for (const auto member : simdjson::dom::object(from)) {
        to.members.emplace_back(std::string(member.key), copy_of(member.value));
      }
      break;
  }
  return to;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string JsonValue::as_text() const {
  switch (kind) {
    case Kind::truth:
      return truth ? "true" : "false";
    case Kind::whole:
      return std::to_string(whole);
    case Kind::decimal:
      return mockaroo::to_text(Value(decimal));
    case Kind::text:
      return text;
    default:
      return {};
  }
}

std::optional<double> JsonValue::as_number() const {
  if (is_number()) return decimal;
  if (kind != Kind::text) return std::nullopt;
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

Result<JsonValue, std::string> parse_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kMaxJsonBytes) return Err{std::string("it is longer than 4 MiB")};
  simdjson::dom::parser parser(kMaxJsonBytes + 1);
  if (parser.allocate(std::max<std::size_t>(text.size(), 64), kMaxJsonDepth) != simdjson::SUCCESS) {
    return Err{std::string("there is no memory for it")};
  }
  simdjson::dom::element root;
  const auto problem = parser.parse(simdjson::padded_string(text)).get(root);
  if (problem == simdjson::DEPTH_ERROR) return Err{std::string("it is nested too deeply")};
  if (problem != simdjson::SUCCESS) {
    return Err{"it is no JSON: " + std::string(simdjson::error_message(problem))};
  }
  return copy_of(root);
}

std::string to_json(const JsonValue& value) {
  std::string out;
  switch (value.kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::text:
      append_json_string(out, value.text);
      return out;
    case JsonValue::Kind::array:
      for (const auto& item : value.items) out += (out.empty() ? "[" : ",") + to_json(item);
      return out.empty() ? "[]" : out + "]";
    case JsonValue::Kind::object:
      for (const auto& [key, member] : value.members) {
        out += out.empty() ? '{' : ',';
        append_json_string(out, key);
        out += ':' + to_json(member);
      }
      return out.empty() ? "{}" : out + "}";
    default:
      return value.as_text();
  }
}

}  // namespace pim::data::mockaroo
