//go:build wasip1

// Command plugin is a WebAssembly plugin on the reference's SDK, built as a reactor:
// GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared.
//
// It logs what it is asked, and does what its configuration or an annotation of the pod says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/containerd/nri/pkg/api"
)

func main() {}

func init() { api.RegisterPlugin(&plugin{}) }

// key is the annotation that says what to do when a container is created.
const key = "wasm.test/do"

type plugin struct{}

func log(level api.LogRequest_Level, format string, args ...any) {
	_, err := api.NewHostFunctions().Log(context.Background(), &api.LogRequest{Msg: fmt.Sprintf(format, args...), Level: level})
	if err != nil {
		panic(err)
	}
}

func got(what string) {
	log(api.LogRequest_LEVEL_INFO, "WASM: Got %s request", what)
}

// Configure takes "events=NAMES" and "fail=TEXT"; anything else is logged.
func (*plugin) Configure(_ context.Context, req *api.ConfigureRequest) (*api.ConfigureResponse, error) {
	got("configure")
	res := &api.ConfigureResponse{}
	for _, line := range strings.Split(req.Config, "\n") {
		switch name, value, _ := strings.Cut(line, "="); name {
		case "":
		case "events":
			mask, err := api.ParseEventMask(value)
			if err != nil {
				return nil, err
			}
			res.Events = int32(mask)
		case "fail":
			return nil, errors.New(value)
		case "levels":
			for level := range api.LogRequest_Level(len(api.LogRequest_Level_name) + 1) {
				log(level, "level %d", level)
			}
		default:
			log(api.LogRequest_LEVEL_WARN, "%s %s: %s", req.RuntimeName, req.RuntimeVersion, line)
		}
	}
	return res, nil
}

func (*plugin) Synchronize(_ context.Context, req *api.SynchronizeRequest) (*api.SynchronizeResponse, error) {
	got("synchronize")
	log(api.LogRequest_LEVEL_DEBUG, "%d pods, %d containers", len(req.Pods), len(req.Containers))
	return &api.SynchronizeResponse{More: req.More}, nil
}

func (*plugin) Shutdown(context.Context, *api.Empty) (*api.Empty, error) {
	got("shutdown")
	return &api.Empty{}, nil
}

func (*plugin) CreateContainer(_ context.Context, req *api.CreateContainerRequest) (*api.CreateContainerResponse, error) {
	got("create container")
	do, value, _ := strings.Cut(req.Pod.Annotations[key], " ")
	res := &api.CreateContainerResponse{}
	switch do {
	case "adjust":
		adjust := &api.ContainerAdjustment{}
		adjust.AddAnnotation("by", "wasm")
		adjust.AddEnv("POD", req.Pod.Name)
		adjust.AddMount(&api.Mount{Destination: "/wasm", Source: value, Type: "bind", Options: []string{"ro"}})
		adjust.SetLinuxCPUShares(1 << 40)
		res.Adjust = adjust
	case "update":
		update := &api.ContainerUpdate{ContainerId: value}
		update.SetLinuxMemoryLimit(1 << 60)
		res.Update = append(res.Update, update)
	case "large":
		adjust := &api.ContainerAdjustment{}
		adjust.AddAnnotation("large", strings.Repeat("x", 1<<20))
		res.Adjust = adjust
	case "fail":
		return nil, errors.New(value)
	case "panic":
		panic(value)
	case "exit":
		os.Exit(3)
	case "loop":
		for {
		}
	case "sleep":
		pause, err := time.ParseDuration(value)
		if err != nil {
			return nil, err
		}
		time.Sleep(pause)
	case "system":
		_, err := os.ReadFile("/etc/hostname")
		log(api.LogRequest_LEVEL_INFO, "%d args, %d variables, file: %v", len(os.Args), len(os.Environ()), err != nil)
	}
	return res, nil
}

func (*plugin) ValidateContainerAdjustment(_ context.Context, req *api.ValidateContainerAdjustmentRequest) (*api.ValidateContainerAdjustmentResponse, error) {
	reason, found := req.Pod.Annotations["wasm.test/reject"]
	return &api.ValidateContainerAdjustmentResponse{Reject: found, Reason: reason}, nil
}

func (*plugin) UpdateContainer(context.Context, *api.UpdateContainerRequest) (*api.UpdateContainerResponse, error) {
	got("update container")
	return &api.UpdateContainerResponse{}, nil
}

func (*plugin) StopContainer(context.Context, *api.StopContainerRequest) (*api.StopContainerResponse, error) {
	got("stop container")
	return &api.StopContainerResponse{}, nil
}

func (*plugin) RunPodSandbox(context.Context, *api.RunPodSandboxRequest) (*api.RunPodSandboxResponse, error) {
	got("run pod sandbox")
	return &api.RunPodSandboxResponse{}, nil
}

func (*plugin) UpdatePodSandbox(context.Context, *api.UpdatePodSandboxRequest) (*api.UpdatePodSandboxResponse, error) {
	got("update pod sandbox")
	return &api.UpdatePodSandboxResponse{}, nil
}

func (*plugin) PostUpdatePodSandbox(context.Context, *api.PostUpdatePodSandboxRequest) (*api.PostUpdatePodSandboxResponse, error) {
	got("post update pod sandbox")
	return &api.PostUpdatePodSandboxResponse{}, nil
}

func (*plugin) StopPodSandbox(context.Context, *api.StopPodSandboxRequest) (*api.StopPodSandboxResponse, error) {
	got("stop pod sandbox")
	return &api.StopPodSandboxResponse{}, nil
}

func (*plugin) RemovePodSandbox(context.Context, *api.RemovePodSandboxRequest) (*api.RemovePodSandboxResponse, error) {
	got("remove pod sandbox")
	return &api.RemovePodSandboxResponse{}, nil
}

func (*plugin) PostCreateContainer(context.Context, *api.PostCreateContainerRequest) (*api.PostCreateContainerResponse, error) {
	got("post create container")
	return &api.PostCreateContainerResponse{}, nil
}

func (*plugin) StartContainer(context.Context, *api.StartContainerRequest) (*api.StartContainerResponse, error) {
	got("start container")
	return &api.StartContainerResponse{}, nil
}

func (*plugin) PostStartContainer(context.Context, *api.PostStartContainerRequest) (*api.PostStartContainerResponse, error) {
	got("post start container")
	return &api.PostStartContainerResponse{}, nil
}

func (*plugin) PostUpdateContainer(context.Context, *api.PostUpdateContainerRequest) (*api.PostUpdateContainerResponse, error) {
	got("post update container")
	return &api.PostUpdateContainerResponse{}, nil
}

func (*plugin) RemoveContainer(context.Context, *api.RemoveContainerRequest) (*api.RemoveContainerResponse, error) {
	got("remove container")
	return &api.RemoveContainerResponse{}, nil
}

func (*plugin) StateChange(context.Context, *api.StateChangeEvent) (*api.Empty, error) {
	return &api.Empty{}, nil
}
