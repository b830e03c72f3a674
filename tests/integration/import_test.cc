// The seed files through the API.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "lab.h"

namespace pim::integration {
namespace {

class ImportTest : public Lab {
 protected:
  std::vector<std::string> import(const std::string& map, const std::vector<std::string>& names) {
    std::vector<std::string> arguments = {"data",
                                          "import",
                                          "--map",
                                          std::string(PIM_SEED_DIR) + "/maps/" + map,
                                          "--url",
                                          "http://127.0.0.1:" + std::to_string(server().port()),
                                          "--token-file",
                                          token_file("loadgen"),
                                          "--json",
                                          "--pseudonym-key",
                                          path("pseudonym.key")};
    const std::string files = map == "lab.toml" ? "/data/" : "/foreign/";
    for (const auto& name : names) {
      arguments.push_back(PIM_SEED_DIR + files + name + ".csv");
    }
    return arguments;
  }
  std::vector<std::string> lab_files() {
    return import("lab.toml", {"facilities", "providers", "patients", "encounters", "diagnoses",
                               "procedures", "medications", "billing"});
  }
  // Of the 20 streams with the lowest ids.
  std::vector<std::string> states_of(const std::string& exported, const std::string& directory) {
    std::set<std::string> streams;
    std::istringstream in(exported);
    std::string line;
    while (std::getline(in, line)) {
      const auto stream = json_text(line, "stream");
      if (!stream.empty()) streams.insert(stream);
      if (streams.size() > 20) streams.erase(std::prev(streams.end()));
    }
    std::vector<std::string> states;
    for (const auto& stream : streams) {
      const auto run = pim({"audit", "reconstruct", "--data", directory, stream});
      EXPECT_EQ(run.exit, 0) << run.err;
      states.push_back(stream + json_text(run.out, "state"));
    }
    return states;
  }
  static std::vector<std::string> encounters_of(const std::string& directory) {
    std::vector<std::string> rows;
    std::istringstream in(read_text(directory + "/encounters.csv"));
    for (std::string row; std::getline(in, row);) rows.push_back(row);
    return rows;
  }
  std::uint64_t events() {
    const auto run = pim({"store", "inspect", "--data", data(), "--json"});
    EXPECT_EQ(run.exit, 0) << run.err;
    return std::stoull("0" + json_text(run.out, "events"));
  }
};

// Exported events and receipts without what differs from run to run: when, by which trace, and the
// hashes over them. A receipt's fingerprint stands for the body of its command.
std::vector<std::string> comparable(const std::string& exported) {
  std::vector<std::string> lines;
  std::istringstream in(exported);
  std::string line;
  while (std::getline(in, line)) {
    const auto kind = json_text(line, "kind");
    if (kind != "event" && kind != "receipt") continue;
    std::string kept = kind;
    for (const auto* member : {"what", "stream", "version", "bucket", "position", "schema_version",
                               "first_position", "last_position", "who", "role", "tenant",
                               "request_id", "reason", "status", "rule", "fingerprint"}) {
      kept += std::string(";") + member + "=" + json_text(line, member);
    }
    lines.push_back(std::move(kept));
  }
  std::ranges::sort(lines);
  return lines;
}

// A patient list that takes a while, and the mapping for it.
void write_many_patients(const std::string& directory, int rows) {
  std::ofstream map(directory + "/many.toml");
  map << "dataset = \"many\"\n[source.p]\nfile = \"many.csv\"\ndrop = [\"name\"]\n[[step]]\n"
         "source = \"p\"\ncommand = \"register-patient\"\n[step.fields]\n"
         "patient_id = { id = \"patient\" }\nbirth_year = { column = \"born\" }\n"
         "sex = \"U\"\nstate = \"OH\"\nzip3 = \"432\"\n";
  std::ofstream csv(directory + "/many.csv");
  csv << "name,born\n";
  for (int i = 0; i < rows; ++i) csv << "Someone " << i << "," << 1940 + i % 80 << "\n";
}

TEST_F(ImportTest, KilledInTheMiddleItGoesOnAndEachRowIsThereOnce) {
  constexpr int kRows = 6000;
  write_many_patients(path(""), kRows);
  serve();
  const std::vector<std::string> arguments = {"data",
                                              "import",
                                              "--map",
                                              path("many.toml"),
                                              "--url",
                                              "http://127.0.0.1:" + std::to_string(server().port()),
                                              "--token-file",
                                              token_file("loadgen"),
                                              "--pseudonym-key",
                                              path("pseudonym.key"),
                                              "--json",
                                              path("many.csv")};
  const auto committed = [this] {
    const auto metrics = admin("GET", "/metrics").body;
    std::uint64_t sum = 0;
    for (auto at = metrics.find("\npim_shard_events_total{"); at != std::string::npos;
         at = metrics.find("\npim_shard_events_total{", at + 1)) {
      sum += std::stoull(metrics.substr(metrics.find("} ", at) + 2));
    }
    return sum;
  };
  {
    load::ChildOptions options;
    options.arguments = {PIM_PROGRAM};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    auto import = load::ChildProcess::start(options);
    ASSERT_TRUE(import.ok()) << import.error();
    const auto deadline = load::Clock::now() + std::chrono::seconds(60);
    while (committed() < 500) ASSERT_LT(load::Clock::now(), deadline) << committed();
    import->signal(SIGKILL);
    const auto exit = import->wait(deadline);
    ASSERT_TRUE(exit && exit->signal == SIGKILL) << "it was through before it could be killed";
  }
  const auto before = committed();
  ASSERT_GE(before, 500u);
  ASSERT_LT(before, static_cast<std::uint64_t>(kRows)) << "nothing was left to do";

  const auto rest = pim(arguments);
  ASSERT_EQ(rest.exit, 0) << rest.out << rest.err;
  const auto replayed = std::stoull("0" + json_text(rest.out, "replayed"));
  EXPECT_GE(replayed, before);
  EXPECT_EQ(std::stoull("0" + json_text(rest.out, "accepted")) + replayed,
            static_cast<std::uint64_t>(kRows));
  ASSERT_EQ(stop_server(), 0);

  ASSERT_EQ(pim({"audit", "export", "--data", data(), "--output", path("export.jsonl")}).exit, 0);
  const auto exported = read_text(path("export.jsonl"));
  std::set<std::string> patients;
  std::size_t registered = 0;
  std::istringstream in(exported);
  std::string line;
  while (std::getline(in, line)) {
    if (json_text(line, "kind") != "event") continue;
    ++registered;
    patients.insert(json_text(line, "stream"));
  }
  EXPECT_EQ(registered, static_cast<std::size_t>(kRows));
  EXPECT_EQ(patients.size(), static_cast<std::size_t>(kRows)) << "each row is one patient";
}

TEST_F(ImportTest, OfflineHasTheSameResult) {
  serve();
  const auto online = pim(lab_files());
  ASSERT_EQ(online.exit, 0) << online.out << online.err;
  auto offline_arguments = lab_files();
  const auto url = std::ranges::find(offline_arguments, "--url");
  *url = "--offline";
  *(url + 1) = data();
  offline_arguments.insert(offline_arguments.end(), {"--keys", path("keys.json")});
  const auto locked = pim(offline_arguments);
  EXPECT_EQ(locked.exit, 3) << "a server has the directory";
  ASSERT_EQ(stop_server(), 0);

  *(url + 1) = path("other");
  const auto offline = pim(offline_arguments);
  ASSERT_EQ(offline.exit, 0) << offline.out << offline.err;
  EXPECT_EQ(offline.out, online.out) << "the same report";

  std::vector<std::string> histories[2];
  std::vector<std::string> states[2];
  for (const int i : {0, 1}) {
    const auto directory = i == 0 ? data() : path("other");
    ASSERT_EQ(pim({"audit", "export", "--data", directory, "--output", path("export.jsonl")}).exit,
              0);
    const auto exported = read_text(path("export.jsonl"));
    histories[i] = comparable(exported);
    states[i] = states_of(exported, directory);
    const auto whole = pim({"audit", "reconstruct", "--data", directory, "--all", "--json"});
    EXPECT_EQ(whole.exit, 0) << whole.out << whole.err;
    EXPECT_EQ(json_text(whole.out, "different"), "0") << "the read model shows it all";
    EXPECT_EQ(pim({"audit", "verify", "--data", directory}).exit, 0);
  }
  EXPECT_GT(histories[0].size(), 100u);
  EXPECT_EQ(histories[0], histories[1]);
  EXPECT_EQ(states[0].size(), 20u);
  EXPECT_EQ(states[0], states[1]) << "what the events say";

  // what went in over HTTP is known to the one who comes without
  *(url + 1) = data();
  const auto again = pim(offline_arguments);
  ASSERT_EQ(again.exit, 0) << again.out << again.err;
  EXPECT_EQ(json_text(again.out, "accepted"), "0");
  EXPECT_EQ(json_text(again.out, "replayed"), json_text(again.out, "commands"));
}

// The files of the large way, the small way in; among the patients are some with several stays.
TEST_F(ImportTest, TakesGeneratedFiles) {
  serve();
  const auto made = pim({"data", "generate", "--patients", "2", "--hot-patients", "1",
                         "--hot-encounters", "500", "--out", path("generated")});
  ASSERT_EQ(made.exit, 0) << made.err;
  auto arguments = lab_files();
  for (auto& argument : arguments) {
    const auto name = argument.rfind("/data/");
    if (argument.ends_with(".csv")) argument = path("generated") + argument.substr(name + 5);
  }
  std::map<std::string, int> stays;
  for (const auto& row : encounters_of(path("generated"))) {
    if (row.find(",inpatient,") != std::string::npos) ++stays[row.substr(37, 36)];
  }
  EXPECT_TRUE(std::ranges::any_of(stays, [](const auto& each) { return each.second > 1; }))
      << "without two stays of one patient this shows nothing";
  const auto run = pim(arguments);
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(json_text(run.out, "refused"), "0") << run.out;
  EXPECT_EQ(json_text(run.out, "accepted"), json_text(run.out, "commands"));
}

TEST_F(ImportTest, TwiceIsOnce) {
  serve();
  const auto first = pim(lab_files());
  ASSERT_EQ(first.exit, 0) << first.out << first.err;
  const auto commands = json_text(first.out, "commands");
  EXPECT_EQ(json_text(first.out, "accepted"), commands);
  EXPECT_EQ(json_text(first.out, "refused"), "0");
  ASSERT_EQ(stop_server(), 0);
  const auto before = events();
  EXPECT_EQ(std::to_string(before), commands) << "one event a command";

  serve();
  const auto second = pim(lab_files());
  ASSERT_EQ(second.exit, 0) << second.out << second.err;
  EXPECT_EQ(json_text(second.out, "accepted"), "0");
  EXPECT_EQ(json_text(second.out, "replayed"), commands);
  ASSERT_EQ(stop_server(), 0);
  EXPECT_EQ(events(), before);
}

TEST_F(ImportTest, IdentifiersOfARegistrationDeskAreDroppedAndCounted) {
  serve();
  const auto run = pim(import("intake.toml", {"intake"}));
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(json_text(run.out, "accepted"), "60");
  EXPECT_NE(run.out.find(R"("intake.csv:ssn":60)"), std::string::npos) << run.out;
}

TEST_F(ImportTest, NoNameReachesTheDisk) {
  serve();
  const auto run = pim(import("patients-es.toml", {"patients-es"}));
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(json_text(run.out, "accepted"), "30");
  ASSERT_EQ(stop_server(), 0);
  ASSERT_EQ(pim({"audit", "export", "--data", data(), "--output", path("export.jsonl")}).exit, 0);
  const auto exported = read_text(path("export.jsonl")) + read_text(path("server.log")) +
                        read_text(data() + "/events.db") + read_text(data() + "/events.db-wal");
  ASSERT_NE(exported.find("patient-registered"), std::string::npos);
  std::ifstream in(std::string(PIM_SEED_DIR) + "/foreign/patients-es.csv");
  std::string line;
  std::getline(in, line);
  int names = 0;
  while (std::getline(in, line)) {
    const auto first = line.find(',');
    const auto second = line.find(',', first + 1);
    for (const auto& name : {line.substr(0, first), line.substr(first + 1, second - first - 1)}) {
      if (name.size() < 4) continue;
      EXPECT_EQ(exported.find(name), std::string::npos) << name;
      ++names;
    }
  }
  EXPECT_GT(names, 40);
}

TEST_F(ImportTest, TakesTheGoodRowsAndNamesTheBadOnes) {
  serve();
  std::ofstream(path("patients-es.csv"))
      << "Nombre,Apellido,G\u00E9nero,Edad,Pa\u00EDs,Enfermedad,Antecedente,Tratamiento,"
         "Recuperado\n"
         "Uno,Bueno,Female,30,x,x,x,x,x\nDos,Malo,Male,muchos,x,x,x,x,x\n";
  auto arguments = import("patients-es.toml", {});
  arguments.push_back(path("patients-es.csv"));
  const auto run = pim(arguments);
  EXPECT_EQ(run.exit, 1) << run.err;
  EXPECT_EQ(json_text(run.out, "accepted"), "1");
  EXPECT_EQ(json_text(run.out, "refused"), "1");
  EXPECT_NE(run.out.find(R"("line":3,"column":15)"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("muchos"), std::string::npos) << run.out;
}

TEST_F(ImportTest, SaysSoWhereTheServerIsAwayOrTheTokenIsWrong) {
  serve();
  auto arguments = import("patients-es.toml", {"patients-es"});
  std::ofstream(path("loadgen.jwt")) << token("auditor");
  const auto forbidden = pim(arguments);
  EXPECT_EQ(forbidden.exit, 3);
  EXPECT_NE(forbidden.err.find("refuses this token"), std::string::npos) << forbidden.err;
  arguments.emplace_back("--dry-run");
  EXPECT_EQ(pim(arguments).exit, 0) << "needs no server";
}

}  // namespace
}  // namespace pim::integration
