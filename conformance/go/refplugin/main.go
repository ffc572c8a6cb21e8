// Command refplugin is a stub-based NRI plugin used as the Go peer in
// interoperability tests and as the anchor in measurements.
//
// Modes:
//
//	noop         subscribe to every lifecycle event, change nothing
//	adjust       CreateContainer returns 1 annotation, 2 env, 1 mount, 1 device
//	             and one resource (cpu shares for -shares, else a unified key)
//	events-only  subscribe only to events which need no answer
//	scripted     answer from a JSON file (-script), see type script below
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/containerd/nri/pkg/api"
	nrilog "github.com/containerd/nri/pkg/log"
	"github.com/containerd/nri/pkg/stub"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// answer is what the plugin gives back for one container in one request.
type answer struct {
	Adjust  json.RawMessage   `json:"adjust,omitempty"` // protojson ContainerAdjustment
	Update  []json.RawMessage `json:"update,omitempty"` // protojson ContainerUpdate
	Error   string            `json:"error,omitempty"`
	Code    uint32            `json:"code,omitempty"` // gRPC code for Error, 0: plain error
	DelayMs int               `json:"delayMs,omitempty"`
	BusyMs  int               `json:"busyMs,omitempty"` // keep a CPU busy before answering
	Exit    int               `json:"exit,omitempty"`   // leave the process with this status
}

// script is the content of the -script file. All maps are keyed by container
// name (pod name for pod events), "*" standing for any other name.
type script struct {
	Configure *struct {
		Events        []string       `json:"events"` // names as ParseEventMask takes them
		Error         string         `json:"error"`
		FailurePolicy *failurePolicy `json:"failurePolicy"`
	} `json:"configure"`
	Sync     *answer                       `json:"sync"`
	Create   map[string]*answer            `json:"create"`
	Update   map[string]*answer            `json:"update"`
	Stop     map[string]*answer            `json:"stop"`
	Events   map[string]map[string]*answer `json:"events"`   // method -> name -> answer
	Validate map[string]*answer            `json:"validate"` // Error is the reject reason
	// Unsolicited updates, each list sent AfterMs after synchronization.
	Unsolicited []struct {
		AfterMs int               `json:"afterMs"`
		Update  []json.RawMessage `json:"update"`
	} `json:"unsolicited"`
}

// failurePolicy is what the plugin asks for should it not answer.
type failurePolicy struct {
	FailRequest   bool `json:"failRequest"`
	KeepConnected bool `json:"keepConnected"`
}

// withFailurePolicy is there in a build with the tag failurepolicy: releases before v0.12.4 have no such option.
var withFailurePolicy func(failurePolicy) stub.Option

type quietLogger struct{}

func (quietLogger) Debugf(context.Context, string, ...interface{}) {}
func (quietLogger) Infof(context.Context, string, ...interface{})  {}
func (quietLogger) Warnf(_ context.Context, f string, a ...interface{}) {
	fmt.Fprintf(os.Stderr, "W: "+f+"\n", a...)
}
func (quietLogger) Errorf(_ context.Context, f string, a ...interface{}) {
	fmt.Fprintf(os.Stderr, "E: "+f+"\n", a...)
}

type plugin struct {
	stub   stub.Stub
	idx    string
	name   string
	mode   string
	shares bool
	events api.EventMask
	script script
	rec    *os.File
	recMu  sync.Mutex
	synced chan struct{}
	once   sync.Once
}

func (p *plugin) record(method string, msgs ...proto.Message) {
	if p.rec == nil {
		return
	}
	args := []json.RawMessage{}
	for _, m := range msgs {
		b, err := protojson.Marshal(m)
		if err != nil {
			b, _ = json.Marshal(err.Error())
		}
		args = append(args, b)
	}
	line, _ := json.Marshal(map[string]interface{}{
		"plugin": p.idx + "-" + p.name, "pid": os.Getpid(), "method": method, "args": args})
	p.recMu.Lock()
	defer p.recMu.Unlock()
	p.rec.Write(append(line, '\n'))
}

func pick(m map[string]*answer, name string) *answer {
	if a, ok := m[name]; ok {
		return a
	}
	return m["*"]
}

func (a *answer) decode() (*api.ContainerAdjustment, []*api.ContainerUpdate, error) {
	if a == nil {
		return nil, nil, nil
	}
	if a.DelayMs > 0 {
		time.Sleep(time.Duration(a.DelayMs) * time.Millisecond)
	}
	for busy := time.Now().Add(time.Duration(a.BusyMs) * time.Millisecond); time.Now().Before(busy); {
	}
	if a.Exit != 0 {
		os.Exit(a.Exit)
	}
	var adj *api.ContainerAdjustment
	if len(a.Adjust) > 0 {
		adj = &api.ContainerAdjustment{}
		if err := protojson.Unmarshal(a.Adjust, adj); err != nil {
			return nil, nil, fmt.Errorf("script: adjust: %w", err)
		}
	}
	upd, err := decodeUpdates(a.Update)
	if err != nil {
		return nil, nil, err
	}
	if a.Error != "" {
		if a.Code != 0 {
			return nil, nil, status.Error(codes.Code(a.Code), a.Error)
		}
		return nil, nil, errors.New(a.Error)
	}
	return adj, upd, nil
}

func decodeUpdates(raw []json.RawMessage) ([]*api.ContainerUpdate, error) {
	var upd []*api.ContainerUpdate
	for _, r := range raw {
		u := &api.ContainerUpdate{}
		if err := protojson.Unmarshal(r, u); err != nil {
			return nil, fmt.Errorf("script: update: %w", err)
		}
		upd = append(upd, u)
	}
	return upd, nil
}

func (p *plugin) Configure(_ context.Context, cfg, runtime, version string) (api.EventMask, error) {
	p.record("Configure", &api.ConfigureRequest{Config: cfg, RuntimeName: runtime, RuntimeVersion: version})
	if c := p.script.Configure; p.mode == "scripted" && c != nil {
		if c.Error != "" {
			return 0, errors.New(c.Error)
		}
		if len(c.Events) > 0 {
			return api.ParseEventMask(c.Events...)
		}
	}
	return p.events, nil
}

func (p *plugin) Synchronize(_ context.Context, pods []*api.PodSandbox, ctrs []*api.Container) ([]*api.ContainerUpdate, error) {
	p.record("Synchronize", &api.SynchronizeRequest{Pods: pods, Containers: ctrs})
	p.once.Do(func() { close(p.synced) })
	_, upd, err := p.script.Sync.decode()
	return upd, err
}

func (p *plugin) Shutdown(context.Context) { p.record("Shutdown") }

func (p *plugin) event(method, name string, msgs ...proto.Message) error {
	p.record(method, msgs...)
	_, _, err := pick(p.script.Events[method], name).decode()
	return err
}

func (p *plugin) RunPodSandbox(_ context.Context, pod *api.PodSandbox) error {
	return p.event("RunPodSandbox", pod.GetName(), pod)
}
func (p *plugin) UpdatePodSandbox(_ context.Context, pod *api.PodSandbox, o, r *api.LinuxResources) error {
	return p.event("UpdatePodSandbox", pod.GetName(), pod, o, r)
}
func (p *plugin) PostUpdatePodSandbox(_ context.Context, pod *api.PodSandbox) error {
	return p.event("PostUpdatePodSandbox", pod.GetName(), pod)
}
func (p *plugin) StopPodSandbox(_ context.Context, pod *api.PodSandbox) error {
	return p.event("StopPodSandbox", pod.GetName(), pod)
}
func (p *plugin) RemovePodSandbox(_ context.Context, pod *api.PodSandbox) error {
	return p.event("RemovePodSandbox", pod.GetName(), pod)
}
func (p *plugin) PostCreateContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) error {
	return p.event("PostCreateContainer", c.GetName(), pod, c)
}
func (p *plugin) StartContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) error {
	return p.event("StartContainer", c.GetName(), pod, c)
}
func (p *plugin) PostStartContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) error {
	return p.event("PostStartContainer", c.GetName(), pod, c)
}
func (p *plugin) PostUpdateContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) error {
	return p.event("PostUpdateContainer", c.GetName(), pod, c)
}
func (p *plugin) RemoveContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) error {
	return p.event("RemoveContainer", c.GetName(), pod, c)
}

func (p *plugin) CreateContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) (*api.ContainerAdjustment, []*api.ContainerUpdate, error) {
	p.record("CreateContainer", pod, c)
	switch p.mode {
	case "adjust":
		adj := &api.ContainerAdjustment{}
		adj.AddAnnotation("refplugin.example/"+p.idx, "adjusted-by-"+p.name)
		adj.AddEnv("REFPLUGIN_"+p.idx+"_A", "value-a")
		adj.AddEnv("REFPLUGIN_"+p.idx+"_B", "value-b")
		adj.AddMount(&api.Mount{
			Destination: "/run/refplugin/" + p.idx, Type: "bind", Source: "/var/lib/refplugin/" + p.idx,
			Options: []string{"rbind", "ro"},
		})
		adj.AddDevice(&api.LinuxDevice{
			Path: "/dev/refplugin" + p.idx, Type: "c", Major: 10, Minor: 200,
			FileMode: api.FileMode(0o600), Uid: api.UInt32(uint32(0)), Gid: api.UInt32(uint32(0)),
		})
		if p.shares {
			adj.SetLinuxCPUShares(512)
		} else {
			adj.AddLinuxUnified("refplugin."+p.idx, "1")
		}
		return adj, nil, nil
	case "scripted":
		return pick(p.script.Create, c.GetName()).decode()
	}
	return nil, nil, nil
}

func (p *plugin) UpdateContainer(_ context.Context, pod *api.PodSandbox, c *api.Container, r *api.LinuxResources) ([]*api.ContainerUpdate, error) {
	p.record("UpdateContainer", pod, c, r)
	_, upd, err := pick(p.script.Update, c.GetName()).decode()
	return upd, err
}

func (p *plugin) StopContainer(_ context.Context, pod *api.PodSandbox, c *api.Container) ([]*api.ContainerUpdate, error) {
	p.record("StopContainer", pod, c)
	_, upd, err := pick(p.script.Stop, c.GetName()).decode()
	return upd, err
}

func (p *plugin) ValidateContainerAdjustment(_ context.Context, req *api.ValidateContainerAdjustmentRequest) error {
	p.record("ValidateContainerAdjustment", req)
	_, _, err := pick(p.script.Validate, req.GetContainer().GetName()).decode()
	return err
}

func main() {
	var (
		p          = &plugin{synced: make(chan struct{})}
		socket     string
		scriptFile string
		recFile    string
		events     string
		validate   bool
		verbose    bool
		stayAlive  bool
	)
	flag.StringVar(&p.idx, "idx", "", "plugin index (two digits)")
	flag.StringVar(&p.name, "name", "", "plugin name")
	flag.StringVar(&socket, "socket", "", "NRI socket path")
	flag.StringVar(&p.mode, "mode", "noop", "noop, adjust, events-only or scripted")
	flag.BoolVar(&p.shares, "shares", false, "adjust mode: set cpu shares instead of a unified key")
	flag.StringVar(&scriptFile, "script", "", "scripted mode: JSON file with answers")
	flag.StringVar(&recFile, "record", "", "append every received call to this JSON-lines file")
	flag.StringVar(&events, "events", "", "comma-separated events to subscribe to (default: all but validation)")
	flag.BoolVar(&validate, "validate", false, "also subscribe to ValidateContainerAdjustment")
	flag.BoolVar(&verbose, "v", false, "log what the stub does")
	flag.BoolVar(&stayAlive, "linger", false, "stay until stdin closes, after the connection is gone")
	flag.Parse()

	die := func(err error) {
		fmt.Fprintln(os.Stderr, "refplugin:", err)
		os.Exit(1)
	}

	all := api.ValidEvents
	switch {
	case events != "":
		m, err := api.ParseEventMask(strings.Split(events, ",")...)
		if err != nil {
			die(err)
		}
		p.events = m
	case p.mode == "events-only":
		p.events = all
		p.events.Clear(api.Event_CREATE_CONTAINER, api.Event_UPDATE_CONTAINER, api.Event_STOP_CONTAINER,
			api.Event_UPDATE_POD_SANDBOX, api.Event_VALIDATE_CONTAINER_ADJUSTMENT)
	default:
		p.events = all
		p.events.Clear(api.Event_VALIDATE_CONTAINER_ADJUSTMENT)
	}
	if validate {
		p.events.Set(api.Event_VALIDATE_CONTAINER_ADJUSTMENT)
	}
	if scriptFile != "" {
		b, err := os.ReadFile(scriptFile)
		if err != nil {
			die(err)
		}
		if err := json.Unmarshal(b, &p.script); err != nil {
			die(err)
		}
	}
	if recFile != "" {
		f, err := os.OpenFile(recFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			die(err)
		}
		p.rec = f
	}

	opts := []stub.Option{}
	if p.name != "" {
		opts = append(opts, stub.WithPluginName(p.name))
	}
	if p.idx != "" {
		opts = append(opts, stub.WithPluginIdx(p.idx))
	}
	if socket != "" {
		opts = append(opts, stub.WithSocketPath(socket))
		opts = append(opts, stub.WithDialer(func(path string) (net.Conn, error) { return net.Dial("unix", path) }))
	}
	if c := p.script.Configure; p.mode == "scripted" && c != nil && c.FailurePolicy != nil {
		if withFailurePolicy == nil {
			die(errors.New("script: failurePolicy: this build knows none"))
		}
		opts = append(opts, withFailurePolicy(*c.FailurePolicy))
	}
	if !verbose {
		nrilog.Set(quietLogger{})
		opts = append(opts, stub.WithLogger(quietLogger{}))
	}

	s, err := stub.New(p, opts...)
	if err != nil {
		die(err)
	}
	p.stub = s
	if p.idx == "" {
		p.idx = os.Getenv(api.PluginIdxEnvVar)
	}
	if p.name == "" {
		p.name = os.Getenv(api.PluginNameEnvVar)
	}

	for _, u := range p.script.Unsolicited {
		go func() {
			<-p.synced
			time.Sleep(time.Duration(u.AfterMs) * time.Millisecond)
			upd, err := decodeUpdates(u.Update)
			if err != nil {
				die(err)
			}
			failed, err := p.stub.UpdateContainers(upd)
			p.record("UpdateContainers:result", &api.UpdateContainersResponse{Failed: failed})
			if err != nil {
				p.record("UpdateContainers:error", &api.LogRequest{Msg: err.Error()})
			}
		}()
	}

	err = s.Run(context.Background())
	p.record("Closed")
	if stayAlive {
		b := make([]byte, 1)
		os.Stdin.Read(b)
	}
	if err != nil && verbose {
		fmt.Fprintln(os.Stderr, "refplugin: run:", err)
	}
}
