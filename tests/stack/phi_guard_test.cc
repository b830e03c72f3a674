// Nothing of a patient reaches a back end: everything that Loki, Tempo, Mimir and Pyroscope hold is
// read back and searched by the text rules of src/data/privacy and for the very identifiers that
// this test sent. That the search finds is shown by a leak planted in each of them.
#include <algorithm>
#include <cctype>

#include "api/routes.h"
#include "data/privacy/text_scan.h"
#include "evidence.h"
#include "sample_calls.h"
#include "telemetry_texts.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;
using data::privacy::scan_text;
using data::privacy::TextHit;
using data::privacy::TextRules;

// Somebody who does not exist, in forms that no 555 number or example.com excuses.
constexpr std::pair<std::string_view, std::string_view> kCanaries[] = {
    {"name", "Margaret Wojciechowski"},
    {"surname", "Wojciechowski"},
    {"MRN", "MRN 88412097"},
    {"medical record", "88412097"},
    {"SSN", "219-45-7718"},
    {"phone", "614-284-7719"},
    {"e-mail", "m.wojciechowski@buckeyemail.net"},
    {"street", "4127 Kettering Street"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return std::isxdigit(c) != 0 || c == '.' || c == '-' || c == '+';
  });
}

// The stack's parts name one another's addresses on this machine, which lead to nobody.
std::string without_own_addresses(std::string text) {
  constexpr std::string_view kOwn = "http://127.0.0.1";
  for (auto at = text.find(kOwn); at != text.npos; at = text.find(kOwn, at)) {
    text.erase(at, kOwn.size());
  }
  return text;
}

struct Hit {
  std::string where;
  std::string what;  // a rule's id, or the canary's kind; the text itself is not quoted
};

class PhiGuard : public StackTest {
 protected:
  // Identifiers of patients are found with and without their hyphens, in any case.
  void look_for(const std::string& kind, const std::string& identifier) {
    canaries_.emplace_back(kind, lower(identifier));
    auto bare = lower(identifier);
    std::erase(bare, '-');
    if (bare != canaries_.back().second) canaries_.emplace_back(kind + ", bare", bare);
    auto joined = lower(identifier);
    std::ranges::replace(joined, ' ', '_');
    if (joined != canaries_.back().second) canaries_.emplace_back(kind + ", joined", joined);
  }

  std::vector<Hit> search(const Texts& texts) const {
    std::vector<Hit> hits;
    std::vector<TextHit> found;
    for (const auto& [where, some] : texts) {
      for (const auto& whole : some) {
        const auto text = without_own_addresses(whole);
        scan_text(text, is_number(text) ? data::privacy::kRulesForNumbers : TextRules::all(),
                  found);
        for (const auto& hit : found) {
          hits.push_back({where, std::string(data::privacy::info(hit.rule).id)});
        }
        const auto folded = lower(text);
        for (const auto& [kind, canary] : canaries_) {
          if (folded.find(canary) != std::string::npos) hits.push_back({where, "canary " + kind});
        }
      }
    }
    return hits;
  }

  void remember_trace(const load::Response& response) {
    const auto traceparent = response.header("traceparent");
    if (traceparent.ends_with("-01")) traces_.insert(std::string(traceparent.substr(3, 32)));
  }

  // Every operation, for two patients.
  void call_for_two() {
    for (const char salt : {'1', '2'}) {
      const auto ids = integration::sample_ids(salt);
      for (const auto& [name, id] : ids) {
        if (id.size() == 36) look_for(name, id);
      }
      call_everything(salt, [this](const load::Response& response) { remember_trace(response); });
    }
  }

  // A client that puts its patient wherever one can put something.
  void call_carelessly() {
    for (const auto& [kind, canary] : kCanaries) {
      const std::string text(canary);
      look_for(std::string(kind), text);
      const auto& registrar = token("registrar");
      const auto body =
          R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441","note":")" + text + "\"}";
      remember_trace(call("POST", "/v1/patients", registrar, body));
      remember_trace(call("POST", "/v1/patients", registrar, text));
      remember_trace(call("GET", "/v1/patients/" + escaped(text), registrar));
      remember_trace(call("GET", "/v1/" + escaped(text) + "/x", registrar));
      remember_trace(call("GET", "/v1/encounters?day=" + escaped(text), registrar));
      remember_trace(call("GET", "/v1/encounters?name=" + escaped(text), registrar));
      remember_trace(call("GET", "/v1/patients", "not a token: " + text));
      remember_trace(call("GET", "/v1/encounters", registrar, {},
                          {{"User-Agent", text},
                           {"Referer", text},
                           {"Cookie", text},
                           {"Baggage", "patient=" + escaped(text)},
                           {"Pim-Purpose", text},
                           {"Pim-Min-Position", text},
                           {"If-Match", text}}));
    }
  }

  std::vector<std::pair<std::string, std::string>> canaries_;
  std::set<std::string> traces_;
};

std::string told(const std::vector<Hit>& hits) {
  std::map<std::string, std::size_t> counted;
  for (const auto& hit : hits) ++counted[hit.where + ": " + hit.what];
  std::string out;
  for (const auto& [what, times] : counted) out += what + " x" + std::to_string(times) + "\n";
  return out;
}

TEST_F(PhiGuard, NothingOfAPatientReachesABackEndAndALeakIsFound) {
  const auto since = std::chrono::system_clock::now() - 6h;  // what other tests sent, too
  serve_observed({"--trace-rate", "100000", "--pyroscope-endpoint", stack().url("pyroscope")});
  call_for_two();
  call_carelessly();
  ASSERT_GT(traces_.size(), 50U);

  // What was sent has arrived.
  const auto last = *traces_.rbegin();
  ASSERT_TRUE(eventually([&] { return stack().trace(last).is_object(); }));
  ASSERT_TRUE(eventually([&] {
    return !stack()
                .logs("{service_name=\"pim\"} | trace_id=\"" + last + "\"", since,
                      std::chrono::system_clock::now())
                .empty();
  }));
  ASSERT_TRUE(eventually(
      [&] { return stack().metric(R"(sum(pim_http_requests_total{status="4xx"}))") > 0; }));
  const TextScope everyone{since, ""};
  ASSERT_TRUE(eventually([&] { return count(pyroscope_texts(stack(), everyone)) > 20; }));

  Json evidence = Json::object();
  const auto clean = [&](const std::string& part, const Texts& texts, std::size_t at_least) {
    const auto hits = search(texts);
    EXPECT_TRUE(hits.empty()) << told(hits);
    EXPECT_GE(count(texts), at_least) << part << " was hardly read";
    evidence[part] = {{"texts", count(texts)}, {"places", texts.size()}, {"hits", hits.size()}};
  };
  clean("loki", loki_texts(stack(), everyone), 100);
  clean("tempo", tempo_texts(stack(), everyone, traces_), 100);
  clean("mimir", mimir_texts(stack(), everyone), 500);
  clean("pyroscope", pyroscope_texts(stack(), everyone), 20);

  // The control: by a rule and by the canary itself.
  const auto service = std::string(kPlantedPrefix) + random_hex(8);
  const TextScope planted{since, service};
  const std::string leak = "call Margaret Wojciechowski at 614-284-7719";
  const auto trace = random_hex(32);
  ASSERT_EQ(plant_in_loki(stack(), service, leak), "");
  ASSERT_EQ(plant_in_tempo(stack(), service, leak, trace), "");
  ASSERT_EQ(plant_in_mimir(stack(), service, leak), "");
  ASSERT_EQ(plant_in_pyroscope(stack(), service, leak), "");
  const auto found = [&](const std::string& part, const std::function<Texts()>& read) {
    std::vector<Hit> hits;
    eventually([&] {
      hits = search(read());
      return hits.size() >= 2;
    });
    const auto by_rule =
        std::ranges::any_of(hits, [](const Hit& hit) { return !hit.what.starts_with("canary"); });
    const auto by_canary =
        std::ranges::any_of(hits, [](const Hit& hit) { return hit.what.starts_with("canary"); });
    EXPECT_TRUE(by_rule) << part << ": " << told(hits);
    EXPECT_TRUE(by_canary) << part << ": " << told(hits);
    evidence[part]["planted_leak_found"] = by_rule && by_canary;
  };
  found("loki", [&] { return loki_texts(stack(), planted); });
  found("tempo", [&] { return tempo_texts(stack(), planted, {}); });
  found("mimir", [&] { return mimir_texts(stack(), planted); });
  found("pyroscope", [&] { return pyroscope_texts(stack(), planted); });
  keep_evidence("phi", "guard", evidence);
}

}  // namespace
}  // namespace pim::stack
