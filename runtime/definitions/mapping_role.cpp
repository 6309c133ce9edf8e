// What the child does that calls a plugin's mapping functions.
#include "base/framing.hpp"
#include "base/json.hpp"
#include "definitions/mapping_wire.hpp"
#include "definitions/plugin_child.hpp"
#include "definitions/plugin_functions.hpp"
#include "plugin/loaded_plugin.hpp"

namespace partita {
namespace {

bool send(int channel, const Result<RelatedKeys>& answer) {
  const std::string bytes = encode(answer);
  if (bytes.size() <= kMaxFrame) return write_frame(channel, bytes).has_value();
  const Result<RelatedKeys> refusal =
      Error{ErrorCode::definitions, "its answers to one batch take more than 256 MiB", {}};
  return write_frame(channel, encode(refusal)).has_value();
}

}  // namespace

int mapping_role(int channel, std::string_view argument) {
  const auto request = Json::parse(argument);
  if (!request) return 1;
  begin_plugin_child((*request)["crash"].as_string());
  const auto plugin = LoadedPlugin::open((*request)["file"].as_string());
  if (!plugin) return send(channel, plugin.error()) ? 0 : 1;
  if (!send(channel, RelatedKeys())) return 1;
  for (;;) {
    const auto frame = read_frame(channel);
    if (!frame) return 1;
    if (!frame->has_value()) return 0;
    const auto call = decode_mapping_call(**frame);
    if (!call) return 1;
    const auto answer =
        (*plugin)->related(call->asset, call->upstream, call->function, call->side, call->of);
    if (!send(channel, answer)) return 1;
  }
}

}  // namespace partita
