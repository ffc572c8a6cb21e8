// The handlers as the stub wants them up to v0.3.0.

//go:build nri_no_context

package main

import "github.com/containerd/nri/pkg/api"

func (p *plugin) Configure(config, runtime, version string) (api.EventMask, error) {
	p.configured(config, runtime, version)
	return 0, nil
}

func (p *plugin) Synchronize(pods []*api.PodSandbox, ctrs []*api.Container) ([]*api.ContainerUpdate, error) {
	return p.synchronized(pods, ctrs)
}

func (p *plugin) Shutdown(*api.ShutdownRequest) { p.record("Shutdown") }

func (p *plugin) RunPodSandbox(pod *api.PodSandbox) error {
	return p.pod("RunPodSandbox", pod)
}

func (p *plugin) StopPodSandbox(pod *api.PodSandbox) error {
	return p.pod("StopPodSandbox", pod)
}

func (p *plugin) RemovePodSandbox(pod *api.PodSandbox) error {
	return p.pod("RemovePodSandbox", pod)
}

func (p *plugin) CreateContainer(pod *api.PodSandbox, c *api.Container) (*api.ContainerAdjustment, []*api.ContainerUpdate, error) {
	return p.create(pod, c)
}

func (p *plugin) PostCreateContainer(pod *api.PodSandbox, c *api.Container) error {
	return p.container("PostCreateContainer", pod, c)
}

func (p *plugin) StartContainer(pod *api.PodSandbox, c *api.Container) error {
	return p.container("StartContainer", pod, c)
}

func (p *plugin) PostStartContainer(pod *api.PodSandbox, c *api.Container) error {
	return p.container("PostStartContainer", pod, c)
}

func (p *plugin) UpdateContainer(pod *api.PodSandbox, c *api.Container) ([]*api.ContainerUpdate, error) {
	return p.update(pod, c)
}

func (p *plugin) PostUpdateContainer(pod *api.PodSandbox, c *api.Container) error {
	return p.container("PostUpdateContainer", pod, c)
}

func (p *plugin) StopContainer(pod *api.PodSandbox, c *api.Container) ([]*api.ContainerUpdate, error) {
	return p.stop(pod, c)
}

func (p *plugin) RemoveContainer(pod *api.PodSandbox, c *api.Container) error {
	return p.container("RemoveContainer", pod, c)
}
