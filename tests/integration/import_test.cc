// The seed files through the API.
#include <fstream>

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
    for (const auto& name : names) {
      arguments.push_back(std::string(PIM_SEED_DIR) + "/data/" + name + ".csv");
    }
    return arguments;
  }
  std::vector<std::string> lab_files() {
    return import("lab.toml", {"facilities", "providers", "patients", "encounters", "diagnoses",
                               "procedures", "medications", "billing"});
  }
  std::uint64_t events() {
    const auto run = pim({"store", "inspect", "--data", data(), "--json"});
    EXPECT_EQ(run.exit, 0) << run.err;
    return std::stoull("0" + json_text(run.out, "events"));
  }
};

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
  const auto exported = read_text(path("export.jsonl")) + read_text(path("server.log"));
  ASSERT_NE(exported.find("patient-registered"), std::string::npos);
  std::ifstream in(std::string(PIM_SEED_DIR) + "/data/patients-es.csv");
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
