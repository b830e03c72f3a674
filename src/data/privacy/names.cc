#include "data/privacy/names.h"

#include <array>
#include <string_view>

#include "data/privacy/word_key.h"

namespace pim::data::privacy {
namespace {

// The 200 commonest given names of men and 300 of women of the 1990 census, and some that led the
// SSA's lists of newborns since.
constexpr std::string_view kGivenNames =
    "aaron abigail adam agnes alan albert alex alexander alfred alice alicia allen allison alma "
    "alvin amanda amber amelia amy ana andrea andrew angela anita ann anna anne annette annie "
    "anthony antonio april arlene arthur asher ashley audrey ava barbara barry beatrice becky "
    "benjamin bernard bernice bertha bessie beth betty beverly bill billie billy bobbie bobby "
    "bonnie bradley brandon brandy brenda brent brian brittany bruce bryan calvin camila carl "
    "carla carlos carmen carol carole caroline carolyn carrie cassandra catherine cathy chad "
    "charlene charles charlie charlotte cheryl chloe chris christina christine christopher "
    "christy cindy claire clara clarence claudia clifford clyde colleen connie constance corey "
    "courtney craig crystal curtis cynthia daisy dale dan dana daniel danielle danny darlene "
    "darrell david dawn dean deanna debbie deborah debra delores denise dennis derek derrick "
    "diana diane dianne dolores don donald donna dora doris dorothy douglas dustin earl eddie "
    "edith edna edward edwin eileen elaine eleanor elijah elizabeth ella ellen elsie emily emma "
    "eric erica erika erin ernest esther ethan ethel eugene eva evelyn felicia florence floyd "
    "frances francis francisco frank fred frederick gail gary gene george georgia gerald "
    "geraldine gertrude gilbert gina gladys glen glenda glenn gloria gordon grace greg gregory "
    "gwendolyn harold harper harry hazel heather hector heidi helen henry herbert herman hilda "
    "holly howard ida irene irma isabella jack jackie jacob jacqueline james jamie jane janet "
    "janice jason jay jayden jean jeanette jeanne jeff jeffery jeffrey jennie jennifer jenny "
    "jeremy jerome jerry jesse jessica jessie jesus jill jim jimmy joan joann joanne joe joel "
    "john johnny jon jonathan jorge jose joseph josephine joshua joy joyce juan juanita judith "
    "judy julia julie june justin karen katherine kathleen kathryn kathy katie katrina kay "
    "keith kelly kenneth kevin kim kimberly kristen kristin kristina kyle larry laura lauren "
    "laurie lawrence leah lee lena leo leon leona leonard leroy leslie lester levi lewis liam "
    "lillian lillie linda lisa lloyd lois loretta lori lorraine louis louise lucas lucille lucy "
    "luis luna lydia lynn mabel madison mae manuel marcia marcus margaret margie maria marian "
    "marie marilyn mario marion marjorie mark marlene marsha martha martin marvin mary mason "
    "mateo matthew mattie maureen maurice maxine megan melanie melinda melissa melvin mia "
    "michael micheal michele michelle miguel mike mila mildred minnie miriam misty monica "
    "myrtle nancy naomi natalie nathan nellie nicholas nicole nina noah nora norma norman olga "
    "oliver olivia oscar owen pamela patricia patrick patsy paul paula pauline pearl pedro "
    "peggy penny peter philip phillip phyllis priscilla rachel ralph ramon ramona randall randy "
    "ray raymond rebecca regina renee rhonda ricardo richard rick ricky rita robert roberta "
    "roberto robin rodney roger ronald ronnie rosa rose rosemary roy ruby russell ruth ryan "
    "sally sam samantha samuel sandra sara sarah scarlett scott sean sebastian shane shannon "
    "sharon shawn sheila shelly sherri sherry shirley sofia sonia sophia stacey stacy stanley "
    "stella stephanie stephen steve steven sue susan suzanne sylvia tamara tammy tanya tara "
    "teresa terri terry thelma theodore theresa thomas tiffany tim timothy tina todd tom tommy "
    "toni tony tonya tracey tracy travis troy tyler valerie vanessa velma vera vernon veronica "
    "vicki vickie victor victoria vincent viola violet virginia vivian walter wanda warren "
    "wayne wendy wesley william willie wilma yolanda yvonne zachary";

// The 500 commonest surnames of the 1990 census.
constexpr std::string_view kSurnames =
    "abbott adams adkins aguilar alexander allen allison alvarado alvarez anderson andrews "
    "armstrong arnold atkins austin bailey baker baldwin ball ballard banks barber barker "
    "barnes barnett barrett barton bass bates beck becker bell bennett benson berry bishop "
    "black blair blake boone bowen bowers bowman boyd bradley brady brewer bridges briggs brock "
    "brooks brown bryan bryant buchanan burgess burke burns burton bush butler byrd cain "
    "caldwell campbell cannon carlson carpenter carr carroll carson carter casey castillo "
    "castro chambers chandler chapman chavez christensen clark clarke clayton cobb cohen cole "
    "coleman collier collins colon conner cook cooper copeland cortez cox craig crawford cross "
    "cruz cummings cunningham curry curtis daniel daniels davidson davis dawson day dean "
    "delgado dennis diaz dixon douglas doyle drake duncan dunn edwards elliott ellis erickson "
    "estrada evans farmer ferguson fernandez fields figueroa fisher fitzgerald fleming fletcher "
    "flores flowers floyd ford foster fowler fox francis frank franklin frazier freeman french "
    "fuller garcia gardner garner garrett garza george gibbs gibson gilbert gill glover gomez "
    "gonzales gonzalez goodman goodwin gordon graham grant graves gray green greene greer "
    "gregory griffin griffith gross guerrero gutierrez guzman hale hall hamilton hammond "
    "hampton hansen hanson hardy harmon harper harrington harris harrison hart harvey hawkins "
    "hayes haynes henderson henry hernandez herrera hicks higgins hill hines hodges hoffman "
    "hogan holland holloway holmes holt hopkins horton houston howard howell hubbard hudson "
    "huff hughes hunt hunter ingram jackson jacobs james jefferson jenkins jennings jensen "
    "jimenez johnson johnston jones jordan joseph keller kelley kelly kennedy kim king klein "
    "knight lamb lambert lane larson lawrence lawson lee leonard lewis lindsey little lloyd "
    "logan long lopez love lowe lucas luna lynch lyons mack maldonado malone mann manning marsh "
    "marshall martin martinez mason massey mathis matthews maxwell may mcbride mccarthy "
    "mccormick mccoy mcdaniel mcdonald mcgee mcguire mckenzie mckinney mclaughlin medina mendez "
    "mendoza meyer miles miller mills mitchell montgomery moody moore morales moran moreno "
    "morgan morris morrison morton moss mullins munoz murphy murray myers nash neal nelson "
    "newman newton nguyen nichols norman norris norton nunez obrien oliver olson ortega ortiz "
    "osborne owen owens padilla page palmer park parker parks parsons patrick patterson patton "
    "paul payne pearson pena perez perkins perry peters peterson phelps phillips pierce pittman "
    "poole pope porter potter powell powers pratt price quinn ramirez ramos ramsey ray reed "
    "reese reeves reid reyes reynolds rhodes rice richards richardson riley rios rivera robbins "
    "roberson roberts robertson robinson rodgers rodriguez rodriquez rogers romero rose ross "
    "rowe roy ruiz russell ryan salazar sanchez sanders sandoval santiago santos saunders "
    "schmidt schneider schultz schwartz scott sharp shaw shelton sherman silva simmons simon "
    "simpson sims singleton smith snyder soto sparks spencer stanley steele stephens stevens "
    "stevenson stewart stokes stone strickland sullivan summers sutton swanson tate taylor "
    "terry thomas thompson thornton todd torres townsend tran tucker turner tyler underwood "
    "valdez vargas vasquez vaughn vega wade wagner walker wallace walsh walters walton ward "
    "warner warren washington waters watkins watson watts weaver webb weber webster welch wells "
    "west wheeler white wilkerson wilkins williams williamson willis wilson wise wolfe wong "
    "wood woods wright yates young zimmerman";

// Those of the above that are also words, months, places or products: alone they say nothing.
constexpr std::string_view kOrdinaryWords =
    "abbott alma amber april austin baker ball banks barber bass bell berry bill bishop black "
    "bowers brandy bridges brock brooks brown burns bush butler cain cannon carol carpenter "
    "carter chad chambers chandler cole colon constance cook cooper cox cross crystal curry "
    "daisy dale dawn day dean don drake dunn earl farmer fields fisher florence flowers ford "
    "foster fox francis frank french gardner gene georgia gill glen glover grace grant graves "
    "gray green gross hale hamilton hardy harper hart hazel heather hill holland holly holt "
    "hopkins houston huff hunt hunter jack jackson jay jefferson jenkins jordan joy june king "
    "knight lamb lane little logan long love lowe luna lyons mack madison mann mark marsh "
    "marshall mason may miles mills misty moody morton moss myrtle nash neal newton norman "
    "norton page park parker parks pearl penny pierce poole pope porter potter powers price "
    "randy ray reed regina rice robin rose rosemary rowe ruby sharp sherry simon singleton "
    "sparks stacy steele stokes stone sue summers tate tracy travis troy turner victoria viola "
    "violet virginia wade walker ward washington waters watts weaver webb webster wells west "
    "white wise wood woods young";

constexpr std::uint8_t kGiven = 1;
constexpr std::uint8_t kSurname = 2;
constexpr std::uint8_t kOrdinary = 4;
constexpr unsigned kSlotBits = 11;

// Open addressing, built by the compiler; at most half full.
struct NameSlots {
  std::array<std::uint64_t, 1U << kSlotBits> keys{};
  std::array<std::uint8_t, 1U << kSlotBits> kinds{};
  std::size_t used = 0;

  static constexpr std::size_t home(std::uint64_t key) {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> (64 - kSlotBits));
  }
  constexpr std::size_t find(std::uint64_t key) const {
    std::size_t at = home(key);
    while (keys[at] != 0 && keys[at] != key) at = (at + 1) % keys.size();
    return at;
  }
  constexpr void add(std::string_view words, std::uint8_t kind) {
    while (!words.empty()) {
      const auto end = words.find(' ');
      const auto word = words.substr(0, end);
      const auto at = find(word_key(word));
      if (keys[at] == 0) ++used;
      keys[at] = word_key(word);
      kinds[at] |= kind;
      words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
    }
  }
};

constexpr NameSlots make_name_slots() {
  NameSlots slots;
  slots.add(kGivenNames, kGiven);
  slots.add(kSurnames, kSurname);
  slots.add(kOrdinaryWords, kOrdinary);
  return slots;
}
constexpr NameSlots kNameSlots = make_name_slots();
static_assert(kNameSlots.used <= kNameSlots.keys.size() / 2);

}  // namespace

NameKind name_kind(std::uint64_t word) {
  const auto kinds = kNameSlots.kinds[kNameSlots.find(word)];
  return {(kinds & kGiven) != 0, (kinds & kSurname) != 0, (kinds & kOrdinary) != 0};
}

}  // namespace pim::data::privacy
