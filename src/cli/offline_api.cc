#include "cli/offline_api.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "api/app.h"
#include "cli/node_parts.h"

namespace pim::cli {
namespace {

constexpr auto kDrainLimit = std::chrono::seconds(60);

// A request whose answer the calling thread waits for. What is posted runs on that thread.
class WaitingExchange final : public api::Exchange {
 public:
  explicit WaitingExchange(const load::Request& request) {
    request_.method = request.method;
    request_.target = request.target;
    for (const auto& [name, value] : request.headers) request_.headers.push_back({name, value});
    request_.body = request.body;
    request_.peer = "offline";
  }

  const api::Request& request() const override { return request_; }

  void respond(api::Response response) override {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
    changed_.notify_one();
  }

  void post(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    changed_.notify_one();
  }

  api::Response wait() {
    std::unique_lock lock(mutex_);
    while (!response_) {
      changed_.wait(lock, [this] { return response_ || !work_.empty(); });
      if (work_.empty()) continue;
      const auto work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
    return std::move(*response_);
  }

 private:
  api::Request request_;  // views into the caller's, which outlives the answer
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<api::Response> response_;   // guarded by mutex_
  std::deque<std::function<void()>> work_;  // guarded by mutex_
};

std::string no_trailing_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

load::Response as_received(api::Response response) {
  load::Response received;
  received.status = response.status;
  std::string_view lines = response.headers;
  while (!lines.empty()) {
    const auto end = std::min(lines.find("\r\n"), lines.size());
    const auto colon = lines.find(": ");
    if (colon < end) {
      received.headers.emplace_back(lines.substr(0, colon),
                                    lines.substr(colon + 2, end - colon - 2));
    }
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  received.body = std::move(response.body);
  return received;
}

class OfflineApiImpl final : public OfflineApi {
 public:
  OfflineApiImpl(std::unique_ptr<NodeParts> parts, const api::ServerOptions& options,
                 api::KeySet keys)
      : parts_(std::move(parts)),
        services_(parts_->services()),
        metrics_(services_.metrics, options.shards, options.region),
        trail_(services_.journal, metrics_, options.shards),
        authenticator_(api::TokenVerifier(std::move(keys), {options.issuer, options.audience})),
        workers_(1, 1),
        app_(options, services_, authenticator_, metrics_, trail_, workers_) {}

  Result<load::Response, load::TransportError> send(const load::Request& request) override {
    const auto exchange = std::make_shared<WaitingExchange>(request);
    app_.handle(exchange);
    return as_received(exchange->wait());
  }

  Result<void, std::string> close() override {
    workers_.stop();
    const bool whole = parts_->drain(std::chrono::steady_clock::now() + kDrainLimit);
    if (auto anchored = parts_->anchor(); !anchored) return anchored;
    if (!whole) return Err{std::string("the store or the journal did not come to its end")};
    return {};
  }

 private:
  std::unique_ptr<NodeParts> parts_;  // outlives all that follows
  const api::Services services_;
  api::ApiMetrics metrics_;
  api::AuditTrail trail_;
  api::Authenticator authenticator_;
  api::WorkerPool workers_;
  api::App app_;
};

}  // namespace

Result<std::unique_ptr<OfflineApi>, std::string> OfflineApi::open(
    const OfflineApiOptions& options) {
  auto keys = api::KeySet::load(options.keys);
  if (!keys) return Err{std::move(keys.error())};
  ServeConfig config;
  config.profile_hz = 0;  // the command has its own
  config.data = no_trailing_slash(options.data);
  config.anchors = options.anchors.empty() ? config.data + "-anchors" : options.anchors;
  auto parts = NodeParts::open(config);
  if (!parts) return Err{std::move(parts.error())};
  api::ServerOptions server;
  server.shards = config.shards;
  return std::unique_ptr<OfflineApi>(
      std::make_unique<OfflineApiImpl>(std::move(*parts), server, std::move(*keys)));
}

}  // namespace pim::cli
