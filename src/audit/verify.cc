#include <utility>

#include "audit/verify_parts.h"
#include "telemetry/scoped_span.h"

namespace pim::audit {
namespace {

// Runs one phase in a span: how much it looked at, and whether that was as it should be.
template <class Run>
auto phase(std::string_view name, std::string_view unit, const std::uint64_t& count,
           const VerifyReport& report, Run run) {
  return telemetry::in_span(name, [&](telemetry::ScopedSpan& span) {
    const std::size_t before = report.findings.size();
    auto result = run();
    span.set(unit, count);
    if (result && report.findings.size() > before) {
      span.fail(std::to_string(report.findings.size() - before) + " findings");
    }
    return result;
  });
}

}  // namespace

store::StoreResult<VerifyReport> verify(store::Reader& store, const VerifyOptions& options) {
  VerifyReport report;
  auto anchors = phase("verify anchors", "pim.anchors", report.anchors, report,
                       [&] { return load_anchors(options, report); });
  if (!anchors) return Err{std::move(anchors.error())};
  auto walked = phase("verify events", "pim.events", report.events, report,
                      [&] { return verify_events(store, options, *anchors, report); });
  if (!walked) return Err{std::move(walked.error())};
  auto receipts = phase("verify receipts", "pim.receipts", report.receipts, report,
                        [&] { return verify_receipts(store, options, *walked, report); });
  if (!receipts) return Err{std::move(receipts.error())};
  if (!options.journal_directory.empty()) {
    auto journals = phase("verify journals", "pim.journal_entries", report.journal_entries, report,
                          [&] { return verify_journals(options.journal_directory, report); });
    if (!journals) return Err{std::move(journals.error())};
  }
  return report;
}

}  // namespace pim::audit
