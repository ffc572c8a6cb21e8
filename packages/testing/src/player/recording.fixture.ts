// A plugin that keeps every request it gets, and a manifest in which everything is said that can be said.
import type { PluginDefinition } from "@nri/plugin";
import { EVENTS } from "@nri/protocol";
import { LIFE, type LifeEvent } from "./life.js";

/** One request as the plugin saw it. */
export interface Seen {
  readonly event: LifeEvent;
  readonly request: { readonly pod?: object | undefined; readonly container?: { readonly name: string } | undefined };
}

/** A plugin that is subscribed to every event of a life, changes nothing, and appends what it sees to `seen`. */
export function recordingPlugin(seen: Seen[]): PluginDefinition {
  const handlers = LIFE.map((event) => [event, (request: Seen["request"]) => void seen.push({ event, request })]);
  return { index: "00", name: "recorder", ...Object.fromEntries(handlers) } as PluginDefinition;
}

/** `CreateContainer nginx`, `RunPodSandbox`: one line for each request. */
export function storyOf(seen: readonly Seen[]): string[] {
  return seen.map(({ event, request }) =>
    [EVENTS[event].name, request.container?.name].filter((part) => part !== undefined).join(" "),
  );
}

/** A pod with everything that fills a field of a message. */
export const FULL_MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  name: full
  namespace: shop
  uid: 11111111-2222-4333-8444-555555555555
  labels: {app: full}
  annotations: {note: full}
spec:
  runtimeClassName: kata
  overhead: {cpu: 250m, memory: 120Mi}
  securityContext:
    runAsUser: 1000
    runAsGroup: 2000
    fsGroup: 3000
    seccompProfile: {type: Localhost, localhostProfile: profiles/audit.json}
    sysctls: [{name: net.core.somaxconn, value: "1024"}]
  initContainers:
  - {name: setup, image: busybox, command: [setup]}
  - {name: proxy, image: busybox, restartPolicy: Always, resources: {limits: {cpu: 100m, memory: 32Mi}}}
  containers:
  - name: main
    image: shop/main@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    command: [main]
    env: [{name: A, value: b}]
    resources:
      requests: {cpu: 500m, memory: 64Mi, hugepages-2Mi: 4Mi}
      limits: {cpu: "1", memory: 128Mi, hugepages-2Mi: 4Mi}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
`;
