//go:build failurepolicy

// What only the newest release has: build with -tags failurepolicy -modfile=newest.mod.
package main

import (
	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/stub"
)

func init() {
	withFailurePolicy = func(p failurePolicy) stub.Option {
		return stub.WithFailurePolicy(&api.FailurePolicy{FailRequest: p.FailRequest, KeepConnected: p.KeepConnected})
	}
}
