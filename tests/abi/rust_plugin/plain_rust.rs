//! A whole plugin in Rust with rustc alone: its structs are written down here by hand, from the headers of sdk/abi.
//!
//!   GET /plain_rust/now/{name}     answered inside the call
//!   GET /plain_rust/later/{name}   answered by a thread of the plugin's own; the text changes its owner with a release function

use std::ffi::c_void;
use std::os::raw::c_char;
use std::ptr;
use std::sync::mpsc::{channel, Sender};
use std::sync::Mutex;
use std::thread::JoinHandle;

type Status = i32;
const OK: Status = 0;
const PENDING: Status = 1;
const E_UNAVAILABLE: Status = -11;
const E_INTERNAL: Status = -12;

#[repr(C)]
#[derive(Clone, Copy)]
struct Str {
    data: *const c_char,
    size: usize,
}

#[repr(C)]
struct Pair {
    name: Str,
    value: Str,
}

#[repr(C)]
struct Bytes {
    data: *const c_void,
    size: usize,
}

#[repr(C)]
struct Slice {
    data: *const c_void,
    size: usize,
    release: Option<extern "C" fn(*mut c_void, *const c_void, usize)>,
    context: *mut c_void,
}

/// Only handed through: its inside is the host's matter.
#[repr(C)]
struct Error {
    struct_size: u32,
}

#[repr(C)]
struct Host {
    struct_size: u32,
    abi_major: u16,
    abi_minor: u16,
    implementation: *mut c_void,
    host_version: Str,
    plugin_id: Str,
    data_directory: Str,
    query: extern "C" fn(*const Host, Str, *mut *const c_void) -> Status,
}

#[repr(C)]
struct Plugin {
    struct_size: u32,
    reserved: u32,
    implementation: *mut Instance,
    configure: Option<extern "C" fn(*mut Plugin, *const c_void, *mut Error) -> Status>,
    start: Option<extern "C" fn(*mut Plugin, *mut Error) -> Status>,
    quiesce: Option<extern "C" fn(*mut Plugin, u64) -> Status>,
    stop: Option<extern "C" fn(*mut Plugin)>,
    destroy: Option<extern "C" fn(*mut Plugin)>,
    health: Option<extern "C" fn(*mut Plugin, *mut c_void) -> Status>,
    query: Option<extern "C" fn(*mut Plugin, Str, *mut *const c_void) -> Status>,
}

#[repr(C)]
pub struct Entry {
    magic: u32,
    struct_size: u32,
    abi_major: u16,
    abi_minor: u16,
    flags: u32,
    id: *const c_char,
    version: *const c_char,
    sdk: *const c_char,
    needs: *const c_void,
    needs_n: u32,
    reserved: u32,
    create: extern "C" fn(*const Host, *mut *mut Plugin, *mut Error) -> Status,
    describe: Option<extern "C" fn(*const c_void, *mut c_void) -> Status>,
}

/// It points to constants only.
unsafe impl Sync for Entry {}

#[repr(C)]
struct Request {
    struct_size: u32,
    flags: u32,
    method: Str,
    path: Str,
    query: Str,
    peer: Str,
    request_id: Str,
    traceparent: Str,
    principal: Str,
    headers: *const Pair,
    params: *const Pair,
    headers_n: u32,
    params_n: u32,
    body: Bytes,
    deadline_ns: u64,
}

#[repr(C)]
struct Response {
    struct_size: u32,
    status: u32,
    headers: *const Pair,
    headers_n: u32,
    flags: u32,
    body: Slice,
}

type Handler = extern "C" fn(*mut c_void, u64, *const Request) -> Status;

#[repr(C)]
struct Route {
    struct_size: u32,
    flags: u32,
    method: Str,
    pattern: Str,
    operation_id: Str,
    summary: Str,
    description: Str,
    request_schema: Str,
    response_schema: Str,
    scopes: *const Str,
    scopes_n: u32,
    access: u32,
    deadline_ms: u32,
    reserved: u32,
    body_bytes_max: u64,
    handle: Handler,
    user: *mut c_void,
}

/// The table as far as this plugin uses it: it may be longer.
#[repr(C)]
struct HttpServer {
    struct_size: u32,
    reserved: u32,
    add_route: extern "C" fn(*const Host, *const Route, *mut u64, *mut Error) -> Status,
    retain: extern "C" fn(*const Host, u64, *mut *const Request) -> Status,
    reply: extern "C" fn(*const Host, u64, *const Response) -> Status,
}

/// What the threads of the host and our own share: both are valid on any thread until destroy().
#[derive(Clone, Copy)]
struct Http {
    host: *const Host,
    table: *const HttpServer,
}
unsafe impl Send for Http {}

struct Instance {
    base: Plugin,
    host: *const Host,
    http: Option<Http>,
    owed: Mutex<Option<Sender<(u64, String)>>>,
    answerer: Option<JoinHandle<()>>,
}

fn text(value: &'static str) -> Str {
    Str { data: value.as_ptr() as *const c_char, size: value.len() }
}

const NO_TEXT: Str = Str { data: ptr::null(), size: 0 };

extern "C" fn release(context: *mut c_void, _data: *const c_void, _size: usize) {
    drop(unsafe { Box::from_raw(context as *mut String) });
}

impl Http {
    /// The text is the host's from the moment that the call succeeds.
    fn answer(&self, request: u64, body: String) -> Status {
        let content_type = Pair { name: text("content-type"), value: text("text/plain; charset=utf-8") };
        let owned = Box::new(body);
        let (data, size) = (owned.as_ptr() as *const c_void, owned.len());
        let context = Box::into_raw(owned) as *mut c_void;
        let response = Response {
            struct_size: std::mem::size_of::<Response>() as u32,
            status: 200,
            headers: &content_type,
            headers_n: 1,
            flags: 0,
            body: Slice { data, size, release: Some(release), context },
        };
        let status = unsafe { ((*self.table).reply)(self.host, request, &response) };
        if status < 0 {
            release(context, data, size);
        }
        status
    }

    fn add_route(&self, pattern: &'static str, operation: &'static str, handle: Handler, user: *mut Instance, error: *mut Error) -> Status {
        let route = Route {
            struct_size: std::mem::size_of::<Route>() as u32,
            flags: 0,
            method: text("GET"),
            pattern: text(pattern),
            operation_id: text(operation),
            summary: text("Greet from Rust"),
            description: NO_TEXT,
            request_schema: NO_TEXT,
            response_schema: NO_TEXT,
            scopes: ptr::null(),
            scopes_n: 0,
            access: 0,
            deadline_ms: 0,
            reserved: 0,
            body_bytes_max: 0,
            handle,
            user: user as *mut c_void,
        };
        let mut id = 0;
        unsafe { ((*self.table).add_route)(self.host, &route, &mut id, error) }
    }
}

fn greeting(view: *const Request, when: &str) -> String {
    let view = unsafe { &*view };
    let params = unsafe { std::slice::from_raw_parts(view.params, view.params_n as usize) };
    let name = params[0].value;
    let bytes = unsafe { std::slice::from_raw_parts(name.data as *const u8, name.size) };
    format!("{}, from Rust: {}\n", when, String::from_utf8_lossy(bytes))
}

extern "C" fn now(user: *mut c_void, request: u64, view: *const Request) -> Status {
    let instance = unsafe { &*(user as *const Instance) };
    match instance.http {
        Some(http) => http.answer(request, greeting(view, "now")),
        None => E_UNAVAILABLE,
    }
}

extern "C" fn later(user: *mut c_void, request: u64, view: *const Request) -> Status {
    let instance = unsafe { &*(user as *const Instance) };
    let owed = instance.owed.lock().unwrap();
    match owed.as_ref().map(|sender| sender.send((request, greeting(view, "later")))) {
        Some(Ok(())) => PENDING,
        _ => E_UNAVAILABLE,
    }
}

extern "C" fn start(plugin: *mut Plugin, error: *mut Error) -> Status {
    let user = unsafe { (*plugin).implementation };
    let instance = unsafe { &mut *user };
    let mut service: *const c_void = ptr::null();
    let status = unsafe { ((*instance.host).query)(instance.host, text("gantry.http.server/1"), &mut service) };
    if status < 0 {
        return status;
    }
    let http = Http { host: instance.host, table: service as *const HttpServer };
    let (sender, receiver) = channel::<(u64, String)>();
    instance.http = Some(http);
    *instance.owed.lock().unwrap() = Some(sender);
    // Ends when the sender is dropped and everything owed is answered.
    let run = move || {
        let http = http;
        for (request, body) in receiver {
            http.answer(request, body);
        }
    };
    instance.answerer = match std::thread::Builder::new().name("plain_rust".into()).spawn(run) {
        Ok(thread) => Some(thread),
        Err(_) => return E_INTERNAL,
    };
    let status = http.add_route("/plain_rust/now/{name}", "now", now, user, error);
    if status < 0 {
        return status;
    }
    http.add_route("/plain_rust/later/{name}", "later", later, user, error)
}

extern "C" fn stop(plugin: *mut Plugin) {
    let instance = unsafe { &mut *(*plugin).implementation };
    *instance.owed.lock().unwrap() = None;
    if let Some(thread) = instance.answerer.take() {
        let _ = thread.join();
    }
}

extern "C" fn destroy(plugin: *mut Plugin) {
    drop(unsafe { Box::from_raw((*plugin).implementation) });
}

extern "C" fn create(host: *const Host, plugin: *mut *mut Plugin, _error: *mut Error) -> Status {
    let base = Plugin {
        struct_size: std::mem::size_of::<Plugin>() as u32,
        reserved: 0,
        implementation: ptr::null_mut(),
        configure: None,
        start: Some(start),
        quiesce: None,
        stop: Some(stop),
        destroy: Some(destroy),
        health: None,
        query: None,
    };
    let instance = Box::into_raw(Box::new(Instance { base, host, http: None, owed: Mutex::new(None), answerer: None }));
    unsafe {
        (*instance).base.implementation = instance;
        *plugin = ptr::addr_of_mut!((*instance).base);
    }
    OK
}

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static gantry_plugin_entry: Entry = Entry {
    magic: 0x5954_4e47,
    struct_size: std::mem::size_of::<Entry>() as u32,
    abi_major: 1,
    abi_minor: 0,
    flags: 0,
    id: b"plain_rust\0".as_ptr() as *const c_char,
    version: b"1.0.0\0".as_ptr() as *const c_char,
    sdk: b"none\0".as_ptr() as *const c_char,
    needs: ptr::null(),
    needs_n: 0,
    reserved: 0,
    create,
    describe: None,
};

const INFO_TEXT: &[u8; 75] = b"abi=1.0\0id=plain_rust\0version=1.0.0\0sdk=none\0use=gantry.http.server/1:32\0\0\0";
const MANIFEST_TEXT: &[u8; 105] =
    b"id: plain_rust\nversion: 1.0.0\nsummary: a plugin in Rust without a crate\nservices: [gantry.http.server/1]\n";

#[used]
#[link_section = ".gantry.info"]
static INFO: [u8; INFO_TEXT.len()] = *INFO_TEXT;

#[used]
#[link_section = ".gantry.manifest"]
static MANIFEST: [u8; MANIFEST_TEXT.len()] = *MANIFEST_TEXT;
