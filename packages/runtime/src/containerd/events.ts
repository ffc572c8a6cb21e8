// containerd's events as what the common part hears.
import type { EngineEvents } from "../domain.js";
import type { ContainerdApi } from "./api.js";
import { type Envelope, nanoseconds } from "./api-types.js";

/** What is listened to. A task is deleted after its exit, or instead of it when its shim was lost. */
export const TOPICS = ["/tasks/exit", "/tasks/delete", "/containers/delete"] as const;

/** Tells of an event. Processes of execs, and what has another topic, are passed over. */
export function tell(api: ContainerdApi, { topic, event }: Envelope, domain: string, events: EngineEvents): void {
  if (event === null) return;
  switch (topic) {
    case "/tasks/exit":
    case "/tasks/delete": {
      const { containerId, id, pid, exitStatus, exitedAt } = api.taskEnd(topic, event);
      if (id !== "" && id !== containerId) return;
      events.exited(domain, containerId, { code: exitStatus | 0, at: nanoseconds(exitedAt), pid });
      return;
    }
    case "/containers/delete":
      events.removed(domain, api.deletedContainer(event));
      return;
  }
}
