#include "chaos/lasting_effect.h"

#include <charconv>

namespace pim::chaos {

FaultResult LastingEffect::begin() {
  auto footprint = prepare();
  if (!footprint) return Err{std::move(footprint.error())};
  if (footprints_ != nullptr) {
    auto kept = footprints_->keep(*footprint);
    if (!kept) return Err{FaultError{Trouble::environment, std::move(kept.error())}};
    file_ = std::move(*kept);
  }
  footprint_ = std::move(*footprint);
  return act(*footprint_);
}

FaultResult LastingEffect::end() {
  if (!footprint_) return {};
  look(*footprint_);
  if (auto restored = restore(*footprint_); !restored) {
    return Err{FaultError{Trouble::not_undone, std::move(restored.error())}};
  }
  if (!file_.empty()) footprints_->forget(file_);
  file_.clear();
  footprint_.reset();
  return {};
}

Footprint process_footprint(std::string_view way, const std::string& target,
                            const ProcessId& process) {
  return {std::string(way),
          target,
          {{"pid", std::to_string(process.pid)}, {"started", std::to_string(process.started)}}};
}

ProcessId process_of(const Footprint& footprint) {
  return {static_cast<pid_t>(number_of(footprint, "pid")), number_of(footprint, "started")};
}

std::uint64_t number_of(const Footprint& footprint, std::string_view field) {
  const auto& text = text_of(footprint, field);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

const std::string& text_of(const Footprint& footprint, std::string_view field) {
  static const std::string kEmpty;
  const auto found = footprint.fields.find(field);
  return found == footprint.fields.end() ? kEmpty : found->second;
}

}  // namespace pim::chaos
