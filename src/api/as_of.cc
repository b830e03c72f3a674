#include "api/as_of.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "api/ascii.h"
#include "domain/calendar.h"
#include "domain/json.h"
#include "readmodel/age_band.h"
#include "readmodel/page.h"

namespace pim::api {
namespace {

// `VERSION-OFFSET`: history at a version does not change, so an offset stays right.
std::optional<std::size_t> offset_of(const std::string& cursor, Version version) {
  if (cursor.empty()) return 0;
  const auto dash = cursor.find('-');
  if (dash == std::string::npos) return std::nullopt;
  const std::string_view text = cursor;
  const auto at = parse_decimal(text.substr(0, dash));
  const auto offset = parse_decimal(text.substr(dash + 1));
  if (!at || *at != version || !offset) return std::nullopt;
  return static_cast<std::size_t>(*offset);
}

}  // namespace

std::optional<AsOfChart> render_as_of(const Patient& patient, const audit::Reconstructed& at,
                                      const readmodel::PageRequest& page, UtcMillis now) {
  std::vector<const Encounter*> order;
  for (const auto& encounter : patient.encounters.all()) order.push_back(&encounter);
  // The order of the present chart, with its tie-break.
  std::ranges::sort(order, std::ranges::greater{}, [](const Encounter* encounter) {
    return std::pair(encounter->admitted_at, encounter->encounter_id);
  });
  const auto offset = offset_of(page.cursor, at.version);
  if (!offset || *offset > order.size()) return std::nullopt;
  // Pages end where those of the present chart do.
  readmodel::PageBuilder encounters(readmodel::bounds_of(page, readmodel::kChartRows));
  std::size_t end = *offset;
  while (end < order.size() && !encounters.full() && encounters.add(to_json(*order[end]))) ++end;

  AsOfChart chart;
  std::string& body = chart.body;
  body = "{\"patient\":" + to_json(patient.facts);
  body.pop_back();
  body += ",\"age_band\":";
  append_json_string(body, readmodel::age_band(patient.facts.birth_year,
                                               patient.facts.deceased_year, year_of(now)));
  const auto shown = std::move(encounters).finish({});
  body += "},\"encounters\":" + shown.items;
  chart.rows = shown.rows;
  if (end < order.size()) {
    body += ",\"next_cursor\":\"" + std::to_string(at.version) + '-' + std::to_string(end) + '"';
  }
  body += ",\"version\":" + std::to_string(at.version);
  body += ",\"recorded_at\":\"" + at.recorded_at.to_string() + "\"}";
  return chart;
}

}  // namespace pim::api
