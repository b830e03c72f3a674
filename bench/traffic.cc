#include "traffic.h"

#include "domain/ids_text.h"
#include "load/http_reply.h"

namespace pim::bench {

CommandTraffic::CommandTraffic(const load::WorkloadOptions& options,
                               const load::ReferenceData& reference, std::size_t connections,
                               std::string shared_headers)
    : shared_(std::move(shared_headers)) {
  sessions_.reserve(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    sessions_.emplace_back(options, reference, static_cast<std::uint32_t>(i));
  }
}

void CommandTraffic::next(std::size_t connection, std::string& out) {
  load::append_wire(out, sessions_[connection].current(), shared_);
}

void CommandTraffic::answered(std::size_t connection, const Reply& reply) {
  if (reply.status < 300) {
    sessions_[connection].accepted(load::version_of_etag(load::find_header(reply.head, "etag")));
  } else if (reply.status < 500) {
    if (refused_++ == 0) first_refusal_ = reply.body;
    sessions_[connection].abandon();
  }
}

void CommandTraffic::failed(std::size_t, const load::TransportError&) {}

std::vector<Uuid> CommandTraffic::patients() const {
  std::vector<Uuid> all;
  for (const auto& session : sessions_) {
    const auto some = session.patients();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

ChartTraffic::ChartTraffic(std::vector<Uuid> patients, bool skewed, std::string shared_headers)
    : patients_(std::move(patients)), skewed_(skewed), shared_(std::move(shared_headers)) {}

void ChartTraffic::next(std::size_t, std::string& out) {
  const auto index = skewed_ ? dice_.skewed(patients_.size()) : dice_.below(patients_.size());
  out += "GET /v1/patients/";
  append_uuid(out, patients_[index]);
  out.append("?limit=1 HTTP/1.1\r\n").append(shared_).append("\r\n");
}

void ChartTraffic::answered(std::size_t, const Reply& reply) {
  if (reply.status != 200) ++refused_;
  ++pages_;
  page_bytes_ += reply.body.size();
  if (reply.body.size() > kPageGoal) ++large_pages_;
}

void ChartTraffic::failed(std::size_t, const load::TransportError&) {}

}  // namespace pim::bench
