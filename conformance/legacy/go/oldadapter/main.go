// An NRI plugin on the reference's stub that hands four events to the reference's v0.1.0 client: the measure for our v010-adapter.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/containerd/nri"
	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/stub"
	v1 "github.com/containerd/nri/types/v1"
	oci "github.com/opencontainers/runtime-spec/specs-go"
)

// subject is what pods and containers have in common.
type subject struct {
	id          string
	pid         uint32
	annotations map[string]string
	namespaces  []*api.LinuxNamespace
	resources   *api.LinuxResources
	cgroup      string
}

func (s subject) ID() string  { return s.id }
func (s subject) Pid() uint32 { return s.pid }

func (s subject) Spec(context.Context) (*oci.Spec, error) {
	linux := &oci.Linux{Resources: s.resources.ToOCI(), CgroupsPath: s.cgroup}
	for _, one := range s.namespaces {
		linux.Namespaces = append(linux.Namespaces, oci.LinuxNamespace{Type: oci.LinuxNamespaceType(one.Type), Path: one.Path})
	}
	return &oci.Spec{Annotations: s.annotations, Linux: linux}, nil
}

func pod(p *api.PodSandbox) subject {
	l := p.GetLinux()
	return subject{p.GetId(), p.GetPid(), p.GetAnnotations(), l.GetNamespaces(), l.GetResources(), l.GetCgroupsPath()}
}

func container(c *api.Container) subject {
	l := c.GetLinux()
	return subject{c.GetId(), c.GetPid(), c.GetAnnotations(), l.GetNamespaces(), l.GetResources(), l.GetCgroupsPath()}
}

type adapter struct{}

func (adapter) call(state v1.State, in *api.PodSandbox, about subject) error {
	client, err := nri.New()
	if err == nil {
		_, err = client.InvokeWithSandbox(context.Background(), about, state, &nri.Sandbox{ID: in.GetId(), Labels: in.GetLabels()})
	}
	return err
}

func (a adapter) RunPodSandbox(_ context.Context, p *api.PodSandbox) error {
	return a.call(v1.Create, p, pod(p))
}

func (a adapter) StopPodSandbox(_ context.Context, p *api.PodSandbox) error {
	return a.call(v1.Delete, p, pod(p))
}

func (a adapter) StartContainer(_ context.Context, p *api.PodSandbox, c *api.Container) error {
	return a.call(v1.Create, p, container(c))
}

func (a adapter) StopContainer(_ context.Context, p *api.PodSandbox, c *api.Container) ([]*api.ContainerUpdate, error) {
	if err := a.call(v1.Delete, p, container(c)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return nil, nil
}

func main() {
	index := flag.String("idx", "", "index of the plugin")
	socket := flag.String("socket", "", "socket of the runtime")
	flag.Parse()
	s, err := stub.New(adapter{}, stub.WithPluginName("oldadapter"), stub.WithPluginIdx(*index), stub.WithSocketPath(*socket))
	if err == nil {
		err = s.Run(context.Background())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
