#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "chaos/instrument/control_message.h"
#include "chaos/instrument/instrument.h"
#include "chaos/kind.h"

namespace pim::chaos {
namespace {

// An instrument answers at once; a stopped one must not stop its injector.
constexpr std::chrono::seconds kAnswerLimit{5};

std::optional<std::string> ask(const load::Fd& connection, std::string_view message) {
  if (!send_message(connection, message)) return std::nullopt;
  if (!load::wait_for(connection, POLLIN, load::Clock::now() + kAnswerLimit)) return std::nullopt;
  return receive_message(connection);
}

class RuleEffect final : public Effect {
 public:
  RuleEffect(std::string_view kind, std::string socket, const Parameters& parameters)
      : kind_(kind), socket_(std::move(socket)), texts_(parameters.texts()) {}

  FaultResult begin() override {
    auto rule = HeldRule::take(socket_, kind_, texts_);
    if (!rule) return Err{std::move(rule.error())};
    rule_.emplace(std::move(*rule));
    return {};
  }
  FaultResult end() override {
    if (!rule_) return {};
    hits_ = rule_->hits();
    rule_->release();
    rule_.reset();
    return {};
  }
  std::optional<std::uint64_t> hits() override { return hits_; }

 private:
  const std::string_view kind_;  // of the table of kinds
  const std::string socket_;
  const ParameterTexts texts_;
  std::optional<HeldRule> rule_;
  std::optional<std::uint64_t> hits_;
};

}  // namespace

Result<HeldRule, FaultError> HeldRule::take(const std::string& socket, std::string_view kind,
                                            const ParameterTexts& texts) {
  const auto address = control_address(socket);
  if (!address) return Err{FaultError{Trouble::usage, address.error()}};
  load::Fd connection(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) !=
      0) {
    return Err{
        FaultError{Trouble::environment,
                   load::system_error("nobody listens at the control socket " + socket, errno) +
                       "; the target must be started with `pim chaos disk` or "
                       "`pim chaos proxy`"}};
  }
  const auto answer = ask(connection, rule_message(kind, texts));
  if (!answer) return Err{FaultError{Trouble::environment, socket + " does not answer"}};
  if (*answer != kOkMessage) return Err{FaultError{Trouble::usage, *answer}};
  return HeldRule(std::move(connection));
}

std::optional<std::uint64_t> HeldRule::hits() {
  const auto answer = ask(connection_, kHitsMessage);
  std::uint64_t count = 0;
  if (!answer ||
      std::from_chars(answer->data(), answer->data() + answer->size(), count).ec != std::errc{}) {
    return std::nullopt;
  }
  return count;
}

void HeldRule::release() {
  static_cast<void>(ask(connection_, kReleaseMessage));
  connection_.reset();
}

std::unique_ptr<Effect> make_disk_rule(const FaultOrder& order) {
  return std::make_unique<RuleEffect>(order.kind.name, order.target.disk, order.parameters);
}

std::unique_ptr<Effect> make_proxy_rule(const FaultOrder& order) {
  return std::make_unique<RuleEffect>(order.kind.name, order.target.proxy, order.parameters);
}

}  // namespace pim::chaos
