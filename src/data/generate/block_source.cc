#include "data/generate/block_source.h"

#include <algorithm>
#include <memory>

namespace pim::data::generate {
namespace {

std::uint64_t blocks_of(std::uint64_t rows, std::uint64_t a_block) {
  return (rows + a_block - 1) / a_block;
}

}  // namespace

GeneratedBlocks::GeneratedBlocks(const Plan& plan, FileKind kind)
    : kind_(kind), population_(plan) {}

std::uint64_t GeneratedBlocks::facility_blocks() const {
  return blocks_of(population_.network().areas().facilities(), kReferences);
}
std::uint64_t GeneratedBlocks::provider_blocks() const {
  return blocks_of(population_.network().areas().providers(), kReferences);
}

std::uint64_t GeneratedBlocks::count() const {
  return facility_blocks() + provider_blocks() + blocks_of(population_.plan().patients, kPatients);
}

void GeneratedBlocks::make(std::uint64_t block, Texts& texts, const Flush& flush) const {
  switch (kind_) {
    case FileKind::csv:
      return fill<CsvCells>(block, texts, flush);
    case FileKind::jsonl:
      return fill<JsonCells>(block, texts, flush);
    case FileKind::sql:
      return fill<SqlCells>(block, texts, flush);
  }
}

template <class Cells>
void GeneratedBlocks::fill(std::uint64_t block, Texts& texts, const Flush& flush) const {
  RowWriter<Cells> writer(texts);
  const Network& network = population_.network();
  const auto each = [&](std::uint64_t number, std::uint64_t a_block, std::uint64_t all,
                        auto&& row) {
    const std::uint64_t end = std::min(all, (number + 1) * a_block);
    for (std::uint64_t i = number * a_block; i < end; ++i) row(i);
    writer.finish();
  };
  if (block < facility_blocks()) {
    return each(block, kReferences, network.areas().facilities(),
                [&](std::uint64_t i) { writer.on_facility(network.facility(i)); });
  }
  block -= facility_blocks();
  if (block < provider_blocks()) {
    return each(block, kReferences, network.areas().providers(),
                [&](std::uint64_t i) { writer.on_provider(network.provider(i)); });
  }
  block -= provider_blocks();
  const auto scratch = std::make_unique_for_overwrite<Scratch>();
  bool go_on = true;
  each(block, kPatients, population_.plan().patients, [&](std::uint64_t i) {
    if (go_on) {
      write_patient(population_, book_, i, *scratch, writer, kEncounters, [&] {
        writer.finish();
        return go_on = flush();
      });
    }
  });
}

}  // namespace pim::data::generate
