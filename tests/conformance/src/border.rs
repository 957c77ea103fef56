//! Node-API, as far as numbers need it. Everything unsafe is here.

use crate::EXPORTS;
use napi_sys as sys;
use std::any::Any;
use std::cell::Cell;
use std::ffi::{CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};

/// A function that JavaScript can call.
pub(crate) type Export = fn([u32; 3]) -> u32;

const HOST_ARGUMENTS: usize = 3;

std::thread_local! {
    /// JavaScript's function for what only JavaScript can do.
    static HOST: Cell<Option<Host>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Host {
    env: sys::napi_env,
    function: sys::napi_ref,
}

/// Calls the function that the adapter has set with `setHost`.
///
/// # Panics
///
/// If that function throws; its exception then reaches JavaScript by itself.
pub(crate) fn host(operation: u32, left: u32, right: u32) -> u32 {
    let Host { env, function } = HOST.get().expect("the adapter calls `setHost` first");
    let arguments: [sys::napi_value; HOST_ARGUMENTS] =
        [operation, left, right].map(|number| to_js(env, number));
    let mut callee = null_mut();
    // SAFETY: the reference was made in this environment and is never deleted.
    check(unsafe { sys::napi_get_reference_value(env, function, &raw mut callee) });
    let mut this = null_mut();
    // SAFETY: `env` is the environment of the call into this addon that is going on.
    check(unsafe { sys::napi_get_undefined(env, &raw mut this) });
    let mut result = null_mut();
    // SAFETY: all values were made in this environment, within the call that is going on.
    check(unsafe {
        sys::napi_call_function(
            env,
            this,
            callee,
            HOST_ARGUMENTS,
            arguments.as_ptr(),
            &raw mut result,
        )
    });
    from_js(env, result)
}

/// Node calls this once, when it loads the addon.
///
/// # Safety
///
/// Only Node calls it, with the addon's environment and its empty `exports`.
#[unsafe(no_mangle)]
unsafe extern "C" fn napi_register_module_v1(
    env: sys::napi_env,
    exports: sys::napi_value,
) -> sys::napi_value {
    // SAFETY: called before any other function of Node-API.
    let node = unsafe { sys::setup() };
    // The functions found in it are used as long as the process lives.
    std::mem::forget(node);
    define(env, exports, "setHost", set_host, null_mut());
    for (name, export) in EXPORTS {
        let data = std::ptr::from_ref(export).cast_mut().cast();
        define(env, exports, name, call_export, data);
    }
    exports
}

fn define(
    env: sys::napi_env,
    exports: sys::napi_value,
    name: &str,
    callback: unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value,
    data: *mut c_void,
) {
    let length = isize::try_from(name.len()).expect("a short name");
    let mut function = null_mut();
    // SAFETY: `name` is valid for its length, and `data` is null or lives as long as the program.
    check(unsafe {
        sys::napi_create_function(
            env,
            name.as_ptr().cast(),
            length,
            Some(callback),
            data,
            &raw mut function,
        )
    });
    let name = CString::new(name).expect("a name without zeros");
    // SAFETY: `exports` and `function` belong to the call that is going on.
    check(unsafe { sys::napi_set_named_property(env, exports, name.as_ptr(), function) });
}

/// `setHost(function)`.
unsafe extern "C" fn set_host(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut argument = [null_mut()];
    let _ = arguments(env, info, &mut argument);
    let mut function = null_mut();
    // SAFETY: the argument belongs to the call that is going on.
    check(unsafe { sys::napi_create_reference(env, argument[0], 1, &raw mut function) });
    HOST.set(Some(Host { env, function }));
    null_mut()
}

/// Any of the [`EXPORTS`]. A panic becomes an exception of JavaScript's.
unsafe extern "C" fn call_export(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut given = [null_mut(); 3];
    let (count, data) = arguments(env, info, &mut given);
    // SAFETY: `define` was given a reference into the constant `EXPORTS`.
    let export = unsafe { *data.cast::<Export>() };
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut numbers = [0; 3];
        for (number, value) in numbers.iter_mut().zip(given).take(count) {
            *number = from_js(env, value);
        }
        to_js(env, export(numbers))
    }));
    result.unwrap_or_else(|panic| {
        throw(env, &panic);
        null_mut()
    })
}

fn arguments(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    given: &mut [sys::napi_value],
) -> (usize, *mut c_void) {
    let mut count = given.len();
    let mut data = null_mut();
    // SAFETY: `given` has room for as many values as `count` says.
    check(unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &raw mut count,
            given.as_mut_ptr(),
            null_mut(),
            &raw mut data,
        )
    });
    (count.min(given.len()), data)
}

fn throw(env: sys::napi_env, panic: &Box<dyn Any + Send>) {
    let message = match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(message), _) => message,
        (None, Some(message)) => *message,
        (None, None) => "a panic",
    };
    let message = CString::new(message.replace('\0', "")).expect("no zero is left");
    // Fails when an exception of the host's is on its way already; that one then says what happened.
    // SAFETY: both texts end with a zero, or are null.
    let _ = unsafe { sys::napi_throw_error(env, null::<c_char>(), message.as_ptr()) };
}

fn to_js(env: sys::napi_env, number: u32) -> sys::napi_value {
    let mut value = null_mut();
    // SAFETY: `env` is the environment of the call into this addon that is going on.
    check(unsafe { sys::napi_create_uint32(env, number, &raw mut value) });
    value
}

fn from_js(env: sys::napi_env, value: sys::napi_value) -> u32 {
    let mut number = 0;
    // SAFETY: `value` belongs to the call that is going on.
    check(unsafe { sys::napi_get_value_uint32(env, value, &raw mut number) });
    number
}

#[track_caller]
fn check(status: sys::napi_status) {
    assert!(
        status == sys::Status::napi_ok,
        "Node-API refused a call with the status {status}"
    );
}
