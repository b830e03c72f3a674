#include "data/mockaroo/mock.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "data/mockaroo/dataset.h"
#include "data/mockaroo/output.h"
#include "data/mockaroo/plan.h"
#include "data/mockaroo/row_maker.h"
#include "data/tables.h"

namespace pim::data::mockaroo {
namespace {

namespace fs = std::filesystem;

class Mock {
 public:
  Mock(const std::vector<MockInput>& inputs, const MockOptions& options)
      : inputs_(inputs), options_(options) {
    for (const auto& input : inputs) {
      schemas_.push_back(input.schema);
      if (options.rows) schemas_.back().num_rows = *options.rows;
      if (options.format) schemas_.back().format = *options.format;
    }
  }

  Result<Manifest, MockError> run() {
    const auto order = order_by_datasets(schemas_);
    if (!order) return refused(order.error());
    if (auto problem = read_datasets()) return Err{*problem};
    if (auto problem = check()) return Err{*problem};
    std::error_code failed;
    fs::create_directories(options_.out, failed);
    if (failed) return environment("cannot make " + options_.out + ": " + failed.message());
    Manifest manifest;
    manifest.generator = "pim data mock";
    manifest.version = options_.version;
    manifest.seed = options_.seed;
    for (const auto index : *order) {
      auto file = make_file(index);
      if (!file) return Err{file.error()};
      manifest.files.push_back(std::move(*file));
    }
    return write_manifest(std::move(manifest));
  }

 private:
  static Err<MockError> refused(std::string message) {
    return Err{MockError{MockError::Kind::refused, std::move(message)}};
  }
  static Err<MockError> environment(std::string message) {
    return Err{MockError{MockError::Kind::environment, std::move(message)}};
  }

  bool is_made(const std::string& dataset) const {
    return std::ranges::find(schemas_, dataset, &Schema::name) != schemas_.end();
  }

  // Those that no schema here makes. A missing one is a finding of its schema's.
  std::optional<MockError> read_datasets() {
    for (const auto& schema : schemas_) {
      for (const auto& name : datasets_of(schema)) {
        wanted_.insert(name);
        const bool path = name.find('/') != std::string::npos;
        if (is_made(name) || datasets_.find(name) != nullptr || path) continue;
        const std::string file = (fs::path(options_.datasets) / (name + ".csv")).string();
        std::ifstream in(file, std::ios::binary);
        if (!in) continue;
        auto dataset = Dataset::read_csv(in);
        if (!dataset) return refused(file + ": " + dataset.error()).error;
        datasets_.add(name, std::move(*dataset));
      }
    }
    return {};
  }

  std::optional<MockError> check() const {
    KnownDatasets known;
    for (const auto& name : wanted_) {
      if (const auto* columns = datasets_.columns(name)) known.add(name, *columns);
    }
    for (const auto& schema : schemas_) known.add(schema.name, written_columns(schema));
    std::string errors;
    for (std::size_t i = 0; i < schemas_.size(); ++i) {
      for (const auto& finding : check_schema(schemas_[i], known)) {
        if (!finding.error) continue;
        errors += (errors.empty() ? "" : "\n") + to_text(finding, inputs_[i].file);
      }
    }
    if (errors.empty()) return {};
    return MockError{MockError::Kind::refused, std::move(errors)};
  }

  Result<ManifestFile, MockError> make_file(std::size_t index) {
    const Schema& schema = schemas_[index];
    std::vector<Finding> ignored;  // of warnings; check() has refused errors
    const auto columns = prepare_columns(schema, datasets_, ignored);
    RowWriter writer(schema, columns, schema.format);
    const std::string name = schema.name + std::string(RowWriter::extension(schema.format));
    const std::string path = (fs::path(options_.out) / name).string();
    // a row that fails must not cost the file of an earlier run, nor leave half of one
    const std::string part = path + ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    std::error_code problem;
    out << writer.begin();
    const RowMaker maker(schema, columns, datasets_, options_.seed);
    std::vector<std::vector<std::string>> kept;
    const bool keep = wanted_.contains(schema.name);
    for (std::uint64_t row = 0; row < schema.num_rows && out; ++row) {
      const auto cells = maker.make(row);
      if (!cells) {
        const auto& error = cells.error();
        out.close();
        fs::remove(part, problem);
        return refused(inputs_[index].file + ": column '" + error.column + "', row " +
                       std::to_string(error.row) + ": " + error.message);
      }
      out << writer.row(*cells);
      if (keep) kept.push_back(texts(writer, *cells));
      if (options_.progress) options_.progress(name, row + 1, schema.num_rows);
    }
    out << writer.end();
    out.close();
    if (out) fs::rename(part, path, problem);
    auto entry = manifest_entry(inputs_[index], schema, Origin::mocked, path);
    if (!out || problem || !entry) return environment("cannot write " + path);
    if (keep) datasets_.add(schema.name, Dataset(written_columns(schema), std::move(kept)));
    return std::move(*entry);
  }

  static std::vector<std::string> texts(const RowWriter& writer,
                                        const std::vector<MadeCell>& cells) {
    std::vector<std::string> row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (writer.shows(i)) row.push_back(cells[i].text);
    }
    return row;
  }

  Result<Manifest, MockError> write_manifest(Manifest manifest) const {
    const std::string path = (fs::path(options_.out) / "manifest.json").string();
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << to_json(manifest);
    out.close();
    if (!out) return environment("cannot write " + path);
    return manifest;
  }

  const std::vector<MockInput>& inputs_;
  const MockOptions& options_;
  std::vector<Schema> schemas_;
  std::set<std::string> wanted_;
  Datasets datasets_;
};

}  // namespace

std::optional<ManifestFile> manifest_entry(const MockInput& input, const Schema& schema,
                                           Origin origin, const std::string& path) {
  auto digest = digest_file(path);
  if (!digest) return std::nullopt;
  ManifestFile file;
  file.name = fs::path(path).filename().string();
  file.table = find_table(schema.name) != nullptr ? schema.name : "";
  file.origin = origin;
  file.schema = fs::path(input.file).filename().string();
  file.rows = schema.num_rows;
  file.bytes = digest->bytes;
  file.sha256 = std::move(digest->sha256);
  return file;
}

Result<Manifest, MockError> mock_schemas(const std::vector<MockInput>& inputs,
                                         const MockOptions& options) {
  return Mock(inputs, options).run();
}

}  // namespace pim::data::mockaroo
