// Three manifests, and what kubelet asks a CRI engine for when it gets them: written by hand, field by field, so that
// `manifestToPods` is compared with something that it did not make. Kubelet's folder is a parameter, its paths are real.

/** Image that the tests have; its shell exits on SIGTERM. */
const IMAGE = "localhost/peers/busybox:1";
const SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];

/** One manifest and its requests. */
export interface KubeletCase {
  readonly name: string;
  /** Name of the pod. */
  readonly pod: string;
  /** In it KUBELET stands for kubelet's folder and NODE for the name of the machine. */
  readonly manifest: string;
  /** `PodSandboxConfig`. */
  sandbox(): object;
  /** `ContainerConfig` by name, in the order of creation; `root` is kubelet's folder. */
  containers(root: string): Readonly<Record<string, object>>;
}

const SLICE = "/kubepods.slice";
const MASKED = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
const NO_HUGE_PAGES = [
  { page_size: "1GB", limit: 0 },
  { page_size: "2MB", limit: 0 },
];
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

interface Identity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

const podLabels = ({ name, namespace, uid }: Identity, own: object = {}): object => ({
  "io.kubernetes.pod.name": name,
  "io.kubernetes.pod.namespace": namespace,
  "io.kubernetes.pod.uid": uid,
  ...own,
});
const podAnnotations = (own: object = {}): object => ({
  ...own,
  "kubernetes.io/config.seen": "2026-01-02T03:04:05.000000006Z",
  "kubernetes.io/config.source": "api",
});
const logs = ({ name, namespace, uid }: Identity): string => `/var/log/pods/${namespace}_${name}_${uid}`;
const slice = ({ uid }: Identity, level = ""): string => {
  const unit = uid.replaceAll("-", "_");
  return level === ""
    ? `${SLICE}/kubepods-pod${unit}.slice`
    : `${SLICE}/kubepods-${level}.slice/kubepods-${level}-pod${unit}.slice`;
};

/** What every container of kubelet has, with what the case says. */
function container(
  root: string,
  pod: Identity,
  name: string,
  own: {
    readonly mounts?: readonly object[];
    readonly annotations?: object;
    readonly grace?: string;
    readonly resources: object;
    readonly security: object;
    readonly rest?: object;
  },
): object {
  const folder = `${root}/pods/${pod.uid}`;
  return {
    metadata: { name, attempt: 0 },
    image: { image: IMAGE, user_specified_image: IMAGE },
    command: SLEEP,
    mounts: [
      ...(own.mounts ?? []),
      { container_path: "/etc/hosts", host_path: `${folder}/etc-hosts` },
      { container_path: "/dev/termination-log", host_path: `${folder}/containers/${name}/0123abcd` },
    ],
    labels: podLabels(pod, { "io.kubernetes.container.name": name }),
    annotations: {
      "io.kubernetes.container.hash": "0123abcd",
      "io.kubernetes.container.restartCount": "0",
      "io.kubernetes.container.terminationMessagePath": "/dev/termination-log",
      "io.kubernetes.container.terminationMessagePolicy": "File",
      "io.kubernetes.pod.terminationGracePeriod": own.grace ?? "30",
      ...own.annotations,
    },
    log_path: `${name}/0.log`,
    linux: {
      resources: {
        cpu_period: 100_000,
        hugepage_limits: NO_HUGE_PAGES,
        unified: { "memory.oom.group": "1" },
        ...own.resources,
      },
      security_context: own.security,
    },
    ...own.rest,
  };
}
const token = (root: string, { uid }: Identity): object => ({
  container_path: ACCOUNT,
  host_path: `${root}/pods/${uid}/volumes/kubernetes.io~projected/kube-api-access-bcdfg`,
  readonly: true,
});
const sandbox = (
  pod: Identity,
  own: { labels?: object; annotations?: object; linux: object; hostname?: string; dns_config?: object },
): object => ({
  metadata: { ...pod, attempt: 0 },
  log_directory: logs(pod),
  ...own,
  labels: podLabels(pod, own.labels),
  annotations: podAnnotations(own.annotations),
});

const PLAIN = { name: "plain", namespace: "shop", uid: "11111111-2222-4333-8444-555555555555" };
const POD_NAMESPACES = { network: "POD", pid: "CONTAINER", ipc: "POD" };
const DEFAULT_SECURITY = {
  namespace_options: POD_NAMESPACES,
  masked_paths: MASKED,
  readonly_paths: READ_ONLY,
};

const plain: KubeletCase = {
  pod: PLAIN.name,
  name: "a pod with limits, volumes and variables",
  manifest: `
apiVersion: v1
kind: Pod
metadata:
  name: ${PLAIN.name}
  namespace: ${PLAIN.namespace}
  uid: ${PLAIN.uid}
  labels: {app: plain}
  annotations: {example.com/note: kept}
spec:
  containers:
  - name: main
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    workingDir: /tmp
    env: [{name: A, value: "1"}, {name: B, value: "$(A)2"}, {name: HOSTNAME, value: mine}, {name: A, value: "3"}]
    ports: [{name: http, containerPort: 8080}]
    resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: 500m, memory: 128Mi}}
    volumeMounts:
    - {name: deep, mountPath: /data/deep/er}
    - {name: cfg, mountPath: /etc/cfg}
    - {name: deep, mountPath: /data, mountPropagation: HostToContainer}
  - name: second
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    tty: true
    resources: {requests: {cpu: 100m}}
  volumes:
  - {name: deep, emptyDir: {}}
  - {name: cfg, configMap: {name: c}}
`,
  sandbox: () =>
    sandbox(PLAIN, {
      hostname: PLAIN.name,
      dns_config: { servers: ["10.96.0.10"], searches: ["shop.svc.cluster.local"], options: ["ndots:5"] },
      labels: { app: "plain" },
      annotations: { "example.com/note": "kept" },
      linux: {
        cgroup_parent: slice(PLAIN, "burstable"),
        security_context: { namespace_options: POD_NAMESPACES, seccomp: { profile_type: "RUNTIME_DEFAULT" } },
        overhead: {},
        resources: { cpu_period: 100_000, cpu_quota: 50_000, cpu_shares: 358, memory_limit_in_bytes: 128 << 20 },
      },
    }),
  containers: (root) => {
    const volumes = `${root}/pods/${PLAIN.uid}/volumes`;
    const deep = `${volumes}/kubernetes.io~empty-dir/deep`;
    const seccomp = { profile_type: "UNCONFINED" };
    return {
      main: container(root, PLAIN, "main", {
        mounts: [
          { container_path: "/data/deep/er", host_path: deep },
          { container_path: "/etc/cfg", host_path: `${volumes}/kubernetes.io~configmap/cfg`, readonly: true },
          {
            container_path: "/data",
            host_path: deep,
            propagation: "PROPAGATION_HOST_TO_CONTAINER",
          },
          token(root, PLAIN),
        ],
        annotations: {
          "io.kubernetes.container.ports": '[{"name":"http","containerPort":8080,"protocol":"TCP"}]',
        },
        resources: {
          cpu_quota: 50_000,
          cpu_shares: 256,
          memory_limit_in_bytes: 128 << 20,
          memory_swap_limit_in_bytes: 128 << 20,
          oom_score_adj: 997,
        },
        security: { ...DEFAULT_SECURITY, seccomp },
        rest: {
          working_dir: "/tmp",
          envs: [
            { key: "A", value: "1" },
            { key: "B", value: "12" },
            { key: "HOSTNAME", value: "mine" },
            { key: "A", value: "3" },
          ],
        },
      }),
      second: container(root, PLAIN, "second", {
        mounts: [token(root, PLAIN)],
        resources: { cpu_shares: 102, oom_score_adj: 999 },
        security: { ...DEFAULT_SECURITY, seccomp },
        rest: { tty: true },
      }),
    };
  },
};

const HOST = { name: "on-host", namespace: "kube-system", uid: "21111111-2222-4333-8444-555555555555" };
const HOST_NAMESPACES = { network: "NODE", pid: "NODE", ipc: "NODE" };

const host: KubeletCase = {
  pod: HOST.name,
  name: "a privileged pod in the host's namespaces",
  manifest: `
apiVersion: v1
kind: Pod
metadata: {name: ${HOST.name}, namespace: ${HOST.namespace}, uid: ${HOST.uid}}
spec:
  nodeName: NODE
  hostNetwork: true
  hostPID: true
  hostIPC: true
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 5
  containers:
  - name: strong
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    securityContext: {privileged: true}
    volumeMounts: [{name: srv, mountPath: /srv, mountPropagation: Bidirectional}]
  - name: weak
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
  volumes: [{name: srv, hostPath: {path: KUBELET/srv}}]
`,
  sandbox: () =>
    sandbox(HOST, {
      linux: {
        cgroup_parent: slice(HOST, "besteffort"),
        security_context: {
          namespace_options: HOST_NAMESPACES,
          privileged: true,
          seccomp: { profile_type: "RUNTIME_DEFAULT" },
        },
        overhead: {},
        resources: { cpu_period: 100_000, cpu_shares: 2 },
      },
    }),
  containers: (root) => ({
    strong: container(root, HOST, "strong", {
      mounts: [{ container_path: "/srv", host_path: `${root}/srv`, propagation: "PROPAGATION_BIDIRECTIONAL" }],
      grace: "5",
      resources: { cpu_shares: 2, oom_score_adj: 1000 },
      security: {
        ...DEFAULT_SECURITY,
        namespace_options: HOST_NAMESPACES,
        privileged: true,
        seccomp: { profile_type: "UNCONFINED" },
      },
    }),
    weak: container(root, HOST, "weak", {
      grace: "5",
      resources: { cpu_shares: 2, oom_score_adj: 1000 },
      security: {
        ...DEFAULT_SECURITY,
        namespace_options: HOST_NAMESPACES,
        seccomp: { profile_type: "UNCONFINED" },
      },
    }),
  }),
};

const SECURE = { name: "secure", namespace: "default", uid: "31111111-2222-4333-8444-555555555555" };
const SHARED = { network: "POD", pid: "POD", ipc: "POD" };

const secure: KubeletCase = {
  pod: SECURE.name,
  name: "a pod with security contexts, sysctls and shared processes",
  manifest: `
apiVersion: v1
kind: Pod
metadata: {name: ${SECURE.name}, uid: ${SECURE.uid}}
spec:
  shareProcessNamespace: true
  overhead: {cpu: 5m, memory: 16Mi}
  automountServiceAccountToken: false
  securityContext:
    runAsUser: 1000
    runAsGroup: 2000
    fsGroup: 3000
    supplementalGroups: [4000]
    sysctls: [{name: net.core.somaxconn, value: "1024"}]
  containers:
  - name: locked
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    resources: {requests: {cpu: 200m}, limits: {cpu: "1", memory: 1Gi}}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, SYS_TIME]}
      seccompProfile: {type: RuntimeDefault}
  - name: wide
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    securityContext:
      runAsUser: 0
      procMount: Unmasked
      capabilities: {drop: [MKNOD, chown], add: [SYS_ADMIN, BPF, CAP_SYS_TIME]}
    volumeMounts: [{name: v, mountPath: /sys/fs/cgroup}, {name: v, mountPath: /dev/shm}]
  - name: all
    image: ${IMAGE}
    command: ${JSON.stringify(SLEEP)}
    securityContext: {capabilities: {add: [ALL], drop: [SYS_ADMIN]}}
  volumes: [{name: v, emptyDir: {}}]
`,
  sandbox: () =>
    sandbox(SECURE, {
      hostname: SECURE.name,
      dns_config: { servers: ["10.96.0.10"] },
      linux: {
        cgroup_parent: slice(SECURE, "burstable"),
        sysctls: { "net.core.somaxconn": "1024" },
        security_context: {
          namespace_options: SHARED,
          run_as_user: { value: 1000 },
          run_as_group: { value: 2000 },
          supplemental_groups: [3000, 4000],
          seccomp: { profile_type: "RUNTIME_DEFAULT" },
        },
        // both request and limit; 1000 is the smallest quota
        overhead: { cpu_period: 100_000, cpu_quota: 1000, cpu_shares: 5, memory_limit_in_bytes: 16 << 20 },
        resources: { cpu_period: 100_000, cpu_quota: 100_000, cpu_shares: 204, memory_limit_in_bytes: 1 << 30 },
      },
    }),
  containers: (root) => {
    const base = {
      ...DEFAULT_SECURITY,
      namespace_options: SHARED,
      run_as_user: { value: 1000 },
      run_as_group: { value: 2000 },
      supplemental_groups: [3000, 4000],
    };
    return {
      locked: container(root, SECURE, "locked", {
        resources: {
          cpu_quota: 100_000,
          cpu_shares: 204,
          memory_limit_in_bytes: 1 << 30,
          memory_swap_limit_in_bytes: 1 << 30,
          // the memory request is the limit: 1000 - 1000 * 1 GiB / 16 GiB
          oom_score_adj: 938,
        },
        security: {
          ...base,
          no_new_privs: true,
          readonly_rootfs: true,
          capabilities: { drop_capabilities: ["ALL"], add_capabilities: ["NET_BIND_SERVICE", "SYS_TIME"] },
          seccomp: { profile_type: "RUNTIME_DEFAULT" },
        },
      }),
      wide: container(root, SECURE, "wide", {
        // they take the place of a default mount and of containerd's own
        mounts: ["/sys/fs/cgroup", "/dev/shm"].map((container_path) => ({
          container_path,
          host_path: `${root}/pods/${SECURE.uid}/volumes/kubernetes.io~empty-dir/v`,
        })),
        resources: { cpu_shares: 2, oom_score_adj: 999 },
        security: {
          ...base,
          run_as_user: { value: 0 },
          masked_paths: [],
          readonly_paths: [],
          capabilities: {
            drop_capabilities: ["MKNOD", "chown"],
            add_capabilities: ["SYS_ADMIN", "BPF", "CAP_SYS_TIME"],
          },
          seccomp: { profile_type: "UNCONFINED" },
        },
      }),
      all: container(root, SECURE, "all", {
        resources: { cpu_shares: 2, oom_score_adj: 999 },
        security: {
          ...base,
          capabilities: { add_capabilities: ["ALL"], drop_capabilities: ["SYS_ADMIN"] },
          seccomp: { profile_type: "UNCONFINED" },
        },
      }),
    };
  },
};

/** All of them. */
export const KUBELET_CASES: readonly KubeletCase[] = [plain, host, secure];
