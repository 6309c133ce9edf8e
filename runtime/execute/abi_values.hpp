// Values between the C ABI and the host's JSON form of metadata and configuration.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "execute/executor.hpp"
#include "partita/abi.h"

namespace partita {

inline std::string_view view(partita_str text) {
  return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline partita_str borrow(std::string_view text) {
  return {text.data(), text.size()};
}

// {"kind": "int", "value": 3}; nothing for a kind this host does not know or text that is not
// UTF-8.
std::optional<Json> metadata_from_abi(const partita_value& value);

// The value of one metadata entry. Text it needs is added to `texts`, which must outlive it.
partita_value metadata_to_abi(const Json& entry, std::list<std::string>& texts);

// A setting as it stands in partita.toml: arrays and tables come as JSON text.
partita_value setting_to_abi(const Json& setting, std::list<std::string>& texts);

// Adds to what is known, over what has the name. False: the name or the value is none.
bool add_metadata(TaskMetadata& metadata, partita_str name, const partita_value* value);

bool is_data_version(partita_str text);

// Bytes that are not UTF-8 become `?`, so that everything kept is text.
std::string as_text(partita_str text);

partita_dimension_key to_abi(const TaskKey& key);  // borrows

}  // namespace partita
