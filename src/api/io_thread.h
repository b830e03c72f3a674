// One thread, one io_context: everything that belongs to its connections happens on it, so none of
// it needs a lock. Internal to the listener.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "spine/standing_wait.h"

namespace pim::api {

class Connection;

class IoThread : public std::enable_shared_from_this<IoThread> {
 public:
  explicit IoThread(std::chrono::milliseconds sweep_every);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  // Closes all connections, runs what is still queued and joins. Any thread but this one.
  void stop();

  // Any thread. False once stop() was called: `work` is dropped, so that nothing that is late can
  // keep a stopped server alive.
  bool post(std::function<void()> work);
  bool on_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

  boost::asio::io_context& context() { return context_; }

  // On this thread only: whether a request that waited so long to be read comes too late.
  bool late(std::chrono::milliseconds waited);

  // On this thread only.
  void add(std::shared_ptr<Connection> connection);
  void remove(Connection& connection);
  void drain();

 private:
  void run_posted();
  void sweep();
  void close_all();

  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer timer_;
  const std::chrono::milliseconds sweep_every_;
  std::thread thread_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  bool closing_ = false;         // on this thread only
  spine::StandingWait reading_;  // likewise

  std::mutex mutex_;
  bool stopped_ = false;                       // guarded by mutex_
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace pim::api
