// The golden layout of the contract on 64-bit machines. A line that changes breaks every plugin
// that was built before; a new member adds lines at the end of its table, and changes its size.
#include <partita/abi.h>

#include <cstddef>

static_assert(sizeof(partita_str) == 16);
static_assert(offsetof(partita_str, ptr) == 0);
static_assert(offsetof(partita_str, len) == 8);

static_assert(sizeof(partita_note) == 88);
static_assert(offsetof(partita_note, abi_major) == 0);
static_assert(offsetof(partita_note, abi_minor_required) == 2);
static_assert(offsetof(partita_note, sdk_version) == 4);
static_assert(offsetof(partita_note, flags) == 8);
static_assert(offsetof(partita_note, language) == 12);
static_assert(offsetof(partita_note, plugin_id) == 24);

static_assert(sizeof(partita_elf_note) == 108);
static_assert(offsetof(partita_elf_note, name_size) == 0);
static_assert(offsetof(partita_elf_note, desc_size) == 4);
static_assert(offsetof(partita_elf_note, type) == 8);
static_assert(offsetof(partita_elf_note, name) == 12);
static_assert(offsetof(partita_elf_note, desc) == 20);

static_assert(sizeof(partita_value) == 40);
static_assert(offsetof(partita_value, size) == 0);
static_assert(offsetof(partita_value, kind) == 4);
static_assert(offsetof(partita_value, i) == 8);
static_assert(offsetof(partita_value, f) == 16);
static_assert(offsetof(partita_value, text) == 24);

static_assert(sizeof(partita_named_value) == 32);
static_assert(offsetof(partita_named_value, size) == 0);
static_assert(offsetof(partita_named_value, reserved) == 4);
static_assert(offsetof(partita_named_value, name) == 8);
static_assert(offsetof(partita_named_value, value) == 24);

static_assert(sizeof(partita_dimension) == 176);
static_assert(offsetof(partita_dimension, size) == 0);
static_assert(offsetof(partita_dimension, kind) == 4);
static_assert(offsetof(partita_dimension, name) == 8);
static_assert(offsetof(partita_dimension, cadence) == 24);
static_assert(offsetof(partita_dimension, minute_offset) == 28);
static_assert(offsetof(partita_dimension, hour_offset) == 32);
static_assert(offsetof(partita_dimension, day_offset) == 36);
static_assert(offsetof(partita_dimension, end_offset) == 40);
static_assert(offsetof(partita_dimension, reserved) == 44);
static_assert(offsetof(partita_dimension, cron) == 48);
static_assert(offsetof(partita_dimension, start) == 64);
static_assert(offsetof(partita_dimension, end) == 80);
static_assert(offsetof(partita_dimension, timezone) == 96);
static_assert(offsetof(partita_dimension, format) == 112);
static_assert(offsetof(partita_dimension, exclusions) == 128);
static_assert(offsetof(partita_dimension, exclusion_count) == 136);
static_assert(offsetof(partita_dimension, keys) == 144);
static_assert(offsetof(partita_dimension, key_count) == 152);
static_assert(offsetof(partita_dimension, dynamic_set) == 160);

static_assert(sizeof(partita_dimension_mapping) == 48);
static_assert(offsetof(partita_dimension_mapping, size) == 0);
static_assert(offsetof(partita_dimension_mapping, reserved) == 4);
static_assert(offsetof(partita_dimension_mapping, upstream_dimension) == 8);
static_assert(offsetof(partita_dimension_mapping, downstream_dimension) == 24);
static_assert(offsetof(partita_dimension_mapping, mapping) == 40);

static_assert(sizeof(partita_mapping) == 144);
static_assert(offsetof(partita_mapping, size) == 0);
static_assert(offsetof(partita_mapping, kind) == 4);
static_assert(offsetof(partita_mapping, start_offset) == 8);
static_assert(offsetof(partita_mapping, end_offset) == 16);
static_assert(offsetof(partita_mapping, allow_missing) == 24);
static_assert(offsetof(partita_mapping, reserved) == 28);
static_assert(offsetof(partita_mapping, keys) == 32);
static_assert(offsetof(partita_mapping, key_count) == 40);
static_assert(offsetof(partita_mapping, downstream_keys) == 48);
static_assert(offsetof(partita_mapping, dimension) == 56);
static_assert(offsetof(partita_mapping, inner) == 72);
static_assert(offsetof(partita_mapping, parts) == 80);
static_assert(offsetof(partita_mapping, part_count) == 88);
static_assert(offsetof(partita_mapping, name) == 96);
static_assert(offsetof(partita_mapping, user) == 112);
static_assert(offsetof(partita_mapping, upstream_of) == 120);
static_assert(offsetof(partita_mapping, downstream_of) == 128);
static_assert(offsetof(partita_mapping, drop) == 136);

static_assert(sizeof(partita_mapping_key) == 40);
static_assert(offsetof(partita_mapping_key, size) == 0);
static_assert(offsetof(partita_mapping_key, reserved) == 4);
static_assert(offsetof(partita_mapping_key, key) == 8);
static_assert(offsetof(partita_mapping_key, dimensions) == 24);
static_assert(offsetof(partita_mapping_key, dimension_count) == 32);

static_assert(sizeof(partita_key_sink) == 32);
static_assert(offsetof(partita_key_sink, size) == 0);
static_assert(offsetof(partita_key_sink, reserved) == 4);
static_assert(offsetof(partita_key_sink, ctx) == 8);
static_assert(offsetof(partita_key_sink, add) == 16);
static_assert(offsetof(partita_key_sink, fail) == 24);

static_assert(sizeof(partita_dep) == 32);
static_assert(offsetof(partita_dep, size) == 0);
static_assert(offsetof(partita_dep, reserved) == 4);
static_assert(offsetof(partita_dep, asset) == 8);
static_assert(offsetof(partita_dep, mapping) == 24);

static_assert(sizeof(partita_tag) == 40);
static_assert(offsetof(partita_tag, size) == 0);
static_assert(offsetof(partita_tag, reserved) == 4);
static_assert(offsetof(partita_tag, name) == 8);
static_assert(offsetof(partita_tag, value) == 24);

static_assert(sizeof(partita_retry_policy) == 24);
static_assert(offsetof(partita_retry_policy, size) == 0);
static_assert(offsetof(partita_retry_policy, max_retries) == 4);
static_assert(offsetof(partita_retry_policy, delay_seconds) == 8);
static_assert(offsetof(partita_retry_policy, backoff) == 16);
static_assert(offsetof(partita_retry_policy, jitter) == 20);

static_assert(sizeof(partita_asset) == 240);
static_assert(offsetof(partita_asset, size) == 0);
static_assert(offsetof(partita_asset, flags) == 4);
static_assert(offsetof(partita_asset, key) == 8);
static_assert(offsetof(partita_asset, description) == 24);
static_assert(offsetof(partita_asset, group) == 40);
static_assert(offsetof(partita_asset, code_version) == 56);
static_assert(offsetof(partita_asset, pool) == 72);
static_assert(offsetof(partita_asset, kinds) == 88);
static_assert(offsetof(partita_asset, kind_count) == 96);
static_assert(offsetof(partita_asset, owners) == 104);
static_assert(offsetof(partita_asset, owner_count) == 112);
static_assert(offsetof(partita_asset, tags) == 120);
static_assert(offsetof(partita_asset, tag_count) == 128);
static_assert(offsetof(partita_asset, deps) == 136);
static_assert(offsetof(partita_asset, dep_count) == 144);
static_assert(offsetof(partita_asset, dimensions) == 152);
static_assert(offsetof(partita_asset, dimension_count) == 160);
static_assert(offsetof(partita_asset, user) == 168);
static_assert(offsetof(partita_asset, run) == 176);
static_assert(offsetof(partita_asset, drop) == 184);
static_assert(offsetof(partita_asset, retry) == 192);
static_assert(offsetof(partita_asset, time_limit_seconds) == 200);
static_assert(offsetof(partita_asset, cpu_limit_seconds) == 208);
static_assert(offsetof(partita_asset, memory_limit_bytes) == 216);
static_assert(offsetof(partita_asset, priority) == 224);
static_assert(offsetof(partita_asset, isolation) == 228);
static_assert(offsetof(partita_asset, batch_size) == 232);

static_assert(sizeof(partita_check) == 88);
static_assert(offsetof(partita_check, size) == 0);
static_assert(offsetof(partita_check, flags) == 4);
static_assert(offsetof(partita_check, name) == 8);
static_assert(offsetof(partita_check, description) == 24);
static_assert(offsetof(partita_check, asset) == 40);
static_assert(offsetof(partita_check, severity) == 56);
static_assert(offsetof(partita_check, reserved) == 60);
static_assert(offsetof(partita_check, user) == 64);
static_assert(offsetof(partita_check, run) == 72);
static_assert(offsetof(partita_check, drop) == 80);

static_assert(sizeof(partita_dimension_key) == 56);
static_assert(offsetof(partita_dimension_key, size) == 0);
static_assert(offsetof(partita_dimension_key, flags) == 4);
static_assert(offsetof(partita_dimension_key, dimension) == 8);
static_assert(offsetof(partita_dimension_key, key) == 24);
static_assert(offsetof(partita_dimension_key, start) == 40);
static_assert(offsetof(partita_dimension_key, end) == 48);

static_assert(sizeof(partita_input_partition) == 88);
static_assert(offsetof(partita_input_partition, size) == 0);
static_assert(offsetof(partita_input_partition, flags) == 4);
static_assert(offsetof(partita_input_partition, key) == 8);
static_assert(offsetof(partita_input_partition, dimensions) == 24);
static_assert(offsetof(partita_input_partition, dimension_count) == 32);
static_assert(offsetof(partita_input_partition, data_version) == 40);
static_assert(offsetof(partita_input_partition, output_dir) == 56);
static_assert(offsetof(partita_input_partition, metadata) == 72);
static_assert(offsetof(partita_input_partition, metadata_count) == 80);

static_assert(sizeof(partita_input) == 40);
static_assert(offsetof(partita_input, size) == 0);
static_assert(offsetof(partita_input, reserved) == 4);
static_assert(offsetof(partita_input, asset) == 8);
static_assert(offsetof(partita_input, partitions) == 24);
static_assert(offsetof(partita_input, partition_count) == 32);

static_assert(sizeof(partita_batch_partition) == 40);
static_assert(offsetof(partita_batch_partition, size) == 0);
static_assert(offsetof(partita_batch_partition, reserved) == 4);
static_assert(offsetof(partita_batch_partition, key) == 8);
static_assert(offsetof(partita_batch_partition, dimensions) == 24);
static_assert(offsetof(partita_batch_partition, dimension_count) == 32);

static_assert(sizeof(partita_commit) == 40);
static_assert(offsetof(partita_commit, size) == 0);
static_assert(offsetof(partita_commit, reserved) == 4);
static_assert(offsetof(partita_commit, metadata) == 8);
static_assert(offsetof(partita_commit, metadata_count) == 16);
static_assert(offsetof(partita_commit, data_version) == 24);

static_assert(sizeof(partita_run) == 224);
static_assert(offsetof(partita_run, size) == 0);
static_assert(offsetof(partita_run, attempt) == 4);
static_assert(offsetof(partita_run, ctx) == 8);
static_assert(offsetof(partita_run, asset) == 16);
static_assert(offsetof(partita_run, run_id) == 32);
static_assert(offsetof(partita_run, partition) == 48);
static_assert(offsetof(partita_run, dimensions) == 64);
static_assert(offsetof(partita_run, dimension_count) == 72);
static_assert(offsetof(partita_run, log) == 80);
static_assert(offsetof(partita_run, fail) == 88);
static_assert(offsetof(partita_run, progress) == 96);
static_assert(offsetof(partita_run, cancelled) == 104);
static_assert(offsetof(partita_run, metadata) == 112);
static_assert(offsetof(partita_run, data_version) == 120);
static_assert(offsetof(partita_run, output_dir) == 128);
static_assert(offsetof(partita_run, temp_dir) == 136);
static_assert(offsetof(partita_run, input) == 144);
static_assert(offsetof(partita_run, config) == 152);
static_assert(offsetof(partita_run, resource) == 160);
static_assert(offsetof(partita_run, partitions) == 168);
static_assert(offsetof(partita_run, partition_count) == 176);
static_assert(offsetof(partita_run, commit_partition) == 184);
static_assert(offsetof(partita_run, fail_partition) == 192);
static_assert(offsetof(partita_run, skip_partition) == 200);
static_assert(offsetof(partita_run, partition_output_dir) == 208);
static_assert(offsetof(partita_run, partition_input) == 216);

static_assert(sizeof(partita_host) == 32);
static_assert(offsetof(partita_host, size) == 0);
static_assert(offsetof(partita_host, minor) == 4);
static_assert(offsetof(partita_host, ctx) == 8);
static_assert(offsetof(partita_host, log) == 16);
static_assert(offsetof(partita_host, extension) == 24);

static_assert(sizeof(partita_registrar) == 40);
static_assert(offsetof(partita_registrar, size) == 0);
static_assert(offsetof(partita_registrar, reserved) == 4);
static_assert(offsetof(partita_registrar, ctx) == 8);
static_assert(offsetof(partita_registrar, add_asset) == 16);
static_assert(offsetof(partita_registrar, add_check) == 24);
static_assert(offsetof(partita_registrar, fail) == 32);

static_assert(sizeof(partita_plugin) == 40);
static_assert(offsetof(partita_plugin, size) == 0);
static_assert(offsetof(partita_plugin, minor) == 4);
static_assert(offsetof(partita_plugin, self) == 8);
static_assert(offsetof(partita_plugin, define) == 16);
static_assert(offsetof(partita_plugin, close) == 24);
static_assert(offsetof(partita_plugin, extension) == 32);
