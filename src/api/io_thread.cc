#include "api/io_thread.h"

#include <boost/asio/post.hpp>

#include "api/connection.h"
#include "telemetry/thread_name.h"

namespace pim::api {
namespace {

constexpr std::chrono::milliseconds kReadLimit{20};

}  // namespace

IoThread::IoThread(std::chrono::milliseconds sweep_every)
    : work_(boost::asio::make_work_guard(context_)),
      timer_(context_),
      sweep_every_(sweep_every),
      reading_(kReadLimit) {}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  thread_ = std::thread([this] {
    telemetry::name_thread("http");
    context_.run();
  });
  post([this] { sweep(); });
}

void IoThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    boost::asio::post(context_, [this] { close_all(); });
  }
  if (thread_.joinable()) {
    thread_.join();
  } else {
    context_.run();
  }
}

bool IoThread::late(std::chrono::milliseconds waited) {
  const spine::MonoTime now = std::chrono::steady_clock::now();
  // It came about when the last one was read, or after: nothing waited then.
  if (now - waited + kPromptly > asked_) reading_.late(std::nullopt, asked_);
  asked_ = now;
  return reading_.late(waited > kPromptly ? std::optional(now - waited) : std::nullopt, now);
}

bool IoThread::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  posted_.push_back(std::move(work));
  // A batch of replies costs one wake-up: the first of them.
  if (posted_.size() == 1) boost::asio::post(context_, [this] { run_posted(); });
  return true;
}

void IoThread::run_posted() {
  std::vector<std::function<void()>> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (auto& work : posted) work();
}

void IoThread::add(std::shared_ptr<Connection> connection) {
  Connection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void IoThread::remove(Connection& connection) { connections_.erase(&connection); }

void IoThread::drain() {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->drain();
}

// One timer a thread instead of one an operation: arming a timer costs as much as a request.
void IoThread::sweep() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Connection>> expired;
  for (const auto& [key, connection] : connections_) {
    if (connection->expired(now)) expired.push_back(connection);
  }
  for (const auto& connection : expired) connection->on_expiry();
  // cancelling a timer that has gone off already does not reach its handler
  if (closing_) return;
  timer_.expires_after(sweep_every_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

void IoThread::close_all() {
  closing_ = true;
  timer_.cancel();
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
  work_.reset();
}

}  // namespace pim::api
