#include "service/json_parts.hpp"

namespace partita {
namespace {

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::definitions:
      return "definitions";
    case ErrorCode::plan_moved:
      return "plan_moved";
    case ErrorCode::lease_held:
      return "lease_held";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::io:
      return "io";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::timeout:
      return "timeout";
  }
  return "internal";
}

}  // namespace

Json to_json(const Error& error) {
  return Json::object().set("error", Json::object()
                                         .set("code", name_of(error.code))
                                         .set("message", error.message)
                                         .set("hint", or_null(error.hint)));
}

}  // namespace partita
