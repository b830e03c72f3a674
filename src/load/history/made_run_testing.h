// A history and an export written by hand, call by call, to be held against each other.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "load/history/check.h"
#include "load/history/history.h"
#include "load/history/rows.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {

class MadeRun {
 public:
  static inline const Uuid kPatient{{1}};
  static std::uint16_t bucket(const Uuid& stream = kPatient) {
    return bucket_of_key(stream_key(stream));
  }

  // --- what clients did. One user, ann, unless the invocation says otherwise.
  Invocation command(const std::string& id, std::uint64_t fingerprint = 7);
  Invocation read(std::uint32_t client = 1, std::uint64_t promised = 0);
  std::uint64_t invoke(Invocation call);
  void complete(std::uint64_t call, Completion answer);
  void call(const Invocation& call, const Completion& answer) { complete(invoke(call), answer); }
  void acknowledge(const std::string& id, Version version) { call(command(id), ok(version)); }

  static Completion ok(Version version, bool replayed = false);
  static Completion refused(std::uint16_t status, Version version = 0);
  static Completion unknown() { return {}; }
  // Of a read.
  static Completion shown(Version version, std::uint64_t answer = 0);

  // --- what the store has. Positions go with versions: the patient is alone in its bucket.
  struct Event {
    std::string id = "";
    Version version = 1;
    std::string user = "ann";
    std::uint64_t position = 0;  // 0: the version
    Uuid stream = kPatient;
    int bucket = -1;  // -1: the stream's
    std::string what = "encounter-admitted";
    std::string more = "";  // fields, with a comma in front
  };
  void event(const Event& event);
  // Of an acceptance, `version` is the event's and the position goes with it.
  void receipt(const std::string& id, Version version, int status = 201,
               std::uint64_t fingerprint = 7);
  // Both.
  void store(const std::string& id, Version version);
  void line(const std::string& text) { lines_.push_back(text); }
  // Acknowledged and stored: `count` requests r1, r2 ... from version 1 on.
  void healthy(Version count);

  // --- and whether they agree
  void do_not_seal() { seal_ = false; }
  Result<CheckReport, std::string> try_check(const CheckOptions& options = {});
  CheckReport check(const CheckOptions& options = {});
  // The one kind of violation that the check finds, and how often: `lost 1`; empty: clean.
  std::string verdict();

  std::string history_file() const { return directory_.path("history.bin"); }
  std::string export_file() const { return directory_.path("export.jsonl"); }

 private:
  TemporaryDirectory directory_;
  HistoryWriter writer_ = HistoryWriter::create(history_file(), {.started_at = {now()}}).value();
  std::vector<std::string> lines_;
  std::set<std::string> ids_;  // invocations point into them
  std::int64_t clock_ = 0;     // ms
  bool seal_ = true;

  static std::int64_t now();
};

}  // namespace pim::load
