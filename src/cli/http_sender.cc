#include "cli/http_sender.h"

#include <simdjson.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "cli/text_file.h"
#include "cli/url.h"

namespace pim::cli {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2000};

// The server is busy, draining or does not know the outcome: the same key may be sent again.
bool may_retry(int status) { return status == 429 || status == 503; }

milliseconds retry_after(const load::Response& response) {
  const std::string text(response.header("retry-after"));
  return milliseconds(1000 * std::clamp(std::atoi(text.c_str()), 0, 2));
}

}  // namespace

std::string problem_text(const load::Response& response) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string text = "status " + std::to_string(response.status);
  if (parser.parse(simdjson::padded_string(response.body)).get(document) != simdjson::SUCCESS) {
    return text;
  }
  for (const auto* member : {"type", "title", "detail"}) {
    std::string_view value;
    if (document[member].get(value) == simdjson::SUCCESS && !value.empty()) {
      text.append(", ").append(value);
    }
  }
  return text;
}

Result<SenderFactory, std::string> sender_factory(const std::string& url,
                                                  const std::string& token_file) {
  const auto server = parse_url(url);
  if (!server) return Err{std::string("--url must be http://HOST:PORT")};
  if (token_file.empty()) {
    return Err{std::string("--token-file is required (pim token ... > FILE makes one)")};
  }
  const auto token = read_trimmed(token_file);
  if (!token || token->empty()) return Err{"cannot read a token from " + token_file};
  return SenderFactory([host = server->host, port = server->port, token = *token] {
    auto client = std::make_shared<load::HttpClient>(host, port, std::chrono::seconds(10));
    TracedHttp http([client](const load::Request& request) { return client->send(request); },
                    {host, port});
    return std::make_unique<HttpSender>(std::move(http), token);
  });
}

Result<std::unique_ptr<HttpSender>, std::string> connect_sender(const std::string& url,
                                                                const std::string& token_file) {
  auto make = sender_factory(url, token_file);
  if (!make) return Err{std::move(make.error())};
  return (*make)();
}

HttpSender::HttpSender(TracedHttp http, const std::string& token, milliseconds patience)
    : http_(std::move(http)), authorization_("Bearer " + token), patience_(patience) {}

Result<data::SendReply, data::SendFailure> HttpSender::send(const data::OutgoingCommand& command) {
  const load::Request request{command.method,
                              command.path,
                              {{"Authorization", authorization_},
                               {"Idempotency-Key", command.request_id},
                               {"Content-Type", "application/json"}},
                              command.body};
  const auto give_up = std::chrono::steady_clock::now() + patience_;
  std::uint32_t tries = 0;
  for (milliseconds pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    const auto response = http_.send(request, command.name, tries++);
    if (response && !may_retry(response->status)) {
      data::SendReply reply;
      reply.status = response->status;
      reply.replayed = response->header("idempotency-replayed") == "true";
      if (response->status >= 300) reply.problem = problem_text(*response);
      return reply;
    }
    const milliseconds wait = response ? std::max(pause, retry_after(*response)) : pause;
    if (std::chrono::steady_clock::now() + wait > give_up) {
      return Err{
          data::SendFailure{response ? "the server stays unavailable: " + problem_text(*response)
                                     : "the server does not answer: " + response.error().message}};
    }
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace pim::cli
