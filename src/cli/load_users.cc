#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "api/base64url.h"
#include "api/token.h"
#include "cli/load_run.h"
#include "cli/text_file.h"

namespace pim::cli {
namespace {

constexpr std::int64_t kDay = 86'400;

// The subject of a JWT; empty where it is none. Its signature is the server's business.
std::string subject_of(const std::string& token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  if (first == std::string::npos || second == std::string::npos) return {};
  const auto payload = api::base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return {};
  constexpr std::string_view kSubject = R"("sub":")";
  const auto at = payload->find(kSubject);
  if (at == std::string::npos) return {};
  const auto from = at + kSubject.size();
  return payload->substr(from, payload->find('"', from) - from);
}

}  // namespace

Result<std::vector<load::LoadUser>, std::string> users_of_keys(const std::string& keys_file,
                                                               const std::string& tenant,
                                                               std::uint32_t count) {
  const auto keys = api::KeySet::load(keys_file);
  if (!keys) return Err{keys.error()};
  std::vector<load::LoadUser> users;
  for (std::uint32_t i = 1; i <= count; ++i) {
    api::TokenRequest request;
    request.user = "load-" + std::to_string(i);
    request.role = "loadgen";
    request.tenants = {tenant};
    request.issued_at = static_cast<std::int64_t>(std::time(nullptr));
    request.lifetime_seconds = 31 * kDay;
    auto token = api::sign_token(*keys, request);
    if (!token) return Err{std::move(token.error())};
    users.push_back({request.user, std::move(token).value()});
  }
  return users;
}

Result<std::vector<load::LoadUser>, std::string> user_of_token(const std::string& token_file) {
  const auto token = read_trimmed(token_file);
  if (!token) return Err{"cannot read " + token_file};
  auto user = subject_of(*token);
  if (user.empty()) return Err{token_file + " holds no token; `pim token` makes one"};
  return std::vector<load::LoadUser>{{std::move(user), *token}};
}

}  // namespace pim::cli
