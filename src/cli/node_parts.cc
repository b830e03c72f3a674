#include "cli/node_parts.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "api/version.h"
#include "cli/compose.h"
#include "store/sqlite/engine.h"
#include "telemetry/log.h"
#include "telemetry/otlp_logs.h"
#include "telemetry/otlp_spans.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {

NodeParts::~NodeParts() {
  // Whatever feeds the projections ends before they do.
  spine_.reset();
  commits_.close();  // the store may still be writing the spine's last batch
}

void NodeParts::limit_end(std::chrono::milliseconds limit, int exit_code) {
  telemetry_.end = {limit, exit_code};
}

NodeParts::Telemetry::~Telemetry() {
  telemetry::forward_logs(nullptr);
  if (end) {
    std::thread([end = *end] {
      std::this_thread::sleep_for(end.limit);
      telemetry::log(telemetry::Level::warn, "the last telemetry was not taken in time",
                     {{"limit_ms", std::to_string(end.limit.count())}});
      ::_exit(end.exit_code);
    }).detach();
  }
  // all three at once: back ends that are away cost the end one time-out, not three
  if (tracer) tracer->close();
  if (logs) logs->close();
  if (profiles) profiles->close();
}

Result<std::unique_ptr<NodeParts>, std::string> NodeParts::open(const ServeConfig& config) {
  std::unique_ptr<NodeParts> parts(new NodeParts);
  using Step = Result<void, std::string> (NodeParts::*)(const ServeConfig&);
  for (const auto& [name, step] :
       {std::pair<const char*, Step>("open store", &NodeParts::open_store),
        {"open telemetry", &NodeParts::open_telemetry},
        {"open profiler", &NodeParts::open_profiler},
        {"open anchors", &NodeParts::open_anchors},
        {"open projections", &NodeParts::open_readers},
        {"open spine", &NodeParts::open_spine}}) {
    telemetry::ScopedSpan span(name);
    if (auto opened = (parts.get()->*step)(config); !opened) {
      span.fail("not opened");
      return Err{opened.error()};
    }
  }
  return parts;
}

api::Services NodeParts::services() {
  return {*spine_,
          *store_,
          *read_model_,
          *audit_index_,
          *journal_,
          metrics_,
          telemetry_.tracer.get(),
          telemetry_.logs.get(),
          telemetry_.profiler.get(),
          telemetry_.profiles.get()};
}

Result<void, std::string> NodeParts::open_store(const ServeConfig& config) {
  const auto layout = DataLayout::of(config.data);
  store::sqlite::SqliteOptions options;
  options.directory = layout.store;
  auto store = store::sqlite::open_sqlite_store(options);
  if (!store) return Err{store.error().message};
  store_ = std::move(*store);
  std::error_code problem;
  for (const auto& directory : {layout.read_model, layout.audit, layout.journal}) {
    std::filesystem::create_directories(directory, problem);
    if (problem) return Err{"cannot create " + directory + ": " + problem.message()};
  }
  return {};
}

Result<void, std::string> NodeParts::open_telemetry(const ServeConfig& config) {
  if (config.otlp_endpoint.empty()) return {};
  const telemetry::Resource resource{.service_name = "pim",
                                     .service_version = std::string(api::kVersion),
                                     .instance_id = store_->node().to_string()};
  telemetry_.logs = std::make_unique<telemetry::LogSender>(
      telemetry::otlp_log_exporter(config.otlp_endpoint, resource));
  telemetry::forward_logs(telemetry_.logs.get());
  telemetry::TracerOptions options;
  options.sampling = {static_cast<double>(config.trace_rate), config.trace_share};
  telemetry_.tracer = std::make_unique<telemetry::Tracer>(
      telemetry::otlp_span_exporter(config.otlp_endpoint, resource), options);
  return {};
}

Result<void, std::string> NodeParts::open_profiler(const ServeConfig& config) {
  if (config.profile_hz == 0) return {};
  telemetry_.profiler = telemetry::Profiler::start({.hz = config.profile_hz});
  if (!telemetry_.profiler) {
    telemetry::log(telemetry::Level::warn, "no profiles: SIGPROF has another handler");
    return {};
  }
  if (config.pyroscope_endpoint.empty()) return {};
  telemetry_.profiles = std::make_unique<telemetry::ProfilePush>(
      *telemetry_.profiler,
      telemetry::pyroscope_sender(config.pyroscope_endpoint, "pim",
                                  {{"service_namespace", "pim"},
                                   {"service_version", std::string(api::kVersion)},
                                   {"region", config.region},
                                   {"service_instance_id", store_->node().to_string()}},
                                  config.pyroscope_tls));
  return {};
}

Result<void, std::string> NodeParts::open_anchors(const ServeConfig& config) {
  std::error_code problem;
  std::filesystem::create_directories(config.anchors, problem);
  if (problem) return Err{"cannot create " + config.anchors + ": " + problem.message()};
  const auto layout = AnchorLayout::of(config.anchors);
  auto key = store::AnchorKey::load_or_create(layout.key);
  if (!key) return Err{key.error().message};
  auto log = store::AnchorLog::open(layout.file, std::move(*key), store_->node());
  if (!log) return Err{log.error().message};
  anchor_log_ = std::make_unique<store::AnchorLog>(std::move(*log));
  auto reader = store_->open_reader();
  if (!reader) return Err{reader.error().message};
  anchor_reader_ = std::move(*reader);
  return {};
}

Result<void, std::string> NodeParts::open_readers(const ServeConfig& config) {
  const auto layout = DataLayout::of(config.data);
  audit::JournalOptions options;
  options.directory = layout.journal;
  options.node = store_->node();
  auto journal = audit::Journal::open(options);
  if (!journal) return Err{journal.error().message};
  journal_ = std::move(*journal);

  readmodel::ReadModelOptions model;
  model.directory = layout.read_model;
  model.shards = config.shards;
  model.tracer = telemetry_.tracer.get();
  auto read_model = readmodel::ReadModel::open(*store_, model);
  if (!read_model) return Err{read_model.error().message};
  read_model_ = std::move(*read_model);

  auto index =
      audit::AuditIndex::open(*store_, {layout.audit, layout.journal, telemetry_.tracer.get()});
  if (!index) return Err{index.error().message};
  audit_index_ = std::move(*index);
  return {};
}

Result<void, std::string> NodeParts::open_spine(const ServeConfig& config) {
  commits_.open([this](const store::CommittedEvents& events) {
    read_model_->announce(events);
    audit_index_->announce(events);
  });
  store_->on_commit([this](const store::CommittedEvents& events) { commits_.announce(events); });

  spine::SpineOptions options;
  options.shards = config.shards;
  options.cache_streams = config.cache_streams;
  options.tracer = telemetry_.tracer.get();
  options.region = config.region;
  auto spine = spine::Spine::start(*store_, options);
  if (!spine) return Err{spine.error().message};
  spine_ = std::move(*spine);
  return {};
}

Result<void, std::string> NodeParts::anchor() {
  telemetry::ScopedSpan span(telemetry_.tracer.get(), "anchor heads");
  const auto heads = anchor_reader_->heads();
  if (!heads) {
    span.fail(to_string(heads.error().kind));
    return Err{heads.error().message};
  }
  span.set("pim.buckets", heads->size());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const UtcMillis time{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  const auto written = anchor_log_->write(*heads, time);
  if (!written) {
    span.fail(to_string(written.error().kind));
    return Err{written.error().message};
  }
  return {};
}

bool NodeParts::drain(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  telemetry::ScopedSpan span(telemetry_.tracer.get(), "drain");
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  const bool whole = spine_->drain(std::max(left, milliseconds(0)));
  // Not owed to anyone: what is missing then is projected after the next start.
  (void)read_model_->catch_up(deadline);
  (void)audit_index_->catch_up(deadline);
  const bool synced = journal_->sync().ok();
  if (!synced || !whole) span.fail(whole ? "journal not synced" : "commands not answered");
  return synced && whole;
}

}  // namespace pim::cli
