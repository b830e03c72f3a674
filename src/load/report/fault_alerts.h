// Which alerts a fault caused, held against what its scenario expects.
#pragma once

#include <vector>

#include "load/report/alert_rules.h"
#include "load/report/alerts.h"
#include "load/report/report.h"
#include "load/run/run_result.h"

namespace pim::load {

inline constexpr const char* kNoPage = "none";  // FaultPeriod::alert: it is to be tolerated

// Whether `alert`, of a scenario, means one of that name and label.
bool means(const std::string& alert, const AlertFired& fired);

// `fired` is what fired from the fault's begin on, soonest first. Of one alert that several see,
// the soonest; at least one entry, of silence where there was nothing.
std::vector<report::AlertSeen> alerts_of(const FaultPeriod& fault,
                                         const std::vector<AlertFired>& fired);

// From its end, how long to wait for alerts of a fault; one that is expected may come before. Of
// the pages that can show a run of minutes, or of the one that is expected.
std::chrono::seconds settles_after(const FaultPeriod& fault, const std::vector<AlertRule>& rules);

// The name in "NAME of OBJECTIVE".
std::string rule_name(const std::string& alert);

}  // namespace pim::load
