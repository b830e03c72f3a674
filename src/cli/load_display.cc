#include "cli/load_display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

namespace pim::cli {
namespace {

constexpr auto kLook = std::chrono::milliseconds(200);
constexpr std::uint64_t kPlainEvery = 5;  // views

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

LoadDisplay::LoadDisplay(const load::LiveBoard& board, const load::FaultTimeline* faults)
    : board_(board), faults_(faults), terminal_(::isatty(STDERR_FILENO) == 1) {
  thread_ = std::jthread([this](const std::stop_token& stopping) { show(stopping); });
}

void LoadDisplay::show(const std::stop_token& stopping) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::uint64_t shown = 0;
  std::ptrdiff_t lines = 0;  // on the screen
  std::unique_lock lock(mutex);
  while (!stopping.stop_requested()) {
    stopped.wait_for(lock, stopping, kLook, [] { return false; });
    const load::LiveView view = board_.read();
    if (view.number == 0 || view.number < shown + (terminal_ ? 1 : kPlainEvery)) continue;
    shown = view.number;
    const auto faults = faults_ == nullptr ? std::vector<load::FaultPeriod>() : faults_->periods();
    if (!terminal_) {
      std::fprintf(stderr, "%s\n", load::live_line(view, faults).c_str());
      continue;
    }
    const std::string screen = load::live_screen(view, faults, terminal_width());
    if (lines > 0) std::fprintf(stderr, "\033[%tdA", lines);
    std::fprintf(stderr, "\r\033[J%s", screen.c_str());
    std::fflush(stderr);
    lines = std::ranges::count(screen, '\n');
  }
  if (lines > 0) std::fprintf(stderr, "\033[%tdA\r\033[J", lines);
}

}  // namespace pim::cli
