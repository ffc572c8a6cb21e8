// What the caller of applyAdjustment decides.
import type { LinuxBlockIO, LinuxIntelRdt, LinuxResources, Spec } from "../spec/types.js";

/** How an adjustment is put into a spec. */
export interface ApplyOptions {
  /**
   * `default` applies everything that was asked for; `reference` does exactly what the reference's generator does, with
   * what it drops. The differences are listed at `applyAdjustment`.
   */
  readonly compat?: "default" | "reference" | undefined;
  /**
   * Sees the annotations with their removal marks and returns those to apply. A throw refuses the adjustment. (There is no
   * filter for labels: an adjustment has none, and the reference never calls the one it takes.)
   */
  readonly filterAnnotations?: ((annotations: { [key: string]: string }) => { [key: string]: string }) | undefined;
  /** Block I/O settings of a class. Without it block I/O classes are ignored (and reported as such). */
  readonly resolveBlockioClass?: ((name: string) => LinuxBlockIO) | undefined;
  /** RDT settings of a class. Without it RDT classes are ignored (and reported as such). */
  readonly resolveRdtClass?: ((name: string) => LinuxIntelRdt) | undefined;
  /** Last look at the resources, once per adjustment that has any; may change them. A throw refuses the adjustment. */
  readonly checkResources?: ((resources: LinuxResources) => void) | undefined;
  /** Puts CDI devices into the spec, all at once. Without it they are ignored (and reported as such). */
  readonly injectCdiDevices?: ((spec: Spec, names: readonly string[]) => void) | undefined;
  /**
   * Text of `/proc/self/mountinfo`, asked for once when a mount wants `rshared` or `rslave` propagation, to see whether its
   * source allows that. Without it nothing is checked.
   */
  readonly mountInfo?: (() => string) | undefined;
}
