// What `materialize` answers people: the plan of a dry run, and how a run ended. Pure.
#pragma once

#include <string>

#include "cli/failure_digest.hpp"
#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

std::string plan_text(const PlanView& plan, const Look& look);

std::string ending_text(const MaterializeView& view, const FailureDigest& failures,
                        const Look& look);

}  // namespace partita
