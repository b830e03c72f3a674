#include "data/date_detect.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

std::string detected(const std::vector<std::string>& texts) {
  DateDetector detector;
  std::uint64_t line = 2;
  for (const auto& text : texts) detector.add(text, line++);
  const auto form = detector.result();
  if (!form) return "doubt: " + form.error().reason;
  std::string list;
  for (const auto& format : form->formats) list += (list.empty() ? "" : " or ") + format;
  return form->decided_at == 0 ? list : list + " by line " + std::to_string(form->decided_at);
}

TEST(DateDetect, FindsTheOrderByTheOneRowThatTells) {
  EXPECT_EQ(detected({"3/4/2021", "5/6/2021", "14/6/2021"}), "D/M/YYYY by line 4");
  EXPECT_EQ(detected({"3/4/2021", "5/26/2021"}), "M/D/YYYY by line 3");
  EXPECT_EQ(detected({"9/02/2021 7:30", "13/02/2021 17:30"}), "D/M/YYYY H:mm by line 3");
  EXPECT_EQ(detected({"3.4.2021", "30.4.2021"}), "D.M.YYYY by line 3");
  EXPECT_EQ(detected({"1/2/2021 3:04 PM", "1/22/2021 11:59 am"}), "M/D/YYYY h:mm A by line 3");
}

TEST(DateDetect, NeverGuesses) {
  EXPECT_EQ(detected({"3/4/2021", "5/6/2021"}),
            "doubt: reads with the month first and with the day first in every row; write format = "
            "\"M/D/YYYY\" or format = \"D/M/YYYY\"");
  const auto both = detected({"13/4/2021", "3/14/2021"});
  EXPECT_NE(both.find("month first (line 3) and with the day first (line 2)"), std::string::npos)
      << both;
  EXPECT_NE(detected({"3/4/2021", "13-04-2021", "04-13-2021"}).find("doubt"), std::string::npos)
      << "whatever stands between the numbers";
  EXPECT_NE(detected({"the 3rd", "yesterday"}).find("no date of a form that is known"),
            std::string::npos);
}

TEST(DateDetect, NeedsNoOrderWhereTheFormHasOne) {
  EXPECT_EQ(detected({"2021-03-04", "2021-3-14"}), "YYYY-M-D");
  EXPECT_EQ(detected({"2021-03-04T10:00:00Z", "2021-03-04T10:00:00.123+02:00", "2021-03-04"}),
            "YYYY-M-DTHH:mm:ssZZ or YYYY-M-DTHH:mm:ss.SSSZZ or YYYY-M-D");
  EXPECT_EQ(detected({"04-Mar-2021"}), "D-MMM-YYYY");
  EXPECT_EQ(detected({"Mar 4, 2021"}), "MMM D, YYYY");
  EXPECT_EQ(detected({"20210304"}), "YYYYMMDD");
  EXPECT_EQ(detected({}), "YYYY-MM-DD") << "nothing to read";
}

TEST(DateDetect, LetsSingleBrokenDatesBeRefusedLater) {
  EXPECT_EQ(detected({"3/4/2021", "31/31/2021", "soon", "14/4/2021 9:05"}),
            "D/M/YYYY or D/M/YYYY H:mm by line 5");
}

TEST(DateDetect, KnowsFormatsThatContradict) {
  EXPECT_TRUE(formats_contradict("M/D/YYYY", "DD/MM/YYYY HH:mm"));
  EXPECT_FALSE(formats_contradict("M/D/YYYY", "MM-DD-YYYY"));
  EXPECT_FALSE(formats_contradict("D/M/YYYY", "YYYY-MM-DD"));
  EXPECT_FALSE(formats_contradict("M/D/YYYY", "D-MMM-YYYY"));
}

TEST(DateDetect, SaysWhatToDoAboutWhatIsNoDate) {
  const auto reason = [](std::string_view text) {
    DateDetector detector;
    detector.add(text, 2);
    return detector.result().error().reason;
  };
  EXPECT_NE(reason("1980").find("without 'as'"), std::string::npos);
  EXPECT_NE(reason("315532800").find("\"X\" for seconds"), std::string::npos);
  EXPECT_NE(reason("1/13/80").find("two digits"), std::string::npos);
  EXPECT_NE(reason("3-Jan-80").find("two digits"), std::string::npos);
  EXPECT_NE(reason("at 10:30").find("write its format"), std::string::npos);
  EXPECT_NE(reason("soon").find("write its format"), std::string::npos);
}

}  // namespace
}  // namespace pim::data
