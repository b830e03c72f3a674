#include "store/planted.h"

namespace pim::store {

bool planted(Bug, unsigned) { return false; }

}  // namespace pim::store
