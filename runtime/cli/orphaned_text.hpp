// Assets that no definition has any more, and of which something is known.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string orphaned_assets_text(const OrphanedAssetsView& view, const Look& look);

// How many there are, and what shows them; empty where there are none.
std::string orphaned_count_text(const OrphanedCount& orphaned);

// That an asset is one of them, and what forgets it, as one line.
std::string orphaned_notice(const std::string& asset);

// The same of a partition of an asset that is defined.
std::string orphan_notice(const std::string& asset);

}  // namespace partita
