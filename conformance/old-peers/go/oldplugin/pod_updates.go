// The handlers that came with v0.10.0.

//go:build !nri_no_pod_updates

package main

import (
	"context"

	"github.com/containerd/nri/pkg/api"
)

func (p *plugin) UpdatePodSandbox(_ context.Context, pod *api.PodSandbox, overhead, r *api.LinuxResources) error {
	return p.pod("UpdatePodSandbox", pod, overhead, r)
}

func (p *plugin) PostUpdatePodSandbox(_ context.Context, pod *api.PodSandbox) error {
	return p.pod("PostUpdatePodSandbox", pod)
}

func (p *plugin) ValidateContainerAdjustment(_ context.Context, req *api.ValidateContainerAdjustmentRequest) error {
	p.record("ValidateContainerAdjustment", req)
	_, _, err := scripted(p.script.Validate, req.GetContainer().GetName())
	return err
}
