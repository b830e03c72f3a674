// An import whose every call stands in the ledger, so that its writes are checked like all others.
#pragma once

#include <string>

#include "data/sender.h"
#include "load/ledger.h"

namespace pim::cli::demo {

class LedgerSender final : public data::Sender {
 public:
  LedgerSender(load::HttpClient client, load::Ledger& ledger, std::string user, std::string token)
      : client_(std::move(client)),
        ledger_(ledger),
        user_(std::move(user)),
        token_(std::move(token)) {}

  Result<data::SendReply, data::SendFailure> send(const data::OutgoingCommand& command) override;

 private:
  load::HttpClient client_;
  load::Ledger& ledger_;
  std::string user_;
  std::string token_;
};

}  // namespace pim::cli::demo
