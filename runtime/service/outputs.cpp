#include "service/outputs.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/text.hpp"
#include "partitions/key.hpp"

namespace partita {
namespace {

// 0 where there is no such directory.
std::uint64_t inode_of(const Path& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

Status make_room_for(const Path& target) {
  const Path parent = target.parent_path();
  if (inode_of(parent) != 0) return {};
  if (Status made = make_directories(parent); !made) return made;
  return sync_names(parent.parent_path());
}

Status put_in_place(const OutputRecord& output) {
  if (where_is(output) == Placed::staged) {
    if (Status room = make_room_for(output.target); !room) return room;
    if (Status published = publish_directory(output.staged, output.target); !published)
      return published;
  }
  return output.moved ? Status() : remove_tree(output.staged);
}

}  // namespace

Placed where_is(const OutputRecord& output) {
  if (inode_of(output.target) == output.inode) return Placed::in_place;
  return inode_of(output.staged) == output.inode ? Placed::staged : Placed::lost;
}

Path output_directory(const Settings& settings, const std::string& asset,
                      const std::string& partition) {
  return settings.state / "outputs" / path_component(asset) /
         (partition.empty() ? std::string("all") : output_name(partition));
}

Path staging_directory(const Settings& settings, std::int64_t run) {
  return settings.state / "staging" / std::to_string(run);
}

Path temporary_directory(const Settings& settings, std::int64_t run) {
  return settings.state / "tmp" / std::to_string(run);
}

bool is_staged_by(const Settings& settings, std::int64_t run, const OutputRecord& output) {
  return Path(output.staged).parent_path() == staging_directory(settings, run);
}

Path wiped_directory(const Settings& settings, std::int64_t wipe) {
  return settings.state / "wiped" / std::to_string(wipe);
}

std::optional<OutputRecord> move_of(const Path& from, const Path& to) {
  const std::uint64_t inode = inode_of(from.string());
  if (inode == 0) return std::nullopt;
  return OutputRecord{from.string(), to.string(), inode, true};
}

Result<OutputRecord> stage_output(const Path& staged, const Path& target) {
  if (Status synced = sync_tree(staged); !synced) return std::move(synced).error();
  const std::uint64_t inode = inode_of(staged);
  if (inode == 0)
    return io_error(fmt::format("find the output {}: {}", staged.string(), std::strerror(errno)));
  return OutputRecord{staged.string(), target.string(), inode};
}

Status publish(Store& store, std::span<const OutputRecord> outputs) {
  if (outputs.empty()) return {};
  std::set<Path> directories;
  for (const OutputRecord& output : outputs) {
    if (Status placed = put_in_place(output); !placed) return placed;
    // Not there: what was to be moved is gone, or is another's by now.
    const Path directory = Path(output.target).parent_path();
    if (inode_of(directory) != 0) directories.insert(directory);
  }
  // Once they are marked nobody looks for them in their staging any more.
  for (const Path& directory : directories) {
    if (Status synced = sync_names(directory); !synced) return synced;
  }
  return store.mark_published(outputs);
}

Status publish_pending(const Settings& settings, Store& store, std::span<const RunRecord> living) {
  Result<std::vector<OutputRecord>> pending = store.unpublished_outputs();
  if (!pending) return std::move(pending).error();
  std::erase_if(*pending, [&](const OutputRecord& output) {
    return std::any_of(living.begin(), living.end(), [&](const RunRecord& run) {
      return is_staged_by(settings, run.id, output);
    });
  });
  return publish(store, *pending);
}

}  // namespace partita
