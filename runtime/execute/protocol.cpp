#include "execute/protocol.hpp"

#include "base/bytes.hpp"

namespace partita {
namespace {

// One function per type serves both directions: Out writes a field, In reads it.
class Out {
 public:
  void operator()(const std::string& value) { bytes_.text(value); }
  void operator()(std::int64_t value) { bytes_.i64(value); }
  void operator()(int value) { bytes_.i64(value); }
  void operator()(bool value) { bytes_.flag(value); }
  void operator()(double value) { bytes_.f64(value); }
  void operator()(TaskResult::Status value) { bytes_.u64(static_cast<std::uint64_t>(value)); }
  void operator()(const Json& value) { bytes_.text(value.dump()); }
  template <class T>
  void operator()(const std::optional<T>& value) {
    bytes_.flag(value.has_value());
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    bytes_.u64(values.size());
    for (const T& value : values) (*this)(value);
  }
  template <class T>
  void operator()(const T& value) {
    fields(*this, value);
  }
  std::string take() { return bytes_.take(); }

 private:
  ByteWriter bytes_;
};

class In {
 public:
  explicit In(std::string_view bytes) : bytes_(bytes) {}
  void operator()(std::string& value) { value = bytes_.text(); }
  void operator()(std::int64_t& value) { value = bytes_.i64(); }
  void operator()(int& value) { value = static_cast<int>(bytes_.i64()); }
  void operator()(bool& value) { value = bytes_.flag(); }
  void operator()(double& value) { value = bytes_.f64(); }
  void operator()(TaskResult::Status& value) {
    value = static_cast<TaskResult::Status>(bytes_.u64());
  }
  void operator()(Json& value) {
    Result<Json> parsed = Json::parse(bytes_.text());
    if (parsed) value = *std::move(parsed);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    if (bytes_.flag()) (*this)(value.emplace());
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    values.resize(bytes_.count());
    for (T& value : values) (*this)(value);
  }
  template <class T>
  void operator()(T& value) {
    fields(*this, value);
  }
  bool complete() const { return bytes_.ok() && bytes_.done(); }

 private:
  ByteReader bytes_;
};

template <class T, class U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

template <class A, Is<Window> T>
void fields(A& a, T& v) {
  a(v.start), a(v.end);
}
template <class A, Is<TaskKey> T>
void fields(A& a, T& v) {
  a(v.dimension), a(v.key), a(v.window);
}
template <class A, Is<TaskCheck> T>
void fields(A& a, T& v) {
  a(v.name), a(v.blocking), a(v.warning);
}
template <class A, Is<TaskPart> T>
void fields(A& a, T& v) {
  a(v.partition), a(v.keys), a(v.reads);
}
template <class A, Is<TaskLimits> T>
void fields(A& a, T& v) {
  a(v.seconds), a(v.cpu_seconds), a(v.memory_bytes);
}
template <class A, Is<Task> T>
void fields(A& a, T& v) {
  a(v.id), a(v.attempt), a(v.partition), a(v.keys), a(v.parts);
}
template <class A, Is<TaskAsset> T>
void fields(A& a, T& v) {
  a(v.number), a(v.key), a(v.plugin), a(v.deps), a(v.checks), a(v.checks_only), a(v.limits);
}
template <class A, Is<TaskMessage> T>
void fields(A& a, T& v) {
  a(v.sequence), a(v.asset), a(v.task);
}
template <class A, class T>
  requires Is<T, std::pair<std::string, Json>>
void fields(A& a, T& v) {
  a(v.first), a(v.second);
}
template <class A, Is<TaskUsage> T>
void fields(A& a, T& v) {
  a(v.user_seconds), a(v.system_seconds), a(v.max_rss_bytes);
}
template <class A, Is<TaskFailure> T>
void fields(A& a, T& v) {
  a(v.kind), a(v.signal), a(v.message), a(v.backtrace), a(v.usage);
}
template <class A, Is<TaskCheckResult> T>
void fields(A& a, T& v) {
  a(v.name), a(v.ran), a(v.passed), a(v.blocking), a(v.warning), a(v.reason), a(v.metadata);
}
template <class A, Is<TaskResult> T>
void fields(A& a, T& v) {
  a(v.id), a(v.status), a(v.reason), a(v.failure), a(v.metadata), a(v.data_version),
      a(v.has_output);
  a(v.checks), a(v.started), a(v.finished), a(v.log);
}
template <class A, Is<InputPartition> T>
void fields(A& a, T& v) {
  a(v.key), a(v.keys), a(v.materialized), a(v.data_version), a(v.output_dir), a(v.metadata);
}
template <class A, Is<InputData> T>
void fields(A& a, T& v) {
  a(v.asset), a(v.partitions);
}
template <class A, Is<InputAnswer> T>
void fields(A& a, T& v) {
  a(v.data), a(v.refused);
}
template <class A, Is<InputRequest> T>
void fields(A& a, T& v) {
  a(v.part), a(v.asset);
}
template <class A, Is<ResultMessage> T>
void fields(A& a, T& v) {
  a(v.printed), a(v.result);
}
template <class A, Is<DecidedMessage> T>
void fields(A& a, T& v) {
  a(v.printed), a(v.result);
}
template <class A, Is<CheckedMessage> T>
void fields(A& a, T& v) {
  a(v.result);
}
template <class A, Is<LogMessage> T>
void fields(A& a, T& v) {
  a(v.printed), a(v.level), a(v.text);
}
template <class A, Is<ProgressMessage> T>
void fields(A& a, T& v) {
  a(v.fraction), a(v.text);
}

// The alternative's index, then its fields.
template <class... T>
std::string encode_variant(const std::variant<T...>& message) {
  Out out;
  out(static_cast<std::int64_t>(message.index()));
  std::visit([&](const auto& value) { out(value); }, message);
  return out.take();
}

template <class Variant, std::size_t I = 0>
bool read_alternative(std::int64_t index, In& in, Variant& message) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return false;
  } else {
    if (index != static_cast<std::int64_t>(I))
      return read_alternative<Variant, I + 1>(index, in, message);
    in(message.template emplace<I>());
    return true;
  }
}

template <class Variant>
Result<Variant> decode_variant(std::string_view bytes) {
  In in(bytes);
  std::int64_t index = -1;
  in(index);
  Variant message;
  if (!read_alternative(index, in, message) || !in.complete()) {
    return Error{ErrorCode::internal, "read worker message: it is malformed", {}};
  }
  return message;
}

}  // namespace

std::string encode(const WorkerMessage& message) {
  return encode_variant(message);
}
std::string encode(const HostMessage& message) {
  return encode_variant(message);
}
Result<WorkerMessage> decode_worker_message(std::string_view bytes) {
  return decode_variant<WorkerMessage>(bytes);
}
Result<HostMessage> decode_host_message(std::string_view bytes) {
  return decode_variant<HostMessage>(bytes);
}

Json to_json(const TaskSettings& settings) {
  Json plugins = Json::object();
  for (const auto& [id, file] : settings.plugins) {
    plugins.set(id, Json::object().set("path", file.path).set("load_hash", file.load_hash));
  }
  return Json::object()
      .set("plugins", std::move(plugins))
      .set("config", settings.config)
      .set("resources", settings.resources)
      .set("project_directory", settings.project_directory)
      .set("run", settings.run)
      .set("staging", settings.staging)
      .set("temporary", settings.temporary);
}

TaskSettings settings_from_json(const Json& json) {
  TaskSettings settings;
  for (const auto& [id, file] : json["plugins"].as_object()) {
    settings.plugins[id] = {file["path"].as_string(), file["load_hash"].as_string()};
  }
  settings.config = json["config"];
  settings.resources = json["resources"];
  settings.project_directory = json["project_directory"].as_string();
  settings.run = json["run"].as_int();
  settings.staging = json["staging"].as_string();
  settings.temporary = json["temporary"].as_string();
  return settings;
}

}  // namespace partita
