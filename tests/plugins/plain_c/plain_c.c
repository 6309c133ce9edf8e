/* A whole plugin in C: a partitioned asset, one made from it, and a check.
 *
 * What the C++ facade does for its users is done by hand here, the smallest way: a table of another
 * minor version is read only as far as both sides know it, and a function that is absent is not
 * called.
 */
#include <partita/abi.h>
#include <partita/note.h>
#include <stdio.h>
#include <string.h>

PARTITA_NOTE("plain_c", "c");

static partita_str str(const char* text) {
  partita_str result = {text, strlen(text)};
  return result;
}

static partita_status fail(const partita_run* run, const char* reason) {
  run->fail(run->ctx, str(reason));
  return PARTITA_FAILED;
}

static partita_status put_int(const partita_run* run, const char* name, int64_t number) {
  partita_value value = {sizeof(partita_value), PARTITA_VALUE_INT, 0, 0, {NULL, 0}};
  value.i = number;
  return run->metadata(run->ctx, str(name), &value);
}

static int is_known(const partita_run* run) {
  return run->size >= offsetof(partita_run, config);
}

/* numbers: the length of each month, in days. */
static partita_status make_numbers(void* user, const partita_run* run) {
  const partita_dimension_key* month;
  (void)user;
  if (!is_known(run)) return PARTITA_UNSUPPORTED;
  if (run->dimension_count != 1) return fail(run, "want one dimension");
  month = run->dimensions[0];
  if ((month->flags & PARTITA_KEY_HAS_WINDOW) == 0) return fail(run, "want a window");
  run->log(run->ctx, PARTITA_LOG_INFO, run->partition);
  return put_int(run, "days", (month->end - month->start) / 86400);
}

static int64_t int_metadata(const partita_input_partition* partition, const char* name) {
  size_t i;
  for (i = 0; i < partition->metadata_count; ++i) {
    const partita_named_value* item = partition->metadata[i];
    if (item->name.len == strlen(name) && memcmp(item->name.ptr, name, item->name.len) == 0) {
      return item->value->i;
    }
  }
  return 0;
}

/* total: their sum over all months, also written to a file. */
static partita_status make_total(void* user, const partita_run* run) {
  const partita_input* months = NULL;
  partita_str directory = {NULL, 0};
  char path[4096];
  FILE* file;
  int64_t total = 0;
  size_t i;
  (void)user;
  if (!is_known(run)) return PARTITA_UNSUPPORTED;
  if (run->input(run->ctx, str("c_numbers"), &months) != PARTITA_OK) return fail(run, "no input");
  for (i = 0; i < months->partition_count; ++i) {
    if (run->cancelled(run->ctx)) return PARTITA_CANCELLED;
    total += int_metadata(months->partitions[i], "days");
  }
  if (run->output_dir(run->ctx, &directory) != PARTITA_OK) return fail(run, "no output directory");
  snprintf(path, sizeof path, "%.*s/total.txt", (int)directory.len, directory.ptr);
  file = fopen(path, "w");
  if (file == NULL) return fail(run, "open total.txt");
  fprintf(file, "%lld\n", (long long)total);
  if (fclose(file) != 0) return fail(run, "write total.txt");
  return put_int(run, "days", total);
}

static partita_status check_length(void* user, const partita_run* run) {
  const partita_input* made = NULL;
  int64_t days;
  (void)user;
  if (!is_known(run)) return PARTITA_UNSUPPORTED;
  if (run->input(run->ctx, str("c_numbers"), &made) != PARTITA_OK || made->partition_count != 1) {
    return fail(run, "want the one partition that was made");
  }
  days = int_metadata(made->partitions[0], "days");
  if (days >= 28 && days <= 31) return PARTITA_OK;
  run->fail(run->ctx, str("a month has 28 to 31 days"));
  return PARTITA_NOT_PASSED;
}

static partita_status add_numbers(const partita_registrar* registrar) {
  partita_dimension months = {0};
  const partita_dimension* dimensions[1];
  partita_asset asset = {0};
  months.size = sizeof months;
  months.kind = PARTITA_DIMENSION_TIME;
  months.cadence = PARTITA_MONTHLY;
  months.start = str("2024-01-01");
  months.end = str("2025-01-01");
  dimensions[0] = &months;
  asset.size = sizeof asset;
  asset.key = str("c_numbers");
  asset.description = str("the days of each month of 2024");
  asset.dimensions = dimensions;
  asset.dimension_count = 1;
  asset.run = make_numbers;
  return registrar->add_asset(registrar->ctx, &asset);
}

static partita_status add_total(const partita_registrar* registrar) {
  partita_mapping all = {0};
  partita_dep dep = {0};
  const partita_dep* deps[1];
  partita_asset asset = {0};
  all.size = sizeof all;
  all.kind = PARTITA_MAP_ALL;
  dep.size = sizeof dep;
  dep.asset = str("c_numbers");
  dep.mapping = &all;
  deps[0] = &dep;
  asset.size = sizeof asset;
  asset.key = str("c_total");
  asset.deps = deps;
  asset.dep_count = 1;
  asset.run = make_total;
  return registrar->add_asset(registrar->ctx, &asset);
}

static partita_status add_check(const partita_registrar* registrar) {
  partita_check check = {0};
  check.size = sizeof check;
  check.name = str("length_of_month");
  check.asset = str("c_numbers");
  check.flags = PARTITA_CHECK_BLOCKING;
  check.run = check_length;
  return registrar->add_check(registrar->ctx, &check);
}

/* A refusal is the host's to report. */
static partita_status define(void* self, const partita_registrar* registrar) {
  (void)self;
  if (registrar->size < offsetof(partita_registrar, fail)) return PARTITA_UNSUPPORTED;
  add_numbers(registrar);
  add_total(registrar);
  add_check(registrar);
  return PARTITA_OK;
}

__attribute__((visibility("default"))) const partita_plugin* partita_entry_v1(
    const partita_host* host) {
  static const partita_plugin plugin = {
      sizeof(partita_plugin), PARTITA_ABI_MINOR, NULL, define, NULL, NULL};
  (void)host;
  return &plugin;
}
