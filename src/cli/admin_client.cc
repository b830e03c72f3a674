#include "cli/admin_client.h"

#include "cli/http_sender.h"
#include "cli/text_file.h"
#include "cli/traced_http.h"
#include "cli/url.h"
#include "load/http_client.h"

namespace pim::cli {

Result<std::string, std::string> admin_post(const AdminAccess& access, const std::string& path,
                                            const std::string& body, std::chrono::seconds limit) {
  const auto url = parse_url(access.url);
  if (!url) return Err{std::string("--admin-url must be http://HOST:PORT")};
  const auto token = access.token.empty() ? read_trimmed(access.token_file) : access.token;
  if (!token || token->empty()) {
    return Err{
        std::string("--token-file must hold an operator's token (pim token --role operator)")};
  }
  load::HttpClient client(url->host, url->port, limit);
  TracedHttp http([&client](const load::Request& request) { return client.send(request); },
                  {url->host, url->port});
  const auto response =
      http.send({"POST",
                 path,
                 {{"Authorization", "Bearer " + *token}, {"Content-Type", "application/json"}},
                 body},
                path.substr(path.rfind('/') + 1));
  if (!response) return Err{access.url + " does not answer: " + response.error().message};
  if (response->status != 200) return Err{problem_text(*response)};
  return response->body;
}

}  // namespace pim::cli
