// Command refruntime hosts the NRI adaptation without a container runtime.
//
// Without -bench it runs a scenario from stdin (one JSON request per line) and
// answers with one JSON line each. With -bench it measures. See README.md.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	nri "github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/api"
	nrilog "github.com/containerd/nri/pkg/log"
	"github.com/containerd/nri/pkg/runtime-tools/generate"
	validator "github.com/containerd/nri/plugins/default-validator/builtin"
	"github.com/containerd/ttrpc"
	rspec "github.com/opencontainers/runtime-spec/specs-go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var (
	socket     = flag.String("socket", "", "NRI socket to listen on")
	pluginPath = flag.String("plugin-path", "", "directory of pre-installed plugins")
	confDir    = flag.String("conf-dir", "", "directory of plugin configuration")
	name       = flag.String("name", "refruntime", "runtime name")
	version    = flag.String("version", "v0.0.1", "runtime version")
	validCfg   = flag.String("validator", "", "default validator configuration, JSON")
	waitN      = flag.Int("plugins", 0, "wait for this many plugins before going on")
	waitT      = flag.Duration("wait", 10*time.Second, "how long to wait for them")
	stateFile  = flag.String("state", "", "protojson SynchronizeRequest: pods and containers to synchronize")
	regT       = flag.Duration("reg-timeout", 0, "plugin registration timeout")
	reqT       = flag.Duration("req-timeout", 0, "plugin request timeout")
	verbose    = flag.Bool("v", false, "log what the adaptation does")
	tellAll    = flag.Bool("metrics", false, "print a line for each metrics callback")

	spawnN   = flag.Int("spawn", 0, "start this many external plugins (-spawn-cmd)")
	spawnCmd = flag.String("spawn-cmd", "", "command; {idx} {name} {socket} {i} are replaced; run without a shell")

	bench    = flag.String("bench", "", "create, event, sync, joining, start, codec or dump")
	rate     = flag.Int("rate", 200, "joining: creations per second")
	joinCmd  = flag.String("join-cmd", "", "joining: the plugin that is started, synchronized and ended, again and again; as -spawn-cmd")
	k        = flag.Int("k", 2000, "requests")
	warm     = flag.Int("warm", 200, "requests before measuring")
	conc     = flag.Int("c", 1, "concurrent callers")
	pace     = flag.Duration("pace", 0, "from the start of a request to that of the next, one caller")
	rest     = flag.Duration("rest", 0, "ask nothing for so long before the first request")
	mark     = flag.Int("mark", 0, "read memory also after so many measured requests, one caller")
	pad      = flag.Int("pad", 0, "pad the request to about this many encoded bytes")
	lean     = flag.Bool("lean", false, "small pods and containers in place of realistic ones")
	syncPods = flag.Int("sync-pods", 0, "pods to synchronize")
	syncCtrs = flag.Int("sync-ctrs", 0, "containers to synchronize")
	label    = flag.String("label", "", "label for the result line")
	cpuProf  = flag.String("cpuprofile", "", "write a CPU profile of the measured part")
)

// logger passes lines on to a hook, and to stderr with -v.
type logger struct {
	hook func(string)
}

func (l *logger) out(lv, f string, a ...interface{}) {
	if l.hook == nil && !*verbose && lv != "E" && lv != "W" {
		return
	}
	s := fmt.Sprintf(f, a...)
	if l.hook != nil {
		l.hook(s)
	}
	if *verbose || lv == "E" || lv == "W" {
		fmt.Fprintln(os.Stderr, lv, s)
	}
}
func (l *logger) Debugf(_ context.Context, f string, a ...interface{}) { l.out("D", f, a...) }
func (l *logger) Infof(_ context.Context, f string, a ...interface{})  { l.out("I", f, a...) }
func (l *logger) Warnf(_ context.Context, f string, a ...interface{})  { l.out("W", f, a...) }
func (l *logger) Errorf(_ context.Context, f string, a ...interface{}) { l.out("E", f, a...) }

var theLogger = &logger{}

// metrics tells how many plugins are there and how long Synchronize took.
type metrics struct {
	mu    sync.Mutex
	count int
	cond  *sync.Cond
	sync  []time.Duration
	calls atomic.Int64
	tell  func(string) // with -metrics
}

func (m *metrics) note(f string, a ...interface{}) {
	if m.tell != nil {
		m.tell(fmt.Sprintf(f, a...))
	}
}

func newMetrics() *metrics { m := &metrics{}; m.cond = sync.NewCond(&m.mu); return m }

func (m *metrics) RecordPluginInvocation(name, op string, err error) {
	if err == nil {
		m.note("call %s %s ok", name, op)
	} else {
		m.note("call %s %s %v", name, op, err)
	}
}
func (m *metrics) RecordPluginLatency(name, op string, d time.Duration) {
	m.note("latency %s %s", name, op)
	if op == "Synchronize" {
		m.mu.Lock()
		m.sync = append(m.sync, d)
		m.mu.Unlock()
	}
}
func (m *metrics) RecordPluginAdjustments(name, op string, adj *nri.ContainerAdjustment, updates, evicts int) {
	adjust := "-"
	if adj != nil {
		adjust = "adjust"
	}
	m.note("asks %s %s %s %d %d", name, op, adjust, updates, evicts)
}
func (m *metrics) UpdatePluginCount(n int) {
	m.note("plugins %d", n)
	m.mu.Lock()
	m.count = n
	m.mu.Unlock()
	m.cond.Broadcast()
}
func (m *metrics) wait(n int, d time.Duration) error {
	t := time.AfterFunc(d, m.cond.Broadcast)
	defer t.Stop()
	end := time.Now().Add(d)
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.count < n {
		if time.Now().After(end) {
			return fmt.Errorf("only %d of %d plugins after %v", m.count, n, d)
		}
		m.cond.Wait()
	}
	return nil
}

type host struct {
	nri     *nri.Adaptation
	m       *metrics
	mu      sync.Mutex // stdout, state
	pods    []*api.PodSandbox
	ctrs    []*api.Container
	syncDur []time.Duration
	failed  []*api.ContainerUpdate // what the next UpdateContainers reports as failed
	updErr  error
	regAt   []time.Time
	spawnAt []time.Time
	loaded  int // memory with the state, before anybody is synchronized, kB
}

func (h *host) emit(v interface{}) {
	b, err := json.Marshal(v)
	if err != nil {
		b, _ = json.Marshal(map[string]string{"error": err.Error()})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	os.Stdout.Write(append(b, '\n'))
}

func pj(m proto.Message) json.RawMessage {
	b, err := protojson.MarshalOptions{}.Marshal(m)
	if err != nil {
		b, _ = json.Marshal("protojson: " + err.Error())
		return b
	}
	var c interface{} // re-encode: protojson varies its white space
	json.Unmarshal(b, &c)
	b, _ = json.Marshal(c)
	return b
}

func (h *host) syncFn(ctx context.Context, cb nri.SyncCB) error {
	start := time.Now()
	upd, err := cb(ctx, h.pods, h.ctrs)
	d := time.Since(start)
	h.mu.Lock()
	h.syncDur = append(h.syncDur, d)
	h.mu.Unlock()
	if *bench == "" {
		e := map[string]interface{}{"event": "Synchronized", "res": pj(&api.SynchronizeResponse{Update: upd})}
		if err != nil {
			e["error"] = err.Error()
		}
		h.emit(e)
	}
	return err
}

func (h *host) updateFn(_ context.Context, upd []*nri.ContainerUpdate) ([]*nri.ContainerUpdate, error) {
	if *bench == "" {
		h.emit(map[string]interface{}{"event": "UpdateContainers", "req": pj(&api.UpdateContainersRequest{Update: upd})})
	}
	return h.failed, h.updErr
}

func newHost() (*host, error) {
	h := &host{m: newMetrics()}
	if *tellAll {
		h.m.tell = func(line string) { h.emit(map[string]string{"event": "Metric", "line": line}) }
	}
	opts := []nri.Option{nri.WithMetrics(h.m)}
	if *socket != "" {
		opts = append(opts, nri.WithSocketPath(*socket))
	} else {
		opts = append(opts, nri.WithDisabledExternalConnections())
	}
	pp := *pluginPath
	if pp == "" {
		pp = "/nonexistent-refruntime"
	}
	cd := *confDir
	if cd == "" {
		cd = "/nonexistent-refruntime"
	}
	opts = append(opts, nri.WithPluginPath(pp), nri.WithPluginConfigPath(cd))
	if *validCfg != "" {
		cfg := &validator.DefaultValidatorConfig{}
		if err := json.Unmarshal([]byte(*validCfg), cfg); err != nil {
			return nil, err
		}
		opts = append(opts, nri.WithDefaultValidator(cfg))
	}
	if *regT != 0 {
		nri.SetPluginRegistrationTimeout(*regT)
	}
	if *reqT != 0 {
		nri.SetPluginRequestTimeout(*reqT)
	}
	if *stateFile != "" {
		b, err := os.ReadFile(*stateFile)
		if err != nil {
			return nil, err
		}
		r := &api.SynchronizeRequest{}
		if err := protojson.Unmarshal(b, r); err != nil {
			return nil, err
		}
		h.pods, h.ctrs = r.Pods, r.Containers
	}
	for i := 0; i < *syncPods; i++ {
		h.pods = append(h.pods, mkPod(i))
	}
	for i := 0; i < *syncCtrs; i++ {
		h.ctrs = append(h.ctrs, mkContainer(i, i%max(1, *syncPods)))
	}
	if *bench != "" {
		runtime.GC()
		debug.FreeOSMemory()
		os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // from now on VmHWM is the most since now
	}
	h.loaded = status1(os.Getpid(), "VmRSS")
	var err error
	h.nri, err = nri.New(*name, *version, h.syncFn, h.updateFn, opts...)
	return h, err
}

// ---- synthetic objects

func hexID(n int) string { return fmt.Sprintf("%064x", uint64(n)*0x9e3779b97f4a7c15+1) }

func mkPod(i int) *api.PodSandbox {
	n := 10
	if *lean {
		n = 2
	}
	p := &api.PodSandbox{
		Id: hexID(1000000 + i), Name: fmt.Sprintf("pod-%d", i), Uid: fmt.Sprintf("1b2c3d4e-0000-4000-8000-%012d", i),
		Namespace: "default", RuntimeHandler: "runc", Pid: uint32(1000 + i), Ips: []string{"10.88.0.7", "fd00::7"},
		Labels: map[string]string{}, Annotations: map[string]string{},
		Linux: &api.LinuxPodSandbox{
			CgroupParent: "/kubepods/burstable/pod1b2c3d4e", CgroupsPath: "/kubepods/burstable/pod1b2c3d4e/" + hexID(i),
			PodOverhead:  &api.LinuxResources{Memory: &api.LinuxMemory{Limit: api.Int64(int64(1 << 20))}},
			PodResources: &api.LinuxResources{Cpu: &api.LinuxCPU{Shares: api.UInt64(uint64(1024))}},
			Namespaces: []*api.LinuxNamespace{{Type: "pid"}, {Type: "ipc", Path: "/proc/1234/ns/ipc"},
				{Type: "network", Path: "/var/run/netns/cni-1234"}, {Type: "mount"}, {Type: "uts", Path: "/proc/1234/ns/uts"}},
		},
	}
	for j := 0; j < n; j++ {
		p.Labels[fmt.Sprintf("app.kubernetes.io/label-%d", j)] = fmt.Sprintf("label-value-%d", j)
		p.Annotations[fmt.Sprintf("annotation.example.com/key-%d", j)] = fmt.Sprintf("annotation value number %d of pod", j)
	}
	return p
}

func mkContainer(i, pod int) *api.Container {
	nEnv, nMnt, nAnn, nArg, nDev := 40, 15, 20, 10, 5
	if *lean {
		nEnv, nMnt, nAnn, nArg, nDev = 4, 2, 2, 2, 0
	}
	c := &api.Container{
		Id: hexID(i), PodSandboxId: hexID(1000000 + pod), Name: fmt.Sprintf("ctr-%d", i),
		State: api.ContainerState_CONTAINER_CREATED, Labels: map[string]string{
			"io.kubernetes.container.name": fmt.Sprintf("ctr-%d", i), "io.kubernetes.pod.name": fmt.Sprintf("pod-%d", pod),
			"io.kubernetes.pod.namespace": "default", "io.kubernetes.pod.uid": "1b2c3d4e"},
		Annotations: map[string]string{}, CreatedAt: 1700000000000000000 + int64(i),
		User:  &api.User{Uid: 1000, Gid: 1000, AdditionalGids: []uint32{10, 20, 30}},
		Image: &api.Image{Name: "registry.k8s.io/pause:3.10", Digest: "sha256:" + hexID(7), ConfigDigest: "sha256:" + hexID(8)},
		Rlimits: []*api.POSIXRlimit{{Type: "RLIMIT_NOFILE", Hard: 1048576, Soft: 1048576},
			{Type: "RLIMIT_NPROC", Hard: 4096, Soft: 4096}},
		Linux: &api.LinuxContainer{
			CgroupsPath: "/kubepods/burstable/pod1b2c3d4e/" + hexID(i),
			OomScoreAdj: api.Int(999),
			Namespaces: []*api.LinuxNamespace{{Type: "pid"}, {Type: "ipc", Path: "/proc/1234/ns/ipc"},
				{Type: "uts", Path: "/proc/1234/ns/uts"}, {Type: "mount"}, {Type: "network", Path: "/var/run/netns/cni-1234"}},
			Resources: &api.LinuxResources{
				Memory: &api.LinuxMemory{Limit: api.Int64(int64(536870912)), Reservation: api.Int64(int64(268435456)), Swap: api.Int64(int64(536870912)),
					Kernel: api.Int64(int64(0)), KernelTcp: api.Int64(int64(0)), Swappiness: api.UInt64(uint64(60)),
					DisableOomKiller: api.Bool(false), UseHierarchy: api.Bool(true)},
				Cpu: &api.LinuxCPU{Shares: api.UInt64(uint64(1024)), Quota: api.Int64(int64(100000)), Period: api.UInt64(uint64(100000)),
					RealtimeRuntime: api.Int64(int64(0)), RealtimePeriod: api.UInt64(uint64(0)), Cpus: "0-3", Mems: "0"},
				HugepageLimits: []*api.HugepageLimit{{PageSize: "2MB", Limit: 0}, {PageSize: "1GB", Limit: 0}},
				BlockioClass:   api.String("best-effort"), RdtClass: api.String("gold"),
				Unified: map[string]string{"memory.high": "max", "memory.oom.group": "1"},
				Pids:    &api.LinuxPids{Limit: 4096},
			},
			Sysctl: map[string]string{"net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647"},
		},
	}
	for j := 0; j < nEnv; j++ {
		c.Env = append(c.Env, fmt.Sprintf("SERVICE_VARIABLE_%02d=tcp://10.96.%d.%d:8443", j, j, j))
	}
	for j := 0; j < nMnt; j++ {
		c.Mounts = append(c.Mounts, &api.Mount{
			Destination: fmt.Sprintf("/var/lib/data/volume-%02d", j), Type: "bind",
			Source:  fmt.Sprintf("/var/lib/kubelet/pods/1b2c3d4e/volumes/kubernetes.io~configmap/volume-%02d", j),
			Options: []string{"rbind", "rprivate", "ro"}})
	}
	for j := 0; j < nAnn; j++ {
		c.Annotations[fmt.Sprintf("annotation.example.com/ctr-key-%02d", j)] = fmt.Sprintf("annotation value number %d of container", j)
	}
	for j := 0; j < nArg; j++ {
		c.Args = append(c.Args, fmt.Sprintf("--command-line-option-%d=some-value-%d", j, j))
	}
	for j := 0; j < nDev; j++ {
		c.Linux.Devices = append(c.Linux.Devices, &api.LinuxDevice{
			Path: fmt.Sprintf("/dev/device%d", j), Type: "c", Major: 10, Minor: int64(100 + j),
			FileMode: api.FileMode(os.FileMode(0o660)), Uid: api.UInt32(uint32(0)), Gid: api.UInt32(uint32(0))})
	}
	return c
}

func mkCreate(i int) *api.CreateContainerRequest {
	r := &api.CreateContainerRequest{Pod: mkPod(1), Container: mkContainer(i, 1)}
	if *pad > 0 {
		if n := *pad - proto.Size(r) - 24; n > 0 {
			r.Container.Annotations["padding"] = strings.Repeat("x", n)
		}
	}
	return r
}

// ---- measuring

type proc struct {
	cmd *exec.Cmd
	in  interface{ Close() error }
}

func status1(pid int, key string) int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, key+":") {
			f := strings.Fields(l)
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	return 0
}

// cpuMs: user + system time of a process in ms (10 ms steps).
func cpuMs(pid int) float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	s := string(b)
	if i := strings.LastIndex(s, ")"); i > 0 {
		f := strings.Fields(s[i+1:])
		u, _ := strconv.Atoi(f[11])
		v, _ := strconv.Atoi(f[12])
		return float64(u+v) * 10
	}
	return 0
}

func ctxSw(pid int) int {
	n := 0
	es, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, e := range es {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/status", pid, e.Name()))
		for _, l := range strings.Split(string(b), "\n") {
			if strings.Contains(l, "ctxt_switches") {
				v, _ := strconv.Atoi(strings.Fields(l)[1])
				n += v
			}
		}
	}
	return n
}

func selfCPU() float64 {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return float64(ru.Utime.Sec+ru.Stime.Sec)*1e3 + float64(ru.Utime.Usec+ru.Stime.Usec)/1e3
}

func pct(d []time.Duration, p float64) float64 {
	if len(d) == 0 {
		return 0
	}
	i := int(p*float64(len(d)-1) + 0.5)
	return float64(d[i].Nanoseconds()) / 1e3
}

func (h *host) spawn() ([]*proc, []time.Duration, error) {
	var ps []*proc
	var took []time.Duration
	h.m.mu.Lock()
	base := h.m.count // builtin and pre-installed ones
	h.m.mu.Unlock()
	for i := 0; i < *spawnN; i++ {
		start := time.Now()
		h.spawnAt = append(h.spawnAt, start)
		p, err := startPlugin(*spawnCmd, i)
		if err != nil {
			return ps, took, err
		}
		ps = append(ps, p)
		if err := h.m.wait(base+i+1, *waitT); err != nil {
			return ps, took, err
		}
		took = append(took, time.Since(start))
	}
	return ps, took, nil
}

func startPlugin(command string, i int) (*proc, error) {
	var argv []string
	for _, a := range strings.Fields(command) {
		a = strings.ReplaceAll(a, "{idx}", fmt.Sprintf("%02d", i))
		a = strings.ReplaceAll(a, "{name}", fmt.Sprintf("plugin%d", i))
		a = strings.ReplaceAll(a, "{socket}", *socket)
		a = strings.ReplaceAll(a, "{i}", strconv.Itoa(i))
		argv = append(argv, a)
	}
	if len(argv) == 0 {
		return nil, errors.New("no command to start a plugin with")
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &proc{cmd, in}, nil
}

func (h *host) endPlugins(ps []*proc) {
	for _, p := range ps {
		p.in.Close()
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.cmd.Wait()
	}
}

func usList(d []time.Duration) []float64 {
	o := []float64{}
	for _, x := range d {
		o = append(o, float64(x.Nanoseconds())/1e3)
	}
	return o
}

func (h *host) runBench() error {
	type one func(i int, r *api.CreateContainerRequest) error
	create := func(_ int, r *api.CreateContainerRequest) error {
		_, err := h.nri.CreateContainer(context.Background(), r)
		return err
	}
	event := func(_ int, r *api.CreateContainerRequest) error {
		return h.nri.PostStartContainer(context.Background(), &api.PostStartContainerRequest{Pod: r.Pod, Container: r.Container})
	}
	tmpl := mkCreate(1)
	size := proto.Size(tmpl)

	switch *bench {
	case "codec":
		return h.benchCodec(tmpl)
	case "dump": // the request all create and event measurements use
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(tmpl)
		if err != nil {
			return err
		}
		h.emit(map[string]interface{}{"type": "CreateContainerRequest", "bytes": len(b), "hex": hex.EncodeToString(b), "json": pj(tmpl)})
		return nil
	}

	// Time from starting a pre-installed plugin to its registration, and to
	// the end of its configuration, from the adaptation's own log lines.
	var launched, launchReg []time.Duration
	var lastLaunch time.Time
	if *bench == "start" {
		theLogger.hook = func(l string) {
			switch {
			case strings.HasPrefix(l, "starting pre-installed NRI plugin"):
				now := time.Now()
				if !lastLaunch.IsZero() {
					launched = append(launched, now.Sub(lastLaunch))
				}
				lastLaunch = now
			case strings.Contains(l, "registered as") && !lastLaunch.IsZero():
				launchReg = append(launchReg, time.Since(lastLaunch))
			case strings.Contains(l, "registered as"):
				h.mu.Lock()
				h.regAt = append(h.regAt, time.Now())
				h.mu.Unlock()
			}
		}
	}

	t0 := time.Now()
	if err := h.nri.Start(); err != nil {
		return err
	}
	startT := time.Since(t0)
	ps, took, err := h.spawn()
	defer h.endPlugins(ps)
	if err != nil {
		return err
	}
	if err := h.m.wait(*waitN, *waitT); err != nil {
		return err
	}

	out := map[string]interface{}{"label": *label, "bench": *bench, "plugins": h.m.count, "c": *conc, "k": *k,
		"req_bytes": size, "go": runtime.Version(), "gomaxprocs": runtime.GOMAXPROCS(0)}

	rss := func() {
		var pr, ph []int
		for _, p := range ps {
			pr = append(pr, status1(p.cmd.Process.Pid, "VmRSS"))
			ph = append(ph, status1(p.cmd.Process.Pid, "VmHWM"))
		}
		out["rss_kb"], out["hwm_kb"] = status1(os.Getpid(), "VmRSS"), status1(os.Getpid(), "VmHWM")
		if len(pr) > 0 {
			sort.Ints(pr)
			sort.Ints(ph)
			out["plugin_rss_kb"], out["plugin_hwm_kb"] = pr[len(pr)/2], ph[len(ph)/2]
		}
	}

	switch *bench {
	case "start":
		out["start_us"] = float64(startT.Nanoseconds()) / 1e3
		out["spawn_us"] = usList(took)
		out["launch_to_registered_us"] = usList(launchReg)
		out["launch_to_configured_us"] = usList(launched)
		var reg []time.Duration
		for i, t := range h.regAt {
			if i < len(h.spawnAt) {
				reg = append(reg, t.Sub(h.spawnAt[i]))
			}
		}
		out["spawn_to_registered_us"] = usList(reg)
		rss()
	case "sync", "joining":
		before := 0
		if *bench == "joining" {
			before = len(h.syncDur)
			if err := h.benchJoining(tmpl, out); err != nil {
				return err
			}
		}
		n := 0
		for _, c := range h.ctrs {
			n += proto.Size(c)
		}
		out["sync_us"] = usList(h.syncDur[before:])
		out["sync_msgs_us"] = usList(h.m.sync)
		out["sync_msgs"] = len(h.m.sync)
		out["containers"], out["pods"], out["ctr_bytes"] = len(h.ctrs), len(h.pods), n
		out["loaded_kb"] = h.loaded
		rss()
	case "create", "event":
		var f one = create
		if *bench == "event" {
			f = event
		}
		mk := func(i int) *api.CreateContainerRequest {
			r := proto.Clone(tmpl).(*api.CreateContainerRequest)
			r.Container.Id = hexID(i)
			return r
		}
		out["idle_rss_kb"] = status1(os.Getpid(), "VmRSS")
		if len(ps) > 0 {
			out["idle_plugin_rss_kb"] = status1(ps[0].cmd.Process.Pid, "VmRSS")
		}
		inTurn := func(lat []time.Duration, mk func(int) *api.CreateContainerRequest, pace time.Duration, done func(int)) (wall time.Duration, err error) {
			begin := time.Now()
			for i := range lat {
				r := mk(i)
				if pace > 0 {
					time.Sleep(time.Until(begin.Add(time.Duration(i) * pace)))
				}
				t := time.Now()
				if err := f(i, r); err != nil {
					return 0, err
				}
				lat[i] = time.Since(t)
				wall += lat[i]
				done(i + 1)
			}
			return wall, nil
		}
		atOnce := func(lat []time.Duration, mk func(int) *api.CreateContainerRequest) (time.Duration, error) {
			var next atomic.Int64
			var wg sync.WaitGroup
			errs := make(chan error, *conc)
			t0 := time.Now()
			for w := 0; w < *conc; w++ {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for {
						i := int(next.Add(1)) - 1
						if i >= len(lat) {
							return
						}
						r := mk(i)
						t := time.Now()
						if err := f(i, r); err != nil {
							errs <- err
							return
						}
						lat[i] = time.Since(t)
					}
				}()
			}
			wg.Wait()
			wall := time.Since(t0)
			select {
			case err := <-errs:
				return 0, err
			default:
			}
			return wall, nil
		}
		// a script can answer these without the wait of the others
		warming := func(i int) *api.CreateContainerRequest {
			r := mk(i)
			r.Container.Name = "warm-up"
			return r
		}
		time.Sleep(*rest)
		warmLat := make([]time.Duration, *warm)
		if *conc <= 1 {
			_, err = inTurn(warmLat, warming, 0, func(int) {})
		} else {
			_, err = atOnce(warmLat, warming)
		}
		if err != nil {
			return err
		}
		// Requests are made before the clock starts: the adaptation changes
		// the request as it applies adjustments, so each needs its own.
		var reqs []*api.CreateContainerRequest
		if *conc > 1 {
			for i := 0; i < *k; i++ {
				reqs = append(reqs, mk(i))
			}
			runtime.GC()
		}
		if *cpuProf != "" {
			pf, err := os.Create(*cpuProf)
			if err != nil {
				return err
			}
			pprof.StartCPUProfile(pf)
		}
		lat := make([]time.Duration, *k)
		for i := range lat {
			lat[i] = 1 // its memory is there before any is measured
		}
		var pc0 float64
		cs0 := ctxSw(os.Getpid())
		pcs0 := 0
		for _, p := range ps {
			pc0 += cpuMs(p.cmd.Process.Pid)
			pcs0 += ctxSw(p.cmd.Process.Pid)
		}
		var ms0, ms1 runtime.MemStats
		runtime.ReadMemStats(&ms0)
		var wall time.Duration
		c0 := selfCPU()
		if *conc <= 1 {
			wall, err = inTurn(lat, mk, *pace, func(done int) {
				if done == *mark {
					out["mark_rss_kb"] = status1(os.Getpid(), "VmRSS")
					if len(ps) > 0 {
						out["mark_plugin_rss_kb"] = status1(ps[0].cmd.Process.Pid, "VmRSS")
					}
				}
			})
		} else {
			wall, err = atOnce(lat, func(i int) *api.CreateContainerRequest { return reqs[i] })
		}
		if err != nil {
			return err
		}
		c1 := selfCPU()
		runtime.ReadMemStats(&ms1)
		if *cpuProf != "" {
			pprof.StopCPUProfile()
		}
		var pc1 float64
		pcs1 := 0
		for _, p := range ps {
			pc1 += cpuMs(p.cmd.Process.Pid)
			pcs1 += ctxSw(p.cmd.Process.Pid)
		}
		early := append([]time.Duration{}, lat[min(1, len(lat)):min(10, len(lat))]...)
		sort.Slice(early, func(i, j int) bool { return early[i] < early[j] })
		out["first_us"], out["early_us"] = pct(lat, 0), pct(early, .5)
		sort.Slice(lat, func(i, j int) bool { return lat[i] < lat[j] })
		n := float64(*k)
		out["make_us_per_req"] = 0.0
		if *conc <= 1 {
			const made = 1000
			m0 := selfCPU()
			for i := 0; i < made; i++ {
				mk(i)
			}
			out["make_us_per_req"] = (selfCPU() - m0) * 1e3 / made
		}
		out["p50_us"], out["p90_us"], out["p99_us"], out["max_us"] = pct(lat, .5), pct(lat, .9), pct(lat, .99), pct(lat, 1)
		out["min_us"] = pct(lat, 0)
		out["rps"] = n / wall.Seconds()
		out["cpu_us_per_req"] = (c1 - c0) * 1e3 / n // one caller: includes making the request
		out["plugin_cpu_us_per_req"] = (pc1 - pc0) * 1e3 / n
		out["ctxsw_per_req"] = float64(ctxSw(os.Getpid())-cs0) / n
		out["plugin_ctxsw_per_req"] = float64(pcs1-pcs0) / n
		out["allocs_per_req"] = float64(ms1.Mallocs-ms0.Mallocs) / n
		out["alloc_bytes_per_req"] = float64(ms1.TotalAlloc-ms0.TotalAlloc) / n
		rss()
		out["start_us"] = usList(took)
	default:
		return fmt.Errorf("unknown -bench %q", *bench)
	}
	h.emit(out)
	return nil
}

// benchJoining creates containers at a rate, whether or not earlier ones are
// answered, while one more plugin joins and ends, again and again. Latencies
// count from the moment at which a creation is due; call_... from its call.
func (h *host) benchJoining(tmpl *api.CreateContainerRequest, out map[string]interface{}) error {
	mk := func(i int) *api.CreateContainerRequest {
		r := proto.Clone(tmpl).(*api.CreateContainerRequest)
		r.Container.Id = hexID(i)
		return r
	}
	for i := 0; i < *warm; i++ {
		if _, err := h.nri.CreateContainer(context.Background(), mk(i)); err != nil {
			return err
		}
	}
	h.m.mu.Lock()
	others := h.m.count
	h.m.mu.Unlock()
	var over atomic.Bool
	joined := 0
	joining := make(chan error, 1)
	go func() {
		for !over.Load() {
			p, err := startPlugin(*joinCmd, 90)
			if err == nil {
				err = h.m.wait(others+1, *waitT)
				h.endPlugins([]*proc{p})
			}
			if err != nil {
				joining <- err
				return
			}
			joined++
			// the end of a plugin is noticed when it is, and not counted by all versions
			h.m.mu.Lock()
			h.m.count = others
			h.m.mu.Unlock()
		}
		joining <- nil
	}()
	sinceDue := make([]time.Duration, *k)
	sinceCall := make([]time.Duration, *k)
	errs := make(chan error, *k)
	var wg sync.WaitGroup
	start := time.Now()
	for i := 0; i < *k; i++ {
		r := mk(i)
		due := start.Add(time.Duration(i) * time.Second / time.Duration(*rate))
		time.Sleep(time.Until(due))
		wg.Add(1)
		go func() {
			defer wg.Done()
			called := time.Now()
			if _, err := h.nri.CreateContainer(context.Background(), r); err != nil {
				errs <- err
			}
			sinceDue[i], sinceCall[i] = time.Since(due), time.Since(called)
		}()
	}
	wg.Wait()
	out["rps"] = float64(*k) / time.Since(start).Seconds()
	over.Store(true)
	if err := <-joining; err != nil {
		return err
	}
	select {
	case err := <-errs:
		return err
	default:
	}
	for _, d := range [][]time.Duration{sinceDue, sinceCall} {
		sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	}
	out["p50_us"], out["p90_us"], out["p99_us"] = pct(sinceDue, .5), pct(sinceDue, .9), pct(sinceDue, .99)
	out["max_us"], out["min_us"] = pct(sinceDue, 1), pct(sinceDue, 0)
	out["call_p50_us"], out["call_p99_us"], out["call_max_us"] = pct(sinceCall, .5), pct(sinceCall, .99), pct(sinceCall, 1)
	out["rate"], out["joined"] = *rate, joined
	return nil
}

func (h *host) benchCodec(tmpl *api.CreateContainerRequest) error {
	b, err := proto.Marshal(tmpl)
	if err != nil {
		return err
	}
	run := func(f func()) (float64, float64) {
		for i := 0; i < *k/10; i++ {
			f()
		}
		var best, all []float64
		for r := 0; r < 10; r++ {
			t := time.Now()
			for i := 0; i < *k/10; i++ {
				f()
			}
			all = append(all, float64(time.Since(t).Nanoseconds())/1e3/float64(*k/10))
		}
		best = append(best, all...)
		sort.Float64s(best)
		return best[len(best)/2], best[0]
	}
	out := map[string]interface{}{"label": *label, "bench": "codec", "req_bytes": len(b), "k": *k}
	out["marshal_us"], out["marshal_min_us"] = run(func() { proto.Marshal(tmpl) })
	out["unmarshal_us"], out["unmarshal_min_us"] = run(func() { proto.Unmarshal(b, &api.CreateContainerRequest{}) })
	out["clone_us"], out["clone_min_us"] = run(func() { proto.Clone(tmpl) })
	wrap := func() []byte {
		w, _ := proto.Marshal(&ttrpc.Request{Service: "nri.pkg.api.v1alpha1.Plugin", Method: "CreateContainer", Payload: b, TimeoutNano: 1999999999})
		return w
	}
	wb := wrap()
	out["wrap_us"], out["wrap_min_us"] = run(func() { wrap() })
	out["unwrap_us"], out["unwrap_min_us"] = run(func() { proto.Unmarshal(wb, &ttrpc.Request{}) })
	h.emit(out)
	return nil
}

// ---- scenario

type step struct {
	Op   string          `json:"op"`
	Req  json.RawMessage `json:"req"`
	N    int             `json:"n"`    // WaitPlugins, Sleep (ms)
	Spec json.RawMessage `json:"spec"` // ApplyAdjustment: OCI spec
	Opts map[string]bool `json:"opts"`
}

func call[Q any, QP interface {
	*Q
	proto.Message
}](raw json.RawMessage, f func(QP) (proto.Message, error)) (proto.Message, error) {
	q := QP(new(Q))
	if len(raw) > 0 {
		if err := protojson.Unmarshal(raw, q); err != nil {
			return nil, fmt.Errorf("scenario: %w", err)
		}
	}
	return f(q)
}

// event wraps a call without a response.
func event[Q any](f func(context.Context, Q) error) func(Q) (proto.Message, error) {
	return func(q Q) (proto.Message, error) { return &api.Empty{}, f(context.Background(), q) }
}

func reply[Q any, R proto.Message](f func(context.Context, Q) (R, error)) func(Q) (proto.Message, error) {
	return func(q Q) (proto.Message, error) { r, err := f(context.Background(), q); return r, err }
}

func (h *host) do(s *step) (interface{}, error) {
	a := h.nri
	var (
		m   proto.Message
		err error
	)
	switch s.Op {
	case "RunPodSandbox":
		m, err = call(s.Req, event(a.RunPodSandbox))
	case "UpdatePodSandbox":
		m, err = call(s.Req, reply(a.UpdatePodSandbox))
	case "PostUpdatePodSandbox":
		m, err = call(s.Req, event(a.PostUpdatePodSandbox))
	case "StopPodSandbox":
		m, err = call(s.Req, event(a.StopPodSandbox))
	case "RemovePodSandbox":
		m, err = call(s.Req, event(a.RemovePodSandbox))
	case "CreateContainer":
		m, err = call(s.Req, reply(a.CreateContainer))
	case "PostCreateContainer":
		m, err = call(s.Req, event(a.PostCreateContainer))
	case "StartContainer":
		m, err = call(s.Req, event(a.StartContainer))
	case "PostStartContainer":
		m, err = call(s.Req, event(a.PostStartContainer))
	case "UpdateContainer":
		m, err = call(s.Req, reply(a.UpdateContainer))
	case "PostUpdateContainer":
		m, err = call(s.Req, event(a.PostUpdateContainer))
	case "StopContainer":
		m, err = call(s.Req, reply(a.StopContainer))
	case "RemoveContainer":
		m, err = call(s.Req, event(a.RemoveContainer))
	case "WaitPlugins":
		err := h.m.wait(s.N, *waitT) // first: the answer tells how many there are afterwards
		return map[string]int{"plugins": h.m.count}, err
	case "Plugins":
		return map[string]int{"plugins": h.m.count}, nil
	case "Sleep":
		time.Sleep(time.Duration(s.N) * time.Millisecond)
		return nil, nil
	case "SetState":
		m, err = call(s.Req, func(r *api.SynchronizeRequest) (proto.Message, error) {
			h.pods, h.ctrs = r.Pods, r.Containers
			return &api.Empty{}, nil
		})
	case "SetFailed":
		m, err = call(s.Req, func(r *api.UpdateContainersResponse) (proto.Message, error) {
			h.failed = r.Failed
			return &api.Empty{}, nil
		})
	case "SetUpdateError":
		var t string
		json.Unmarshal(s.Req, &t)
		h.updErr = nil
		if t != "" {
			h.updErr = errors.New(t)
		}
		return nil, nil
	case "ApplyAdjustment":
		return h.apply(s)
	case "Stop":
		a.Stop()
		return nil, nil
	default:
		return nil, fmt.Errorf("scenario: unknown op %q", s.Op)
	}
	if err != nil {
		return nil, err
	}
	return pj(m), nil
}

// apply runs an adjustment through runtime-tools/generate on an OCI spec.
func (h *host) apply(s *step) (interface{}, error) {
	spec := &rspec.Spec{}
	if len(s.Spec) > 0 {
		if err := json.Unmarshal(s.Spec, spec); err != nil {
			return nil, err
		}
	}
	adj := &api.ContainerAdjustment{}
	if len(s.Req) > 0 {
		if err := protojson.Unmarshal(s.Req, adj); err != nil {
			return nil, err
		}
	}
	g := generate.SpecGenerator(newGen(spec),
		generate.WithBlockIOResolver(func(c string) (*rspec.LinuxBlockIO, error) {
			w := uint16(len(c))
			return &rspec.LinuxBlockIO{Weight: &w}, nil
		}),
		generate.WithRdtResolver(func(c string) (*rspec.LinuxIntelRdt, error) {
			return &rspec.LinuxIntelRdt{ClosID: c}, nil
		}),
		generate.WithCDIDeviceInjector(func(sp *rspec.Spec, names []string) error {
			for _, n := range names {
				if sp.Annotations == nil {
					sp.Annotations = map[string]string{}
				}
				sp.Annotations["cdi.injected/"+n] = "true"
			}
			return nil
		}),
	)
	if err := g.Adjust(adj); err != nil {
		return nil, err
	}
	return spec, nil
}

func (h *host) scenario() error {
	if err := h.nri.Start(); err != nil {
		return err
	}
	ps, _, err := h.spawn()
	defer h.endPlugins(ps)
	if err != nil {
		return err
	}
	if err := h.m.wait(*waitN, *waitT); err != nil {
		return err
	}
	h.emit(map[string]interface{}{"event": "Ready", "plugins": h.m.count, "pid": os.Getpid()})
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s := &step{}
		if err := json.Unmarshal([]byte(line), s); err != nil {
			h.emit(map[string]interface{}{"ok": false, "error": "scenario: " + err.Error()})
			continue
		}
		res, err := h.doSafe(s)
		o := map[string]interface{}{"op": s.Op, "ok": err == nil}
		if err != nil {
			o["error"] = err.Error()
			if st, ok := status.FromError(err); ok {
				o["code"] = int(st.Code())
			}
		}
		if res != nil {
			o["res"] = res
		}
		h.emit(o)
	}
	h.nri.Stop()
	return in.Err()
}

// doSafe turns a panic inside the adaptation into an error line. The
// adaptation's lock stays held after one: steps after it would hang, so leave.
func (h *host) doSafe(s *step) (res interface{}, err error) {
	defer func() {
		if r := recover(); r != nil {
			if *verbose {
				debug.PrintStack()
			}
			h.emit(map[string]interface{}{"op": s.Op, "ok": false, "panic": fmt.Sprint(r)})
			os.Exit(3)
		}
	}()
	return h.do(s)
}

func main() {
	flag.Parse()
	nrilog.Set(theLogger)
	h, err := newHost()
	if err == nil {
		if *bench != "" {
			err = h.runBench()
		} else {
			err = h.scenario()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refruntime:", err)
		os.Exit(1)
	}
}
