#include "cli/compose.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "api/server.h"
#include "audit/audit.h"
#include "audit/journal.h"
#include "cli/commit_feed.h"
#include "readmodel/read_model.h"
#include "spine/spine.h"
#include "store/anchor.h"
#include "store/sqlite/engine.h"
#include "telemetry/metrics.h"

namespace pim::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

api::ServerOptions server_options(const ServeConfig& config) {
  api::ServerOptions options;
  options.listen_address = config.listen;
  options.port = config.port;
  options.admin_port = config.admin_port;
  options.tls_certificate_file = config.tls_cert;
  options.tls_key_file = config.tls_key;
  options.jwt_keys_file = config.keys;
  options.io_threads = config.io_threads;
  options.max_connections = config.max_connections;
  options.shards = config.shards;
  return options;
}

class NodeImpl final : public Node {
 public:
  ~NodeImpl() override {
    // Whatever feeds the projections ends before they do.
    server_.reset();
    spine_.reset();
    commits_.close();  // the store may still be writing the spine's last batch
  }

  Result<void, std::string> open(const ServeConfig& config) {
    const auto layout = DataLayout::of(config.data);
    if (auto opened = open_store(layout); !opened) return opened;
    if (auto opened = open_anchors(config); !opened) return opened;
    if (auto opened = open_readers(config, layout); !opened) return opened;
    commits_.open([this](const store::CommittedEvents& events) {
      read_model_->announce(events);
      audit_index_->announce(events);
    });
    store_->on_commit([this](const store::CommittedEvents& events) { commits_.announce(events); });

    spine::SpineOptions options;
    options.shards = config.shards;
    options.cache_streams = config.cache_streams;
    auto spine = spine::Spine::start(*store_, options);
    if (!spine) return Err{spine.error().message};
    spine_ = std::move(*spine);

    auto server = api::Server::start(server_options(config), {*spine_, *store_, *read_model_,
                                                              *audit_index_, *journal_, metrics_});
    if (!server) return Err{server.error().message};
    server_ = std::move(*server);
    server_->ready();
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }
  std::uint16_t admin_port() const override { return server_->admin_port(); }

  Result<void, std::string> anchor() override {
    const auto heads = anchor_reader_->heads();
    if (!heads) return Err{heads.error().message};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const UtcMillis time{std::chrono::duration_cast<milliseconds>(now).count()};
    const auto written = anchor_log_->write(*heads, time);
    if (!written) return Err{written.error().message};
    return {};
  }

  bool drain(milliseconds limit) override {
    const auto deadline = steady_clock::now() + limit;
    // The front first: while its requests are answered, the spine must still take them.
    bool whole = server_->drain(limit);
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    whole = spine_->drain(std::max(left, milliseconds(0))) && whole;
    // Not owed to anyone: what is missing then is projected after the next start.
    (void)read_model_->catch_up(deadline);
    (void)audit_index_->catch_up(deadline);
    return journal_->sync().ok() && whole;
  }

 private:
  Result<void, std::string> open_store(const DataLayout& layout) {
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

  Result<void, std::string> open_anchors(const ServeConfig& config) {
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

  Result<void, std::string> open_readers(const ServeConfig& config, const DataLayout& layout) {
    audit::JournalOptions options;
    options.directory = layout.journal;
    options.node = store_->node();
    auto journal = audit::Journal::open(options);
    if (!journal) return Err{journal.error().message};
    journal_ = std::move(*journal);

    readmodel::ReadModelOptions model;
    model.directory = layout.read_model;
    model.shards = config.shards;
    auto read_model = readmodel::ReadModel::open(*store_, model);
    if (!read_model) return Err{read_model.error().message};
    read_model_ = std::move(*read_model);

    auto index = audit::AuditIndex::open(*store_, {layout.audit, layout.journal});
    if (!index) return Err{index.error().message};
    audit_index_ = std::move(*index);
    return {};
  }

  // In the order of construction: each part outlives those below it.
  telemetry::Registry metrics_;
  CommitFeed commits_;
  std::unique_ptr<store::EventStore> store_;
  std::unique_ptr<store::Reader> anchor_reader_;
  std::unique_ptr<store::AnchorLog> anchor_log_;
  std::unique_ptr<audit::Journal> journal_;
  std::unique_ptr<readmodel::ReadModel> read_model_;
  std::unique_ptr<audit::AuditIndex> audit_index_;
  std::unique_ptr<spine::Spine> spine_;
  std::unique_ptr<api::Server> server_;
};

}  // namespace

DataLayout DataLayout::of(const std::string& data) {
  return {data, data + "/readmodel", data + "/audit", data + "/journal"};
}

AnchorLayout AnchorLayout::of(const std::string& anchors) {
  return {anchors + "/anchors.log", anchors + "/anchor.key"};
}

Result<std::unique_ptr<Node>, std::string> Node::start(const ServeConfig& config) {
  auto node = std::make_unique<NodeImpl>();
  if (auto opened = node->open(config); !opened) return Err{opened.error()};
  return std::unique_ptr<Node>(std::move(node));
}

}  // namespace pim::cli
