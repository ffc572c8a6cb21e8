// The options that every release since v0.3.0 starts without.

//go:build !nri_config_file

package main

import nri "github.com/containerd/nri/pkg/adaptation"

func configured(string) []nri.Option { return nil }
