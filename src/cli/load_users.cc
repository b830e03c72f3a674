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

Result<std::string, std::string> token_of(const api::KeySet& keys, const std::string& user,
                                          const char* role, const std::string& tenant) {
  api::TokenRequest request;
  request.user = user;
  request.role = role;
  request.tenants = {tenant};
  request.issued_at = static_cast<std::int64_t>(std::time(nullptr));
  request.lifetime_seconds = 31 * kDay;
  return api::sign_token(keys, request);
}

}  // namespace

Result<std::vector<load::LoadUser>, std::string> users_of_keys(const std::string& keys_file,
                                                               const std::string& tenant,
                                                               std::uint32_t count) {
  const auto keys = api::KeySet::load(keys_file);
  if (!keys) return Err{keys.error()};
  const auto run = "load-" + std::to_string(std::time(nullptr)) + "-";
  std::vector<load::LoadUser> users;
  for (std::uint32_t i = 1; i <= count; ++i) {
    auto user = run + std::to_string(i);
    auto token = token_of(*keys, user, "loadgen", tenant);
    if (!token) return Err{std::move(token.error())};
    users.push_back({std::move(user), std::move(token).value()});
  }
  return users;
}

Result<std::string, std::string> operator_token(const std::string& keys_file,
                                                const std::string& tenant) {
  const auto keys = api::KeySet::load(keys_file);
  if (!keys) return Err{keys.error()};
  return token_of(*keys, "load-operator", "operator", tenant);
}

Result<std::vector<load::LoadUser>, std::string> user_of_token(const std::string& token_file) {
  const auto token = read_trimmed(token_file);
  if (!token) return Err{"cannot read " + token_file};
  auto user = subject_of(*token);
  if (user.empty()) return Err{token_file + " holds no token; `pim token` makes one"};
  return std::vector<load::LoadUser>{{std::move(user), *token}};
}

}  // namespace pim::cli
