// What the runtime gives a plugin: functions of a module that is called as this file.

/** Takes an encoded LogRequest. Gives an empty message. */
export declare function log(pointer: usize, size: usize): u64;
