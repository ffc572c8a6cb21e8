// Command oldplugin is a plugin on the stub of an old release of the Go library. It writes every call that it gets to the
// record, and answers from a script, as refplugin does. Started by a runtime, it finds both beside itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/stub"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

type answer struct {
	Adjust json.RawMessage   `json:"adjust"`
	Update []json.RawMessage `json:"update"`
	Error  string            `json:"error"`
}

// script is keyed by the name of a container or pod, "*" for any other.
type script struct {
	Sync        *answer                       `json:"sync"`
	Create      map[string]*answer            `json:"create"`
	Update      map[string]*answer            `json:"update"`
	Stop        map[string]*answer            `json:"stop"`
	Events      map[string]map[string]*answer `json:"events"`
	Validate    map[string]*answer            `json:"validate"`
	Unsolicited []struct {
		AfterMs int               `json:"afterMs"`
		Update  []json.RawMessage `json:"update"`
	} `json:"unsolicited"`
}

type plugin struct {
	stub   stub.Stub
	name   string
	script script
	file   *os.File
	lock   sync.Mutex
}

func (p *plugin) record(method string, messages ...proto.Message) {
	args := []json.RawMessage{}
	for _, m := range messages {
		b, err := protojson.Marshal(m)
		if err != nil {
			b, _ = json.Marshal(err.Error())
		}
		args = append(args, b)
	}
	line, _ := json.Marshal(map[string]interface{}{"plugin": p.name, "pid": os.Getpid(), "method": method, "args": args})
	p.lock.Lock()
	defer p.lock.Unlock()
	p.file.Write(append(line, '\n'))
}

// scripted gives what the script says about one subject.
func scripted(answers map[string]*answer, subject string) (*api.ContainerAdjustment, []*api.ContainerUpdate, error) {
	a := answers[subject]
	if a == nil {
		a = answers["*"]
	}
	return a.give()
}

func (a *answer) give() (adjust *api.ContainerAdjustment, updates []*api.ContainerUpdate, err error) {
	if a == nil {
		return nil, nil, nil
	}
	if a.Error != "" {
		return nil, nil, errors.New(a.Error)
	}
	if len(a.Adjust) > 0 {
		adjust = &api.ContainerAdjustment{}
		if err := protojson.Unmarshal(a.Adjust, adjust); err != nil {
			return nil, nil, fmt.Errorf("script: %w", err)
		}
	}
	updates, err = decodeUpdates(a.Update)
	return adjust, updates, err
}

func decodeUpdates(list []json.RawMessage) (updates []*api.ContainerUpdate, err error) {
	for _, one := range list {
		u := &api.ContainerUpdate{}
		if err := protojson.Unmarshal(one, u); err != nil {
			return nil, fmt.Errorf("script: %w", err)
		}
		updates = append(updates, u)
	}
	return updates, nil
}

func (p *plugin) configured(config, runtime, version string) {
	p.record("Configure", &api.ConfigureRequest{Config: config, RuntimeName: runtime, RuntimeVersion: version})
}

func (p *plugin) synchronized(pods []*api.PodSandbox, ctrs []*api.Container) ([]*api.ContainerUpdate, error) {
	p.record("Synchronize", &api.SynchronizeRequest{Pods: pods, Containers: ctrs})
	for _, u := range p.script.Unsolicited {
		u := u
		go func() {
			time.Sleep(time.Duration(u.AfterMs) * time.Millisecond)
			updates, err := decodeUpdates(u.Update)
			var failed []*api.ContainerUpdate
			if err == nil {
				failed, err = p.stub.UpdateContainers(updates)
			}
			p.record("UpdateContainers:result", &api.UpdateContainersResponse{Failed: failed})
			if err != nil {
				fmt.Fprintln(os.Stderr, "oldplugin: update:", err)
			}
		}()
	}
	_, updates, err := p.script.Sync.give()
	return updates, err
}

func (p *plugin) pod(method string, pod *api.PodSandbox, more ...proto.Message) error {
	p.record(method, append([]proto.Message{pod}, more...)...)
	_, _, err := scripted(p.script.Events[method], pod.GetName())
	return err
}

func (p *plugin) container(method string, pod *api.PodSandbox, c *api.Container) error {
	p.record(method, pod, c)
	_, _, err := scripted(p.script.Events[method], c.GetName())
	return err
}

func (p *plugin) create(pod *api.PodSandbox, c *api.Container) (*api.ContainerAdjustment, []*api.ContainerUpdate, error) {
	p.record("CreateContainer", pod, c)
	return scripted(p.script.Create, c.GetName())
}

func (p *plugin) update(pod *api.PodSandbox, c *api.Container, more ...proto.Message) ([]*api.ContainerUpdate, error) {
	p.record("UpdateContainer", append([]proto.Message{pod, c}, more...)...)
	_, updates, err := scripted(p.script.Update, c.GetName())
	return updates, err
}

func (p *plugin) stop(pod *api.PodSandbox, c *api.Container) ([]*api.ContainerUpdate, error) {
	p.record("StopContainer", pod, c)
	_, updates, err := scripted(p.script.Stop, c.GetName())
	return updates, err
}

func main() {
	index := flag.String("idx", "", "plugin index")
	name := flag.String("name", "", "plugin name")
	socket := flag.String("socket", "", "NRI socket")
	scriptFile := flag.String("script", os.Args[0]+".script.json", "JSON file with answers")
	recordFile := flag.String("record", os.Args[0]+".record", "file for the calls, one JSON line each")
	flag.String("mode", "scripted", "there is no other")
	flag.Parse()
	die := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "oldplugin:", err)
			os.Exit(1)
		}
	}

	p := &plugin{name: *index + "-" + *name}
	text, err := os.ReadFile(*scriptFile)
	die(err)
	die(json.Unmarshal(text, &p.script))
	p.file, err = os.OpenFile(*recordFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	die(err)
	options := []stub.Option{stub.WithOnClose(func() {
		// the first releases end the process themselves when there is no such handler
		p.record("Closed")
		os.Exit(0)
	})}
	if *socket != "" {
		options = append(options, stub.WithPluginName(*name), stub.WithPluginIdx(*index), stub.WithSocketPath(*socket))
	}
	p.stub, err = stub.New(p, options...)
	die(err)
	die(p.stub.Run(context.Background()))
}
