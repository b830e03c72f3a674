#include "api/authz_matrix_testing.h"

#include <optional>

#include "api/openapi_examples.h"

namespace pim::api {
namespace {

enum class Reach { own, other, absent };
constexpr std::string_view name_of_reach(Reach reach) {
  return reach == Reach::own ? "own" : reach == Reach::other ? "other tenant" : "absent";
}

std::string value_of(std::string_view parameter, const MatrixIds& ids) {
  if (parameter == "patient_id") return ids.patient;
  if (parameter == "provider_id") return ids.provider;
  if (parameter == "facility_id") return ids.facility;
  if (parameter == "encounter_id") return ids.encounter;
  if (parameter == "diagnosis_id") return ids.diagnosis;
  if (parameter == "procedure_id") return ids.procedure;
  if (parameter == "medication_id") return ids.medication;
  return parameter == "system" ? "PCS" : "1";
}

std::string target_of(const Route& route, const MatrixIds& ids) {
  std::string target;
  std::string_view rest = route.path;
  for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    const auto close = rest.find('}');
    target += rest.substr(0, open);
    target += value_of(rest.substr(open + 1, close - open - 1), ids);
    rest.remove_prefix(close + 1);
  }
  target += rest;
  if (route.query == Query::encounters_by_day) target += "?day=2025-01-31";
  return target;
}

// What may differ between two answers that must be alike: ids, request id and trace id.
std::string blank_ids(const std::string& body) {
  const auto is_id = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  std::string out;
  for (std::size_t i = 0; i < body.size();) {
    std::size_t end = i;
    while (end < body.size() && is_id(body[end])) ++end;
    if (end - i >= 32) {
      out += "<id>";
      i = end;
    } else {
      out += body[i++];
    }
  }
  return out;
}

class Walk {
 public:
  explicit Walk(const MatrixTarget& target) : target_(target) {}

  MatrixReport run() {
    for (const Route& route : routes()) {
      if (route.open) continue;
      without_token(route);
      for (std::size_t i = 0; i < kRoleNames.size(); ++i) with_role(route, static_cast<Role>(i));
    }
    return std::move(report_);
  }

 private:
  RawReply ask(const Route& route, std::optional<Role> role, Reach reach) {
    ++report_.cells;
    std::string headers;
    if (role) {
      const auto& tenant = reach == Reach::other ? target_.other_tenant : target_.own_tenant;
      headers = "Authorization: Bearer " + target_.token(*role, tenant) + "\r\n";
    }
    std::string body;
    if (route.is_command()) {
      headers += "Content-Type: application/json\r\n";
      // an id too, so that blank_ids() blanks it
      headers += "Idempotency-Key: " + uuid_v7(1, 0, report_.cells).to_string() + "\r\n";
      body = example_body(route.command);
    }
    const MatrixIds& ids = reach == Reach::absent ? target_.absent : target_.own;
    return target_.send(to_string(route.method), target_of(route, ids), headers, body);
  }

  void differs(const Route& route, std::string_view role, std::string_view reach,
               const RawReply& reply, std::string_view wanted) {
    report_.differences.push_back(
        std::string(route.operation) + " as " + std::string(role) + " on " + std::string(reach) +
        ": " + std::to_string(reply.status) + " " + reply.body + ", wanted " + std::string(wanted));
  }

  void without_token(const Route& route) {
    const RawReply reply = ask(route, std::nullopt, Reach::own);
    if (reply.status != 401) differs(route, "nobody", "own", reply, "401");
  }

  void with_role(const Route& route, Role role) {
    const RawReply own = ask(route, role, Reach::own);
    const RawReply other = ask(route, role, Reach::other);
    const RawReply absent = ask(route, role, Reach::absent);
    if (!route.roles.contains(role)) {
      for (const auto& [reply, reach] :
           {std::pair(&own, Reach::own), {&other, Reach::other}, {&absent, Reach::absent}}) {
        ++report_.denied;
        if (reply->status != 403) {
          differs(route, to_string(role), name_of_reach(reach), *reply, "403");
        }
      }
      return;
    }
    ++report_.allowed;
    // whether a rule of the domain turns it down is not this matrix's question
    const bool passed = own.status < 300 || own.status == 409;
    if (!passed) differs(route, to_string(role), "own", own, "2xx or 409");
    if (!route.addresses_stream()) return;
    report_.out_of_reach += 2;
    const bool list = route.query == Query::encounters_by_provider || route.query == Query::census;
    if (!list && absent.status != 404) {
      differs(route, to_string(role), "absent", absent, "404");
    }
    if (other.status != absent.status || blank_ids(other.body) != blank_ids(absent.body)) {
      differs(route, to_string(role), "other tenant", other,
              "as absent: " + std::to_string(absent.status) + " " + absent.body);
    }
  }

  const MatrixTarget& target_;
  MatrixReport report_;
};

}  // namespace

MatrixReport walk_authz_matrix(const MatrixTarget& target) { return Walk(target).run(); }

}  // namespace pim::api
