// Findings in the words of whoever looks for what happened: request, user, bucket and times, read
// again from the two files.
#pragma once

#include <string>
#include <vector>

#include "domain/result.h"
#include "load/history/gather.h"
#include "load/history/stream_check.h"

namespace pim::load {

Result<std::vector<std::string>, std::string> finding_texts(const std::vector<Finding>& findings,
                                                            const std::string& history_file,
                                                            const ExportFile& stored);

}  // namespace pim::load
