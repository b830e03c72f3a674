#include "load/history/check.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "load/history/finding_text.h"
#include "load/history/gather.h"
#include "load/history/stream_check.h"

namespace pim::load {
namespace {

// Receipts of refusals are kept for 24 hours; an hour for clocks that differ.
constexpr std::int64_t kRefusalsKeptMs = 23LL * 3600 * 1000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// Calls work(0) to work(count - 1), on as many threads as there are cores.
void side_by_side(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(cores, count); ++i) threads.emplace_back(run);
  run();
  for (auto& thread : threads) thread.join();
}

// The rows of one stream, taken from the front of a partition's, which are sorted by stream.
template <class Row>
std::span<Row> take_stream(std::span<Row>& rows, StreamKey stream) {
  std::size_t count = 0;
  while (count < rows.size() && rows[count].stream == stream) ++count;
  const auto taken = rows.first(count);
  rows = rows.subspan(count);
  return taken;
}

template <class Row>
void lowest(const std::span<Row>& rows, std::optional<StreamKey>& stream) {
  if (!rows.empty() && (!stream || rows.front().stream < *stream)) stream = rows.front().stream;
}

struct Gathered {
  Partitions<CallRow> calls;
  ExportRows stored;
};

// An error: the partition's file cannot be read.
std::string check_partition(Gathered& gathered, std::size_t index, const CheckContext& context,
                            Findings& findings) {
  auto calls = gathered.calls.take(index);
  auto events = gathered.stored.events.take(index);
  auto receipts = gathered.stored.receipts.take(index);
  auto references = gathered.stored.references.take(index);
  if (!calls) return calls.error();
  if (!events) return events.error();
  if (!receipts) return receipts.error();
  if (!references) return references.error();
  std::ranges::sort(*calls, {}, &CallRow::stream);
  std::ranges::sort(*events, {}, &EventRow::stream);
  std::ranges::sort(*receipts, {}, &ReceiptRow::stream);
  std::ranges::sort(*references, {}, &ReferenceRow::stream);

  StreamCheck check(context, findings);
  std::span<CallRow> some_calls = *calls;
  std::span<EventRow> some_events = *events;
  std::span<ReceiptRow> some_receipts = *receipts;
  std::span<ReferenceRow> some_references = *references;
  while (true) {
    std::optional<StreamKey> stream;
    lowest(some_calls, stream);
    lowest(some_events, stream);
    lowest(some_receipts, stream);
    lowest(some_references, stream);
    if (!stream) return {};
    check.run({take_stream(some_calls, *stream), take_stream(some_events, *stream),
               take_stream(some_receipts, *stream), take_stream(some_references, *stream)});
  }
}

void check_positions(std::vector<PositionRun> runs, Findings& findings) {
  std::ranges::sort(runs, {},
                    [](const PositionRun& run) { return std::pair(run.bucket, run.first); });
  const PositionRun* before = nullptr;
  for (const PositionRun& run : runs) {
    const bool same_bucket = before != nullptr && before->bucket == run.bucket;
    const std::uint64_t expected = same_bucket ? before->last + 1 : 1;
    if (run.first != expected) {
      findings.add(
          {Violation::gap, 0, 0, run.line,
           "it stands where position " + std::to_string(expected) + " of its bucket should"});
    }
    before = &run;
  }
}

}  // namespace

Result<CheckReport, std::string> check_history(const std::string& history_file,
                                               const std::string& export_file,
                                               const CheckOptions& options) {
  auto stored = ExportFile::open(export_file);
  if (!stored) return Err{std::move(stored.error())};
  const auto gathered = std::make_unique<Gathered>();
  const std::size_t chunks = stored->chunks();
  Result<GatheredCalls, std::string> history = GatheredCalls{};
  std::vector<Result<std::vector<PositionRun>, std::string>> runs(chunks,
                                                                  std::vector<PositionRun>());
  side_by_side(1 + chunks, [&](std::size_t i) {
    if (i == 0) {
      history = gather_calls(history_file, gathered->calls);
    } else {
      runs[i - 1] = stored->gather(i - 1, gathered->stored);
    }
  });
  if (!history) return Err{std::move(history.error())};
  std::vector<PositionRun> all_runs;
  for (auto& some : runs) {
    if (!some) return Err{std::move(some.error())};
    all_runs.insert(all_runs.end(), some->begin(), some->end());
  }

  const CheckContext context{
      history->sealed, options.sole_writer, history->users,
      (stored->written_at().value - history->started_at.value - kRefusalsKeptMs) * kNsPerMs};
  std::vector<Findings> parts(kPartitions);
  std::vector<std::string> errors(kPartitions);
  side_by_side(kPartitions, [&](std::size_t i) {
    errors[i] = check_partition(*gathered, i, context, parts[i]);
  });
  Findings findings;
  for (std::size_t i = 0; i < kPartitions; ++i) {
    if (!errors[i].empty()) return Err{std::move(errors[i])};
    findings.merge(std::move(parts[i]));
  }
  Findings positions;
  check_positions(std::move(all_runs), positions);
  findings.merge(std::move(positions));

  CheckReport& report = findings.report;
  report.calls = history->calls;
  report.whole = history->sealed;
  auto texts = finding_texts(findings.list, history_file, *stored);
  if (!texts) return Err{std::move(texts.error())};
  report.findings = std::move(*texts);
  return std::move(report);
}

}  // namespace pim::load
