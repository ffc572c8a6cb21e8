// The node that manifests are played on: everything that a manifest does not say and a real node would. docs/simulate.md lists it.

/** The node without an engine. Linux on amd64, cgroup v2, systemd cgroup driver, kubelet's and containerd's default folders. */
export const NODE = {
  /** Shown as the hostname of pods on the host's network, unless `spec.nodeName` is given. */
  name: "node",
  /** Capacity that `oom_score_adj` of burstable containers is computed from. */
  memoryBytes: 16n * 1024n ** 3n,
  /** Period of CPU quotas in microseconds, kubelet's default. */
  cpuPeriod: 100_000n,
  kubelet: "/var/lib/kubelet",
  /** containerd's root and state folder of its CRI service. */
  criRoot: "/var/lib/containerd/io.containerd.grpc.v1.cri",
  criState: "/run/containerd/io.containerd.grpc.v1.cri",
  pauseImage: "registry.k8s.io/pause:3.10",
  /** First process id handed out; pods and containers get their own in input order. */
  firstPid: 2001,
  /** Nanoseconds since the epoch at which a pod without `creationTimestamp` begins: 2026-01-01T00:00:00Z. */
  epoch: 1_767_225_600_000_000_000n,
} as const;
