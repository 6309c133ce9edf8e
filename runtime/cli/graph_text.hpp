// Lineage: which asset is made from which, as a tree for people and as Graphviz's dot. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

// From what is made from nothing downwards. An asset of several stands below the first, and is
// named again below the others.
std::string graph_text(const ListView& view, const Look& look);

std::string graph_dot(const ListView& view);

}  // namespace partita
