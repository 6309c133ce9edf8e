#include "definitions/plugin_functions.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <csignal>
#include <optional>

#include "base/framing.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "definitions/plugin_child.hpp"
#include "partitions/key.hpp"
#include "plugin/loaded_plugin.hpp"

namespace partita {
namespace {

Error function_error(std::string message) {
  return {ErrorCode::definitions, std::move(message), {}};
}

std::string shown_keys(const KeyBatch& batch) {
  const std::string first = printable_key(batch.key(0));
  if (batch.count == 1) return fmt::format("`{}`", first);
  return fmt::format("`{}` to `{}`", first, printable_key(batch.key(batch.count - 1)));
}

// A child with the plugin open, which takes calls until it is killed or dies of one.
class FunctionChild {
 public:
  static Result<std::unique_ptr<FunctionChild>> start(Zygote& zygote, const Path& stored,
                                                      int timeout_millis) {
    auto crash = std::make_unique<SharedMemory>("partita-crash");
    const SharedMemory output("partita-output");  // what it prints is not kept
    const Json request = Json().set("file", stored.string()).set("crash", crash->path());
    auto child = zygote.spawn(kMappingRole, request.dump(), output.file.get());
    if (!child) return std::move(child).error();
    std::unique_ptr<FunctionChild> started(
        new FunctionChild(*std::move(child), std::move(crash), timeout_millis));
    auto opened = started->answer();
    if (!opened) return std::move(opened).error().wrap("open its plugin");
    auto ready = decode_related_keys(*opened, 0);
    if (!ready) return std::move(ready).error().wrap("open its plugin");
    return started;
  }

  Result<std::string> exchange(const MappingCall& call) {
    // One that is gone cannot be written to: answer() finds out how it ended.
    (void)write_frame(child_.channel(), encode(call));
    return answer();
  }

  // It ended without an answer, rather than being too slow.
  bool died() const { return died_; }

 private:
  using SteadyClock = std::chrono::steady_clock;

  FunctionChild(Child child, std::unique_ptr<SharedMemory> crash, int timeout_millis)
      : child_(std::move(child)), crash_(std::move(crash)), timeout_millis_(timeout_millis) {}

  Result<std::string> answer() {
    const auto end = SteadyClock::now() + std::chrono::milliseconds(timeout_millis_);
    for (bool open = true;;) {
      if (auto frame = frames_.next()) return *std::move(frame);
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now()).count();
      if (left <= 0) break;
      pollfd items[2] = {{child_.notice(), POLLIN, 0}, {open ? child_.channel() : -1, POLLIN, 0}};
      ::poll(items, 2, static_cast<int>(left));
      if (items[1].revents != 0) {
        const auto more = frames_.fill(child_.channel());
        open = more && *more;
      } else if (items[0].revents != 0) {
        return end_of(child_.wait().value_or(ExitStatus{}));
      }
    }
    child_.kill(SIGKILL);
    return function_error(
        fmt::format("it did not answer within {}", format_duration(timeout_millis_ / 1e3)));
  }

  Error end_of(const ExitStatus& status) {
    died_ = true;
    if (status.signal != 0) {
      return function_error("it crashed: " + crash_text(status.signal, *crash_));
    }
    return function_error(fmt::format("it ended the process with exit code {}", status.code));
  }

  Child child_;
  std::unique_ptr<SharedMemory> crash_;
  int timeout_millis_;
  FrameBuffer frames_;
  bool died_ = false;
};

class ChildPlace final : public PluginFunctions::Place {
 public:
  ChildPlace(Zygote& zygote, Path stored, int timeout_millis)
      : zygote_(zygote), stored_(std::move(stored)), timeout_millis_(timeout_millis) {}

  Result<RelatedKeys> call(const MappingCall& call) override {
    bool died = false;
    auto answer = ask(call, died);
    if (died) return locate(call, std::move(answer).error());
    return answer;
  }

 private:
  Result<RelatedKeys> ask(const MappingCall& call, bool& died) {
    died = false;
    if (child_ == nullptr) {
      auto started = FunctionChild::start(zygote_, stored_, timeout_millis_);
      if (!started) return std::move(started).error();
      child_ = *std::move(started);
    }
    auto answer = child_->exchange(call);
    if (answer) return decode_related_keys(*answer, call.of.count);
    died = child_->died();
    child_.reset();
    return std::move(answer).error().wrap("asked for " + shown_keys(call.of));
  }

  // Of a batch that ends the process, the one key that does: it is in the half that ends it again.
  Error locate(MappingCall call, Error error) {
    while (call.of.count > 1) {
      const std::size_t middle = call.of.count / 2;
      const KeyBatch second = call.of.slice(middle, call.of.count);
      call.of = call.of.slice(0, middle);
      bool died = false;
      auto answer = ask(call, died);
      if (died) {
        error = std::move(answer).error();
      } else {
        call.of = second;
      }
    }
    bool died = false;
    auto answer = ask(call, died);
    return died ? std::move(answer).error() : error;
  }

  Zygote& zygote_;
  Path stored_;
  int timeout_millis_;
  std::unique_ptr<FunctionChild> child_;  // null: none runs
};

class ThisProcess final : public PluginFunctions::Place {
 public:
  explicit ThisProcess(Path stored) : stored_(std::move(stored)) {}

  Result<RelatedKeys> call(const MappingCall& call) override {
    if (plugin_ == nullptr) {
      auto opened = LoadedPlugin::open(stored_);
      if (!opened) return std::move(opened).error().wrap("open its plugin");
      plugin_ = *std::move(opened);
    }
    return plugin_->related(call.asset, call.upstream, call.function, call.side, call.of);
  }

 private:
  Path stored_;
  std::unique_ptr<LoadedPlugin> plugin_;
};

class DependencyFunctions final : public KeyFunctions {
 public:
  DependencyFunctions(PluginFunctions::Place& place, Path file, std::string asset,
                      std::string upstream)
      : place_(place),
        file_(std::move(file)),
        asset_(std::move(asset)),
        upstream_(std::move(upstream)) {}

  Result<RelatedKeys> related(std::size_t function, MappingSide side, const KeyBatch& of) override {
    auto answer = place_.call({asset_, upstream_, function, side, of});
    if (!answer) answer.error().hint = fmt::format("the function is in {}", file_.string());
    return answer;
  }

 private:
  PluginFunctions::Place& place_;
  Path file_;
  std::string asset_;
  std::string upstream_;
};

}  // namespace

PluginFunctions::PluginFunctions(Zygote* zygote, int timeout_millis)
    : zygote_(zygote), timeout_millis_(timeout_millis) {}

PluginFunctions::~PluginFunctions() = default;

PluginFunctions::Place& PluginFunctions::place_of(const Path& stored) {
  std::unique_ptr<Place>& place = places_[stored];
  if (place == nullptr && zygote_ != nullptr) {
    place = std::make_unique<ChildPlace>(*zygote_, stored, timeout_millis_);
  } else if (place == nullptr) {
    place = std::make_unique<ThisProcess>(stored);
  }
  return *place;
}

std::unique_ptr<KeyFunctions> PluginFunctions::of(const PluginRecord& plugin,
                                                  const std::string& asset,
                                                  const std::string& upstream) {
  return std::make_unique<DependencyFunctions>(place_of(plugin.stored), plugin.file, asset,
                                               upstream);
}

}  // namespace partita
