// The work in pieces that stand for themselves: a block's rows follow from its number alone.
#pragma once

#include <cstdint>
#include <functional>

#include "data/generate/histories.h"
#include "data/generate/row_writer.h"

namespace pim::data::generate {

// Thread-safe.
class BlockSource {
 public:
  // Hands over what there is so far, and empties it: for a block that is larger than memory should
  // be. False: stop.
  using Flush = std::function<bool()>;

  virtual ~BlockSource() = default;
  virtual std::uint64_t count() const = 0;
  // `texts` is empty. The same rows, in the same pieces, whoever asks.
  virtual void make(std::uint64_t block, Texts& texts, const Flush& flush) const = 0;
};

// Facilities, then providers, then patients with all that is theirs.
class GeneratedBlocks final : public BlockSource {
 public:
  static constexpr std::uint64_t kPatients = 8;           // a block
  static constexpr std::uint64_t kReferences = 4096;      // facilities or providers a block
  static constexpr std::uint32_t kEncounters = 1U << 12;  // of one patient, between two flushes

  GeneratedBlocks(const Plan& plan, FileKind kind);

  std::uint64_t count() const override;
  void make(std::uint64_t block, Texts& texts, const Flush& flush) const override;

  const Population& population() const { return population_; }

 private:
  std::uint64_t facility_blocks() const;
  std::uint64_t provider_blocks() const;
  template <class Cells>
  void fill(std::uint64_t block, Texts& texts, const Flush& flush) const;

  FileKind kind_;
  Population population_;
  CodeBook book_;
};

}  // namespace pim::data::generate
