// A fault: something that is done to a target on purpose, for a while, and undone. It says for
// certain what was done, where, and from when to when.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chaos/parameter.h"
#include "domain/result.h"

namespace pim::chaos {

// By both clocks: one to reckon with, one to find it in other systems.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::system_clock::time_point wall;
  static Moment now();
};

// `from` is just before the fault was begun, `to` just after it was undone: what it did lies
// between them.
struct GroundTruth {
  std::string kind;
  std::string target;
  ParameterTexts parameters;
  std::optional<Moment> from;         // unset: not begun
  std::optional<Moment> to;           // unset: not undone
  std::optional<std::uint64_t> hits;  // how often it bit, where that can be counted
};

enum class Trouble : std::uint8_t {
  usage,          // a kind, parameter or target that cannot be
  environment,    // this machine lacks something; the message says what to install
  not_in_effect,  // it was begun and did not take hold; it was taken back
  not_undone,     // it is still in force: `pim chaos undo` tries again
};

struct FaultError {
  Trouble trouble = Trouble::usage;
  std::string message;
};
using FaultResult = Result<void, FaultError>;

// What a kind does; made by the registry (kind.h). begin() and end() by one thread.
class Effect {
 public:
  virtual ~Effect() = default;
  // Returns once it is in force. After an error, end() takes back what was done.
  virtual FaultResult begin() = 0;
  // Returns once it is in force no more. Harmless where it is not in force; may be repeated.
  virtual FaultResult end() = 0;
  virtual std::optional<std::uint64_t> hits() { return std::nullopt; }
};

// One thread at a time.
class Fault {
 public:
  Fault(std::string kind, std::string target, const Parameters& parameters,
        std::unique_ptr<Effect> effect);
  ~Fault();  // undoes
  Fault(Fault&&) noexcept = default;
  Fault& operator=(Fault&&) = delete;

  // Once. After an error nothing is in force, unless that is the error.
  FaultResult inject();
  // Harmless where it is not in force; may be repeated after an error.
  FaultResult undo();
  bool in_force() const { return truth_.from && !truth_.to; }
  const GroundTruth& truth() const { return truth_; }

 private:
  GroundTruth truth_;
  std::unique_ptr<Effect> effect_;
};

}  // namespace pim::chaos
