// survivors(): the partitions of one space that another has too, for telling what a changed
// definition does.
//
// Partitions are the same where their identities are: of one window, or of one key's text. Two
// ranges of one schedule compare by arithmetic, two schedules by a walk along the sparser one,
// lists by looking keys up; products one dimension at a time.
#pragma once

#include "partitions/set.hpp"

namespace partita {

// A set of `before`'s shape.
PartitionSet survivors(const PartitionSpace& before, const PartitionSpace& after);

}  // namespace partita
