// `pim data import --offline`, killed: run again, it leaves what one whole run leaves.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "lab.h"
#include "load/dice.h"
#include "store_content.h"

namespace pim::integration {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kSeedTables = {"facilities",  "providers", "patients",
                                              "encounters",  "diagnoses", "procedures",
                                              "medications", "billing"};

std::uint64_t size_or_zero(const std::string& file) {
  std::error_code absent;
  const auto size = fs::file_size(file, absent);
  return absent ? 0 : size;
}

class OfflineKillTest : public Lab {
 protected:
  void SetUp() override {
    Lab::SetUp();
    import_to_its_end(path("whole"));
    wanted_ = content_of(path("whole"));
    ASSERT_GT(wanted_.size(), 2000u) << "events and receipts";
  }

  std::vector<std::string> import_into(const std::string& data, const std::string& tables = {}) {
    std::vector<std::string> arguments = {"data",
                                          "import",
                                          "--map",
                                          std::string(PIM_SEED_DIR) + "/maps/lab.toml",
                                          "--offline",
                                          data,
                                          "--keys",
                                          path("keys.json"),
                                          "--token-file",
                                          token_file("loadgen"),
                                          "--json",
                                          "--pseudonym-key",
                                          path("pseudonym.key")};
    const fs::path from = tables.empty() ? fs::path(PIM_SEED_DIR) / "data" : fs::path(tables);
    for (const auto& table : kSeedTables) arguments.push_back((from / table).string() + ".csv");
    return arguments;
  }

  // Its report.
  std::string import_to_its_end(const std::string& data, const std::string& tables = {}) {
    const auto run = pim(import_into(data, tables));
    EXPECT_EQ(run.exit, 0) << run.out << run.err;
    return run.out;
  }

  static void remove_store(const std::string& data) {
    fs::remove_all(data);
    fs::remove_all(data + "-anchors");
  }

  static std::uint64_t log_size(const std::string& data) {
    return size_or_zero(data + "/events.db-wal");
  }

  // Kills an import as soon as `reached`. False: it came to its end first.
  bool killed_when(const std::string& data, const std::function<bool()>& reached) {
    load::ChildOptions options;
    options.arguments = {PIM_PROGRAM};
    const auto arguments = import_into(data);
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    auto import = load::ChildProcess::start(options);
    EXPECT_TRUE(import.ok()) << import.error();
    if (!import) return false;
    const auto deadline = load::Clock::now() + std::chrono::seconds(60);
    while (!reached()) {
      if (import->wait(load::Clock::now())) return false;
      EXPECT_LT(load::Clock::now(), deadline);
      if (load::Clock::now() >= deadline) return false;
      std::this_thread::yield();
    }
    import->signal(SIGKILL);
    const auto exit = import->wait(deadline);
    EXPECT_TRUE(exit.has_value());
    return exit && exit->signal == SIGKILL;
  }

  void expect_whole(const std::string& data) {
    const auto found = content_of(data);
    const auto differences = difference(wanted_, found);
    EXPECT_EQ(differences.missing, StoreContent{});
    EXPECT_EQ(differences.extra, StoreContent{});
    EXPECT_EQ(found.size(), wanted_.size());
    EXPECT_EQ(pim({"audit", "verify", "--data", data}).exit, 0);
    const auto shown = pim({"audit", "reconstruct", "--data", data, "--all", "--json"});
    EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
    EXPECT_EQ(json_text(shown.out, "different"), "0") << "the read model shows it all";
  }

  // Changes the lines of one of the tables in a directory.
  static void change_table(const std::string& file,
                           const std::function<void(std::vector<std::string>&)>& change) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    in.close();
    change(lines);
    std::ofstream out(file);
    for (const auto& line : lines) out << line << "\n";
  }

  StoreContent wanted_;
};

TEST_F(OfflineKillTest, WhileTheStoreIsMade) {
  const auto data = path("killed");
  for (const auto* file : {"", "/events.db-wal", "/journal"}) {
    SCOPED_TRACE(file);
    bool killed = false;  // on a busy machine an import may be through before it is seen
    for (int tries = 0; !killed && tries < 10; ++tries) {
      remove_store(data);
      killed = killed_when(data, [&] { return fs::exists(data + file); });
    }
    ASSERT_TRUE(killed);
    import_to_its_end(data);
    expect_whole(data);
  }
}

TEST_F(OfflineKillTest, InTheMiddleAndAgainWhileItGoesOn) {
  constexpr std::int64_t kFirstBytes = 64 << 10;
  constexpr std::int64_t kLastBytes = 24 << 20;
  int killed_again = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto data = path("killed-" + std::to_string(seed));
    auto bytes =
        static_cast<std::uint64_t>(load::Dice(seed, 0, 0).between(kFirstBytes, kLastBytes));
    // An import that is through before it is seen to be that far is stopped earlier.
    while (!killed_when(data, [&] { return log_size(data) >= bytes; })) {
      ASSERT_GT(bytes, 1u);
      bytes /= 2;
      remove_store(data);
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + ", log of " + std::to_string(log_size(data)));
    const auto left = log_size(data);
    const bool again = killed_when(data, [&] {
      const auto now = log_size(data);
      return now != left && now >= static_cast<std::uint64_t>(kFirstBytes);
    });
    killed_again += again ? 1 : 0;
    const auto report = import_to_its_end(data);
    EXPECT_NE(json_text(report, "replayed"), "0") << "nothing was done before the kill";
    EXPECT_NE(json_text(report, "accepted"), "0") << "nothing was left to do";
    EXPECT_EQ(std::stoull("0" + json_text(report, "accepted")) +
                  std::stoull("0" + json_text(report, "replayed")),
              std::stoull("0" + json_text(report, "commands")));
    expect_whole(data);
  }
  EXPECT_GE(killed_again, 1);
}

// The negative control: what expect_whole() compares shows a row too few and a row too many.
TEST_F(OfflineKillTest, ARowTooFewOrTooManyWouldBeSeen) {
  const auto tables = path("tables");
  fs::copy(std::string(PIM_SEED_DIR) + "/data", tables);
  change_table(tables + "/diagnoses.csv", [](auto& lines) { lines.pop_back(); });
  change_table(tables + "/facilities.csv", [](auto& lines) {
    auto twice = lines.back();
    twice.front() = twice.front() == '0' ? '1' : '0';  // of its id
    lines.push_back(twice);
  });
  import_to_its_end(path("other"), tables);
  const auto [missing, extra] = difference(wanted_, content_of(path("other")));
  const auto holds = [](const StoreContent& content, std::string_view start) {
    return std::ranges::any_of(content, [&](const auto& line) { return line.starts_with(start); });
  };
  EXPECT_TRUE(holds(missing, "event diagnosis-recorded"));
  EXPECT_TRUE(holds(missing, "receipt record-diagnosis"));
  EXPECT_TRUE(holds(extra, "event facility-registered"));
  EXPECT_TRUE(holds(extra, "receipt register-facility"));

  auto doubled = wanted_;
  doubled.insert(doubled.begin(), doubled.front());
  EXPECT_EQ(difference(wanted_, doubled).extra, StoreContent{wanted_.front()});
}

}  // namespace
}  // namespace pim::integration
