// A plugin as a WebAssembly module: says what it is asked, and answers nothing. Each exported function is one call.
import { log, NOTHING, Reader } from "./nri";

export { free, malloc, plugin_api_version } from "./nri";

function got(what: string): u64 {
  log(`WASM: Got ${what}`);
  return NOTHING;
}

// An empty answer to Configure subscribes to everything.
export function plugin_configure(_pointer: usize, _size: usize): u64 {
  return got("configure request");
}
export function plugin_synchronize(_pointer: usize, _size: usize): u64 {
  return got("synchronize request");
}
export function plugin_shutdown(_pointer: usize, _size: usize): u64 {
  return got("shutdown request");
}
export function plugin_run_pod_sandbox(_pointer: usize, _size: usize): u64 {
  return got("run pod sandbox request");
}
export function plugin_update_pod_sandbox(_pointer: usize, _size: usize): u64 {
  return got("update pod sandbox request");
}
export function plugin_post_update_pod_sandbox(_pointer: usize, _size: usize): u64 {
  return got("post update pod sandbox request");
}
export function plugin_stop_pod_sandbox(_pointer: usize, _size: usize): u64 {
  return got("stop pod sandbox request");
}
export function plugin_remove_pod_sandbox(_pointer: usize, _size: usize): u64 {
  return got("remove pod sandbox request");
}
export function plugin_create_container(_pointer: usize, _size: usize): u64 {
  return got("create container request");
}
export function plugin_post_create_container(_pointer: usize, _size: usize): u64 {
  return got("post create container request");
}
export function plugin_start_container(_pointer: usize, _size: usize): u64 {
  return got("start container request");
}
export function plugin_post_start_container(_pointer: usize, _size: usize): u64 {
  return got("post start container request");
}
export function plugin_update_container(_pointer: usize, _size: usize): u64 {
  return got("update container request");
}
export function plugin_post_update_container(_pointer: usize, _size: usize): u64 {
  return got("post update container request");
}
export function plugin_stop_container(_pointer: usize, _size: usize): u64 {
  return got("stop container request");
}
export function plugin_remove_container(_pointer: usize, _size: usize): u64 {
  return got("remove container request");
}

/** An event of a runtime that knows no dedicated call for it. */
export function plugin_state_change(pointer: usize, size: usize): u64 {
  const change = new Reader(pointer, size);
  let event: i64 = 0;
  while (change.next()) {
    if (change.field === 1) event = change.number();
    else change.skip();
  }
  got(`state change request with event: ${nameOf(event)}`);
  switch (event as i32) {
    case 1:
      return plugin_run_pod_sandbox(pointer, size);
    case 2:
      return plugin_stop_pod_sandbox(pointer, size);
    case 3:
      return plugin_remove_pod_sandbox(pointer, size);
    case 5:
      return plugin_post_create_container(pointer, size);
    case 6:
      return plugin_start_container(pointer, size);
    case 7:
      return plugin_post_start_container(pointer, size);
    case 9:
      return plugin_post_update_container(pointer, size);
    case 11:
      return plugin_remove_container(pointer, size);
    case 13:
      return plugin_post_update_pod_sandbox(pointer, size);
  }
  return NOTHING;
}

const EVENTS: string[] = [
  "UNKNOWN",
  "RUN_POD_SANDBOX",
  "STOP_POD_SANDBOX",
  "REMOVE_POD_SANDBOX",
  "CREATE_CONTAINER",
  "POST_CREATE_CONTAINER",
  "START_CONTAINER",
  "POST_START_CONTAINER",
  "UPDATE_CONTAINER",
  "POST_UPDATE_CONTAINER",
  "STOP_CONTAINER",
  "REMOVE_CONTAINER",
  "UPDATE_POD_SANDBOX",
  "POST_UPDATE_POD_SANDBOX",
  "VALIDATE_CONTAINER_ADJUSTMENT",
];

function nameOf(event: i64): string {
  return event >= 0 && event < EVENTS.length ? EVENTS[event as i32] : event.toString();
}

/** Says no to nothing. */
export function plugin_validate_container_adjustment(_pointer: usize, _size: usize): u64 {
  return NOTHING;
}
