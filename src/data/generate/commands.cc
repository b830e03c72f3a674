#include "data/generate/commands.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "data/command_shape.h"
#include "data/generate/histories.h"
#include "data/hex.h"
#include "data/sha256.h"
#include "domain/json.h"
#include "telemetry/scoped_span.h"

namespace pim::data::generate {
namespace {

// 64 bits that stand for the plan, and for what becomes of it.
std::uint64_t key_of(const Plan& plan) {
  Sha256 hash;
  hash.add(command_of(plan, "api") + " #" + std::to_string(kGeneratorVersion));
  std::array<std::uint8_t, 32> digest{};
  from_hex(hash.hex(), digest);
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | digest[i];
  return key;
}

std::string hex_of(Block bits) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(bits.first >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(bits.second >> (56 - 8 * i));
  }
  return to_hex(bytes);
}

std::string time_of(std::int64_t seconds) { return UtcMillis{seconds * 1000}.to_string(); }

std::string six_digits(std::string_view prefix, std::uint32_t value) {
  const std::string digits = std::to_string(value);
  return std::string(prefix) + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') +
         digits;
}

// `/v1/patients/{patient_id}/...` with its ids.
std::string path_of(std::string_view pattern, const IdText& stream, const IdText* encounter) {
  std::string path;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    path += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    const bool of_encounter = pattern.substr(open, close - open + 1) == "{encounter_id}";
    path += of_encounter && encounter != nullptr ? encounter->view() : stream.view();
    pattern.remove_prefix(close + 1);
  }
  return path;
}

}  // namespace

class CommandWriter::Body {
 public:
  Body& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(json_, value);
    return *this;
  }
  Body& number(std::string_view name, std::uint64_t value) {
    key(name);
    json_ += std::to_string(value);
    return *this;
  }
  Body& truth(std::string_view name, bool value) {
    key(name);
    json_ += value ? "true" : "false";
    return *this;
  }
  std::string str() && { return json_.empty() ? "{}" : std::move(json_) + "}"; }

 private:
  void key(std::string_view name) {
    json_ += json_.empty() ? '{' : ',';
    append_json_string(json_, name);
    json_ += ':';
  }
  std::string json_;
};

CommandWriter::CommandWriter(const Plan& plan, Emit emit)
    : key_(key_of(plan)), emit_(std::move(emit)) {}

void CommandWriter::begin(std::uint8_t kind, std::uint64_t index) {
  kind_ = kind;
  index_ = index;
  number_ = 0;
}

void CommandWriter::emit(std::string_view command, const IdText& stream, const IdText* encounter,
                         Body body) {
  const Block bits = philox(key_, {index_, static_cast<std::uint64_t>(kind_) << 56 | number_++});
  if (stopped_) return;
  const CommandShape& shape = *find_command(command);
  stopped_ = !emit_({.method = shape.method,
                     .path = path_of(shape.path, stream, encounter),
                     .request_id = "generate-" + hex_of(bits),
                     .body = std::move(body).str(),
                     .stream = Uuid::parse(stream.view()).value_or(Uuid{}),
                     .name = command});
}

void CommandWriter::on_facility(const FacilityRow& row) {
  emit("register-facility", row.facility_id, nullptr,
       Body()
           .text("facility_id", row.facility_id.view())
           .text("npi", std::to_string(row.npi))
           .text("alias", six_digits("FAC-", row.alias))
           .text("kind", name_of(row.kind))
           .text("state", row.state.view())
           .text("zip3", row.zip3.view())
           .number("beds", row.beds));
}

void CommandWriter::on_provider(const ProviderRow& row) {
  emit("register-provider", row.provider_id, nullptr,
       Body()
           .text("provider_id", row.provider_id.view())
           .text("npi", std::to_string(row.npi))
           .text("alias", six_digits("PRV-", row.alias))
           .text("specialty", name_of(row.specialty))
           .text("facility_id", row.facility_id.view()));
}

void CommandWriter::on_patient(const PatientRow& row) {
  emit("register-patient", row.patient_id, nullptr,
       Body()
           .text("patient_id", row.patient_id.view())
           .number("birth_year", row.birth_year)
           .text("sex", name_of(row.sex))
           .text("state", row.state.view())
           .text("zip3", row.zip3.view()));
}

void CommandWriter::on_encounter(const EncounterRow& row) {
  emit("admit-encounter", *row.patient_id, nullptr,
       Body()
           .text("encounter_id", row.encounter_id.view())
           .text("provider_id", row.provider_id.view())
           .text("facility_id", row.facility_id.view())
           .text("class", name_of(row.encounter_class))
           .text("pos", row.pos.view())
           .text("admitted_at", time_of(row.admitted_at)));
}

void CommandWriter::on_diagnosis(const DiagnosisRow& row) {
  emit("record-diagnosis", *row.patient_id, &row.encounter->encounter_id,
       Body()
           .text("diagnosis_id", row.diagnosis_id.view())
           .text("icd10cm", row.icd10cm->view())
           .number("rank", row.rank)
           .truth("present_on_admission", row.present_on_admission)
           .text("recorded_at", time_of(row.recorded_at)));
}

void CommandWriter::on_procedure(const ProcedureRow& row) {
  emit("record-procedure", *row.patient_id, &row.encounter->encounter_id,
       Body()
           .text("procedure_id", row.procedure_id.view())
           .text("provider_id", row.encounter->provider_id.view())
           .text("system", name_of(row.system))
           .text("code", row.code->view())
           .text("performed_at", time_of(row.performed_at))
           .number("quantity", row.quantity));
}

void CommandWriter::on_medication(const MedicationRow& row) {
  Body body;
  body.text("medication_id", row.medication_id.view())
      .text("provider_id", row.encounter->provider_id.view())
      .text("rxcui", row.rxcui->view());
  if (row.ndc11->size > 0) body.text("ndc11", row.ndc11->view());
  body.text("dose", row.dose->view())
      .text("unit", name_of(row.unit))
      .text("route", name_of(row.route))
      .text("start", time_of(row.start));
  if (row.stop != 0) body.text("stop", time_of(row.stop));
  emit("prescribe-medication", *row.patient_id, &row.encounter->encounter_id, std::move(body));
}

void CommandWriter::on_charge(const ChargeRow& row) {
  const IdText* encounter = &row.encounter->encounter_id;
  if (row.line_no == 1) {
    emit("open-bill", *row.patient_id, encounter, Body().text("bill_id", row.bill_id->view()));
  }
  emit("add-charge", *row.patient_id, encounter,
       Body()
           .text("source_kind", name_of(row.source_kind))
           .text("source_id", row.source_id->view())
           .text("category", name_of(row.category))
           .number("qty", row.qty)
           .number("unit_cents", row.unit_cents));
}

void CommandWriter::on_encounter_end(const EncounterRow& row, bool final) {
  if (row.discharged_at != 0) {
    emit("discharge-encounter", *row.patient_id, &row.encounter_id,
         Body()
             .text("discharged_at", time_of(row.discharged_at))
             .text("disposition", name_of(row.disposition)));
  }
  if (final) emit("finalize-bill", *row.patient_id, &row.encounter_id, Body());
}

void CommandWriter::on_patient_end(const PatientRow& row) {
  if (row.deceased_year == 0) return;
  emit("mark-patient-deceased", row.patient_id, nullptr,
       Body().number("deceased_year", row.deceased_year));
}

namespace {

class PlanSender {
 public:
  PlanSender(const Plan& plan, const SendOptions& options)
      : plan_(plan), options_(options), population_(plan) {
    const Areas& areas = population_.network().areas();
    total_ = areas.facilities() + areas.providers() + plan.patients;
  }

  Result<SendSummary, SendError> run() {
    std::vector<std::unique_ptr<Sender>> senders;
    for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
      senders.push_back(options_.connect());
    }
    const Network& network = population_.network();
    each("send facilities", senders, network.areas().facilities(),
         [&](CommandWriter& writer, std::uint64_t i) {
           writer.begin_facility(i);
           writer.on_facility(network.facility(i));
         });
    each("send providers", senders, network.areas().providers(),
         [&](CommandWriter& writer, std::uint64_t i) {
           writer.begin_provider(i);
           writer.on_provider(network.provider(i));
         });
    each("send patients", senders, plan_.patients, [&](CommandWriter& writer, std::uint64_t i) {
      const auto scratch = std::make_unique<Scratch>();
      writer.begin_patient(i);
      write_patient(population_, book_, i, *scratch, writer, 1U << 10,
                    [&] { return !writer.stopped(); });
    });
    if (failure_) return Err{SendError{false, std::move(*failure_), std::move(summary_)}};
    return std::move(summary_);
  }

 private:
  // All streams of a kind, before any of the next.
  template <class Write>
  void each(std::string_view name, std::vector<std::unique_ptr<Sender>>& senders,
            std::uint64_t count, Write write) {
    if (failure_) return;
    telemetry::ScopedSpan span(name);
    span.set("pim.streams", count);
    const std::uint64_t refused_before = summary_.refused;
    std::atomic<std::uint64_t> next{0};
    const auto work = [&](Sender& sender) {
      CommandWriter writer(plan_,
                           [&](const OutgoingCommand& command) { return send(sender, command); });
      for (std::uint64_t i = next++; i < count && !writer.stopped(); i = next++) {
        write(writer, i);
        const std::lock_guard lock(mutex_);
        if (failure_) return;
        ++done_;
        if (options_.progress) options_.progress(done_, total_);
      }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < senders.size(); ++i) {
      others.emplace_back([&work, &sender = *senders[i], traced = telemetry::current_work()] {
        const telemetry::WorkScope scope(traced);
        work(sender);
      });
    }
    work(*senders.front());
    for (auto& thread : others) thread.join();
    if (failure_) {
      span.fail("stopped");
    } else if (summary_.refused > refused_before) {
      span.fail(std::to_string(summary_.refused - refused_before) + " refused");
    }
  }

  bool send(Sender& sender, const OutgoingCommand& command) {
    const auto reply = sender.send(command);
    const std::lock_guard lock(mutex_);
    if (failure_) return false;
    ++summary_.commands;
    if (!reply) {
      failure_ = reply.error().message + "; run it again: it goes on from here";
    } else if (reply->status == 401 || reply->status == 403) {
      failure_ = "the server refuses this token: " + reply->problem;
    } else if (reply->status >= 200 && reply->status < 300) {
      ++(reply->replayed ? summary_.replayed : summary_.accepted);
    } else {
      ++summary_.refused;
      if (summary_.refusals.size() < SendSummary::kMaxRefusals) {
        summary_.refusals.push_back(std::string(command.name) + " " + command.path + ": " +
                                    reply->problem);
      }
    }
    return !failure_;
  }

  const Plan& plan_;
  const SendOptions& options_;
  Population population_;
  CodeBook book_;
  std::uint64_t total_ = 0;

  std::mutex mutex_;  // of all below
  std::uint64_t done_ = 0;
  SendSummary summary_;
  std::optional<std::string> failure_;
};

}  // namespace

Result<SendSummary, SendError> send_plan(const Plan& plan, const SendOptions& options) {
  if (auto problem = problem_of(plan); !problem.empty()) {
    return Err{SendError{true, std::move(problem), {}}};
  }
  return PlanSender(plan, options).run();
}

}  // namespace pim::data::generate
