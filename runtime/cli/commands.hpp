// Every command of the shell, in the order that help shows them.
#pragma once

#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace partita {

const std::vector<Command>& all_commands();

// By name or alias; an unknown one is refused with what was near.
Result<const Command*> find_command_named(std::string_view name);

// Taken by every command, before or after its name.
const std::vector<OptionSpec>& global_options();

// The positional of commands that take one selection.
PositionalSpec one_selection();

Command list_command();
Command graph_command();
Command show_command();
Command partitions_command();
Command status_command();
Command explain_command();
Command plan_command();
Command materialize_command();
Command apply_command();
Command retry_command();
Command resume_command();
Command report_command();
Command wipe_command();
Command cancel_command();
Command runs_command();
Command run_command();
Command logs_command();
Command init_command();
Command new_command();
Command reload_command();
Command dev_command();
Command check_command();
Command db_command();
Command config_command();
Command doctor_command();
Command dynamic_command();
Command help_command();
Command version_command();
Command completion_command();

}  // namespace partita
