// The same files from Mockaroo itself, page by page, through a port: this room has no network, and
// never sees the key.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/manifest.h"
#include "data/mockaroo/mock.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

// All requests are POSTs.
struct ApiRequest {
  std::string target;  // `/api/generate.csv?count=1000`
  std::string content_type;
  std::string body;
};
struct ApiReply {
  int status = 0;
  std::string body;
  std::optional<std::int64_t> retry_after;  // seconds
};
struct ApiFailure {
  std::string message;   // no whole answer came
  bool lasting = false;  // asking again changes nothing
};
class Api {
 public:
  virtual ~Api() = default;
  // Adds the key. Neither replies nor messages hold it.
  virtual Result<ApiReply, ApiFailure> post(const ApiRequest& request) = 0;
};

struct FetchOptions {
  std::optional<std::uint64_t> rows;  // of each schema; else what it says itself
  std::uint64_t page_rows = 1000;     // the most that a free plan gives at once
  std::string datasets;               // directory of NAME.csv; may be empty
  std::string out;                    // directory; also keeps what a later run goes on from
  std::string version;
  std::function<void(std::int64_t seconds)> pause;  // waits
  std::function<void(std::string_view line)> say;   // what happens, for people
};

struct FetchError {
  enum class Kind {
    refused,      // the schema, or the files, are not right
    environment,  // the key, the limit, the network: the same command goes on later
  };
  Kind kind = Kind::refused;
  std::string message;
};

// Those first that others draw from; each is uploaded as a dataset before it is needed. Pages that
// were fetched are not asked for again, by a later run either.
Result<Manifest, FetchError> fetch_schemas(const std::vector<MockInput>& inputs, Api& api,
                                           const FetchOptions& options);

}  // namespace pim::data::mockaroo
