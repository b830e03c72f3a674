// docs/observability.md, walked: every ```sh block of it is run by one shell, in order, and has to
// print what the comment before it says: <!-- gives: REGULAR EXPRESSION -->.
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "load/child_process.h"
#include "stack.h"
#include "traffic.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

struct Step {
  int line = 0;  // of the block's first
  std::string gives;
  std::string commands;
  std::string printed;
};

// The blocks of a page in the shell's language; a block without an expectation expects anything.
std::vector<Step> tour_steps(std::istream& page) {
  static const std::regex kGives("<!-- gives: (.*) -->");
  std::vector<Step> steps;
  std::string text;
  std::string gives;
  bool inside = false;
  for (int line = 1; std::getline(page, text); ++line) {
    std::smatch match;
    if (inside && text == "```") {
      inside = false;
    } else if (inside) {
      steps.back().commands += text + "\n";
    } else if (std::regex_match(text, match, kGives)) {
      gives = match[1];
    } else if (text == "```sh") {
      inside = true;
      steps.push_back({line + 1, std::exchange(gives, "."), {}, {}});
    }
  }
  return steps;
}

bool prints_what_it_says(const Step& step) {
  return std::regex_search(step.printed, std::regex(step.gives, std::regex::multiline));
}

class TourTest : public StackTest {
 protected:
  // All in one shell; like a reader, it asks again while an answer is not there yet, at most
  // `tries` times a second apart.
  std::vector<Step> walk(std::vector<Step> steps, int tries, std::chrono::seconds limit) {
    const auto file = [&](std::size_t i) { return path("step-" + std::to_string(i)); };
    std::string script = "set -o pipefail\ncd '" PIM_SOURCE_DIR "'\n";
    for (std::size_t i = 0; i < steps.size(); ++i) {
      std::ofstream(file(i) + ".gives") << steps[i].gives << '\n';
      script += "for try in $(seq " + std::to_string(tries) + "); do\n{\n" + steps[i].commands +
                "} >'" + file(i) + "' 2>&1 && grep -Eqf '" + file(i) + ".gives' '" + file(i) +
                "' && break\nsleep 1\ndone\n";
    }
    script += "true\n";
    load::ChildOptions options;
    options.arguments = {"bash", "-c", script};
    options.environment = {"PIM=http://127.0.0.1:" + std::to_string(server().port()),
                           "TOKEN=" + token("loadgen")};
    const auto exit = load::run_child(options, limit);
    EXPECT_TRUE(exit.ok()) << exit.error();
    EXPECT_TRUE(exit.ok() && exit->clean());
    for (std::size_t i = 0; i < steps.size(); ++i)
      steps[i].printed = integration::read_text(file(i));
    return steps;
  }
};

TEST_F(TourTest, EveryStepFindsWhatItSays) {
  serve_observed({"--pyroscope-endpoint", stack().url("pyroscope")});
  ASSERT_FALSE(HasFatalFailure());
  Traffic traffic(server().port(), token("loadgen"), token("auditor"));

  std::ifstream page(PIM_SOURCE_DIR "/docs/observability.md");
  const auto steps = walk(tour_steps(page), 60, 480s);
  ASSERT_GE(steps.size(), 10U);
  for (const auto& step : steps) {
    EXPECT_TRUE(prints_what_it_says(step)) << "FAILED step: docs/observability.md:" << step.line
                                           << " should give " << step.gives << " and gave\n"
                                           << step.printed;
  }
}

TEST_F(TourTest, AStepThatFindsNothingIsNoticed) {
  serve();
  std::istringstream page(
      "<!-- gives: pim -->\n```sh\nsource observability/ask.sh \"$PIM_STACK\"\npromql "
      "'pim_no_such_metric'\n```\n"
      "```text\npim\n```\n```sh\ntrue\n```\n");
  for (const auto& step : walk(tour_steps(page), 2, 20s)) EXPECT_FALSE(prints_what_it_says(step));
}

}  // namespace
}  // namespace pim::stack
