// The multiplexer: one trunk, numbered connections.

export { DEFAULT_MUX_LIMITS, FIRST_FRAME_PAYLOAD_BYTES, MAX_FRAME_PAYLOAD_BYTES, type MuxLimits } from "./limits.js";
export { Mux, type MuxOptions, type MuxStats } from "./mux.js";
