#include "partitions/key_slots.hpp"

#include <doctest/doctest.h>

#include "partitions/key.hpp"

using namespace partita;

namespace {

KeySlots slots_of(std::vector<Dimension> dimensions) {
  const auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  return KeySlots::of(*definition, "s");
}

}  // namespace

TEST_CASE("a set's keys are at the places of the dimensions that have them from it") {
  const DynamicDimension ours{"s"};
  const DynamicDimension other{"t"};
  const StaticDimension fixed{{"x"}};
  CHECK(slots_of({}) == KeySlots{0, 0});
  CHECK(slots_of({{"", ours}}) == KeySlots{1, 1});
  CHECK(slots_of({{"", other}}) == KeySlots{1, 0});
  CHECK(slots_of({{"a", fixed}, {"b", ours}}) == KeySlots{2, 2});
  CHECK(slots_of({{"a", ours}, {"b", other}, {"c", ours}}) == KeySlots{3, 5});
  CHECK_FALSE(slots_of({{"a", fixed}, {"b", other}}).any());
}

TEST_CASE("a key is replaced where it is the whole of a part in one of the set's places") {
  struct Case {
    KeySlots slots;
    const char* text;
    const char* replaced;
  };
  const Case cases[] = {
      {{1, 1}, "k", "new"},
      {{1, 1}, "kk", "kk"},
      {{1, 1}, "k|x", "k|x"},
      {{1, 1}, "", ""},
      {{1, 0}, "k", "k"},
      {{0, 0}, "", ""},
      {{2, 1}, "k|k", "new|k"},
      {{2, 2}, "k|k", "k|new"},
      {{2, 3}, "k|k", "new|new"},
      {{2, 3}, "kk|k", "kk|new"},
      {{2, 1}, "k|@0/86400", "new|@0/86400"},
      {{2, 1}, "k", "k"},
      {{2, 1}, "k|k|k", "k|k|k"},
      {{3, 5}, "k|k|k", "new|k|new"},
  };
  for (const auto& [slots, text, replaced] : cases) {
    CAPTURE(text);
    CHECK(slots.replaced(text, "k", "new") == replaced);
    CHECK(slots.have(text, "k") == (std::string_view(text) != replaced));
  }
}

TEST_CASE("an output is called by its key, and is renamed with it") {
  CHECK(output_name("a b|2024") == "@a%20b%7C2024");
  const std::string longest(kMaxKeyBytes, 'x');
  CHECK(output_name(longest).size() < 200);
  CHECK(output_name(longest) != output_name(longest + "y"));
  CHECK(renamed_output("/o/a/@k", "k", "n|1") == "/o/a/@n%7C1");
  CHECK(renamed_output("/o/a/@k", "k", "k") == "/o/a/@k");
  CHECK(renamed_output("/elsewhere/k", "k", "n") == "/elsewhere/k");
  CHECK(renamed_output("/o/a/" + output_name(longest), longest, "n") == "/o/a/@n");
}
