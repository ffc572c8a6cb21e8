// What the wrapper is called in the configuration of Docker and podman.

/** `docker run --runtime nri`, `podman --runtime nri run`. */
export const WRAPPER_NAME = "nri";
