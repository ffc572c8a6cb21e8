// What a runtime asks, by chance: pods, containers and resources with something of everything, or with nothing at all.
import { FIELD_NAMES, FIELDS, type FieldName, type FieldRow, UPDATABLE_FIELDS } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Chance } from "./chance.js";
import { text, touch } from "./values.js";

const SHOWN: readonly FieldName[] = FIELD_NAMES.filter((name) => (FIELDS[name] as FieldRow).container !== undefined);

function pick(by: Chance, fields: readonly FieldName[], most: number): FieldName[] {
  return by.times(0, most, () => fields[by.below(fields.length)] as FieldName);
}

function textMap(by: Chance): JsonObject {
  return Object.fromEntries(
    by.times(0, 3, () => [by.one(["app", "one", "__proto__", "", "-k", "constructor", "ü"]), text(by) as string]),
  );
}

/** Resources such as a runtime asks for. */
export function anyResources(by: Chance, most = 6): JsonObject {
  const message: JsonObject = {};
  for (const field of pick(by, UPDATABLE_FIELDS, most)) touch(by, message, field, "set", "adjust");
  if (by.rarely(4)) touch(by, message, "DeviceRules", "set", "adjust");
  return ((message.linux as JsonObject | undefined)?.resources ?? {}) as JsonObject;
}

/** A container as a runtime creates it. */
export function anyContainer(by: Chance, name: string, id: string): JsonObject {
  const container: JsonObject = { id, name, podSandboxId: by.one(["pod", ""]) };
  if (by.rarely(8)) return container;
  for (const field of pick(by, SHOWN, 12)) touch(by, container, field, "set", "adjust");
  if (Array.isArray(container.env)) {
    container.env = container.env.map((entry) => {
      const { key, value } = entry as { key: string; value: string };
      return by.rarely(10) ? key : `${key}=${value}`;
    });
  }
  const more: Record<string, (by: Chance) => JsonValue> = {
    labels: textMap,
    state: () => by.one(["CONTAINER_CREATED", "CONTAINER_RUNNING", "CONTAINER_UNKNOWN", 9]),
    pid: () => by.one([0, 1, 4294967295]),
    createdAt: () => by.one(["0", "1700000000000000000", "-9223372036854775808"]),
    exitCode: () => by.one([0, 137, -2147483648]),
    statusReason: text,
    user: () => ({ uid: by.one([0, 4294967295]), gid: 1, additionalGids: [1, 0, 4294967295] }),
    image: () => ({ name: text(by), digest: "sha256:1" }),
  };
  for (const [member, make] of Object.entries(more)) if (by.rarely(4)) container[member] = make(by);
  if (by.rarely(2)) {
    const linux = (container.linux ?? {}) as JsonObject;
    linux.seccompProfile = {
      profileType: by.one(["RUNTIME_DEFAULT", "UNCONFINED", "LOCALHOST"]),
      localhostRef: text(by),
    };
    container.linux = linux;
  }
  return container;
}

/** A pod, with `annotations` besides its own. */
export function anyPod(by: Chance, name: string, annotations: JsonObject = {}): JsonObject {
  if (by.rarely(4)) return { id: "pod", name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  return {
    id: by.one(["pod", "ü", "__proto__"]),
    name,
    uid: text(by),
    namespace: by.one(["default", "kube-system", ""]),
    labels: textMap(by),
    annotations: { ...textMap(by), ...annotations },
    runtimeHandler: by.one(["runc", ""]),
    ips: by.times(0, 2, () => by.one(["10.0.0.1", "fd00::7"])),
    pid: by.one([0, 4294967295]),
    ...(by.rarely(2)
      ? { linux: { cgroupParent: text(by), podResources: anyResources(by, 3), podOverhead: anyResources(by, 2) } }
      : {}),
  };
}
