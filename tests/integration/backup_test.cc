// Backup under load, restore, and the way back into service.
#include <atomic>
#include <filesystem>
#include <thread>

#include "lab.h"
#include "load/workload.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class BackupTest : public Lab {
 protected:
  std::string admin_url() { return "http://127.0.0.1:" + std::to_string(server().admin_port()); }
  ProgramRun backup(const std::string& target) {
    return pim({"store", "backup", "--admin-url", admin_url(), "--token-file",
                token_file("operator"), "--to", target});
  }
  ProgramRun activate(const std::string& directory, bool accept_loss = false) {
    std::vector<std::string> arguments = {"store",     "activate",          "--data", directory,
                                          "--anchors", data() + "-anchors", "--json"};
    if (accept_loss) arguments.emplace_back("--accept-loss");
    return pim(arguments);
  }
  load::Response register_patient(const std::string& key) {
    return call("POST", "/v1/patients", token("registrar"),
                R"({"birth_year":1980,"sex":"F","state":"OH","zip3":"432"})",
                {{"Idempotency-Key", key}});
  }
};

TEST_F(BackupTest, UnderLoadThenRestoredAndActivated) {
  serve({"--anchor-seconds", "3600"});
  const load::WorkloadOptions workload;
  const load::ReferenceData reference(3, workload.start, 2, 4);
  const auto bearer = token("loadgen");
  const auto port = server().port();
  load::HttpClient setup("127.0.0.1", port, 5s);
  for (const auto& command : reference.setup()) {
    const auto response = setup.send(load::to_request(command, bearer));
    ASSERT_TRUE(response.ok() && response->status == 201);
  }
  std::atomic<bool> stopping{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    load::Session session(workload, reference, 0);
    load::HttpClient client("127.0.0.1", port, 5s);
    while (!stopping) {
      const auto response = client.send(load::to_request(session.current(), bearer));
      if (!response || response->status >= 300) return;
      ++written;
      session.accepted(load::version_of_etag(response->header("etag")));
    }
  });
  while (written < 100) std::this_thread::sleep_for(1ms);
  const auto copied = backup(path("backup"));
  const int at_copy = written;
  while (written < at_copy + 50) std::this_thread::sleep_for(1ms);
  stopping = true;
  writer.join();
  ASSERT_EQ(copied.exit, 0) << copied.err;
  ASSERT_EQ(stop_server(), 0);  // anchors the heads, which are beyond the backup's

  const auto restored = path("restored");
  ASSERT_EQ(pim({"store", "restore", "--from", path("backup"), "--data", restored}).exit, 0);
  const auto suspect = pim({"store", "inspect", "--data", restored, "--json"});
  EXPECT_EQ(json_text(json_text(suspect.out, "buckets_by_state"), "suspect"), "4096")
      << suspect.out;

  const auto refused = activate(restored);
  EXPECT_EQ(refused.exit, 1) << refused.out << refused.err;
  EXPECT_EQ(json_text(refused.out, "activated"), "false");
  EXPECT_NE(json_text(refused.out, "lost"), "[]");
  const auto accepted = activate(restored, true);
  EXPECT_EQ(accepted.exit, 0) << accepted.out << accepted.err;
  EXPECT_EQ(json_text(accepted.out, "activated"), "true");

  serve({"--anchors", path("new-anchors")}, restored);
  EXPECT_EQ(register_patient("after-restore").status, 201);
  ASSERT_EQ(stop_server(), 0);
  const auto verified =
      pim({"audit", "verify", "--data", restored, "--anchors", path("new-anchors")});
  EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
  EXPECT_EQ(pim({"audit", "reconstruct", "--data", restored, "--all"}).exit, 0);
}

TEST_F(BackupTest, NothingIsLostWhereTheBackupIsTheEnd) {
  serve();
  ASSERT_EQ(register_patient("one").status, 201);
  ASSERT_EQ(stop_server(), 0);
  ASSERT_EQ(pim({"store", "backup", "--data", data(), "--to", path("backup")}).exit, 0);
  ASSERT_EQ(pim({"store", "restore", "--from", path("backup"), "--data", path("restored")}).exit,
            0);
  const auto run = activate(path("restored"));
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(json_text(run.out, "lost"), "[]");

  serve({"--anchors", path("new-anchors")}, path("restored"));
  const auto again = register_patient("one");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("idempotency-replayed"), "true") << "receipts came along";
}

TEST_F(BackupTest, ASuspectStoreTakesNoWrites) {
  serve();
  ASSERT_EQ(register_patient("one").status, 201);
  ASSERT_EQ(backup(path("backup")).exit, 0);
  ASSERT_EQ(stop_server(), 0);
  ASSERT_EQ(pim({"store", "restore", "--from", path("backup"), "--data", path("restored")}).exit,
            0);
  serve({"--anchors", path("new-anchors")}, path("restored"));
  const auto refused = register_patient("two");
  EXPECT_EQ(refused.status, 503) << refused.body;
}

TEST_F(BackupTest, NeedsAnOperator) {
  serve();
  const auto run = pim({"store", "backup", "--admin-url", admin_url(), "--token-file",
                        token_file("clinician"), "--to", path("backup")});
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("403"), std::string::npos) << run.err;
  EXPECT_FALSE(fs::exists(path("backup")));
}

TEST_F(BackupTest, ADamagedBackupIsNotRestored) {
  serve();
  ASSERT_EQ(register_patient("one").status, 201);
  ASSERT_EQ(backup(path("backup")).exit, 0);
  const auto file = path("backup") + "/events.db";
  fs::resize_file(file, fs::file_size(file) - 4096);
  const auto run = pim({"store", "restore", "--from", path("backup"), "--data", path("restored")});
  EXPECT_EQ(run.exit, 3) << run.out;
}

TEST_F(BackupTest, RebuildsTheReadModelBesideTheLiveOne) {
  serve();
  ASSERT_EQ(register_patient("one").status, 201);
  const auto run =
      pim({"store", "rebuild", "--admin-url", admin_url(), "--token-file", token_file("operator")});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(json_text(run.out, "switched"), "true") << run.out;
  EXPECT_EQ(json_text(run.out, "differences"), "[]");
}

}  // namespace
}  // namespace pim::integration
