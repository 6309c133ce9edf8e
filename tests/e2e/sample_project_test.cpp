// The sample project, in a copy: the tutorial's pipeline on its own data, and what goes wrong with
// data.
#include <doctest/doctest.h>

#include <filesystem>

#include "support/sandbox.hpp"

namespace fs = std::filesystem;
using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;
using partita::tests::shell;

namespace {

const fs::path kSample = fs::path(PARTITA_SOURCE_DIR) / "sample_project";

class SampleProject : public Sandbox {
 public:
  SampleProject() {
    fs::copy_file(kSample / "partita.toml", directory() / "partita.toml",
                  fs::copy_options::overwrite_existing);
    fs::copy(kSample / "data", directory() / "data", fs::copy_options::recursive);
    add_plugin("sales");
  }

  // A digest of every table's rows, whatever order they are stored in.
  std::string digest() const {
    const std::string warehouse = (directory() / "warehouse.db").string();
    std::string all;
    for (const char* table :
         {"products", "sales_reps", "sales_data", "joined_data", "monthly_sales_performance",
          "product_performance", "category_month"}) {
      all += table +
             shell(" sqlite3 '" + warehouse + "' 'SELECT * FROM " + table + "' | sort | sha256sum");
    }
    return all;
  }

  std::string query(const std::string& sql) const {
    std::string text =
        shell("sqlite3 '" + (directory() / "warehouse.db").string() + "' \"" + sql + "\"");
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  void materialize_everything() const {
    for (const char* name : {"amara-2025", "hammers", "monitors-of-dee", "q1-2024-books"}) {
      CHECK(run({"dynamic", "add", "requests", name}).code == 0);
    }
    const CommandResult all = run({"materialize", "*", "--all"});
    CHECK_MESSAGE(all.code == 0, all.err);
  }
};

std::int64_t materialized(const Json& answer) {
  return answer["counts"]["materialized"].as_int();
}

}  // namespace

TEST_CASE("the whole pipeline runs, and a second time leaves the warehouse identical") {
  SampleProject project;
  project.materialize_everything();
  const std::string first = project.digest();
  CHECK(project.query("SELECT count(*) FROM monthly_sales_performance") != "0");
  project.materialize_everything();
  CHECK(project.digest() == first);
  CHECK(project.exists(".partita/outputs/report/all/report.md"));
}

TEST_CASE("the sums of months, of categories and of both agree with the sales") {
  SampleProject project;
  project.materialize_everything();
  const std::string known = "FROM joined_data WHERE category IS NOT NULL";
  CHECK(project.query("SELECT sum(revenue_cents) FROM monthly_sales_performance") ==
        project.query("SELECT sum(amount_cents) FROM joined_data"));
  CHECK(project.query("SELECT sum(revenue_cents) FROM product_performance") ==
        project.query("SELECT sum(amount_cents) " + known));
  CHECK(project.query("SELECT sum(revenue_cents) FROM category_month") ==
        project.query("SELECT sum(amount_cents) " + known));
  CHECK(project.query("SELECT count(*) FROM joined_data") ==
        project.query("SELECT count(*) FROM sales_data"));
}

TEST_CASE("the tutorial's steps, one after the other") {
  SampleProject project;
  CHECK(materialized(project.json({"materialize", "+joined_data"})) == 4);
  CHECK(materialized(project.json({"materialize", "monthly_sales_performance", "--all"})) == 24);
  CHECK(materialized(project.json({"materialize", "product_performance", "--all"})) == 4);
  const Json subset =
      project.json({"materialize", "product_performance@{Books,\"Home and Garden\"}"});
  CHECK(materialized(subset) == 2);
  const Json list = project.json({"list"});
  for (const Json& asset : list["assets"].as_array()) {
    if (asset["key"].as_string() != "monthly_sales_performance") continue;
    CHECK(asset["partitions"]["count"].as_int() == 24);
    CHECK(asset["counts"]["materialized"].as_int() == 24);
  }
}

TEST_CASE("a check that warns is told and stops nothing") {
  SampleProject project;
  CHECK(project.run({"materialize", "+joined_data"}).code == 0);
  const Json run = project.json({"run", "last"});
  bool seen = false;
  for (const Json& one : run["partitions"].as_array()) {
    for (const Json& check : one["checks"].as_array()) {
      seen = true;
      CHECK(check["name"].as_string() == "missing_dimension_check");
      CHECK_FALSE(check["passed"].as_bool());
      CHECK(check["severity"].as_string() == "warning");
      CHECK(check["metadata"]["without_product"]["value"].as_int() > 0);
    }
  }
  CHECK(seen);
}

TEST_CASE("a missing file and a bad number are named, and what was there stays") {
  SampleProject project;
  CHECK(project.run({"materialize", "+joined_data"}).code == 0);
  const std::string before = project.digest();
  std::string sales = project.read("data/sales_data.csv");
  sales.insert(sales.find("\n1,") + 1, "0,2024-01-01,P-101,R-1,one,3.00,\n");
  project.write("data/sales_data.csv", sales);
  fs::remove(project.directory() / "data/products.csv");
  const CommandResult result =
      project.run({"materialize", "products or sales_data or joined_data"});
  CHECK(result.code == 1);
  CHECK(result.err.find("products.csv") != std::string::npos);
  CHECK(result.err.find("sales_data.csv:2") != std::string::npos);
  CHECK(result.err.find("`one`") != std::string::npos);
  CHECK(project.digest() == before);
}

TEST_CASE("monthly partitions end with the data, so that the sample says the same on any day") {
  SampleProject project;
  CHECK(project.json({"partitions", "monthly_sales_performance"})["count"].as_int() == 24);
  CHECK(project.json({"--as-of", "2030-01-01", "partitions", "monthly_sales_performance"})["count"]
            .as_int() == 24);
  CHECK(project.json({"--as-of", "2024-03-15", "partitions", "monthly_sales_performance"})["count"]
            .as_int() == 2);
}
