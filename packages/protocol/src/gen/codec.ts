// Generated from proto/ by scripts/generate.mjs; do not edit.
import type { Init } from "../message.js";
import { copyBool, copyInt32, copyInt64, copyList, copyMap, copyMessage, copyMessages, copyNumberedMap, copyPresent, copyString, copyUint32, copyUint64 } from "../wire/copier.js";
import { expect, skip, takeBool, takeInt32, takeInt64, takeItem, takeMessage, takeMessageEntry, takeNumberedMessage, takeNumberedString, takePacked, takeString, takeStringEntry, takeTag, takeUint32, takeUint64 } from "../wire/reader.js";
import { putBool, putInt32, putInt32s, putInt64, putMessage, putMessageMap, putMessages, putNumberedMessages, putNumberedStrings, putString, putStringMap, putStrings, putUint32, putUint32s, putUint64 } from "../wire/writer.js";
import type * as t from "./messages.js";

export function writeOptionalString(m: Init<t.OptionalString>): void {
  putString(10, m.value, "value");
}

export function readOptionalString(into: t.OptionalString | undefined): t.OptionalString {
  expect(1);
  const m: t.OptionalString = into ?? {
    value: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.value = takeString("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalString(m: Init<t.OptionalString>): t.OptionalString {
  return {
    value: copyString(m.value, "OptionalString.value"),
  };
}

export function writeOptionalRepeatedString(m: Init<t.OptionalRepeatedString>): void {
  putStrings(10, m.value, "value");
}

export function readOptionalRepeatedString(into: t.OptionalRepeatedString | undefined): t.OptionalRepeatedString {
  expect(1);
  const m: t.OptionalRepeatedString = into ?? {
    value: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.value.push(takeString("value")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalRepeatedString(m: Init<t.OptionalRepeatedString>): t.OptionalRepeatedString {
  return {
    value: copyList(m.value, copyString, "OptionalRepeatedString.value"),
  };
}

export function writeOptionalInt(m: Init<t.OptionalInt>): void {
  putInt64(8, m.value, "value");
}

export function readOptionalInt(into: t.OptionalInt | undefined): t.OptionalInt {
  expect(1);
  const m: t.OptionalInt = into ?? {
    value: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeInt64("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalInt(m: Init<t.OptionalInt>): t.OptionalInt {
  return {
    value: copyInt64(m.value, "OptionalInt.value"),
  };
}

export function writeOptionalInt32(m: Init<t.OptionalInt32>): void {
  putInt32(8, m.value, "value");
}

export function readOptionalInt32(into: t.OptionalInt32 | undefined): t.OptionalInt32 {
  expect(1);
  const m: t.OptionalInt32 = into ?? {
    value: 0,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeInt32("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalInt32(m: Init<t.OptionalInt32>): t.OptionalInt32 {
  return {
    value: copyInt32(m.value, "OptionalInt32.value"),
  };
}

export function writeOptionalUInt32(m: Init<t.OptionalUInt32>): void {
  putUint32(8, m.value, "value");
}

export function readOptionalUInt32(into: t.OptionalUInt32 | undefined): t.OptionalUInt32 {
  expect(1);
  const m: t.OptionalUInt32 = into ?? {
    value: 0,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeUint32("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalUInt32(m: Init<t.OptionalUInt32>): t.OptionalUInt32 {
  return {
    value: copyUint32(m.value, "OptionalUInt32.value"),
  };
}

export function writeOptionalInt64(m: Init<t.OptionalInt64>): void {
  putInt64(8, m.value, "value");
}

export function readOptionalInt64(into: t.OptionalInt64 | undefined): t.OptionalInt64 {
  expect(1);
  const m: t.OptionalInt64 = into ?? {
    value: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeInt64("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalInt64(m: Init<t.OptionalInt64>): t.OptionalInt64 {
  return {
    value: copyInt64(m.value, "OptionalInt64.value"),
  };
}

export function writeOptionalUInt64(m: Init<t.OptionalUInt64>): void {
  putUint64(8, m.value, "value");
}

export function readOptionalUInt64(into: t.OptionalUInt64 | undefined): t.OptionalUInt64 {
  expect(1);
  const m: t.OptionalUInt64 = into ?? {
    value: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeUint64("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalUInt64(m: Init<t.OptionalUInt64>): t.OptionalUInt64 {
  return {
    value: copyUint64(m.value, "OptionalUInt64.value"),
  };
}

export function writeOptionalBool(m: Init<t.OptionalBool>): void {
  putBool(8, m.value, "value");
}

export function readOptionalBool(into: t.OptionalBool | undefined): t.OptionalBool {
  expect(1);
  const m: t.OptionalBool = into ?? {
    value: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeBool("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalBool(m: Init<t.OptionalBool>): t.OptionalBool {
  return {
    value: copyBool(m.value, "OptionalBool.value"),
  };
}

export function writeOptionalFileMode(m: Init<t.OptionalFileMode>): void {
  putUint32(8, m.value, "value");
}

export function readOptionalFileMode(into: t.OptionalFileMode | undefined): t.OptionalFileMode {
  expect(1);
  const m: t.OptionalFileMode = into ?? {
    value: 0,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.value = takeUint32("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOptionalFileMode(m: Init<t.OptionalFileMode>): t.OptionalFileMode {
  return {
    value: copyUint32(m.value, "OptionalFileMode.value"),
  };
}

export function writeLinuxResources(m: Init<t.LinuxResources>): void {
  putMessage(10, m.memory, writeLinuxMemory, "memory");
  putMessage(18, m.cpu, writeLinuxCPU, "cpu");
  putMessages(26, m.hugepageLimits, writeHugepageLimit, "hugepageLimits");
  putMessage(34, m.blockioClass, writeOptionalString, "blockioClass");
  putMessage(42, m.rdtClass, writeOptionalString, "rdtClass");
  putStringMap(50, m.unified, "unified");
  putMessages(58, m.devices, writeLinuxDeviceCgroup, "devices");
  putMessage(66, m.pids, writeLinuxPids, "pids");
}

export function readLinuxResources(into: t.LinuxResources | undefined): t.LinuxResources {
  expect(8);
  const m: t.LinuxResources = into ?? {
    memory: undefined,
    cpu: undefined,
    hugepageLimits: [],
    blockioClass: undefined,
    rdtClass: undefined,
    unified: {},
    devices: [],
    pids: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.memory = takeMessage(readLinuxMemory, m.memory, "memory"); break;
      case 18: m.cpu = takeMessage(readLinuxCPU, m.cpu, "cpu"); break;
      case 26: takeItem(readHugepageLimit, m.hugepageLimits, "hugepageLimits"); break;
      case 34: m.blockioClass = takeMessage(readOptionalString, m.blockioClass, "blockioClass"); break;
      case 42: m.rdtClass = takeMessage(readOptionalString, m.rdtClass, "rdtClass"); break;
      case 50: takeStringEntry(m.unified, "unified"); break;
      case 58: takeItem(readLinuxDeviceCgroup, m.devices, "devices"); break;
      case 66: m.pids = takeMessage(readLinuxPids, m.pids, "pids"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxResources(m: Init<t.LinuxResources>): t.LinuxResources {
  return {
    memory: copyMessage(m.memory, copyLinuxMemory, "LinuxResources.memory"),
    cpu: copyMessage(m.cpu, copyLinuxCPU, "LinuxResources.cpu"),
    hugepageLimits: copyMessages(m.hugepageLimits, copyHugepageLimit, "LinuxResources.hugepageLimits"),
    blockioClass: copyMessage(m.blockioClass, copyOptionalString, "LinuxResources.blockioClass"),
    rdtClass: copyMessage(m.rdtClass, copyOptionalString, "LinuxResources.rdtClass"),
    unified: copyMap(m.unified, copyString, "LinuxResources.unified"),
    devices: copyMessages(m.devices, copyLinuxDeviceCgroup, "LinuxResources.devices"),
    pids: copyMessage(m.pids, copyLinuxPids, "LinuxResources.pids"),
  };
}

export function writeLinuxMemory(m: Init<t.LinuxMemory>): void {
  putMessage(10, m.limit, writeOptionalInt64, "limit");
  putMessage(18, m.reservation, writeOptionalInt64, "reservation");
  putMessage(26, m.swap, writeOptionalInt64, "swap");
  putMessage(34, m.kernel, writeOptionalInt64, "kernel");
  putMessage(42, m.kernelTcp, writeOptionalInt64, "kernelTcp");
  putMessage(50, m.swappiness, writeOptionalUInt64, "swappiness");
  putMessage(58, m.disableOomKiller, writeOptionalBool, "disableOomKiller");
  putMessage(66, m.useHierarchy, writeOptionalBool, "useHierarchy");
}

export function readLinuxMemory(into: t.LinuxMemory | undefined): t.LinuxMemory {
  expect(8);
  const m: t.LinuxMemory = into ?? {
    limit: undefined,
    reservation: undefined,
    swap: undefined,
    kernel: undefined,
    kernelTcp: undefined,
    swappiness: undefined,
    disableOomKiller: undefined,
    useHierarchy: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.limit = takeMessage(readOptionalInt64, m.limit, "limit"); break;
      case 18: m.reservation = takeMessage(readOptionalInt64, m.reservation, "reservation"); break;
      case 26: m.swap = takeMessage(readOptionalInt64, m.swap, "swap"); break;
      case 34: m.kernel = takeMessage(readOptionalInt64, m.kernel, "kernel"); break;
      case 42: m.kernelTcp = takeMessage(readOptionalInt64, m.kernelTcp, "kernelTcp"); break;
      case 50: m.swappiness = takeMessage(readOptionalUInt64, m.swappiness, "swappiness"); break;
      case 58: m.disableOomKiller = takeMessage(readOptionalBool, m.disableOomKiller, "disableOomKiller"); break;
      case 66: m.useHierarchy = takeMessage(readOptionalBool, m.useHierarchy, "useHierarchy"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxMemory(m: Init<t.LinuxMemory>): t.LinuxMemory {
  return {
    limit: copyMessage(m.limit, copyOptionalInt64, "LinuxMemory.limit"),
    reservation: copyMessage(m.reservation, copyOptionalInt64, "LinuxMemory.reservation"),
    swap: copyMessage(m.swap, copyOptionalInt64, "LinuxMemory.swap"),
    kernel: copyMessage(m.kernel, copyOptionalInt64, "LinuxMemory.kernel"),
    kernelTcp: copyMessage(m.kernelTcp, copyOptionalInt64, "LinuxMemory.kernelTcp"),
    swappiness: copyMessage(m.swappiness, copyOptionalUInt64, "LinuxMemory.swappiness"),
    disableOomKiller: copyMessage(m.disableOomKiller, copyOptionalBool, "LinuxMemory.disableOomKiller"),
    useHierarchy: copyMessage(m.useHierarchy, copyOptionalBool, "LinuxMemory.useHierarchy"),
  };
}

export function writeLinuxCPU(m: Init<t.LinuxCPU>): void {
  putMessage(10, m.shares, writeOptionalUInt64, "shares");
  putMessage(18, m.quota, writeOptionalInt64, "quota");
  putMessage(26, m.period, writeOptionalUInt64, "period");
  putMessage(34, m.realtimeRuntime, writeOptionalInt64, "realtimeRuntime");
  putMessage(42, m.realtimePeriod, writeOptionalUInt64, "realtimePeriod");
  putString(50, m.cpus, "cpus");
  putString(58, m.mems, "mems");
}

export function readLinuxCPU(into: t.LinuxCPU | undefined): t.LinuxCPU {
  expect(7);
  const m: t.LinuxCPU = into ?? {
    shares: undefined,
    quota: undefined,
    period: undefined,
    realtimeRuntime: undefined,
    realtimePeriod: undefined,
    cpus: "",
    mems: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.shares = takeMessage(readOptionalUInt64, m.shares, "shares"); break;
      case 18: m.quota = takeMessage(readOptionalInt64, m.quota, "quota"); break;
      case 26: m.period = takeMessage(readOptionalUInt64, m.period, "period"); break;
      case 34: m.realtimeRuntime = takeMessage(readOptionalInt64, m.realtimeRuntime, "realtimeRuntime"); break;
      case 42: m.realtimePeriod = takeMessage(readOptionalUInt64, m.realtimePeriod, "realtimePeriod"); break;
      case 50: m.cpus = takeString("cpus"); break;
      case 58: m.mems = takeString("mems"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxCPU(m: Init<t.LinuxCPU>): t.LinuxCPU {
  return {
    shares: copyMessage(m.shares, copyOptionalUInt64, "LinuxCPU.shares"),
    quota: copyMessage(m.quota, copyOptionalInt64, "LinuxCPU.quota"),
    period: copyMessage(m.period, copyOptionalUInt64, "LinuxCPU.period"),
    realtimeRuntime: copyMessage(m.realtimeRuntime, copyOptionalInt64, "LinuxCPU.realtimeRuntime"),
    realtimePeriod: copyMessage(m.realtimePeriod, copyOptionalUInt64, "LinuxCPU.realtimePeriod"),
    cpus: copyString(m.cpus, "LinuxCPU.cpus"),
    mems: copyString(m.mems, "LinuxCPU.mems"),
  };
}

export function writeHugepageLimit(m: Init<t.HugepageLimit>): void {
  putString(10, m.pageSize, "pageSize");
  putUint64(16, m.limit, "limit");
}

export function readHugepageLimit(into: t.HugepageLimit | undefined): t.HugepageLimit {
  expect(2);
  const m: t.HugepageLimit = into ?? {
    pageSize: "",
    limit: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pageSize = takeString("pageSize"); break;
      case 16: m.limit = takeUint64("limit"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyHugepageLimit(m: Init<t.HugepageLimit>): t.HugepageLimit {
  return {
    pageSize: copyString(m.pageSize, "HugepageLimit.pageSize"),
    limit: copyUint64(m.limit, "HugepageLimit.limit"),
  };
}

export function writeLinuxDeviceCgroup(m: Init<t.LinuxDeviceCgroup>): void {
  putBool(8, m.allow, "allow");
  putString(18, m.type, "type");
  putMessage(26, m.major, writeOptionalInt64, "major");
  putMessage(34, m.minor, writeOptionalInt64, "minor");
  putString(42, m.access, "access");
}

export function readLinuxDeviceCgroup(into: t.LinuxDeviceCgroup | undefined): t.LinuxDeviceCgroup {
  expect(5);
  const m: t.LinuxDeviceCgroup = into ?? {
    allow: false,
    type: "",
    major: undefined,
    minor: undefined,
    access: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.allow = takeBool("allow"); break;
      case 18: m.type = takeString("type"); break;
      case 26: m.major = takeMessage(readOptionalInt64, m.major, "major"); break;
      case 34: m.minor = takeMessage(readOptionalInt64, m.minor, "minor"); break;
      case 42: m.access = takeString("access"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxDeviceCgroup(m: Init<t.LinuxDeviceCgroup>): t.LinuxDeviceCgroup {
  return {
    allow: copyBool(m.allow, "LinuxDeviceCgroup.allow"),
    type: copyString(m.type, "LinuxDeviceCgroup.type"),
    major: copyMessage(m.major, copyOptionalInt64, "LinuxDeviceCgroup.major"),
    minor: copyMessage(m.minor, copyOptionalInt64, "LinuxDeviceCgroup.minor"),
    access: copyString(m.access, "LinuxDeviceCgroup.access"),
  };
}

export function writeLinuxPids(m: Init<t.LinuxPids>): void {
  putInt64(8, m.limit, "limit");
}

export function readLinuxPids(into: t.LinuxPids | undefined): t.LinuxPids {
  expect(1);
  const m: t.LinuxPids = into ?? {
    limit: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.limit = takeInt64("limit"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxPids(m: Init<t.LinuxPids>): t.LinuxPids {
  return {
    limit: copyInt64(m.limit, "LinuxPids.limit"),
  };
}

export function writeContainer(m: Init<t.Container>): void {
  putString(10, m.id, "id");
  putString(18, m.podSandboxId, "podSandboxId");
  putString(26, m.name, "name");
  putInt32(32, m.state, "state");
  putStringMap(42, m.labels, "labels");
  putStringMap(50, m.annotations, "annotations");
  putStrings(58, m.args, "args");
  putStrings(66, m.env, "env");
  putMessages(74, m.mounts, writeMount, "mounts");
  putMessage(82, m.hooks, writeHooks, "hooks");
  putMessage(90, m.linux, writeLinuxContainer, "linux");
  putUint32(96, m.pid, "pid");
  putMessages(106, m.rlimits, writePOSIXRlimit, "rlimits");
  putInt64(112, m.createdAt, "createdAt");
  putInt64(120, m.startedAt, "startedAt");
  putInt64(128, m.finishedAt, "finishedAt");
  putInt32(136, m.exitCode, "exitCode");
  putString(146, m.statusReason, "statusReason");
  putString(154, m.statusMessage, "statusMessage");
  putMessages(162, m.CDIDevices, writeCDIDevice, "CDIDevices");
  putMessage(170, m.user, writeUser, "user");
  putMessage(178, m.image, writeImage, "image");
}

export function readContainer(into: t.Container | undefined): t.Container {
  expect(22);
  const m: t.Container = into ?? {
    id: "",
    podSandboxId: "",
    name: "",
    state: 0,
    labels: {},
    annotations: {},
    args: [],
    env: [],
    mounts: [],
    hooks: undefined,
    linux: undefined,
    pid: 0,
    rlimits: [],
    createdAt: 0n,
    startedAt: 0n,
    finishedAt: 0n,
    exitCode: 0,
    statusReason: "",
    statusMessage: "",
    CDIDevices: [],
    user: undefined,
    image: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.id = takeString("id"); break;
      case 18: m.podSandboxId = takeString("podSandboxId"); break;
      case 26: m.name = takeString("name"); break;
      case 32: m.state = takeInt32("state"); break;
      case 42: takeStringEntry(m.labels, "labels"); break;
      case 50: takeStringEntry(m.annotations, "annotations"); break;
      case 58: m.args.push(takeString("args")); break;
      case 66: m.env.push(takeString("env")); break;
      case 74: takeItem(readMount, m.mounts, "mounts"); break;
      case 82: m.hooks = takeMessage(readHooks, m.hooks, "hooks"); break;
      case 90: m.linux = takeMessage(readLinuxContainer, m.linux, "linux"); break;
      case 96: m.pid = takeUint32("pid"); break;
      case 106: takeItem(readPOSIXRlimit, m.rlimits, "rlimits"); break;
      case 112: m.createdAt = takeInt64("createdAt"); break;
      case 120: m.startedAt = takeInt64("startedAt"); break;
      case 128: m.finishedAt = takeInt64("finishedAt"); break;
      case 136: m.exitCode = takeInt32("exitCode"); break;
      case 146: m.statusReason = takeString("statusReason"); break;
      case 154: m.statusMessage = takeString("statusMessage"); break;
      case 162: takeItem(readCDIDevice, m.CDIDevices, "CDIDevices"); break;
      case 170: m.user = takeMessage(readUser, m.user, "user"); break;
      case 178: m.image = takeMessage(readImage, m.image, "image"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyContainer(m: Init<t.Container>): t.Container {
  return {
    id: copyString(m.id, "Container.id"),
    podSandboxId: copyString(m.podSandboxId, "Container.podSandboxId"),
    name: copyString(m.name, "Container.name"),
    state: copyInt32(m.state, "Container.state"),
    labels: copyMap(m.labels, copyString, "Container.labels"),
    annotations: copyMap(m.annotations, copyString, "Container.annotations"),
    args: copyList(m.args, copyString, "Container.args"),
    env: copyList(m.env, copyString, "Container.env"),
    mounts: copyMessages(m.mounts, copyMount, "Container.mounts"),
    hooks: copyMessage(m.hooks, copyHooks, "Container.hooks"),
    linux: copyMessage(m.linux, copyLinuxContainer, "Container.linux"),
    pid: copyUint32(m.pid, "Container.pid"),
    rlimits: copyMessages(m.rlimits, copyPOSIXRlimit, "Container.rlimits"),
    createdAt: copyInt64(m.createdAt, "Container.createdAt"),
    startedAt: copyInt64(m.startedAt, "Container.startedAt"),
    finishedAt: copyInt64(m.finishedAt, "Container.finishedAt"),
    exitCode: copyInt32(m.exitCode, "Container.exitCode"),
    statusReason: copyString(m.statusReason, "Container.statusReason"),
    statusMessage: copyString(m.statusMessage, "Container.statusMessage"),
    CDIDevices: copyMessages(m.CDIDevices, copyCDIDevice, "Container.CDIDevices"),
    user: copyMessage(m.user, copyUser, "Container.user"),
    image: copyMessage(m.image, copyImage, "Container.image"),
  };
}

export function writeImage(m: Init<t.Image>): void {
  putString(10, m.name, "name");
  putString(18, m.digest, "digest");
  putString(26, m.configDigest, "configDigest");
}

export function readImage(into: t.Image | undefined): t.Image {
  expect(3);
  const m: t.Image = into ?? {
    name: "",
    digest: "",
    configDigest: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.name = takeString("name"); break;
      case 18: m.digest = takeString("digest"); break;
      case 26: m.configDigest = takeString("configDigest"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyImage(m: Init<t.Image>): t.Image {
  return {
    name: copyString(m.name, "Image.name"),
    digest: copyString(m.digest, "Image.digest"),
    configDigest: copyString(m.configDigest, "Image.configDigest"),
  };
}

export function writeMount(m: Init<t.Mount>): void {
  putString(10, m.destination, "destination");
  putString(18, m.type, "type");
  putString(26, m.source, "source");
  putStrings(34, m.options, "options");
}

export function readMount(into: t.Mount | undefined): t.Mount {
  expect(4);
  const m: t.Mount = into ?? {
    destination: "",
    type: "",
    source: "",
    options: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.destination = takeString("destination"); break;
      case 18: m.type = takeString("type"); break;
      case 26: m.source = takeString("source"); break;
      case 34: m.options.push(takeString("options")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyMount(m: Init<t.Mount>): t.Mount {
  return {
    destination: copyString(m.destination, "Mount.destination"),
    type: copyString(m.type, "Mount.type"),
    source: copyString(m.source, "Mount.source"),
    options: copyList(m.options, copyString, "Mount.options"),
  };
}

export function writeHooks(m: Init<t.Hooks>): void {
  putMessages(10, m.prestart, writeHook, "prestart");
  putMessages(18, m.createRuntime, writeHook, "createRuntime");
  putMessages(26, m.createContainer, writeHook, "createContainer");
  putMessages(34, m.startContainer, writeHook, "startContainer");
  putMessages(42, m.poststart, writeHook, "poststart");
  putMessages(50, m.poststop, writeHook, "poststop");
}

export function readHooks(into: t.Hooks | undefined): t.Hooks {
  expect(6);
  const m: t.Hooks = into ?? {
    prestart: [],
    createRuntime: [],
    createContainer: [],
    startContainer: [],
    poststart: [],
    poststop: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readHook, m.prestart, "prestart"); break;
      case 18: takeItem(readHook, m.createRuntime, "createRuntime"); break;
      case 26: takeItem(readHook, m.createContainer, "createContainer"); break;
      case 34: takeItem(readHook, m.startContainer, "startContainer"); break;
      case 42: takeItem(readHook, m.poststart, "poststart"); break;
      case 50: takeItem(readHook, m.poststop, "poststop"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyHooks(m: Init<t.Hooks>): t.Hooks {
  return {
    prestart: copyMessages(m.prestart, copyHook, "Hooks.prestart"),
    createRuntime: copyMessages(m.createRuntime, copyHook, "Hooks.createRuntime"),
    createContainer: copyMessages(m.createContainer, copyHook, "Hooks.createContainer"),
    startContainer: copyMessages(m.startContainer, copyHook, "Hooks.startContainer"),
    poststart: copyMessages(m.poststart, copyHook, "Hooks.poststart"),
    poststop: copyMessages(m.poststop, copyHook, "Hooks.poststop"),
  };
}

export function writeHook(m: Init<t.Hook>): void {
  putString(10, m.path, "path");
  putStrings(18, m.args, "args");
  putStrings(26, m.env, "env");
  putMessage(34, m.timeout, writeOptionalInt, "timeout");
}

export function readHook(into: t.Hook | undefined): t.Hook {
  expect(4);
  const m: t.Hook = into ?? {
    path: "",
    args: [],
    env: [],
    timeout: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.path = takeString("path"); break;
      case 18: m.args.push(takeString("args")); break;
      case 26: m.env.push(takeString("env")); break;
      case 34: m.timeout = takeMessage(readOptionalInt, m.timeout, "timeout"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyHook(m: Init<t.Hook>): t.Hook {
  return {
    path: copyString(m.path, "Hook.path"),
    args: copyList(m.args, copyString, "Hook.args"),
    env: copyList(m.env, copyString, "Hook.env"),
    timeout: copyMessage(m.timeout, copyOptionalInt, "Hook.timeout"),
  };
}

export function writeLinuxContainer(m: Init<t.LinuxContainer>): void {
  putMessages(10, m.namespaces, writeLinuxNamespace, "namespaces");
  putMessages(18, m.devices, writeLinuxDevice, "devices");
  putMessage(26, m.resources, writeLinuxResources, "resources");
  putMessage(34, m.oomScoreAdj, writeOptionalInt, "oomScoreAdj");
  putString(42, m.cgroupsPath, "cgroupsPath");
  putMessage(50, m.ioPriority, writeLinuxIOPriority, "ioPriority");
  putMessage(58, m.seccompProfile, writeSecurityProfile, "seccompProfile");
  putMessage(66, m.seccompPolicy, writeLinuxSeccomp, "seccompPolicy");
  putStringMap(74, m.sysctl, "sysctl");
  putMessageMap(82, m.netDevices, writeLinuxNetDevice, "netDevices");
  putMessage(90, m.scheduler, writeLinuxScheduler, "scheduler");
  putMessage(98, m.rdt, writeLinuxRdt, "rdt");
}

export function readLinuxContainer(into: t.LinuxContainer | undefined): t.LinuxContainer {
  expect(12);
  const m: t.LinuxContainer = into ?? {
    namespaces: [],
    devices: [],
    resources: undefined,
    oomScoreAdj: undefined,
    cgroupsPath: "",
    ioPriority: undefined,
    seccompProfile: undefined,
    seccompPolicy: undefined,
    sysctl: {},
    netDevices: {},
    scheduler: undefined,
    rdt: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readLinuxNamespace, m.namespaces, "namespaces"); break;
      case 18: takeItem(readLinuxDevice, m.devices, "devices"); break;
      case 26: m.resources = takeMessage(readLinuxResources, m.resources, "resources"); break;
      case 34: m.oomScoreAdj = takeMessage(readOptionalInt, m.oomScoreAdj, "oomScoreAdj"); break;
      case 42: m.cgroupsPath = takeString("cgroupsPath"); break;
      case 50: m.ioPriority = takeMessage(readLinuxIOPriority, m.ioPriority, "ioPriority"); break;
      case 58: m.seccompProfile = takeMessage(readSecurityProfile, m.seccompProfile, "seccompProfile"); break;
      case 66: m.seccompPolicy = takeMessage(readLinuxSeccomp, m.seccompPolicy, "seccompPolicy"); break;
      case 74: takeStringEntry(m.sysctl, "sysctl"); break;
      case 82: takeMessageEntry(m.netDevices, readLinuxNetDevice, "netDevices"); break;
      case 90: m.scheduler = takeMessage(readLinuxScheduler, m.scheduler, "scheduler"); break;
      case 98: m.rdt = takeMessage(readLinuxRdt, m.rdt, "rdt"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxContainer(m: Init<t.LinuxContainer>): t.LinuxContainer {
  return {
    namespaces: copyMessages(m.namespaces, copyLinuxNamespace, "LinuxContainer.namespaces"),
    devices: copyMessages(m.devices, copyLinuxDevice, "LinuxContainer.devices"),
    resources: copyMessage(m.resources, copyLinuxResources, "LinuxContainer.resources"),
    oomScoreAdj: copyMessage(m.oomScoreAdj, copyOptionalInt, "LinuxContainer.oomScoreAdj"),
    cgroupsPath: copyString(m.cgroupsPath, "LinuxContainer.cgroupsPath"),
    ioPriority: copyMessage(m.ioPriority, copyLinuxIOPriority, "LinuxContainer.ioPriority"),
    seccompProfile: copyMessage(m.seccompProfile, copySecurityProfile, "LinuxContainer.seccompProfile"),
    seccompPolicy: copyMessage(m.seccompPolicy, copyLinuxSeccomp, "LinuxContainer.seccompPolicy"),
    sysctl: copyMap(m.sysctl, copyString, "LinuxContainer.sysctl"),
    netDevices: copyMap(m.netDevices, (parts, field, key) => copyPresent(parts, copyLinuxNetDevice, field, key), "LinuxContainer.netDevices"),
    scheduler: copyMessage(m.scheduler, copyLinuxScheduler, "LinuxContainer.scheduler"),
    rdt: copyMessage(m.rdt, copyLinuxRdt, "LinuxContainer.rdt"),
  };
}

export function writeLinuxNamespace(m: Init<t.LinuxNamespace>): void {
  putString(10, m.type, "type");
  putString(18, m.path, "path");
}

export function readLinuxNamespace(into: t.LinuxNamespace | undefined): t.LinuxNamespace {
  expect(2);
  const m: t.LinuxNamespace = into ?? {
    type: "",
    path: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.type = takeString("type"); break;
      case 18: m.path = takeString("path"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxNamespace(m: Init<t.LinuxNamespace>): t.LinuxNamespace {
  return {
    type: copyString(m.type, "LinuxNamespace.type"),
    path: copyString(m.path, "LinuxNamespace.path"),
  };
}

export function writeLinuxDevice(m: Init<t.LinuxDevice>): void {
  putString(10, m.path, "path");
  putString(18, m.type, "type");
  putInt64(24, m.major, "major");
  putInt64(32, m.minor, "minor");
  putMessage(42, m.fileMode, writeOptionalFileMode, "fileMode");
  putMessage(50, m.uid, writeOptionalUInt32, "uid");
  putMessage(58, m.gid, writeOptionalUInt32, "gid");
}

export function readLinuxDevice(into: t.LinuxDevice | undefined): t.LinuxDevice {
  expect(7);
  const m: t.LinuxDevice = into ?? {
    path: "",
    type: "",
    major: 0n,
    minor: 0n,
    fileMode: undefined,
    uid: undefined,
    gid: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.path = takeString("path"); break;
      case 18: m.type = takeString("type"); break;
      case 24: m.major = takeInt64("major"); break;
      case 32: m.minor = takeInt64("minor"); break;
      case 42: m.fileMode = takeMessage(readOptionalFileMode, m.fileMode, "fileMode"); break;
      case 50: m.uid = takeMessage(readOptionalUInt32, m.uid, "uid"); break;
      case 58: m.gid = takeMessage(readOptionalUInt32, m.gid, "gid"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxDevice(m: Init<t.LinuxDevice>): t.LinuxDevice {
  return {
    path: copyString(m.path, "LinuxDevice.path"),
    type: copyString(m.type, "LinuxDevice.type"),
    major: copyInt64(m.major, "LinuxDevice.major"),
    minor: copyInt64(m.minor, "LinuxDevice.minor"),
    fileMode: copyMessage(m.fileMode, copyOptionalFileMode, "LinuxDevice.fileMode"),
    uid: copyMessage(m.uid, copyOptionalUInt32, "LinuxDevice.uid"),
    gid: copyMessage(m.gid, copyOptionalUInt32, "LinuxDevice.gid"),
  };
}

export function writeCDIDevice(m: Init<t.CDIDevice>): void {
  putString(10, m.name, "name");
}

export function readCDIDevice(into: t.CDIDevice | undefined): t.CDIDevice {
  expect(1);
  const m: t.CDIDevice = into ?? {
    name: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.name = takeString("name"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyCDIDevice(m: Init<t.CDIDevice>): t.CDIDevice {
  return {
    name: copyString(m.name, "CDIDevice.name"),
  };
}

export function writeUser(m: Init<t.User>): void {
  putUint32(8, m.uid, "uid");
  putUint32(16, m.gid, "gid");
  putUint32s(26, m.additionalGids, "additionalGids");
}

export function readUser(into: t.User | undefined): t.User {
  expect(3);
  const m: t.User = into ?? {
    uid: 0,
    gid: 0,
    additionalGids: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.uid = takeUint32("uid"); break;
      case 16: m.gid = takeUint32("gid"); break;
      case 26: takePacked(m.additionalGids, takeUint32, "additionalGids"); break;
      case 24: m.additionalGids.push(takeUint32("additionalGids")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUser(m: Init<t.User>): t.User {
  return {
    uid: copyUint32(m.uid, "User.uid"),
    gid: copyUint32(m.gid, "User.gid"),
    additionalGids: copyList(m.additionalGids, copyUint32, "User.additionalGids"),
  };
}

export function writeSecurityProfile(m: Init<t.SecurityProfile>): void {
  putInt32(8, m.profileType, "profileType");
  putString(18, m.localhostRef, "localhostRef");
}

export function readSecurityProfile(into: t.SecurityProfile | undefined): t.SecurityProfile {
  expect(2);
  const m: t.SecurityProfile = into ?? {
    profileType: 0,
    localhostRef: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.profileType = takeInt32("profileType"); break;
      case 18: m.localhostRef = takeString("localhostRef"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copySecurityProfile(m: Init<t.SecurityProfile>): t.SecurityProfile {
  return {
    profileType: copyInt32(m.profileType, "SecurityProfile.profileType"),
    localhostRef: copyString(m.localhostRef, "SecurityProfile.localhostRef"),
  };
}

export function writePOSIXRlimit(m: Init<t.POSIXRlimit>): void {
  putString(10, m.type, "type");
  putUint64(16, m.hard, "hard");
  putUint64(24, m.soft, "soft");
}

export function readPOSIXRlimit(into: t.POSIXRlimit | undefined): t.POSIXRlimit {
  expect(3);
  const m: t.POSIXRlimit = into ?? {
    type: "",
    hard: 0n,
    soft: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.type = takeString("type"); break;
      case 16: m.hard = takeUint64("hard"); break;
      case 24: m.soft = takeUint64("soft"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPOSIXRlimit(m: Init<t.POSIXRlimit>): t.POSIXRlimit {
  return {
    type: copyString(m.type, "POSIXRlimit.type"),
    hard: copyUint64(m.hard, "POSIXRlimit.hard"),
    soft: copyUint64(m.soft, "POSIXRlimit.soft"),
  };
}

export function writeLinuxIOPriority(m: Init<t.LinuxIOPriority>): void {
  putInt32(8, m.class, "class");
  putInt32(16, m.priority, "priority");
}

export function readLinuxIOPriority(into: t.LinuxIOPriority | undefined): t.LinuxIOPriority {
  expect(2);
  const m: t.LinuxIOPriority = into ?? {
    class: 0,
    priority: 0,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.class = takeInt32("class"); break;
      case 16: m.priority = takeInt32("priority"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxIOPriority(m: Init<t.LinuxIOPriority>): t.LinuxIOPriority {
  return {
    class: copyInt32(m.class, "LinuxIOPriority.class"),
    priority: copyInt32(m.priority, "LinuxIOPriority.priority"),
  };
}

export function writeLinuxNetDevice(m: Init<t.LinuxNetDevice>): void {
  putString(10, m.name, "name");
}

export function readLinuxNetDevice(into: t.LinuxNetDevice | undefined): t.LinuxNetDevice {
  expect(1);
  const m: t.LinuxNetDevice = into ?? {
    name: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.name = takeString("name"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxNetDevice(m: Init<t.LinuxNetDevice>): t.LinuxNetDevice {
  return {
    name: copyString(m.name, "LinuxNetDevice.name"),
  };
}

export function writeLinuxScheduler(m: Init<t.LinuxScheduler>): void {
  putInt32(8, m.policy, "policy");
  putInt32(16, m.nice, "nice");
  putInt32(24, m.priority, "priority");
  putInt32s(34, m.flags, "flags");
  putUint64(40, m.runtime, "runtime");
  putUint64(48, m.deadline, "deadline");
  putUint64(56, m.period, "period");
}

export function readLinuxScheduler(into: t.LinuxScheduler | undefined): t.LinuxScheduler {
  expect(7);
  const m: t.LinuxScheduler = into ?? {
    policy: 0,
    nice: 0,
    priority: 0,
    flags: [],
    runtime: 0n,
    deadline: 0n,
    period: 0n,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.policy = takeInt32("policy"); break;
      case 16: m.nice = takeInt32("nice"); break;
      case 24: m.priority = takeInt32("priority"); break;
      case 34: takePacked(m.flags, takeInt32, "flags"); break;
      case 32: m.flags.push(takeInt32("flags")); break;
      case 40: m.runtime = takeUint64("runtime"); break;
      case 48: m.deadline = takeUint64("deadline"); break;
      case 56: m.period = takeUint64("period"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxScheduler(m: Init<t.LinuxScheduler>): t.LinuxScheduler {
  return {
    policy: copyInt32(m.policy, "LinuxScheduler.policy"),
    nice: copyInt32(m.nice, "LinuxScheduler.nice"),
    priority: copyInt32(m.priority, "LinuxScheduler.priority"),
    flags: copyList(m.flags, copyInt32, "LinuxScheduler.flags"),
    runtime: copyUint64(m.runtime, "LinuxScheduler.runtime"),
    deadline: copyUint64(m.deadline, "LinuxScheduler.deadline"),
    period: copyUint64(m.period, "LinuxScheduler.period"),
  };
}

export function writeLinuxSeccomp(m: Init<t.LinuxSeccomp>): void {
  putString(10, m.defaultAction, "defaultAction");
  putMessage(18, m.defaultErrno, writeOptionalUInt32, "defaultErrno");
  putStrings(26, m.architectures, "architectures");
  putStrings(34, m.flags, "flags");
  putString(42, m.listenerPath, "listenerPath");
  putString(50, m.listenerMetadata, "listenerMetadata");
  putMessages(58, m.syscalls, writeLinuxSyscall, "syscalls");
}

export function readLinuxSeccomp(into: t.LinuxSeccomp | undefined): t.LinuxSeccomp {
  expect(7);
  const m: t.LinuxSeccomp = into ?? {
    defaultAction: "",
    defaultErrno: undefined,
    architectures: [],
    flags: [],
    listenerPath: "",
    listenerMetadata: "",
    syscalls: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.defaultAction = takeString("defaultAction"); break;
      case 18: m.defaultErrno = takeMessage(readOptionalUInt32, m.defaultErrno, "defaultErrno"); break;
      case 26: m.architectures.push(takeString("architectures")); break;
      case 34: m.flags.push(takeString("flags")); break;
      case 42: m.listenerPath = takeString("listenerPath"); break;
      case 50: m.listenerMetadata = takeString("listenerMetadata"); break;
      case 58: takeItem(readLinuxSyscall, m.syscalls, "syscalls"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxSeccomp(m: Init<t.LinuxSeccomp>): t.LinuxSeccomp {
  return {
    defaultAction: copyString(m.defaultAction, "LinuxSeccomp.defaultAction"),
    defaultErrno: copyMessage(m.defaultErrno, copyOptionalUInt32, "LinuxSeccomp.defaultErrno"),
    architectures: copyList(m.architectures, copyString, "LinuxSeccomp.architectures"),
    flags: copyList(m.flags, copyString, "LinuxSeccomp.flags"),
    listenerPath: copyString(m.listenerPath, "LinuxSeccomp.listenerPath"),
    listenerMetadata: copyString(m.listenerMetadata, "LinuxSeccomp.listenerMetadata"),
    syscalls: copyMessages(m.syscalls, copyLinuxSyscall, "LinuxSeccomp.syscalls"),
  };
}

export function writeLinuxSyscall(m: Init<t.LinuxSyscall>): void {
  putStrings(10, m.names, "names");
  putString(18, m.action, "action");
  putMessage(26, m.errnoRet, writeOptionalUInt32, "errnoRet");
  putMessages(34, m.args, writeLinuxSeccompArg, "args");
}

export function readLinuxSyscall(into: t.LinuxSyscall | undefined): t.LinuxSyscall {
  expect(4);
  const m: t.LinuxSyscall = into ?? {
    names: [],
    action: "",
    errnoRet: undefined,
    args: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.names.push(takeString("names")); break;
      case 18: m.action = takeString("action"); break;
      case 26: m.errnoRet = takeMessage(readOptionalUInt32, m.errnoRet, "errnoRet"); break;
      case 34: takeItem(readLinuxSeccompArg, m.args, "args"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxSyscall(m: Init<t.LinuxSyscall>): t.LinuxSyscall {
  return {
    names: copyList(m.names, copyString, "LinuxSyscall.names"),
    action: copyString(m.action, "LinuxSyscall.action"),
    errnoRet: copyMessage(m.errnoRet, copyOptionalUInt32, "LinuxSyscall.errnoRet"),
    args: copyMessages(m.args, copyLinuxSeccompArg, "LinuxSyscall.args"),
  };
}

export function writeLinuxSeccompArg(m: Init<t.LinuxSeccompArg>): void {
  putUint32(8, m.index, "index");
  putUint64(16, m.value, "value");
  putUint64(24, m.valueTwo, "valueTwo");
  putString(34, m.op, "op");
}

export function readLinuxSeccompArg(into: t.LinuxSeccompArg | undefined): t.LinuxSeccompArg {
  expect(4);
  const m: t.LinuxSeccompArg = into ?? {
    index: 0,
    value: 0n,
    valueTwo: 0n,
    op: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.index = takeUint32("index"); break;
      case 16: m.value = takeUint64("value"); break;
      case 24: m.valueTwo = takeUint64("valueTwo"); break;
      case 34: m.op = takeString("op"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxSeccompArg(m: Init<t.LinuxSeccompArg>): t.LinuxSeccompArg {
  return {
    index: copyUint32(m.index, "LinuxSeccompArg.index"),
    value: copyUint64(m.value, "LinuxSeccompArg.value"),
    valueTwo: copyUint64(m.valueTwo, "LinuxSeccompArg.valueTwo"),
    op: copyString(m.op, "LinuxSeccompArg.op"),
  };
}

export function writeLinuxRdt(m: Init<t.LinuxRdt>): void {
  putMessage(10, m.closId, writeOptionalString, "closId");
  putMessage(18, m.schemata, writeOptionalRepeatedString, "schemata");
  putMessage(26, m.enableMonitoring, writeOptionalBool, "enableMonitoring");
  putBool(32, m.remove, "remove");
}

export function readLinuxRdt(into: t.LinuxRdt | undefined): t.LinuxRdt {
  expect(4);
  const m: t.LinuxRdt = into ?? {
    closId: undefined,
    schemata: undefined,
    enableMonitoring: undefined,
    remove: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.closId = takeMessage(readOptionalString, m.closId, "closId"); break;
      case 18: m.schemata = takeMessage(readOptionalRepeatedString, m.schemata, "schemata"); break;
      case 26: m.enableMonitoring = takeMessage(readOptionalBool, m.enableMonitoring, "enableMonitoring"); break;
      case 32: m.remove = takeBool("remove"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxRdt(m: Init<t.LinuxRdt>): t.LinuxRdt {
  return {
    closId: copyMessage(m.closId, copyOptionalString, "LinuxRdt.closId"),
    schemata: copyMessage(m.schemata, copyOptionalRepeatedString, "LinuxRdt.schemata"),
    enableMonitoring: copyMessage(m.enableMonitoring, copyOptionalBool, "LinuxRdt.enableMonitoring"),
    remove: copyBool(m.remove, "LinuxRdt.remove"),
  };
}

export function writeContainerAdjustment(m: Init<t.ContainerAdjustment>): void {
  putStringMap(18, m.annotations, "annotations");
  putMessages(26, m.mounts, writeMount, "mounts");
  putMessages(34, m.env, writeKeyValue, "env");
  putMessage(42, m.hooks, writeHooks, "hooks");
  putMessage(50, m.linux, writeLinuxContainerAdjustment, "linux");
  putMessages(58, m.rlimits, writePOSIXRlimit, "rlimits");
  putMessages(66, m.CDIDevices, writeCDIDevice, "CDIDevices");
  putStrings(74, m.args, "args");
}

export function readContainerAdjustment(into: t.ContainerAdjustment | undefined): t.ContainerAdjustment {
  expect(8);
  const m: t.ContainerAdjustment = into ?? {
    annotations: {},
    mounts: [],
    env: [],
    hooks: undefined,
    linux: undefined,
    rlimits: [],
    CDIDevices: [],
    args: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 18: takeStringEntry(m.annotations, "annotations"); break;
      case 26: takeItem(readMount, m.mounts, "mounts"); break;
      case 34: takeItem(readKeyValue, m.env, "env"); break;
      case 42: m.hooks = takeMessage(readHooks, m.hooks, "hooks"); break;
      case 50: m.linux = takeMessage(readLinuxContainerAdjustment, m.linux, "linux"); break;
      case 58: takeItem(readPOSIXRlimit, m.rlimits, "rlimits"); break;
      case 66: takeItem(readCDIDevice, m.CDIDevices, "CDIDevices"); break;
      case 74: m.args.push(takeString("args")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyContainerAdjustment(m: Init<t.ContainerAdjustment>): t.ContainerAdjustment {
  return {
    annotations: copyMap(m.annotations, copyString, "ContainerAdjustment.annotations"),
    mounts: copyMessages(m.mounts, copyMount, "ContainerAdjustment.mounts"),
    env: copyMessages(m.env, copyKeyValue, "ContainerAdjustment.env"),
    hooks: copyMessage(m.hooks, copyHooks, "ContainerAdjustment.hooks"),
    linux: copyMessage(m.linux, copyLinuxContainerAdjustment, "ContainerAdjustment.linux"),
    rlimits: copyMessages(m.rlimits, copyPOSIXRlimit, "ContainerAdjustment.rlimits"),
    CDIDevices: copyMessages(m.CDIDevices, copyCDIDevice, "ContainerAdjustment.CDIDevices"),
    args: copyList(m.args, copyString, "ContainerAdjustment.args"),
  };
}

export function writeLinuxContainerAdjustment(m: Init<t.LinuxContainerAdjustment>): void {
  putMessages(10, m.devices, writeLinuxDevice, "devices");
  putMessage(18, m.resources, writeLinuxResources, "resources");
  putString(26, m.cgroupsPath, "cgroupsPath");
  putMessage(34, m.oomScoreAdj, writeOptionalInt, "oomScoreAdj");
  putMessage(42, m.ioPriority, writeLinuxIOPriority, "ioPriority");
  putMessage(50, m.seccompPolicy, writeLinuxSeccomp, "seccompPolicy");
  putMessages(58, m.namespaces, writeLinuxNamespace, "namespaces");
  putStringMap(66, m.sysctl, "sysctl");
  putMessageMap(74, m.netDevices, writeLinuxNetDevice, "netDevices");
  putMessage(82, m.scheduler, writeLinuxScheduler, "scheduler");
  putMessage(90, m.rdt, writeLinuxRdt, "rdt");
  putMessage(98, m.memoryPolicy, writeLinuxMemoryPolicy, "memoryPolicy");
}

export function readLinuxContainerAdjustment(into: t.LinuxContainerAdjustment | undefined): t.LinuxContainerAdjustment {
  expect(12);
  const m: t.LinuxContainerAdjustment = into ?? {
    devices: [],
    resources: undefined,
    cgroupsPath: "",
    oomScoreAdj: undefined,
    ioPriority: undefined,
    seccompPolicy: undefined,
    namespaces: [],
    sysctl: {},
    netDevices: {},
    scheduler: undefined,
    rdt: undefined,
    memoryPolicy: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readLinuxDevice, m.devices, "devices"); break;
      case 18: m.resources = takeMessage(readLinuxResources, m.resources, "resources"); break;
      case 26: m.cgroupsPath = takeString("cgroupsPath"); break;
      case 34: m.oomScoreAdj = takeMessage(readOptionalInt, m.oomScoreAdj, "oomScoreAdj"); break;
      case 42: m.ioPriority = takeMessage(readLinuxIOPriority, m.ioPriority, "ioPriority"); break;
      case 50: m.seccompPolicy = takeMessage(readLinuxSeccomp, m.seccompPolicy, "seccompPolicy"); break;
      case 58: takeItem(readLinuxNamespace, m.namespaces, "namespaces"); break;
      case 66: takeStringEntry(m.sysctl, "sysctl"); break;
      case 74: takeMessageEntry(m.netDevices, readLinuxNetDevice, "netDevices"); break;
      case 82: m.scheduler = takeMessage(readLinuxScheduler, m.scheduler, "scheduler"); break;
      case 90: m.rdt = takeMessage(readLinuxRdt, m.rdt, "rdt"); break;
      case 98: m.memoryPolicy = takeMessage(readLinuxMemoryPolicy, m.memoryPolicy, "memoryPolicy"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxContainerAdjustment(m: Init<t.LinuxContainerAdjustment>): t.LinuxContainerAdjustment {
  return {
    devices: copyMessages(m.devices, copyLinuxDevice, "LinuxContainerAdjustment.devices"),
    resources: copyMessage(m.resources, copyLinuxResources, "LinuxContainerAdjustment.resources"),
    cgroupsPath: copyString(m.cgroupsPath, "LinuxContainerAdjustment.cgroupsPath"),
    oomScoreAdj: copyMessage(m.oomScoreAdj, copyOptionalInt, "LinuxContainerAdjustment.oomScoreAdj"),
    ioPriority: copyMessage(m.ioPriority, copyLinuxIOPriority, "LinuxContainerAdjustment.ioPriority"),
    seccompPolicy: copyMessage(m.seccompPolicy, copyLinuxSeccomp, "LinuxContainerAdjustment.seccompPolicy"),
    namespaces: copyMessages(m.namespaces, copyLinuxNamespace, "LinuxContainerAdjustment.namespaces"),
    sysctl: copyMap(m.sysctl, copyString, "LinuxContainerAdjustment.sysctl"),
    netDevices: copyMap(m.netDevices, (parts, field, key) => copyPresent(parts, copyLinuxNetDevice, field, key), "LinuxContainerAdjustment.netDevices"),
    scheduler: copyMessage(m.scheduler, copyLinuxScheduler, "LinuxContainerAdjustment.scheduler"),
    rdt: copyMessage(m.rdt, copyLinuxRdt, "LinuxContainerAdjustment.rdt"),
    memoryPolicy: copyMessage(m.memoryPolicy, copyLinuxMemoryPolicy, "LinuxContainerAdjustment.memoryPolicy"),
  };
}

export function writeKeyValue(m: Init<t.KeyValue>): void {
  putString(10, m.key, "key");
  putString(18, m.value, "value");
}

export function readKeyValue(into: t.KeyValue | undefined): t.KeyValue {
  expect(2);
  const m: t.KeyValue = into ?? {
    key: "",
    value: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.key = takeString("key"); break;
      case 18: m.value = takeString("value"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyKeyValue(m: Init<t.KeyValue>): t.KeyValue {
  return {
    key: copyString(m.key, "KeyValue.key"),
    value: copyString(m.value, "KeyValue.value"),
  };
}

export function writeLinuxMemoryPolicy(m: Init<t.LinuxMemoryPolicy>): void {
  putInt32(8, m.mode, "mode");
  putString(18, m.nodes, "nodes");
  putInt32s(26, m.flags, "flags");
}

export function readLinuxMemoryPolicy(into: t.LinuxMemoryPolicy | undefined): t.LinuxMemoryPolicy {
  expect(3);
  const m: t.LinuxMemoryPolicy = into ?? {
    mode: 0,
    nodes: "",
    flags: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.mode = takeInt32("mode"); break;
      case 18: m.nodes = takeString("nodes"); break;
      case 26: takePacked(m.flags, takeInt32, "flags"); break;
      case 24: m.flags.push(takeInt32("flags")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxMemoryPolicy(m: Init<t.LinuxMemoryPolicy>): t.LinuxMemoryPolicy {
  return {
    mode: copyInt32(m.mode, "LinuxMemoryPolicy.mode"),
    nodes: copyString(m.nodes, "LinuxMemoryPolicy.nodes"),
    flags: copyList(m.flags, copyInt32, "LinuxMemoryPolicy.flags"),
  };
}

export function writePodSandbox(m: Init<t.PodSandbox>): void {
  putString(10, m.id, "id");
  putString(18, m.name, "name");
  putString(26, m.uid, "uid");
  putString(34, m.namespace, "namespace");
  putStringMap(42, m.labels, "labels");
  putStringMap(50, m.annotations, "annotations");
  putString(58, m.runtimeHandler, "runtimeHandler");
  putMessage(66, m.linux, writeLinuxPodSandbox, "linux");
  putUint32(72, m.pid, "pid");
  putStrings(82, m.ips, "ips");
}

export function readPodSandbox(into: t.PodSandbox | undefined): t.PodSandbox {
  expect(10);
  const m: t.PodSandbox = into ?? {
    id: "",
    name: "",
    uid: "",
    namespace: "",
    labels: {},
    annotations: {},
    runtimeHandler: "",
    linux: undefined,
    pid: 0,
    ips: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.id = takeString("id"); break;
      case 18: m.name = takeString("name"); break;
      case 26: m.uid = takeString("uid"); break;
      case 34: m.namespace = takeString("namespace"); break;
      case 42: takeStringEntry(m.labels, "labels"); break;
      case 50: takeStringEntry(m.annotations, "annotations"); break;
      case 58: m.runtimeHandler = takeString("runtimeHandler"); break;
      case 66: m.linux = takeMessage(readLinuxPodSandbox, m.linux, "linux"); break;
      case 72: m.pid = takeUint32("pid"); break;
      case 82: m.ips.push(takeString("ips")); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPodSandbox(m: Init<t.PodSandbox>): t.PodSandbox {
  return {
    id: copyString(m.id, "PodSandbox.id"),
    name: copyString(m.name, "PodSandbox.name"),
    uid: copyString(m.uid, "PodSandbox.uid"),
    namespace: copyString(m.namespace, "PodSandbox.namespace"),
    labels: copyMap(m.labels, copyString, "PodSandbox.labels"),
    annotations: copyMap(m.annotations, copyString, "PodSandbox.annotations"),
    runtimeHandler: copyString(m.runtimeHandler, "PodSandbox.runtimeHandler"),
    linux: copyMessage(m.linux, copyLinuxPodSandbox, "PodSandbox.linux"),
    pid: copyUint32(m.pid, "PodSandbox.pid"),
    ips: copyList(m.ips, copyString, "PodSandbox.ips"),
  };
}

export function writeLinuxPodSandbox(m: Init<t.LinuxPodSandbox>): void {
  putMessage(10, m.podOverhead, writeLinuxResources, "podOverhead");
  putMessage(18, m.podResources, writeLinuxResources, "podResources");
  putString(26, m.cgroupParent, "cgroupParent");
  putString(34, m.cgroupsPath, "cgroupsPath");
  putMessages(42, m.namespaces, writeLinuxNamespace, "namespaces");
  putMessage(50, m.resources, writeLinuxResources, "resources");
}

export function readLinuxPodSandbox(into: t.LinuxPodSandbox | undefined): t.LinuxPodSandbox {
  expect(6);
  const m: t.LinuxPodSandbox = into ?? {
    podOverhead: undefined,
    podResources: undefined,
    cgroupParent: "",
    cgroupsPath: "",
    namespaces: [],
    resources: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.podOverhead = takeMessage(readLinuxResources, m.podOverhead, "podOverhead"); break;
      case 18: m.podResources = takeMessage(readLinuxResources, m.podResources, "podResources"); break;
      case 26: m.cgroupParent = takeString("cgroupParent"); break;
      case 34: m.cgroupsPath = takeString("cgroupsPath"); break;
      case 42: takeItem(readLinuxNamespace, m.namespaces, "namespaces"); break;
      case 50: m.resources = takeMessage(readLinuxResources, m.resources, "resources"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxPodSandbox(m: Init<t.LinuxPodSandbox>): t.LinuxPodSandbox {
  return {
    podOverhead: copyMessage(m.podOverhead, copyLinuxResources, "LinuxPodSandbox.podOverhead"),
    podResources: copyMessage(m.podResources, copyLinuxResources, "LinuxPodSandbox.podResources"),
    cgroupParent: copyString(m.cgroupParent, "LinuxPodSandbox.cgroupParent"),
    cgroupsPath: copyString(m.cgroupsPath, "LinuxPodSandbox.cgroupsPath"),
    namespaces: copyMessages(m.namespaces, copyLinuxNamespace, "LinuxPodSandbox.namespaces"),
    resources: copyMessage(m.resources, copyLinuxResources, "LinuxPodSandbox.resources"),
  };
}

export function writeContainerUpdate(m: Init<t.ContainerUpdate>): void {
  putString(10, m.containerId, "containerId");
  putMessage(18, m.linux, writeLinuxContainerUpdate, "linux");
  putBool(24, m.ignoreFailure, "ignoreFailure");
}

export function readContainerUpdate(into: t.ContainerUpdate | undefined): t.ContainerUpdate {
  expect(3);
  const m: t.ContainerUpdate = into ?? {
    containerId: "",
    linux: undefined,
    ignoreFailure: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.containerId = takeString("containerId"); break;
      case 18: m.linux = takeMessage(readLinuxContainerUpdate, m.linux, "linux"); break;
      case 24: m.ignoreFailure = takeBool("ignoreFailure"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyContainerUpdate(m: Init<t.ContainerUpdate>): t.ContainerUpdate {
  return {
    containerId: copyString(m.containerId, "ContainerUpdate.containerId"),
    linux: copyMessage(m.linux, copyLinuxContainerUpdate, "ContainerUpdate.linux"),
    ignoreFailure: copyBool(m.ignoreFailure, "ContainerUpdate.ignoreFailure"),
  };
}

export function writeLinuxContainerUpdate(m: Init<t.LinuxContainerUpdate>): void {
  putMessage(10, m.resources, writeLinuxResources, "resources");
}

export function readLinuxContainerUpdate(into: t.LinuxContainerUpdate | undefined): t.LinuxContainerUpdate {
  expect(1);
  const m: t.LinuxContainerUpdate = into ?? {
    resources: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.resources = takeMessage(readLinuxResources, m.resources, "resources"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLinuxContainerUpdate(m: Init<t.LinuxContainerUpdate>): t.LinuxContainerUpdate {
  return {
    resources: copyMessage(m.resources, copyLinuxResources, "LinuxContainerUpdate.resources"),
  };
}

export function writeContainerEviction(m: Init<t.ContainerEviction>): void {
  putString(10, m.containerId, "containerId");
  putString(18, m.reason, "reason");
}

export function readContainerEviction(into: t.ContainerEviction | undefined): t.ContainerEviction {
  expect(2);
  const m: t.ContainerEviction = into ?? {
    containerId: "",
    reason: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.containerId = takeString("containerId"); break;
      case 18: m.reason = takeString("reason"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyContainerEviction(m: Init<t.ContainerEviction>): t.ContainerEviction {
  return {
    containerId: copyString(m.containerId, "ContainerEviction.containerId"),
    reason: copyString(m.reason, "ContainerEviction.reason"),
  };
}

export function writeEmpty(_m: Init<t.Empty>): void {
}

export function readEmpty(into: t.Empty | undefined): t.Empty {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyEmpty(_m: Init<t.Empty>): t.Empty {
  return {};
}

export function writeRunPodSandboxRequest(m: Init<t.RunPodSandboxRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
}

export function readRunPodSandboxRequest(into: t.RunPodSandboxRequest | undefined): t.RunPodSandboxRequest {
  expect(1);
  const m: t.RunPodSandboxRequest = into ?? {
    pod: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyRunPodSandboxRequest(m: Init<t.RunPodSandboxRequest>): t.RunPodSandboxRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "RunPodSandboxRequest.pod"),
  };
}

export function writeRunPodSandboxResponse(_m: Init<t.RunPodSandboxResponse>): void {
}

export function readRunPodSandboxResponse(into: t.RunPodSandboxResponse | undefined): t.RunPodSandboxResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyRunPodSandboxResponse(_m: Init<t.RunPodSandboxResponse>): t.RunPodSandboxResponse {
  return {};
}

export function writeUpdatePodSandboxRequest(m: Init<t.UpdatePodSandboxRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.overheadLinuxResources, writeLinuxResources, "overheadLinuxResources");
  putMessage(26, m.linuxResources, writeLinuxResources, "linuxResources");
}

export function readUpdatePodSandboxRequest(into: t.UpdatePodSandboxRequest | undefined): t.UpdatePodSandboxRequest {
  expect(3);
  const m: t.UpdatePodSandboxRequest = into ?? {
    pod: undefined,
    overheadLinuxResources: undefined,
    linuxResources: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.overheadLinuxResources = takeMessage(readLinuxResources, m.overheadLinuxResources, "overheadLinuxResources"); break;
      case 26: m.linuxResources = takeMessage(readLinuxResources, m.linuxResources, "linuxResources"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUpdatePodSandboxRequest(m: Init<t.UpdatePodSandboxRequest>): t.UpdatePodSandboxRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "UpdatePodSandboxRequest.pod"),
    overheadLinuxResources: copyMessage(m.overheadLinuxResources, copyLinuxResources, "UpdatePodSandboxRequest.overheadLinuxResources"),
    linuxResources: copyMessage(m.linuxResources, copyLinuxResources, "UpdatePodSandboxRequest.linuxResources"),
  };
}

export function writeUpdatePodSandboxResponse(_m: Init<t.UpdatePodSandboxResponse>): void {
}

export function readUpdatePodSandboxResponse(into: t.UpdatePodSandboxResponse | undefined): t.UpdatePodSandboxResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyUpdatePodSandboxResponse(_m: Init<t.UpdatePodSandboxResponse>): t.UpdatePodSandboxResponse {
  return {};
}

export function writePostUpdatePodSandboxRequest(m: Init<t.PostUpdatePodSandboxRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
}

export function readPostUpdatePodSandboxRequest(into: t.PostUpdatePodSandboxRequest | undefined): t.PostUpdatePodSandboxRequest {
  expect(1);
  const m: t.PostUpdatePodSandboxRequest = into ?? {
    pod: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPostUpdatePodSandboxRequest(m: Init<t.PostUpdatePodSandboxRequest>): t.PostUpdatePodSandboxRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "PostUpdatePodSandboxRequest.pod"),
  };
}

export function writePostUpdatePodSandboxResponse(_m: Init<t.PostUpdatePodSandboxResponse>): void {
}

export function readPostUpdatePodSandboxResponse(into: t.PostUpdatePodSandboxResponse | undefined): t.PostUpdatePodSandboxResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyPostUpdatePodSandboxResponse(_m: Init<t.PostUpdatePodSandboxResponse>): t.PostUpdatePodSandboxResponse {
  return {};
}

export function writeStopPodSandboxRequest(m: Init<t.StopPodSandboxRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
}

export function readStopPodSandboxRequest(into: t.StopPodSandboxRequest | undefined): t.StopPodSandboxRequest {
  expect(1);
  const m: t.StopPodSandboxRequest = into ?? {
    pod: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyStopPodSandboxRequest(m: Init<t.StopPodSandboxRequest>): t.StopPodSandboxRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "StopPodSandboxRequest.pod"),
  };
}

export function writeStopPodSandboxResponse(_m: Init<t.StopPodSandboxResponse>): void {
}

export function readStopPodSandboxResponse(into: t.StopPodSandboxResponse | undefined): t.StopPodSandboxResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyStopPodSandboxResponse(_m: Init<t.StopPodSandboxResponse>): t.StopPodSandboxResponse {
  return {};
}

export function writeRemovePodSandboxRequest(m: Init<t.RemovePodSandboxRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
}

export function readRemovePodSandboxRequest(into: t.RemovePodSandboxRequest | undefined): t.RemovePodSandboxRequest {
  expect(1);
  const m: t.RemovePodSandboxRequest = into ?? {
    pod: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyRemovePodSandboxRequest(m: Init<t.RemovePodSandboxRequest>): t.RemovePodSandboxRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "RemovePodSandboxRequest.pod"),
  };
}

export function writeRemovePodSandboxResponse(_m: Init<t.RemovePodSandboxResponse>): void {
}

export function readRemovePodSandboxResponse(into: t.RemovePodSandboxResponse | undefined): t.RemovePodSandboxResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyRemovePodSandboxResponse(_m: Init<t.RemovePodSandboxResponse>): t.RemovePodSandboxResponse {
  return {};
}

export function writeCreateContainerRequest(m: Init<t.CreateContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readCreateContainerRequest(into: t.CreateContainerRequest | undefined): t.CreateContainerRequest {
  expect(2);
  const m: t.CreateContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyCreateContainerRequest(m: Init<t.CreateContainerRequest>): t.CreateContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "CreateContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "CreateContainerRequest.container"),
  };
}

export function writeCreateContainerResponse(m: Init<t.CreateContainerResponse>): void {
  putMessage(10, m.adjust, writeContainerAdjustment, "adjust");
  putMessages(18, m.update, writeContainerUpdate, "update");
  putMessages(26, m.evict, writeContainerEviction, "evict");
}

export function readCreateContainerResponse(into: t.CreateContainerResponse | undefined): t.CreateContainerResponse {
  expect(3);
  const m: t.CreateContainerResponse = into ?? {
    adjust: undefined,
    update: [],
    evict: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.adjust = takeMessage(readContainerAdjustment, m.adjust, "adjust"); break;
      case 18: takeItem(readContainerUpdate, m.update, "update"); break;
      case 26: takeItem(readContainerEviction, m.evict, "evict"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyCreateContainerResponse(m: Init<t.CreateContainerResponse>): t.CreateContainerResponse {
  return {
    adjust: copyMessage(m.adjust, copyContainerAdjustment, "CreateContainerResponse.adjust"),
    update: copyMessages(m.update, copyContainerUpdate, "CreateContainerResponse.update"),
    evict: copyMessages(m.evict, copyContainerEviction, "CreateContainerResponse.evict"),
  };
}

export function writePostCreateContainerRequest(m: Init<t.PostCreateContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readPostCreateContainerRequest(into: t.PostCreateContainerRequest | undefined): t.PostCreateContainerRequest {
  expect(2);
  const m: t.PostCreateContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPostCreateContainerRequest(m: Init<t.PostCreateContainerRequest>): t.PostCreateContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "PostCreateContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "PostCreateContainerRequest.container"),
  };
}

export function writePostCreateContainerResponse(_m: Init<t.PostCreateContainerResponse>): void {
}

export function readPostCreateContainerResponse(into: t.PostCreateContainerResponse | undefined): t.PostCreateContainerResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyPostCreateContainerResponse(_m: Init<t.PostCreateContainerResponse>): t.PostCreateContainerResponse {
  return {};
}

export function writeStartContainerRequest(m: Init<t.StartContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readStartContainerRequest(into: t.StartContainerRequest | undefined): t.StartContainerRequest {
  expect(2);
  const m: t.StartContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyStartContainerRequest(m: Init<t.StartContainerRequest>): t.StartContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "StartContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "StartContainerRequest.container"),
  };
}

export function writeStartContainerResponse(_m: Init<t.StartContainerResponse>): void {
}

export function readStartContainerResponse(into: t.StartContainerResponse | undefined): t.StartContainerResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyStartContainerResponse(_m: Init<t.StartContainerResponse>): t.StartContainerResponse {
  return {};
}

export function writePostStartContainerRequest(m: Init<t.PostStartContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readPostStartContainerRequest(into: t.PostStartContainerRequest | undefined): t.PostStartContainerRequest {
  expect(2);
  const m: t.PostStartContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPostStartContainerRequest(m: Init<t.PostStartContainerRequest>): t.PostStartContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "PostStartContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "PostStartContainerRequest.container"),
  };
}

export function writePostStartContainerResponse(_m: Init<t.PostStartContainerResponse>): void {
}

export function readPostStartContainerResponse(into: t.PostStartContainerResponse | undefined): t.PostStartContainerResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyPostStartContainerResponse(_m: Init<t.PostStartContainerResponse>): t.PostStartContainerResponse {
  return {};
}

export function writeUpdateContainerRequest(m: Init<t.UpdateContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
  putMessage(26, m.linuxResources, writeLinuxResources, "linuxResources");
}

export function readUpdateContainerRequest(into: t.UpdateContainerRequest | undefined): t.UpdateContainerRequest {
  expect(3);
  const m: t.UpdateContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
    linuxResources: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      case 26: m.linuxResources = takeMessage(readLinuxResources, m.linuxResources, "linuxResources"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUpdateContainerRequest(m: Init<t.UpdateContainerRequest>): t.UpdateContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "UpdateContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "UpdateContainerRequest.container"),
    linuxResources: copyMessage(m.linuxResources, copyLinuxResources, "UpdateContainerRequest.linuxResources"),
  };
}

export function writeUpdateContainerResponse(m: Init<t.UpdateContainerResponse>): void {
  putMessages(10, m.update, writeContainerUpdate, "update");
  putMessages(18, m.evict, writeContainerEviction, "evict");
}

export function readUpdateContainerResponse(into: t.UpdateContainerResponse | undefined): t.UpdateContainerResponse {
  expect(2);
  const m: t.UpdateContainerResponse = into ?? {
    update: [],
    evict: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readContainerUpdate, m.update, "update"); break;
      case 18: takeItem(readContainerEviction, m.evict, "evict"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUpdateContainerResponse(m: Init<t.UpdateContainerResponse>): t.UpdateContainerResponse {
  return {
    update: copyMessages(m.update, copyContainerUpdate, "UpdateContainerResponse.update"),
    evict: copyMessages(m.evict, copyContainerEviction, "UpdateContainerResponse.evict"),
  };
}

export function writePostUpdateContainerRequest(m: Init<t.PostUpdateContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readPostUpdateContainerRequest(into: t.PostUpdateContainerRequest | undefined): t.PostUpdateContainerRequest {
  expect(2);
  const m: t.PostUpdateContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPostUpdateContainerRequest(m: Init<t.PostUpdateContainerRequest>): t.PostUpdateContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "PostUpdateContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "PostUpdateContainerRequest.container"),
  };
}

export function writePostUpdateContainerResponse(_m: Init<t.PostUpdateContainerResponse>): void {
}

export function readPostUpdateContainerResponse(into: t.PostUpdateContainerResponse | undefined): t.PostUpdateContainerResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyPostUpdateContainerResponse(_m: Init<t.PostUpdateContainerResponse>): t.PostUpdateContainerResponse {
  return {};
}

export function writeStopContainerRequest(m: Init<t.StopContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readStopContainerRequest(into: t.StopContainerRequest | undefined): t.StopContainerRequest {
  expect(2);
  const m: t.StopContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyStopContainerRequest(m: Init<t.StopContainerRequest>): t.StopContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "StopContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "StopContainerRequest.container"),
  };
}

export function writeStopContainerResponse(m: Init<t.StopContainerResponse>): void {
  putMessages(10, m.update, writeContainerUpdate, "update");
}

export function readStopContainerResponse(into: t.StopContainerResponse | undefined): t.StopContainerResponse {
  expect(1);
  const m: t.StopContainerResponse = into ?? {
    update: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readContainerUpdate, m.update, "update"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyStopContainerResponse(m: Init<t.StopContainerResponse>): t.StopContainerResponse {
  return {
    update: copyMessages(m.update, copyContainerUpdate, "StopContainerResponse.update"),
  };
}

export function writeRemoveContainerRequest(m: Init<t.RemoveContainerRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
}

export function readRemoveContainerRequest(into: t.RemoveContainerRequest | undefined): t.RemoveContainerRequest {
  expect(2);
  const m: t.RemoveContainerRequest = into ?? {
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyRemoveContainerRequest(m: Init<t.RemoveContainerRequest>): t.RemoveContainerRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "RemoveContainerRequest.pod"),
    container: copyMessage(m.container, copyContainer, "RemoveContainerRequest.container"),
  };
}

export function writeRemoveContainerResponse(_m: Init<t.RemoveContainerResponse>): void {
}

export function readRemoveContainerResponse(into: t.RemoveContainerResponse | undefined): t.RemoveContainerResponse {
  expect(0);
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);
  return into ?? {};
}

export function copyRemoveContainerResponse(_m: Init<t.RemoveContainerResponse>): t.RemoveContainerResponse {
  return {};
}

export function writeStateChangeEvent(m: Init<t.StateChangeEvent>): void {
  putInt32(8, m.event, "event");
  putMessage(18, m.pod, writePodSandbox, "pod");
  putMessage(26, m.container, writeContainer, "container");
}

export function readStateChangeEvent(into: t.StateChangeEvent | undefined): t.StateChangeEvent {
  expect(3);
  const m: t.StateChangeEvent = into ?? {
    event: 0,
    pod: undefined,
    container: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.event = takeInt32("event"); break;
      case 18: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 26: m.container = takeMessage(readContainer, m.container, "container"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyStateChangeEvent(m: Init<t.StateChangeEvent>): t.StateChangeEvent {
  return {
    event: copyInt32(m.event, "StateChangeEvent.event"),
    pod: copyMessage(m.pod, copyPodSandbox, "StateChangeEvent.pod"),
    container: copyMessage(m.container, copyContainer, "StateChangeEvent.container"),
  };
}

export function writeValidateContainerAdjustmentRequest(m: Init<t.ValidateContainerAdjustmentRequest>): void {
  putMessage(10, m.pod, writePodSandbox, "pod");
  putMessage(18, m.container, writeContainer, "container");
  putMessage(26, m.adjust, writeContainerAdjustment, "adjust");
  putMessages(34, m.update, writeContainerUpdate, "update");
  putMessage(42, m.owners, writeOwningPlugins, "owners");
  putMessages(50, m.plugins, writePluginInstance, "plugins");
}

export function readValidateContainerAdjustmentRequest(into: t.ValidateContainerAdjustmentRequest | undefined): t.ValidateContainerAdjustmentRequest {
  expect(6);
  const m: t.ValidateContainerAdjustmentRequest = into ?? {
    pod: undefined,
    container: undefined,
    adjust: undefined,
    update: [],
    owners: undefined,
    plugins: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pod = takeMessage(readPodSandbox, m.pod, "pod"); break;
      case 18: m.container = takeMessage(readContainer, m.container, "container"); break;
      case 26: m.adjust = takeMessage(readContainerAdjustment, m.adjust, "adjust"); break;
      case 34: takeItem(readContainerUpdate, m.update, "update"); break;
      case 42: m.owners = takeMessage(readOwningPlugins, m.owners, "owners"); break;
      case 50: takeItem(readPluginInstance, m.plugins, "plugins"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyValidateContainerAdjustmentRequest(m: Init<t.ValidateContainerAdjustmentRequest>): t.ValidateContainerAdjustmentRequest {
  return {
    pod: copyMessage(m.pod, copyPodSandbox, "ValidateContainerAdjustmentRequest.pod"),
    container: copyMessage(m.container, copyContainer, "ValidateContainerAdjustmentRequest.container"),
    adjust: copyMessage(m.adjust, copyContainerAdjustment, "ValidateContainerAdjustmentRequest.adjust"),
    update: copyMessages(m.update, copyContainerUpdate, "ValidateContainerAdjustmentRequest.update"),
    owners: copyMessage(m.owners, copyOwningPlugins, "ValidateContainerAdjustmentRequest.owners"),
    plugins: copyMessages(m.plugins, copyPluginInstance, "ValidateContainerAdjustmentRequest.plugins"),
  };
}

export function writePluginInstance(m: Init<t.PluginInstance>): void {
  putString(10, m.name, "name");
  putString(18, m.index, "index");
}

export function readPluginInstance(into: t.PluginInstance | undefined): t.PluginInstance {
  expect(2);
  const m: t.PluginInstance = into ?? {
    name: "",
    index: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.name = takeString("name"); break;
      case 18: m.index = takeString("index"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyPluginInstance(m: Init<t.PluginInstance>): t.PluginInstance {
  return {
    name: copyString(m.name, "PluginInstance.name"),
    index: copyString(m.index, "PluginInstance.index"),
  };
}

export function writeValidateContainerAdjustmentResponse(m: Init<t.ValidateContainerAdjustmentResponse>): void {
  putBool(8, m.reject, "reject");
  putString(18, m.reason, "reason");
}

export function readValidateContainerAdjustmentResponse(into: t.ValidateContainerAdjustmentResponse | undefined): t.ValidateContainerAdjustmentResponse {
  expect(2);
  const m: t.ValidateContainerAdjustmentResponse = into ?? {
    reject: false,
    reason: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.reject = takeBool("reject"); break;
      case 18: m.reason = takeString("reason"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyValidateContainerAdjustmentResponse(m: Init<t.ValidateContainerAdjustmentResponse>): t.ValidateContainerAdjustmentResponse {
  return {
    reject: copyBool(m.reject, "ValidateContainerAdjustmentResponse.reject"),
    reason: copyString(m.reason, "ValidateContainerAdjustmentResponse.reason"),
  };
}

export function writeOwningPlugins(m: Init<t.OwningPlugins>): void {
  putMessageMap(10, m.owners, writeFieldOwners, "owners");
}

export function readOwningPlugins(into: t.OwningPlugins | undefined): t.OwningPlugins {
  expect(1);
  const m: t.OwningPlugins = into ?? {
    owners: {},
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeMessageEntry(m.owners, readFieldOwners, "owners"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyOwningPlugins(m: Init<t.OwningPlugins>): t.OwningPlugins {
  return {
    owners: copyMap(m.owners, (parts, field, key) => copyPresent(parts, copyFieldOwners, field, key), "OwningPlugins.owners"),
  };
}

export function writeFieldOwners(m: Init<t.FieldOwners>): void {
  putNumberedStrings(10, m.simple, "simple");
  putNumberedMessages(18, m.compound, writeCompoundFieldOwners, "compound");
}

export function readFieldOwners(into: t.FieldOwners | undefined): t.FieldOwners {
  expect(2);
  const m: t.FieldOwners = into ?? {
    simple: {},
    compound: {},
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeNumberedString(m.simple, "simple"); break;
      case 18: takeNumberedMessage(m.compound, readCompoundFieldOwners, "compound"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyFieldOwners(m: Init<t.FieldOwners>): t.FieldOwners {
  return {
    simple: copyNumberedMap(m.simple, copyString, "FieldOwners.simple"),
    compound: copyNumberedMap(m.compound, (parts, field, key) => copyPresent(parts, copyCompoundFieldOwners, field, key), "FieldOwners.compound"),
  };
}

export function writeCompoundFieldOwners(m: Init<t.CompoundFieldOwners>): void {
  putStringMap(10, m.owners, "owners");
}

export function readCompoundFieldOwners(into: t.CompoundFieldOwners | undefined): t.CompoundFieldOwners {
  expect(1);
  const m: t.CompoundFieldOwners = into ?? {
    owners: {},
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeStringEntry(m.owners, "owners"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyCompoundFieldOwners(m: Init<t.CompoundFieldOwners>): t.CompoundFieldOwners {
  return {
    owners: copyMap(m.owners, copyString, "CompoundFieldOwners.owners"),
  };
}

export function writeRegisterPluginRequest(m: Init<t.RegisterPluginRequest>): void {
  putString(10, m.pluginName, "pluginName");
  putString(18, m.pluginIdx, "pluginIdx");
  putString(26, m.NRIVersion, "NRIVersion");
}

export function readRegisterPluginRequest(into: t.RegisterPluginRequest | undefined): t.RegisterPluginRequest {
  expect(3);
  const m: t.RegisterPluginRequest = into ?? {
    pluginName: "",
    pluginIdx: "",
    NRIVersion: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.pluginName = takeString("pluginName"); break;
      case 18: m.pluginIdx = takeString("pluginIdx"); break;
      case 26: m.NRIVersion = takeString("NRIVersion"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyRegisterPluginRequest(m: Init<t.RegisterPluginRequest>): t.RegisterPluginRequest {
  return {
    pluginName: copyString(m.pluginName, "RegisterPluginRequest.pluginName"),
    pluginIdx: copyString(m.pluginIdx, "RegisterPluginRequest.pluginIdx"),
    NRIVersion: copyString(m.NRIVersion, "RegisterPluginRequest.NRIVersion"),
  };
}

export function writeUpdateContainersRequest(m: Init<t.UpdateContainersRequest>): void {
  putMessages(10, m.update, writeContainerUpdate, "update");
  putMessages(18, m.evict, writeContainerEviction, "evict");
}

export function readUpdateContainersRequest(into: t.UpdateContainersRequest | undefined): t.UpdateContainersRequest {
  expect(2);
  const m: t.UpdateContainersRequest = into ?? {
    update: [],
    evict: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readContainerUpdate, m.update, "update"); break;
      case 18: takeItem(readContainerEviction, m.evict, "evict"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUpdateContainersRequest(m: Init<t.UpdateContainersRequest>): t.UpdateContainersRequest {
  return {
    update: copyMessages(m.update, copyContainerUpdate, "UpdateContainersRequest.update"),
    evict: copyMessages(m.evict, copyContainerEviction, "UpdateContainersRequest.evict"),
  };
}

export function writeUpdateContainersResponse(m: Init<t.UpdateContainersResponse>): void {
  putMessages(10, m.failed, writeContainerUpdate, "failed");
}

export function readUpdateContainersResponse(into: t.UpdateContainersResponse | undefined): t.UpdateContainersResponse {
  expect(1);
  const m: t.UpdateContainersResponse = into ?? {
    failed: [],
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readContainerUpdate, m.failed, "failed"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyUpdateContainersResponse(m: Init<t.UpdateContainersResponse>): t.UpdateContainersResponse {
  return {
    failed: copyMessages(m.failed, copyContainerUpdate, "UpdateContainersResponse.failed"),
  };
}

export function writeLogRequest(m: Init<t.LogRequest>): void {
  putString(10, m.msg, "msg");
  putInt32(16, m.level, "level");
}

export function readLogRequest(into: t.LogRequest | undefined): t.LogRequest {
  expect(2);
  const m: t.LogRequest = into ?? {
    msg: "",
    level: 0,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.msg = takeString("msg"); break;
      case 16: m.level = takeInt32("level"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyLogRequest(m: Init<t.LogRequest>): t.LogRequest {
  return {
    msg: copyString(m.msg, "LogRequest.msg"),
    level: copyInt32(m.level, "LogRequest.level"),
  };
}

export function writeConfigureRequest(m: Init<t.ConfigureRequest>): void {
  putString(10, m.config, "config");
  putString(18, m.runtimeName, "runtimeName");
  putString(26, m.runtimeVersion, "runtimeVersion");
  putInt64(32, m.registrationTimeout, "registrationTimeout");
  putInt64(40, m.requestTimeout, "requestTimeout");
  putString(50, m.NRIVersion, "NRIVersion");
}

export function readConfigureRequest(into: t.ConfigureRequest | undefined): t.ConfigureRequest {
  expect(6);
  const m: t.ConfigureRequest = into ?? {
    config: "",
    runtimeName: "",
    runtimeVersion: "",
    registrationTimeout: 0n,
    requestTimeout: 0n,
    NRIVersion: "",
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: m.config = takeString("config"); break;
      case 18: m.runtimeName = takeString("runtimeName"); break;
      case 26: m.runtimeVersion = takeString("runtimeVersion"); break;
      case 32: m.registrationTimeout = takeInt64("registrationTimeout"); break;
      case 40: m.requestTimeout = takeInt64("requestTimeout"); break;
      case 50: m.NRIVersion = takeString("NRIVersion"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyConfigureRequest(m: Init<t.ConfigureRequest>): t.ConfigureRequest {
  return {
    config: copyString(m.config, "ConfigureRequest.config"),
    runtimeName: copyString(m.runtimeName, "ConfigureRequest.runtimeName"),
    runtimeVersion: copyString(m.runtimeVersion, "ConfigureRequest.runtimeVersion"),
    registrationTimeout: copyInt64(m.registrationTimeout, "ConfigureRequest.registrationTimeout"),
    requestTimeout: copyInt64(m.requestTimeout, "ConfigureRequest.requestTimeout"),
    NRIVersion: copyString(m.NRIVersion, "ConfigureRequest.NRIVersion"),
  };
}

export function writeConfigureResponse(m: Init<t.ConfigureResponse>): void {
  putInt32(16, m.events, "events");
  putMessage(26, m.failurePolicy, writeFailurePolicy, "failurePolicy");
}

export function readConfigureResponse(into: t.ConfigureResponse | undefined): t.ConfigureResponse {
  expect(2);
  const m: t.ConfigureResponse = into ?? {
    events: 0,
    failurePolicy: undefined,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 16: m.events = takeInt32("events"); break;
      case 26: m.failurePolicy = takeMessage(readFailurePolicy, m.failurePolicy, "failurePolicy"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyConfigureResponse(m: Init<t.ConfigureResponse>): t.ConfigureResponse {
  return {
    events: copyInt32(m.events, "ConfigureResponse.events"),
    failurePolicy: copyMessage(m.failurePolicy, copyFailurePolicy, "ConfigureResponse.failurePolicy"),
  };
}

export function writeFailurePolicy(m: Init<t.FailurePolicy>): void {
  putBool(8, m.failRequest, "failRequest");
  putBool(16, m.keepConnected, "keepConnected");
}

export function readFailurePolicy(into: t.FailurePolicy | undefined): t.FailurePolicy {
  expect(2);
  const m: t.FailurePolicy = into ?? {
    failRequest: false,
    keepConnected: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 8: m.failRequest = takeBool("failRequest"); break;
      case 16: m.keepConnected = takeBool("keepConnected"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copyFailurePolicy(m: Init<t.FailurePolicy>): t.FailurePolicy {
  return {
    failRequest: copyBool(m.failRequest, "FailurePolicy.failRequest"),
    keepConnected: copyBool(m.keepConnected, "FailurePolicy.keepConnected"),
  };
}

export function writeSynchronizeRequest(m: Init<t.SynchronizeRequest>): void {
  putMessages(10, m.pods, writePodSandbox, "pods");
  putMessages(18, m.containers, writeContainer, "containers");
  putBool(24, m.more, "more");
}

export function readSynchronizeRequest(into: t.SynchronizeRequest | undefined): t.SynchronizeRequest {
  expect(3);
  const m: t.SynchronizeRequest = into ?? {
    pods: [],
    containers: [],
    more: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readPodSandbox, m.pods, "pods"); break;
      case 18: takeItem(readContainer, m.containers, "containers"); break;
      case 24: m.more = takeBool("more"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copySynchronizeRequest(m: Init<t.SynchronizeRequest>): t.SynchronizeRequest {
  return {
    pods: copyMessages(m.pods, copyPodSandbox, "SynchronizeRequest.pods"),
    containers: copyMessages(m.containers, copyContainer, "SynchronizeRequest.containers"),
    more: copyBool(m.more, "SynchronizeRequest.more"),
  };
}

export function writeSynchronizeResponse(m: Init<t.SynchronizeResponse>): void {
  putMessages(10, m.update, writeContainerUpdate, "update");
  putBool(16, m.more, "more");
}

export function readSynchronizeResponse(into: t.SynchronizeResponse | undefined): t.SynchronizeResponse {
  expect(2);
  const m: t.SynchronizeResponse = into ?? {
    update: [],
    more: false,
  };
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    switch (tag) {
      case 10: takeItem(readContainerUpdate, m.update, "update"); break;
      case 16: m.more = takeBool("more"); break;
      default: skip(tag);
    }
  }
  return m;
}

export function copySynchronizeResponse(m: Init<t.SynchronizeResponse>): t.SynchronizeResponse {
  return {
    update: copyMessages(m.update, copyContainerUpdate, "SynchronizeResponse.update"),
    more: copyBool(m.more, "SynchronizeResponse.more"),
  };
}
