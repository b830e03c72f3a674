// An import whose every call stands in the history, so that its writes are checked like all others.
#pragma once

#include <string>

#include "data/sender.h"
#include "load/history/recorder.h"

namespace pim::cli::prove {

class RecordedSender final : public data::Sender {
 public:
  // `recorder` outlives it.
  RecordedSender(load::HttpClient client, load::Recorder& recorder, std::string user,
                 std::string token)
      : client_(std::move(client)),
        recorder_(recorder),
        caller_{0, std::move(user), std::move(token)} {}

  Result<data::SendReply, data::SendFailure> send(const data::OutgoingCommand& command) override;

 private:
  load::HttpClient client_;
  load::Recorder& recorder_;
  const load::Caller caller_;
};

}  // namespace pim::cli::prove
