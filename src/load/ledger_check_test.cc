#include "load/ledger_check.h"

#include <gtest/gtest.h>

#include <fstream>

#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

const Uuid kPatient{{1}};
constexpr std::uint32_t kBucket = 17;

// A ledger and a store, written call by call.
class LedgerCheckTest : public testing::Test {
 protected:
  std::uint64_t invoke(const std::string& id, const std::string& body = "b") {
    LedgerLine line;
    line.is_invoke = true;
    line.call = ++calls_;
    line.request_id = id;
    line.user = "ann";
    line.routing_id = kPatient;
    line.body_hash = body;
    check_.line(line);
    return calls_;
  }
  void complete(std::uint64_t call, const CallResult& result) {
    LedgerLine line;
    line.call = call;
    line.result = result;
    check_.line(line);
  }
  static CallResult ok_at(Version version, bool replayed = false) {
    return {CallOutcome::ok, 201, version, "17.1." + std::to_string(version), replayed};
  }
  void acknowledge(const std::string& id, Version version) { complete(invoke(id), ok_at(version)); }
  void store(const std::string& id, Version version, const std::string& user = "ann") {
    check_.event({user, id, kPatient, version, kBucket, version});
  }
  // Acknowledged and stored: `count` requests from version 1 on.
  void healthy(Version count) {
    for (Version version = 1; version <= count; ++version) {
      acknowledge("r" + std::to_string(version), version);
      store("r" + std::to_string(version), version);
    }
  }
  static CallResult refused(int status) { return {CallOutcome::fail, status, 0, "", false}; }

  LedgerCheck check_;
  std::uint64_t calls_ = 0;
};

TEST_F(LedgerCheckTest, AWholeHistoryIsClean) {
  healthy(3);
  complete(invoke("r2"), ok_at(2, true));
  complete(invoke("r9"), refused(409));
  const auto report = check_.finish();
  EXPECT_TRUE(report.clean()) << report.summary();
  EXPECT_EQ(report.acknowledged, 3u);
  EXPECT_EQ(report.requests, 4u);
  EXPECT_EQ(report.calls, 5u);
  EXPECT_EQ(report.events, 3u);
  EXPECT_EQ(report.replays, 1u);
  EXPECT_EQ(report.unknown, 0u);
  EXPECT_EQ(report.summary(), "acknowledged checked 3, lost 0, duplicated 0, phantom 0");
}

TEST_F(LedgerCheckTest, AnAcknowledgedRequestWithoutAnEventIsLost) {
  healthy(2);
  acknowledge("r3", 3);
  const auto report = check_.finish();
  EXPECT_EQ(report.lost, 1u);
  EXPECT_EQ(report.findings.size(), 1u);
  EXPECT_FALSE(report.clean());
}

TEST_F(LedgerCheckTest, ALossShowsWithoutVersionOrPositionToo) {
  healthy(1);
  complete(invoke("r2"), {CallOutcome::ok, 200, 0, "", false});
  EXPECT_EQ(check_.finish().lost, 1u);
}

TEST_F(LedgerCheckTest, AnAcknowledgedRequestWhoseEventIsElsewhereIsLost) {
  healthy(1);
  acknowledge("r2", 3);
  store("r2", 2);
  EXPECT_EQ(check_.finish().lost, 1u);
}

TEST_F(LedgerCheckTest, AnotherPositionThanAcknowledgedIsLost) {
  complete(invoke("r1"), {CallOutcome::ok, 201, 1, "17.1.2", false});
  store("r1", 1);
  EXPECT_EQ(check_.finish().lost, 1u);
}

TEST_F(LedgerCheckTest, TwoEventsOfARequestAreADuplicate) {
  healthy(2);
  store("r2", 3);
  const auto report = check_.finish();
  EXPECT_EQ(report.duplicated, 1u);
  EXPECT_EQ(report.lost, 0u);
}

TEST_F(LedgerCheckTest, AnEventThatNobodyAskedForIsAPhantom) {
  healthy(1);
  store("never-sent", 2);
  EXPECT_EQ(check_.finish().phantom, 1u);
}

TEST_F(LedgerCheckTest, AnEventOfARefusedRequestIsAPhantom) {
  complete(invoke("r1"), refused(422));
  store("r1", 1);
  EXPECT_EQ(check_.finish().phantom, 1u);
}

TEST_F(LedgerCheckTest, ARefusalWithAReceiptHoldsForAnEarlierUnknownCallToo) {
  complete(invoke("r1"), {});
  complete(invoke("r1"), refused(409));
  store("r1", 1);
  EXPECT_EQ(check_.finish().phantom, 1u);
}

TEST_F(LedgerCheckTest, AnUnknownRequestMayHaveNoneOrOneEvent) {
  complete(invoke("none"), {});
  complete(invoke("one"), {});
  store("one", 1);
  invoke("the client died here");
  // Shed at the second try: that says nothing about the first.
  complete(invoke("shed"), {});
  complete(invoke("shed"), refused(503));
  store("shed", 2);
  const auto report = check_.finish();
  EXPECT_TRUE(report.clean()) << report.summary();
  EXPECT_EQ(report.unknown, 4u);
  EXPECT_EQ(report.unknown_applied, 2u);
}

TEST_F(LedgerCheckTest, AnUnknownRequestWithTwoEventsIsADuplicate) {
  complete(invoke("r1"), {});
  store("r1", 1);
  store("r1", 2);
  EXPECT_EQ(check_.finish().duplicated, 1u);
}

TEST_F(LedgerCheckTest, AnEventWithoutUserOrRequestIsUnnamed) {
  healthy(1);
  store("r2", 2, "");
  store("", 3);
  EXPECT_EQ(check_.finish().unnamed, 2u);
}

TEST_F(LedgerCheckTest, MissingVersionsAndPositionsAreGaps) {
  acknowledge("r1", 1);
  acknowledge("r2", 3);
  store("r1", 1);
  store("r2", 3);
  const auto report = check_.finish();
  EXPECT_EQ(report.gaps, 2u);  // of the stream, and of the bucket
  EXPECT_EQ(report.lost, 0u);
}

TEST_F(LedgerCheckTest, AVersionBelowOneAcknowledgedBeforeTheRequestWasSentIsReordered) {
  acknowledge("r1", 2);
  acknowledge("r2", 1);
  store("r1", 2);
  store("r2", 1);
  EXPECT_EQ(check_.finish().reordered, 1u);
}

TEST_F(LedgerCheckTest, OverlappingRequestsMayTakeAnyOrder) {
  const auto first = invoke("r1");
  const auto second = invoke("r2");
  complete(second, ok_at(2));
  complete(first, ok_at(1));
  // Sent before r3's acknowledgement, answered by a replay after it.
  complete(invoke("r3"), {});
  acknowledge("r4", 4);
  complete(invoke("r3"), ok_at(3, true));
  store("r1", 1);
  store("r2", 2);
  store("r3", 3);
  store("r4", 4);
  const auto report = check_.finish();
  EXPECT_TRUE(report.clean()) << report.summary();
}

TEST_F(LedgerCheckTest, TwoAnswersToOneRequestContradict) {
  healthy(1);
  complete(invoke("r1"), ok_at(2, true));
  EXPECT_EQ(check_.finish().contradicted, 1u);
}

TEST_F(LedgerCheckTest, TwoBodiesAcceptedUnderOneIdContradict) {
  healthy(1);
  complete(invoke("r1", "another body"), ok_at(1, true));
  EXPECT_EQ(check_.finish().contradicted, 1u);
}

TEST_F(LedgerCheckTest, AcceptedAndRefusedContradict) {
  healthy(1);
  complete(invoke("r1"), refused(409));
  EXPECT_EQ(check_.finish().contradicted, 1u);
}

TEST_F(LedgerCheckTest, OthersMayWriteWhereTheLedgerIsNotTheOnlyWriter) {
  check_ = LedgerCheck({.sole_writer = false});
  healthy(1);
  store("r2", 2, "importer");
  EXPECT_TRUE(check_.finish().clean());
}

TEST(CheckLedger, ReadsBothFiles) {
  const TemporaryDirectory directory;
  const auto ledger_file = directory.path("ledger.jsonl");
  const auto export_file = directory.path("export.jsonl");
  const std::string patient = kPatient.to_string();
  {
    auto ledger = Ledger::open(ledger_file);
    const PreparedCommand command{"register-patient", "POST", "/v1/patients", "{}", "k1",
                                  kPatient,           {}};
    ledger->complete(ledger->invoke(command, "ann"), {CallOutcome::ok, 201, 1, "17.1.1", false});
  }
  const auto event = [&](const char* user) {
    return R"({"kind":"event","who":")" + std::string(user) + R"(","request_id":"k1","stream":")" +
           patient +
           R"(","version":1,"bucket":17,"position":1})"
           "\n";
  };
  std::ofstream(export_file) << R"({"format":1,"segment":1,"node":"n"})"
                                "\n"
                                R"({"kind":"read","who":"ann"})"
                                "\n"
                             << event("ann");
  auto report = check_ledger(ledger_file, export_file);
  ASSERT_TRUE(report.ok()) << report.error();
  EXPECT_TRUE(report->clean()) << report->summary();
  EXPECT_EQ(report->acknowledged, 1u);

  std::ofstream(export_file, std::ios::trunc) << event("bob");
  report = check_ledger(ledger_file, export_file);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->lost, 1u);
  EXPECT_EQ(report->phantom, 1u);

  std::ofstream(export_file, std::ios::trunc) << event("ann") << R"({"kind":"ev)";
  EXPECT_FALSE(check_ledger(ledger_file, export_file).ok());
  std::ofstream(export_file, std::ios::trunc) << R"({"kind":"event","who":"ann"})"
                                                 "\n";
  EXPECT_FALSE(check_ledger(ledger_file, export_file).ok());
  EXPECT_FALSE(check_ledger(ledger_file, directory.path("absent")).ok());
}

}  // namespace
}  // namespace pim::load
