// Command oldruntime runs the adaptation of an old release of the Go library without containers: one JSON step per line
// of stdin, one JSON answer per line of stdout, as refruntime does. Steps are looked up by name in the adaptation, so that
// one source fits all releases; a step that a release does not have yet is answered with an error.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"

	nri "github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/api"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Newer fields in the requests of a test are none of an old release's business.
var decode = protojson.UnmarshalOptions{DiscardUnknown: true}

type step struct {
	Op  string          `json:"op"`
	Req json.RawMessage `json:"req"`
	N   int             `json:"n"`
}

type host struct {
	runtime *nri.Adaptation
	out     sync.Mutex
	state   sync.Mutex
	pods    []*api.PodSandbox
	ctrs    []*api.Container
	started bool
	joined  int
}

func (h *host) print(line map[string]interface{}) {
	b, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	h.out.Lock()
	defer h.out.Unlock()
	fmt.Println(string(b))
}

func raw(m proto.Message) json.RawMessage {
	b, err := protojson.Marshal(m)
	if err != nil {
		b, _ = json.Marshal(err.Error())
	}
	return b
}

func (h *host) synchronize(ctx context.Context, cb nri.SyncCB) error {
	h.state.Lock()
	pods, ctrs := h.pods, h.ctrs
	h.state.Unlock()
	updates, err := cb(ctx, pods, ctrs)
	line := map[string]interface{}{"event": "Synchronized", "res": raw(&api.SynchronizeResponse{Update: updates})}
	if err != nil {
		line["error"] = err.Error()
	}
	h.print(line)
	h.state.Lock()
	defer h.state.Unlock()
	// the first time is for the plugins that the runtime starts itself
	if err == nil && h.started {
		h.joined++
	}
	return err
}

func (h *host) update(_ context.Context, updates []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) {
	h.print(map[string]interface{}{"event": "UpdateContainers", "req": raw(&api.UpdateContainersRequest{Update: updates})})
	return nil, nil
}

// wait returns when n plugins have been synchronised and the last one is in the list: releases that add it only
// afterwards have a lock against that.
func (h *host) wait(n int) error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		h.state.Lock()
		joined := h.joined
		h.state.Unlock()
		if joined >= n {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d of %d plugins", joined, n)
		}
	}
	if block := reflect.ValueOf(h.runtime).MethodByName("BlockPluginSync"); block.IsValid() {
		block.Call(nil)[0].MethodByName("Unblock").Call(nil)
	}
	return nil
}

// relay calls the method of the adaptation with that name.
func (h *host) relay(s *step) (proto.Message, error) {
	method := reflect.ValueOf(h.runtime).MethodByName(s.Op)
	if !method.IsValid() || method.Type().NumIn() != 2 {
		return nil, fmt.Errorf("this release has no %s", s.Op)
	}
	req := reflect.New(method.Type().In(1).Elem())
	if len(s.Req) > 0 {
		if err := decode.Unmarshal(s.Req, req.Interface().(proto.Message)); err != nil {
			return nil, fmt.Errorf("step: %w", err)
		}
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), req})
	err, _ := results[len(results)-1].Interface().(error)
	if len(results) == 1 || results[0].IsNil() {
		return nil, err
	}
	return results[0].Interface().(proto.Message), err
}

func (h *host) do(s *step) (proto.Message, error) {
	switch s.Op {
	case "WaitPlugins":
		return nil, h.wait(s.N)
	case "SetState":
		r := &api.SynchronizeRequest{}
		err := decode.Unmarshal(s.Req, r)
		h.state.Lock()
		defer h.state.Unlock()
		h.pods, h.ctrs = r.Pods, r.Containers
		return nil, err
	}
	return h.relay(s)
}

func main() {
	socket := flag.String("socket", "", "NRI socket to listen on")
	plugins := flag.String("plugins", "/nonexistent", "folder of plugins to start; their configurations are in its conf.d")
	name := flag.String("name", "oldruntime", "runtime name")
	version := flag.String("version", "v0.0.1", "runtime version")
	flag.Parse()
	die := func(err error) {
		fmt.Fprintln(os.Stderr, "oldruntime:", err)
		os.Exit(1)
	}

	h := &host{}
	opts := append([]nri.Option{nri.WithSocketPath(*socket), nri.WithPluginPath(*plugins)}, configured(*plugins)...)
	runtime, err := nri.New(*name, *version, h.synchronize, h.update, opts...)
	if err != nil {
		die(err)
	}
	h.runtime = runtime
	if err := runtime.Start(); err != nil {
		die(err)
	}
	h.state.Lock()
	h.started = true
	h.state.Unlock()
	h.print(map[string]interface{}{"event": "Ready", "pid": os.Getpid()})

	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		s := &step{}
		if err := json.Unmarshal(lines.Bytes(), s); err != nil {
			die(err)
		}
		m, err := h.do(s)
		answer := map[string]interface{}{"op": s.Op, "ok": err == nil}
		if err != nil {
			answer["error"] = err.Error()
			if code, ok := status.FromError(err); ok {
				answer["code"] = code.Code()
			}
		} else if m != nil {
			answer["res"] = raw(m)
		}
		h.print(answer)
	}
	runtime.Stop()
}
