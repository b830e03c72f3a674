#include "store/planted.h"

namespace pim::store {

bool planted(Bug) { return false; }

}  // namespace pim::store
