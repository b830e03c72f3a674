// One request's bytes into a Request. The only place that knows Beast.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "api/http.h"
#include "api/request_head.h"

namespace pim::api {

class RequestParser {
 public:
  explicit RequestParser(std::size_t max_body_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Starts over: `head` is complete, and stays where it is until the request was answered.
  std::optional<Refusal> begin(std::string_view head, Request& request);
  // Takes bytes of the body; returns how many it used.
  std::size_t feed(std::string_view bytes, Request& request);
  const std::optional<Refusal>& refusal() const { return refusal_; }
  bool done() const;

  bool keep_alive() const;
  // The caller waits for a `100 Continue`.
  bool expects_continue() const { return expects_continue_; }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  std::optional<Refusal> refusal_;
  bool expects_continue_ = false;
};

}  // namespace pim::api
