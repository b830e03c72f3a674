#include "spine/answers.h"

#include <gtest/gtest.h>

#include "spine/requests_testing.h"

namespace pim::spine {
namespace {

TEST(Answers, WhatGetsAnIdIs201AndTheRest200) {
  for (const Command& command :
       {register_patient(1), register_provider(1, 1), register_facility(1), admit(1, 1, 1),
        record_diagnosis(1, 1, 1), Command(RecordProcedure{}), Command(PrescribeMedication{}),
        open_bill(1, 1), add_charge(1, 100)}) {
    EXPECT_EQ(accepted_status(command), 201) << command_name(command);
  }
  for (const Command& command :
       {amend_patient(1980), discharge(1), void_diagnosis(1, 1), retire_provider(),
        Command(FinalizeBill{}), Command(VoidCharge{}), Command(ReopenEncounter{})}) {
    EXPECT_EQ(accepted_status(command), 200) << command_name(command);
  }
}

TEST(Answers, ParametersSurviveTheReceipt) {
  const std::vector<std::pair<std::string, std::string>> params = {{"id", "a\"b\\c\n\xC3\xA9"},
                                                                   {"empty", ""}};
  EXPECT_EQ(params_from_json(params_to_json(params)), params);
  EXPECT_TRUE(params_from_json(params_to_json({})).empty());
}

TEST(Answers, AReceiptIsTheSameAnswerEachTime) {
  store::Receipt receipt;
  receipt.routing_id = patient(1);
  receipt.command = "amend-patient";
  receipt.status = 200;
  receipt.version = 7;
  receipt.first_position = 40;
  receipt.last_position = 42;
  receipt.epoch = Epoch{3};
  const auto reply = reply_from(receipt, /*replayed=*/true);
  EXPECT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_TRUE(reply.replayed);
  EXPECT_EQ(reply.version, 7U);
  EXPECT_EQ(reply.events, 3U);
  EXPECT_EQ(reply.last_position, 42U);
  EXPECT_EQ(reply.epoch, Epoch{3});
  EXPECT_EQ(reply.bucket, bucket_of(patient(1).value));
}

TEST(Answers, EveryRefusalSaysWhetherToRetry) {
  for (const Outcome outcome :
       {Outcome::overloaded, Outcome::deadline, Outcome::not_applied, Outcome::unknown}) {
    EXPECT_EQ(plain_reply(outcome).status, 503);
    EXPECT_GT(plain_reply(outcome).retry_after.count(), 0);
  }
  EXPECT_EQ(plain_reply(Outcome::disk_low).status, 507);
  EXPECT_EQ(plain_reply(Outcome::key_reused).status, 422);
  EXPECT_EQ(plain_reply(Outcome::key_reused).retry_after.count(), 0);
}

}  // namespace
}  // namespace pim::spine
