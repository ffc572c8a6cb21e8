// What a builtin validator sees beside the request: the container as it will be, and who has answered.
import { Container } from "@nri/protocol";
import type { ValidationView } from "../peer.js";
import { CallContext, type CallSetup } from "./builtin-call.js";
import type { ValidationContext } from "./builtin-plugin.js";

const NOTHING: ValidationView = { effective: {}, answered: [] };

/** The context of a validator's call. */
export class ValidationCall extends CallContext implements ValidationContext {
  readonly answered: readonly string[];
  readonly #view: ValidationView;
  #effective: Container | undefined;

  constructor(setup: CallSetup, view: ValidationView = NOTHING) {
    super(setup);
    this.#view = view;
    this.answered = [...view.answered];
  }

  get effective(): Container {
    this.#effective ??= Container.create(this.#view.effective);
    return this.#effective;
  }
}
