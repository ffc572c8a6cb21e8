// Which collector joins the answers to an event, by its row of the table.
import type {
  Container,
  CreateContainerRequest,
  EventRow,
  Init,
  OwningPlugins,
  StopContainerRequest,
  UpdateContainerRequest,
} from "@nri/protocol";
import { EVENTS } from "@nri/protocol";
import { type Compat, createCollector, stopCollector, updateCollector } from "./merge/index.js";

/** Joins the answers of the plugins to one request, whatever the request. */
export interface Collector {
  /** The request as the next plugin must see it; another object after each change. */
  readonly request: Init<unknown>;
  /** The container before the first plugin was asked; only for a creation. */
  readonly original?: { readonly container?: Init<Container> | undefined } | undefined;
  /** Takes a plugin's answer. Throws an `AdaptationError` when it cannot be joined with those before it. */
  apply(plugin: string, response: object | undefined): void;
  /** The joined answer. */
  result(): unknown;
  /** Who owns what, by container id. */
  readonly owners: OwningPlugins;
  /** The part of `owners` that one plugin owns. */
  ownersBy(plugin: string): OwningPlugins;
}

/** The collector for a request; undefined when answers to it have no content. */
export function collectorFor({ event }: EventRow, request: Init<unknown>, compat: Compat): Collector | undefined {
  switch (event) {
    case EVENTS.createContainer.event:
      return createCollector(request as Init<CreateContainerRequest>, { compat });
    case EVENTS.updateContainer.event:
      return updateCollector(request as Init<UpdateContainerRequest>, { compat });
    case EVENTS.stopContainer.event:
      return stopCollector(request as Init<StopContainerRequest>, { compat });
    default:
      return undefined;
  }
}
