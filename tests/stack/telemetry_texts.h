// Every text that reached a back end, read back through its API: label names and values, lines,
// span names and attributes, series, exemplars, function names. For the search for what must not be
// among them.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "stack.h"

namespace pim::stack {

// Where it stands (`loki label http_route`) -> the different texts that stand there.
using Texts = std::map<std::string, std::set<std::string>>;

// Telemetry that a test made itself has a service name that begins so; everything else is
// everyone's.
inline constexpr std::string_view kPlantedPrefix = "planted-";

// Since when; and whose: of that service, or (empty) of every service that was not planted.
struct TextScope {
  WallTime since;
  std::string service;
};

Texts loki_texts(const Stack& stack, const TextScope& scope);
// Attributes of all spans; the spans of `traces` whole.
Texts tempo_texts(const Stack& stack, const TextScope& scope, const std::set<std::string>& traces);
Texts mimir_texts(const Stack& stack, const TextScope& scope);
Texts pyroscope_texts(const Stack& stack, const TextScope& scope);

std::size_t count(const Texts& texts);

// Gives each back end a text as telemetry of that service; what went wrong, or nothing. A
// function's name and a label's value, where they may hold no spaces, have underscores.
std::string plant_in_loki(const Stack& stack, const std::string& service, const std::string& text);
// `trace_id`: 32 hexadecimal digits.
std::string plant_in_tempo(const Stack& stack, const std::string& service, const std::string& text,
                           const std::string& trace_id);
std::string plant_in_mimir(const Stack& stack, const std::string& service, const std::string& text);
std::string plant_in_pyroscope(const Stack& stack, const std::string& service,
                               const std::string& text);

}  // namespace pim::stack
