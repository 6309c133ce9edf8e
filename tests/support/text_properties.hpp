// What holds of any text at all that is read as a key, a cron schedule, a format of keys or a
// selection: it is taken or refused with a message that points into it, and what was taken is
// written in a form that means the same.
//
// One place for the fuzz targets and for the unit test that tries random texts. Each function
// returns what does not hold of the text, empty where all does. One thread.
#pragma once

#include <string>
#include <string_view>

namespace partita::testing {

std::string fault_of_key(std::string_view text);
std::string fault_of_cron(std::string_view text);
std::string fault_of_format(std::string_view text);
std::string fault_of_selection(std::string_view text);

}  // namespace partita::testing
