// Mapping functions asked in a child, whatever they do there.
#include "definitions/plugin_functions.hpp"

#include <doctest/doctest.h>

#include "base/files.hpp"

namespace partita {
namespace {

class Asked {
 public:
  explicit Asked(bool in_child = true, int timeout_millis = 10'000)
      : zygote_(Zygote::start({{kMappingRole, mapping_role}}).value()),
        functions_(in_child ? zygote_.get() : nullptr, timeout_millis) {
    plugin.stored = Path(PARTITA_BINARY_DIR) / "zoo" / "maps_badly.so";
    plugin.file = "definitions/maps_badly.so";
  }

  Result<RelatedKeys> ask(const std::vector<std::string>& keys,
                          const std::string& upstream = "given") {
    KeyBatch batch{{""}, {}, keys.size()};
    for (const std::string& key : keys) batch.parts.push_back({key, {}});
    return functions_.of(plugin, "mapped", upstream)->related(0, MappingSide::downstream, batch);
  }

  std::string failure(const std::vector<std::string>& keys) {
    auto answer = ask(keys);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::definitions);
    CHECK(answer.error().hint == "the function is in definitions/maps_badly.so");
    return answer.error().message;
  }

  PluginRecord plugin;

 private:
  std::unique_ptr<Zygote> zygote_;
  PluginFunctions functions_;
};

}  // namespace

TEST_CASE("a batch of keys is answered in a child, and as well in this process") {
  for (const bool in_child : {true, false}) {
    Asked asked(in_child);
    const auto answer = asked.ask({"x", "y"});
    REQUIRE(answer);
    CHECK((*answer == RelatedKeys{{"of x"}, {"of y"}}));
    CHECK(asked.failure({"x", "throws"}) == "at `throws`: std::runtime_error: thrown on purpose");
    CHECK(asked.ask({"x"}));
  }
}

TEST_CASE(
    "of a batch that ends the process the one key that does is named, and the next is answered") {
  Asked asked;
  const std::string crash = asked.failure({"a", "b", "c", "aborts", "d", "e", "f"});
  CHECK(crash.find("asked for `aborts`: it crashed: SIGABRT") == 0);
  CHECK(crash.find("maps_badly.so+0x") != std::string::npos);
  CHECK(asked.failure({"a", "exits"}) ==
        "asked for `exits`: it ended the process with exit code 3");
  CHECK(asked.ask({"x"}));
}

TEST_CASE("a function that does not return is given up at the time limit") {
  Asked asked(true, 200);
  CHECK(asked.failure({"a", "loops", "b"}) ==
        "asked for `a` to `b`: it did not answer within 0.2 s");
  CHECK(asked.ask({"x"}));
}

TEST_CASE("a function that is not declared, and a plugin that does not open, are errors") {
  Asked asked;
  CHECK(asked.ask({"x"}, "nowhere").error().message == "define() no longer declares it");
  asked.plugin.stored = "/nowhere/at_all.so";
  CHECK(asked.ask({"x"}).error().message.find("open its plugin: ") == 0);
}

TEST_CASE("calls and answers are read as they were written, and nothing else is") {
  const MappingCall call{
      "a", "b", 3, MappingSide::downstream, {{"d", "r"}, {{"k", Window{-1, 2}}, {"eu", {}}}, 1}};
  const std::string bytes = encode(call);
  const auto read = decode_mapping_call(bytes);
  REQUIRE(read);
  CHECK(encode(*read) == bytes);
  CHECK(read->of.parts[0].window == Window{-1, 2});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_mapping_call(std::string_view(bytes).substr(0, size)));
  }
  const std::string answer = encode(Result<RelatedKeys>(RelatedKeys{{"x", ""}, {}}));
  CHECK((decode_related_keys(answer, 2).value() == RelatedKeys{{"x", ""}, {}}));
  CHECK_FALSE(decode_related_keys(answer, 1));
  CHECK_FALSE(decode_related_keys(answer, 3));
  CHECK_FALSE(decode_related_keys("", 0));
}

}  // namespace partita
