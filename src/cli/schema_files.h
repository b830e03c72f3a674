// Mockaroo schema backups, as they are named on the command line.
#pragma once

#include <string>
#include <vector>

#include "data/mockaroo/mock.h"
#include "data/mockaroo/plan.h"
#include "domain/result.h"

namespace pim::cli {

struct SchemaFilesError {
  bool unreadable = false;  // the file, as opposed to what is in it
  std::string message;
};

Result<std::vector<data::mockaroo::MockInput>, SchemaFilesError> read_schemas(
    const std::vector<std::string>& files);

}  // namespace pim::cli
