#include "store/rename_codec.hpp"

#include <doctest/doctest.h>

using namespace partita;

TEST_CASE("a rename of a set, and of an asset's partitions with their moves, is read as written") {
  const KeyRename rename{"s", "from", "to"};
  const auto of_set = decode_renamed(encode({rename, {}}), false);
  REQUIRE(of_set);
  CHECK(of_set->rename.set == "s");
  CHECK(of_set->rename.from == "from");
  CHECK(of_set->rename.to == "to");
  CHECK_FALSE(of_set->partitions);

  const std::vector<OutputRecord> moves = {{"/o/@from|1", "/o/@to|1", 7, true},
                                           {"/o/@from|2", "/o/@to|2", 1ULL << 40U, true}};
  const auto of_asset = decode_renamed(encode({rename, RenamedPartitions{{2, 1}, moves}}), true);
  REQUIRE(of_asset);
  CHECK(of_asset->partitions->slots == KeySlots{2, 1});
  REQUIRE(of_asset->partitions->moves.size() == 2);
  CHECK(of_asset->partitions->moves[1].staged == "/o/@from|2");
  CHECK(of_asset->partitions->moves[1].target == "/o/@to|2");
  CHECK(of_asset->partitions->moves[1].inode == 1ULL << 40U);
  CHECK(of_asset->partitions->moves[1].moved);
}

TEST_CASE("bytes that are cut or go on are damaged") {
  const std::string whole =
      encode({{"s", "from", "to"}, RenamedPartitions{{1, 1}, {{"/a", "/b", 3, true}}}});
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_FALSE(decode_renamed(whole.substr(0, length), true));
  CHECK_FALSE(decode_renamed(whole + "x", true));
  CHECK_FALSE(decode_renamed(whole, false));
}
