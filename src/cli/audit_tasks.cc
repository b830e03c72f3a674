#include "cli/audit_tasks.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "cli/compose.h"
#include "cli/json_object.h"
#include "cli/offline_store.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {
namespace {

constexpr auto kStandstill = std::chrono::seconds(10);

// Until a projection has all of the store. One that takes nothing in for a while never will: the
// history has a gap.
template <class Projection>
bool caught_up(Projection& projection) {
  telemetry::ScopedSpan span("catch up");
  auto events = projection.stats().events;
  while (!projection.catch_up(std::chrono::steady_clock::now() + kStandstill)) {
    const auto before = std::exchange(events, projection.stats().events);
    if (events > before) continue;
    span.fail("stands still");
    return false;
  }
  return true;
}

std::string stands_still(const std::string& projection) {
  return projection +
         " stands still before the end of the history: pim audit verify says where it has a gap";
}

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};

}  // namespace

Result<audit::VerifyReport, std::string> verify_data(const std::string& data, std::string anchors,
                                                     const EventProgress& progress) {
  const auto store = open_offline(data);
  if (!store) return Err{store.error()};
  audit::VerifyOptions options;
  options.journal_directory = DataLayout::of(data).journal;
  const bool wanted = !anchors.empty();
  if (!wanted) anchors = data + "-anchors";
  const auto layout = AnchorLayout::of(anchors);
  if (std::filesystem::exists(layout.file)) {
    options.anchor_file = layout.file;
    options.anchor_key_file = layout.key;
  } else if (wanted) {
    return Err{"there are no anchors in " + anchors};
  }
  options.progress = progress;
  auto report = audit::verify(*store->reader, options);
  if (!report) return Err{report.error().message};
  return std::move(*report);
}

std::string to_json(const audit::VerifyReport& report) {
  std::vector<std::string> findings;
  for (const auto& finding : report.findings) {
    JsonObject object;
    object.add("where", finding.where).add("what", finding.what);
    findings.push_back(object.str());
  }
  JsonObject object;
  object.add("intact", report.intact())
      .add("buckets", report.buckets)
      .add("events", report.events)
      .add("receipts", report.receipts)
      .add("journal_entries", report.journal_entries)
      .add("anchors", report.anchors)
      .raw("findings", json_array(findings));
  return object.str() + "\n";
}

std::string to_text(const audit::VerifyReport& report) {
  std::string text;
  for (const auto& finding : report.findings) text += finding.where + ": " + finding.what + "\n";
  text += std::to_string(report.events) + " events in " + std::to_string(report.buckets) +
          " buckets, " + std::to_string(report.receipts) + " receipts, " +
          std::to_string(report.journal_entries) + " journal entries, " +
          std::to_string(report.anchors) + " anchored heads: ";
  return text + (report.intact() ? "intact\n"
                                 : std::to_string(report.findings.size()) + " things are wrong\n");
}

Result<audit::SearchPage, std::string> search_data(const std::string& data,
                                                   const audit::SearchQuery& query) {
  const auto store = open_offline(data);
  if (!store) return Err{store.error()};
  const auto layout = DataLayout::of(data);
  auto index = audit::AuditIndex::open(*store->store, {layout.audit, layout.journal});
  if (!index) return Err{index.error().message};
  if (!caught_up(**index)) return Err{stands_still("the audit index")};
  const telemetry::ScopedSpan span("search");
  auto page = (*index)->search(query);
  if (!page) return Err{page.error().message};
  return std::move(*page);
}

Result<audit::Reconstructed, std::string> reconstruct_data(const std::string& data, StreamId stream,
                                                           const audit::AsOf& as_of) {
  const auto store = open_offline(data);
  if (!store) return Err{store.error()};
  telemetry::ScopedSpan span("reconstruct");
  auto state = audit::reconstruct(*store->reader, stream, as_of);
  if (!state) {
    span.fail(to_string(state.error().kind));
    return Err{state.error().message};
  }
  return std::move(*state);
}

Result<ReconstructReport, std::string> reconstruct_data_all(const std::string& data,
                                                            const BucketProgress& progress) {
  const auto store = open_offline(data);
  if (!store) return Err{store.error()};
  readmodel::ReadModelOptions options;
  options.directory = DataLayout::of(data).read_model;
  std::error_code ignored;
  std::filesystem::create_directories(options.directory, ignored);
  auto model = readmodel::ReadModel::open(*store->store, options);
  if (!model) return Err{model.error().message};
  if (!caught_up(**model)) return Err{stands_still("the read model")};
  telemetry::ScopedSpan span("reconstruct");
  auto report = reconstruct_all(*store->reader, (*model)->queries(), progress);
  if (!report) {
    span.fail("unavailable");
    return report;
  }
  span.set("pim.streams", report->patients);
  span.set("pim.events", report->events);
  if (report->different > 0) span.fail(std::to_string(report->different) + " differ");
  return report;
}

Result<std::uint64_t, std::string> export_data(const std::string& data, const std::string& output) {
  const auto store = open_offline(data);
  if (!store) return Err{store.error()};
  const std::unique_ptr<std::FILE, CloseFile> file(
      output == "-" ? stdout : std::fopen(output.c_str(), "wbe"));
  if (!file) return Err{"cannot write " + output};
  bool written = true;
  const auto lines =
      audit::export_jsonl(*store->reader, DataLayout::of(data).journal, [&](std::string_view text) {
        written = written && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
      });
  if (!lines) return Err{lines.error().message};
  if (!written || std::fflush(file.get()) != 0) return Err{"writing " + output + " failed"};
  return *lines;
}

}  // namespace pim::cli
