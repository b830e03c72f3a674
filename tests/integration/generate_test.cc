// Generated data from the command line: into files, and through the API of a real server.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lab.h"

namespace pim::integration {
namespace {

class GenerateTest : public Lab {
 protected:
  ProgramRun send(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"data",
                                          "generate",
                                          "--format",
                                          "api",
                                          "--json",
                                          "--url",
                                          "http://127.0.0.1:" + std::to_string(server().port()),
                                          "--token-file",
                                          token_file("loadgen")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pim(arguments);
  }
};

TEST_F(GenerateTest, ThroughTheApiTwiceIsOnce) {
  serve();
  const auto first = send({"--patients", "2", "--seed", "5", "--threads", "4"});
  ASSERT_EQ(first.exit, 0) << first.out << first.err;
  EXPECT_EQ(json_text(first.out, "accepted"), json_text(first.out, "commands"));
  EXPECT_EQ(json_text(first.out, "refused"), "0");

  const auto second = send({"--patients", "2", "--seed", "5", "--threads", "1"});
  ASSERT_EQ(second.exit, 0) << second.out << second.err;
  EXPECT_EQ(json_text(second.out, "replayed"), json_text(first.out, "commands"));
  EXPECT_EQ(json_text(second.out, "accepted"), "0");

  // the same patients of another plan: other requests, and the ids are taken
  const auto other = send({"--patients", "1", "--seed", "5"});
  EXPECT_EQ(other.exit, 1) << other.out << other.err;
  EXPECT_EQ(json_text(other.out, "replayed"), "0");
}

TEST_F(GenerateTest, NeedsAServerAndAToken) {
  EXPECT_EQ(pim({"data", "generate", "--format", "api"}).exit, 2) << "no token";
  serve();
  const auto file = token_file("auditor");
  const auto refused =
      pim({"data", "generate", "--patients", "1", "--format", "api", "--token-file", file, "--url",
           "http://127.0.0.1:" + std::to_string(server().port())});
  EXPECT_EQ(refused.exit, 3) << refused.err;
  EXPECT_NE(refused.err.find("refuses this token"), std::string::npos) << refused.err;
}

TEST_F(GenerateTest, ATokenFromAPipeIsReadOnce) {
  serve();
  const auto text = read_text(token_file("loadgen"));
  const auto pipe = path("token.pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << text; });
  const auto made = pim({"data", "generate", "--patients", "1", "--format", "api", "--token-file",
                         pipe, "--url", "http://127.0.0.1:" + std::to_string(server().port())});
  writer.join();
  EXPECT_EQ(made.exit, 0) << made.err;
}

TEST_F(GenerateTest, FilesAreProfiled) {
  const auto out = path("generated");
  const auto made = pim({"data", "generate", "--patients", "300", "--out", out, "--json"});
  ASSERT_EQ(made.exit, 0) << made.err;
  EXPECT_NE(json_text(made.out, "rows"), "0");
  const auto html = path("profile.html");
  const auto profile = pim({"data", "profile", out, "--html", html});
  EXPECT_EQ(profile.exit, 0) << profile.err;
  EXPECT_NE(profile.out.find("encounters a patient"), std::string::npos);
  EXPECT_NE(read_text(html).find("<svg"), std::string::npos);
  EXPECT_EQ(pim({"data", "profile", "--check", out}).exit, 4) << "too few providers";

  EXPECT_EQ(pim({"data", "generate", "--patients", "301", "--out", out}).exit, 2) << "holds others";
  EXPECT_EQ(
      pim({"data", "generate", "--patients", "300", "--skew", "0", "--force", "--out", out}).exit,
      0);
  EXPECT_EQ(pim({"data", "profile", "--check", out}).exit, 1) << "all patients are alike";
  EXPECT_EQ(pim({"data", "profile", path("nothing")}).exit, 2);
}

TEST_F(GenerateTest, MistakesOfUseAreTwo) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {},
           {"--out", path("x"), "--patients", "0"},
           {"--out", path("x"), "--format", "xml"},
           {"--out", path("x"), "--from", "1/1/2020"},
           {"--out", path("x"), "--from", "2025-01-01", "--to", "2024-01-01"},
           {"--out", path("x"), "--threads", "0"}}) {
    std::vector<std::string> arguments = {"data", "generate"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(pim(arguments).exit, 2) << (wrong.empty() ? "no --out" : wrong.back());
  }
  EXPECT_FALSE(std::filesystem::exists(path("x")));
  EXPECT_EQ(pim({"data", "generate", "--patients", "1", "--out", "/dev/null/x"}).exit, 3);
}

}  // namespace
}  // namespace pim::integration
