/**
 * NRI adjustments applied to OCI runtime specs, without loss.
 *
 * @packageDocumentation
 */
export {};
