#include "load/history/check.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "load/history/made_run_testing.h"

namespace pim::load {
namespace {

using Made = MadeRun;

// --- commands

TEST(HistoryCheck, AWholeHistoryIsClean) {
  Made run;
  run.healthy(3);
  run.call(run.command("r2"), Made::ok(2, true));
  run.call(run.command("r9"), Made::refused(409));
  run.receipt("r9", 3, 409);
  const auto report = run.check();
  EXPECT_TRUE(report.clean()) << report.findings.front();
  EXPECT_EQ(report.acknowledged, 3u);
  EXPECT_EQ(report.requests, 4u);
  EXPECT_EQ(report.refused, 1u);
  EXPECT_EQ(report.calls, 5u);
  EXPECT_EQ(report.events, 3u);
  EXPECT_EQ(report.receipts, 4u);
  EXPECT_EQ(report.replays, 1u);
  EXPECT_EQ(report.unknown, 0u);
  EXPECT_EQ(report.summary(), "acknowledged checked 3, lost 0, duplicated 0, phantom 0");
}

TEST(HistoryCheck, AnAcknowledgedRequestWithoutAnEventIsLost) {
  Made run;
  run.healthy(2);
  run.acknowledge("r3", 3);
  run.receipt("r3", 3);
  EXPECT_EQ(run.verdict(), "lost 1");
}

TEST(HistoryCheck, ALossShowsWithoutVersionOrPositionToo) {
  Made run;
  run.healthy(1);
  auto answer = Made::ok(0);
  answer.position = {};
  run.call(run.command("r2"), answer);
  run.receipt("r2", 2);
  EXPECT_EQ(run.verdict(), "lost 1");
}

TEST(HistoryCheck, AnAcknowledgedRequestWhoseEventIsElsewhereIsLost) {
  Made run;
  run.healthy(1);
  run.acknowledge("r2", 3);
  run.event({.id = "r2", .version = 2});
  run.receipt("r2", 3);
  EXPECT_EQ(run.verdict(), "lost 1");
}

TEST(HistoryCheck, AnotherPositionThanAcknowledgedIsLost) {
  Made run;
  auto answer = Made::ok(1);
  answer.position.position = 2;
  run.call(run.command("r1"), answer);
  run.event({.id = "r1", .version = 1});
  EXPECT_EQ(run.check().count(Violation::lost), 1u);
}

TEST(HistoryCheck, TwoEventsOfARequestAreADuplicate) {
  Made run;
  run.healthy(2);
  run.event({.id = "r2", .version = 3});
  EXPECT_EQ(run.verdict(), "duplicated 1");
}

TEST(HistoryCheck, AnEventThatNobodyAskedForIsAPhantom) {
  Made run;
  run.healthy(1);
  run.store("never-sent", 2);
  EXPECT_EQ(run.verdict(), "phantom 1");
}

TEST(HistoryCheck, AnEventOfARefusedRequestIsAPhantom) {
  Made run;
  run.call(run.command("r1"), Made::refused(422));
  run.store("r1", 1);
  EXPECT_EQ(run.verdict(), "phantom 1");
}

TEST(HistoryCheck, ARefusalWithAReceiptHoldsForAnEarlierUnknownCallToo) {
  Made run;
  run.call(run.command("r1"), Made::unknown());
  run.call(run.command("r1"), Made::refused(409));
  run.event({.id = "r1", .version = 1});
  run.receipt("r1", 0, 409);
  EXPECT_EQ(run.check().count(Violation::phantom), 1u);
}

TEST(HistoryCheck, AnUnknownRequestMayHaveNoneOrOneEvent) {
  Made run;
  run.call(run.command("none"), Made::unknown());
  run.call(run.command("one"), Made::unknown());
  run.store("one", 1);
  run.invoke(run.command("the client died here"));
  // Shed at the second try: that says nothing about the first.
  run.call(run.command("shed"), Made::unknown());
  run.call(run.command("shed"), Made::refused(503));
  run.store("shed", 2);
  const auto report = run.check();
  EXPECT_TRUE(report.clean()) << report.findings.front();
  EXPECT_EQ(report.unknown, 4u);
  EXPECT_EQ(report.unknown_applied, 2u);
}

TEST(HistoryCheck, AnUnknownRequestWithTwoEventsIsADuplicate) {
  Made run;
  run.call(run.command("r1"), Made::unknown());
  run.store("r1", 1);
  run.event({.id = "r1", .version = 2});
  EXPECT_EQ(run.verdict(), "duplicated 1");
}

TEST(HistoryCheck, AnEventWithoutUserOrRequestIsUnnamed) {
  Made run;
  run.healthy(1);
  run.event({.id = "r2", .version = 2, .user = ""});
  run.event({.id = "", .version = 3});
  EXPECT_EQ(run.verdict(), "unnamed 2");
}

TEST(HistoryCheck, MissingVersionsAndPositionsAreGaps) {
  Made run;
  run.healthy(1);
  run.acknowledge("r2", 3);
  run.store("r2", 3);
  EXPECT_EQ(run.verdict(), "gap 2");  // of the stream, and of the bucket
}

TEST(HistoryCheck, APositionTwiceIsAGap) {
  Made run;
  run.healthy(1);
  run.call(run.command("r2"), Made::unknown());
  run.event({.id = "r2", .version = 2, .position = 1});
  EXPECT_EQ(run.check().count(Violation::gap), 1u);
}

TEST(HistoryCheck, AnEventInABucketThatIsNotItsStreamsIsMisplaced) {
  Made run;
  run.call(run.command("r1"), Made::unknown());
  run.event({.id = "r1", .version = 1, .bucket = (Made::bucket() + 1) % 4096});
  EXPECT_EQ(run.verdict(), "misplaced 1");
}

// --- order

TEST(HistoryCheck, AVersionBelowOneToldBeforeTheRequestWasSentIsReordered) {
  Made run;
  run.acknowledge("r1", 2);
  run.acknowledge("r2", 1);
  run.store("r1", 2);
  run.store("r2", 1);
  EXPECT_EQ(run.verdict(), "reordered 1");
}

TEST(HistoryCheck, AReadShowsNothingThatIsAskedForLater) {
  Made run;
  run.healthy(1);
  run.call(run.read(), Made::shown(2));
  run.acknowledge("r2", 2);
  run.store("r2", 2);
  EXPECT_EQ(run.verdict(), "reordered 1");
}

TEST(HistoryCheck, VersionsStandInTheBucketInTheirOrder) {
  Made run;
  run.call(run.command("r1"), Made::unknown());
  run.call(run.command("r2"), Made::unknown());
  run.event({.id = "r1", .version = 1, .position = 2});
  run.event({.id = "r2", .version = 2, .position = 1});
  EXPECT_EQ(run.verdict(), "reordered 1");
}

TEST(HistoryCheck, OverlappingRequestsMayTakeAnyOrder) {
  Made run;
  const auto first = run.invoke(run.command("r1"));
  const auto second = run.invoke(run.command("r2"));
  run.complete(second, Made::ok(2));
  run.complete(first, Made::ok(1));
  // Sent before r3's acknowledgement, answered by a replay after it.
  run.call(run.command("r3"), Made::unknown());
  run.acknowledge("r4", 4);
  run.call(run.command("r3"), Made::ok(3, true));
  for (Version version = 1; version <= 4; ++version) {
    run.store("r" + std::to_string(version), version);
  }
  EXPECT_EQ(run.verdict(), "");
}

TEST(HistoryCheck, ARefusalIsOfAStateThatWasNotKnownToBeOver) {
  for (const Version version : {1, 2}) {
    Made run;
    run.healthy(2);
    run.call(run.command("r3"), Made::refused(409));
    run.receipt("r3", version, 409);
    EXPECT_EQ(run.verdict(), version == 1 ? "reordered 1" : "") << version;
  }
}

// --- one request, one answer

TEST(HistoryCheck, TwoAnswersToOneRequestContradict) {
  Made run;
  run.healthy(2);
  run.call(run.command("r1"), Made::ok(2, true));
  EXPECT_EQ(run.verdict(), "contradicted 1");
}

TEST(HistoryCheck, TwoBodiesOfAnAnswerContradict) {
  for (const std::uint64_t body : {5, 6}) {
    Made run;
    auto answer = Made::ok(1);
    answer.answer = 5;
    run.call(run.command("r1"), answer);
    answer.replayed = true;
    answer.answer = body;
    run.call(run.command("r1"), answer);
    run.store("r1", 1);
    EXPECT_EQ(run.verdict(), body == 5 ? "" : "contradicted 1");
  }
}

TEST(HistoryCheck, AnotherBodyUnderAUsedIdMustBeRefused) {
  Made refusing;
  refusing.healthy(1);
  refusing.call(refusing.command("r1", 8), Made::refused(422));
  EXPECT_EQ(refusing.verdict(), "");

  Made accepting;
  accepting.healthy(1);
  accepting.call(accepting.command("r1", 8), Made::ok(1, true));
  EXPECT_EQ(accepting.verdict(), "contradicted 1");
}

TEST(HistoryCheck, ARepetitionIsNoOtherRequest) {
  Made run;
  run.healthy(1);
  run.call(run.command("r1"), Made::refused(422));
  EXPECT_EQ(run.verdict(), "contradicted 1");
}

TEST(HistoryCheck, AcceptedAndRefusedContradict) {
  for (const std::uint16_t status : {404, 409, 412}) {
    Made run;
    run.healthy(1);
    run.call(run.command("r1"), Made::refused(status));
    EXPECT_EQ(run.verdict(), "contradicted 1") << status;
  }
}

TEST(HistoryCheck, RefusedInTwoWaysContradict) {
  Made run;
  run.healthy(1);
  run.call(run.command("r2"), Made::refused(409));
  run.receipt("r2", 1, 409);
  run.call(run.command("r2"), Made::refused(409));
  EXPECT_EQ(run.verdict(), "");
  run.call(run.command("r2"), Made::refused(412));
  EXPECT_EQ(run.verdict(), "contradicted 1");
}

TEST(HistoryCheck, WhatWasAcknowledgedIsReplayedAndNotCarriedOut) {
  Made run;
  run.healthy(1);
  run.call(run.command("r1"), Made::ok(1));
  EXPECT_EQ(run.verdict(), "contradicted 1");
}

// --- receipts and refusals

TEST(HistoryCheck, AnAcknowledgementHasItsReceipt) {
  const std::function<void(Made&)> damages[] = {
      [](Made&) {},
      [](Made& run) { run.receipt("r1", 1, 409); },
      [](Made& run) { run.receipt("r1", 2); },
      [](Made& run) { run.receipt("r1", 1, 201, 8); },
  };
  for (const auto& damage : damages) {
    Made run;
    run.acknowledge("r1", 1);
    run.event({.id = "r1", .version = 1});
    damage(run);
    EXPECT_EQ(run.verdict(), "unreceipted 1");
  }
}

TEST(HistoryCheck, ARefusalRestsOnAStateThatCameToBe) {
  const auto verdict = [](Completion answer, const std::function<void(Made&)>& keep) {
    Made run;
    run.healthy(2);
    auto call = run.command("r3");
    call.expected = 1;
    run.call(call, answer);
    keep(run);
    return run.verdict();
  };
  const auto kept = [](Version version, int status) {
    return [=](Made& run) { run.receipt("r3", version, status); };
  };
  EXPECT_EQ(verdict(Made::refused(412, 2), kept(2, 412)), "");
  EXPECT_EQ(verdict(Made::refused(412, 3), kept(3, 412)), "baseless 1");
  EXPECT_EQ(verdict(Made::refused(412, 1), kept(1, 412)), "baseless 1");  // the one it named
  EXPECT_EQ(verdict(Made::refused(409), kept(2, 409)), "");
  EXPECT_EQ(verdict(Made::refused(409), kept(3, 409)), "baseless 1");
  EXPECT_EQ(verdict(Made::refused(409), [](Made&) {}), "baseless 1");
  EXPECT_EQ(verdict(Made::refused(409), kept(2, 201)), "baseless 1");
  EXPECT_EQ(verdict(Made::refused(404), [](Made&) {}), "");  // leaves none
}

TEST(HistoryCheck, AnAcceptedCommandMetTheVersionThatItInsistedOn) {
  for (const Version expected : {1, 2}) {
    Made run;
    run.healthy(2);
    auto call = run.command("r3");
    call.expected = expected;
    run.call(call, Made::ok(3));
    run.store("r3", 3);
    EXPECT_EQ(run.verdict(), expected == 2 ? "" : "stale-accepted 1");
  }
}

// --- references

TEST(HistoryCheck, AnEventIsJudgedByTheVersionOfItsProviderThatItRecorded) {
  const auto verdict = [](Version version) {
    const Uuid provider{{2}};
    Made run;
    const auto send = [&](const std::string& id, const Uuid& stream) {
      auto call = run.command(id);
      call.stream = stream;
      run.call(call, Made::unknown());
    };
    send("p1", provider);
    send("p2", provider);
    send("r1", Made::kPatient);
    run.event({.id = "p1", .version = 1, .stream = provider, .what = "provider-registered"});
    run.event({.id = "p2", .version = 2, .stream = provider, .what = "provider-retired"});
    run.event({.id = "r1",
               .version = 1,
               .more = R"(,"provider":")" + provider.to_string() + R"(","provider_version":)" +
                       std::to_string(version)});
    return run.verdict();
  };
  EXPECT_EQ(verdict(1), "");
  EXPECT_EQ(verdict(2), "inactive 1");
  EXPECT_EQ(verdict(3), "inactive 1");  // there is none
  EXPECT_EQ(verdict(0), "inactive 1");
}

// --- reads

TEST(HistoryCheck, AReadReachesThePositionThatItAsksFor) {
  for (const Version version : {0, 1, 2, 3}) {
    Made run;
    run.healthy(3);
    run.call(run.read(1, 2), version == 0 ? Made::refused(404) : Made::shown(version));
    const auto report = run.check();
    EXPECT_EQ(report.count(Violation::stale_read), version < 2 ? 1u : 0u) << version;
    EXPECT_EQ(report.promised_reads, 1u);
  }
}

TEST(HistoryCheck, AReadThatAsksForNoPositionMayBeOld) {
  Made run;
  run.healthy(3);
  run.call(run.read(), Made::shown(1));
  EXPECT_EQ(run.verdict(), "");
}

TEST(HistoryCheck, ReadsOfAClientNeverGoBack) {
  Made run;
  run.healthy(3);
  run.call(run.read(1), Made::shown(3));
  run.call(run.read(2), Made::shown(2));  // another client
  const auto first = run.invoke(run.read(3));
  const auto second = run.invoke(run.read(3));
  run.complete(first, Made::shown(3));
  run.complete(second, Made::shown(2));  // sent before the other's answer
  run.call(run.read(2), Made::shown(2));
  EXPECT_EQ(run.verdict(), "");
  run.call(run.read(3), Made::shown(2));
  EXPECT_EQ(run.verdict(), "went-back 1");
}

TEST(HistoryCheck, AReadOfTheHistoryMayGoBack) {
  Made run;
  run.healthy(3);
  run.call(run.read(1), Made::shown(3));
  auto old = run.read(1);
  old.expected = 2;
  run.call(old, Made::shown(2));
  EXPECT_EQ(run.verdict(), "");
  run.call(old, Made::shown(3));
  EXPECT_EQ(run.verdict(), "read-differs 1");
}

TEST(HistoryCheck, AReadNeverShowsWhatIsNotCommitted) {
  Made run;
  run.healthy(1);
  run.call(run.read(), Made::shown(2));
  EXPECT_EQ(run.verdict(), "read-ahead 1");
}

TEST(HistoryCheck, OneQuestionAtOneVersionHasOneAnswer) {
  for (const std::uint64_t answer : {5, 6}) {
    Made run;
    run.healthy(2);
    run.call(run.read(), Made::shown(2, 5));
    auto other = run.read();
    other.fingerprint = 10;
    run.call(other, Made::shown(2, 7));
    auto history = run.read();
    history.expected = 2;
    run.call(history, Made::shown(2, answer));
    const auto report = run.check();
    EXPECT_EQ(report.count(Violation::read_differs), answer == 5 ? 0u : 1u);
    EXPECT_EQ(report.compared_reads, 2u);
    EXPECT_EQ(report.reads, 3u);
  }
}

// --- who else wrote, and what is missing

TEST(HistoryCheck, OthersMayWriteWhereTheClientsAreNotTheOnlyWriters) {
  Made run;
  run.healthy(1);
  run.event({.id = "r2", .version = 2, .user = "importer"});
  EXPECT_TRUE(run.check({.sole_writer = false}).clean());
  EXPECT_FALSE(run.check().clean());
}

TEST(HistoryCheck, AnUnsealedHistoryCannotCallAnythingAPhantom) {
  Made run;
  run.healthy(1);
  run.store("sent and not yet recorded", 2);
  run.do_not_seal();
  const auto report = run.check();
  EXPECT_TRUE(report.clean());
  EXPECT_FALSE(report.whole);
  EXPECT_EQ(report.unjudged, 1u);
}

TEST(HistoryCheck, AFindingSaysWhoAskedForWhatWhenAndWhere) {
  Made run;
  run.healthy(2);
  run.call(run.command("r1"), Made::refused(409));
  run.store("stranger", 3);
  const auto report = run.check();
  ASSERT_EQ(report.findings.size(), 2u);
  const auto& finding = report.findings[0];
  for (const auto& text :
       {std::string("contradicted: request r1 of ann (admit-encounter, bucket "),
        std::to_string(Made::bucket()),
        std::string("sent at 0.005000 s, answered 409 at 0.006000 s"),
        std::string("it was accepted, and refused with 409"),
        std::string("the other is request r1 of ann"), std::string("sent at 0.001000 s")}) {
    EXPECT_NE(finding.find(text), std::string::npos) << text << "\n" << finding;
  }
  EXPECT_NE(report.findings[1].find("phantom: event encounter-admitted at bucket "),
            std::string::npos);
  EXPECT_NE(report.findings[1].find("(request stranger of ann, recorded at 2026-03-01T00:00:00"),
            std::string::npos)
      << report.findings[1];
}

// --- the export

TEST(HistoryCheck, StepsOverJournalsAndSegments) {
  Made run;
  run.line(R"({"format":1,"segment":1,"node":"n"})");
  run.line(R"({"seq":1,"kind":"read","who":"ann"})");
  run.healthy(1);
  EXPECT_EQ(run.verdict(), "");
}

TEST(HistoryCheck, SaysWhichLineOfTheExportIsNone) {
  for (const auto* text :
       {"nonsense", "{}", R"({"kind":"event","who":"ann"})", R"({"kind":"receipt","who":"ann"})"}) {
    Made run;
    run.healthy(1);
    run.line(text);
    const auto report = run.try_check();
    ASSERT_FALSE(report.ok()) << text;
    EXPECT_NE(report.error().find("export.jsonl:3: "), std::string::npos) << report.error();
  }
}

TEST(HistoryCheck, AnExportThatIsCutOffIsAnError) {
  Made run;
  run.healthy(1);
  ASSERT_TRUE(run.try_check().ok());
  std::ofstream(run.export_file(), std::ios::app) << R"({"kind":"ev)";
  EXPECT_FALSE(check_history(run.history_file(), run.export_file()).ok());
  EXPECT_FALSE(check_history(run.history_file(), run.export_file() + ".absent").ok());
  EXPECT_FALSE(check_history(run.history_file() + ".absent", run.export_file()).ok());
}

}  // namespace
}  // namespace pim::load
