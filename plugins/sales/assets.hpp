// The functions of the sales assets. sales.cpp says what each makes and from what.
#pragma once

#include <partita/plugin.hpp>

namespace sales {

void load_products(partita::Run& run);
void load_sales_reps(partita::Run& run);
void load_sales_data(partita::Run& run);
void join_data(partita::Run& run);
partita::CheckResult check_dimensions(partita::Run& run);

void sum_month(partita::Run& run);
void sum_category(partita::Run& run);
void sum_category_month(partita::Run& run);
void answer_request(partita::Run& run);
void write_report(partita::Run& run);

}  // namespace sales
