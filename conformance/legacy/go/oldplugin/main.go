// A v0.1.0 plugin on the reference's skel that does what its configuration says. OLD_PLUGIN_TYPE is its type.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/containerd/nri/skel"
	v1 "github.com/containerd/nri/types/v1"
)

// orders is what `conf` may say.
type orders struct {
	// Metadata of the result.
	Metadata map[string]string `json:"metadata"`
	// Fail is the text of an error that the handler returns.
	Fail string `json:"fail"`
	// Error is the text that the handler itself puts into the result.
	Error string `json:"error"`
	// Exit ends the program without a result.
	Exit int `json:"exit"`
}

type plugin struct{}

func (plugin) Type() string { return os.Getenv("OLD_PLUGIN_TYPE") }

func (p plugin) Invoke(_ context.Context, request *v1.Request) (*v1.Result, error) {
	var do orders
	if len(request.Conf) > 0 {
		if err := json.Unmarshal(request.Conf, &do); err != nil {
			return nil, err
		}
	}
	if do.Exit != 0 {
		os.Exit(do.Exit)
	}
	result := request.NewResult(p.Type())
	result.Metadata["saw"] = fmt.Sprintf("%s %s pod=%v pid=%d results=%d", request.State, request.ID,
		request.IsSandbox(), request.Pid, len(request.Results))
	for key, value := range do.Metadata {
		result.Metadata[key] = value
	}
	result.Error = do.Error
	if do.Fail != "" {
		return result, errors.New(do.Fail)
	}
	return result, nil
}

func main() {
	if err := skel.Run(context.Background(), plugin{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
