#include "ours.h"

#include <algorithm>
#include <vector>

#include "load/async_client.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;

// It keeps the latency from the send, which the driver does not.
class OneRequest : public load::Traffic {
 public:
  explicit OneRequest(std::size_t connections) : sent_(connections) {}
  void next(std::size_t connection, std::string& out) override {
    sent_[connection] = load::Clock::now();
    out += "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  }
  void answered(std::size_t connection, const Reply& reply) override {
    if (reply.status != 200) ++bad_;
    from_send_.record(load::Clock::now() - sent_[connection]);
  }
  void failed(std::size_t, const load::TransportError&) override { ++bad_; }
  std::uint64_t bad() const { return bad_; }
  const load::Histogram& from_send() const { return from_send_; }

 private:
  std::vector<load::Deadline> sent_;
  load::Histogram from_send_;
  std::uint64_t bad_ = 0;
};

}  // namespace

Result<OurFigures, std::string> run_ours(const OurRun& run) {
  OneRequest traffic(run.connections);
  const auto report = load::drive(traffic, {.port = run.port,
                                            .connections = run.connections,
                                            .duration = run.duration,
                                            .rate = run.rate,
                                            .reply_timeout = 60s});
  if (!report) return Err{"ours: " + report.error()};
  if (const auto bad = traffic.bad() + report->unsent; bad > 0) {
    return Err{"ours: " + std::to_string(bad) + " requests were not answered 200"};
  }
  OurFigures figures;
  figures.latency = report->latency;
  figures.from_send = traffic.from_send();
  figures.answered = report->answered;
  figures.per_second = report->per_second();
  figures.cpu = std::chrono::duration<double>(report->own_cpu) /
                std::chrono::duration<double>(report->elapsed);
  figures.cpu_micros = std::chrono::duration<double, std::micro>(report->own_cpu).count() /
                       static_cast<double>(std::max<std::uint64_t>(1, report->answered));
  return figures;
}

}  // namespace pim::bench
