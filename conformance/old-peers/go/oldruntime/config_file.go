// Where configurations of plugins are in v0.2.0: beside a file of its own, without which it does not start.

//go:build nri_config_file

package main

import nri "github.com/containerd/nri/pkg/adaptation"

func configured(dir string) []nri.Option {
	return []nri.Option{nri.WithConfig(nri.DefaultConfig(dir + "/nri.conf"))}
}
