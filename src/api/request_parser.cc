#include "api/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "api/ascii.h"
#include "api/problem.h"

namespace pim::api {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Writes what it parses straight into the Request: names and values stay views into the head.
class BeastParser final : public http::basic_parser<true> {
 public:
  explicit BeastParser(Request& request) : request_(request) {}

  // Framing bytes of a chunked body are bounded too: a caller may not send chunk headers for ever.
  std::size_t framing_bytes = 0;

 private:
  void on_request_impl(http::verb, boost::beast::string_view method,
                       boost::beast::string_view target, int version, error_code&) override {
    request_.method = view(method);
    request_.target = view(target);
    request_.http10 = version == 10;
  }
  void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code&) override {
    // trailers may not add to what was already judged
    if (!in_body_) request_.headers.push_back({view(name), view(value)});
  }
  void on_header_impl(error_code&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) request_.body.reserve(static_cast<std::size_t>(*length) + 64);
  }
  std::size_t on_body_impl(boost::beast::string_view body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                 error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

  Request& request_;
  bool in_body_ = false;
};

constexpr std::size_t kMaxFraming = 64 * 1024;

Refusal refusal_for(error_code error) {
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return {&problems::kBodyTooLarge, "The body is larger than this server reads."};
  }
  if (error == http::error::header_limit) {
    return {&problems::kHeadersTooLarge, "The head is larger than this server reads."};
  }
  if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension) {
    return {&problems::kMalformedRequest, "The chunked body is not well formed."};
  }
  return {&problems::kMalformedRequest, "The request is not well formed."};
}

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(std::size_t body_limit) : max_body(body_limit) {}
  std::size_t max_body;
  std::optional<BeastParser> parser;
};

RequestParser::RequestParser(std::size_t max_body_bytes)
    : impl_(std::make_unique<Impl>(max_body_bytes)) {}
RequestParser::~RequestParser() = default;

std::optional<Refusal> RequestParser::begin(std::string_view head, Request& request) {
  request.headers.clear();
  request.body.clear();
  expects_continue_ = false;
  refusal_ = check_head(head);
  if (refusal_) return refusal_;

  BeastParser& parser = impl_->parser.emplace(request);
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser.body_limit(impl_->max_body);
  error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error && error != http::error::need_more) {
    refusal_ = refusal_for(error);
  } else if (used != head.size() || !parser.is_header_done()) {
    refusal_ = Refusal{&problems::kMalformedRequest, "The request is not well formed."};
  }
  for (const Header& header : request.headers) {
    if (refusal_ || !equals_ignoring_case(header.name, "expect")) continue;
    if (equals_ignoring_case(header.value, "100-continue")) {
      expects_continue_ = !request.http10;
    } else {
      refusal_ = Refusal{&problems::kExpectationFailed, "Expect has another value than known."};
    }
  }
  return refusal_;
}

std::size_t RequestParser::feed(std::string_view bytes, Request& request) {
  BeastParser& parser = *impl_->parser;
  std::size_t used = 0;
  while (!parser.is_done() && !refusal_ && used < bytes.size()) {
    error_code error;
    const std::size_t body_before = request.body.size();
    const std::size_t taken =
        parser.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    used += taken;
    parser.framing_bytes += taken - (request.body.size() - body_before);
    if (error == http::error::need_more) break;
    if (error) {
      refusal_ = refusal_for(error);
    } else if (parser.framing_bytes > kMaxFraming) {
      refusal_ = Refusal{&problems::kBodyTooLarge, "The chunks carry too little for their number."};
    }
  }
  return used;
}

bool RequestParser::done() const { return impl_->parser && impl_->parser->is_done(); }

bool RequestParser::keep_alive() const {
  return impl_->parser && impl_->parser->is_header_done() && impl_->parser->keep_alive();
}

}  // namespace pim::api
