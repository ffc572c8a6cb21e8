// How adjustments are put into specs, as the configuration of this moment says.
import type { ApplyOptions } from "@nri/oci";

/** `ApplyOptions` whose values can be changed as a whole. */
export class LiveApply implements ApplyOptions {
  /** What holds for the next adjustment. */
  current: ApplyOptions;

  constructor(current: ApplyOptions) {
    this.current = current;
  }

  get compat(): ApplyOptions["compat"] {
    return this.current.compat;
  }

  get injectCdiDevices(): ApplyOptions["injectCdiDevices"] {
    return this.current.injectCdiDevices;
  }

  get resolveBlockioClass(): ApplyOptions["resolveBlockioClass"] {
    return this.current.resolveBlockioClass;
  }

  get resolveRdtClass(): ApplyOptions["resolveRdtClass"] {
    return this.current.resolveRdtClass;
  }

  get mountInfo(): ApplyOptions["mountInfo"] {
    return this.current.mountInfo;
  }
}
