// The series that a scrape reads from the spine, the store, the projections, the journal, the ports
// and the process. Each is asked once a scrape, and answers from memory.
#pragma once

#include <cstddef>

#include "api/admin.h"
#include "api/api_metrics.h"
#include "api/authenticator.h"
#include "api/listener.h"
#include "api/server.h"
#include "api/worker_pool.h"

namespace pim::api {

struct ScrapeSources {
  const Services& services;
  const ServerOptions& options;
  const Listener& data_port;
  const Listener& admin_port;
  const AdminApp& admin;
  const Authenticator& authenticator;
  const WorkerPool& workers;
  std::size_t worker_queue = 0;  // its capacity
};

// What `sources` refers to must outlive `scraped` until it is detached.
void add_server_metrics(ScrapedMetrics& scraped, const ScrapeSources& sources);

}  // namespace pim::api
