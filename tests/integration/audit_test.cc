// The audit commands on real data: what they find, and what they say of data that were changed.
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "lab.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

namespace fs = std::filesystem;

class AuditTest : public Lab {
 protected:
  // All sample calls, the reads among them; then the server is stopped.
  void fill() {
    serve();
    for (const auto& sample : sample_calls()) {
      const auto ids = ids_of(sample, sample_ids('1'));
      const bool query = sample.body.empty();
      const auto method =
          query ? "GET"
          : sample.operation.starts_with("amend") || sample.operation.starts_with("revise")
              ? "PATCH"
              : "POST";
      const auto response =
          call(method, target_of(sample, ids), token(sample.role), filled(sample.body, ids),
               {{"X-Request-Id", "request-" + sample.operation}});
      if (query) continue;
      ASSERT_LT(response.status, 300) << sample.operation << ": " << response.body;
    }
    const auto denied =
        call("POST", "/v1/patients", token("auditor"), "{}", {{"Idempotency-Key", "denied-key"}});
    ASSERT_EQ(denied.status, 403);
    ASSERT_EQ(stop_server(), 0);
  }

  // A copy of the stopped server's data with one statement run on it.
  std::string tampered(const std::string& sql) {
    const auto copy = path("copy-" + std::to_string(copies_++));
    fs::copy(data(), copy, fs::copy_options::recursive);
    fs::remove(copy + "/lock");
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open((copy + "/events.db").c_str(), &handle), SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << sql << ": " << (message == nullptr ? "" : message);
    sqlite3_free(message);
    EXPECT_GT(sqlite3_total_changes(handle), 0) << sql;
    return copy;
  }

  int copies_ = 0;
};

TEST_F(AuditTest, VerifyHoldsForWholeDataAndFailsForEveryKindOfTampering) {
  fill();
  const auto whole = pim({"audit", "verify", "--data", data(), "--json"});
  ASSERT_EQ(whole.exit, 0) << whole.out << whole.err;
  EXPECT_EQ(json_text(whole.out, "intact"), "true");
  EXPECT_NE(json_text(whole.out, "events"), "0");
  EXPECT_NE(json_text(whole.out, "journal_entries"), "0");
  EXPECT_NE(json_text(whole.out, "anchors"), "0");

  const std::string one = "(SELECT key FROM event ORDER BY key LIMIT 1 OFFSET 7)";
  const std::string last = "(SELECT max(key) FROM event)";
  const std::string statements[] = {
      // changed
      "UPDATE event SET data = replace(data, '432', '441') WHERE data LIKE '%432%'",
      "UPDATE event SET user_id = 'mallory' WHERE key = " + one,
      "UPDATE receipt SET user_id = 'mallory' WHERE seq = 3",
      // removed, from the middle and from the end
      "DELETE FROM event WHERE key = " + one,
      "DELETE FROM event WHERE key = " + last,
      // inserted
      "CREATE TEMP TABLE t AS SELECT * FROM event WHERE key = " + last +
          "; UPDATE t SET seq = NULL, key = key + 1, version = version + 1; INSERT INTO event "
          "SELECT * FROM t",
      // reordered
      "CREATE TEMP TABLE k AS SELECT min(a.key) AS key FROM event a JOIN event b ON b.key = a.key "
      "+ 1; UPDATE event SET key = -1 WHERE key = (SELECT key FROM k); UPDATE event SET key = key "
      "- 1 WHERE key = (SELECT key FROM k) + 1; UPDATE event SET key = (SELECT key FROM k) + 1 "
      "WHERE key = -1",
  };
  for (const auto& sql : statements) {
    const auto run = pim({"audit", "verify", "--data", tampered(sql)});
    EXPECT_EQ(run.exit, 1) << sql << "\n" << run.out << run.err;
    EXPECT_NE(run.out.find("things are wrong"), std::string::npos) << run.out;
  }
}

TEST_F(AuditTest, VerifySeesAChangedJournal) {
  fill();
  const auto journal = data() + "/journal/journal-000001.log";
  auto text = read_text(journal);
  const auto at = text.find("auditor-user");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 7, "mallory");
  std::ofstream(journal, std::ios::binary) << text;
  const auto run = pim({"audit", "verify", "--data", data()});
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("journal"), std::string::npos) << run.out;
}

TEST_F(AuditTest, SearchFindsWritesReadsAndDenials) {
  fill();
  const auto search = [&](std::vector<std::string> criteria) {
    std::vector<std::string> arguments = {"audit", "search", "--data", data()};
    arguments.insert(arguments.end(), criteria.begin(), criteria.end());
    const auto run = pim(arguments);
    EXPECT_EQ(run.exit, 0) << run.err;
    return run.out;
  };
  EXPECT_NE(search({"--user", "biller-user"}).find("bill-opened"), std::string::npos);
  EXPECT_NE(search({"--request", "denied-key"}).find("denied"), std::string::npos);
  const auto patient = search({"--patient", sample_ids('1').at("patient_id"), "--limit", "200"});
  EXPECT_NE(patient.find("get-chart"), std::string::npos);
  EXPECT_NE(patient.find("encounter-admitted"), std::string::npos);
  EXPECT_EQ(json_text(search({"--user", "nobody"}), "rows"), "0");
  EXPECT_EQ(json_text(search({"--to", "2000-01-01T00:00:00Z"}), "rows"), "0");
}

TEST_F(AuditTest, ReconstructsFromHistoryAlone) {
  fill();
  const auto patient = sample_ids('1').at("patient_id");
  const auto now = pim({"audit", "reconstruct", "--data", data(), patient});
  ASSERT_EQ(now.exit, 0) << now.err;
  EXPECT_NE(now.out.find(R"("zip3":"441")"), std::string::npos) << now.out;
  const auto first = pim({"audit", "reconstruct", "--data", data(), patient, "--version", "1"});
  EXPECT_NE(first.out.find(R"("zip3":"432")"), std::string::npos) << first.out;
  EXPECT_EQ(json_text(first.out, "version"), "1");
  const auto before =
      pim({"audit", "reconstruct", "--data", data(), patient, "--at", "2001-01-01T00:00:00Z"});
  EXPECT_EQ(before.exit, 1) << before.out;

  const auto all = pim({"audit", "reconstruct", "--data", data(), "--all", "--json"});
  EXPECT_EQ(all.exit, 0) << all.out << all.err;
  EXPECT_EQ(json_text(all.out, "patients"), "3");
  EXPECT_EQ(json_text(all.out, "different"), "0");
}

TEST_F(AuditTest, ReconstructSeesAReadModelThatDiffers) {
  fill();
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((data() + "/readmodel/readmodel.db").c_str(), &handle), SQLITE_OK);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
  ASSERT_EQ(sqlite3_exec(handle, "UPDATE patient SET facts = replace(facts, '\"441\"', '\"440\"')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(handle);
  const auto run = pim({"audit", "reconstruct", "--data", data(), "--all"});
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("facts"), std::string::npos) << run.out;
}

TEST_F(AuditTest, ExportsOneRecordALine) {
  fill();
  const auto run = pim({"audit", "export", "--data", data()});
  ASSERT_EQ(run.exit, 0) << run.err;
  for (const auto* what :
       {R"("kind":"event")", R"("kind":"receipt")", R"("kind":"read")", R"("kind":"denied")"}) {
    EXPECT_NE(run.out.find(what), std::string::npos) << what;
  }
}

}  // namespace
}  // namespace pim::integration
