// A whole plugin in Rust: the tables of partita/abi.h by hand, as far as it uses them.

use std::ffi::c_void;
use std::ptr::null;

#[repr(C)]
#[derive(Clone, Copy)]
struct Str {
    ptr: *const u8,
    len: usize,
}

const NONE: Str = Str { ptr: null(), len: 0 };

const fn text(value: &'static str) -> Str {
    Str { ptr: value.as_ptr(), len: value.len() }
}

type Status = i32;
const OK: Status = 0;

#[repr(C)]
struct Value {
    size: u32,
    kind: u32,
    i: i64,
    f: f64,
    text: Str,
}

#[repr(C)]
struct Run {
    size: u32,
    attempt: u32,
    ctx: *mut c_void,
    asset: Str,
    run_id: Str,
    partition: Str,
    dimensions: *const c_void,
    dimension_count: usize,
    log: extern "C" fn(*mut c_void, i32, Str),
    fail: extern "C" fn(*mut c_void, Str),
    progress: extern "C" fn(*mut c_void, f64, Str),
    cancelled: extern "C" fn(*mut c_void) -> i32,
    metadata: extern "C" fn(*mut c_void, Str, *const Value) -> Status,
}

#[repr(C)]
struct Dimension {
    size: u32,
    kind: u32,
    name: Str,
    cadence: u32,
    offsets: [i32; 4],
    reserved: u32,
    cron_to_format: [Str; 5],
    exclusions: *const Str,
    exclusion_count: usize,
    keys: *const Str,
    key_count: usize,
    dynamic_set: Str,
}

#[repr(C)]
struct Asset {
    size: u32,
    flags: u32,
    key: Str,
    description: Str,
    group: Str,
    code_version: Str,
    pool: Str,
    kinds: *const Str,
    kind_count: usize,
    owners: *const Str,
    owner_count: usize,
    tags: *const c_void,
    tag_count: usize,
    deps: *const c_void,
    dep_count: usize,
    dimensions: *const *const Dimension,
    dimension_count: usize,
    user: *mut c_void,
    run: extern "C" fn(*mut c_void, *const Run) -> Status,
    drop: Option<extern "C" fn(*mut c_void)>,
}

#[repr(C)]
struct Registrar {
    size: u32,
    reserved: u32,
    ctx: *mut c_void,
    add_asset: extern "C" fn(*mut c_void, *const Asset) -> Status,
}

#[repr(C)]
pub struct Plugin {
    size: u32,
    minor: u32,
    this: *mut c_void,
    define: extern "C" fn(*mut c_void, *const Registrar) -> Status,
    close: Option<extern "C" fn(*mut c_void)>,
    extension: Option<extern "C" fn(*mut c_void, *const u8) -> *const c_void>,
}
unsafe impl Sync for Plugin {}

#[repr(C, align(4))]
struct Note {
    name_size: u32,
    desc_size: u32,
    kind: u32,
    name: [u8; 8],
    abi_major: u16,
    abi_minor_required: u16,
    sdk_version: u32,
    flags: u32,
    language: [u8; 12],
    plugin_id: [u8; 64],
}

const fn padded<const N: usize>(value: &[u8]) -> [u8; N] {
    let mut result = [0; N];
    let mut i = 0;
    while i < value.len() {
        result[i] = value[i];
        i += 1;
    }
    result
}

#[used]
#[link_section = ".note.partita"]
static NOTE: Note = Note {
    name_size: 5,
    desc_size: 88,
    kind: 1,
    name: padded(b"PTA1"),
    abi_major: 1,
    abi_minor_required: 0,
    sdk_version: 100,
    flags: 0,
    language: padded(b"rust"),
    plugin_id: padded(b"rust"),
};

fn length_of(key: Str) -> i64 {
    // The host's texts are UTF-8 and live as long as this call.
    let bytes = unsafe { std::slice::from_raw_parts(key.ptr, key.len) };
    std::str::from_utf8(bytes).map_or(-1, |word| word.chars().count() as i64)
}

extern "C" fn measure(_user: *mut c_void, run: *const Run) -> Status {
    let run = unsafe { &*run };
    (run.log)(run.ctx, 1, run.partition);
    let value = Value {
        size: std::mem::size_of::<Value>() as u32,
        kind: 1,
        i: length_of(run.partition),
        f: 0.0,
        text: NONE,
    };
    (run.metadata)(run.ctx, text("characters"), &value)
}

extern "C" fn define(_this: *mut c_void, registrar: *const Registrar) -> Status {
    let keys = [text("Rost"), text("Öl")];
    let words = Dimension {
        size: std::mem::size_of::<Dimension>() as u32,
        kind: 2,
        name: NONE,
        cadence: 0,
        offsets: [0; 4],
        reserved: 0,
        cron_to_format: [NONE; 5],
        exclusions: null(),
        exclusion_count: 0,
        keys: keys.as_ptr(),
        key_count: keys.len(),
        dynamic_set: NONE,
    };
    let dimensions = [&words as *const Dimension];
    let asset = Asset {
        size: std::mem::size_of::<Asset>() as u32,
        flags: 0,
        key: text("rust_words"),
        description: text("how long words are"),
        group: NONE,
        code_version: text("auto"),
        pool: NONE,
        kinds: null(),
        kind_count: 0,
        owners: null(),
        owner_count: 0,
        tags: null(),
        tag_count: 0,
        deps: null(),
        dep_count: 0,
        dimensions: dimensions.as_ptr(),
        dimension_count: 1,
        user: std::ptr::null_mut(),
        run: measure,
        drop: None,
    };
    let registrar = unsafe { &*registrar };
    // A refusal is the host's to report.
    (registrar.add_asset)(registrar.ctx, &asset);
    OK
}

static PLUGIN: Plugin = Plugin {
    size: std::mem::size_of::<Plugin>() as u32,
    minor: 0,
    this: std::ptr::null_mut(),
    define,
    close: None,
    extension: None,
};

#[no_mangle]
pub extern "C" fn partita_entry_v1(_host: *const c_void) -> *const Plugin {
    &PLUGIN
}
