/* The contract between the Partita host and a plugin: C11, and nothing else crosses.
 *
 * Plugin authors who write C++ use <partita/plugin.hpp>, which is built on this header. This one is
 * for other languages and for those who want to know.
 *
 * Rules
 *  1. Tables are append-only. Each begins with its `size`, set by the side that fills it. The
 * receiver copies min(size, its own size) bytes into a zeroed struct and refuses a size below 8 or
 * above 4096, so that old and new work with each other both ways. A null function is one that is
 * absent.
 *  2. A struct that may grow is never embedded by value and never an array's element: arrays are of
 *     pointers. partita_str is fixed for ever.
 *  3. Nobody frees the other side's memory. Whatever is passed is borrowed for the duration of the
 *     call, unless its comment says otherwise; the receiver copies what it keeps.
 *  4. Every function has a thread tag. [define]: one thread, while define() runs. [run]: the thread
 * that runs the partition; other partitions may run at the same time on other threads. [map]: one
 * thread at a time, after define(); runs may go on meanwhile. [any]: any thread. Threads that a
 * plugin starts are joined before its function returns.
 *  5. Errors are a partita_status and a text given to fail(). No errno, no exception and no C++
 * type crosses.
 *  6. The ELF note lets the host refuse a plugin of another major version before any of its code
 * runs.
 */
#ifndef PARTITA_ABI_H
#define PARTITA_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTITA_ABI_MAJOR 1 /* in the entry symbol's name: another major is another contract */
#define PARTITA_ABI_MINOR 1 /* grows with what is appended */
/* 10000 * major + 100 * minor + patch of the SDK, for messages */
#define PARTITA_SDK_VERSION 100u

/* UTF-8, not NUL-terminated; `ptr` may be null where `len` is 0. */
typedef struct partita_str {
  const char* ptr;
  size_t len;
} partita_str;

typedef int32_t partita_status;
enum {
  PARTITA_OK = 0,
  PARTITA_FAILED = 1,      /* the text given to fail() says why */
  PARTITA_CANCELLED = 2,   /* stopped because cancelled() said so */
  PARTITA_SKIPPED = 3,     /* nothing to do for this partition; the text given to fail() says why */
  PARTITA_NOT_PASSED = 4,  /* a check's answer: it ran, and did not pass; fail() may say why */
  PARTITA_INVALID = 5,     /* an argument was refused */
  PARTITA_UNSUPPORTED = 6, /* this host does not know what was asked for */
  PARTITA_NO_MEMORY = 7,
  PARTITA_NOT_FOUND = 8, /* a name that does not exist */
  PARTITA_RETRY = 9      /* failed, and worth another attempt; the text given to fail() says why */
};

/* The ELF note `.note.partita`, readable without loading: name "PTA1", type 1, this descriptor. */
#define PARTITA_NOTE_NAME "PTA1"
#define PARTITA_NOTE_TYPE 1
enum { PARTITA_NOTE_ASAN = 1, PARTITA_NOTE_TSAN = 2 };
typedef struct partita_note {
  uint16_t abi_major;
  uint16_t abi_minor_required; /* the oldest host minor this plugin works with */
  uint32_t sdk_version;
  uint32_t flags;     /* PARTITA_NOTE_ASAN, PARTITA_NOTE_TSAN: built with that sanitizer */
  char language[12];  /* "c", "c++", "rust", ...; NUL-padded */
  char plugin_id[64]; /* NUL-padded; unique in a project */
} partita_note;

typedef struct partita_elf_note {
  uint32_t name_size; /* 5, with the NUL */
  uint32_t desc_size; /* sizeof(partita_note) */
  uint32_t type;      /* PARTITA_NOTE_TYPE */
  char name[8];       /* "PTA1", NUL-padded to a multiple of 4 */
  partita_note desc;
} partita_elf_note;

/* A typed value: metadata, configuration. Unused members are zero. */
enum {
  PARTITA_VALUE_INT = 1,      /* i */
  PARTITA_VALUE_FLOAT = 2,    /* f */
  PARTITA_VALUE_BOOL = 3,     /* i, 0 or 1 */
  PARTITA_VALUE_TEXT = 4,     /* text */
  PARTITA_VALUE_MARKDOWN = 5, /* text, a table say */
  PARTITA_VALUE_JSON = 6,     /* text, one JSON value */
  PARTITA_VALUE_PATH = 7,     /* text, a file or directory */
  PARTITA_VALUE_URL = 8       /* text */
};
typedef struct partita_value {
  uint32_t size;
  uint32_t kind;
  int64_t i;
  double f;
  partita_str text;
} partita_value;

typedef struct partita_named_value {
  uint32_t size;
  uint32_t reserved;
  partita_str name;
  const partita_value* value;
} partita_named_value;

/* ---- what a plugin declares ---------------------------------------------------------------- */

enum { PARTITA_DIMENSION_TIME = 1, PARTITA_DIMENSION_STATIC = 2, PARTITA_DIMENSION_DYNAMIC = 3 };
enum {
  PARTITA_HOURLY = 1,
  PARTITA_DAILY = 2,
  PARTITA_WEEKLY = 3,
  PARTITA_MONTHLY = 4,
  PARTITA_QUARTERLY = 5,
  PARTITA_YEARLY = 6,
  PARTITA_CRON = 7
};

/* One dimension of a partitions definition. */
typedef struct partita_dimension {
  uint32_t size;
  uint32_t kind;
  partita_str name; /* empty exactly where the asset has this one dimension only */

  /* PARTITA_DIMENSION_TIME. Windows run from one tick of the schedule to the next. */
  uint32_t cadence;
  int32_t minute_offset; /* 0..59, added to each tick; hourly and coarser */
  int32_t hour_offset;   /* 0..23; daily and coarser */
  int32_t day_offset;    /* weekly: 0 Sunday..6; monthly, quarterly, yearly: 1..31, 0 means 1 */
  int32_t end_offset;    /* so many windows more (or, negative, fewer) than have ended */
  uint32_t reserved;
  partita_str cron;              /* PARTITA_CRON: five fields */
  partita_str start;             /* local to the zone: "2024-01-01" or with a time */
  partita_str end;               /* exclusive; empty for none */
  partita_str timezone;          /* IANA name; empty means UTC */
  partita_str format;            /* strftime's conversions; empty means the cadence's own */
  const partita_str* exclusions; /* keys, or cron schedules, of windows left out */
  size_t exclusion_count;

  /* PARTITA_DIMENSION_STATIC, in their order. */
  const partita_str* keys;
  size_t key_count;

  /* PARTITA_DIMENSION_DYNAMIC: the named set, kept in the project's store. */
  partita_str dynamic_set;
} partita_dimension;

enum {
  PARTITA_MAP_DEFAULT = 0,         /* inferred from the two partitions definitions */
  PARTITA_MAP_IDENTITY = 1,        /* the upstream partition of the same key */
  PARTITA_MAP_ALL = 2,             /* every upstream partition */
  PARTITA_MAP_LAST = 3,            /* the last upstream partition */
  PARTITA_MAP_KEYS = 4,            /* these upstream keys: `keys` */
  PARTITA_MAP_TIME_WINDOW = 5,     /* windows that overlap, from start_offset to end_offset */
  PARTITA_MAP_STATIC = 6,          /* keys[i] upstream feeds downstream_keys[i] */
  PARTITA_MAP_MULTI_TO_SINGLE = 7, /* `dimension` of the one that has several, `inner` along it */
  PARTITA_MAP_MULTI = 8,           /* per dimension: `parts` */
  PARTITA_MAP_TIME_WINDOW_LATEST =
      9,                    /* the window with the latest start that is not after one's own */
  PARTITA_MAP_FUNCTION = 10 /* what upstream_of() says */
};
typedef struct partita_mapping partita_mapping;
typedef struct partita_mapping_key partita_mapping_key;
typedef struct partita_key_sink partita_key_sink;

/* [map] A function of PARTITA_MAP_FUNCTION: tells the sink, for each of `count` partitions of one
 * side, the keys of the other side that it relates to. They come in batches of the host's choosing,
 * and what is said of one follows from its key alone: not from the others, the time, files or
 * earlier calls. The host keeps the answers for as long as it likes. Anything but OK refuses the
 * whole batch; the text given to the sink's fail() says why. */
typedef partita_status (*partita_mapping_fn)(void* user, const partita_mapping_key* const* keys,
                                             size_t count, const partita_key_sink* sink);

/* How one upstream dimension follows from one downstream dimension, in PARTITA_MAP_MULTI. */
typedef struct partita_dimension_mapping {
  uint32_t size;
  uint32_t reserved;
  partita_str upstream_dimension;
  partita_str downstream_dimension; /* empty where `mapping` needs none (all, last, keys) */
  const partita_mapping* mapping;
} partita_dimension_mapping;

struct partita_mapping {
  uint32_t size;
  uint32_t kind;
  int64_t start_offset; /* PARTITA_MAP_TIME_WINDOW, in windows */
  int64_t end_offset;
  uint32_t allow_missing; /* non-zero: upstream partitions that do not exist are no error */
  uint32_t reserved;
  const partita_str* keys;
  size_t key_count;
  const partita_str* downstream_keys; /* PARTITA_MAP_STATIC: as many as `keys` */
  partita_str dimension;              /* PARTITA_MAP_MULTI_TO_SINGLE; empty: inferred */
  const partita_mapping* inner;       /* PARTITA_MAP_MULTI_TO_SINGLE; null: inferred */
  const partita_dimension_mapping* const* parts;
  size_t part_count;

  /* PARTITA_MAP_FUNCTION */
  partita_str name; /* for people: letters, digits, `_`, `-` and `.` */
  void* user;       /* kept until drop(), where the asset was taken */
  /* Of downstream keys, the upstream keys they need. Those that do not exist hold the downstream
   * partition back, unless missing ones are allowed. */
  partita_mapping_fn upstream_of;
  /* The inverse, for the host to check the other by; null for none. */
  partita_mapping_fn downstream_of;
  /* [any] Called once, after the last call of either, where the host unloads in order; may be null.
   */
  void (*drop)(void* user);
};

typedef struct partita_dep {
  uint32_t size;
  uint32_t reserved;
  partita_str asset;
  const partita_mapping* mapping; /* null: inferred */
} partita_dep;

typedef struct partita_tag {
  uint32_t size;
  uint32_t reserved;
  partita_str name;
  partita_str value;
} partita_tag;

enum { PARTITA_BACKOFF_NONE = 0, PARTITA_BACKOFF_LINEAR = 1, PARTITA_BACKOFF_EXPONENTIAL = 2 };
enum { PARTITA_JITTER_NONE = 0, PARTITA_JITTER_FULL = 1, PARTITA_JITTER_PLUS_MINUS = 2 };

/* When a partition that failed is attempted again. The n-th retry waits `delay_seconds`, n times
 * that (linear) or 2^n - 1 times that (exponential); of which jitter takes a random part (full), or
 * to which it adds up to `delay_seconds` more or less (plus-minus). */
typedef struct partita_retry_policy {
  uint32_t size;
  uint32_t max_retries; /* after the first attempt */
  double delay_seconds;
  uint32_t backoff;
  uint32_t jitter;
} partita_retry_policy;

/* What an asset may ask of the process that runs its partitions. */
enum {
  PARTITA_ISOLATION_DEFAULT = 0,  /* as the project has it */
  PARTITA_ISOLATION_WORKER = 1,   /* a worker process, also where the project has threads */
  PARTITA_ISOLATION_PARTITION = 2 /* a process of its own for each partition */
};

enum {
  PARTITA_ASSET_EXTERNAL = 1, /* made elsewhere: never run, `run` is null */
  PARTITA_ASSET_EXCLUSIVE = 2 /* one of its partitions at a time */
};
#define PARTITA_BATCH_ALL UINT64_MAX

typedef struct partita_run partita_run;

typedef struct partita_asset {
  uint32_t size;
  uint32_t flags;  /* PARTITA_ASSET_... */
  partita_str key; /* letters, digits, `_`, `-`, `.` and `/` between parts; unique in the project */
  partita_str description;
  partita_str group;        /* empty means "default" */
  partita_str code_version; /* empty: not declared; "auto": the hash of the plugin's code */
  partita_str pool;         /* the named pool whose slots its partitions take; empty: none */
  const partita_str* kinds; /* "sqlite", "csv", ... */
  size_t kind_count;
  const partita_str* owners;
  size_t owner_count;
  const partita_tag* const* tags;
  size_t tag_count;
  const partita_dep* const* deps;
  size_t dep_count;
  const partita_dimension* const* dimensions; /* none: not partitioned */
  size_t dimension_count;

  void* user; /* kept until drop() */
  /* [run] Materializes one partition. Concurrent calls are for different partitions. */
  partita_status (*run)(void* user, const partita_run* run);
  /* [any] Called once, after the last run(), where the host unloads in order; may be null. */
  void (*drop)(void* user);

  /* Since minor 1. */
  const partita_retry_policy* retry; /* null: a failure is final */
  /* Of one call of run(), 0 for none. One that exceeds a limit has its process ended, and fails. */
  double time_limit_seconds;
  double cpu_limit_seconds;
  uint64_t memory_limit_bytes; /* what it may allocate, beyond what its process has before */
  int32_t priority;            /* partitions of higher ones start first; 0 is the usual one */
  uint32_t isolation;          /* PARTITA_ISOLATION_... */
  /* How many partitions one call may be given: 0 for one, told by `partition` of the run; otherwise
   * up to so many that follow each other, in `partitions` of the run. PARTITA_BATCH_ALL: as many as
   * follow each other. */
  uint64_t batch_size;
} partita_asset;

enum { PARTITA_SEVERITY_ERROR = 0, PARTITA_SEVERITY_WARNING = 1 };
enum { PARTITA_CHECK_BLOCKING = 1 };

typedef struct partita_check {
  uint32_t size;
  uint32_t
      flags; /* PARTITA_CHECK_BLOCKING: where it does not pass, the partition is not published */
  partita_str name;
  partita_str description;
  partita_str asset; /* the asset it checks, each partition after it was materialized */
  uint32_t severity;
  uint32_t reserved;
  void* user;
  /* [run] PARTITA_OK: passed. PARTITA_NOT_PASSED: not. Anything else: the check itself failed.
   * Its partita_run is that of the partition; input(asset) gives what was just materialized. */
  partita_status (*run)(void* user, const partita_run* run);
  void (*drop)(void* user);
} partita_check;

/* ---- what a running partition may ask ------------------------------------------------------- */

enum { PARTITA_KEY_HAS_WINDOW = 1 };
typedef struct partita_dimension_key {
  uint32_t size;
  uint32_t flags;
  partita_str dimension; /* its name; empty for the one dimension of a one-dimensional asset */
  partita_str key;
  int64_t start; /* UTC seconds, with PARTITA_KEY_HAS_WINDOW; the window is [start, end) */
  int64_t end;
} partita_dimension_key;

/* One partition that a mapping function is asked about. Valid for the call. */
struct partita_mapping_key {
  uint32_t size;
  uint32_t reserved;
  partita_str key; /* the whole key; empty where the asset is not partitioned */
  const partita_dimension_key* const* dimensions; /* where the function maps one dimension: that */
  size_t dimension_count;
};

/* Where a mapping function puts its answers. */
struct partita_key_sink {
  uint32_t size;
  uint32_t reserved;
  void* ctx;
  /* [map] Keys that the partition at `position` of the batch relates to: copied, and added to those
   * given before. Of an asset of several dimensions, joined by `|` in the order of their names.
   * INVALID: the position is none of the batch, or a key is not UTF-8. */
  partita_status (*add)(void* ctx, size_t position, const partita_str* keys, size_t count);
  /* [map] The reason that goes with a status other than OK. */
  void (*fail)(void* ctx, partita_str text);
};

enum { PARTITA_INPUT_MATERIALIZED = 1 };
/* One upstream partition. */
typedef struct partita_input_partition {
  uint32_t size;
  uint32_t flags;
  partita_str key; /* empty where the upstream asset is not partitioned */
  const partita_dimension_key* const* dimensions;
  size_t dimension_count;
  partita_str data_version;
  partita_str output_dir; /* empty where it made none */
  const partita_named_value* const* metadata;
  size_t metadata_count;
} partita_input_partition;

typedef struct partita_input {
  uint32_t size;
  uint32_t reserved;
  partita_str asset;
  const partita_input_partition* const* partitions; /* in key order */
  size_t partition_count;
} partita_input;

enum {
  PARTITA_LOG_DEBUG = 0,
  PARTITA_LOG_INFO = 1,
  PARTITA_LOG_WARNING = 2,
  PARTITA_LOG_ERROR = 3
};

/* One partition of a batch. */
typedef struct partita_batch_partition {
  uint32_t size;
  uint32_t reserved;
  partita_str key;
  const partita_dimension_key* const* dimensions;
  size_t dimension_count;
} partita_batch_partition;

/* What is kept with one partition of a batch, over what metadata() and data_version() of the run
 * said of all. */
typedef struct partita_commit {
  uint32_t size;
  uint32_t reserved;
  const partita_named_value* const* metadata;
  size_t metadata_count;
  partita_str data_version; /* empty: not given */
} partita_commit;

/* Valid while run() runs, and every text it gives with it. The functions take `ctx` first. They may
 * be called from threads that run() started and joins. */
struct partita_run {
  uint32_t size;
  uint32_t attempt; /* 1 for the first */
  void* ctx;
  partita_str asset;
  partita_str run_id;
  partita_str partition; /* the whole key; empty where the asset is not partitioned */
  const partita_dimension_key* const* dimensions;
  size_t dimension_count;

  /* [run] A line of this partition's log. */
  void (*log)(void* ctx, int32_t level, partita_str text);
  /* [run] The reason that goes with FAILED, SKIPPED or NOT_PASSED; the last call counts. */
  void (*fail)(void* ctx, partita_str text);
  /* [run] `fraction` from 0 to 1, below 0 where unknown. */
  void (*progress)(void* ctx, double fraction, partita_str text);
  /* [run] Non-zero once the run is being cancelled. Cheap. */
  int32_t (*cancelled)(void* ctx);
  /* [run] Facts about this partition, kept with the materialization; the last value of a name
   * counts. */
  partita_status (*metadata)(void* ctx, partita_str name, const partita_value* value);
  /* [run] The version of the data made: equal text means equal data. */
  partita_status (*data_version)(void* ctx, partita_str text);
  /* [run] The directory that becomes this partition's output when it succeeds, made at the first
   * call; what it holds is seen by nobody before that. */
  partita_status (*output_dir)(void* ctx, partita_str* path);
  /* [run] A directory for this attempt, removed after it. */
  partita_status (*temp_dir)(void* ctx, partita_str* path);
  /* [run] The upstream partitions that this one maps to. NOT_FOUND: no such dependency. */
  partita_status (*input)(void* ctx, partita_str asset, const partita_input** input);
  /* [run] A setting of this asset, from `[config.ASSET]` in partita.toml or --config. NOT_FOUND:
   * not set. */
  partita_status (*config)(void* ctx, partita_str name, const partita_value** value);
  /* [run] A field of `[resources.NAME]` in partita.toml. NOT_FOUND: not set. */
  partita_status (*resource)(void* ctx, partita_str resource, partita_str field,
                             const partita_value** value);

  /* Since minor 1. Of an asset with a batch_size: the partitions of this call, which follow each
   * other in the asset's order; `partition` and `dimensions` are empty then. Those that are not
   * decided by the functions below share the fate of the call: materialized where it returns OK.
   * The functions take the partition by its position; one that is decided is INVALID to them. */
  const partita_batch_partition* const* partitions;
  size_t partition_count;
  /* [run] It is made: recorded as it is, whatever becomes of the others. `commit` may be null.
   * NOT_PASSED: a blocking check did not pass, and it has failed. */
  partita_status (*commit_partition)(void* ctx, size_t position, const partita_commit* commit);
  /* [run] It failed, or has nothing to do. The call goes on. */
  partita_status (*fail_partition)(void* ctx, size_t position, partita_str reason);
  partita_status (*skip_partition)(void* ctx, size_t position, partita_str reason);
  /* [run] output_dir() and input() of one partition; output_dir() itself is INVALID in a batch, and
   * input() has the upstream partitions of all. */
  partita_status (*partition_output_dir)(void* ctx, size_t position, partita_str* path);
  partita_status (*partition_input)(void* ctx, size_t position, partita_str asset,
                                    const partita_input** input);
};

/* ---- entry --------------------------------------------------------------------------------- */

typedef struct partita_host {
  uint32_t size;
  uint32_t minor; /* the host's PARTITA_ABI_MINOR */
  void* ctx;
  /* [any] The host's log. */
  void (*log)(void* ctx, int32_t level, partita_str text);
  /* [any] A table for the extension `name/REV`, or null. */
  const void* (*extension)(void* ctx, const char* id);
} partita_host;

typedef struct partita_registrar {
  uint32_t size;
  uint32_t reserved;
  void* ctx;
  /* [define] Copies what it is given. INVALID where it is refused; the definition goes on, and the
   * host reports every refusal. */
  partita_status (*add_asset)(void* ctx, const partita_asset* asset);
  partita_status (*add_check)(void* ctx, const partita_check* check);
  /* [define] The reason that goes with a status other than OK returned by define(). */
  void (*fail)(void* ctx, partita_str text);
} partita_registrar;

typedef struct partita_plugin {
  uint32_t size;
  uint32_t minor; /* the PARTITA_ABI_MINOR it was built against */
  void* self;
  /* [define] Registers everything. May be called again; says the same each time. */
  partita_status (*define)(void* self, const partita_registrar* registrar);
  /* [any] The last call; may be null. */
  void (*close)(void* self);
  /* [any] A table of the plugin's for the extension `name/REV`, or null; may itself be null. */
  const void* (*extension)(void* self, const char* id);
} partita_plugin;

/* The one symbol a plugin exports. The host outlives the plugin; the result lives until close(). */
typedef const partita_plugin* (*partita_entry_v1_fn)(const partita_host* host);
#define PARTITA_ENTRY_SYMBOL "partita_entry_v1"

#ifdef __cplusplus
}
#endif

#endif
