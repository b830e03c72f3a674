#include "data/mockaroo/fetch.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "data/mockaroo/dataset.h"
#include "data/mockaroo/fetch_state.h"
#include "data/mockaroo/output.h"
#include "data/mockaroo/plan.h"
#include "data/sha256.h"

namespace pim::data::mockaroo {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 4;                    // of a request that got no answer
constexpr std::int64_t kLongestPause = 120;  // seconds; a longer wait is the caller's
constexpr std::size_t kShownError = 300;     // characters of Mockaroo's own words

std::string sha256_of(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

std::optional<std::string> contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// Of a query: everything but letters, digits and - _ . ~ as %XX.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// `{"error": "..."}`; empty where the body is none.
std::string error_text(const std::string& body) {
  if (!body.starts_with('{')) return {};
  const auto json = parse_json(body);
  const auto* error = json ? json->find("error") : nullptr;
  if (error == nullptr) return {};
  std::string text = error->as_text().substr(0, kShownError);
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

bool speaks_of_limit(const std::string& error) {
  return error.find("limit") != std::string::npos || error.find("quota") != std::string::npos;
}

// The columns as the API takes them: the blank rate has another name there.
std::string fields_of(const Schema& schema) {
  JsonValue fields;
  fields.kind = JsonValue::Kind::array;
  const auto text = [](const std::string& from) {
    JsonValue value;
    value.kind = JsonValue::Kind::text;
    value.text = from;
    return value;
  };
  for (const auto& column : schema.columns) {
    JsonValue field;
    field.kind = JsonValue::Kind::object;
    field.members.emplace_back("name", text(column.name));
    field.members.emplace_back("type", text(column.type));
    if (column.null_percentage > 0) {
      JsonValue blank;
      blank.kind = JsonValue::Kind::whole;
      blank.whole = std::llround(column.null_percentage);
      field.members.emplace_back("percentBlank", blank);
    }
    if (!column.formula.empty()) field.members.emplace_back("formula", text(column.formula));
    field.members.insert(field.members.end(), column.options.members.begin(),
                         column.options.members.end());
    fields.items.push_back(std::move(field));
  }
  return to_json(fields);
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

class Fetch {
 public:
  Fetch(const std::vector<MockInput>& inputs, Api& api, const FetchOptions& options)
      : inputs_(inputs),
        api_(api),
        options_(options),
        state_path_((fs::path(options.out) / "mockaroo-fetch.json").string()) {
    for (const auto& input : inputs) {
      schemas_.push_back(input.schema);
      if (options.rows) schemas_.back().num_rows = *options.rows;
    }
  }

  Result<Manifest, FetchError> run() {
    const auto order = order_by_datasets(schemas_);
    if (!order) return refused(order.error());
    if (auto problem = check_pages()) return Err{*problem};
    std::error_code failed;
    fs::create_directories(options_.out, failed);
    if (failed) return environment("cannot make " + options_.out + ": " + failed.message());
    state_ = load_fetch_state(state_path_);
    Manifest manifest;
    manifest.generator = "pim data mockaroo-fetch";
    manifest.version = options_.version;
    for (const auto index : *order) {
      if (auto problem = upload_needed(schemas_[index])) return Err{*problem};
      auto file = fetch_file(index);
      if (!file) return Err{file.error()};
      manifest.files.push_back(std::move(*file));
    }
    if (!write_whole((fs::path(options_.out) / "manifest.json").string(), to_json(manifest))) {
      return environment("cannot write in " + options_.out);
    }
    return manifest;
  }

 private:
  using Problem = std::optional<FetchError>;
  static Err<FetchError> refused(std::string message) {
    return Err{FetchError{FetchError::Kind::refused, std::move(message)}};
  }
  static Err<FetchError> environment(std::string message) {
    return Err{FetchError{FetchError::Kind::environment, std::move(message)}};
  }
  void say(const std::string& line) const {
    if (options_.say) options_.say(line);
  }

  // Every request starts at row 1 again.
  Problem check_pages() const {
    for (std::size_t i = 0; i < schemas_.size(); ++i) {
      if (schemas_[i].num_rows <= options_.page_rows) continue;
      const auto counting = counting_columns(schemas_[i]);
      if (counting.empty()) continue;
      return refused(inputs_[i].file + ": column '" + counting.front() + "' counts rows, and " +
                     std::to_string(schemas_[i].num_rows) + " rows are more than one request of " +
                     std::to_string(options_.page_rows) +
                     ": the second would start at 1 again; ask for fewer rows, or --page-rows "
                     "where your plan gives more")
          .error;
    }
    return {};
  }

  std::string file_path(const std::string& name) const {
    return (fs::path(options_.out) / (name + ".csv")).string();
  }
  std::string page_path(const std::string& name, std::size_t page) const {
    return (fs::path(options_.out) / (name + ".page-" + std::to_string(page + 1))).string();
  }
  Problem save_state() const {
    if (save_fetch_state(state_path_, state_)) return {};
    return environment("cannot write " + state_path_).error;
  }

  // One request with all its repetitions; the body of the answer.
  Result<std::string, FetchError> ask(const ApiRequest& request, const std::string& what) {
    std::string last;
    for (int attempt = 1; attempt <= kTries; ++attempt) {
      const auto reply = api_.post(request);
      if (reply && reply->status >= 200 && reply->status < 300) {
        const auto error = error_text(reply->body);
        if (error.empty()) return reply->body;
        return answer_for(error, what);
      }
      std::int64_t pause = std::int64_t{1} << attempt;
      if (!reply) {
        last = reply.error().message;
        if (reply.error().lasting) return environment(std::string(what).append(": ").append(last));
      } else {
        const auto error = error_text(reply->body);
        if (reply->status == 429 || speaks_of_limit(error)) {
          pause = reply->retry_after.value_or(kLongestPause + 1);
          if (pause > kLongestPause) return limit(reply->retry_after, error);
          last = "the limit of requests is reached";
        } else if (reply->status < 500) {
          return answer_for(error.empty() ? "status " + std::to_string(reply->status) : error, what,
                            reply->status);
        } else {
          last = "status " + std::to_string(reply->status);
        }
      }
      if (attempt == kTries) break;
      std::string line = what;
      say(line.append(": ").append(last).append("; once more in ") + std::to_string(pause) + " s");
      if (options_.pause) options_.pause(pause);
    }
    return environment(what + ": Mockaroo does not answer (" + last +
                       "); run the same command again: it goes on from here");
  }

  static Err<FetchError> limit(std::optional<std::int64_t> after, const std::string& error) {
    std::string text =
        "Mockaroo's limit is reached" + (error.empty() ? "" : " (" + error + ")") + ": ";
    text += after ? "go on in " + std::to_string((*after + 59) / 60) + " minutes"
                  : "a free plan gives 200 requests a day, so go on tomorrow";
    return environment(text + " with the same command; what was fetched is kept");
  }

  static Err<FetchError> answer_for(const std::string& error, const std::string& what,
                                    int status = 200) {
    if (status == 401 || status == 403 || error == "Invalid API Key") {
      return environment("Mockaroo refuses the key (" + error + ")");
    }
    if (speaks_of_limit(error)) return limit(std::nullopt, error);
    return refused(what + ": Mockaroo says: " + error);
  }

  // The datasets that a schema draws from, where they are here: fetched before, or in the
  // directory.
  Problem upload_needed(const Schema& schema) {
    for (const auto& name : datasets_of(schema)) {
      const bool made = std::ranges::find(schemas_, name, &Schema::name) != schemas_.end();
      const bool path = name.find('/') != std::string::npos;
      const auto text =
          path ? std::nullopt
               : contents(made ? file_path(name)
                               : (fs::path(options_.datasets) / (name + ".csv")).string());
      if (!text) {
        say("dataset " + name + " is not here: it is taken to be at Mockaroo already");
        continue;
      }
      const auto hash = sha256_of(*text);
      if (state_.uploads[name] == hash) continue;
      const auto sent = ask(
          {"/api/datasets/" + percent_encoded(name) + "?filename=" + percent_encoded(name + ".csv"),
           "text/csv", *text},
          "upload of dataset " + name);
      if (!sent) return sent.error();
      say("dataset " + name + ": uploaded");
      state_.uploads[name] = hash;
      if (auto problem = save_state()) return problem;
    }
    return {};
  }

  Result<ManifestFile, FetchError> fetch_file(std::size_t index) {
    const Schema& schema = schemas_[index];
    const std::string body = fields_of(schema);
    // what a schema draws from is part of what is asked for
    std::string asked =
        body + "\n" + std::to_string(schema.num_rows) + "\n" + std::to_string(options_.page_rows);
    for (const auto& name : datasets_of(schema)) asked += "\n" + state_.uploads[name];
    auto& state = state_.files[schema.name];
    if (state.request != sha256_of(asked)) state = {sha256_of(asked), {}, {}};

    const auto digest = digest_file(file_path(schema.name));
    if (state.done.empty() || !digest || digest->sha256 != state.done) {
      if (auto problem = fetch_pages(schema, body, state)) return Err{*problem};
      if (auto problem = assemble(schema, state)) return Err{*problem};
    } else {
      say(schema.name + ": is here already");
    }
    return manifest_file(index);
  }

  Problem fetch_pages(const Schema& schema, const std::string& body, FetchState::File& state) {
    const auto pages =
        static_cast<std::size_t>((schema.num_rows + options_.page_rows - 1) / options_.page_rows);
    for (std::size_t page = 0; page < pages; ++page) {
      const auto here = digest_file(page_path(schema.name, page));
      if (page < state.pages.size() && here && here->sha256 == state.pages[page]) continue;
      state.pages.resize(page);
      const auto rows = std::min(options_.page_rows, schema.num_rows - page * options_.page_rows);
      const std::string what =
          schema.name + ", page " + std::to_string(page + 1) + " of " + std::to_string(pages);
      const auto text = ask({"/api/generate.csv?count=" + std::to_string(rows) + "&header=true",
                             "application/json", body},
                            what);
      if (!text) return text.error();
      if (auto problem = check_page(schema, *text, rows, what)) return problem;
      if (!write_whole(page_path(schema.name, page), *text)) {
        return environment("cannot write in " + options_.out).error;
      }
      state.pages.push_back(sha256_of(*text));
      if (auto problem = save_state()) return problem;
      say(what + ": " + std::to_string(rows) + " rows");
    }
    return {};
  }

  static Problem check_page(const Schema& schema, const std::string& text, std::uint64_t rows,
                            const std::string& what) {
    std::istringstream in(text);
    const auto page = Dataset::read_csv(in);
    if (!page) return environment(what + ": the answer is no CSV: " + page.error()).error;
    if (page->size() != rows) {
      return environment(what + ": " + std::to_string(page->size()) + " rows came, not " +
                         std::to_string(rows))
          .error;
    }
    for (const auto& name : written_columns(schema)) {
      if (page->column(name)) continue;
      std::string absent = what;
      return environment(absent.append(": column '").append(name).append("' did not come")).error;
    }
    return {};
  }

  // The pages' rows below one header, in the schema's own columns.
  Problem assemble(const Schema& schema, FetchState::File& state) {
    const auto columns = written_columns(schema);
    std::string text;
    const auto add_row = [&](const auto& cell_of) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        text += (i > 0 ? "," : "") + csv_cell(cell_of(i));
      }
      text += '\n';
    };
    add_row([&](std::size_t i) { return columns[i]; });
    for (std::size_t page = 0; page < state.pages.size(); ++page) {
      std::ifstream in(page_path(schema.name, page), std::ios::binary);
      const auto rows = Dataset::read_csv(in);
      if (!rows) return environment("cannot read " + page_path(schema.name, page)).error;
      std::vector<std::size_t> places;
      places.reserve(columns.size());
      for (const auto& name : columns) places.push_back(rows->column(name).value_or(0));
      for (std::size_t row = 0; row < rows->size(); ++row) {
        add_row([&](std::size_t i) { return rows->cell(row, places[i]); });
      }
    }
    if (!write_whole(file_path(schema.name), text)) {
      return environment("cannot write " + file_path(schema.name)).error;
    }
    state.done = sha256_of(text);
    if (auto problem = save_state()) return problem;
    for (std::size_t page = 0; page < state.pages.size(); ++page) {
      std::error_code ignored;
      fs::remove(page_path(schema.name, page), ignored);
    }
    return {};
  }

  Result<ManifestFile, FetchError> manifest_file(std::size_t index) const {
    const Schema& schema = schemas_[index];
    auto entry = manifest_entry(inputs_[index], schema, Origin::mockaroo, file_path(schema.name));
    if (!entry) return environment("cannot read " + file_path(schema.name));
    return std::move(*entry);
  }

  const std::vector<MockInput>& inputs_;
  Api& api_;
  const FetchOptions& options_;
  const std::string state_path_;
  std::vector<Schema> schemas_;
  FetchState state_;
};

}  // namespace

Result<Manifest, FetchError> fetch_schemas(const std::vector<MockInput>& inputs, Api& api,
                                           const FetchOptions& options) {
  return Fetch(inputs, api, options).run();
}

}  // namespace pim::data::mockaroo
