// Several clients that write at once and keep a history, while the server under them comes and
// goes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "load/history/recorder.h"
#include "load/workload.h"

namespace pim::load {

struct CrewMember {
  std::string user;
  std::string token;
};

struct CrewTotals {
  std::uint64_t acknowledged = 0;
  std::uint64_t unknown = 0;  // calls without a known outcome
  std::uint64_t refused = 0;  // 4xx: of valid commands there should be none
  std::string first_refusal;
};

// Replays of requests that were acknowledged before.
struct ReplayReport {
  std::uint64_t sent = 0;
  std::uint64_t unanswered = 0;    // no 2xx, for reasons of transport or overload
  std::uint64_t not_replayed = 0;  // carried out again: the first acknowledgement was lost
  std::uint64_t different = 0;     // another version or position than before
  std::vector<std::string> findings;
};

// start() and stop() alternate; the members' histories go on from one start to the next.
class Crew {
 public:
  // `recorder` and `reference` outlive it. One session a member.
  Crew(std::vector<CrewMember> members, const WorkloadOptions& options,
       const ReferenceData& reference, Recorder& recorder);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Sends the reference data's commands as the first member; an error names the one that failed.
  Result<void, std::string> prepare(std::uint16_t port);

  // Each member sends one command after the other, until stop() or until it meets an outcome that
  // it cannot know: then it waits for the next start, to ask again with the same key or to give up.
  void start(std::uint16_t port);
  // Returns once `count` more commands were acknowledged; false where all members are stuck or the
  // deadline passed before.
  bool await_acknowledged(std::uint64_t count, Deadline deadline);
  void stop();

  // While stopped: sends each member's last `each` acknowledged requests again.
  ReplayReport replay(std::uint16_t port, std::size_t each);

  // While stopped.
  const CrewTotals& totals() const { return totals_; }
  std::vector<Uuid> patients() const;

 private:
  struct Acknowledged {
    PreparedCommand command;
    Completion answer;
  };
  struct Worker {
    Worker(CrewMember who, const WorkloadOptions& options, const ReferenceData& reference,
           std::uint32_t number)
        : caller{number, std::move(who.user), std::move(who.token)},
          session(options, reference, number),
          dice(options.seed, 0xC4E3, number) {}
    Caller caller;
    Session session;
    Dice dice;
    bool pending = false;  // the current command's outcome is not known
    std::deque<Acknowledged> recent;
  };
  void work(Worker& worker, std::uint16_t port);
  // Whether the member can go on.
  bool settle(Worker& worker, const Completion& answer, const Response& response);

  const ReferenceData& reference_;
  Recorder& recorder_;
  std::vector<Worker> workers_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::condition_variable progress_;
  CrewTotals totals_;        // by mutex_ while started
  std::size_t working_ = 0;  // by mutex_: members that are not stuck
};

}  // namespace pim::load
