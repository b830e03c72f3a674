// A fresh name for a node.
#pragma once

#include "domain/ids.h"

namespace pim::store::sqlite {

NodeId new_node_id();  // a UUIDv7 of now, from the system's random source

}  // namespace pim::store::sqlite
