#include "stack.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> texts_of(const Json& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : object.items()) {
    texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return texts;
}

std::string seconds(WallTime time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const auto fraction = std::to_string(ms.count() % 1000);
  return std::to_string(ms.count() / 1000) + "." + std::string(3 - fraction.size(), '0') + fraction;
}

}  // namespace

std::string escaped(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string result;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
        kPlain.find(c) != kPlain.npos) {
      result += c;
      continue;
    }
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned char>(c));
    result += hex;
  }
  return result;
}

std::string random_hex(std::size_t digits) {
  std::random_device random;
  std::string text(digits, '0');
  for (auto& c : text) c = "123456789abcdef0"[random() % 15];
  return text;
}

std::string nanoseconds(WallTime time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

std::string hex_of_base64(std::string_view base64) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (const char c : base64) {
    const auto value = kDigits.find(c);
    if (value == kDigits.npos) break;
    held = held << 6 | static_cast<unsigned>(value);
    for (bits += 6; bits >= 4; bits -= 4) text += "0123456789abcdef"[held >> (bits - 4) & 15];
  }
  return text.substr(0, text.size() / 2 * 2);
}

Result<Stack, std::string> Stack::from_environment() {
  const char* file = std::getenv("PIM_STACK");
  if (file == nullptr) {
    return Err{std::string("PIM_STACK is not set: ./lab stack up, then PIM_STACK=DIR/stack.json")};
  }
  auto description = Json::parse(integration::read_text(file), nullptr, false);
  if (!description.is_object() || !description.contains("loki")) {
    return Err{std::string(file) + " does not describe a stack"};
  }
  return Stack(std::move(description));
}

std::string Stack::url(const std::string& part) const {
  return description_.at(part).get<std::string>();
}

load::Response Stack::send(const std::string& part, const load::Request& request) const {
  const auto address = url(part).substr(std::string_view("http://").size());
  const auto colon = address.rfind(':');
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
  auto response = load::HttpClient(address.substr(0, colon), port, 20s).send(request);
  if (response) return std::move(*response);
  return {0, {}, response.error().message};
}

load::Response Stack::get(const std::string& part, const std::string& target) const {
  return send(part, {"GET", target, {{"Accept", "application/json"}}, {}});
}

load::Response Stack::post(const std::string& part, const std::string& target,
                           const std::string& content_type, const std::string& body) const {
  return send(part, {"POST", target, {{"Content-Type", content_type}}, body});
}

Json Stack::get_json(const std::string& part, const std::string& target) const {
  const auto response = get(part, target);
  if (response.status / 100 != 2) return nullptr;
  auto json = Json::parse(response.body, nullptr, false);
  return json.is_discarded() ? Json() : json;
}

Json Stack::trace(const std::string& trace_id) const {
  return get_json("tempo", "/api/traces/" + trace_id);
}

std::vector<std::string> Stack::span_ids(const std::string& trace_id) const {
  std::vector<std::string> ids;
  const auto found = trace(trace_id);
  if (!found.is_object()) return ids;
  for (const auto& batch : found.value("batches", Json::array())) {
    for (const auto& scope : batch.value("scopeSpans", Json::array())) {
      for (const auto& span : scope.value("spans", Json::array())) {
        ids.push_back(hex_of_base64(span.value("spanId", "")));
      }
    }
  }
  return ids;
}

std::vector<LogLine> Stack::logs(const std::string& query, WallTime from, WallTime to) const {
  std::vector<LogLine> lines;
  const auto answer = get_json(
      "loki", "/loki/api/v1/query_range?limit=5000&direction=forward&query=" + escaped(query) +
                  "&start=" + nanoseconds(from) + "&end=" + nanoseconds(to));
  if (!answer.is_object()) return lines;
  for (const auto& stream : answer["data"]["result"]) {
    for (const auto& value : stream["values"]) {
      lines.push_back({std::stoll(value[0].get<std::string>()), value[1].get<std::string>(),
                       texts_of(stream["stream"])});
    }
  }
  std::ranges::sort(lines, {}, &LogLine::time_ns);
  return lines;
}

Json Stack::metrics(const std::string& query, WallTime at) const {
  const auto answer = get_json(
      "mimir", "/prometheus/api/v1/query?query=" + escaped(query) + "&time=" + seconds(at));
  return answer.is_object() ? answer["data"]["result"] : Json::array();
}

double Stack::metric(const std::string& query, double otherwise) const {
  const auto result = metrics(query);
  return result.empty() ? otherwise : std::stod(result[0]["value"][1].get<std::string>());
}

std::vector<Exemplar> Stack::exemplars(const std::string& selector, WallTime from,
                                       WallTime to) const {
  std::vector<Exemplar> found;
  const auto answer =
      get_json("mimir", "/prometheus/api/v1/query_exemplars?query=" + escaped(selector) +
                            "&start=" + seconds(from) + "&end=" + seconds(to));
  if (!answer.is_object()) return found;
  for (const auto& series : answer["data"]) {
    for (const auto& exemplar : series["exemplars"]) {
      found.push_back({texts_of(series["seriesLabels"]), texts_of(exemplar["labels"]),
                       std::stod(exemplar["value"].get<std::string>())});
    }
  }
  return found;
}

void Stack::scrape(const std::string& name, const std::string& address) const {
  const auto file = url("targets") + "/" + name + ".json";
  std::ofstream(file + ".new") << Json::array({{{"targets", Json::array({address})}}}) << "\n";
  std::filesystem::rename(file + ".new", file);
}

void Stack::scrape_no_more(const std::string& name) const {
  std::filesystem::remove(url("targets") + "/" + name + ".json");
}

void StackTest::SetUp() {
  Lab::SetUp();
  auto stack = Stack::from_environment();
  ASSERT_TRUE(stack.ok()) << stack.error();
  stack_.emplace(std::move(*stack));
}

void StackTest::TearDown() {
  if (!target_.empty()) stack_->scrape_no_more(target_);
  Lab::TearDown();
}

void StackTest::serve_observed(std::vector<std::string> extra) {
  extra.insert(extra.end(), {"--otlp-endpoint", stack_->url("otlp")});
  serve(std::move(extra));
  if (HasFatalFailure()) return;
  target_ = "test-" + std::to_string(::getpid());
  stack_->scrape(target_, "127.0.0.1:" + std::to_string(server().admin_port()));
}

}  // namespace pim::stack
