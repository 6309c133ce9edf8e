#include "store/rebuild.hpp"

#include "store/schema.hpp"

namespace partita {

namespace {

Status apply(const Projections& projections, const Event& event) {
  switch (event.kind) {
    case EventKind::asset_named:
    case EventKind::code_named:
      return projections.tables.names.apply(event);
    case EventKind::attempts:
    case EventKind::checks:
    case EventKind::outputs_published:
      return projections.attempts.apply(event);
    case EventKind::run_started:
    case EventKind::run_finished:
    case EventKind::run_resumed:
      return projections.tables.runs.apply(event);
    case EventKind::keys_added:
    case EventKind::keys_removed:
    case EventKind::key_metadata:
      return projections.dynamic_sets.apply(event);
    case EventKind::key_renamed:
      return projections.renamer.apply(event);
    case EventKind::wiped:
    case EventKind::wipe_undone:
      return projections.wipes.apply(event);
    case EventKind::catalog_saved:
      return projections.catalog.apply(event);
  }
  return damaged_event(projections.tables.database, event.seq);
}

}  // namespace

Status rebuild(const Projections& projections) {
  projections.tables.forget();
  if (auto made = recreate_projections(projections.tables.database); !made) return made;
  return projections.tables.log.for_each(
      [&](const Event& event) { return apply(projections, event); });
}

}  // namespace partita
