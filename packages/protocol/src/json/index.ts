/**
 * Protobuf messages as JSON (protojson) and back. Apart from the main entry, because it loads descriptors.
 *
 * @packageDocumentation
 */
export {};
