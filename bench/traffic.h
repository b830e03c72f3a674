// What the benches send over the many-connection client.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load/async_client.h"
#include "load/workload.h"

namespace pim::bench {

// A session of synthetic commands on each connection. An unanswered request is sent again with the
// same key; a refused one is counted and its patient left.
class CommandTraffic : public load::Traffic {
 public:
  CommandTraffic(const load::WorkloadOptions& options, const load::ReferenceData& reference,
                 std::size_t connections, std::string shared_headers);
  void next(std::size_t connection, std::string& out) override;
  void answered(std::size_t connection, const Reply& reply) override;
  void failed(std::size_t connection, const load::TransportError& error) override;

  std::uint64_t refused() const { return refused_; }
  // The first refusal's body, for people.
  const std::string& first_refusal() const { return first_refusal_; }
  std::vector<Uuid> patients() const;

 private:
  std::vector<load::Session> sessions_;
  std::string shared_;
  std::uint64_t refused_ = 0;
  std::string first_refusal_;
};

inline constexpr std::size_t kPageGoal = 4096;

// First pages of charts, of patients drawn by counter.
class ChartTraffic : public load::Traffic {
 public:
  // `skewed`: the first 10 % of the patients get 45 % of the reads.
  ChartTraffic(std::vector<Uuid> patients, bool skewed, std::string shared_headers);
  void next(std::size_t connection, std::string& out) override;
  void answered(std::size_t connection, const Reply& reply) override;
  void failed(std::size_t connection, const load::TransportError& error) override;

  std::uint64_t refused() const { return refused_; }
  std::uint64_t pages() const { return pages_; }
  std::uint64_t page_bytes() const { return page_bytes_; }
  std::uint64_t large_pages() const { return large_pages_; }  // beyond kPageGoal

 private:
  std::vector<Uuid> patients_;
  bool skewed_;
  std::string shared_;
  load::Dice dice_{0xC4A7, 0, 0};
  std::uint64_t refused_ = 0;
  std::uint64_t pages_ = 0;
  std::uint64_t page_bytes_ = 0;
  std::uint64_t large_pages_ = 0;
};

}  // namespace pim::bench
