// Commands: from a call to the spine, and from its reply to a response.
#pragma once

#include <functional>
#include <memory>

#include "api/audit_trail.h"
#include "api/call.h"
#include "domain/result.h"
#include "spine/spine.h"

namespace pim::api {

// Thread-safe.
class CommandService {
 public:
  CommandService(spine::Spine& spine, AuditTrail& trail, std::uint32_t shards)
      : spine_(spine), trail_(trail), shards_(shards) {}

  // The answer to a command that would be refused now; nullopt where it would be taken. Nothing of
  // it but its head is looked at, and nobody knows yet whose it is: it is counted, not recorded.
  std::optional<Response> turn_away(const Call& call, StreamId stream) const;
  // What the call asks for, or what is wrong with it.
  Result<spine::CommandRequest, Problem> read(const Call& call) const;
  // `done` is called once, on any thread.
  void submit(spine::CommandRequest request, std::function<void(spine::CommandReply)> done) {
    spine_.submit(std::move(request), std::move(done));
  }
  // The answer, once what must be on record is. `request` as read() gave it: the same reply to the
  // same request renders the same.
  Response render(const Call& call, const spine::CommandReply& reply, StreamId stream,
                  std::optional<Uuid> created) const;

 private:
  void add_shard(Response& response, StreamId stream) const;
  Response render_accepted(const Call& call, const spine::CommandReply& reply, StreamId stream,
                           std::optional<Uuid> created) const;

  spine::Spine& spine_;
  AuditTrail& trail_;
  const std::uint32_t shards_;
};

// The id of what `command` makes; nullopt where it makes nothing that has one.
std::optional<Uuid> created_id(const Command& command);

// The problem that a reply other than `accepted` stands for.
Problem problem_of(const spine::CommandReply& reply);

}  // namespace pim::api
