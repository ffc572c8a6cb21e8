// Where configurations of plugins are, as every release since v0.3.0 is told.

//go:build !nri_config_file

package main

import nri "github.com/containerd/nri/pkg/adaptation"

func configured(dir string) []nri.Option {
	return []nri.Option{nri.WithPluginConfigPath(dir + "/conf.d")}
}
