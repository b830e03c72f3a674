#include "spine/spine_fixture_testing.h"

#include <utility>

namespace pim::spine {

SpineFixture::SpineFixture(const SpineOptions& spine_options) : options(spine_options) {
  restart();
}

SpineOptions SpineFixture::small() {
  SpineOptions options;
  options.shards = 1;
  options.cache_streams = 100;
  return options;
}

const SpineFixture::Answer& SpineFixture::submit(CommandRequest request) {
  Answer& answer = answers_.emplace_back();
  core->submit(std::move(request), [&answer](CommandReply reply) {
    ++answer.calls;
    answer.reply = std::move(reply);
  });
  return answer;
}

CommandReply SpineFixture::ask(CommandRequest request) {
  const Answer& answer = submit(std::move(request));
  settle();
  return answer.reply.value();
}

void SpineFixture::run_shards() {
  for (const auto& shard : core->shards()) shard->run_once();
}

void SpineFixture::settle() {
  do {
    run_shards();
  } while (store.step());
}

void SpineFixture::restart() {
  core.reset();
  core = std::make_unique<SpineCore>(store, clock, options, read_ownership(store).value(), 7);
}

void SpineFixture::given_the_world() {
  ask(request("setup", "f1", facility(1), register_facility(1)));
  ask(request("setup", "p1", provider(1), register_provider(1, 1)));
  ask(request("setup", "a1", patient(1), register_patient(1)));
}

std::vector<store::EventRecord> SpineFixture::events_of(StreamId stream) {
  auto reader = store.open_reader().value()->read_stream(bucket_of(stream.value), stream, 0, 1000);
  return std::move(reader.value());
}

std::vector<store::Receipt> SpineFixture::receipts() {
  std::uint64_t cursor = 0;
  return store.open_reader().value()->read_receipts(cursor, 10'000).value();
}

}  // namespace pim::spine
