// An instrument stands between a process under test and what it uses (a fault disk below its files,
// a fault proxy before its port), runs in a process of its own, and keeps rules: each is a fault in
// force. A rule lives as long as the connection that brought it, so it ends with its injector,
// whatever ends that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chaos/fault.h"
#include "chaos/parameter.h"
#include "domain/result.h"
#include "load/socket.h"

namespace pim::chaos {

using RuleId = std::uint64_t;

// Thread-safe.
class Instrument {
 public:
  virtual ~Instrument() = default;
  // In force when it returns.
  virtual Result<RuleId, std::string> add(std::string_view kind, const ParameterTexts& texts) = 0;
  // In force no more when it returns.
  virtual void remove(RuleId rule) = 0;
  virtual std::uint64_t hits(RuleId rule) = 0;
};

// The injector's side of a rule.
class HeldRule {
 public:
  // `socket` is the instrument's control socket.
  static Result<HeldRule, FaultError> take(const std::string& socket, std::string_view kind,
                                           const ParameterTexts& texts);
  // Its hits so far; nothing where the instrument is gone.
  std::optional<std::uint64_t> hits();
  // The rule is in force no more when it returns: removed, or gone with its instrument.
  void release();

 private:
  explicit HeldRule(load::Fd connection) : connection_(std::move(connection)) {}

  load::Fd connection_;
};

struct FaultOrder;

// A rule of the order's kind, at its target's disk or proxy.
std::unique_ptr<Effect> make_disk_rule(const FaultOrder& order);
std::unique_ptr<Effect> make_proxy_rule(const FaultOrder& order);

}  // namespace pim::chaos
