// A plugin that writes down what it is told, and asks for what a test wants.
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import {
  type Container,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type LinuxResources,
  type PodSandbox,
} from "@nri/protocol";

/** One event. */
export interface Heard {
  readonly event: EventName;
  readonly pod: PodSandbox;
  readonly container?: Container | undefined;
  /** Of UpdateContainer. */
  readonly resources?: LinuxResources | undefined;
  /** When it was told, in milliseconds. */
  readonly at: number;
}

/** The plugin. */
export interface Ear extends AsyncDisposable {
  readonly session: PluginSession;
  /** Names of events told of a pod or container, in order. */
  of(id: string): string[];
  /** What was told of one kind of event of a container or pod, in order. */
  heard(event: EventName, id: string): readonly Heard[];
  /** What was told of the first end of a container, and how late. */
  end(id: string): { readonly container: Container; readonly lateMs: number } | undefined;
  /** Names of events told of a container; one that has its pod's id is told apart. */
  ofContainer(id: string): string[];
  /** All that was told, in order. */
  readonly told: readonly Heard[];
  readonly count: number;
}

/** Starts it. `answers` are what it says to some of the events. */
export async function listen(
  socketPath: string,
  answers: PluginDefinition = {},
  name = "ear",
  index = "10",
): Promise<Ear> {
  const told: Heard[] = [];
  const note =
    (event: EventName) => (call: { pod: PodSandbox; container?: Container; linuxResources?: LinuxResources }) => {
      told.push({ event, pod: call.pod, container: call.container, resources: call.linuxResources, at: Date.now() });
      return (answers[event] as ((given: object) => undefined) | undefined)?.(call);
    };
  const session = await definePlugin(Object.fromEntries(EVENT_NAMES.map((event) => [event, note(event)]))).start({
    socketPath,
    index,
    name,
    environment: {},
    log: silentLogger,
  });
  const about = (id: string) => told.filter(({ pod, container }) => (container ?? pod).id === id);
  return {
    session,
    of: (id) => about(id).map(({ event }) => EVENTS[event].name),
    heard: (name, id) => about(id).filter(({ event }) => event === name),
    end: (id) => {
      const one = about(id).find(({ event }) => event === "stopContainer");
      if (one?.container === undefined) return undefined;
      return { container: one.container, lateMs: one.at - Number(one.container.finishedAt / 1_000_000n) };
    },
    ofContainer: (id) => told.filter(({ container }) => container?.id === id).map(({ event }) => EVENTS[event].name),
    told,
    get count() {
      return told.length;
    },
    [Symbol.asyncDispose]: async () => await session[Symbol.asyncDispose](),
  };
}
