// A plan sent from several threads: everything once, parents first, and an end where the server
// goes away.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "data/generate/commands.h"

namespace pim::data::generate {
namespace {

// A server that all connections lead to; it has receipts.
class Server {
 public:
  Result<SendReply, SendFailure> take(const OutgoingCommand& command) {
    const std::lock_guard lock(mutex_);
    if (commands == goes_away_after) return Err{SendFailure{"server gone"}};
    ++commands;
    const auto [earlier, fresh] = bodies.emplace(command.request_id, command.body);
    if (!fresh) {
      EXPECT_EQ(earlier->second, command.body) << "one key, two requests";
      return SendReply{201, true, {}};
    }
    order.emplace_back(command.name);
    return SendReply{201, false, {}};
  }
  std::uint64_t commands = 0;
  std::uint64_t goes_away_after = ~0ULL;
  std::vector<std::string> order;
  std::map<std::string, std::string> bodies;

 private:
  std::mutex mutex_;
};

class Connection : public Sender {
 public:
  explicit Connection(Server& server) : server_(server) {}
  Result<SendReply, SendFailure> send(const OutgoingCommand& command) override {
    return server_.take(command);
  }

 private:
  Server& server_;
};

class SendPlan : public testing::Test {
 protected:
  SendPlan() {
    plan_.patients = 30;
    plan_.seed = 3;
    options_.connect = [this] { return std::make_unique<Connection>(server_); };
  }
  Server server_;
  Plan plan_;
  SendOptions options_;
};

TEST_F(SendPlan, ManyThreadsSendWhatOneSends) {
  ASSERT_TRUE(send_plan(plan_, options_).ok());
  const auto alone = server_.bodies;
  server_.bodies.clear();
  server_.order.clear();
  options_.threads = 5;
  std::uint64_t done = 0;
  options_.progress = [&](std::uint64_t now, std::uint64_t) {
    EXPECT_GT(now, done);
    done = now;
  };
  const auto sent = send_plan(plan_, options_);
  ASSERT_TRUE(sent.ok()) << sent.error().message;
  EXPECT_EQ(sent->accepted, alone.size());
  EXPECT_EQ(server_.bodies, alone);
  const auto last = [&](std::string_view name) {
    return server_.order.rend() -
           std::ranges::find(server_.order.rbegin(), server_.order.rend(), name);
  };
  const auto first = [&](std::string_view name) {
    return std::ranges::find(server_.order, name) - server_.order.begin();
  };
  EXPECT_LE(last("register-facility"), first("register-provider"));
  EXPECT_LE(last("register-provider"), first("register-patient"));

  options_.progress = {};
  const auto again = send_plan(plan_, options_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->accepted, 0U);
  EXPECT_EQ(again->replayed, alone.size());
}

TEST_F(SendPlan, EndsWhereTheServerGoesAwayAndGoesOnFromThere) {
  options_.threads = 5;
  server_.goes_away_after = 1000;
  const auto cut = send_plan(plan_, options_);
  ASSERT_FALSE(cut.ok());
  EXPECT_NE(cut.error().message.find("server gone"), std::string::npos) << cut.error().message;
  EXPECT_LE(cut.error().so_far.accepted, 1000U);
  server_.goes_away_after = ~0ULL;
  const auto rest = send_plan(plan_, options_);
  ASSERT_TRUE(rest.ok());
  EXPECT_EQ(rest->replayed, 1000U);
  EXPECT_EQ(rest->accepted + 1000, server_.bodies.size());
}

}  // namespace
}  // namespace pim::data::generate
