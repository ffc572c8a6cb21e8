// v0.2.0 does not start without a configuration.

//go:build nri_config_file

package main

import nri "github.com/containerd/nri/pkg/adaptation"

func configured(socket string) []nri.Option {
	return []nri.Option{nri.WithConfig(nri.DefaultConfig(socket + ".conf"))}
}
