#include "support/text_properties.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "partitions/cron_index.hpp"
#include "partitions/key.hpp"
#include "partitions/selection.hpp"

namespace partita::testing {
namespace {

constexpr Instant kNow = 1'704'844'800;  // 2024-01-10

SpacePtr space_of(std::vector<Dimension> dimensions) {
  return make_space(validated({std::move(dimensions)}).value(), {kNow, {}}).value();
}

TimeDimension time_of(Cadence cadence, const char* start, const char* timezone = "") {
  TimeDimension time;
  time.cadence = cadence;
  time.start = start;
  time.timezone = timezone;
  return time;
}

// Few partitions each, so that a selection of them is written quickly.
const std::vector<SpacePtr>& small_spaces() {
  static const StaticDimension kWords{{"a", "b c", "missing", "latest-1", "\"", "d.."}};
  static const TimeDimension kDaily = time_of(Cadence::daily, "2024-01-01");
  static const std::vector<SpacePtr> kSpaces = {space_of({}), space_of({{"", kDaily}}),
                                                space_of({{"", kWords}}),
                                                space_of({{"date", kDaily}, {"r", kWords}})};
  return kSpaces;
}

// Repeated and skipped hours, a local mean time with seconds, a day that was left out.
const std::vector<SpacePtr>& clock_spaces() {
  static const std::vector<SpacePtr> kSpaces = {
      space_of({{"", time_of(Cadence::hourly, "1880-01-01", "America/New_York")}}),
      space_of({{"", time_of(Cadence::hourly, "1870-01-01", "Australia/Lord_Howe")}}),
      space_of({{"", time_of(Cadence::daily, "1890-01-01", "Pacific/Apia")}}),
      space_of({{"d", time_of(Cadence::weekly, "2020-01-01")},
                {"h", time_of(Cadence::hourly, "2020-01-01", "Europe/Dublin")}})};
  return kSpaces;
}

bool is_printable(std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return is_valid_utf8(text) && !control;
}

std::string fault_of_quoting(std::string_view text) {
  if (text.empty()) return {};
  const auto expr = parse_partitions(quoted_key(text));
  if (!expr) return "a quoted key is not read back: " + expr.error().message;
  const bool same = (*expr)->kind == PartitionExpr::Kind::key && (*expr)->text == text;
  return same ? "" : "a quoted key is read back as another";
}

// The partition that the text names is found again by its own key and by its identity.
std::string fault_of_lookup(std::string_view text, const PartitionSpace& space) {
  const auto index = space.index_of(text);
  const auto found = space.find(text);
  if (found.has_value() != index.has_value()) return "index_of and find disagree";
  if (!index) return found.error().message.empty() ? "an absence without a message" : "";
  if (*found != *index || *index < 0 || *index >= space.size()) return "a key of no partition";
  if (space.index_of(space.key_at(*index)) != index) return "a key that is not its own index";
  const auto again = space.index_of_identity(space.identity_at(*index));
  return again == index ? "" : "an identity that is not its own index";
}

std::string fault_of_identity(std::string_view text, const PartitionSpace& space) {
  const auto index = space.index_of_identity(text);
  if (!index) return {};
  return space.identity_at(*index) == text ? "" : "an identity that is written in two ways";
}

// The number after the word `column`, which is where the message points.
std::optional<std::size_t> column_in(std::string_view message) {
  constexpr std::string_view kWord = "`: column ";
  const std::size_t at = message.rfind(kWord);
  if (at == message.npos) return std::nullopt;
  const char* digits = message.data() + at + kWord.size();
  std::size_t column = 0;
  const auto [stop, error] = std::from_chars(digits, message.data() + message.size(), column);
  return error == std::errc() && stop != digits ? std::optional(column) : std::nullopt;
}

std::string fault_of_cron_error(std::string_view text, const Error& error) {
  if (!is_printable(error.message)) return "a message that cannot be shown: " + error.message;
  const auto column = column_in(error.message);
  const bool inside = !column || (*column >= 1 && *column <= text.size() + 1);
  return inside ? "" : "a column outside of the text: " + error.message;
}

std::string fault_of_index(const CronIndex& index) {
  const Index first = index.count_before(day_number({1850, 1, 1}) * kDaySeconds);
  const Index last = index.count_before(day_number({2501, 1, 1}) * kDaySeconds);
  for (Index ordinal = first; ordinal < last; ordinal += 1 + (last - first) / 50) {
    const LocalSeconds at = index.at(ordinal);
    if (index.count_before(at) != ordinal || index.count_before(at + 1) != ordinal + 1) {
      return "an ordinal and its time are not each other's inverse";
    }
  }
  return {};
}

// Some partitions from all over a dimension of time, and the neighbours of each.
std::string fault_of_keys(const DimensionSpace& space) {
  const Index step = 1 + space.size() / 50;
  for (Index i = 0; i < space.size(); i += step) {
    for (Index j = i; j < std::min(i + 3, space.size()); ++j) {
      const std::string key = space.key_at(j);
      if (space.index_of(key) != j) return "`" + printable_key(key) + "` is not its own index";
    }
  }
  return {};
}

std::string fault_of_set(const PartitionExpr& expr, const PartitionSpace& space) {
  const PartitionSet none = PartitionSet::none(space.shape());
  const StatusSets statuses{PartitionSet::all(space.shape()), none, none, none};
  const auto set = evaluate(expr, space, statuses);
  if (!set) return set.error().message.empty() ? "a refusal without a message" : "";
  const auto again = parse_partitions(to_text(*set, space));
  if (!again) return "a set's text is not read back: " + again.error().message;
  const auto same = evaluate(**again, space, statuses);
  return same && *same == *set ? "" : "a set's text is read back as another set";
}

// The caret stands under the line above it.
std::string fault_of_caret(const Error& error) {
  if (error.message.empty()) return "a refusal without a message";
  const std::vector<std::string> lines = split(error.message, '\n');
  if (lines.size() < 2 || lines.back().find('^') == std::string::npos) return {};
  const std::string& shown = lines[lines.size() - 2];
  return lines.back().size() <= shown.size() + 1 ? "" : "a caret outside of the text";
}

}  // namespace

std::string fault_of_key(std::string_view text) {
  if (!is_printable(printable_key(text))) return "a key that a message cannot show";
  const bool valid = validate_key(text).has_value();
  if (validate_dimension_key(text) && !valid) return "a key of a product that is no key";
  if (valid && printable_key(text).size() > text.size() + 32) return "a key shown as another";
  for (const auto* spaces : {&small_spaces(), &clock_spaces()}) {
    for (const SpacePtr& space : *spaces) {
      if (std::string fault = fault_of_lookup(text, *space); !fault.empty()) return fault;
      if (std::string fault = fault_of_identity(text, *space); !fault.empty()) return fault;
    }
  }
  return fault_of_quoting(text);
}

std::string fault_of_cron(std::string_view text) {
  const auto schedule = CronSchedule::parse(text);
  if (!schedule) return fault_of_cron_error(text, schedule.error());
  const CronIndex index(*schedule);
  if (index.empty()) return "a schedule without a tick";
  return fault_of_index(index);
}

std::string fault_of_format(std::string_view text) {
  for (const char* cron :
       {"0 * * * *", "0 0 * * 0", "30 2 1 1 *", "*/20 1-3 * * 4", "5 */8 L * *", "0,30 2 * * *"}) {
    TimeDimension time = time_of(Cadence::cron, "1975-01-01", "America/New_York");
    time.cron = cron;
    time.format = text;
    const auto definition = validated({{{"", time}}});
    if (!definition) {
      if (!is_printable(definition.error().message)) return "a message that cannot be shown";
      continue;
    }
    const SpacePtr space = make_space(*definition, {kNow, {}}).value();
    if (std::string fault = fault_of_keys(space->dimension(0)); !fault.empty()) return fault;
  }
  return {};
}

std::string fault_of_selection(std::string_view text) {
  if (const auto selection = parse_selection(text); !selection) {
    if (std::string fault = fault_of_caret(selection.error()); !fault.empty()) return fault;
  }
  const auto partitions = parse_partitions(text);
  if (!partitions) return fault_of_caret(partitions.error());
  for (const SpacePtr& space : small_spaces()) {
    if (std::string fault = fault_of_set(**partitions, *space); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace partita::testing
