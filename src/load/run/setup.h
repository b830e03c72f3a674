// Before a run: its facilities, providers and patients, as commands through the API like any other,
// many at once.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "domain/result.h"
#include "load/history/history.h"
#include "load/run/population.h"
#include "load/run/run_options.h"

namespace pim::load {

struct SetupError {
  bool interrupted = false;
  std::string message;  // what was not accepted, and what the server said
};

// Fills in `population.patients()`. `progress` is told now and then how many of all commands are
// done. An error: the server was not there, answered nothing for five seconds, or refused a
// command.
Result<void, SetupError> set_up(const RunOptions& options, Population& population,
                                HistoryWriter& history, const std::atomic<bool>* interrupted,
                                const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace pim::load
