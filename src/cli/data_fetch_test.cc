// `pim data mockaroo-fetch` against a local server that speaks Mockaroo's contract: paging, limits,
// cut connections, going on, and a key that shows nowhere.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "cli/data.h"
#include "cli/mockaroo_api.h"
#include "data/manifest.h"
#include "load/loopback_testing.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;
using load::ScriptedReply;

constexpr std::string_view kKey = "k3y-s3cret-0815";

std::string reply_text(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

// POST /api/generate.csv?count=N and POST /api/datasets/NAME, as Mockaroo documents them.
class FakeMockaroo {
 public:
  // Before the answer to the nth request (from 1) is made; empty: the usual one.
  std::function<std::optional<ScriptedReply>(int nth)> interfere;
  std::vector<std::string> targets;
  std::map<std::string, std::string> datasets;

  ScriptedReply answer(const std::string& request) {
    const auto target = request.substr(5, request.find(' ', 5) - 5);
    targets.push_back(target);
    if (interfere) {
      if (const auto other = interfere(static_cast<int>(targets.size()))) return *other;
    }
    if (!request.starts_with("POST ") ||
        request.find("X-API-Key: " + std::string(kKey) + "\r\n") == std::string::npos) {
      return {reply_text(401, R"({"error":"Invalid API Key"})"), ScriptedReply::Then::close};
    }
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    constexpr std::string_view kDatasets = "/api/datasets/";
    if (target.starts_with(kDatasets)) {
      datasets[target.substr(kDatasets.size(), target.find('?') - kDatasets.size())] = body;
      return {reply_text(200, R"({"success":true})"), ScriptedReply::Then::close};
    }
    return {reply_text(200, rows(std::stoul(target.substr(target.find("count=") + 6)))),
            ScriptedReply::Then::close};
  }

 private:
  // Two columns, and a hidden one that must not be kept.
  std::string rows(unsigned long count) {
    std::string csv = "id,__hidden,name\n";
    for (unsigned long i = 0; i < count; ++i) {
      csv += "g" + std::to_string(++made_) + ",h,\"a, b\"\n";
    }
    return csv;
  }
  unsigned long made_ = 0;
};

class FetchTest : public testing::Test {
 protected:
  FetchTest()
      : dir_(fs::temp_directory_path() /
             ("pim-fetch-" + std::to_string(::getpid()) + "-" +
              testing::UnitTest::GetInstance()->current_test_info()->name())),
        server_([this](const std::string& request, std::size_t) { return fake_.answer(request); }) {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    write("key", std::string(kKey) + "\n");
    ::chmod((dir_ / "key").c_str(), 0600);
    write("t.schema.json", R"({"name":"t","num_rows":25,"columns":[
      {"name":"id","type":"GUID"},{"name":"__hidden","type":"GUID"},
      {"name":"name","type":"Custom List","values":["a, b"],"null_percentage":7}]})");
  }
  ~FetchTest() override { fs::remove_all(dir_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name, std::ios::binary) << text;
  }
  std::string text(const std::string& name) const {
    std::ifstream in(dir_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  struct Run {
    int exit = 0;
    std::string out;
    std::string err;
  };
  // The subcommand, with everything that it prints.
  Run fetch(std::vector<std::string> more = {}) {
    CLI::App app;
    Action action;
    add_data_fetch(app, action);
    std::vector<std::string> arguments = {"mockaroo-fetch",
                                          "--key-file",
                                          (dir_ / "key").string(),
                                          "--url",
                                          "http://127.0.0.1:" + std::to_string(server_.port()),
                                          "--out",
                                          (dir_ / "out").string(),
                                          "--page-rows",
                                          "10"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (more.empty() || !more.back().ends_with(".json")) {
      arguments.push_back((dir_ / "t.schema.json").string());
    }
    std::reverse(arguments.begin(), arguments.end());
    Run run;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    app.parse(arguments);
    run.exit = action();
    run.out = testing::internal::GetCapturedStdout();
    run.err = testing::internal::GetCapturedStderr();
    expect_no_key(run);
    return run;
  }
  // Not in what is printed, not in a file, not in an address.
  void expect_no_key(const Run& run) const {
    EXPECT_EQ((run.out + run.err).find(kKey), std::string::npos) << run.out << run.err;
    if (fs::exists(dir_ / "out")) {
      for (const auto& entry : fs::directory_iterator(dir_ / "out")) {
        EXPECT_EQ(text("out/" + entry.path().filename().string()).find(kKey), std::string::npos)
            << entry.path();
      }
    }
    for (const auto& target : fake_.targets) EXPECT_EQ(target.find(kKey), std::string::npos);
  }
  std::size_t lines(const std::string& name) const {
    const auto all = text(name);
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  fs::path dir_;
  FakeMockaroo fake_;
  load::LoopbackServer server_;
};

TEST_F(FetchTest, PagesAndDropsHiddenColumns) {
  const auto run = fetch();
  ASSERT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(fake_.targets, (std::vector<std::string>{"/api/generate.csv?count=10&header=true",
                                                     "/api/generate.csv?count=10&header=true",
                                                     "/api/generate.csv?count=5&header=true"}));
  EXPECT_EQ(lines("out/t.csv"), 26u);
  EXPECT_TRUE(text("out/t.csv").starts_with("id,name\ng1,\"a, b\"\n")) << text("out/t.csv");
  const auto manifest = data::parse_manifest(text("out/manifest.json"));
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->files.at(0).origin, data::Origin::mockaroo);
  EXPECT_EQ(manifest->files.at(0).rows, 25u);
  EXPECT_FALSE(fs::exists(dir_ / "out/t.page-1"));

  EXPECT_EQ(fetch().exit, 0);
  EXPECT_EQ(fake_.targets.size(), 3u) << "what is here is not asked for again";
}

TEST_F(FetchTest, GoesOnAfterTheDailyLimit) {
  fake_.interfere = [](int nth) -> std::optional<ScriptedReply> {
    if (nth != 3) return std::nullopt;
    return ScriptedReply{
        reply_text(429, R"({"error":"limited to 200 requests per day"})", "Retry-After: 7200\r\n"),
        ScriptedReply::Then::close};
  };
  const auto stopped = fetch();
  EXPECT_EQ(stopped.exit, 3);
  EXPECT_NE(stopped.err.find("go on in 120 minutes"), std::string::npos) << stopped.err;
  EXPECT_FALSE(fs::exists(dir_ / "out/t.csv"));
  const auto going_on = fetch();
  ASSERT_EQ(going_on.exit, 0) << going_on.err;
  EXPECT_EQ(fake_.targets.size(), 4u) << "two pages, the limit, the third page";
  EXPECT_NE(text("out/t.csv").find("g25,"), std::string::npos);
  EXPECT_EQ(text("out/t.csv").find("g26,"), std::string::npos) << "no page was fetched twice";
}

TEST_F(FetchTest, TriesAgainWhereTheConnectionIsCut) {
  fake_.interfere = [](int nth) -> std::optional<ScriptedReply> {
    if (nth != 2) return std::nullopt;
    return ScriptedReply{"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nid,__hidden,name\ng",
                         ScriptedReply::Then::close};
  };
  MockarooApi api({false, "127.0.0.1", server_.port()}, std::string(kKey), "");
  auto schema = data::mockaroo::parse_schema(text("t.schema.json"), "t");
  ASSERT_TRUE(schema.ok());
  data::mockaroo::FetchOptions options;
  options.page_rows = 10;
  options.out = (dir_ / "out").string();
  Run run;
  std::vector<std::int64_t> pauses;
  options.pause = [&](std::int64_t seconds) { pauses.push_back(seconds); };
  options.say = [&](std::string_view line) { run.out.append(line).append("\n"); };
  const auto manifest =
      data::mockaroo::fetch_schemas({{"t.schema.json", std::move(*schema)}}, api, options);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_NE(run.out.find("cut off"), std::string::npos) << run.out;
  EXPECT_EQ(pauses, std::vector<std::int64_t>{2});
  EXPECT_EQ(lines("out/t.csv"), 26u);
  EXPECT_EQ(fake_.targets.size(), 4u);
  expect_no_key(run);
}

TEST_F(FetchTest, AChangedSchemaOrADamagedPageIsAskedForAnew) {
  ASSERT_EQ(fetch().exit, 0);
  write("out/t.csv", "id,name\n");
  ASSERT_EQ(fetch().exit, 0);
  EXPECT_EQ(fake_.targets.size(), 6u);
  ASSERT_EQ(fetch({"--count", "5"}).exit, 0);
  EXPECT_EQ(fake_.targets.size(), 7u);
  EXPECT_EQ(lines("out/t.csv"), 6u);
}

TEST_F(FetchTest, TheKeyIsWrong) {
  write("key", "another\n");
  const auto run = fetch();
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("Mockaroo refuses the key (Invalid API Key)"), std::string::npos)
      << run.err;
  EXPECT_EQ(fake_.targets.size(), 1u) << "no use in trying again";
}

TEST_F(FetchTest, CutsTheKeyOutOfWhatMockarooSays) {
  fake_.interfere = [](int) -> std::optional<ScriptedReply> {
    return ScriptedReply{
        reply_text(422, R"({"error":"no type Foo, key )" + std::string(kKey) + "\"}"),
        ScriptedReply::Then::close};
  };
  const auto run = fetch();
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("Mockaroo says: no type Foo, key ***"), std::string::npos) << run.err;
}

TEST_F(FetchTest, AKeyThatOthersMayReadIsRefused) {
  ::chmod((dir_ / "key").c_str(), 0644);
  const auto run = fetch();
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("chmod 600"), std::string::npos) << run.err;
  EXPECT_TRUE(fake_.targets.empty());
}

TEST_F(FetchTest, UploadsDatasetsBeforeTheyAreNeeded) {
  fs::create_directories(dir_ / "sets");
  write("sets/codes.csv", "code\nA\n");
  write("child.schema.json", R"({"name":"child","num_rows":5,"columns":[
    {"name":"id","type":"GUID"},
    {"name":"name","type":"Dataset Column","dataset":"t","column":"id","selectionStyle":"random"},
    {"name":"__code","type":"Dataset Column","dataset":"codes","column":"code"}]})");
  const auto run =
      fetch({"--datasets", (dir_ / "sets").string(), "--count", "5",
             (dir_ / "child.schema.json").string(), (dir_ / "t.schema.json").string()});
  ASSERT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(fake_.targets, (std::vector<std::string>{"/api/generate.csv?count=5&header=true",
                                                     "/api/datasets/t?filename=t.csv",
                                                     "/api/datasets/codes?filename=codes.csv",
                                                     "/api/generate.csv?count=5&header=true"}));
  EXPECT_EQ(fake_.datasets["t"], text("out/t.csv"));
  EXPECT_EQ(fake_.datasets["codes"], "code\nA\n");
}

TEST_F(FetchTest, ColumnsThatCountCannotBePaged) {
  write("n.schema.json",
        R"({"name":"n","num_rows":25,"columns":[{"name":"id","type":"Row Number"}]})");
  const auto run = fetch({(dir_ / "n.schema.json").string()});
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("column 'id' counts rows"), std::string::npos) << run.err;
  EXPECT_TRUE(fake_.targets.empty());
}

TEST(MockarooUrl, NoKeyInTheClear) {
  EXPECT_TRUE(parse_api_url("https://api.mockaroo.com").has_value());
  EXPECT_EQ(parse_api_url("https://h:8443/")->port, 8443);
  EXPECT_TRUE(parse_api_url("http://127.0.0.1:80").has_value());
  for (const auto* bad : {"http://api.mockaroo.com", "ftp://x", "https://", "https://h:0",
                          "https://h:x", "http://127.0.0.1.evil.org", "https://a@b"}) {
    EXPECT_FALSE(parse_api_url(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace pim::cli
