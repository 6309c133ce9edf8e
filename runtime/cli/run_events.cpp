#include "cli/run_events.hpp"

#include <fmt/format.h>

namespace partita {
namespace {

Json name_of(const RunListener::Partition& partition) {
  return Json::object()
      .set("asset", partition.asset)
      .set("key", partition.key.empty() ? Json() : Json(partition.key));
}

Json attempt_json(const RunListener::Partition& partition, const AttemptView& attempt) {
  Json fields = to_json(attempt);
  fields.set("asset", partition.asset);
  if (!partition.key.empty()) fields.set("key", partition.key);
  return fields;
}

// `fields` is an object that has some.
std::string event_line(std::string_view event, const Json& fields) {
  const std::string object = fields.dump();
  return fmt::format("{{\"event\":\"{}\",{}\n", event, std::string_view(object).substr(1));
}

}  // namespace

std::string printed_event(const RunListener::Partition& partition, std::string_view line) {
  return event_line("printed", name_of(partition).set("line", line));
}

void RunEvents::tell(std::string_view event, const Json& fields) {
  sink_.write(event_line(event, fields));
}

void RunEvents::waiting_for(std::int64_t run, std::int64_t pid) {
  tell("waiting", Json::object().set("run", run).set("pid", pid));
  sink_.flush();
  behind_.waiting_for(run, pid);
}

void RunEvents::planned(std::int64_t run, const PlanView& plan, double eta_seconds) {
  Json number;
  if (run != 0) number = Json(run);  // nothing to do makes no run
  tell("planned", to_json(plan).set("run", std::move(number)).set("eta_seconds", eta_seconds));
  sink_.flush();
  behind_.planned(run, plan, eta_seconds);
}

void RunEvents::started(const Partition& partition) {
  tell("started", name_of(partition));
  behind_.started(partition);
}

void RunEvents::progressed(const Partition& partition, double fraction, std::string_view text) {
  tell("progress", name_of(partition).set("fraction", fraction).set("text", text));
  behind_.progressed(partition, fraction, text);
}

void RunEvents::printed(const Partition& partition, std::string_view line) {
  sink_.write(printed_event(partition, line));
  behind_.printed(partition, line);
}

void RunEvents::finished(const Partition& partition, const AttemptView& attempt) {
  tell("finished", attempt_json(partition, attempt));
  behind_.finished(partition, attempt);
}

void RunEvents::retrying(const Partition& partition, const AttemptView& attempt,
                         double after_seconds) {
  tell("retrying", attempt_json(partition, attempt).set("after_seconds", after_seconds));
  behind_.retrying(partition, attempt, after_seconds);
}

void RunEvents::noticed(std::string_view text) {
  tell("notice", Json::object().set("text", text));
  behind_.noticed(text);
}

// Comes after each batch that has become durable.
void RunEvents::tick() {
  sink_.flush();
  behind_.tick();
}

void RunEvents::ended(const MaterializeView& view) {
  tell("ended", to_json(view));
  sink_.flush();
}

}  // namespace partita
