// The sales plugin over the data of the sample project.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <partita/testing.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" const partita_plugin* partita_entry_v1(const partita_host*);

using partita::testing::Given;
using partita::testing::Plugin;
using partita::testing::Result;

namespace fs = std::filesystem;

namespace {

// A warehouse of its own, below a directory that goes with it.
struct Fixture {
  Fixture() : directory(partita::detail::make_temporary_directory()) {}
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { fs::remove_all(directory); }

  Given given(const std::string& files = std::string(PARTITA_SOURCE_DIR) + "/sample_project/data") {
    return Given()
        .resource("warehouse", "path", (directory / "warehouse.db").string())
        .resource("files", "path", files);
  }
  Result make(const std::string& asset, const std::string& partition = "") {
    auto result = plugin.materialize(asset, partition, given());
    REQUIRE_MESSAGE(result.ok(), result.error());
    return result;
  }
  void load() {
    for (const char* asset : {"products", "sales_reps", "sales_data", "joined_data"}) make(asset);
  }

  // Every row of the query, its columns joined by `|`.
  std::vector<std::string> rows(const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open((directory / "warehouse.db").c_str(), &db) == SQLITE_OK);
    std::vector<std::string> result;
    const auto add = [](void* list, int count, char** values, char**) {
      std::string row;
      for (int i = 0; i < count; ++i) {
        row += std::string(i == 0 ? "" : "|") + (values[i] == nullptr ? "NULL" : values[i]);
      }
      static_cast<std::vector<std::string>*>(list)->push_back(row);
      return 0;
    };
    CHECK(sqlite3_exec(db, sql.c_str(), add, &result, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    return result;
  }
  std::string row(const std::string& sql) {
    const auto found = rows(sql);
    REQUIRE(found.size() == 1);
    return found[0];
  }

  // A copy of the sample's files, one of them replaced.
  std::string files_with(const std::string& name, const std::string& text) {
    const auto copy = directory / "files";
    fs::copy(fs::path(PARTITA_SOURCE_DIR) / "sample_project/data", copy,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    std::ofstream(copy / name) << text;
    return copy.string();
  }

  fs::path directory;
  Plugin plugin{partita_entry_v1};
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the sources load every row, awkward cells included") {
  load();
  CHECK(row("SELECT count(*) FROM products") == "20");
  CHECK(row("SELECT count(*) FROM sales_reps") == "8");
  CHECK(row("SELECT count(*) FROM sales_data") == "2000");
  CHECK(row("SELECT count(*) FROM joined_data") == "2000");
  CHECK(row("SELECT name, price_cents FROM products WHERE product_id = 'P-102'") ==
        "27\" monitor|32900");
  CHECK(row("SELECT name, supplier FROM products WHERE product_id = 'P-103'") ==
        "USB-C hub, 7 ports|");
  CHECK(row("SELECT count(*) > 0 FROM sales_data WHERE note LIKE 'two deliveries' || char(10) || "
            "'%'") == "1");
}

TEST_CASE_FIXTURE(Fixture, "the unknown product of the sample is a check that does not pass") {
  load();
  const auto result = plugin.check("missing_dimension_check", "", given());
  CHECK(result.not_passed());
  CHECK(result.error() == "sales of an unknown product: 3, by an unknown sales rep: 0");
  CHECK(result.metadata<int>("without_product") == 3);
}

TEST_CASE_FIXTURE(Fixture, "the check passes where every product is known") {
  const auto files = files_with("sales_data.csv",
                                "sale_id,date,product_id,rep_id,quantity,amount,note\n"
                                "1,2024-01-01,P-101,R-1,1,189.00,\n");
  for (const char* asset : {"products", "sales_reps", "sales_data", "joined_data"}) {
    REQUIRE(plugin.materialize(asset, given(files)).ok());
  }
  CHECK(plugin.check("missing_dimension_check", "", given(files)).passed());
}

TEST_CASE_FIXTURE(Fixture, "the months, the categories and the grid agree with the sales") {
  load();
  const auto month = make("monthly_sales_performance", "2024-02-01");
  CHECK(month.metadata<int>("row_count") == 8);
  CHECK(row("SELECT sum(sales) || ',' || sum(revenue_cents) FROM monthly_sales_performance") ==
        row("SELECT count(*) || ',' || sum(amount_cents) FROM sales_data WHERE date LIKE "
            "'2024-02-%'"));

  make("product_performance", "Home and Garden");
  CHECK(row("SELECT count(*), sum(revenue_cents) FROM product_performance") ==
        row("SELECT 5, sum(amount_cents) FROM sales_data WHERE product_id LIKE 'P-3%'"));

  make("category_month", "Books|2025-12-01");
  CHECK(row("SELECT category, month, sales, revenue_cents FROM category_month") ==
        row("SELECT 'Books', '2025-12-01', count(*), sum(amount_cents) FROM sales_data WHERE "
            "product_id LIKE 'P-2%' AND date LIKE '2025-12-%'"));
}

TEST_CASE_FIXTURE(Fixture, "metadata has the count, the revenue and a preview") {
  load();
  const auto result = make("product_performance", "Books");
  CHECK(result.metadata<int>("row_count") == 5);
  const auto cents = std::stoll(row("SELECT sum(revenue_cents) FROM product_performance"));
  CHECK(result.metadata<double>("revenue") == static_cast<double>(cents) / 100);
  const auto preview = result.metadata<std::string>("preview");
  REQUIRE(preview);
  CHECK(preview->rfind("| product | sales | quantity | revenue |\n", 0) == 0);
  CHECK(preview->find("\"Quiet\" and Other Stories") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "materializing twice leaves the same rows") {
  const auto all = [&] {
    std::vector<std::string> result;
    for (const char* table :
         {"products", "sales_reps", "sales_data", "joined_data", "monthly_sales_performance",
          "product_performance", "category_month", "adhoc_request"}) {
      const auto found = rows("SELECT rowid, * FROM " + std::string(table));
      CHECK_FALSE(found.empty());
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  };
  const auto make_all = [&] {
    load();
    make("monthly_sales_performance", "2024-01-01");
    make("product_performance", "Clothing");
    make("category_month", "Clothing|2024-01-01");
    make("adhoc_request", "hammers");
  };
  make_all();
  const auto once = all();
  make_all();
  CHECK(all() == once);
}

TEST_CASE_FIXTURE(Fixture, "one partition leaves the rows of the others alone") {
  load();
  make("monthly_sales_performance", "2024-01-01");
  const auto sql = "SELECT * FROM monthly_sales_performance WHERE month = '2024-01-01'";
  const auto before = rows(sql);
  make("monthly_sales_performance", "2024-02-01");
  CHECK(rows(sql) == before);
}

TEST_CASE_FIXTURE(Fixture, "a request is answered, with what it leaves empty open") {
  load();
  make("adhoc_request", "hammers");
  CHECK(row("SELECT sum(sales) FROM adhoc_request") ==
        row("SELECT count(*) FROM sales_data WHERE product_id = 'P-301'"));
  make("adhoc_request", "amara-2025");
  CHECK(row("SELECT sum(sales) FROM adhoc_request WHERE request = 'amara-2025'") ==
        row("SELECT count(*) FROM sales_data WHERE rep_id = 'R-1' AND date >= '2025-01-01'"));
}

TEST_CASE_FIXTURE(Fixture, "a request that is no file, or leads out of its directory, fails") {
  load();
  const auto missing = plugin.materialize("adhoc_request", "nobody", given());
  CHECK(missing.error().find("/requests/nobody.csv: No such file or directory") !=
        std::string::npos);
  CHECK(plugin.materialize("adhoc_request", "../products", given()).error() ==
        "request `../products` is not the name of a file in requests");
}

TEST_CASE_FIXTURE(Fixture, "a bad cell fails the asset, named, and leaves the earlier rows") {
  load();
  const auto files = files_with("sales_data.csv",
                                "sale_id,date,product_id,rep_id,quantity,amount,note\n"
                                "1,2024-01-01,P-101,R-1,1,\"12,x\",\n");
  CHECK(plugin.materialize("sales_data", given(files)).error() ==
        "sales_data.csv:2: amount `12,x` is not a number");
  CHECK(row("SELECT count(*) FROM sales_data") == "2000");
}

TEST_CASE_FIXTURE(Fixture, "what fails in the middle of writing leaves the earlier rows") {
  load();
  const auto files =
      files_with("sales_reps.csv", "rep_id,name,region,phone\nR-1,a,North,\nR-1,again,North,\n");
  const auto result = plugin.materialize("sales_reps", given(files));
  CHECK(result.error().find("UNIQUE constraint failed: sales_reps.rep_id") != std::string::npos);
  CHECK(row("SELECT count(*) FROM sales_reps") == "8");
}

TEST_CASE_FIXTURE(Fixture, "the report lists every partition with its totals") {
  load();
  const auto january = make("monthly_sales_performance", "2024-01-01");
  const auto february = make("monthly_sales_performance", "2024-02-01");
  const auto books = make("product_performance", "Books");
  auto with_inputs = given();
  with_inputs.input(january).input(february).input(books);
  with_inputs.missing_input("product_performance", "Clothing");
  const auto report = plugin.materialize("report", with_inputs);
  REQUIRE_MESSAGE(report.ok(), report.error());
  CHECK(report.metadata<int>("monthly_sales_performance_partitions") == 2);
  CHECK(report.metadata<int>("product_performance_partitions") == 1);
  CHECK(report.metadata<double>("product_performance_revenue") ==
        books.metadata<double>("revenue"));
  const auto page = text_of(report.output_dir() + "/report.md");
  CHECK(page.find("| 2024-02-01 | 8 |") != std::string::npos);
  CHECK(page.find("| Books | 5 |") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a cancelled load writes nothing") {
  auto cancelled = given();
  CHECK(plugin.materialize("products", cancelled.cancelled()).cancelled());
  CHECK(row("SELECT count(*) FROM products") == "0");
}
